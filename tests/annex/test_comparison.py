"""Differences between two annexes: every planned one is reported, none is invented, and what matters comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from planned_changes import APART, CHANGES, Expected, doing
from two_versions import CR, CT, US, Place, write

from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.build import build_annex
from annexgen.annex.comparison import Weight, compare
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

    from annexgen.annex.comparison import Change, Comparison
    from annexgen.annex.model import Annex
    from annexgen.profile.model import Profile


def annex_of(folder: Path) -> Annex:
    return number(build_annex(scan([folder])))


def told(changes: tuple[Change, ...]) -> set[Expected]:
    return {(change.kind, change.what, change.path, change.column) for change in changes}


def decided(comparison: Comparison) -> set[Expected]:
    return told(tuple(change for change in comparison.changes if not change.weak))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Annex:
    return annex_of(write(tmp_path_factory.mktemp("before")))


def test_there_are_many_kinds_of_changes() -> None:
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_reported_and_nothing_else(name: str, before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, doing([name]))))
    assert decided(comparison) == set(CHANGES[name][2]), [c.message for c in comparison.changes]


def test_all_changes_together(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    comparison = compare(before, annex_of(write(tmp_path, doing(names))))
    assert decided(comparison) == {expected for name in names for expected in CHANGES[name][2]}


def test_the_other_way_round_what_was_new_is_gone(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    after = annex_of(write(tmp_path, doing(names)))
    there, back = compare(before, after), compare(after, before)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    # A list of values that had grown may still be open: that one of them is not seen again proves nothing.
    expected = {(turned[kind], what, path, column) for kind, what, path, column in decided(there)}
    assert {change for change in decided(back) if change[3] != "Value"} == {c for c in expected if c[3] != "Value"}


def test_sop_classes_that_come_and_go(before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, extra=(US,))))
    found = {(c.kind, c.sop_class) for c in comparison.changes if c.what == "SOP Class"}
    assert found == {("added", US), ("removed", CR)}
    assert not [c for c in comparison.changes if c.sop_class in (US, CR) and c.what != "SOP Class"]
    gone = next(c for c in comparison.changes if c.sop_class == CR)
    assert gone.weight is Weight.BREAKING
    assert "Body Part Examined (0018,0015)" in gone.holds


def test_an_annex_does_not_differ_from_itself(before: Annex) -> None:
    assert compare(before, before).changes == ()


def test_tables_that_are_shared_or_not_are_no_differences(samples_profile: Profile, samples_annex: Annex) -> None:
    apart = number(build_annex(samples_profile, thresholds=Thresholds(sharing_rows=0, sharing_share=0)))
    assert sum(len(t.rows) for t in samples_annex.tables) < sum(len(t.rows) for t in apart.tables)
    assert [c.message for c in compare(apart, samples_annex).changes] == []


def test_the_most_important_come_first(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    changes = compare(before, annex_of(write(tmp_path, doing(names)))).changes
    assert [c.weight for c in changes] == sorted(c.weight for c in changes)
    weights = {(c.kind, c.what, c.column): c.weight for c in changes if not c.weak}
    for key in (
        ("added", "private attribute", ""),
        ("removed", "private attribute", ""),
        ("changed", "private attribute", "VR"),
        ("changed", "Functional Group Macro", "Usage"),
        ("removed", "attribute", ""),
    ):
        assert weights[key] is Weight.BREAKING
    assert weights["added", "attribute", ""] is Weight.NOTABLE


def test_numbers_of_other_scans_are_weak_and_minor(before: Annex, tmp_path: Path) -> None:
    after = annex_of(write(tmp_path, lambda d, p: setattr(d, "XRayTubeCurrent", 300) if p.sop_class == CT else None))
    found = [c for c in compare(before, after).changes if c.path == "(0018,1151)"]
    assert [(c.weight, bool(c.weak)) for c in found] == [(Weight.MINOR, True)]


def test_a_rare_attribute_that_is_not_seen_again_is_weak(tmp_path: Path) -> None:
    def rarely(data: Dataset, place: Place) -> None:
        if place.sop_class == CT and place.series == 3:
            data.ImageComments = "seldom"

    comparison = compare(annex_of(write(tmp_path / "a", rarely)), annex_of(write(tmp_path / "b")))
    found = [c for c in comparison.changes if c.path == "(0020,4000)"]
    assert len(found) == 1
    assert "by accident with a chance of" in found[0].weak


def test_changed_texts_of_proposals_are_no_differences(before: Annex) -> None:
    tables = []
    for table in before.tables:
        rows = [
            replace(row, cells={**row.cells, "Source": replace(row.cells["Source"], text="USER")})
            if "Source" in row.cells and row.cells["Source"].status == "proposed"
            else row
            for row in table.rows
        ]
        tables.append(replace(table, rows=tuple(rows)))
    assert compare(before, replace(before, tables=tuple(tables))).changes == ()


def test_of_one_weight_things_come_first_then_presence_type_and_values(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    changes = [c for c in compare(before, annex_of(write(tmp_path, doing(names)))).changes if not c.weak]
    for weight in Weight:
        ranks = [
            0
            if not c.column
            else 1
            if c.column.startswith("Presence")
            else 2
            if c.column in ("VR", "VM", "Usage")
            else 3
            for c in changes
            if c.weight is weight
            and (not c.column or c.column.startswith("Presence") or c.column in ("VR", "VM", "Value"))
        ]
        assert ranks == sorted(ranks)
        assert len(set(ranks)) > 1 or weight is Weight.MINOR


def test_what_describes_the_study_is_decided_by_studies(tmp_path: Path) -> None:
    """Sixteen series of two studies are two observations of the study's description, and sixteen of a filter."""

    def in_two_studies(data: Dataset, place: Place) -> None:
        data.StudyInstanceUID = data.StudyInstanceUID[:-1] + str(place.study % 2)

    def without(data: Dataset, place: Place) -> None:
        in_two_studies(data, place)
        if place.sop_class == CT:
            del data.StudyID
            del data.FilterType

    changes = compare(annex_of(write(tmp_path / "a", in_two_studies)), annex_of(write(tmp_path / "b", without))).changes
    weak = {c.path: c.weak for c in changes if c.sop_class == CT and not c.column}
    assert weak["(0020,0010)"] == "only 2 studies on the side that lacks it"
    assert weak["(0018,1160)"] == ""


def test_a_sop_class_names_its_modules_before_attributes_and_each_thing_once(before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, extra=(US,))))
    (new,) = (c for c in comparison.changes if c.what == "SOP Class" and c.kind == "added")
    assert new.holds[0].endswith("Module")
    assert len(set(new.holds)) == len(new.holds)


# Real: two versions of one scanner, against pydicom's own reading.
