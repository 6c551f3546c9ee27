"""The outline of a report in the page: its content tree as branches that fold, with counts and templates (PS3.2 N.10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.annex.model import Cell
from annexgen.render.html_data import row_id

if TYPE_CHECKING:
    from markupsafe import Markup

    from annexgen.annex.model import Row, Table
    from annexgen.render.html_view import View

_OPEN_LEVELS = 2
"""Branches above this level are unfolded at first."""


@dataclass(slots=True)
class Branch:
    """One row of a content table with the rows below it.

    `items` counts the Content Items that it stands for, `below` those below it; `template` is the TID where it differs from
    that of the branch around it.
    """

    row: str
    number: int
    value_type: str
    relationship: str
    name: Markup
    template: str
    presence: str
    items: int
    open: bool
    below: int = 0
    branches: list[Branch] = field(default_factory=list)


def outline(table: Table, view: View) -> list[Branch]:
    """The outline of a content table; none for tables of other kinds and for those without nesting."""
    if table.kind != "sr_content" or not any(row.level for row in table.rows):
        return []
    roots: list[Branch] = []
    around: list[tuple[Branch, str]] = []
    for number, row in enumerate(table.rows, 1):
        if row.heading:
            continue
        template = _text(row, "TID")
        del around[row.level :]
        branch = Branch(
            row_id(table.id, number),
            number,
            _text(row, "VT"),
            _text(row, "Rel with Parent"),
            view.linked(_text(row, "Concept Name")),
            "" if around and around[-1][1] == template else template,
            _text(row, "Presence of Content Item"),
            row.evidence.items if row.evidence else 0,
            row.level < _OPEN_LEVELS,
        )
        (around[-1][0].branches if around else roots).append(branch)
        for outer, _ in around:
            outer.below += branch.items
        around.append((branch, template))
    return roots


def _text(row: Row, column: str) -> str:
    return row.cells.get(column, Cell()).text
