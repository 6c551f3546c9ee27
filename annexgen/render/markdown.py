"""annex.md: the annex as GitHub Flavored Markdown, one line per row, to be read and compared as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.annex.model import Cell, Status
from annexgen.render.changes import BLANK, UNDECIDED, changes_of, gone_before
from annexgen.render.texts import (
    DRAFT,
    SEVERITIES,
    VALUES_WARNING,
    WEAK,
    References,
    blocks,
    corpus_counts,
    depth,
    leads_to,
    list_level,
    printable,
    product_title,
    quantity,
    section_label,
)
from annexgen.whole_files import write_whole_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows, GoneRow
    from annexgen.annex.model import Annex, Row, Section, Table

WEAK_MARK = "†"
CONFIRMED_MARK = "✓"
NEW_MARK, CHANGED_MARK, GONE_MARK, DOUBT_MARK = "⊕", "Δ", "⊖", "?"

# An underscore inside a word is plain text in GitHub Flavored Markdown; SRC_COPY stays readable.
_SPECIAL = re.compile(r"[\\`*|~$&<>]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[:])")
_LINE_START = re.compile(r"^([#+=-]|\d+(?=[.)]))", re.MULTILINE)
_MAX_HEADING = 6


class MarkdownRenderer:
    """Writes annex.md."""

    name = "md"
    file_name = "annex.md"

    def __init__(self, changes: ChangedRows | None = None) -> None:
        self._changes = changes

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`."""
        path = folder / self.file_name
        write_whole_text(path, document(annex, self._changes))
        return path


def document(annex: Annex, changes: ChangedRows | None = None) -> str:
    """The whole annex as one Markdown text; `changes` are marked, where given."""
    writer = _Writer(annex, changes)
    return "\n".join(writer.lines()) + "\n"


def anchor(kind: str, identifier: str) -> str:
    """The anchor of a table or section: table-n-9-24, section-n-9-2-1."""
    return f"{kind}-{identifier.lower().replace('.', '-')}"


