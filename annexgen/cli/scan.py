"""`annexgen scan`: reads instances and writes a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annexgen.cli.profile_output import profile_output
from annexgen.cli.sources import Reading, fail, read_sources, reading_options, why

if TYPE_CHECKING:
    from pathlib import Path


@click.command("scan")
@reading_options
@profile_output
def command(reading: Reading, output: Path) -> None:
    """Read the instances in SOURCES (files, folders, archives, DICOMDIR files, URLs, - for a list) and write a profile of what was seen."""
    from annexgen.profile.privacy import seal
    from annexgen.profile.storage import save

    profile = read_sources(reading)
    if profile.salt_id:
        fail("the sources are profiles already; use annexgen merge")
    try:
        save(seal(profile), output)
    except OSError as error:
        fail(why(error))
    if not reading.quiet:
        from annexgen.render.texts import quantity

        instances, kinds = quantity(profile.instances, "instance"), quantity(len(profile.sop_classes), "SOP Class")
        click.echo(f"{instances} of {kinds} -> {output}", err=True)
