"""Statements on Coded Values reach the attribute at their element path only; what names a value by its tag still counts where it can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from two_versions import item_of, write

from annexgen.annex.annotations import ALL, STALE, Annotation, Seen, Statements
from annexgen.annex.annotations_edits import Edit, apply_edits
from annexgen.annex.annotations_keys import attribute_of, by_tag, coded_path, row_keys
from annexgen.annex.annotations_records import records
from annexgen.annex.build import build_annex
from annexgen.annex.changed_rows import changed_rows
from annexgen.annex.model import Annex, Status
from annexgen.annex.numbering import number
from annexgen.annex.serialization import dumps, loads
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from two_versions import Place

    from annexgen.profile.model import Profile

MR = "1.2.840.10008.5.1.4.1.1.4.1"
ROOT = "(0008,9208)"
NESTED = "(5200,9229)/(0018,9226)/(0008,9208)"
DEEP = "(5200,9229)/(0018,9226)/(0040,0275)/(0008,9208)"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """Enhanced MR with one tag at three places: REAL stands at all of them, PHASE in the frames, IMAGINARY deeper only."""

    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == MR:
            data.ComplexImageComponent = ("MAGNITUDE", "MIXED", "REAL")[place.series % 3]
            of_frames = ("MAGNITUDE", "PHASE", "REAL")[place.series % 3]
            deeper = ("IMAGINARY", "ADDED", "REAL")[place.series % 3]
            for frame in data.PerFrameFunctionalGroupsSequence:
                inner = item_of(ComplexImageComponent=deeper)
                outer = item_of(ComplexImageComponent=of_frames, RequestAttributesSequence=[inner])
                frame.MRImageFrameTypeSequence = [outer]

    return scan([write(tmp_path_factory.mktemp("corpus"), change)])


def built(corpus: Profile, *said: Annotation) -> Annex:
    numbered = tuple(replace(one, number=n) for n, one in enumerate(said, 1))
    return number(build_annex(corpus, statements=Statements(annotations=numbered)))


def comments(annex: Annex) -> dict[str, str]:
    """What a person said in the Comments of Coded Values, by the path of the row."""
    ids = {table.id: table.key for table in annex.tables}
    return {
        key.path: row.cells["Comments"].text
        for table in annex.tables
        if table.kind == "coded_values"
        for row, key in zip(table.rows, row_keys(table, ids), strict=True)
        if key is not None and row.cells["Comments"].status is Status.CONFIRMED
    }


def stale(annex: Annex) -> list[str]:
    return [finding.message for finding in annex.findings if finding.code == STALE]


def said(path: str, text: str = "as said", sop_class: str = MR) -> Annotation:
    return Annotation((sop_class,), path, "Comments", text)


def test_a_value_is_named_by_the_element_path_of_its_attribute(corpus: Profile) -> None:
    annex = built(corpus)
    rows = [row for table in annex.tables if table.kind == "coded_values" for row in table.rows if row.path]
    named = {row.path for row in rows if "(0008,9208)" in row.path}
    assert named == {
        *(f"{ROOT}={value}" for value in ("MAGNITUDE", "MIXED", "REAL")),
        *(f"{NESTED}={value}" for value in ("MAGNITUDE", "PHASE", "REAL")),
        *(f"{DEEP}={value}" for value in ("ADDED", "IMAGINARY", "REAL")),
    }
    assert all(row.path for table in annex.tables if table.kind == "coded_values" for row in table.rows)
    again = [row.path for table in loads(dumps(annex)).tables if table.kind == "coded_values" for row in table.rows]
    assert again == [row.path for row in rows]


@pytest.mark.parametrize("place", [ROOT, NESTED, DEEP])
@pytest.mark.parametrize("sop_class", [MR, ALL])
def test_a_comment_reaches_one_attribute_only(corpus: Profile, place: str, sop_class: str) -> None:
    annex = built(corpus, said(f"{place}=REAL", sop_class=sop_class))
    assert comments(annex) == {f"{place}=REAL": "as said"}
    assert not stale(annex)


def test_a_functional_group_may_be_shared_or_per_frame(corpus: Profile) -> None:
    per_frame = NESTED.replace("5200,9229", "5200,9230")
    assert comments(built(corpus, said(f"{per_frame}=PHASE"))) == {f"{NESTED}=PHASE": "as said"}


def test_a_name_by_the_tag_counts_where_one_attribute_has_the_value(corpus: Profile) -> None:
    annex = built(corpus, said(f"{ROOT}=PHASE", "of frames"), said(f"{ROOT}=IMAGINARY#2", "deeper"))
    assert comments(annex) == {f"{NESTED}=PHASE": "of frames", f"{DEEP}=IMAGINARY": "deeper"}
    assert not stale(annex)


def test_a_name_by_the_tag_is_the_attribute_at_the_root_where_that_has_the_value(corpus: Profile) -> None:
    assert comments(built(corpus, said(f"{ROOT}=REAL"))) == {f"{ROOT}=REAL": "as said"}


def test_a_name_by_the_tag_that_several_attributes_have_is_named_as_stale(corpus: Profile) -> None:
    annex = built(corpus, said(f"{ROOT}=REAL#2", "the second one"))
    assert comments(annex) == {}
    have = " and ".join(sorted(f"{place}=REAL" for place in (ROOT, NESTED, DEEP)))
    assert stale(annex) == [
        f"Comments: it names a value by the tag alone, and {have} have it: name one of these; kept as said by a person"
    ]


def test_a_statement_with_the_path_goes_before_one_with_the_tag(corpus: Profile) -> None:
    annex = built(corpus, said(f"{ROOT}=PHASE", "before"), said(f"{NESTED}=PHASE", "now"))
    assert comments(annex) == {f"{NESTED}=PHASE": "now"}
    assert stale(annex) == [f"Comments: annotation 2 says it of {NESTED}=PHASE, and counts; kept as said by a person"]


def test_a_value_that_is_gone_is_stale_as_before(corpus: Profile) -> None:
    annex = built(corpus, said(f"{ROOT}=NOTHING"), said("(0018,9004)=PHASE"))
    assert {f.path for f in annex.findings if f.code == STALE} == {f"{ROOT}=NOTHING", "(0018,9004)=PHASE"}
    assert set(stale(annex)) == {
        "Comments: nothing in the corpus stands at this path with this column; kept as said by a person"
    }


def test_a_workbook_says_it_with_the_path_and_keeps_what_the_file_says_by_the_tag() -> None:
    text = f"[[annotation]]\nsop_class = '{MR}'\npath = '{ROOT}=PHASE'\ncolumn = 'Comments'\ntext = 'before'\n"
    taken_back = apply_edits(text, [Edit("coded_values", (MR,), f"{NESTED}=PHASE", "Comments", None, Seen(), "A!F3")])
    assert taken_back.text == text
    assert [(one.place, one.reason) for one in taken_back.refused] == [
        ("A!F3", f"the file says it of {ROOT}=PHASE, which names the value by its tag; take it back there")
    ]
    said_anew = apply_edits(text, [Edit("coded_values", (MR,), f"{NESTED}=PHASE", "Comments", "now", Seen())])
    assert said_anew.text.startswith(text)
    assert f"{NESTED}=PHASE" in said_anew.text


def test_an_annex_without_paths_has_the_names_of_its_time(corpus: Profile) -> None:
    """annex.json of a former version: its rows are named by tags, and compare as equal."""
    annex = built(corpus)
    former = replace(
        annex,
        tables=tuple(
            replace(t, rows=tuple(replace(row, path="") for row in t.rows)) if t.kind == "coded_values" else t
            for t in annex.tables
        ),
    )
    paths = {record.path for table, _, record in records(former) if record and table.kind == "coded_values"}
    assert {f"{ROOT}=REAL", f"{ROOT}=REAL#2", f"{ROOT}=REAL#3", f"{ROOT}=PHASE"} <= paths
    assert not changed_rows(former, annex).tables
    assert not changed_rows(annex, former).tables


@pytest.mark.parametrize(
    ("path", "value", "tag"),
    [
        ("(0008,0008)", "DERIVED", "(0008,0008)"),
        ('(0029,xx43,"A=B (C)/D")', "X=Y", "(0029,xx43)"),
        ('(5200,9230)/(0021,xxFE,"ONE")/(0021,xx01,"ONE")', '(1, 99A, "B = C")', "(0021,xx01)"),
        ("(0004,1220)[IMAGE]/(0008,0008)", "DERIVED#2", "(0008,0008)"),
    ],
)
def test_path_and_value_are_told_apart(path: str, value: str, tag: str) -> None:
    assert attribute_of(coded_path(path, value)) == (path, value)
    assert by_tag(coded_path(path, value)) == f"{tag}={value}"


@pytest.mark.parametrize("path", ["(0008,0008)", "module:ct-image", "mapping:(0008,0050)=MWL", "measurement:A=B", ""])
def test_other_paths_name_no_value(path: str) -> None:
    assert attribute_of(path) == ("", "")
    assert by_tag(path) == ""
