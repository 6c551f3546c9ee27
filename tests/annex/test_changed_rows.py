"""The rows and cells that a document marks: exactly those whose text the former version did not have, at their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.sequence import Sequence
from two_versions import CT, FINDING, MR, SR, code, content, item_of, write

from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.annotations_file import loads
from annexgen.annex.build import build_annex
from annexgen.annex.changed_rows import ChangedRows, changed_rows
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset
    from two_versions import Place

    from annexgen.annex.model import Annex, Row
    from annexgen.profile.model import Profile


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Annex:
    """The first version."""
    return number(build_annex(scan([write(tmp_path_factory.mktemp("changed") / "one")])))


def second(folder: Path, change: Callable[[Dataset, Place], object] | None, words: str = "") -> Annex:
    """The second version, where `change` makes a difference."""
    statements = loads(words) if words else None
    return number(build_annex(scan([write(folder / "two", change)]), statements=statements))


def rows_by_path(annex: Annex, changes: ChangedRows) -> dict[str, tuple[str, dict[str, str]]]:
    """The marked rows with a path: new or changed, and what was said before."""
    found = {}
    for identifier, table in changes.tables.items():
        for position, mark in table.rows.items():
            row = annex.table(identifier).rows[position]
            found[row.path or text_of(row)] = ("new" if mark.new else "changed", dict(mark.former))
    return found


def text_of(row: Row) -> str:
    return " | ".join(cell.text for cell in row.cells.values() if cell.text)


def gone(annex: Annex, changes: ChangedRows) -> dict[str, str]:
    """The rows that are gone, each with the path of the row that it stands behind."""
    return {
        one.row.path: annex.table(identifier).rows[one.before - 1].path if one.before else ""
        for identifier, table in changes.tables.items()
        for one in table.gone
    }


def test_the_same_version_has_no_marks(former: Annex, tmp_path: Path) -> None:
    assert changed_rows(former, second(tmp_path, None)).tables == {}


def test_every_change_is_marked_and_nothing_else(former: Annex, tmp_path: Path) -> None:
    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == CT:
            data.ConvolutionKernel = "SHARP"
            del data.FilterType
            data.ImageComments = ""
            data.private_block(0x0029, "ACME ONE").add_new(0x07, "CS", "SEVENTH")
            del data[0x0029, 0x1003]
        if place.sop_class == MR:
            shared = data.SharedFunctionalGroupsSequence[0]
            shared.PixelMeasuresSequence[0].SpacingBetweenSlices = 2.0
            del shared.MRModifierSequence[0].FlowCompensation

    annex = second(tmp_path, change)
    changes = changed_rows(former, annex)
    assert rows_by_path(annex, changes) == {
        "(0018,1210)": ("changed", {"Value": "SOFT"}),
        "(0020,4000)": ("new", {}),
        '(0029,xx07,"ACME ONE")': ("new", {}),
        "(0028,9110)/(0018,0088)": ("new", {}),
    }
    assert gone(annex, changes) == {
        "(0018,1160)": "(0018,1151)",
        '(0029,xx03,"ACME ONE")': '(0029,xx02,"ACME ONE")',
        "(0018,9115)/(0018,9010)": "(0018,9115)/(0018,9009)",
    }
    assert changes.former == "version 1.0"
    assert not any(table.new for table in changes.tables.values())


def test_a_new_private_creator_is_a_new_table_and_a_moved_block_is_no_change(former: Annex, tmp_path: Path) -> None:
    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == CT:
            old = {
                element.tag.element & 0xFF: element
                for element in data.group_dataset(0x0031)
                if element.tag.element > 0xFF
            }
            for tag in [element.tag for element in data.group_dataset(0x0031)]:
                del data[tag]
            data.private_block(0x0031, "ACME NEW", create=True).add_new(0x01, "LO", "new")
            block = data.private_block(0x0031, "ACME TWO", create=True)
            for element, known in old.items():
                block.add_new(element, known.VR, known.value)

    annex = second(tmp_path, change)
    changes = changed_rows(former, annex)
    new = [annex.table(identifier) for identifier, table in changes.tables.items() if table.new]
    assert [table.key.partition(":")[2] for table in new] == ["private:0031:ACME NEW"]
    assert {kind for kind, _ in rows_by_path(annex, changes).values()} == {"new"}
    assert gone(annex, changes) == {}


def test_values_in_a_table_of_their_own_are_marked_one_by_one(former: Annex, tmp_path: Path) -> None:
    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == CT and place.series % 3 == 0:
            data.ScanOptions = "SPIRAL"

    annex = second(tmp_path, change)
    changes = changed_rows(former, annex)
    (marks,) = changes.tables.values()
    (table,) = (annex.table(identifier) for identifier in changes.tables)
    assert table.kind == "coded_values"
    assert [table.rows[n].cells["Value/Code"].text for n in marks.rows] == ["SPIRAL"]
    assert [one.row.cells["Value/Code"].text for one in marks.gone] == ["HELIX"]


def test_a_persons_words_are_marked(former: Annex, tmp_path: Path) -> None:
    words = '[[annotation]]\npath = "(0018,1210)"\ncolumn = "Comments"\ntext = "Chosen by the protocol."\n'
    annex = second(tmp_path, None, words)
    assert rows_by_path(annex, changed_rows(former, annex)) == {"(0018,1210)": ("changed", {"Comments": ""})}


def test_a_new_sop_class_is_marked_whole_and_one_that_is_gone_struck_in_the_overview(tmp_path: Path) -> None:
    one = number(build_annex(scan([write(tmp_path / "one", extra=("1.2.840.10008.5.1.4.1.1.6.1",))])))
    two = number(build_annex(scan([write(tmp_path / "two")])))
    changes = changed_rows(one, two)
    overview = two.table("sop_classes")
    marks = changes.tables[overview.id]
    assert [overview.rows[n].path for n, mark in marks.rows.items() if mark.new] == ["1.2.840.10008.5.1.4.1.1.1"]
    assert [one.row.path for one in marks.gone] == ["1.2.840.10008.5.1.4.1.1.6.1"]
    iod = next(t for t in two.tables if t.kind == "iod" and t.sop_classes == ("1.2.840.10008.5.1.4.1.1.1",))
    assert changes.tables[iod.id].new


def test_content_items_and_codes(former: Annex, tmp_path: Path) -> None:
    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == SR:
            items = list(data.ContentSequence)
            items[4] = content("CONTAINS", "CODE", FINDING, ConceptCodeSequence=Sequence([code("A1", "99ACME", "New")]))
            data.ContentSequence = Sequence(items)
            data.ReferencedRequestSequence = Sequence([item_of(RequestedProcedureID="R")])

    annex = second(tmp_path, change)
    changes = changed_rows(former, annex)
    tables = {annex.table(identifier).kind: marks for identifier, marks in changes.tables.items()}
    content_rows = annex.table(next(t.id for t in annex.tables if t.kind == "sr_content")).rows
    changed = [content_rows[n].path for n in tables["sr_content"].rows]
    assert any(path.endswith("CONTAINS.CODE.DCM:121071") for path in changed)
    assert [one.row.cells["VT"].text for one in tables["sr_content"].gone] == ["TEXT"]


def test_what_too_little_was_scanned_for_is_undecided(tmp_path: Path) -> None:
    def rare(data: Dataset, place: Place) -> None:
        if place.sop_class == CT and place.series == 1:
            data.ImageComments = "now and then"

    one = number(build_annex(scan([write(tmp_path / "one")])))
    two = number(build_annex(scan([write(tmp_path / "two", rare)])))
    (mark,) = (mark for table in changed_rows(one, two).tables.values() for mark in table.rows.values())
    assert mark.new
    assert mark.is_undecided("Value")
    (lost,) = (row for table in changed_rows(two, one).tables.values() for row in table.gone)
    assert lost.undecided


def test_other_numbers_and_other_shared_tables_make_no_difference(samples_profile: Profile) -> None:
    plain = build_annex(samples_profile)
    assert changed_rows(number(plain, "published"), number(plain)).tables == {}
    apart = number(build_annex(samples_profile, thresholds=Thresholds(sharing_rows=0, sharing_share=0)))
    for one, other in ((apart, number(plain)), (number(plain), apart)):
        changes = changed_rows(one, other)
        # A list of values that stands in a table on one side and in the cell on the other is all that is left.
        assert {column for t in changes.tables.values() for row in t.rows.values() for column in row.former} <= {
            "Value"
        }
        assert not any(row.new for t in changes.tables.values() for row in t.rows.values())
        assert gone(other, changes) == {}


def test_tables_that_are_no_longer_shared_are_not_marked(tmp_path: Path) -> None:
    """A module that CT and CR shared stands in tables of their own when CT's differs; CR's has no marks."""

    def change(data: Dataset, place: Place) -> None:
        if place.sop_class == CT:
            data.PatientComments = data.OtherPatientNames = data.EthnicGroup = data.PatientBirthTime = ""
            data.PatientSize, data.PatientAddress, data.Occupation = 1, "", ""

    one = number(build_annex(scan([write(tmp_path / "one")])))
    two = number(build_annex(scan([write(tmp_path / "two", change)])))
    changes = changed_rows(one, two)
    assert {t.sop_classes for t in one.tables if t.kind == "module"} != {
        t.sop_classes for t in two.tables if t.kind == "module"
    }
    paths = rows_by_path(two, changes)
    assert all(kind == "new" for kind, _ in paths.values()), paths
    assert gone(two, changes) == {}
