"""`annexgen private`: what is made from the private attributes of a product."""

from __future__ import annotations

import json
from pathlib import Path

import click

from annexgen.cli.private_dictionary import (
    load_private_dictionaries,
    private_dictionary_option,
    refuse_with_annex,
)
from annexgen.cli.sources import Reading, fail, read_sources, reading_options, why
from annexgen.whole_files import write_whole_text


@click.group("private")
def command() -> None:
    """Make what describes the private attributes of a product."""


@command.command("characteristics")
@reading_options
@private_dictionary_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.json to write, in the DICOM JSON Model.",
)
def characteristics_command(reading: Reading, private_dictionaries: tuple[Path, ...], output: Path) -> None:
    """Write a Private Data Element Characteristics Sequence (0008,0300) for SOURCES: instances, profiles or an annex.json.

    From an annex.json come the names and statuses that people confirmed. What nobody called SAFE may identify.
    """
    from annexgen.annex.build import build_annex
    from annexgen.annex.characteristics_sequence import characteristics
    from annexgen.annex.json_objects import AnnexFormatError
    from annexgen.annex.serialization import loads

    if len(reading.sources) == 1 and Path(reading.sources[0]).name.endswith("annex.json"):
        refuse_with_annex(private_dictionaries)
        try:
            annex = loads(Path(reading.sources[0]).read_text(encoding="utf-8"))
        except (AnnexFormatError, UnicodeDecodeError) as error:
            fail(f"{reading.sources[0]}: {error}")
        except OSError as error:
            fail(why(error))
    else:
        dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
        annex = build_annex(read_sources(reading), private_dictionary=dictionary)
    document = characteristics(annex)
    blocks = document["00080300"]["Value"]
    if not blocks:
        fail("the sources have no private attributes")
    try:
        write_whole_text(output, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        fail(why(error))
    if not reading.quiet:
        elements = sum(len(block.get("00080310", {"Value": ()})["Value"]) for block in blocks)
        click.echo(f"{len(blocks)} Private Creators and groups, {elements} elements -> {output}", err=True)
