"""The tables of N.10: content of structured reports, row by row (PS3.2 Tables N.10-1 and N.10-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.values import code_text, values_of
from annexgen.annex.columns import SR_CODES, SR_CONTENT
from annexgen.annex.model import Cell, Row, Status, Table, table_token
from annexgen.annex.rows import UNKNOWN, SopClassView, evidence_of

if TYPE_CHECKING:
    from annexgen.sr.trees import ContentRow, ContentTree

_RELATIONSHIPS = {"HAS CONCEPT MOD": "HAS CONCEPT MOD", "HAS OBS CONTEXT": "HAS OBS CONTEXT"}


def content_tables(view: SopClassView, tree: ContentTree, title: str) -> list[Table]:
    """The content table of one tree, then a table for each set of more than two codes."""
    key = f"content:{view.uid}:{tree.rows[0].path}"
    code_tables: list[Table] = []
    rows = tuple(_row(view, row, key, title, code_tables) for row in tree.rows)
    return [Table(key, "sr_content", title, SR_CONTENT, rows, (view.uid,)), *code_tables]


def _row(view: SopClassView, row: ContentRow, key: str, title: str, code_tables: list[Table]) -> Row:
    seen = view.presence[row.path]
    values = values_of(row.statistics)
    tokens = sorted(v[1:] for v in row.statistics.values if v[0] == "=" and v.count("\x1f") == 2)
    if row.value_type == "CODE" and len(tokens) > 2:
        codes = tuple(sorted(tuple(token.split("\x1f")) for token in tokens))
        code_key = f"{key}:codes:{row.path}"
        code_rows = tuple(
            Row(
                {"Coding Scheme Designator": Cell(s), "Code Value": Cell(v), "Code Meaning": Cell(m)},
                row.path,
            )
            for v, s, m in sorted(codes, key=lambda c: (c[1], c[0]))
        )
        meaning = row.concept.split("\x1f")[2] if row.concept else row.value_type
        code_rows = tuple(Row(r.cells) for r in code_rows)
        code_tables.append(Table(code_key, "sr_codes", f"{title} - {meaning} Codes", SR_CODES, code_rows, (view.uid,)))
        value = f"See {table_token(code_key)}"
    else:
        value = values.text
    units = sorted(row.statistics.facets.get("unit", {}))
    if units and row.value_type == "NUM":
        value = "; ".join(filter(None, (value, "Units: " + ", ".join(code_text(u) for u in units[:4]))))
    low, high = row.statistics.items or (1, 1)
    comments = [f"{low} to {high} times per parent" if low != high else f"{high} times per parent"] if high > 1 else []
    elements = sorted(row.statistics.facets.get("element", {}))
    if elements and row.level:
        comments.append("with " + ", ".join(f"({e[:4]},{e[4:]})" for e in elements))
    concept = code_text(row.concept) if row.concept else ""
    cells = {
        "NL": Cell(">" * row.level),
        "Rel with Parent": Cell(row.relationship),
        "VT": Cell(row.value_type),
        "Concept Name": Cell(concept),
        "Source": UNKNOWN,
        "Presence of Content Item": Cell(seen.of_value if seen.of_value == "EMPTY" else seen.of_attribute),
        "Values": Cell(value),
        "TID": Cell(row.template, Status.OBSERVED)
        if row.stated
        else Cell(row.template, Status.PROPOSED, "the nearest template that the report states")
        if row.template
        else UNKNOWN,
        "Comments": Cell("; ".join(comments)),
    }
    return Row(cells, row.path, level=row.level, evidence=evidence_of(seen, row.statistics.example))
