"""The command line's entry: the group of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from annexgen import __version__
from annexgen.cli.sources import INTERRUPTED
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


_FRAMES = 4


class _Commands(click.Group):
    """Loads the module of a command only when it is needed, so that --help answers at once."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an interruption, and a fault of annexgen, end it with a message, and with no value in it."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo("annexgen: stopped; what was written is whole, the rest is not written", err=True)
            sys.exit(INTERRUPTED)
        except MemoryError:
            click.echo("annexgen: not enough memory; free some, or use fewer --jobs", err=True)
            sys.exit(2)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            click.echo(_fault(error), err=True)
            sys.exit(2)

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


def _fault(error: Exception) -> str:
    """A fault of annexgen in words that its developers need: where it came up, and never the message, which may hold values."""
    package = Path(__file__).parents[1]
    frames = [
        f"{Path(frame.filename).relative_to(package).as_posix()}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(package)
    ]
    where = ", ".join(frames[:0:-1][:_FRAMES])
    return (
        f"annexgen: internal error of annexgen {__version__} ({type(error).__name__} in {where}); "
        "please report this line, which holds no value of your data"
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="annexgen")
def main() -> None:
    """Draft annexes of a DICOM Conformance Statement, from the instances that a product really writes.

    Exit codes: 0 done; 1 the command's own "no"; 2 usage, or nothing readable.
    """


main.params.append(global_option())
