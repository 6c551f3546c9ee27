"""Layout that the terminal output of the Standard's tables shares: headings, tables, lists."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text


def first_line(name: str, section: str, key: str) -> Text:
    """An entry's first line: its name, where the Standard has it, and what names it."""
    return Text.assemble((name, "bold"), f"  {section or 'section not known'}  {key}")


def listing(label: str, entries: list[str]) -> Text:
    """A label and its entries in one line, `none` without any."""
    return Text(f"{label}: {', '.join(entries) if entries else 'none'}")


def empty_table(title: str, *columns: str) -> Table:
    """An empty table; long words are broken rather than cut, those of the first column are kept whole where there is room."""
    made = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=number == 0)
    return made
