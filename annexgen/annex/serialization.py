"""annex.json: the numbered annex as one JSON document, and back.

The document is the stable interface of annexgen; `annex.schema.json` beside this module describes it and
docs/architecture.md explains it. `loads` takes exactly what the schema takes: a field it does not know would
otherwise be lost without a word.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from annexgen.annex.model import (
    FORMAT_VERSION,
    Annex,
    Apart,
    Cell,
    Corpus,
    Device,
    Evidence,
    Finding,
    Product,
    Row,
    Section,
    Skipped,
    Status,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

KINDS = (
    "sop_classes",
    "transfer_syntaxes",
    "root_templates",
    "character_sets",
    "iod",
    "functional_groups",
    "module",
    "macro",
    "private_module",
    "coded_values",
    "directory",
    "sr_content",
    "sr_codes",
    "sr_measurements",
    "mapping",
    "code_sets",
    "revisions",
)
SEVERITIES = ("error", "warning", "note")
VALUES = ("none", "safe", "all")

_EVIDENCE_COUNTS = (
    "carriers",
    "present",
    "partial",
    "with_value",
    "empty",
    "series",
    "studies",
    "patients",
    "devices",
    "items",
)
# UTF-8 has no form for them; written as escapes they survive.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_T = TypeVar("_T")


class AnnexFormatError(ValueError):
    """The text is no annex.json of this format version; the message says where it breaks and why."""


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
    try:
        document = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
    except AnnexFormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise AnnexFormatError(f"not a JSON document: {error}") from error
    return _annex_from_json(document)


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
    counts: dict[str, Any] = {name: getattr(evidence, name) for name in _EVIDENCE_COUNTS}
    return counts | {"weak": evidence.weak, "example": evidence.example}


def _refuse_constant(name: str) -> NoReturn:
    raise AnnexFormatError(f"not a JSON document: {name} is no number of JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AnnexFormatError(f"the field {twice!r} stands twice in one object")
    return found


class _Object:
    """A JSON object being read: hands out its fields with their types and knows the place for the message."""

    def __init__(self, value: object, where: str, fields: Iterable[str]) -> None:
        self.where = where
        if not isinstance(value, dict):
            raise AnnexFormatError(f"{where or 'the document'} is not an object")
        self.value = value
        expected = set(fields)
        missing, unknown = sorted(expected - value.keys()), sorted(value.keys() - expected)
        if missing:
            raise AnnexFormatError(f"{self._at(missing[0])} is missing")
        if unknown:
            raise AnnexFormatError(f"{self._at(unknown[0])} is not known")

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def text(self, name: str) -> str:
        return _text(self.value[name], self._at(name))

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise AnnexFormatError(f"{self._at(name)} is {value!r}, not one of {', '.join(allowed)}")
        return value

    def integer(self, name: str) -> int:
        value = self.value[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise AnnexFormatError(f"{self._at(name)} is not a count")
        return value

    def truth(self, name: str) -> bool:
        value = self.value[name]
        if not isinstance(value, bool):
            raise AnnexFormatError(f"{self._at(name)} is neither true nor false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return self.each(name, _text)

    def each(self, name: str, read: Callable[[Any, str], _T]) -> tuple[_T, ...]:
        value = self.value[name]
        where = self._at(name)
        if not isinstance(value, list):
            raise AnnexFormatError(f"{where} is not a list")
        return tuple(read(item, f"{where}[{n}]") for n, item in enumerate(value))

    def mapping(self, name: str, read: Callable[[Any, str], _T]) -> dict[str, _T]:
        value = self.value[name]
        where = self._at(name)
        if not isinstance(value, dict):
            raise AnnexFormatError(f"{where} is not an object")
        return {key: read(item, f"{where}.{key}") for key, item in value.items()}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise AnnexFormatError(f"{where} is not a text")
    return value


def _not_empty(value: object, where: str) -> str:
    if not (text := _text(value, where)):
        raise AnnexFormatError(f"{where} is empty")
    return text


def _number(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise AnnexFormatError(f"{where} is not a number")
    return value


def _annex_from_json(document: object) -> Annex:
    version = document.get("format_version") if isinstance(document, dict) else None
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise AnnexFormatError(
            f"not an annex.json of format_version {FORMAT_VERSION}"
            + (f": its format_version is {version!r}" if version is not None else "")
        )
    top = _Object(
        document,
        "",
        (
            "format_version",
            "generator",
            "standard",
            "product",
            "corpus",
            "thresholds",
            "sop_class_names",
            "sections",
            "tables",
            "findings",
        ),
    )
    generator = _Object(top.value["generator"], "generator", ("name", "version"))
    standard = _Object(top.value["standard"], "standard", ("edition",))
    product = _Object(top.value["product"], "product", ("name", "manufacturer", "versions"))
    annex = Annex(
        product=Product(product.text("name"), product.text("manufacturer"), product.texts("versions")),
        corpus=_corpus_from_json(top.value["corpus"]),
        sections=top.each("sections", _section_from_json),
        tables=top.each("tables", _table_from_json),
        findings=top.each("findings", _finding_from_json),
        edition=standard.text("edition"),
        generator=" ".join(filter(None, (generator.text("name"), generator.text("version")))),
        sop_class_names=top.mapping("sop_class_names", _text),
        thresholds=top.mapping("thresholds", _number),
    )
    _check_references(annex)
    return annex


def _corpus_from_json(value: object) -> Corpus:
    corpus = _Object(value, "corpus", ("instances", "series", "studies", "patients", "values", "devices", "skipped"))
    return Corpus(
        instances=corpus.integer("instances"),
        series=corpus.integer("series"),
        studies=corpus.integer("studies"),
        patients=corpus.integer("patients"),
        devices=corpus.each("devices", _device_from_json),
        skipped=corpus.each("skipped", _skipped_from_json),
        values=corpus.one_of("values", VALUES),
    )


def _device_from_json(value: object, where: str) -> Device:
    device = _Object(value, where, ("manufacturer", "model", "versions", "instances"))
    return Device(
        device.text("manufacturer"),
        device.text("model"),
        device.text("versions"),
        device.integer("instances"),
    )


def _skipped_from_json(value: object, where: str) -> Skipped:
    skipped = _Object(value, where, ("file", "reason"))
    return Skipped(skipped.text("file"), skipped.text("reason"))


def _section_from_json(value: object, where: str) -> Section:
    section = _Object(value, where, ("id", "title", "applicable", "text", "tables"))
    return Section(
        id=section.text("id"),
        title=section.text("title"),
        text=section.texts("text"),
        tables=section.texts("tables"),
        applicable=section.truth("applicable"),
    )


def _table_from_json(value: object, where: str) -> Table:
    table = _Object(value, where, ("id", "key", "kind", "title", "sop_classes", "columns", "notes", "rows"))
    columns = table.texts("columns")
    if len(set(columns)) != len(columns):
        raise AnnexFormatError(f"{where}.columns names a column twice")
    return Table(
        key=table.text("key"),
        kind=table.one_of("kind", KINDS),
        title=table.text("title"),
        columns=columns,
        rows=table.each("rows", lambda row, place: _row_from_json(row, place, columns)),
        sop_classes=table.texts("sop_classes"),
        notes=table.texts("notes"),
        id=table.text("id"),
    )


def _row_from_json(value: object, where: str, columns: tuple[str, ...]) -> Row:
    row = _Object(
        value,
        where,
        (
            *("path", "covers", "level", "heading", "reference", "cells", "status", "reasons", "inferred"),
            *("values", "closed", "apart", "evidence"),
        ),
    )
    cells = _Object(row.value["cells"], f"{where}.cells", columns)
    status = _Object(row.value["status"], f"{where}.status", columns)
    reasons, inferred = row.mapping("reasons", _not_empty), row.mapping("inferred", _not_empty)
    for name, texts in (("reasons", reasons), ("inferred", inferred)):
        stray = sorted(texts.keys() - set(columns))
        if stray:
            raise AnnexFormatError(f"{where}.{name}.{stray[0]} is not known")
    return Row(
        cells={
            column: Cell(
                cells.text(column),
                Status(status.one_of(column, tuple(Status))),
                reasons.get(column, ""),
                inferred.get(column, ""),
            )
            for column in columns
        },
        path=row.text("path"),
        covers=row.texts("covers"),
        level=row.integer("level"),
        heading=row.truth("heading"),
        evidence=_evidence_from_json(row.value["evidence"], f"{where}.evidence"),
        reference=row.text("reference"),
        values=row.texts("values"),
        closed=row.truth("closed"),
        apart=row.mapping("apart", _apart_from_json),
    )


def _apart_from_json(value: object, where: str) -> Apart:
    apart = _Object(value, where, ("cells", "values", "closed", "evidence"))
    return Apart(
        cells=apart.mapping("cells", _text),
        values=apart.texts("values"),
        closed=apart.truth("closed"),
        evidence=_evidence_from_json(apart.value["evidence"], f"{where}.evidence"),
    )


def _evidence_from_json(value: object, where: str) -> Evidence | None:
    if value is None:
        return None
    evidence = _Object(value, where, (*_EVIDENCE_COUNTS, "weak", "example"))
    counts = {name: evidence.integer(name) for name in _EVIDENCE_COUNTS}
    return Evidence(**counts, weak=evidence.truth("weak"), example=evidence.text("example"))


def _finding_from_json(value: object, where: str) -> Finding:
    finding = _Object(value, where, ("code", "severity", "sop_class", "path", "count", "message", "example"))
    return Finding(
        code=finding.text("code"),
        severity=finding.one_of("severity", SEVERITIES),
        message=finding.text("message"),
        sop_class=finding.text("sop_class"),
        path=finding.text("path"),
        count=finding.integer("count"),
        example=finding.text("example"),
    )


def _check_references(annex: Annex) -> None:
    """Refuse a document whose parts contradict each other."""
    ids: Mapping[str, int] = _counted(table.id for table in annex.tables)
    listed = _counted(name for section in annex.sections for name in section.tables)
    for identifier, times in ids.items():
        if not identifier or times > 1:
            raise AnnexFormatError(f"{times} tables have the id {identifier!r}")
        if listed.get(identifier, 0) != 1:
            raise AnnexFormatError(f"{listed.get(identifier, 0)} sections list the table {identifier}, not one")
    for identifier in listed:
        if identifier not in ids:
            raise AnnexFormatError(f"a section lists the table {identifier!r}, which is not there")
    for table in annex.tables:
        for row in table.rows:
            if row.reference and row.reference not in ids:
                raise AnnexFormatError(f"a row of table {table.id} refers to {row.reference!r}, which is not there")


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
