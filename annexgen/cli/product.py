"""The option --product: what a person says of the product; and what is still to be completed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annexgen.cli.sources import fail

if TYPE_CHECKING:
    from annexgen.annex.annotations import Statements
    from annexgen.annex.model import Annex

NAMED_TABLES = 4

product_option = click.option(
    "--product",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="product.toml: product facts, roles and a person's words (annexgen init writes one).",
)


def load_product(path: Path | None) -> Statements | None:
    """What the product file says; ends the command if it cannot be understood."""
    if path is None:
        return None
    from annexgen.annex.annotations_file import ProductFileError, load

    try:
        return load(path)
    except ProductFileError as error:
        fail(str(error))


def to_be_completed(annex: Annex) -> list[str]:
    """What is unknown, in lines: the product's facts, then each column with its count and where it stands."""
    from annexgen.annex.model import Status
    from annexgen.render.facts import unknown_cells

    lines = []
    facts = {
        "name": annex.product.name,
        "manufacturer": annex.product.manufacturer,
        "versions": annex.product.versions,
    }
    missing = [name for name, value in facts.items() if not value]
    if missing:
        lines.append(f"  product: {', '.join(missing)}")
    for column, count in unknown_cells(annex).items():
        tables = [
            table.id
            for table in annex.tables
            if any(column in row.cells and row.cells[column].status is Status.UNKNOWN for row in table.rows)
        ]
        named = ", ".join(tables[:NAMED_TABLES])
        more = f" and {len(tables) - NAMED_TABLES} more" if len(tables) > NAMED_TABLES else ""
        lines.append(f"  {column}: {count:,} in Table{'s' * (len(tables) > 1)} {named}{more}")
    return lines
