"""Layout that the terminal output of the Standard's tables shares: headings, tables, lists."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.style import StyleType


PIPED = 10_000
"""Columns where no terminal has any: every row of a table is one line there, which other programs can search."""


def console_of(stream: TextIO) -> Console:
    """What prints on a stream: as wide as its terminal (or as COLUMNS says); what it cannot encode is escaped."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(width=None if stream.isatty() or "COLUMNS" in os.environ else PIPED)


def first_line(name: str, section: str, key: str) -> Text:
    """An entry's first line: its name, where the Standard has it, and what names it."""
    return Text.assemble((name, "bold"), f"  {section or 'section not known'}  {key}")


def listing(label: str, entries: list[str]) -> Text:
    """A label and its entries in one line, `none` without any."""
    return Text(f"{label}: {', '.join(entries) if entries else 'none'}")


class PlainTable(Table):
    """A table whose cells hold the Standard's own text: brackets ("[hnsf'U]") are no markup there."""

    def add_row(self, *cells: RenderableType | None, style: StyleType | None = None, end_section: bool = False) -> None:
        """Add a row; text is taken as it stands."""
        plain = (Text(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*plain, style=style, end_section=end_section)


def empty_table(title: str, *columns: str) -> Table:
    """An empty table; in a narrow terminal the widest columns are broken, long words too, and nothing is cut."""
    made = PlainTable(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made
