"""Two firmware versions of an invented scanner with 200 private attributes, built element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile

CT = str(CTImageStorage)
CREATOR = "FIRM 1"
ATTRIBUTES = 200
STUDIES, SERIES, SLICES = 3, 4, 2
GONE = range(0, 3)
NEW_VALUE = range(3, 6)
SOMETIMES = range(6, 9)
COUNTER_EXAMPLE = range(9, 12)
NO_LONGER_EMPTY = range(12, 15)
CONDITIONAL = range(9, 40)
EMPTY = range(40, 60)


def path(number: int) -> str:
    """The element path of one of the 200 attributes."""
    return f'(0029,xx{0x10 + number:02X},"{CREATOR}")'


def empty(number: int) -> bool:
    """Whether the first firmware sends the attribute without a value."""
    return number in EMPTY or number in NO_LONGER_EMPTY


def conditional(number: int) -> bool:
    """Whether the first firmware sends the attribute in axial images only."""
    return number in CONDITIONAL and number not in NO_LONGER_EMPTY


def profile(folder: Path, *, second: bool) -> Profile:
    """What was seen of one of the two versions."""
    folder.mkdir(parents=True, exist_ok=True)
    for study in range(STUDIES):
        for series in range(SERIES):
            for number in range(SLICES):
                data = instance(study, series, number, second=second)
                data.save_as(folder / f"{study}-{series}-{number}.dcm", enforce_file_format=True)
    return scan([folder])


def instance(study: int, series: int, number: int, *, second: bool) -> Dataset:
    """One image; those of odd series are axial, the others localizers."""
    axial = bool(series % 2)
    uid = f"1.2.826.0.1.3680043.10.1.{study + 1}.{series + 1}"
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = CT
    data.SOPInstanceUID = f"{uid}.{number + 1}"
    data.StudyInstanceUID = f"1.2.826.0.1.3680043.10.1.{study + 1}"
    data.SeriesInstanceUID = uid
    data.PatientID = f"P{study}"
    data.Modality = "CT"
    data.Manufacturer = "FIRM"
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL" if axial else "LOCALIZER"]
    block = data.private_block(0x0029, CREATOR, create=True)
    for n in range(ATTRIBUTES):
        if conditional(n) and axial is (second and n in COUNTER_EXAMPLE):
            continue
        if second and (n in GONE or (n in SOMETIMES and series == 0)):
            continue
        value = f"V{n}"
        if empty(n) and not (second and n in NO_LONGER_EMPTY):
            value = ""
        if second and n in NEW_VALUE and series == 2:
            value = "OTHER"
        block.add_new(0x10 + n, "CS", value)
    return data
