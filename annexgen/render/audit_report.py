"""The audit report as text, JSON, a page and a workbook; a confidential one says so on every page."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from annexgen.render.texts import printable, quantity
from annexgen.whole_files import write_whole, write_whole_text

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.audit_result import Audit, AuditedAttribute, AuditFinding

CONFIDENTIAL = "CONFIDENTIAL: holds values of patients"
TITLE = "Audit of private attributes"
COLUMNS = (
    "Severity",
    "Kind",
    "Private Creator",
    "Attribute",
    "Attribute Name",
    "Finding",
    "Instances",
    "SOP Classes",
    "Example file",
)
VALUES = "Example values"
WRITTEN = "Private attributes that are written"
ATTRIBUTE_COLUMNS = (
    "Private Creator",
    "Attribute",
    "Attribute Name",
    "VR",
    "Instances",
    "Disclosed",
    "Identifiable Information",
    "Stated by",
)


def summary(audit: Audit) -> str:
    """One sentence: how much was compared, and how it went."""
    counts = Counter(finding.severity for finding in audit.findings)
    parts = [f"{counts[name]} {name}{'s' * (counts[name] != 1)}" for name in ("error", "warning", "note")]
    written = audit.attributes
    return (
        f"{audit.instances} instances write {len(written)} private attributes of {audit.creators} Private Creators; "
        f"{sum(one.disclosed for one in written)} of them are disclosed, and of {sum(one.confirmed for one in written)} "
        f"the Identifiable Information is stated: {', '.join(parts)}"
    )


def text_of(audit: Audit) -> str:
    """The report for a terminal."""
    lines = [TITLE, *([CONFIDENTIAL] if audit.confidential else []), summary(audit)]
    for finding in audit.findings:
        count = f" [{quantity(finding.instances, 'instance')}]" if finding.instances else ""
        name = f'"{finding.name}"' if finding.name else ""
        what = " ".join(filter(None, (finding.attribute, finding.creator, name)))
        lines.append(printable(f"{finding.severity:8} {finding.kind:24} {what}: {finding.message}{count}"))
        if finding.values:
            lines.append(printable(f"{'':34}values: {' | '.join(finding.values)}"))
    return "\n".join(lines) + "\n"


def write_reports(audit: Audit, folder: Path) -> list[Path]:
    """Write audit.json, audit.html and audit.xlsx into a folder that exists, and return them.

    Raises:
        OSError: a file cannot be written.
    """
    pages = (("audit.json", _json(audit)), ("audit.html", _page(audit)))
    for name, text in pages:
        write_whole_text(folder / name, text)
    _workbook(audit, folder / "audit.xlsx")
    return [folder / name for name in ("audit.json", "audit.html", "audit.xlsx")]


def _columns(audit: Audit) -> tuple[str, ...]:
    return (*COLUMNS, VALUES) if audit.confidential else COLUMNS


def _cells(finding: AuditFinding, audit: Audit) -> tuple[str, ...]:
    names = "; ".join(audit.sop_class_names.get(uid, uid) for uid in finding.sop_classes)
    count = str(finding.instances) if finding.instances else ""
    cells = (
        finding.severity,
        str(finding.kind),
        finding.creator,
        finding.attribute,
        finding.name,
        finding.message,
        count,
    )
    values = ("\n".join(finding.values),) if audit.confidential else ()
    return tuple(printable(cell) for cell in (*cells, names, finding.example, *values))


def _attribute_cells(one: AuditedAttribute) -> tuple[str, ...]:
    disclosed = "yes" if one.disclosed else "no"
    cells = (one.creator, one.attribute, one.name, one.vr, str(one.instances), disclosed, one.information, one.said_by)
    return tuple(printable(cell) for cell in cells)


def _json(audit: Audit) -> str:
    document = {
        "format": "annexgen audit",
        "format_version": 1,
        "report": "confidential" if audit.confidential else "shareable",
        **({"notice": CONFIDENTIAL} if audit.confidential else {}),
        "passed": audit.passed,
        "instances": audit.instances,
        "private_creators": audit.creators,
        "private_attributes": len(audit.attributes),
        "disclosed": audit.disclosed,
        "attributes": [
            {
                "private_creator": one.creator,
                "attribute": one.attribute,
                "name": one.name,
                "vr": one.vr,
                "instances": one.instances,
                "disclosed": one.disclosed,
                "identifiable_information": one.information,
                "stated_by": one.said_by,
                "confirmed": one.confirmed,
            }
            for one in audit.attributes
        ],
        "findings": [
            {
                "severity": finding.severity,
                "kind": str(finding.kind),
                "private_creator": finding.creator,
                "attribute": finding.attribute,
                "name": finding.name,
                "message": finding.message,
                "instances": finding.instances,
                "sop_classes": list(finding.sop_classes),
                "example": finding.example,
                **({"values": list(finding.values)} if audit.confidential else {}),
            }
            for finding in audit.findings
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #8886;padding:.35rem .5rem;text-align:left;vertical-align:top;white-space:nowrap}
.findings td:nth-child(n+5):not(:nth-child(7),:nth-child(9)){white-space:pre-line;overflow-wrap:anywhere;min-width:16rem}
.findings td:nth-child(4),.findings td:nth-child(9),.written td:nth-child(2){font-family:ui-monospace,monospace}
.table{overflow-x:auto} thead{display:table-header-group} .findings td:nth-child(7),.written td:nth-child(5){text-align:right}
.error td:first-child,.written .error td:nth-child(6){color:#b3261e;font-weight:600}
.warning td:first-child{color:#8a5a00;font-weight:600} .written .error td:first-child{color:inherit;font-weight:inherit}
.mark{position:sticky;top:0;background:#b3261e;color:#fff;padding:.4rem .8rem;font-weight:700;text-align:center}
@media (prefers-color-scheme:dark){.error td:first-child,.written .error td:nth-child(6){color:#ff8a80}.warning td:first-child{color:#ffc266}}
@media print{.mark{position:fixed;top:0;left:0;right:0} body{margin-top:3rem}}
"""


