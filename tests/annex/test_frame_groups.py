"""Functional groups of selected frames and of the current frame: described as those of every frame are (PS3.3 C.7.6.27, C.7.6.29)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.annex.build import build_annex
from annexgen.annex.iod_sections import EXTENSION
from annexgen.corpus.instance import read_instance
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Table

CONTINUOUS_RT = "1.2.840.10008.5.1.4.1.1.481.24"
VIDEO_ENDOSCOPIC = "1.2.840.10008.10.1"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
SELECTED, CURRENT, PER_FRAME, SHARED = 0x30020101, 0x00060001, 0x52009230, 0x52009229
SELECTED_FRAME_NUMBER = 0x30020100
PIXEL_MEASURES, FRAME_CONTENT, PLANE_POSITION = 0x00289110, 0x00209111, 0x00209113
SERIES = 12


def sequence(into: Dataset, tag: int, *items: Dataset) -> None:
    into.add_new(tag, "SQ", list(items))


def frame(number: int, modality: str) -> Dataset:
    """A frame with Frame Content and a private attribute, with Plane Position where the modality is RTIMAGE."""
    made, content, plane = Dataset(), Dataset(), Dataset()
    content.FrameAcquisitionNumber = number
    sequence(made, FRAME_CONTENT, content)
    if modality == "RTIMAGE":
        plane.ImagePositionPatient = [0.0, 0.0, float(number)]
        sequence(made, PLANE_POSITION, plane)
    made.private_block(0x0029, "ACME FRAME", create=True).add_new(1, "SH", "fine")
    return made


def written(uid: str, outer: int, series: int) -> bytes:
    data_set, measures, shared = Dataset(), Dataset(), Dataset()
    data_set.SOPClassUID = uid
    data_set.SOPInstanceUID = generate_uid(entropy_srcs=[f"instance {uid} {series}"])
    data_set.StudyInstanceUID = generate_uid(entropy_srcs=[f"study {series}"])
    data_set.SeriesInstanceUID = generate_uid(entropy_srcs=[f"series {uid} {series}"])
    data_set.Modality = "RTIMAGE" if series % 2 else "OT"
    if outer != CURRENT:
        measures.PixelSpacing = [1.0, 1.0]
        sequence(shared, PIXEL_MEASURES, measures)
        sequence(data_set, SHARED, shared)
    items = [frame(number, data_set.Modality) for number in range(1 if outer == CURRENT else 3)]
    if outer == SELECTED:
        for number, item in enumerate(items):
            item.add_new(SELECTED_FRAME_NUMBER, "IS", 1 + 3 * number)
    sequence(data_set, outer, *items)
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data_set.file_meta.MediaStorageSOPClassUID = uid
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def annex_of(*kinds: tuple[str, int]) -> Annex:
    counting = Counting(Profile())
    for kind, (uid, outer) in enumerate(kinds):
        for series in range(SERIES):
            counting.count(written(uid, outer, series), f"{kind * SERIES + series:012x}")
    return build_annex(counting.finish())


def tables(annex: Annex, kind: str) -> list[Table]:
    return [table for table in annex.tables if table.kind == kind]


@pytest.mark.parametrize(
    ("uid", "outer", "named"),
    [
        (CONTINUOUS_RT, SELECTED, "Selected Frame Functional Groups Sequence (3002,0101)"),
        (VIDEO_ENDOSCOPIC, CURRENT, "Current Frame Functional Groups Sequence (0006,0001)"),
        (ENHANCED_CT, PER_FRAME, "Per-frame Functional Groups Sequence (5200,9230)"),
    ],
)
def test_macros_of_frames(uid: str, outer: int, named: str) -> None:
    annex = annex_of((uid, outer))

    (used,) = tables(annex, "functional_groups")
    rows = {row.cells["Functional Group Macro"].text: row for row in used.rows}
    usages = {name: row.cells["Usage"].text for name, row in rows.items()}
    shared = {} if outer == CURRENT else {"Pixel Measures": "SHARED"}
    plane_position = f"Plane Position (Patient){EXTENSION * (uid == VIDEO_ENDOSCOPIC)}"
    of_frames = ("Frame Content", plane_position, "Private Module ACME FRAME (0029)")
    assert usages == shared | dict.fromkeys(of_frames, "PER_FRAME")
    assert rows["Frame Content"].cells["Presence"].text == "ALWAYS"
    assert "Present if Modality (0008,0060) is RTIMAGE." in rows[plane_position].cells["Condition"].text
    (text,) = [text for section in annex.sections for text in section.text if text.startswith("- PER_FRAME")]
    assert text.endswith(f"are included in the {named}")

    prefix = f"({outer >> 16:04X},{outer & 0xFFFF:04X})"
    inside = [row.path for table in tables(annex, "module") for row in table.rows if row.path.startswith(f"{prefix}/")]
    assert inside == ([f"{prefix}/(3002,0100)"] if outer == SELECTED else [])
    (content,) = [table for table in tables(annex, "macro") if table.title.startswith("Frame Content")]
    assert [row.path for row in content.rows] == ["(0020,9111)", "(0020,9111)/(0020,9156)"]
    assert content.rows[1].covers == (f"{prefix}/(0020,9111)/(0020,9156)",)


def test_macros_shared_by_iods_name_all_their_sequences() -> None:
    annex = annex_of((CONTINUOUS_RT, SELECTED), (ENHANCED_CT, PER_FRAME))
    (section,) = [section for section in annex.sections if section.title == "Common Functional Group Macros"]
    assert {table.sop_classes for table in annex.tables if table.key in section.tables} == {
        (ENHANCED_CT, CONTINUOUS_RT)
    }
    assert section.text[0].endswith(
        "as part of the Per-frame Functional Groups Sequence (5200,9230) or Selected Frame Functional Groups Sequence "
        "(3002,0101) of enhanced image IODs."
    )


def test_missing_macros_are_told_where_they_should_stand() -> None:
    findings = [f for f in annex_of((CONTINUOUS_RT, SELECTED)).findings if f.code == "mandatory-absent"]
    missing = {f.path for f in findings if f.path.startswith("(3002,0101)/")}
    assert "(3002,0101)/(0020,9116)" in missing
    assert "(3002,0101)/(0020,9111)" not in missing
    assert "(3002,0101)/(0028,9110)" not in missing


@pytest.mark.parametrize(("uid", "outer"), [(CONTINUOUS_RT, SELECTED), (VIDEO_ENDOSCOPIC, CURRENT)])
def test_both_readers_see_the_same_frames(uid: str, outer: int) -> None:
    regular, tolerant = Counting(Profile()), Counting(Profile())
    for series in range(4):
        data = written(uid, outer, series)
        regular.count(data, f"{series:012x}")
        tolerant.add(read_instance(data), f"{series:012x}")
    frames = regular.finish().sop_classes[uid].frames
    assert frames
    assert frames == tolerant.finish().sop_classes[uid].frames
