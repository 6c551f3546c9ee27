"""Our templates against the reference facts: each difference is explained, and each explanation is needed."""

from __future__ import annotations

import functools

import pytest
from template_reference import REFERENCE, SOURCES, Difference, curated_only, definitions, differences, reasons, tid_of

from annexgen.standard.templates import all_templates, template

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference facts are not beside the project")


@functools.cache
def all_differences() -> tuple[Difference, ...]:
    return tuple(difference for source in SOURCES for difference in differences(source))


@needs_reference
def test_every_difference_has_a_reason() -> None:
    known = reasons()
    assert [d for d in all_differences() if not any(reason.explains(d) for reason in known)] == []


@needs_reference
def test_every_reason_is_needed() -> None:
    assert [r for r in reasons() if not any(r.explains(d) for d in all_differences())] == []


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


def test_a_new_difference_has_no_reason() -> None:
    mistakes = [
        Difference("2026", "10013", "8", "requirement", "M", "U"),
        Difference("2026", "10001", "5", "row", "", "NUM DCM:1"),
        Difference("2026", "5201", "2", "value set", "CID 1", "CID 2"),
        Difference("2022", "10002", "3", "multiplicity", "1-n", "1"),
    ]
    for mistake in mistakes:
        assert not any(reason.explains(mistake) for reason in reasons()), mistake
