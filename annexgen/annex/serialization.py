"""annex.json: the numbered annex as one JSON document, and back.

The document is the stable interface of annexgen; `annex.schema.json` beside this module describes it and
docs/architecture.md explains it. `loads` takes exactly what the schema takes: a field it does not know would
otherwise be lost without a word.
"""

from __future__ import annotations

import json
import re
from typing import Any

from annexgen.annex.annex_reading import EVIDENCE_COUNTS, annex_of
from annexgen.annex.json_objects import parsed
from annexgen.annex.model import FORMAT_VERSION, Annex, Apart, Cell, Corpus, Evidence, Row, Table

# UTF-8 has no form for them; written as escapes they survive.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of annex.json."""
    from importlib.resources import files

    text = files("annexgen.annex").joinpath("annex.schema.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def to_json(annex: Annex) -> dict[str, Any]:
    """The numbered annex as a JSON object, its keys in the order of the contract.

    Errors: ValueError when a table has no id (the annex is not numbered) or a row has a cell in a column that
    its table lacks.
    """
    name, _, version = annex.generator.partition(" ")
    return {
        "format_version": FORMAT_VERSION,
        "generator": {"name": name, "version": version},
        "standard": {"edition": annex.edition},
        "product": {
            "name": annex.product.name,
            "manufacturer": annex.product.manufacturer,
            "versions": list(annex.product.versions),
        },
        "corpus": _corpus_to_json(annex.corpus),
        "thresholds": {key: annex.thresholds[key] for key in sorted(annex.thresholds)},
        "sop_class_names": {uid: annex.sop_class_names[uid] for uid in sorted(annex.sop_class_names)},
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "applicable": section.applicable,
                "text": list(section.text),
                "tables": list(section.tables),
            }
            for section in annex.sections
        ],
        "tables": [_table_to_json(table) for table in annex.tables],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "sop_class": finding.sop_class,
                "path": finding.path,
                "count": finding.count,
                "message": finding.message,
                "example": finding.example,
            }
            for finding in annex.findings
        ],
    }


def dumps(annex: Annex) -> str:
    """annex.json as text: the same annex gives the same text, ending in a newline; to be written as UTF-8."""
    text = json.dumps(to_json(annex), ensure_ascii=False, indent=1, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def loads(text: str) -> Annex:
    """The annex that `dumps` wrote.

    Errors: `AnnexFormatError` when the text is not JSON, has another format_version, lacks a field, has one
    that is unknown or of the wrong type, or contradicts itself (a section lists a table that is not there, a
    cell has no column).
    """
    return annex_of(parsed(text))


def _corpus_to_json(corpus: Corpus) -> dict[str, Any]:
    return {
        "instances": corpus.instances,
        "series": corpus.series,
        "studies": corpus.studies,
        "patients": corpus.patients,
        "values": corpus.values,
        "devices": [
            {
                "manufacturer": device.manufacturer,
                "model": device.model,
                "versions": device.versions,
                "instances": device.instances,
            }
            for device in corpus.devices
        ],
        "skipped": [{"file": skipped.file, "reason": skipped.reason} for skipped in corpus.skipped],
    }


def _table_to_json(table: Table) -> dict[str, Any]:
    if not table.id:
        raise ValueError(f"the table {table.key!r} has no id: number the annex first")
    return {
        "id": table.id,
        "key": table.key,
        "kind": table.kind,
        "title": table.title,
        "sop_classes": list(table.sop_classes),
        "columns": list(table.columns),
        "notes": list(table.notes),
        "rows": [_row_to_json(row, table) for row in table.rows],
    }


def _row_to_json(row: Row, table: Table) -> dict[str, Any]:
    stray = [column for column in row.cells if column not in table.columns]
    if stray:
        raise ValueError(f"a row of table {table.id} has a cell in {stray[0]!r}, which is not a column of the table")
    cells = {column: row.cells.get(column, Cell()) for column in table.columns}
    return {
        "path": row.path,
        "covers": list(row.covers),
        "level": row.level,
        "heading": row.heading,
        "reference": row.reference,
        "cells": {column: cell.text for column, cell in cells.items()},
        "status": {column: str(cell.status) for column, cell in cells.items()},
        "reasons": {column: cell.reason for column, cell in cells.items() if cell.reason},
        "inferred": {column: cell.inferred for column, cell in cells.items() if cell.inferred},
        "values": list(row.values),
        "closed": row.closed,
        "apart": {uid: _apart_to_json(row.apart[uid]) for uid in sorted(row.apart)},
        "evidence": _evidence_to_json(row.evidence),
    }


def _apart_to_json(apart: Apart) -> dict[str, Any]:
    return {
        "cells": dict(apart.cells),
        "values": list(apart.values),
        "closed": apart.closed,
        "evidence": _evidence_to_json(apart.evidence),
    }


def _evidence_to_json(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    counts: dict[str, Any] = {name: getattr(evidence, name) for name in EVIDENCE_COUNTS}
    return counts | {"weak": evidence.weak, "example": evidence.example}
