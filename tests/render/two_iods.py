"""A small corpus of two IODs that share tables, with private attributes and a macro, for round trips through a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian

from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile


def two_iods(folder: Path) -> Profile:
    """What was seen of 12 CT and 6 Enhanced CT images of three patients."""
    for number in range(18):
        enhanced = number % 3 == 2
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID = EnhancedCTImageStorage if enhanced else CTImageStorage
        patient = number // 6
        data.StudyInstanceUID = f"1.2.826.0.1.3680043.10.2.{patient + 1}"
        data.SeriesInstanceUID = f"{data.StudyInstanceUID}.{number // 3 + 1}"
        data.SOPInstanceUID = f"{data.SeriesInstanceUID}.{number + 1}"
        data.PatientName = f"Doe^{patient}"
        data.PatientID = f"P{patient}"
        data.PatientSex = "O"
        data.Modality = "CT"
        data.Manufacturer = "TWO"
        axial = number % 2 == 0
        data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL" if axial else "LOCALIZER"]
        if axial:
            data.SliceThickness = "2.5"
        data.ConvolutionKernel = f"K{number // 2 % 3}"
        block = data.private_block(0x0029, "TWO 1", create=True)
        block.add_new(0x01, "CS", "FAST" if axial else "SLOW")
        block.add_new(0x02, "DS", str(number))
        if axial:
            block.add_new(0x03, "CS", "ON")
        if enhanced:
            measures = Dataset()
            measures.PixelSpacing = ["1", "1"]
            frame = Dataset()
            frame.PixelMeasuresSequence = [measures]
            data.PerFrameFunctionalGroupsSequence = [frame]
        data.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    return scan([folder])
