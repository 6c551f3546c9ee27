"""Enhanced MR instances for tests, whose frames differ in what they have."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"


def frame(directionality: str, position: float) -> Dataset:
    """A frame of a diffusion image; only a DIRECTIONAL one has the direction."""
    item, diffusion, plane = Dataset(), Dataset(), Dataset()
    diffusion.DiffusionDirectionality = directionality
    if directionality == "DIRECTIONAL":
        gradient = Dataset()
        gradient.DiffusionGradientOrientation = [1.0, 0.0, position]
        diffusion.DiffusionGradientDirectionSequence = [gradient]
    plane.ImagePositionPatient = [0.0, 0.0, position]
    item.PlanePositionSequence = [plane]
    item.MRDiffusionSequence = [diffusion]
    return item


def enhanced(series: int, frames: Sequence[Dataset], *, shared: Sequence[Dataset] = ()) -> Dataset:
    """An instance of the series with this number."""
    data_set = Dataset()
    data_set.SOPClassUID = ENHANCED_MR
    data_set.SOPInstanceUID = generate_uid(entropy_srcs=[f"instance {series}"])
    data_set.StudyInstanceUID = generate_uid(entropy_srcs=[f"study {series // 2}"])
    data_set.SeriesInstanceUID = generate_uid(entropy_srcs=[f"series {series}"])
    data_set.PatientID = f"PATIENT{series // 2}"
    data_set.Manufacturer = "ACME"
    data_set.SharedFunctionalGroupsSequence = list(shared) or [Dataset()]
    data_set.PerFrameFunctionalGroupsSequence = list(frames)
    return data_set


def encoded(data_set: Dataset, *, implicit: bool = False) -> bytes:
    """The instance as a file."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = data_set.SOPClassUID
    meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    data_set.file_meta = meta
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
