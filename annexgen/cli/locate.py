"""`annexgen locate`: turns a file id of an output back into paths."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from annexgen.cli.sources import fail


@click.command("locate")
@click.argument("identifier")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(identifier: str, sources: tuple[Path, ...]) -> None:
    """Print the path of every file in SOURCES with the file id IDENTIFIER; exit code 1 when there is none."""
    from annexgen.corpus.files import SourceError, file_id, find_files, open_buffer

    found = 0
    try:
        for path in find_files(list(sources)):
            with open_buffer(path) as buffer:
                if file_id(buffer) == identifier:
                    click.echo(str(path))
                    found += 1
    except (SourceError, OSError) as error:
        fail(str(error))
    if not found:
        click.echo(f"annexgen: no file with the id {identifier}", err=True)
        sys.exit(1)