def _page(audit: Audit) -> str:
    mark = f'<p class="mark" role="note">{escape(CONFIDENTIAL)}</p>' if audit.confidential else ""
    findings = [(finding.severity, _cells(finding, audit)) for finding in audit.findings]
    written = [("" if one.disclosed else "error", _attribute_cells(one)) for one in audit.attributes]
    verdict = "Passed: nothing undisclosed or unsafe was found." if audit.passed else "Not passed."
    table = _table("findings", _columns(audit), findings)
    listed = f"<h2>{WRITTEN}</h2>\n" + _table("written", ATTRIBUTE_COLUMNS, written) if written else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body>{mark}<main><h1>{TITLE}</h1>\n<p>{escape(summary(audit))}.</p><p>{verdict}</p>\n{table}\n{listed}\n</main></body></html>\n"
    )


def _table(name: str, columns: tuple[str, ...], rows: list[tuple[str, tuple[str, ...]]]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(
        f'<tr class="{severity}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for severity, cells in rows
    )
    return f'<div class="table"><table class="{name}"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _workbook(audit: Audit, path: Path) -> None:
    from openpyxl import Workbook

    from annexgen.render.excel_cells import register_styles
    from annexgen.render.packages import without_dates

    book = Workbook()
    register_styles(book)
    first = book.active
    assert first is not None
    first.title = "Audit"
    findings = [_cells(finding, audit) for finding in audit.findings]
    _sheet(first, audit, TITLE, _columns(audit), findings, (10, 22, 24, 13, 24, 50, 10, 28, 15, 30))
    written = [_attribute_cells(one) for one in audit.attributes]
    _sheet(book.create_sheet("Attributes"), audit, WRITTEN, ATTRIBUTE_COLUMNS, written, (30, 14, 30, 8, 10, 10, 24, 30))
    buffer = BytesIO()
    book.save(buffer)
    write_whole(path, without_dates(buffer.getvalue()))


def _sheet(
    sheet: Any, audit: Audit, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], widths: tuple[int, ...]
) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    from annexgen.render.excel_cells import put
    from annexgen.render.excel_heights import fit
    from annexgen.render.excel_paper import print_setup

    lines = [title, summary(audit), *([CONFIDENTIAL] if audit.confidential else [])]
    for number, line in enumerate(lines, 1):
        put(sheet, number, 1, line, "annex title" if number == 1 else "annex plain").alignment = Alignment(
            wrap_text=False
        )
    header = len(lines) + 1
    counts = columns.index("Instances")
    for position, column in enumerate(columns, 1):
        put(sheet, header, position, column, "annex header")
    for number, cells in enumerate(rows, header + 1):
        for position, cell in enumerate(cells):
            put(sheet, number, position + 1, int(cell) if position == counts and cell else cell, "annex plain")
        fit(sheet, number, zip(cells, widths, strict=False))
    for position, width in enumerate(widths[: len(columns)], 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = f"A{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(columns))}{max(sheet.max_row, header + 1)}"
    print_setup(sheet, title, header)
    if audit.confidential:
        for part in (sheet.oddHeader, sheet.oddFooter):
            if part is not None:
                part.center.text = CONFIDENTIAL
