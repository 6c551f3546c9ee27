"""`annexgen show`: prints a summary."""

from __future__ import annotations

import click

from annexgen.cli.sources import Reading, read_sources, reading_options


@click.command("show")
@reading_options
def command(reading: Reading) -> None:
    """Print a summary of SOURCES: SOP Classes, tables, findings, weak evidence."""
    from rich.console import Console

    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.render.terminal import summary

    Console().print(summary(number(build_annex(read_sources(reading)))))
