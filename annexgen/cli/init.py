"""`annexgen init`: writes the first product.toml of a product."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.private_dictionary import load_private_dictionaries, private_dictionary_option
from annexgen.cli.sources import Reading, fail, fail_to_write, read_sources, reading_options


@click.command("init")
@reading_options
@private_dictionary_option
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="product.toml to write.")
def command(reading: Reading, private_dictionaries: tuple[Path, ...], output: Path) -> None:
    """Write a commented product file for SOURCES: the product as they name it, and every SOP Class with its roles to fill in.

    With a private dictionary also the names that it gives to private attributes, as comments to be confirmed. An existing file is
    never overwritten.
    """
    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.annex.product_file import first_product_file

    if output.exists():
        fail(f"{output} exists and is not overwritten: choose another name, or move it away")
    dictionary = load_private_dictionaries(private_dictionaries, reading.quiet)
    annex = number(build_annex(read_sources(reading), private_dictionary=dictionary))
    text = first_product_file(annex, dictionary)
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        fail_to_write(output, error)
    if not reading.quiet:
        from annexgen.render.texts import quantity

        known = quantity(len(annex.sop_class_names), "SOP Class")
        click.echo(f"{output}: {known}; fill in what is empty, then: annexgen build ... --product {output}", err=True)
