"""The lists of what is not settled about the templates are what the tables and the reference facts leave open."""

from __future__ import annotations

import csv
import functools
from collections import Counter
from pathlib import Path

import pytest
from template_reference import REFERENCE, SOURCES, Definition, definitions, fields, pairs, tid_of

from annexgen.standard.builder.template_gaps import ONE_SOURCE, OPEN_VALUES, rows_without_value_set, unfolded
from annexgen.standard.templates import all_templates, template

SECOND_SOURCES = Path(__file__).with_name("template_second_sources.tsv")

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference facts are not beside the project")


def second_sources() -> Counter[tuple[str, str]]:
    """The rows with a source beside the reference facts, and how often the list has each."""
    lines = SECOND_SOURCES.read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return Counter(pair for tid, numbers, source in rows if source for pair in unfolded(((tid, numbers),)))


def test_every_open_value_set_has_one_reason() -> None:
    listed = Counter(pair for rows in OPEN_VALUES.values() for pair in unfolded(rows))
    assert set(listed) == rows_without_value_set()
    assert set(listed.values()) == {1}


def test_ranges_of_rows_are_unfolded() -> None:
    assert list(unfolded((("1", "2-4 5b"), ("7", "9")))) == [
        ("1", "2"),
        ("1", "3"),
        ("1", "4"),
        ("1", "5b"),
        ("7", "9"),
    ]


def test_rows_with_one_source_and_with_several_are_rows_of_curated_templates() -> None:
    several, one = second_sources(), Counter(unfolded(ONE_SOURCE))
    assert set((several + one).values()) == {1}
    for tid, number in several + one:
        found = template(tid)
        assert found is not None
        assert found.basis == "curated", tid
        assert number in {row.number for row in found.rows}, (tid, number)


@functools.cache
def of(source: str) -> tuple[Definition, ...]:
    """All definitions of a reference."""
    return tuple(definitions(source).values())


@functools.cache
def of_the_references(tid: str) -> dict[str, set[str]]:
    """What the reference facts say of each row of ours that they have: the value sets, "" for none."""
    ours = template(tid)
    assert ours is not None
    found: dict[str, set[str]] = {}
    for source in SOURCES:
        for definition in of(source):
            if tid_of(definition.name) == tid:
                for their, our in pairs(definition.rows, [fields(row) for row in ours.rows]):
                    found.setdefault(our["number"], set()).add(their.get("value set", ""))
    return found


@needs_reference
def test_every_curated_row_has_a_reference_another_source_or_none() -> None:
    without = set()
    for tid in all_templates():
        found = template(tid)
        assert found is not None
        if found.basis == "curated":
            known = of_the_references(tid)
            without |= {(tid, row.number) for row in found.rows if row.number not in known}
    assert without == set(second_sources()) | set(unfolded(ONE_SOURCE))


@needs_reference
def test_the_reasons_of_open_value_sets_are_those_of_the_references() -> None:
    neither, _, referring, own, alone = ({*unfolded(rows)} for rows in OPEN_VALUES.values())
    for tid, number in neither:
        assert of_the_references(tid)[number] == {""}, (tid, number)
    for tid, number in own:
        (group,) = of_the_references(tid)[number]
        assert "CID PMP_" in group, (tid, number)
    for tid, number in alone:
        assert number not in of_the_references(tid), (tid, number)
    for tid, number in referring:
        found = template(tid)
        assert found is not None
        assert [row.by_reference for row in found.rows if row.number == number] == [True]
