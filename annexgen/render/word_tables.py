"""The annex's tables in Word: caption, repeated header rows, rows that no page breaks, status shown, footnotes below."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from annexgen.annex.columns import COLUMN_GROUPS
from annexgen.annex.model import Cell, Status
from annexgen.render import word_styles as style
from annexgen.render.facts import is_weak
from annexgen.render.texts import leads_to, printable
from annexgen.render.word_measure import lines
from annexgen.render.word_references import footnote_bookmark, table_bookmark
from annexgen.render.word_widths import MOST_LINES
from annexgen.render.word_xml import attribute, bookmark, field, hyperlink, paragraph, parse, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows, ChangedTable, GoneRow
    from annexgen.annex.model import Table
    from annexgen.render.word_references import Links
    from annexgen.render.word_styles import Styles

PROPOSED_FILL = "FFE9B0"
UNKNOWN_FILL = "FBDDDA"
WEAK_BORDER = "C55A11"
CHANGED = "1F4E9E"

MOST_KEPT = 5
"""A table of so many rows stands on one page."""
CONTINUED = {
    "iod": ("IE",),
    "functional_groups": ("Functional Group Macro",),
    "coded_values": ("Attribute Name", "Tag"),
    "sr_measurements": ("Label", "Measurement", "Unit"),
    "transfer_syntaxes": ("Transfer Syntax Set",),
}
"""The columns in which a blank cell goes on with the one above it, by kind of table."""

_GROUP_WORDS = ("DIMSE ", "DICOM Web ", "Media ")
_INDENT = 85
_SPACE = 240
_LEAST_SPACE = 120


class Numbers:
    """Gives the bookmarks of a document their ids, and counts the captions of tables as Word will."""

    def __init__(self, first: int = 1) -> None:
        self._next = first
        self._caption = -1

    def bookmark(self) -> int:
        """The id of one more bookmark."""
        self._next += 1
        return self._next - 1

    def restart(self) -> None:
        """Let the next caption say its number: other captions of the document may come before it."""
        self._caption = -1

    def sequence(self, number: int) -> str:
        """The field that counts a caption as `number`; it says so where the count does not go on by one."""
        restart = "" if number == self._caption + 1 else f" \\r {number}"
        self._caption = number
        return f"SEQ Table \\* ARABIC{restart}"


class TableWriter:
    """Writes tables for one document. `final` leaves out what marks a draft; `changes` are marked, where given."""

    def __init__(
        self, styles: Styles, links: Links, numbers: Numbers, *, final: bool, changes: ChangedRows | None = None
    ) -> None:
        self._changes = changes.tables if changes is not None else {}
        self._former = styles.id(style.FORMER) if changes is not None else ""
        self._links = links
        self._numbers = numbers
        self._final = final
        self._text = styles.id(style.TABLE_TEXT)
        self._heading = styles.id(style.TABLE_HEADING)
        self._caption = styles.id(style.CAPTION)
        (sample,) = parse([paragraph(self._caption, "")])
        # A caption stays with its table, and apart from the one above it, in a style of somebody else as well.
        apart = "" if styles.space_before(sample) >= _LEAST_SPACE else f'<w:spacing w:before="{_SPACE}"/>'
        self._caption_properties = f"<w:keepNext/>{apart}"
        self._footnote = styles.id(style.FOOTNOTE)
        self._table = styles.id(style.TABLE)
        self._reference = f'<w:rStyle w:val="{styles.id(style.REFERENCE)}"/>'
        self._fill = styles.header_fill()

    def table(self, table: Table, widths: list[int]) -> Iterator[str]:
        """The caption, the table and what stands below it; `widths` of its columns in twentieths of a point."""
        prefix, _, number = table.id.rpartition("-")
        label = run(f"Table {prefix}-") + field(self._numbers.sequence(int(number)), number)
        name = bookmark(table_bookmark(table), self._numbers.bookmark(), label)
        changes = self._changes.get(table.id)
        title = run(table.title, changed_text()) if changes is not None and changes.new else ""
        words = run(". ") + title if title else run(f". {table.title}")
        yield paragraph(self._caption, name + words, self._caption_properties)
        footnotes: list[tuple[str, str]] = []
        rows = [*self._header(table, widths), *self._rows(table, widths, footnotes, changes)]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{self._table}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f'<w:tblCaption w:val="{attribute(f"Table {table.id}. {table.title}")}"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )
        for mark, text in footnotes:
            content = bookmark(footnote_bookmark(table, mark), self._numbers.bookmark(), run(f"{mark})"))
            yield paragraph(self._footnote, content + run("\t") + self._links.runs(text))
        for note in table.notes:
            yield paragraph(self._footnote, self._links.runs(note), '<w:ind w:left="0" w:firstLine="0"/>')

    def _header(self, table: Table, widths: list[int]) -> Iterator[str]:
        groups = COLUMN_GROUPS.get(table.kind, ())
        if sum(span for _, span in groups) != len(table.columns):
            yield _header_row(
                self._cell(run(column), width, self._heading)
                for column, width in zip(table.columns, widths, strict=True)
            )
            return
        fill = _shading(self._fill)
        upper, lower = [], []
        position = 0
        for title, span in groups:
            columns = table.columns[position : position + span]
            width = widths[position : position + span]
            if span == 1:
                upper.append(self._cell(run(columns[0]), width[0], self._heading, f'<w:vMerge w:val="restart"/>{fill}'))
                lower.append(self._cell("", width[0], self._heading, f"<w:vMerge/>{fill}"))
            else:
                properties = f'<w:gridSpan w:val="{span}"/>{fill}'
                upper.append(self._cell(run(title), sum(width), self._heading, properties))
                lower += [
                    self._cell(run(_short(column)), one, self._heading, fill)
                    for column, one in zip(columns, width, strict=True)
                ]
            position += span
        yield _header_row(upper)
        yield _header_row(lower)

    def _rows(
        self, table: Table, widths: list[int], footnotes: list[tuple[str, str]], changes: ChangedTable | None
    ) -> Iterator[str]:
        """The rows; the first and the last two stay together, so that no page begins or ends with a lonely one."""
        kept = {0, len(table.rows) - 2} if len(table.rows) > MOST_KEPT else set(range(len(table.rows) - 1))
        continues = _continuations(table)
        gone = list(changes.gone) if changes is not None else []
        shading: dict[str, str] = {}
        for number, row in enumerate(table.rows):
            while gone and gone[0].before <= number:
                yield self._gone(table, gone.pop(0), widths)
            changed = changes.rows.get(number) if changes is not None else None
            if row.heading:
                properties = f'<w:gridSpan w:val="{len(widths)}"/>{_shading("F2F2F2")}'
                text = row.cells.get(table.columns[0], Cell()).text
                parts = [self._cell(self._links.runs(text), sum(widths), self._heading, properties)]
            else:
                parts = []
                for position, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
                    cell = row.cells.get(column, Cell())
                    if (number, column) not in continues:
                        shading[column] = self._mark(cell)
                    weak = position == 0 and not self._final and is_weak(row)
                    borders = _borders(
                        weak=weak,
                        above=(number, column) not in continues,
                        below=(number + 1, column) not in continues,
                        bar=_bar(changed) if changed is not None and position == len(widths) - 1 else "",
                    )
                    keep = "<w:keepNext/>" if number in kept else ""
                    indent = row.level if position == 0 and cell.text.lstrip(">").strip() else 0
                    properties = keep + _indented(indent)
                    former = self._former_text(table, column, changed, width, footnotes, properties)
                    marks = changed_text(decided=not changed.is_undecided(column)) if _marked(changed, column) else ""
                    shaded = borders + shading[column]
                    target = leads_to(table, row, column)
                    parts.append(
                        self._body_cell(cell, width, table, footnotes, shaded, properties, marks, former, target)
                    )
            yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(parts)}</w:tr>"
        for one in gone:
            yield self._gone(table, one, widths)

    def _gone(self, table: Table, gone: GoneRow, widths: list[int]) -> str:
        """A row of the former version that is no longer there, at the place where it stood."""
        cells = []
        for position, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            text = gone.row.cells.get(column, Cell()).text
            bar = _BARS[not gone.undecided] if position == len(widths) - 1 else ""
            borders = _borders(weak=False, above=True, below=True, bar=bar)
            indent = _indented(gone.row.level if position == 0 else 0)
            cells.append(self._cell(run(text, _undecided(gone.undecided)), width, self._former, borders, indent))
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"

    def _former_text(
        self,
        table: Table,
        column: str,
        changed: ChangedRow | None,
        width: int,
        footnotes: list[tuple[str, str]],
        properties: str,
    ) -> str:
        """What a cell said in the former version, in a paragraph of its own; nothing where it said nothing else."""
        text = changed.former.get(column, "") if changed is not None else ""
        if not text:
            return ""
        if len(text) > MOST_LINES and lines(printable(text), width) > MOST_LINES:
            mark = _letters(len(footnotes))
            footnotes.append((mark, f"Before: {text}"))
            content = hyperlink(footnote_bookmark(table, mark), run(f"See footnote {mark})", self._reference))
        else:
            content = run(text)
        return paragraph(self._former, content, properties)

    def _body_cell(
        self,
        cell: Cell,
        width: int,
        table: Table,
        footnotes: list[tuple[str, str]],
        properties: str,
        paragraph_properties: str,
        marks: str,
        former: str,
        target: str,
    ) -> str:
        emphasis = f"<w:i/>{marks}" if self._mark(cell) == _PROPOSED else marks
        text = cell.text
        if len(text) > MOST_LINES and lines(printable(text), width) > MOST_LINES:
            mark = _letters(len(footnotes))
            footnotes.append((mark, text))
            content = hyperlink(
                footnote_bookmark(table, mark), run(f"See footnote {mark})", self._reference + emphasis)
            )
        elif target:
            content = self._links.whole(target, text, emphasis)
        else:
            content = self._links.runs(text, emphasis)
        return self._cell(content, width, self._text, properties, paragraph_properties, former)

    def _mark(self, cell: Cell) -> str:
        """The shading that a draft shows the status of a cell with; what goes on below the cell has it as well."""
        if self._final:
            return ""
        if cell.status is Status.UNKNOWN:
            return _UNKNOWN
        return _PROPOSED if cell.status is Status.PROPOSED and cell.text else ""

    def _cell(
        self,
        content: str,
        width: int,
        paragraph_style: str,
        properties: str = "",
        paragraph_properties: str = "",
        more: str = "",
    ) -> str:
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{paragraph_style}"/>{paragraph_properties}</w:pPr>{content}</w:p>{more}</w:tc>'
        )


def changed_text(*, decided: bool = True) -> str:
    """The properties of text that the former version did not have, or had otherwise."""
    return f'<w:color w:val="{CHANGED}"/><w:u w:val="{"single" if decided else "dotted"}"/>'


def _undecided(undecided: bool) -> str:
    return '<w:u w:val="dotted"/>' if undecided else ""


def _marked(changed: ChangedRow | None, column: str) -> TypeGuard[ChangedRow]:
    return changed is not None and changed.differs(column)


def _shading(fill: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{attribute(fill)}"/>' if fill else ""


def _header_row(cells: Iterator[str] | list[str]) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _short(column: str) -> str:
    """The name of a column below the name of its group: SCU below DIMSE Services."""
    for word in _GROUP_WORDS:
        if column.startswith(word):
            return column.removeprefix(word)
    return column


def _letters(number: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _indented(level: int) -> str:
    """The indent of an attribute inside Sequences: lines after the first begin behind the marks of nesting."""
    indent = _INDENT * (level + 1)
    return f'<w:ind w:left="{indent}" w:hanging="{indent}"/>' if level else ""


def _continuations(table: Table) -> frozenset[tuple[int, str]]:
    """The blank cells (number of the row, column) that go on with what the cell above them says."""
    found = set()
    for column in CONTINUED.get(table.kind, ()):
        for number, row in enumerate(table.rows):
            cell = row.cells.get(column, Cell())
            blank = not cell.text and cell.status is not Status.UNKNOWN
            if number and blank and not row.heading and not table.rows[number - 1].heading:
                found.add((number, column))
    return frozenset(found)


def _bar(changed: ChangedRow) -> str:
    """The line at the right of a row that differs: thick where any of its differences is decided."""
    columns = [""] if changed.new else [*changed.former]
    return _BARS[any(not changed.is_undecided(column) for column in columns)]


def _borders(*, weak: bool, above: bool, below: bool, bar: str = "") -> str:
    """What the borders of a cell have of their own, in the order of the schema; nothing where all are the table's."""
    parts = [
        "" if above else '<w:top w:val="nil"/>',
        f'<w:left w:val="single" w:sz="24" w:space="0" w:color="{WEAK_BORDER}"/>' if weak else "",
        "" if below else '<w:bottom w:val="nil"/>',
        bar,
    ]
    return f"<w:tcBorders>{''.join(parts)}</w:tcBorders>" if any(parts) else ""


_PROPOSED = _shading(PROPOSED_FILL)
_UNKNOWN = _shading(UNKNOWN_FILL)
_BARS = {
    True: f'<w:right w:val="single" w:sz="24" w:space="0" w:color="{CHANGED}"/>',
    False: f'<w:right w:val="dotted" w:sz="12" w:space="0" w:color="{CHANGED}"/>',
}
"""The line at the right of a row, by whether its difference is decided."""
