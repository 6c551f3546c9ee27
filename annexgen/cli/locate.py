"""`annexgen locate`: turns a file id of an output back into paths."""

from __future__ import annotations

import sys

import click

from annexgen.cli.sources import fail, sources_argument


@click.command("locate")
@click.argument("identifier")
@sources_argument
def command(identifier: str, sources: tuple[str, ...]) -> None:
    """Print the path of every file in SOURCES with the file id IDENTIFIER; exit code 1 when there is none."""
    from annexgen.corpus.files import file_id
    from annexgen.corpus.instance import NotReadableError
    from annexgen.corpus.sources import SourceError, batches_of

    found = 0
    try:
        for batch in batches_of(sources):
            for entry in batch.entries():
                try:
                    with entry.open() as buffer:
                        matches = file_id(buffer) == identifier
                except (NotReadableError, OSError) as error:
                    click.echo(f"passed over {entry.name}: {error}", err=True)
                    continue
                if matches:
                    click.echo(entry.name)
                    found += 1
    except (SourceError, NotReadableError, OSError) as error:
        fail(str(error))
    if not found:
        click.echo(f"annexgen: no file with the id {identifier}", err=True)
        sys.exit(1)
