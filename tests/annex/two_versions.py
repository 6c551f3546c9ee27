"""A product in two versions, built element by element: what the second does differently is a list of named changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CT, MR, US, CR, SR = (f"1.2.840.10008.5.1.4.1.1.{suffix}" for suffix in ("2", "4.1", "6.1", "1", "88.33"))
SERIES, SLICES, STUDIES = 16, 2, 4
ROOT = "1.2.826.0.1.3680043.10.7"


@dataclass(frozen=True, slots=True)
class Place:
    """Which instance is made: its SOP Class, study, series and number, and whether it is axial (every other series)."""

    sop_class: str
    study: int
    series: int
    number: int

    @property
    def axial(self) -> bool:
        return bool(self.series % 2)


def write(folder: Path, change: Callable[[Dataset, Place], object] | None = None, extra: tuple[str, ...] = ()) -> Path:
    """The corpus of one version; `change` does to each instance what this version does differently."""
    folder.mkdir(parents=True, exist_ok=True)
    for sop_class in (CT, MR, SR, *(extra or (CR,))):
        for series in range(SERIES):
            for number in range(SLICES if sop_class == CT else 1):
                place = Place(sop_class, series % STUDIES, series, number)
                data = _MAKERS[sop_class](place)
                if change is not None:
                    change(data, place)
                data.save_as(folder / f"{sop_class}-{series}-{number}.dcm", enforce_file_format=True)
    return folder


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def item_of(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def _instance(place: Place) -> Dataset:
    data = Dataset()
    kind = place.sop_class.removeprefix("1.2.840.10008.5.1.4.1.1.")
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = UID(place.sop_class)
    data.SOPInstanceUID = f"{ROOT}.1.{kind}.{place.study}.{place.series}.{place.number}"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.StudyInstanceUID = f"{ROOT}.2.{place.study}"
    data.SeriesInstanceUID = f"{ROOT}.3.{kind}.{place.series}"
    data.SpecificCharacterSet = "ISO_IR 100"
    data.Manufacturer, data.ManufacturerModelName, data.SoftwareVersions = "ACME", "Two", "1.0"
    data.PatientID = f"patient {place.study}"
    data.PatientName = f"Name^{place.study}"
    data.PatientSex = "F" if place.study % 2 else "M"
    data.PatientBirthDate, data.StudyID, data.AccessionNumber = "", str(place.study), f"A{place.study}"
    data.StudyDate = data.SeriesDate = f"2026010{place.study + 1}"
    data.StudyTime = f"1{place.study}0000"
    data.ReferringPhysicianName = ""
    data.SeriesNumber, data.InstanceNumber = place.series, place.number + 1
    return data


def _pixels(data: Dataset) -> None:
    data.Rows = data.Columns = 2
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PixelData = bytes(8)


def _ct(place: Place) -> Dataset:
    data = _instance(place)
    data.Modality = "CT"
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL" if place.axial else "LOCALIZER"]
    data.ScanOptions = ("HELIX", "AXIAL", "SCOUT")[place.series % 3]
    data.KVP, data.XRayTubeCurrent = 120, 100 + place.series
    data.ConvolutionKernel = "SOFT"
    data.PatientPosition = "HFS"
    data.ProtocolName = ""
    data.BodyPartExamined = "HEAD"
    data.FilterType = "WEDGE"
    data.StationName = "CT1"
    data.InstitutionName = "ACME General"
    if place.axial:
        data.SliceLocation = float(place.number)
        data.GantryDetectorTilt = 0
    data.ExposureTime = 500
    data.ContrastBolusAgent = "NONE"
    data.AcquisitionNumber = 1
    data.ProcedureCodeSequence = Sequence([code("RPID1", "RADLEX", "CT Head")])
    data.AnatomicRegionSequence = Sequence([code("69536005", "SCT", "Head")])
    data.RequestAttributesSequence = Sequence([item_of(RequestedProcedureID="R", ScheduledProcedureStepID="S")])
    data.SourceImageSequence = Sequence([item_of(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=f"{ROOT}.9")])
    block = data.private_block(0x0029, "ACME ONE", create=True)
    block.add_new(0x01, "LO", "MODE A")
    block.add_new(0x02, "IS", 7)
    block.add_new(0x03, "DS", [1.5, 2.5])
    block.add_new(0x04, "CS", "ON")
    block.add_new(0x05, "SQ", [item_of(KVP=80)])
    block.add_new(0x06, "CS", "FIRST")
    other = data.private_block(0x0031, "ACME TWO", create=True)
    other.add_new(0x01, "CS", "X")
    _pixels(data)
    return data


def _mr(place: Place) -> Dataset:
    data = _instance(place)
    data.Modality = "MR"
    data.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    data.NumberOfFrames = 2
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([item_of(PixelSpacing=[1.0, 1.0], SliceThickness=2.0)])
    shared.MRModifierSequence = Sequence([item_of(InversionRecovery="NO", FlowCompensation="NONE")])
    shared.PlaneOrientationSequence = Sequence([item_of(ImageOrientationPatient=[1.0, 0, 0, 0, 1.0, 0])])
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    frames = []
    for number in range(2):
        frame = Dataset()
        frame.FrameContentSequence = Sequence([item_of(FrameAcquisitionNumber=number + 1)])
        frame.PlanePositionSequence = Sequence([item_of(ImagePositionPatient=[0.0, 0.0, float(number + place.series)])])
        frame.MREchoSequence = Sequence([item_of(EffectiveEchoTime=10.0 + number)])
        frames.append(frame)
    data.PerFrameFunctionalGroupsSequence = Sequence(frames)
    _pixels(data)
    return data


def _cr(place: Place) -> Dataset:
    data = _instance(place)
    data.Modality = "CR"
    data.BodyPartExamined = "CHEST"
    _pixels(data)
    return data


def _us(place: Place) -> Dataset:
    data = _instance(place)
    data.Modality = "US"
    data.ImageType = ["ORIGINAL", "PRIMARY"]
    _pixels(data)
    return data


def content(relationship: str, value_type: str, concept: Dataset, **attributes: object) -> Dataset:
    return item_of(
        RelationshipType=relationship, ValueType=value_type, ConceptNameCodeSequence=Sequence([concept]), **attributes
    )


LANGUAGE = code("121049", "DCM", "Language of Content Item and Descendants")
OBSERVER = code("121005", "DCM", "Observer Type")
FINDING = code("121071", "DCM", "Finding")
LENGTH = code("410668003", "SCT", "Length")
COMMENT = code("121106", "DCM", "Comment")


def number_item(concept: Dataset, value: str, unit: Dataset) -> Dataset:
    measured = item_of(NumericValue=value, MeasurementUnitsCodeSequence=Sequence([unit]))
    return content("CONTAINS", "NUM", concept, MeasuredValueSequence=Sequence([measured]))


def _sr(place: Place) -> Dataset:
    data = _instance(place)
    data.Modality = "SR"
    data.ValueType, data.ContinuityOfContent = "CONTAINER", "SEPARATE"
    data.ConceptNameCodeSequence = Sequence([code("126000", "DCM", "Imaging Measurement Report")])
    data.ContentTemplateSequence = Sequence([item_of(MappingResource="DCMR", TemplateIdentifier="1500")])
    data.CompletionFlag, data.VerificationFlag = "COMPLETE", "UNVERIFIED"
    data.ContentDate, data.ContentTime = "20260101", "101010"
    english = code("en", "RFC5646", "English")
    person = code("121006", "DCM", "Person")
    finding = code("108369006", "SCT", "Neoplasm") if place.axial else code("4147007", "SCT", "Mass")
    data.ContentSequence = Sequence(
        [
            content("HAS CONCEPT MOD", "CODE", LANGUAGE, ConceptCodeSequence=Sequence([english])),
            content("HAS OBS CONTEXT", "CODE", OBSERVER, ConceptCodeSequence=Sequence([person])),
            content("CONTAINS", "CODE", FINDING, ConceptCodeSequence=Sequence([finding])),
            number_item(LENGTH, "5", code("mm", "UCUM", "millimeter")),
            content("CONTAINS", "TEXT", COMMENT, TextValue="none"),
        ]
    )
    return data


_MAKERS = {CT: _ct, MR: _mr, US: _us, CR: _cr, SR: _sr}


def compressed(data: Dataset) -> None:
    """Say RLE Lossless in the file meta information; the Pixel Data are encapsulated to match."""
    from pydicom.encaps import encapsulate

    data.file_meta.TransferSyntaxUID = RLELossless
    data.PixelData = encapsulate([bytes(64)])
    data["PixelData"].is_undefined_length = True
