"""`annexgen show`: prints a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annexgen.cli.sources import quiet_option, read_sources, sources_argument, values_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("show")
@sources_argument
@values_option
@quiet_option
def command(sources: tuple[Path, ...], values: str, quiet: bool) -> None:
    """Print a summary of SOURCES: SOP Classes, tables, findings, weak evidence."""
    from rich.console import Console

    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.render.terminal import summary

    Console().print(summary(number(build_annex(read_sources(sources, values, quiet)))))
