"""What stands around the annexes in a Word document: legend, table of contents, list of tables, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.model import Status
from annexgen.render import word_styles as style
from annexgen.render.facts import status_counts, unknown_cells
from annexgen.render.texts import (
    DRAFT,
    SEVERITIES,
    STATUS_LEGEND,
    VALUES_WARNING,
    WEAK,
    depth,
    quantity,
    section_label,
)
from annexgen.render.word_references import section_bookmark, table_bookmark
from annexgen.render.word_tables import PROPOSED_FILL, UNKNOWN_FILL, WEAK_BORDER, changed_text
from annexgen.render.word_widths import column_widths
from annexgen.render.word_xml import field_begin, field_end, hyperlink, paragraph, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex
    from annexgen.render.word_references import Links
    from annexgen.render.word_styles import Styles

CONTENTS_LEVELS = 3
FINDINGS = "Findings"
_FINDING_COLUMNS = ("Severity", "Code", "SOP Class", "Path", "Instances", "Message")
_NAMED_COLUMNS = 6


def notice(annex: Annex, styles: Styles, changes: ChangedRows | None = None) -> Iterator[str]:
    """What a reader of a draft must know first, and what the marks of cells mean."""
    words = styles.id(style.NOTICE)
    yield paragraph(words, run(DRAFT), '<w:spacing w:before="480"/>')
    if annex.corpus.values == "all":
        yield paragraph(words, run(VALUES_WARNING, "<w:b/>"))
    counts = status_counts(annex)
    yield paragraph(words, run("How to read the cells of the tables:"), "<w:keepNext/>")
    cell = styles.id(style.TABLE_TEXT)
    rows = []
    for status in Status:
        meaning = f"{STATUS_LEGEND[status]} ({quantity(counts[status], 'cell')})"
        rows.append(_legend_row(cell, str(status), meaning, _MARKS.get(status, ""), status is Status.PROPOSED))
    rows.append(_legend_row(cell, "thick line at the left", WEAK, _WEAK, italic=False))
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{styles.id(style.TABLE)}"/><w:tblW w:w="7000" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0600" w:firstRow="0" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/>'
        f'<w:gridCol w:w="5000"/></w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    if changes is not None:
        yield legend_of_changes(styles, changes)
    missing = unknown_cells(annex)
    if missing:
        named = [f"{column} ({count:,})" for column, count in list(missing.items())[:_NAMED_COLUMNS]]
        more = "" if len(missing) <= _NAMED_COLUMNS else " and others"
        yield paragraph(words, run(f"To be completed: {', '.join(named)}{more}."), '<w:spacing w:before="160"/>')


def legend(styles: Styles) -> str:
    """The legend in one line, for a statement that people maintain."""
    return paragraph(
        styles.id(style.NOTICE),
        run("Draft. Shaded cells: ")
        + run(" proposed ", f'<w:rStyle w:val="{styles.id(style.PROPOSED)}"/>')
        + run(f" {STATUS_LEGEND[Status.PROPOSED]}; ")
        + run(" unknown ", f'<w:rStyle w:val="{styles.id(style.UNKNOWN)}"/>')
        + run(f" {STATUS_LEGEND[Status.UNKNOWN]}. A thick line at the left of a row: {WEAK}."),
        "<w:keepNext/>",
    )


def legend_of_changes(styles: Styles, changes: ChangedRows) -> str:
    """What the marks of changes mean, in one paragraph."""
    if not changes.tables:
        return paragraph(styles.id(style.NOTICE), run(f"Nothing in the tables differs from {changes.former}."))
    struck = "<w:strike/>"
    return paragraph(
        styles.id(style.NOTICE),
        run(f"Marked is what differs from {changes.former}: ")
        + run("new or changed text", changed_text())
        + run(", below it ")
        + run("what was said before", struck)
        + run("; a row that is gone is ")
        + run("struck through", struck)
        + run(". Rows with a line at the right differ. A ")
        + run("dotted line", changed_text(decided=False))
        + run(
            ": too little was scanned to say that the product changed. Numbers of tables and private blocks are no changes."
        ),
        '<w:spacing w:before="160"/>',
    )


def contents(annex: Annex, styles: Styles, *, findings: bool) -> list[str]:
    """The table of contents as a field with its entries; Word adds the numbers of the pages when it opens it."""
    entries = [
        (f"toc {depth(section)}", section_bookmark(section), f"{section_label(section.id)} {section.title}")
        for section in annex.sections
        if depth(section) <= CONTENTS_LEVELS
    ]
    if findings:
        entries.append(("toc 1", "", FINDINGS))
    return _list(f'TOC \\o "1-{CONTENTS_LEVELS}" \\h \\z \\u', entries, styles)


def list_of_tables(annex: Annex, styles: Styles) -> list[str]:
    """The list of tables as a field with its entries."""
    entries = [
        (style.TABLE_OF_FIGURES, table_bookmark(table), f"Table {table.id}. {table.title}") for table in annex.tables
    ]
    return _list('TOC \\h \\z \\c "Table"', entries, styles)


def findings(annex: Annex, styles: Styles, links: Links, available: int) -> Iterator[str]:
    """The findings of a draft, which are no part of a statement."""
    yield paragraph(styles.heading(1), run(FINDINGS))
    body = styles.id(style.BODY)
    if not annex.findings:
        yield paragraph(body, run("None."))
        return
    yield paragraph(body, run("What to look at before publishing. This chapter is no part of a statement."))
    text, head = styles.id(style.TABLE_TEXT), styles.id(style.TABLE_HEADING)
    names = annex.sop_class_names
    texts = [
        [
            str(finding.severity),
            finding.code,
            names.get(finding.sop_class, finding.sop_class),
            finding.path,
            f"{finding.count:,}" if finding.count else "",
            finding.message,
        ]
        for finding in sorted(annex.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    ]
    widths = column_widths(_FINDING_COLUMNS, available, texts)
    rows = [_row(head, [run(column) for column in _FINDING_COLUMNS], widths, header=True)]
    for *facts, message in texts:
        rows.append(_row(text, [*map(run, facts), links.runs(message)], widths))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{styles.id(style.TABLE)}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _list(instruction: str, entries: Sequence[tuple[str, str, str]], styles: Styles) -> list[str]:
    """A field whose result is one paragraph per entry (style, bookmark, text)."""
    # Page numbers are known to Word alone: dirty makes it compute the field when it opens the document.
    begin, end = field_begin(instruction, dirty=True), field_end()
    if not entries:
        return [paragraph(styles.id(style.BODY), begin + run("None.") + end)]
    blocks = []
    for position, (name, bookmark, text) in enumerate(entries):
        content = hyperlink(bookmark, run(text)) if bookmark else run(text)
        start = begin if position == 0 else ""
        stop = end if position == len(entries) - 1 else ""
        blocks.append(paragraph(styles.id(name), start + content + stop))
    return blocks


def _legend_row(text: str, name: str, meaning: str, mark: str, italic: bool) -> str:
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{mark}</w:tcPr>'
        f"{paragraph(text, run(name, '<w:i/>' if italic else ''))}</w:tc>"
        f'<w:tc><w:tcPr><w:tcW w:w="5000" w:type="dxa"/></w:tcPr>{paragraph(text, run(meaning))}</w:tc></w:tr>'
    )


def _row(text: str, cells: list[str], widths: list[int], *, header: bool = False) -> str:
    parts = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph(text, content)}</w:tc>'
        for content, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>{parts}</w:tr>"


_MARKS = {
    Status.PROPOSED: f'<w:shd w:val="clear" w:color="auto" w:fill="{PROPOSED_FILL}"/>',
    Status.UNKNOWN: f'<w:shd w:val="clear" w:color="auto" w:fill="{UNKNOWN_FILL}"/>',
}
_WEAK = f'<w:tcBorders><w:left w:val="single" w:sz="24" w:space="0" w:color="{WEAK_BORDER}"/></w:tcBorders>'
