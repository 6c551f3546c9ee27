"""Which Data Elements of PS3.6 stand in no Module, macro or Functional Group Macro, and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pydicom.datadict import DicomDictionary

from annexgen.standard import dictionary, tables

FILE = Path(__file__).parent / "elements_in_no_module.tsv"
OTHER_GROUPS = frozenset({0x0000, 0x0002, 0x0004, 0x0006, 0x0014, 0xFFFE})
"""Commands, file meta information, Directory Records, the current frame, non-destructive evaluation, delimiters."""
ATTRIBUTE_TABLES = ("module_attributes", "macro_attributes", "functional_group_macro_attributes")


def _placed() -> set[int]:
    rows = [row for table in ATTRIBUTE_TABLES for row in tables.rows(table)]
    return {int(row[1].split(".")[-1], 16) for row in rows if row[1]}


def _elements() -> set[int]:
    """Tags of the elements in use, of pydicom's dictionary and of `elements`."""
    tags = {*DicomDictionary, *(int(row[0], 16) for row in tables.rows("elements"))}
    entries = {tag: dictionary.lookup(tag) for tag in tags if tag >> 16 not in OTHER_GROUPS}
    return {tag for tag, entry in entries.items() if entry is not None and entry.keyword and not entry.retired}


def _rows() -> list[list[str]]:
    return [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()[1:]]


def test_each_element_without_a_place_has_a_cause() -> None:
    missing = sorted(f"{tag:08X}" for tag in _elements() - _placed())
    assert missing == [tag for tag, _ in _rows()]


def test_the_share_of_elements_that_have_a_place() -> None:
    elements = _elements()
    assert (len(elements), len(elements & _placed())) == (4472, 4345)


def test_causes_are_counted() -> None:
    assert Counter(cause for _, cause in _rows()) == {
        "security (DICOS)": 86,
        "in no Module or macro of 2020b or 2026b": 16,
        "services of PS3.4 and PS3.18: query, retrieval, storage, repositories": 15,
        "services of PS3.4: Unified Procedure Step subscriptions and states": 6,
        "in a Module of 2020b, replaced in 2026b": 3,
        "padding of the Data Set": 1,
    }


def test_every_element_that_pydicom_lacks_has_a_value_multiplicity() -> None:
    assert [row[0] for row in tables.rows("elements") if not row[2]] == []


def test_every_element_that_pydicom_lacks_has_a_place_or_is_of_group_0014() -> None:
    placed = _placed()
    tags = [int(row[0], 16) for row in tables.rows("elements")]
    assert [f"{tag:08X}" for tag in tags if tag not in placed and tag >> 16 != 0x0014] == []
