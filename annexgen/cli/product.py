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
NAMED_STATEMENTS = 20

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


def stale_statements(annex: Annex, product: Path | None) -> list[str]:
    """What people said and may no longer hold, in lines: each with the reason; all of them are findings."""
    from annexgen.annex.annotations import STALE

    stale = [finding for finding in annex.findings if finding.code == STALE]
    if not stale:
        return []
    number = len({(f.sop_class, f.path, f.message.partition(":")[0]) for f in stale})
    count = "1 statement" if number == 1 else f"{number:,} statements"
    lines = [f"{count} of {product} may no longer hold (findings {STALE}):"]
    for finding in stale[:NAMED_STATEMENTS]:
        about = finding.path or annex.sop_class_names.get(finding.sop_class, finding.sop_class)
        lines.append(f"  {about} {finding.message}" if about else f"  {finding.message}")
    if len(stale) > NAMED_STATEMENTS:
        lines.append(f"  and {len(stale) - NAMED_STATEMENTS:,} more")
    return lines
