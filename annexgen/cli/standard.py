"""`annexgen standard`: the tables of the Standard, listed and shown."""

from __future__ import annotations

import sys

import click

KINDS = ("IOD", "MODULE", "MACRO", "TAG", "CID", "TID")


@click.group("standard")
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
    """Print the IOD, Module, macro, element, context group or template called NAME.

    NAME is a key (ct-image), a name (CT Image), a UID of a SOP Class, a keyword, a tag "(0018,0088)", or the number of a
    CID or TID. An unknown one ends with exit code 2 and near matches.
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
