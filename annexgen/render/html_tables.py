"""The tables of the page: header, widths, rows and cells with their classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from annexgen.annex.columns import COLUMN_GROUPS
from annexgen.annex.model import Cell, Status
from annexgen.render.changes import BLANK, UNDECIDED, changes_of, gone_before, gone_in_words, is_decided
from annexgen.render.facts import is_private, is_weak
from annexgen.render.html_data import row_id
from annexgen.render.html_outline import outline
from annexgen.render.texts import leads_to, printable, quantity

if TYPE_CHECKING:
    from annexgen.annex.changed_rows import ChangedRow, GoneRow
    from annexgen.annex.model import Row, Table
    from annexgen.render.html_view import View

PROPOSED_CLASS = "p"
"""What marks the cell of a proposal."""
GONE_CLASS = "gone"
"""What marks a row of the former version that is no longer there."""
STATUS_CLASSES = {
    Status.OBSERVED: "",
    Status.STANDARD: "s",
    Status.PROPOSED: PROPOSED_CLASS,
    Status.CONFIRMED: "c",
    Status.UNKNOWN: "u",
}
_LONG = 420
# Widths in pixels of a table that fills a page of usual size. Columns of tags and terms keep theirs, since a term that is broken
# cannot be read; the others share what is left in proportion.
_WIDTHS = {
    "Attribute Name": 186,
    "Module Name": 280,
    "Functional Group Macro": 280,
    "Concept Name": 280,
    "Code Meaning": 420,
    "SOP Class Name": 225,
    "SOP Class UID": 225,
    "Transfer Syntax Set": 88,
    "Transfer Syntax Name": 300,
    "Transfer Syntax UID": 230,
    "Tag": 98,
    "VR": 40,
    "VM": 46,
    "NL": 54,
    "Rel with Parent": 108,
    "VT": 92,
    "IE": 130,
    "TID": 62,
    "Root TID": 80,
    "Source": 112,
    "Presence (Module)": 130,
    "Value": 165,
    "Values": 210,
    "Value/Code": 330,
    "Condition": 230,
    "Conditions": 150,
    "Comments": 126,
    "Presence of Attribute": 104,
    "Presence of Value": 104,
    "Presence of Content Item": 104,
    "Identifiable Information": 100,
    "DIMSE SCU": 44,
    "DIMSE SCP": 44,
    "DICOM Web UA": 44,
    "DICOM Web OS": 44,
    "Media FSC": 44,
    "Media FSU": 44,
    "Media FSR": 44,
    "Create": 60,
    "Display": 62,
    "Process": 66,
    "Archive": 64,
    "Date": 100,
    "Product Version(s)": 170,
    "Change": 620,
}
_DEFAULT_WIDTH = 130
# A private template is named with its Mapping Resource, as in "99_3000 (99ACME)".
_USUAL_TID, _WIDTH_OF_PRIVATE_TID = 8, 120
_KEPT_WIDTHS = frozenset(
    {
        "Tag",
        "VR",
        "VM",
        "NL",
        "VT",
        "Source",
        "Presence of Attribute",
        "Presence of Value",
        "Presence of Content Item",
        "Identifiable Information",
    }
)
# On narrow pages tables scroll rather than get so narrow that a tag or CONDITIONAL does not fit.
_NARROWEST = 0.97
_MARGIN = 44
_COLUMN_CLASSES = {
    "Tag": "tag",
    "NL": "nl",
    **dict.fromkeys(("Module Name", "Functional Group Macro", "Concept Name"), "nm"),
    **dict.fromkeys(("SOP Class UID", "Transfer Syntax UID", "Code Value", "Defined Term"), "m"),
    **dict.fromkeys(
        (
            "Source",
            "Presence",
            "Presence (Module)",
            "Presence of Attribute",
            "Presence of Value",
            "Presence of Content Item",
            "Identifiable Information",
            "Usage",
            "Rel with Parent",
            "VT",
            "VR",
            "VM",
        ),
        "t",
    ),
}
_ROW_HEIGHT, _FRAME_HEIGHT = 29, 110
_NESTING = re.compile(r"(>+)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One cell of a header of one or two lines."""

    text: str
    columns: int = 1
    lines: int = 1


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as it stands in the page."""

    id: str
    number: int
    classes: str
    label: str
    cells: list[tuple[str, int, Markup]]
    caption: Markup | None
    gone: bool = False


class TableView:
    """One table as it stands in the page."""

    def __init__(self, table: Table, view: View) -> None:
        self._view = view
        self.id = table.id
        self.title = view.linked(table.title)
        self.kind = table.kind
        self.columns = table.columns
        self.width = len(table.columns) + 1
        self.labels = view.label_class(table.columns)
        self.header = _header(table)
        self.notes = [view.linked(note) for note in table.notes]
        self.sop_classes = " ".join(str(view.sop_class_number(uid)) for uid in table.sop_classes)
        self.spoken_for = [view.sop_class_name(uid) for uid in table.sop_classes]
        widths = [_width(column, table) for column in table.columns]
        shared = sum(width for column, width in zip(table.columns, widths, strict=True) if column not in _KEPT_WIDTHS)
        self.widths = [
            f"{width}px" if column in _KEPT_WIDTHS else f"{100 * width / shared:.2f}%"
            for column, width in zip(table.columns, widths, strict=True)
        ]
        self.minimum = round(sum(widths) * _NARROWEST) + _MARGIN
        self.height = _FRAME_HEIGHT + _ROW_HEIGHT * len(table.rows)
        documented = [row for row in table.rows if not row.heading]
        unknown = sum(cell.status is Status.UNKNOWN for row in documented for cell in row.cells.values())
        weak = sum(map(is_weak, documented))
        self.facts = [quantity(len(documented), "row")]
        if weak:
            self.facts.append(f"{weak:,} weak")
        if unknown:
            self.facts.append(f"{unknown:,} to complete")
        self.outline = outline(table, view)
        changes = changes_of(view.changes, table.id)
        if changes is not None:
            self.facts.append(f"{len(changes.rows) + len(changes.gone):,} changed")
        self.rows: list[RowView] = []
        for number in range(len(table.rows) + 1):
            self.rows += [self._gone(table, gone) for gone in gone_before(changes, number)]
            if number < len(table.rows):
                changed = changes.rows.get(number) if changes is not None else None
                self.rows.append(self._row(table, table.rows[number], number + 1, changed))

    def _gone(self, table: Table, gone: GoneRow) -> RowView:
        """A row that the former version had; it has no number, and nothing refers to it."""
        texts = [printable(gone.row.cells.get(column, Cell()).text) for column in table.columns]
        said = [(_COLUMN_CLASSES.get(c, ""), 0, _former(t)) for c, t in zip(table.columns, texts, strict=True)]
        label = f"Row of the former version, {gone_in_words(gone)}"
        return RowView("", 0, f"{GONE_CLASS} d{' q' if gone.undecided else ''}", label, said, None, gone=True)

    def _row(self, table: Table, row: Row, number: int, changed: ChangedRow | None) -> RowView:
        """One row of a table."""
        caption = None
        if row.heading:
            caption = self._view.linked(row.cells[table.columns[0]].text)
        flags = {
            "h": row.heading,
            "w": is_weak(row),
            "v": is_private(row),
            "f": (table.id, number) in self._view.findings_by_row,
            "d": changed is not None,
            "q": changed is not None and not is_decided(changed),
        }
        label = f"Evidence of row {number}"
        if flags["w"]:
            label += ", weak"
        if flags["f"]:
            label += ", with findings"
        if changed is not None:
            label += f", {'new' if changed.new else 'changed'}{'' if is_decided(changed) else f' ({UNDECIDED})'}"
        cells = [] if row.heading else [self._cell(table, row, n, changed) for n in range(len(table.columns))]
        classes = " ".join(name for name, on in flags.items() if on)
        return RowView(row_id(table.id, number), number, classes, label, cells, caption)

    def _cell(self, table: Table, row: Row, position: int, changed: ChangedRow | None) -> tuple[str, int, Markup]:
        """The classes, the nesting and the content of a cell."""
        column = table.columns[position]
        cell = row.cells.get(column, Cell())
        classes = [STATUS_CLASSES[cell.status]]
        classes.append(_COLUMN_CLASSES.get(column, ""))
        level = 0
        text = printable(cell.text)
        nesting = _NESTING.fullmatch(text) if position == 0 else None
        if nesting and row.level:
            content = Markup("<i>{}</i> ").format(nesting[1]) + self._view.linked(nesting[2])
            level = row.level if nesting[2] else 0
        else:
            content = self._view.linked(text)
        target = leads_to(table, row, column)
        if target:
            content = Markup('<a href="#{}">{}</a>').format(target, text)
        if table.kind == "sr_content" and column == "Concept Name":
            level = row.level
        if len(text) > _LONG:
            content = Markup('<div tabindex="0">{}</div>').format(content)
        if changed is not None and changed.differs(column):
            # The line at the left stands once in a row that is new as a whole.
            classes.append("dn" if changed.new and position else "dq" if changed.is_undecided(column) else "dc")
            if not changed.new:
                content += _former(printable(changed.former[column]), changed=True)
        return " ".join(filter(None, classes)), level, content


def _former(text: str, *, changed: bool = False) -> Markup:
    """What the former version said: struck through, and said to be so where it cannot be seen."""
    before = Markup('<span class="vh">; before: </span>') if changed else Markup()
    if not text:
        return Markup('<del class="was no">{}{}</del>').format(before, BLANK) if changed else Markup()
    tab = Markup(' tabindex="0"') if len(text) > _LONG else Markup()
    return Markup('<del class="was"{}>{}{}</del>').format(tab, before, text)


def _header(table: Table) -> list[list[HeaderCell]]:
    """The header; a column that is its own group spans both lines."""
    groups = COLUMN_GROUPS.get(table.kind, ())
    if sum(width for _, width in groups) != len(table.columns):
        return [[HeaderCell(column) for column in table.columns]]
    upper, lower, position = [], [], 0
    for title, width in groups:
        columns = table.columns[position : position + width]
        position += width
        if columns == (title,):
            upper.append(HeaderCell(title, 1, 2))
        else:
            upper.append(HeaderCell(title, width))
            # "SCU" says enough below "DIMSE Services".
            prefix = title.removesuffix("Services")
            lower += [HeaderCell(column.removeprefix(prefix)) for column in columns]
    return [upper, lower] if lower else [upper]


def _width(column: str, table: Table) -> int:
    if column == "TID" and any(len(row.cells.get(column, Cell()).text) > _USUAL_TID for row in table.rows):
        return _WIDTH_OF_PRIVATE_TID
    return _WIDTHS.get(column, _DEFAULT_WIDTH)
