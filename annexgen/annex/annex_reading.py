"""Reads the annex out of the document that annex.json holds; takes exactly what the schema takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.json_objects import AnnexFormatError, JsonObject, not_empty, number, text_of
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
    from collections.abc import Iterable, Mapping

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

EVIDENCE_COUNTS = (
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


def annex_of(document: object) -> Annex:
    """The numbered annex that a JSON document holds.

    Raises:
        AnnexFormatError: another format_version, a field that is missing, unknown or of the wrong type, or parts that
            contradict each other.
    """
    version = document.get("format_version") if isinstance(document, dict) else None
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise AnnexFormatError(
            f"not an annex.json of format_version {FORMAT_VERSION}"
            + (f": its format_version is {version!r}" if version is not None else "")
        )
    top = JsonObject(
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
    generator = JsonObject(top.value["generator"], "generator", ("name", "version"))
    standard = JsonObject(top.value["standard"], "standard", ("edition",))
    product = JsonObject(top.value["product"], "product", ("name", "manufacturer", "versions"))
    annex = Annex(
        product=Product(product.text("name"), product.text("manufacturer"), product.texts("versions")),
        corpus=_corpus_from_json(top.value["corpus"]),
        sections=top.each("sections", _section_from_json),
        tables=top.each("tables", _table_from_json),
        findings=top.each("findings", _finding_from_json),
        edition=standard.text("edition"),
        generator=" ".join(filter(None, (generator.text("name"), generator.text("version")))),
        sop_class_names=top.mapping("sop_class_names", text_of),
        thresholds=top.mapping("thresholds", number),
    )
    _check_references(annex)
    return annex


def _corpus_from_json(value: object) -> Corpus:
    corpus = JsonObject(value, "corpus", ("instances", "series", "studies", "patients", "values", "devices", "skipped"))
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
    device = JsonObject(value, where, ("manufacturer", "model", "versions", "instances"))
    return Device(
        device.text("manufacturer"),
        device.text("model"),
        device.text("versions"),
        device.integer("instances"),
    )


def _skipped_from_json(value: object, where: str) -> Skipped:
    skipped = JsonObject(value, where, ("file", "reason"))
    return Skipped(skipped.text("file"), skipped.text("reason"))


def _section_from_json(value: object, where: str) -> Section:
    section = JsonObject(value, where, ("id", "title", "applicable", "text", "tables"))
    return Section(
        id=section.text("id"),
        title=section.text("title"),
        text=section.texts("text"),
        tables=section.texts("tables"),
        applicable=section.truth("applicable"),
    )


def _table_from_json(value: object, where: str) -> Table:
    table = JsonObject(value, where, ("id", "key", "kind", "title", "sop_classes", "columns", "notes", "rows"))
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
    row = JsonObject(
        value,
        where,
        (
            *("path", "covers", "level", "heading", "reference", "cells", "status", "reasons", "inferred"),
            *("values", "closed", "apart", "evidence"),
        ),
    )
    cells = JsonObject(row.value["cells"], f"{where}.cells", columns)
    status = JsonObject(row.value["status"], f"{where}.status", columns)
    reasons, inferred = row.mapping("reasons", not_empty), row.mapping("inferred", not_empty)
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
    apart = JsonObject(value, where, ("cells", "values", "closed", "evidence"))
    return Apart(
        cells=apart.mapping("cells", text_of),
        values=apart.texts("values"),
        closed=apart.truth("closed"),
        evidence=_evidence_from_json(apart.value["evidence"], f"{where}.evidence"),
    )


def _evidence_from_json(value: object, where: str) -> Evidence | None:
    if value is None:
        return None
    evidence = JsonObject(value, where, (*EVIDENCE_COUNTS, "weak", "example"))
    counts = {name: evidence.integer(name) for name in EVIDENCE_COUNTS}
    return Evidence(**counts, weak=evidence.truth("weak"), example=evidence.text("example"))


def _finding_from_json(value: object, where: str) -> Finding:
    finding = JsonObject(value, where, ("code", "severity", "sop_class", "path", "count", "message", "example"))
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
