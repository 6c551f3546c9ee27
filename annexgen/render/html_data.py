"""What the page's script knows about every row: evidence, reasons and findings, as data inside the page."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from annexgen.render.texts import printable

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Evidence, Finding, Row, Table

FindingsByRow = dict[tuple[str, int], list[int]]
"""The numbers of the findings about a row, by the id of its table and its number."""


def row_id(table: str, number: int) -> str:
    """The anchor of a row: N.9-24-r3."""
    return f"{table}-r{number}"


def findings_by_row(annex: Annex) -> FindingsByRow:
    """The numbers of the findings about each row, by table and number of the row."""
    by_path: dict[str, list[tuple[int, Finding]]] = defaultdict(list)
    for number, finding in enumerate(annex.findings):
        if finding.path:
            by_path[finding.path].append((number, finding))
    found: FindingsByRow = {}
    for table in annex.tables:
        for position, row in enumerate(table.rows, 1):
            about = [
                number
                for path in (row.path, *row.covers)
                for number, finding in by_path.get(path, ())
                if not finding.sop_class or finding.sop_class in table.sop_classes
            ]
            if about:
                found[table.id, position] = sorted(set(about))
    return found


def page_data(annex: Annex, findings: FindingsByRow) -> Markup:
    """What the script needs to know about every row, as JSON that cannot end its element."""
    tables = {
        table.id: [
            list(table.columns),
            [_row_data(table, row, findings.get((table.id, n), [])) for n, row in enumerate(table.rows, 1)],
        ]
        for table in annex.tables
    }
    about = [[f.severity, f.code, printable(f.message)] for f in annex.findings]
    text = json.dumps(
        {"tables": tables, "findings": about},
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _row_data(table: Table, row: Row, findings: list[int]) -> Any:
    if row.heading:
        return 0
    reasons = {
        str(position): printable(row.cells[column].reason)
        for position, column in enumerate(table.columns)
        if column in row.cells and row.cells[column].reason
    }
    return [
        printable(row.path),
        [printable(path) for path in row.covers],
        _evidence_data(row.evidence),
        reasons,
        findings,
    ]


def _evidence_data(evidence: Evidence | None) -> Any:
    if evidence is None:
        return 0
    return [
        evidence.carriers,
        evidence.present,
        evidence.partial,
        evidence.with_value,
        evidence.empty,
        evidence.series,
        evidence.studies,
        evidence.patients,
        evidence.devices,
        int(evidence.weak),
        printable(evidence.example),
    ]
