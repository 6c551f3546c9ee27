"""The option --private-dictionary: a person's names and VRs of private elements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annexgen.cli.sources import fail

if TYPE_CHECKING:
    from annexgen.standard.private_dictionary import PrivateDictionary

SHOWN_CONFLICTS = 10

private_dictionary_option = click.option(
    "--private-dictionary",
    "private_dictionaries",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="CSV or JSON with creator, group, element, VR, VM, name, source of private elements; may be given again.",
)


def refuse_with_annex(paths: tuple[Path, ...]) -> None:
    """End the command where dictionaries are given along with an annex.json, whose names they cannot change."""
    if paths:
        fail("an annex.json has its names already: leave --private-dictionary out, or name the instances or a profile")


def load_private_dictionaries(paths: tuple[Path, ...], quiet: bool) -> PrivateDictionary:
    """The dictionary of the files, after saying where they and pydicom disagree; ends the command if one is wrong."""
    from annexgen.standard.private_dictionary import PrivateDictionaryError, load

    try:
        found = load(paths)
    except PrivateDictionaryError as error:
        fail(str(error))
    conflicts = found.conflicts()
    if conflicts and not quiet:
        click.echo(
            f"annexgen: {len(conflicts)} conflicts between private dictionaries; the first one named counts:", err=True
        )
        for conflict in conflicts[:SHOWN_CONFLICTS]:
            click.echo(f"  {conflict.text()}", err=True)
        if len(conflicts) > SHOWN_CONFLICTS:
            click.echo(f"  and {len(conflicts) - SHOWN_CONFLICTS} more", err=True)
    return found
