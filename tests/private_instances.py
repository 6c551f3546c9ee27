"""Instances with private attributes, as tests need them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

if TYPE_CHECKING:
    from pathlib import Path

CREATOR = "ACME PRIVATE^1"


def instance(number: int = 0, patient: str = "Quetzalcoatl^Wilhelmina", uid: str = "") -> Dataset:
    """A CT instance of a patient, without private attributes."""
    data_set = Dataset()
    data_set.SOPClassUID = CTImageStorage
    data_set.SOPInstanceUID = uid or generate_uid(entropy_srcs=["instance", patient, str(number)])
    data_set.StudyInstanceUID = generate_uid(entropy_srcs=["study", patient])
    data_set.SeriesInstanceUID = generate_uid(entropy_srcs=["series", patient])
    data_set.StudyDate = "20210304"
    data_set.PatientName = patient
    data_set.PatientID = "PATID-77123"
    data_set.PatientBirthDate = "19531127"
    data_set.AccessionNumber = "ACC990817"
    data_set.Modality = "CT"
    data_set.Manufacturer = "ACME"
    return data_set


def save(data_set: Dataset, path: Path) -> None:
    """Write an instance."""
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set.save_as(path, enforce_file_format=True)
