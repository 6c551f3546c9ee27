"""Sharing: tables of several IODs, rows that merge, and elements that keep their one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.build import build_annex
from annexgen.annex.merged_rows import merged_order, one_range
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex, Row, Table

MR, CT, SC = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.7"
STUDY = {
    "StudyInstanceUID": "1.2.3",
    "StudyDate": "20260101",
    "StudyTime": "120000",
    "ReferringPhysicianName": "",
    "StudyID": "1",
    "AccessionNumber": "",
    "StudyDescription": "",
}


def annex_of(folder: Path, *instances: tuple[str, dict[str, object]], thresholds: Thresholds | None = None) -> Annex:
    for n, (uid, values) in enumerate(instances):
        data_set = Dataset()
        data_set.SOPClassUID, data_set.SOPInstanceUID = uid, generate_uid(entropy_srcs=[str(n)])
        data_set.PatientID, data_set.SeriesInstanceUID = "1", f"1.2.3.{n}"
        for keyword, value in (STUDY | values).items():
            if value is not None:
                setattr(data_set, keyword, value)
        data_set.file_meta = Dataset()
        data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data_set.file_meta.MediaStorageSOPClassUID = uid
        data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
        data_set.save_as(folder / f"{n}.dcm", enforce_file_format=True)
    return number(build_annex(scan([folder], values="all"), thresholds=thresholds))


def tables(annex: Annex, title: str) -> list[Table]:
    return [table for table in annex.tables if table.kind == "module" and table.title.startswith(title)]


def row(table: Table, name: str) -> Row:
    return next(r for r in table.rows if r.cells["Attribute Name"].text == name)


def cells(row: Row) -> tuple[str, str, str]:
    return tuple(row.cells[c].text for c in ("Presence of Attribute", "Value", "Conditions"))  # type: ignore[return-value]


def test_tables_with_the_same_rows_are_one(tmp_path: Path) -> None:
    annex = annex_of(tmp_path, (MR, {}), (CT, {}))
    (study,) = tables(annex, "General Study Module")
    assert set(study.sop_classes) == {MR, CT}
    assert all("IOD" not in r.cells["Conditions"].text for r in study.rows)


def test_a_row_that_one_iod_lacks_names_the_iods(tmp_path: Path) -> None:
    annex = annex_of(tmp_path, (MR, {"StudyDescription": "A"}), (CT, {"StudyDescription": None}))
    (study,) = tables(annex, "General Study Module")
    found = row(study, "Study Description")
    assert cells(found)[0] == "CONDITIONAL"
    assert cells(found)[2] == "Present for MR Image IOD."
    assert found.evidence is not None
    assert (found.evidence.carriers, found.evidence.present) == (2, 1)


def test_a_value_more_names_the_iod(tmp_path: Path) -> None:
    annex = annex_of(tmp_path, (MR, {"StudyID": "1"}), (CT, {"StudyID": "2"}))
    (study,) = tables(annex, "General Study Module")
    assert cells(row(study, "Study ID")) == ("ALWAYS", "1; 2", "2 for CT Image IOD. 1 for MR Image IOD.")


def test_numbers_of_items_become_one_range(tmp_path: Path) -> None:
    def studies(number: int) -> dict[str, object]:
        return {"ReferencedStudySequence": [Dataset() for _ in range(number)]}

    both = annex_of(tmp_path, (MR, studies(2)), (CT, studies(5)))
    (study,) = tables(both, "General Study Module")
    assert row(study, "Referenced Study Sequence").cells["Comments"].text == "2 to 5 items"
    one = annex_of(tmp_path, (MR, studies(1)), (CT, studies(5)))
    (study,) = tables(one, "General Study Module")
    assert row(study, "Referenced Study Sequence").cells["Comments"].text == "5 items for CT Image IOD"


def test_ranges_that_meet_become_one_range(tmp_path: Path) -> None:
    frame = {"Rows": 512, "PixelRepresentation": 0}
    annex = annex_of(
        tmp_path,
        (MR, {**frame, "Columns": 128}),
        (MR, {**frame, "Columns": 512}),
        (CT, {**frame, "Columns": 256}),
        (CT, {**frame, "Columns": 640}),
    )
    (pixel,) = tables(annex, "Image Pixel Module")
    assert cells(row(pixel, "Columns")) == ("ALWAYS", "[128 ... 640]", "")


def test_tables_that_differ_much_stay_apart(tmp_path: Path) -> None:
    none = dict.fromkeys(("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "StudyDescription"))
    assert len(tables(annex_of(tmp_path, (MR, {}), (CT, none)), "General Study Module")) == 2


def test_the_thresholds_decide(tmp_path: Path) -> None:
    exact = Thresholds(sharing_rows=0, sharing_share=0)
    annex = annex_of(tmp_path, (MR, {"StudyID": "1"}), (CT, {"StudyID": "2"}), thresholds=exact)
    assert len(tables(annex, "General Study Module")) == 2


def test_the_sop_class_uid_is_no_difference(tmp_path: Path) -> None:
    annex_of(tmp_path, (MR, {}), (CT, {}))
    exact = Thresholds(sharing_rows=0, sharing_share=0)
    annex = number(build_annex(scan([tmp_path]), thresholds=exact))
    (common,) = tables(annex, "SOP Common Module")
    found = row(common, "SOP Class UID")
    assert (found.cells["Value"].text, found.cells["Comments"].text) == (
        "",
        "Value matches SOP Class of generated object",
    )


def test_an_attribute_that_another_module_of_the_iod_describes_keeps_its_one_row(tmp_path: Path) -> None:
    # Modality belongs to General Series in MR images, to the more specific SC Equipment in Secondary Capture.
    annex = annex_of(tmp_path, (MR, {"Modality": "MR"}), (SC, {"Modality": "OT", "ConversionType": "WSD"}))
    for uid in (MR, SC):
        held = [r for t in annex.tables if uid in t.sop_classes for r in t.rows if r.path == "(0008,0060)"]
        assert len(held) == 1


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([["a", "b"], ["a", "b"]], ["a", "b"]),
        ([["a", "a/1", "a/3", "c"], ["a", "a/2", "c"]], ["a", "a/1", "a/2", "a/3", "c"]),
        ([["b", "a"], ["b", "c"]], ["b", "a", "c"]),
        ([["a", "h"], ["a", "a/1", "z"], ["h"]], ["a", "a/1", "h", "z"]),
        ([["b", "b/1"], ["d", "a"]], ["b", "b/1", "d", "a"]),
    ],
)
def test_merged_order(lists: list[list[str]], expected: list[str]) -> None:
    assert merged_order(lists) == expected
    assert merged_order(lists[::-1]) == expected


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (("[0 ... 5]", "[3 ... 9]"), True),
        (("[0 ... 5]", "4"), True),
        (("[0 ... 5]", "1\\2\\3"), True),
        (("[0 ... 5]", "7"), False),
        (("1", "2"), False),
        (("[0 ... 5]", "HEAD"), False),
        (("[0 ... 5]", ""), False),
    ],
)
def test_one_range(texts: tuple[str, ...], answer: bool) -> None:
    assert one_range(texts) is answer
