"""`annexgen locate`: turns a file id of an output back into paths."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from annexgen.cli.sources import fail, read_salt, salt_option, sources_argument

if TYPE_CHECKING:
    from pathlib import Path


@click.command("locate")
@click.argument("identifier")
@sources_argument
@salt_option
def command(identifier: str, sources: tuple[str, ...], salt_file: Path | None) -> None:
    """Print the path of every file in SOURCES with the file id IDENTIFIER; exit code 1 when there is none.

    File ids are salted. With the --salt-file of the scan, SOURCES may be any part of what was scanned; without one, the salt
    follows from all files together, so SOURCES must be the same as for the output that has the id.
    """
    from annexgen.corpus.instance import NotReadableError
    from annexgen.corpus.sources import SourceError
    from annexgen.profile.file_ids import located

    def skip(name: str, reason: str) -> None:
        click.echo(f"passed over {name}: {reason}", err=True)

    found = 0
    try:
        for name in located(identifier, sources, read_salt(salt_file), skip):
            click.echo(name)
            found += 1
    except (SourceError, NotReadableError, OSError) as error:
        fail(str(error))
    if not found:
        same = (
            "with this salt"
            if salt_file
            else "if these are the sources it was made from; else give those, or its --salt-file"
        )
        click.echo(f"annexgen: no file has the id {identifier}, {same}", err=True)
        sys.exit(1)