class _Writer:
    """Writes the parts of the document, each ending in an empty line."""

    def __init__(self, annex: Annex, changes: ChangedRows | None) -> None:
        self.annex = annex
        self.changes = changes
        self.references = References(annex)
        self.tables = {table.id: table for table in annex.tables}

    def lines(self) -> Iterator[str]:
        blocks = [*self.front(), *self.body(), *self.findings(), *self.corpus()]
        for number, block in enumerate(blocks):
            if number:
                yield ""
            yield block

    def front(self) -> Iterator[str]:
        annex = self.annex
        yield f"# Draft annexes: {escape(product_title(annex))}"
        yield escape(DRAFT)
        if annex.corpus.values == "all":
            yield f"**{escape(VALUES_WARNING)}**"
        counts = [
            f"- Product: {escape(product_title(annex))}",
            f"- Corpus: {escape(corpus_counts(annex))}",
            f"- Standard: DICOM {escape(annex.edition)}" if annex.edition else "",
            f"- Written by {escape(annex.generator)}" if annex.generator else "",
        ]
        yield "\n".join(filter(None, counts))
        yield (
            "How to read a cell: plain text was counted in the corpus or is fixed by the Standard; *italics* "
            "are proposed, a guess from the evidence to be checked; "
            f"{CONFIRMED_MARK} marks what a person confirmed; an unknown cell is empty and to be completed. "
            f"{WEAK_MARK} marks a row with {WEAK}."
        )
        if self.changes is not None:
            former = escape(self.changes.former)
            yield (
                f"What differs from {former}: {NEW_MARK} marks a row that is new, {CHANGED_MARK} a cell that said something "
                f"else, with what it said struck through, {GONE_MARK} a row that is gone. {DOUBT_MARK} behind a mark: the "
                f"difference {UNDECIDED}."
                if self.changes.tables
                else f"Nothing in the tables differs from {former}."
            )

    def body(self) -> Iterator[str]:
        for section in self.annex.sections:
            yield from self.section(section)

    def section(self, section: Section) -> Iterator[str]:
        marks = "#" * min(depth(section) + 1, _MAX_HEADING)
        yield f'<a id="{anchor("section", section.id)}"></a>'
        yield f"{marks} {section_label(section.id)} {self.linked(section.title)}"
        for block in blocks(section):
            yield from self.paragraphs(block.texts)
            if block.table:
                yield from self.table(self.tables[block.table])

    def paragraphs(self, texts: Iterable[str]) -> Iterator[str]:
        """Paragraphs, consecutive items of a list in one block."""
        items: list[str] = []
        for text in texts:
            if level := list_level(text):
                items.append(f"{'  ' * (level - 1)}- {self.linked(text.partition('- ')[2].strip())}")
                continue
            if items:
                yield "\n".join(items)
                items = []
            yield _LINE_START.sub(r"\\\1", self.linked(text.strip()))
        if items:
            yield "\n".join(items)

    def table(self, table: Table) -> Iterator[str]:
        title = f"Table {table.id}. {self.linked(table.title)}"
        yield f'<a id="{anchor("table", table.id)}"></a>'
        yield f"**{title}**"
        rows: list[Iterable[str]] = [map(escape, table.columns), ("---" for _ in table.columns)]
        changes = changes_of(self.changes, table.id)
        for number in range(len(table.rows) + 1):
            rows += [self.gone(gone, table) for gone in gone_before(changes, number)]
            if number < len(table.rows):
                rows.append(self.row(table.rows[number], table, changes.rows.get(number) if changes else None))
        yield "\n".join(map(_line, rows))
        yield from self.paragraphs(table.notes)

    def gone(self, gone: GoneRow, table: Table) -> Iterator[str]:
        """A row of the former version, struck through."""
        for position, column in enumerate(table.columns):
            text = escape(gone.row.cells.get(column, Cell()).text.strip())
            struck = f"~~{text}~~" if text else ""
            mark = f"{GONE_MARK}{DOUBT_MARK * gone.undecided}" if position == 0 else ""
            yield f"{mark} {struck}".strip()

    def row(self, row: Row, table: Table, changed: ChangedRow | None) -> Iterator[str]:
        weak = row.evidence is not None and row.evidence.weak
        for position, column in enumerate(table.columns):
            cell = row.cells.get(column, Cell())
            text = self.cell(cell, leads_to(table, row, column))
            if row.heading and position == 0 and text:
                text = f"**{text}**"
            if weak and position == 0:
                text = f"{text} {WEAK_MARK}".lstrip()
            if changed is not None:
                text = f"{text} {_mark(changed, column, first=position == 0)}".strip()
            yield text

    def cell(self, cell: Cell, target: str) -> str:
        text = self.linked(cell.text.strip())
        if target:
            text = f"[{escape(cell.text.strip())}](#{anchor('table', target)})"
        if text and cell.status is Status.PROPOSED:
            return f"*{text}*"
        if text and cell.status is Status.CONFIRMED:
            return f"{text} {CONFIRMED_MARK}"
        return text

    def linked(self, text: str) -> str:
        """The text escaped, on one line, with links to the tables and sections it names."""
        return "".join(
            f"[{escape(piece.text)}](#{anchor(piece.kind, piece.target)})" if piece.kind else escape(piece.text)
            for piece in self.references.split(text)
        )

    def findings(self) -> Iterator[str]:
        findings = self.annex.findings
        yield '<a id="findings"></a>'
        yield "## Findings"
        if not findings:
            yield "None."
            return
        counts = ((severity, sum(f.severity == severity for f in findings)) for severity in SEVERITIES)
        yield ", ".join(quantity(count, severity) for severity, count in counts if count) + "."
        names = self.annex.sop_class_names
        header = ("Severity", "Code", "SOP Class", "Path", "Count", "Message", "Example")
        rows = (
            (
                escape(finding.severity),
                escape(finding.code),
                escape(names.get(finding.sop_class, finding.sop_class)),
                escape(finding.path),
                str(finding.count) if finding.count else "",
                self.linked(finding.message),
                escape(finding.example),
            )
            for finding in findings
        )
        yield "\n".join(_line(cells) for cells in (header, ("---",) * len(header), *rows))

    def corpus(self) -> Iterator[str]:
        corpus = self.annex.corpus
        yield '<a id="corpus"></a>'
        yield "## Corpus"
        yield escape(corpus_counts(self.annex)) + "."
        if corpus.devices:
            header = ("Manufacturer", "Manufacturer's Model Name", "Software Versions", "Instances")
            devices = (
                (*map(escape, (device.manufacturer, device.model, device.versions)), str(device.instances))
                for device in corpus.devices
            )
            yield "\n".join(_line(cells) for cells in (header, ("---",) * len(header), *devices))
        if corpus.skipped:
            yield f"Skipped: {quantity(len(corpus.skipped), 'file')}."
            skipped = ((escape(item.file), escape(item.reason)) for item in corpus.skipped)
            yield "\n".join(_line(cells) for cells in (("File", "Reason"), ("---", "---"), *skipped))


def _mark(changed: ChangedRow, column: str, *, first: bool) -> str:
    """The mark of a cell, with what it said before."""
    if changed.new:
        return f"{NEW_MARK}{DOUBT_MARK * changed.is_undecided(column)}" if first else ""
    if column not in changed.former:
        return ""
    former = escape(changed.former[column].strip()) or BLANK
    return f"{CHANGED_MARK}{DOUBT_MARK * changed.is_undecided(column)} ~~{former}~~"


def escape(text: str) -> str:
    """The text as Markdown that shows it as it is, on one line; a line end becomes <br>."""
    return _SPECIAL.sub(_escaped, printable(text)).replace("\n", "<br>")


def _escaped(match: re.Match[str]) -> str:
    return "&lt;" if match.group() == "<" else f"\\{match.group()}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
