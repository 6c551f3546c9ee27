"""Mandatory Functional Group Macros that instances with frames lack, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from annexgen.standard import iods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
PER_FRAME = "(5200,9230)"
FRAME_CONTENT, PIXEL_MEASURES = 0x00209111, 0x00289110


def item(*roots: int) -> Dataset:
    """A functional group with an item in each of these Sequences."""
    made = Dataset()
    for root in roots:
        made.add_new(root, "SQ", [Dataset()])
    return made


def write(folder: Path, number: int, shared: Sequence[Dataset], frames: Sequence[Dataset]) -> None:
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = ENHANCED_MR, f"1.2.3.{number}"
    data_set.StudyInstanceUID = data_set.SeriesInstanceUID = f"1.2.4.{number}"
    data_set.SharedFunctionalGroupsSequence = list(shared)
    data_set.PerFrameFunctionalGroupsSequence = list(frames)
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data_set.file_meta.MediaStorageSOPClassUID = ENHANCED_MR
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    pydicom.dcmwrite(folder / f"{number}.dcm", data_set, enforce_file_format=True)


def absent(folder: Path) -> dict[str, int]:
    """The macros that are absent, by the path of their Sequence, with the number of instances."""
    return {
        finding.path.removeprefix(f"{PER_FRAME}/"): finding.count
        for finding in build_annex(scan([folder])).findings
        if finding.code == "mandatory-absent"
        and finding.path.startswith(f"{PER_FRAME}/")
        and finding.path.count("/") == 1
    }


def test_shared_or_per_frame_is_there(tmp_path: Path) -> None:
    write(tmp_path, 1, [item(PIXEL_MEASURES)], [item(FRAME_CONTENT), item(FRAME_CONTENT)])
    write(tmp_path, 2, [Dataset()], [item(FRAME_CONTENT, PIXEL_MEASURES)])
    write(tmp_path, 3, [Dataset()], [item(FRAME_CONTENT)])
    expected = {
        f"({macro.root >> 16:04X},{macro.root & 0xFFFF:04X})": 3
        for macro in iods.functional_group_macros("enhanced-mr-image")
        if macro.usage == "M" and macro.root != FRAME_CONTENT
    }
    assert len(expected) > 1
    expected["(0028,9110)"] = 1
    assert absent(tmp_path) == expected


def test_instances_without_frames_lack_the_module_not_its_macros(tmp_path: Path) -> None:
    write(tmp_path, 1, [Dataset()], [])
    assert absent(tmp_path) == {}
