"""The command line's entry: the group of commands, each loaded when it is called."""

from __future__ import annotations

import importlib

import click

from annexgen import __version__
from annexgen.cli.table_set import global_option, with_option

COMMANDS = {
    "scan": "Read instances and write a profile of what was seen.",
    "merge": "Join profiles into one.",
    "build": "Write the draft annexes of instances or profiles.",
    "init": "Write a first product.toml from instances or profiles, to be filled in.",
    "annotate": "Take a person's words from a workbook, write open questions, say how much is confirmed.",
    "diff": "Say what changed from one annex, profile or corpus to another.",
    "show": "Print a summary of what instances or a profile hold.",
    "audit": "Compare the private attributes that are written with those that are disclosed.",
    "private": "Make what describes the private attributes of a product.",
    "locate": "Name the file that a file id of an output stands for.",
    "samples": "Write the corpus of a simulated product.",
    "standard": "List and show the tables of the Standard, or import an edition.",
}


class _Commands(click.Group):
    """Loads the module of a command only when it is needed, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"annexgen.cli.{cmd_name}").command
        return with_option(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="annexgen")
def main() -> None:
    """Draft annexes of a DICOM Conformance Statement, from the instances that a product really writes.

    Exit codes: 0 done; 1 the command's own "no"; 2 usage, or nothing readable.
    """


main.params.append(global_option())
