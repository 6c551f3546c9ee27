"""Our templates against the reference facts: every difference is listed with its reason, and every reason is needed."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from template_reference import (
    COMPARED,
    REFERENCE,
    SOURCES,
    Difference,
    curated_only,
    definitions,
    differences,
    fields,
    listed,
    reason_of,
    reasons,
    tid_of,
)

from annexgen.standard.templates import all_templates, template

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference facts are not beside the project")


@functools.cache
def all_differences() -> tuple[Difference, ...]:
    return tuple(difference for source in SOURCES for difference in differences(source))


@needs_reference
def test_every_difference_is_listed_with_the_reason_for_our_choice() -> None:
    known = reasons()
    found = {difference: reason_of(difference, known) for difference in all_differences()}
    assert [difference for difference, reason in found.items() if not reason] == []
    assert listed() == found, "run python tests/standard/template_reference.py"


@needs_reference
def test_every_reason_is_needed() -> None:
    known = reasons()
    used = {next(n for n, reason in enumerate(known) if reason.explains(d)) for d in all_differences()}
    assert [reason for n, reason in enumerate(known) if n not in used] == []


@needs_reference
def test_every_template_of_the_references_is_ours() -> None:
    for source in SOURCES:
        assert {tid_of(name) for name in definitions(source)} <= set(all_templates())


@needs_reference
def test_templates_without_reference_say_so() -> None:
    for tid in curated_only():
        found = template(tid)
        assert found is not None
        assert found.basis == "curated", tid


@needs_reference
def test_every_row_of_the_references_is_compared() -> None:
    """A row that is not of ours is a difference; all others are paired with a row of ours, each at most once."""
    for source in SOURCES:
        rows = [row for definition in definitions(source).values() for row in definition.rows]
        lacking = [d for d in all_differences() if d.source == source and d.field == "row" and d.theirs]
        assert len(rows) > 1000
        assert len(rows) - len(lacking) > 0.9 * len(rows)
        assert all({"include", "value type", "concept"} <= row.keys() <= set(COMPARED) for row in rows)


def test_the_list_speaks_of_the_rows_that_we_have() -> None:
    """What the list says of our rows is what the tables hold, also where the references are not there."""
    for difference in listed():
        found = template(tid_of(difference.definition))
        assert found is not None, difference
        if difference.field == "row" or not difference.row:
            continue
        (row,) = (row for row in found.rows if row.number == difference.row)
        assert fields(row)[difference.field] == difference.ours, difference


def test_the_page_says_how_many_differences_there_are() -> None:
    text = (Path(__file__).parents[2] / "docs" / "standard.md").read_text(encoding="utf-8")
    assert f"lists each difference ({len(listed())}) with the reason" in text


def test_a_new_difference_has_no_reason() -> None:
    mistakes = [
        Difference("2026", "10013", "8", "requirement", "M", "U"),
        Difference("2026", "10001", "5", "row", "", "NUM DCM:1"),
        Difference("2026", "5201", "2", "value set", "DCID 1", "DCID 2"),
        Difference("2026", "5201", "2", "value set", "DCID 1", "BCID 1"),
        Difference("2026", "4021HP", "3", "graphic types", "POLYLINE", ""),
        Difference("2026", "10013", "", "extensible", "yes", "no"),
        Difference("2022", "10002", "3", "multiplicity", "1-n", "1"),
        Difference("2022", "1400M", "1", "concept", "DCM:1", "DCM:2"),
        Difference("2026", "3926Content", "5", "requirement", "M", "U"),
    ]
    for mistake in mistakes:
        assert not reason_of(mistake, reasons()), mistake
