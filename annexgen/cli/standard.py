"""`annexgen standard`: the tables of the Standard, listed and shown."""

from __future__ import annotations

import sys
from pathlib import Path

import click

SHOWN_NOTES = 20
"""How many notes on one part are printed."""

KINDS = ("IOD", "MODULE", "MACRO", "TAG", "CID", "TID")


@click.group("standard")
def command() -> None:
    """What the DICOM Standard says, as annexgen's tables hold it."""


@command.command("list")
def list_tables() -> None:
    """Print the sets of tables, and every table of the one in use: entries, rows, edition and section."""
    from annexgen.cli.standard_layout import console_of
    from annexgen.cli.standard_tables import inventory, table_sets

    console = console_of(sys.stdout)
    console.print(table_sets())
    console.print()
    console.print(inventory())


@command.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--edition", required=True, metavar="NAME", help="Name of the set of tables, such as 2025e.")
def import_edition(folder: Path, edition: str) -> None:
    """Make a set of tables of the Standard's DocBook in DIR: part03, 04, 06, 15 and 16, whichever are there.

    A set of that name is replaced when everything could be read, and untouched otherwise. `--standard NAME` selects it.
    """
    from annexgen.cli.sources import INTERRUPTED, fail
    from annexgen.cli.standard_layout import console_of
    from annexgen.cli.standard_tables import imported
    from annexgen.standard.importer.docbook import DocBookError
    from annexgen.standard.importer.folder import import_folder
    from annexgen.standard.sets import SetError, root

    try:
        parts = import_folder(folder, edition)
    except (DocBookError, SetError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or root() / edition}: {error.strerror or error}; nothing was changed")
    except KeyboardInterrupt:
        click.echo("annexgen: stopped; nothing was changed", err=True)
        sys.exit(INTERRUPTED)
    console_of(sys.stdout).print(imported(parts))
    for part in parts:
        for note in part.notes[:SHOWN_NOTES]:
            click.echo(f"PS3.{part.part}: {note}", err=True)
        if len(part.notes) > SHOWN_NOTES:
            click.echo(f"PS3.{part.part}: and {len(part.notes) - SHOWN_NOTES} notes more", err=True)
    click.echo(f"{root() / edition}: use it with --standard {edition}", err=True)


@command.command("show")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@click.argument("name", nargs=-1, required=True)
@click.option("--expand", is_flag=True, help="Print the attributes of included macros in their places.")
def show(kind: str, name: tuple[str, ...], expand: bool) -> None:
    """Print the IOD, Module, macro, element, context group or template called NAME.

    NAME is a key (ct-image), a name (CT Image), a UID of a SOP Class, a keyword, a tag "(0018,0088)", or the number of a
    CID or TID. An unknown one ends with exit code 2 and near matches.
    """
    from annexgen.cli import standard_tables
    from annexgen.cli.standard_layout import console_of
    from annexgen.standard.search import UnknownError

    try:
        parts = standard_tables.show(kind.upper(), " ".join(name), expand)
    except UnknownError as error:
        click.echo(f"annexgen: {error}", err=True)
        if error.near:
            click.echo("Near matches: " + "; ".join(error.near), err=True)
        sys.exit(2)
    console = console_of(sys.stdout)
    for part in parts:
        console.print(part)
