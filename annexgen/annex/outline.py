"""The outline of an annex: sections and tables in order, as they are added."""

from __future__ import annotations

from annexgen.annex.model import (
    Product,
    Section,
    Table,
)


class Outline:
    """Collects sections and tables in order."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.sections: list[Section] = []
        self.tables: list[Table] = []
        self.product_name = product.name or "the product"

    def section(
        self,
        identifier: str,
        title: str,
        text: tuple[str, ...] = (),
        tables: tuple[Table, ...] = (),
        *,
        heading: bool = False,
    ) -> None:
        """Add a section; without text and tables it does not apply, unless it is the heading of sections that do."""
        self.tables.extend(tables)
        applicable = bool(text or tables or heading)
        self.sections.append(
            Section(
                identifier,
                title if applicable else f"{title} - N/A",
                text if applicable else ("N/A",),
                tuple(t.key for t in tables),
                applicable,
            )
        )
