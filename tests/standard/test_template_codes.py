"""The codes and context groups that template rows name, against the tables of codes: each exception is listed and needed."""

from __future__ import annotations

import csv
import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from template_reference import REFERENCE, SOURCES

from annexgen.standard import context_groups, tables
from annexgen.standard.templates import all_templates, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.standard.templates import CodeConstraint, TemplateRow

EXCEPTIONS = Path(__file__).with_name("template_codes.tsv")
WITHOUT_CODES = {"5000", "5001", "7459", "12010"}
"""Groups whose values PS3.16 takes from elsewhere (languages and countries) or that pydicom 3.0.2 lists without codes."""


def rows() -> Iterator[tuple[str, TemplateRow]]:
    for tid in all_templates():
        found = template(tid)
        assert found is not None
        for row in found.rows:
            yield tid, row


def constraints(row: TemplateRow) -> tuple[CodeConstraint, ...]:
    return row.concept, row.value_set, row.units, *(given for _, given in row.arguments)


def named() -> set[tuple[str, str, str]]:
    """Scheme, value and meaning of every code that a row names, units apart: UCUM is a grammar, not a list."""
    return {
        (code.scheme, code.value, code.meaning)
        for _, row in rows()
        for given in constraints(row)
        for code in given.codes
        if code.scheme != "UCUM"
    }


@functools.cache
def meanings() -> dict[tuple[str, str], str]:
    return {(value, scheme): meaning for scheme, value, meaning in tables.rows("codes")}


def known_meanings(value: str, scheme: str) -> list[str]:
    return [meanings()[key] for key in context_groups.equivalents((value, scheme)) if key in meanings()]


def same(one: str, other: str) -> bool:
    """Whether two meanings say the same, apart from case, signs, a plural, and the kind that SNOMED CT adds in parentheses."""
    return letters(one) == letters(other)


def letters(meaning: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r" \([^()]*\)$", "", meaning).lower()).removesuffix("s")


def exceptions() -> dict[tuple[str, str, str], tuple[str, str]]:
    """What the tables say of a code, and why the row says otherwise."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    read = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {(scheme, value, meaning): (known, reason) for scheme, value, meaning, known, reason in read}


def test_every_code_is_in_the_tables_with_its_meaning_or_listed() -> None:
    found = {}
    for scheme, value, meaning in named():
        known = known_meanings(value, scheme)
        if not any(same(meaning, text) for text in known):
            found[scheme, value, meaning] = " / ".join(known)
    assert found == {key: known for key, (known, _) in exceptions().items()}
    assert all(reason for _, reason in exceptions().values())
    assert len(named()) > 7 * len(found)


def test_every_context_group_has_codes() -> None:
    groups = {use.cid for _, row in rows() for given in constraints(row) for use in given.groups}
    empty = set()
    for cid in groups:
        group = context_groups.context_group(cid)
        assert group is not None, cid
        if not group.codes:
            empty.add(cid)
    assert empty == WITHOUT_CODES & groups


def test_units_are_written_as_ucum_writes_them() -> None:
    allowed = re.compile(r"(1|[A-Za-z0-9/.*'%\[\]_]*(\{[^{}]*\})?[A-Za-z0-9/.*'%\[\]_{}]*)")
    for tid, row in rows():
        for code in row.units.codes:
            assert code.scheme == "UCUM", (tid, row.number)
            assert code.value, (tid, row.number)
            assert allowed.fullmatch(code.value), (tid, row.number, code.value)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference facts are not beside the project")
def test_meanings_are_those_of_the_reference_facts() -> None:
    theirs = reference_meanings()
    differing = {
        (scheme, value, meaning)
        for scheme, value, meaning in named()
        if (value, scheme) in theirs and not any(same(meaning, text) for text in theirs[value, scheme])
    }
    assert len(theirs) > 700
    assert differing == {
        ("LN", "11878-6", "Number of Fetuses by US")
    }  # as in CID 12018; the reference names it shorter


def reference_meanings() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    newer: dict[str, Any] = json.loads((REFERENCE / SOURCES["2026"]).read_text(encoding="utf-8"))
    for definition in newer["templates"].values():
        for row in definition["rows"]:
            for field in ("concept", "value"):
                if row.get(field) and row[field][2]:
                    value, scheme, meaning = row[field]
                    found.setdefault((value, scheme), set()).add(meaning)
    return found
