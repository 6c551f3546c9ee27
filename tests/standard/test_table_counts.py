"""The numbers of entries in the bundled tables, as `annexgen standard list` prints them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from annexgen.standard import inventory, iods, tables, uids
from annexgen.standard.directory_records import directory_record_type, directory_record_types, record_type_of_sop_class

COUNTS = {table.name: table for table in inventory.table_counts()}


@pytest.mark.parametrize(
    ("table", "entries", "rows"),
    [
        ("basic_profile", 655, 655),
        ("safe_private_attributes", 318, 479),
        ("codes", 18, 18735),
        ("context_group_codes", 1343, 27033),
        ("context_groups", 1437, 1437),
        ("condition_attributes", 1092, 1092),
        ("directory_record_types", 34, 34),
        ("directory_record_keys", 34, 188),
        ("directory_sop_classes", 172, 172),
        ("coding_schemes", 38, 38),
        ("elements", 174, 174),
        ("functional_group_macros", 116, 116),
        ("functional_group_macro_attributes", 116, 633),
        ("functional_group_usage", 33, 475),
        ("iods", 175, 175),
        ("iod_modules", 175, 3349),
        ("modules", 446, 446),
        ("newer_basic_profile", 1, 1),
        ("newer_attributes", 16, 127),
        ("newer_macro_attributes", 8, 77),
        ("sop_classes", 213, 213),
        ("template_roots", 10, 40),
        ("template_rows", 202, 1934),
        ("templates", 202, 202),
        ("uids", 8, 8),
    ],
)
def test_counts(table: str, entries: int, rows: int) -> None:
    assert (COUNTS[table].entries, COUNTS[table].rows) == (entries, rows)


def test_private_elements_of_pydicom() -> None:
    private = {table.name: table for table in inventory.pydicom_counts()}["private_dictionary"]
    assert (private.entries, private.rows) == (449, 10545)


def test_storage_sop_classes_with_an_iod() -> None:
    with_iod = [row for row in tables.rows("sop_classes") if row[2]]
    assert len(with_iod) == 184
    assert sum(known.storage for row in with_iod if (known := iods.sop_class(row[0])) is not None) == 180
    assert {row[0] for row in with_iod} == {row[0] for row in tables.rows("sop_classes") if iods.sop_class(row[0]).iod}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.1.2.4.110", "JPEG XL Lossless"),
        ("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression"),
        ("1.2.840.10008.1.2.4.112", "JPEG XL"),
        ("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression"),
        ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Image Compression (Lossless Only)"),
    ],
)
def test_transfer_syntaxes_that_pydicom_lacks_are_known(uid: str, name: str) -> None:
    found = uids.transfer_syntax(uid)
    assert found is not None
    assert found.name == name
    assert found.family == ("lossy" if name in ("JPEG XL", "JPEG XL JPEG Recompression") else "lossless")
    assert uid in uids.all_uids("Transfer Syntax")


def test_every_table_names_its_edition_and_section() -> None:
    for name in inventory.table_names():
        heading = tables.edition(name)
        assert heading.startswith("PS3."), name
        assert any(edition in heading for edition in ("2020b", "2024b", "2024c", "2025b", "2025e", "2026")), heading


def test_the_document_says_of_every_table_where_it_is_from_and_what_its_columns_are() -> None:
    text = (Path(__file__).parents[2] / "docs" / "standard.md").read_text(encoding="utf-8")
    first, second = text.split("## Columns")
    for part in (first, second.split("\n## ")[0]):
        named = {
            name
            for line in part.splitlines()
            if line.startswith("| ")
            for name in line.split("|")[1].strip().split(", ")
        }
        assert set(inventory.table_names()) <= named


def test_the_tables_are_small() -> None:
    folder = resources.files(tables)
    total = sum(len(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".tsv"))
    assert total < 8_000_000


def test_directory_records() -> None:
    assert len(directory_record_types()) == 34
    series = directory_record_type("SERIES")
    assert series is not None
    assert [(a.path, a.type) for a in series.keys][:3] == [
        ((0x00080005,), "1C"),
        ((0x00080060,), "1"),
        ((0x0020000E,), "1"),
    ]
    assert not series.root
    assert "SR DOCUMENT" in series.lower_level
    assert directory_record_type("NO SUCH") is None
    assert record_type_of_sop_class("1.2.840.10008.5.1.4.1.1.2") == "IMAGE"
    assert record_type_of_sop_class("1.2.840.10008.5.1.4.1.1.88.33") == "SR DOCUMENT"
    assert record_type_of_sop_class("1.2.3") is None
    for row in tables.rows("directory_sop_classes"):
        assert directory_record_type(row[1]) is not None, row
        assert iods.sop_class(row[0]) is not None, row


def test_lower_levels_are_types() -> None:
    for name in directory_record_types():
        record_type = directory_record_type(name)
        assert record_type is not None
        assert set(record_type.lower_level) <= set(directory_record_types())
        assert record_type.section.startswith("F.")


def test_how_many_of_the_newer_elements_stand_in_modules() -> None:
    """The numbers that docs/standard.md gives; group 0014 is for non-destructive evaluation, and one of it in a Module of PS3.3."""
    placed = {
        int(row[1][-8:], 16)
        for table in ("module_attributes", "macro_attributes", "functional_group_macro_attributes")
        for row in tables.rows(table)
        if row[2] != "include"
    }
    newer = {int(row[0], 16) for row in tables.rows("elements")}
    evaluation = {tag for tag in newer if tag >> 16 == 0x0014}
    others = newer - evaluation
    assert (len(evaluation), len(evaluation & placed), len(others & placed), len(others - placed)) == (104, 1, 70, 0)
