"""A person's words: how they are read, applied and kept, and when they are called stale."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from firmware import (
    ATTRIBUTES,
    COUNTER_EXAMPLE,
    CT,
    GONE,
    NEW_VALUE,
    NO_LONGER_EMPTY,
    SOMETIMES,
    conditional,
    empty,
    path,
    profile,
)
from pydicom.sequence import Sequence
from two_versions import MR as ENHANCED_MR
from two_versions import item_of, write

from annexgen.annex.annotations import (
    ALL,
    COUNTS,
    Annotation,
    Seen,
    Statements,
    TableStatement,
    fingerprint,
    unnumbered,
)
from annexgen.annex.annotations_apply import STALE
from annexgen.annex.annotations_check import EDITABLE, TITLES
from annexgen.annex.annotations_file import loads
from annexgen.annex.annotations_keys import row_keys
from annexgen.annex.annotations_records import records
from annexgen.annex.build import build_annex
from annexgen.annex.model import Annex, Row, Status
from annexgen.annex.numbering import number
from annexgen.annex.revision_section import with_revisions
from annexgen.annex.serialization import dumps
from annexgen.annex.serialization import loads as loads_annex
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset
    from two_versions import Place

    from annexgen.profile.model import Profile
    from tests.shared_samples import SharedSamples

AXIAL = "Present if Image Type (0008,0008) Value 3 is AXIAL."


@pytest.fixture(scope="module")
def samples(samples_profile: Profile) -> Profile:
    return samples_profile


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return profile(tmp_path_factory.mktemp("first"), second=False)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return profile(tmp_path_factory.mktemp("second"), second=True)


def built(
    corpus: Profile,
    *annotations: Annotation,
    tables: tuple[TableStatement, ...] = (),
) -> Annex:
    numbered = tuple(replace(one, number=n) for n, one in enumerate(annotations, 1))
    statements = Statements(annotations=numbered, tables=tuple(replace(t, number=n) for n, t in enumerate(tables, 1)))
    return number(build_annex(corpus, statements=statements))


def rows_at(annex: Annex, wanted: str) -> list[Row]:
    ids = {table.id: table.key for table in annex.tables}
    return [
        row
        for table in annex.tables
        for row, key in zip(table.rows, row_keys(table, ids), strict=True)
        if key is not None and key.path == wanted
    ]


def stale(annex: Annex) -> dict[str, str]:
    return {finding.path: finding.message for finding in annex.findings if finding.code == STALE}


def seen_in(row: Row, column: str) -> Seen:
    assert row.evidence is not None
    return Seen(fingerprint(row.cells[column].text), "", {name: getattr(row.evidence, name) for name in COUNTS})


def test_two_hundred_annotations_and_a_new_firmware(first: Profile, second: Profile) -> None:
    rows = {n: rows_at(built(first), path(n))[0] for n in range(ATTRIBUTES)}
    annotations = []
    for n, row in rows.items():
        if empty(n):
            column, text = "Source", "EMPTY"
        elif conditional(n):
            column, text = "Conditions", AXIAL
            assert row.cells["Presence of Attribute"].text == "CONDITIONAL"
        elif n in NEW_VALUE:
            column, text = "Value", f"V{n}"
        elif n in SOMETIMES:
            column, text = "Presence of Attribute", "ALWAYS"
        else:
            column, text = "Comments", f"comment {n}"
        annotations.append(
            Annotation((CT,), path(n), column, text, "A. Author", datetime.date(2026, 3, 1), seen_in(row, column))
        )
    assert not stale(built(first, *annotations))
    annex = built(second, *annotations)
    expected = {path(n) for part in (GONE, NEW_VALUE, SOMETIMES, COUNTER_EXAMPLE, NO_LONGER_EMPTY) for n in part}
    assert len(expected) == 15
    assert set(stale(annex)) == expected
    for one in annotations:
        found = rows_at(annex, one.path)
        assert len(found) == (one.path not in {path(n) for n in GONE})
        for row in found:
            assert (row.cells[one.column].text, row.cells[one.column].status) == (one.text, Status.CONFIRMED)
    messages = stale(annex)
    assert "nothing in the corpus stands at this path" in messages[path(GONE[0])]
    assert "the corpus has OTHER" in messages[path(NEW_VALUE[0])]
    assert "absent or incomplete in 6 of 24 instances" in messages[path(SOMETIMES[0])]
    assert "present in 12 instances where the condition does not hold" in messages[path(COUNTER_EXAMPLE[0])]
    assert "it has a value in all 24 instances" in messages[path(NO_LONGER_EMPTY[0])]
    assert all("kept as said by A. Author on 2026-03-01" in message for message in messages.values())


def test_confirming_everything_changes_no_text_and_nothing_is_stale(samples: Profile) -> None:
    plain = built(samples)
    roles = next(t.columns for t in plain.tables if t.kind == "sop_classes")
    said: dict[tuple[str, str, str], Annotation] = {}
    shared_apart = 0
    for _, _, record in records(plain):
        if record is None or not record.path:
            continue
        shared_apart += bool(record.apart)
        for column, cell in record.cells.items():
            if not cell.text.strip("> ") or column in (*TITLES, *roles) or column in record.joined:
                continue
            if column in EDITABLE and cell.status is not Status.STANDARD:
                text = unnumbered(cell.text).lstrip("> ") if column == "Attribute Name" else unnumbered(cell.text)
                for sop_classes, seen in record.seen(column):
                    for uid in sop_classes or (ALL,):
                        said[uid, record.path, column] = Annotation((uid,), record.path, column, text, seen=seen)
    assert shared_apart > 20
    assert len(said) > 3000
    confirmed = built(samples, *said.values())
    assert not stale(confirmed)
    assert [t.id for t in confirmed.tables] == [t.id for t in plain.tables]
    for one, other in zip(plain.tables, confirmed.tables, strict=True):
        assert [{c: x.text for c, x in row.cells.items()} for row in one.rows] == [
            {c: x.text for c, x in row.cells.items()} for row in other.rows
        ]


def test_a_private_iod_is_called_like_its_sop_class(samples: Profile) -> None:
    uid = next(uid for uid in samples.sop_classes if not uid.startswith("1.2.840.10008."))
    assert build_annex(samples).sop_class_names[uid] == f"Private IOD {uid}"
    named = Statements(roles={uid: {"SOP Class Name": "ACME Raw Storage"}})
    annex = number(build_annex(samples, statements=named))
    assert annex.sop_class_names[uid] == "ACME Raw IOD"
    (section,) = [s for s in annex.sections if s.title == "ACME Raw IOD"]
    assert section.text[0] == f"Table {section.tables[0]} defines the structure of ACME Raw IOD."
    (row,) = [row for t in annex.tables if t.kind == "sop_classes" for row in t.rows if row.path == uid]
    assert (row.cells["SOP Class Name"].text, row.cells["SOP Class Name"].status) == (
        "ACME Raw Storage",
        Status.CONFIRMED,
    )


def test_a_shared_table_stays_shared_when_all_its_sop_classes_are_named(samples: Profile) -> None:
    plain = built(samples)
    table = next(t for t in plain.tables if t.kind == "module" and len(t.sop_classes) > 2)
    row = next(r for r in table.rows if r.path)
    both = built(samples, Annotation(table.sop_classes, row.path, "Comments", "as the worklist has it"))
    shared = next(t for t in both.tables if t.key == table.key)
    assert shared.sop_classes == table.sop_classes
    assert next(r for r in shared.rows if r.path == row.path).cells["Comments"].text == "as the worklist has it"
    one = built(samples, Annotation(table.sop_classes[:1], row.path, "Comments", "as the worklist has it"))
    owners = [
        t.sop_classes
        for t in one.tables
        for r in t.rows
        if r.path == row.path and "worklist" in r.cells["Comments"].text
    ]
    assert owners == [table.sop_classes[:1]]
    assert next(t for t in one.tables if t.key == table.key).sop_classes == table.sop_classes[1:]


def test_one_that_names_the_sop_class_goes_before_all(first: Profile) -> None:
    annex = built(first, Annotation((CT,), path(0), "Comments", "own"), Annotation((ALL,), path(0), "Comments", "all"))
    assert rows_at(annex, path(0))[0].cells["Comments"].text == "own"


def test_a_confirmed_cell_keeps_what_was_inferred(first: Profile) -> None:
    annex = built(first, Annotation((CT,), path(0), "Value", "V0; V1", "A. Author", datetime.date(2026, 3, 1)))
    cell = rows_at(loads_annex(dumps(annex)), path(0))[0].cells["Value"]
    assert (cell.text, cell.inferred, cell.status) == ("V0; V1", "V0", Status.CONFIRMED)
    assert cell.reason == "stated by A. Author on 2026-03-01; inferred was: V0"


def test_a_private_attribute_gets_its_name_in_the_coded_values_too(second: Profile) -> None:
    annex = built(second, Annotation((CT,), path(3), "Attribute Name", "Firm Mode"))
    assert rows_at(annex, path(3))[0].cells["Attribute Name"].text == "Firm Mode"


def test_tables_are_renamed_hidden_and_merged(samples: Profile) -> None:
    one, other = "private:0019:ACME CARDIAC", "private:0029:ACME CT PARAMETERS"
    renamed = built(samples, tables=(TableStatement((ALL,), one, title="Private Module Heart"),))
    assert any(t.title.startswith("Private Module Heart for") for t in renamed.tables)
    hidden = built(samples, tables=(TableStatement((ALL,), one, hide=True),))
    assert not any("ACME CARDIAC" in t.title for t in hidden.tables)
    assert any(f.code == "hidden-table" and f.path == one for f in hidden.findings)
    merged = built(samples, tables=(TableStatement((ALL,), one, into=other),))
    paths = {row.path for t in merged.tables if other in t.key for row in t.rows}
    assert any("ACME CARDIAC" in p for p in paths)
    assert any("ACME CT PARAMETERS" in p for p in paths)
    assert not any(one in t.key for t in merged.tables)
    gone = built(samples, tables=(TableStatement((ALL,), "private:0099:NOBODY", hide=True),))
    assert any(f.code == STALE and f.path == "private:0099:NOBODY" for f in gone.findings)


def test_what_speaks_of_nothing_is_reported(first: Profile) -> None:
    annex = built(
        first,
        Annotation(("1.2.3",), path(0), "Comments", "x"),
        Annotation((CT,), "(0008,FFF0)", "Comments", "x"),
        Annotation((CT,), "(0008,0060)", "Identifiable Information", "SAFE"),
    )
    messages = [f.message for f in annex.findings if f.code == STALE]
    assert len(messages) == 3
    assert sum("no instance of this SOP Class" in message for message in messages) == 1


def test_a_condition_in_ones_own_words_is_stale_when_presence_changes(first: Profile, second: Profile) -> None:
    row = rows_at(built(first), path(6))[0]
    one = Annotation((CT,), path(6), "Conditions", "Depends on the licence.", seen=seen_in(row, "Conditions"))
    assert not stale(built(first, one))
    assert "was ALWAYS and is CONDITIONAL" in stale(built(second, one))[path(6)]


def _complex_image_components(folder: Path, further: str = "") -> Profile:
    """Enhanced MR whose images and frames have the same attribute with other values: one table lists both."""

    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == ENHANCED_MR:
            of_frames = ("MAGNITUDE", "PHASE", further or "REAL")[place.series % 3]
            data.ComplexImageComponent = ("MAGNITUDE", "MIXED", "REAL")[place.series % 3]
            for frame in data.PerFrameFunctionalGroupsSequence:
                frame.MRImageFrameTypeSequence = Sequence([item_of(ComplexImageComponent=of_frames)])

    return scan([write(folder, change)])


def test_two_attributes_of_one_tag_whose_values_stand_in_one_table(tmp_path: Path) -> None:
    first = _complex_image_components(tmp_path / "one")
    said = [
        Annotation((ENHANCED_MR,), record.path, "Value", "See {table}", seen=seen)
        for _, row, record in records(built(first))
        if record is not None and record.path.endswith("(0008,9208)") and row.cells["Value"].text.startswith("See ")
        for _, seen in record.seen("Value")
    ]
    assert len(said) == 2
    assert all(one.seen is not None and one.seen.values for one in said)
    assert not stale(built(first, *said))
    after = stale(built(_complex_image_components(tmp_path / "two", "IMAGINARY"), *said))
    assert set(after) == {"(5200,9229)/(0018,9226)/(0008,9208)"}
    assert "its values are not those of the time" in after["(5200,9229)/(0018,9226)/(0008,9208)"]


def test_everything_that_is_open_can_be_said(samples: Profile) -> None:
    """No cell stays unknown for want of a way to say it; the revision history is stated in tables of its own."""
    statements = loads('[[revision]]\nversions = ["VA20B"]\n')
    annex = number(with_revisions(build_annex(samples, statements=statements), statements))
    kinds = set()
    for table, row, record in records(annex):
        for column, cell in row.cells.items():
            if cell.status in (Status.UNKNOWN, Status.PROPOSED) and table.kind != "revisions":
                kinds.add(table.kind)
                assert record is not None, (table.id, column)
                assert column in EDITABLE, (table.id, column)
    assert {"sr_measurements", "code_sets", "sop_classes", "module", "private_module"} <= kinds


def test_the_mapping_from_the_worklist_and_measurements_can_be_completed(
    shared_samples: SharedSamples, samples: Profile
) -> None:
    pet = scan([shared_samples.of("pet").folder])
    said = []
    for table, row, record in records(built(pet)):
        if table.kind != "mapping":
            continue
        assert record is not None
        assert record.sop_classes == ()
        for column, text in (("MPPS Value Source", "SRC_INSTANCE"), ("MPPS Destination", "(0040,0270)")):
            assert row.cells[column].status is Status.UNKNOWN
            said.append(Annotation((ALL,), record.path, column, text))
        if row.cells["Image Value Source"].status is Status.UNKNOWN:
            said.append(Annotation((ALL,), record.path, "Image Value Source", "MWL (0040,1001); EMPTY"))
    annex = built(pet, *said)
    cells = [
        cell for table in annex.tables if table.kind == "mapping" for row in table.rows for cell in row.cells.values()
    ]
    assert not [cell for cell in cells if cell.status is Status.UNKNOWN]
    assert sum(cell.status is Status.CONFIRMED for cell in cells) == len(said)
    assert not stale(annex)
    labels = [r for t, _, r in records(built(samples)) if t.kind == "sr_measurements" and r is not None]
    assert len({(r.sop_classes, r.path) for r in labels}) == len(labels) > 10
    labelled = built(samples, *(Annotation(r.sop_classes, r.path, "Label", f"Label {n}") for n, r in enumerate(labels)))
    shown = [
        row.cells["Label"] for t in labelled.tables if t.kind == "sr_measurements" for row in t.rows if not row.heading
    ]
    assert [cell.text for cell in shown if cell.text] == [f"Label {n}" for n in range(len(labels))]
    assert not stale(labelled)


@pytest.mark.parametrize(
    ("versions", "told"),
    [('["7"]', True), ('["VA20B", "7"]', False), ('["Release VA20B"]', False), ("[]", False)],
)
def test_versions_that_no_instance_names_are_stale(samples: Profile, versions: str, told: bool) -> None:
    annex = number(build_annex(samples, statements=loads(f"[product]\nversions = {versions}\n")))
    found = stale(annex)
    assert ("" in found) is told
    if told:
        named = ", ".join(sorted({device.versions for device in annex.corpus.devices if device.versions}))
        assert "VA20B" in named
        assert found[""] == f"versions: [product] states 7, and the instances name {named}; kept as said by a person"
