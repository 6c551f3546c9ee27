"""Numbering: ids in the order of the sections, tokens replaced, and what cannot be numbered is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from annexgen.annex.model import (
    Annex,
    Cell,
    Corpus,
    Finding,
    Product,
    Row,
    Section,
    Status,
    Table,
    section_token,
    table_token,
)
from annexgen.annex.numbering import NumberingError, number


def table(key: str, kind: str = "module", *rows: Row) -> Table:
    return Table(key, kind, f"Title of {key}", ("A", "B"), rows)


def annex(*sections: Section, tables: tuple[Table, ...], findings: tuple[Finding, ...] = ()) -> Annex:
    return Annex(Product(), Corpus(), sections, tables, findings, "2025b", "annexgen 0")


@pytest.fixture
def sample() -> Annex:
    rows = (
        Row(
            {"B": Cell(f"See {table_token('codes')}", Status.PROPOSED, f"like {table_token('codes')}")},
            reference="codes",
        ),
        Row({"A": Cell("plain")}),
    )
    return annex(
        Section("N.1", "Overview", tables=("character sets", "sop classes")),
        Section("N.9", "IODs", (f"As Section {section_token('N.9.2.1')} and Section {section_token('N.5.7')}",)),
        Section("N.9.2", f"With {table_token('sr')}", tables=("second",)),
        Section("N.9.2.1", "Specific", tables=("codes", "first")),
        Section("N.10", "SR", tables=("sr",)),
        Section("N.12", "Mapping", (f"Section {section_token('N.13')}",), ("mapping",)),
        tables=(
            table("first"),
            replace(table("second", "module", *rows), notes=(f"Note on {table_token('first')}.",)),
            table("codes", "coded_values"),
            table("sr", "sr_content"),
            table("mapping", "mapping"),
            table("sop classes", "sop_classes"),
            table("character sets", "character_sets"),
        ),
        findings=(Finding("X", "note", f"{table_token('first')} is odd"),),
    )


def test_template_numbers_follow_the_sections(sample: Annex) -> None:
    numbered = number(sample)
    assert [(t.key, t.id) for t in numbered.tables] == [
        ("character sets", "N.1-15"),
        ("sop classes", "N.1-1"),
        ("second", "N.9-1"),
        ("codes", "N.9-2"),
        ("first", "N.9-3"),
        ("sr", "N.10-1"),
        ("mapping", "N.12-1"),
    ]
    assert [s.id for s in numbered.sections] == [s.id for s in sample.sections]
    assert [s.tables for s in numbered.sections] == [
        ("N.1-15", "N.1-1"),
        (),
        ("N.9-1",),
        ("N.9-2", "N.9-3"),
        ("N.10-1",),
        ("N.12-1",),
    ]


def test_published_numbers_are_annexes(sample: Annex) -> None:
    numbered = number(sample, "published")
    assert [t.id for t in numbered.tables] == ["1-15", "1-1", "A-1", "A-2", "A-3", "B-1", "D-1"]
    assert [s.id for s in numbered.sections] == ["1", "A", "A.2", "A.2.1", "B", "D"]
    assert numbered.sections[1].text == ("As Section A.2.1 and Section 5.7",)
    assert numbered.sections[5].text == ("Annex E",)
    assert numbered.table("A-1").rows[0].cells["B"].text == "See Table A-2"


def test_every_text_is_resolved(sample: Annex) -> None:
    numbered = number(sample)
    second = numbered.table("second")
    assert numbered.sections[1].text == ("As Section N.9.2.1 and Section N.5.7",)
    assert numbered.sections[2].title == "With Table N.10-1"
    assert second.rows[0].cells["B"] == Cell("See Table N.9-2", Status.PROPOSED, "like Table N.9-2")
    assert second.rows[0].reference == "N.9-2"
    assert second.notes == ("Note on Table N.9-3.",)
    assert numbered.findings[0].message == "Table N.9-3 is odd"
    assert "\x02" not in repr(numbered)


def test_every_row_has_every_column_in_order(sample: Annex) -> None:
    rows = number(sample).table("second").rows
    assert [list(row.cells) for row in rows] == [["A", "B"], ["A", "B"]]
    assert rows[1].cells["A"] == Cell("plain")


def test_the_order_of_the_tables_given_does_not_matter(sample: Annex) -> None:
    assert number(replace(sample, tables=sample.tables[::-1])) == number(sample)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tables": (table("first"), table("extra"))}, "no section lists the tables 'extra'"),
        ({"tables": (table("first"), table("first"))}, "two tables have the key 'first'"),
        ({"tables": (replace(table("first"), id="N.9-1"),)}, "already has the id N.9-1"),
        ({"tables": (table("first", "module", Row({"C": Cell("x")})),)}, "'C', which is not a column"),
        ({"tables": (table("first", "module", Row({}, reference="gone")),)}, "refers to the table 'gone'"),
        (
            {"tables": (table("first", "module", Row({"A": Cell(table_token("gone"))})),)},
            "the table 'first', row 1 names the table 'gone'",
        ),
        ({"tables": ()}, "section N.9 lists the table 'first', which is not in the annex"),
        (
            {"sections": (Section("N.9", "", tables=("first",)), Section("N.10", "", tables=("first",)))},
            "sections N.9 and N.10 both list the table 'first'",
        ),
        (
            {"sections": (Section("N.9", "", tables=("first",)), Section("N.9", ""))},
            "two sections have the id N.9",
        ),
        ({"sections": (Section("9", "", tables=("first",)),)}, "'9' is not the id of a section"),
        (
            {"sections": (Section("N.1", "", tables=("first",)),)},
            "kind 'module' has no number in Section N.1",
        ),
        ({"findings": (Finding("X", "note", section_token("N.9.7")),)}, "names the section 'N.9.7'"),
        ({"findings": (Finding("X", "note", section_token("intro")),)}, "names the section 'intro'"),
    ],
)
def test_what_cannot_be_numbered(change: dict[str, tuple[object, ...]], message: str) -> None:
    good = annex(Section("N.9", "IODs", tables=("first",)), tables=(table("first"),))
    assert number(good).tables[0].id == "N.9-1"
    with pytest.raises(NumberingError, match=message):
        number(replace(good, **change))


def test_two_tables_cannot_share_a_fixed_number() -> None:
    tables = (table("a", "sop_classes"), table("b", "sop_classes"))
    with pytest.raises(NumberingError, match=r"both be Table N\.1-1"):
        number(annex(Section("N.1", "", tables=("a", "b")), tables=tables))


def test_an_unknown_scheme_is_refused(sample: Annex) -> None:
    with pytest.raises(NumberingError, match="unknown numbering scheme 'roman'"):
        number(sample, "roman")
