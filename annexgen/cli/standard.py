"""`annexgen standard`: the tables of the Standard, listed and shown; imported sets are made by its subcommand `import`."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import click

SUBCOMMANDS = {
    "list": "Count the tables and name their editions.",
    "show": "Print an IOD, Module, macro, element, template or context group.",
    "import": "Read the Standard's DocBook files into a table set.",
}
KINDS = ("IOD", "MODULE", "MACRO", "TAG", "TID", "CID")


class _Subcommands(click.Group):
    """Loads the module of `import` only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "import":
            return super().get_command(ctx, cmd_name)
        if importlib.util.find_spec("annexgen.cli.standard_import") is None:
            return None
        imported: click.Command = importlib.import_module("annexgen.cli.standard_import").command
        return imported

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group("standard", cls=_Subcommands)
def command() -> None:
    """What the DICOM Standard says, as annexgen's tables hold it."""


@command.command("list")
def list_tables() -> None:
    """Print every table with its number of entries and rows, and the edition and section that it comes from."""
    from rich.console import Console

    from annexgen.cli.standard_tables import inventory

    Console().print(inventory())


@command.command("show")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@click.argument("name", nargs=-1, required=True)
@click.option("--expand", is_flag=True, help="Print the attributes of included macros in their places.")
def show(kind: str, name: tuple[str, ...], expand: bool) -> None:
    """Print the IOD, Module, macro, element, template or context group called NAME.

    NAME is a key (ct-image), a name (CT Image), a UID of a SOP Class, a keyword, a tag "(0018,0088)", or the number of a TID or
    CID. An unknown one ends with exit code 2 and near matches.
    """
    from rich.console import Console

    from annexgen.cli import standard_tables
    from annexgen.standard.search import UnknownError

    try:
        parts = standard_tables.show(kind.upper(), " ".join(name), expand)
    except UnknownError as error:
        click.echo(f"annexgen: {error}", err=True)
        if error.near:
            click.echo("Near matches: " + "; ".join(error.near), err=True)
        sys.exit(2)
    console = Console()
    for part in parts:
        console.print(part)
