"""annex.json: the contract's fields and order, round trips, and refusal of what is damaged."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from annexgen.annex.annex_reading import KINDS
from annexgen.annex.json_objects import AnnexFormatError
from annexgen.annex.model import (
    Annex,
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
from annexgen.annex.serialization import dumps, loads, schema, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = ("Attribute Name", "Tag", "Source")


@pytest.fixture
def annex() -> Annex:
    rows = (
        Row(
            {column: Cell(text) for column, text in zip(COLUMNS, ("Caption", "", ""), strict=True)},
            heading=True,
        ),
        Row(
            {
                "Attribute Name": Cell("> Pixel Spacing", Status.STANDARD),
                "Tag": Cell("(0028,0030)", Status.OBSERVED),
                "Source": Cell("GENERATED", Status.PROPOSED, "differs in every series"),
            },
            path="(0028,9110)/(0028,0030)",
            covers=("(5200,9229)/(0028,9110)/(0028,0030)",),
            level=1,
            evidence=Evidence(12, 10, 2, 11, 1, 4, 3, 2, 1, True, "abc123"),
            reference="N.9-2",
        ),
        Row(
            {column: Cell("", Status.UNKNOWN) for column in COLUMNS} | {"Tag": Cell("ü 日本 \udcff", Status.CONFIRMED)}
        ),
    )
    return Annex(
        product=Product("CT 5000", "ACME", ("1", "2")),
        corpus=Corpus(12, 4, 3, 2, (Device("ACME", "CT", "1", 12),), (Skipped("abc", "no DICOM"),), "none"),
        sections=(
            Section("N.9", "IODs", ("A text.", "- an item"), ("N.9-1", "N.9-2")),
            Section("N.9.1", "Empty - N/A", ("N/A",), applicable=False),
        ),
        tables=(
            Table("plane", "macro", "Plane", COLUMNS, rows, ("1.2.3",), ("A note",), "N.9-1"),
            Table("codes", "sr_codes", "Codes", ("Code",), (), id="N.9-2"),
        ),
        findings=(Finding("CODE", "warning", "Something", "1.2.3", "(0028,0030)", 3, "abc123"),),
        edition="2025b",
        generator="annexgen 0.1.0",
        sop_class_names={"1.2.3": "B", "1.2": "A"},
        thresholds={"weak": 0.5, "instances": 3},
    )


@pytest.fixture
def document(annex: Annex) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(dumps(annex))
    return parsed


def test_the_round_trip_is_equal(annex: Annex) -> None:
    text = dumps(annex)
    assert loads(text) == annex
    assert dumps(loads(text)) == text
    assert loads(text.encode("utf-8").decode("utf-8")) == annex


def test_the_text_does_not_depend_on_the_order_of_mappings(annex: Annex) -> None:
    turned = replace(annex, sop_class_names=dict(reversed(annex.sop_class_names.items())))
    assert dumps(turned) == dumps(annex)
    assert dumps(annex).endswith("}\n")
    assert "日本" in dumps(annex)


def test_the_schema_accepts_it(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(document)


def test_the_contract(document: dict[str, Any]) -> None:
    assert list(document) == [
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
    ]
    assert document["format_version"] == 1
    assert document["generator"] == {"name": "annexgen", "version": "0.1.0"}
    assert document["standard"] == {"edition": "2025b"}
    row = document["tables"][0]["rows"][1]
    assert row["cells"] == {"Attribute Name": "> Pixel Spacing", "Tag": "(0028,0030)", "Source": "GENERATED"}
    assert row["status"] == {"Attribute Name": "standard", "Tag": "observed", "Source": "proposed"}
    assert row["reasons"] == {"Source": "differs in every series"}
    assert row["reference"] == "N.9-2"
    assert row["evidence"] == {
        "carriers": 12,
        "present": 10,
        "partial": 2,
        "with_value": 11,
        "empty": 1,
        "series": 4,
        "studies": 3,
        "patients": 2,
        "devices": 1,
        "items": 0,
        "weak": True,
        "example": "abc123",
    }
    assert document["tables"][0]["rows"][0]["evidence"] is None


def test_an_annex_without_numbers_is_refused(annex: Annex) -> None:
    with pytest.raises(ValueError, match="number the annex first"):
        dumps(replace(annex, tables=(replace(annex.tables[1], id=""),)))


def test_a_cell_without_a_column_is_refused(annex: Annex) -> None:
    table = replace(annex.tables[1], rows=(Row({"Other": Cell("x")}),))
    with pytest.raises(ValueError, match="'Other', which is not a column"):
        to_json(replace(annex, tables=(annex.tables[0], table)))


def _set(*place: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = value

    return change


def _delete(*place: str | int) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for step in place[:-1]:
            target = target[step]
        del target[place[-1]]

    return change


ROW = ("tables", 0, "rows", 1)
DAMAGE = [
    (_set("format_version", value=2), "its format_version is 2"),
    (_set("format_version", value=True), "its format_version is True"),
    (_delete("format_version"), "not an annex.json of format_version 1$"),
    (_delete("findings"), "findings is missing"),
    (_set("extra", value=1), "extra is not known"),
    (_set("product", value=[]), "product is not an object"),
    (_set("product", "versions", value="1"), r"product\.versions is not a list"),
    (_set("corpus", "instances", value=-1), r"corpus\.instances is not a count"),
    (_set("corpus", "instances", value=True), r"corpus\.instances is not a count"),
    (_set("corpus", "instances", value=1.5), r"corpus\.instances is not a count"),
    (_set("corpus", "values", value="some"), r"corpus\.values is 'some', not one of none, safe, all"),
    (_set("thresholds", "weak", value="x"), r"thresholds\.weak is not a number"),
    (_set("sections", 0, "applicable", value=1), r"sections\[0\]\.applicable is neither true nor false"),
    (_set("sections", 0, "title", value=None), r"sections\[0\]\.title is not a text"),
    (_set("tables", 0, "kind", value="other"), r"tables\[0\]\.kind is 'other'"),
    (_set("tables", 0, "columns", value=["A", "A"]), "names a column twice"),
    (_set(*ROW, "status", "Source", value="guessed"), r"rows\[1\]\.status\.Source is 'guessed'"),
    (_delete(*ROW, "status", "Source"), r"rows\[1\]\.status\.Source is missing"),
    (_delete(*ROW, "cells", "Tag"), r"rows\[1\]\.cells\.Tag is missing"),
    (_set(*ROW, "cells", "VR", value="CS"), r"rows\[1\]\.cells\.VR is not known"),
    (_set(*ROW, "reasons", "VR", value="x"), r"rows\[1\]\.reasons\.VR is not known"),
    (_set(*ROW, "reasons", "Tag", value=""), r"rows\[1\]\.reasons\.Tag is empty"),
    (_delete(*ROW, "evidence", "weak"), r"rows\[1\]\.evidence\.weak is missing"),
    (_set(*ROW, "reference", value="N.9-9"), "refers to 'N.9-9', which is not there"),
    (_set("findings", 0, "severity", value="fatal"), r"findings\[0\]\.severity is 'fatal'"),
    (_set("sections", 0, "tables", value=["N.9-1"]), "0 sections list the table N.9-2"),
    (_set("sections", 1, "tables", value=["N.9-1"]), "2 sections list the table N.9-1"),
    (_set("sections", 1, "tables", value=["N.9-7"]), "lists the table 'N.9-7', which is not there"),
    (_set("tables", 1, "id", value="N.9-1"), "2 tables have the id 'N.9-1'"),
]
# What only the relations between parts show: a JSON Schema cannot say it.
RELATIONS = (
    "column",
    "Tag is missing",
    "VR is not known",
    "Source is missing",
    "not there",
    "the table",
    "the id",
)


@pytest.mark.parametrize(("damage", "message"), DAMAGE, ids=[message for _, message in DAMAGE])
def test_a_damaged_document_is_refused(
    damage: Callable[[dict[str, Any]], None], message: str, document: dict[str, Any]
) -> None:
    damaged = copy.deepcopy(document)
    damage(damaged)
    with pytest.raises(AnnexFormatError, match=message):
        loads(json.dumps(damaged))
    if not any(words in message for words in RELATIONS):
        assert not jsonschema.Draft202012Validator(schema()).is_valid(damaged)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a JSON document"),
        ("{", "not a JSON document"),
        ("[]", "not an annex.json"),
        ("null", "not an annex.json"),
        ('{"format_version": NaN}', "NaN is no number of JSON"),
        ('{"format_version": 1, "format_version": 1}', "'format_version' stands twice"),
        ("[" * 100_000, "not a JSON document"),
    ],
)
def test_what_is_no_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(AnnexFormatError, match=message):
        loads(text)


def test_schema_and_reader_know_the_same_kinds(document: dict[str, Any]) -> None:
    definitions = schema()["$defs"]
    assert tuple(definitions["table"]["properties"]["kind"]["enum"]) == KINDS
    assert definitions["row"]["properties"]["status"]["additionalProperties"]["enum"] == list(Status)
