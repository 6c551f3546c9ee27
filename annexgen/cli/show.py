"""`annexgen show`: prints a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annexgen.cli.annexes import annex_file
from annexgen.cli.private_dictionary import load_private_dictionaries, private_dictionary_option, refuse_with_annex
from annexgen.cli.sources import Reading, read_sources, reading_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("show")
@reading_options
@private_dictionary_option
def command(reading: Reading, private_dictionaries: tuple[Path, ...]) -> None:
    """Print a summary of SOURCES, or of an annex.json: SOP Classes, tables, findings, weak evidence."""
    from rich.console import Console

    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.render.terminal import summary

    annex = annex_file(reading.sources)
    if annex is not None:
        refuse_with_annex(private_dictionaries)
    else:
        private_dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
        annex = number(build_annex(read_sources(reading), private_dictionary=private_dictionary))
    Console().print(summary(annex))
