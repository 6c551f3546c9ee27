"""A corpus in which everything that identifies carries a marker, wherever a product may have written it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from pydicom.datadict import DicomDictionary, dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    ComprehensiveSRStorage,
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
)

from annexgen.profile.privacy import PRODUCT_TAGS
from annexgen.standard.confidentiality import treated_attributes
from tests.canary_ways import write_ways
from tests.private_instances import CREATOR, instance, save

if TYPE_CHECKING:
    from pathlib import Path

FILE_MARKER = "zqfilename"
"""In the names of all files and folders."""
PATIENTS = 2
INSTANCES = 3
FREE_TEXT_GROUPS = (0x0008, 0x0010, 0x0018, 0x0020, 0x0032, 0x0038, 0x0040)
SCRIPTS = (
    ("ISO_IR 192", "Кузнецовский^Ярослав"),
    ("ISO_IR 100", "Müßgängerin^Ännchen"),
    ("ISO_IR 144", "Люкceмбypгcкaя^Poзa"),
    ("\\ISO 2022 IR 87", "Yamadazq^Tarouzq=山田花子郎^太郎左衛門=やまだはなころう^たろうざえもん"),
    ("\\ISO 2022 IR 149", "Hongzqx^Gildongzqx=洪吉洞子^吉洞子洪=홍길동자^길동자홍"),
    ("GB18030", "王小东北西^小东北西王"),
)


class Markers:
    """Gives values that occur nowhere else, and remembers them."""

    def __init__(self, patient: int) -> None:
        self.given: list[str] = []
        self._number = (patient + 1) * 100_000

    def text(self) -> str:
        self._number += 1
        self.given.append(f"ZQ{self._number}XV")
        return self.given[-1]

    def uid(self) -> str:
        self._number += 1
        self.given.append(f"1.2.826.0.1.3680043.10.9753.{self._number}")
        return self.given[-1]

    def date(self) -> str:
        self._number += 1
        self.given.append(
            f"{6300 + self._number // 300 % 2000:04d}{self._number // 28 % 12 + 1:02d}{self._number % 28 + 1:02d}"
        )
        return self.given[-1]

    def number(self) -> str:
        self._number += 1
        self.given.append(f"8642{self._number}")
        return self.given[-1]

    def value(self, vr: str) -> object:
        """A marked value of a VR; None for one that cannot carry a marker."""
        if vr in ("LO", "SH", "LT", "ST", "UT", "UC", "PN", "AE", "CS", "UR"):
            return self.text()
        if vr == "UI":
            return self.uid()
        if vr == "DA":
            return self.date()
        if vr == "DT":
            return self.date() + "101112"
        if vr in ("IS", "DS"):
            return self.number()
        if vr in ("OB", "UN", "OB or OW", "OW"):
            return b"\1\2" + self.text().encode() + b"\0\0"
        if vr == "SQ":
            item = code(self.text(), self.text(), "99ZZ")
            item.TextValue = self.text()
            return Sequence([item])
        return None


def code(value: str, meaning: str = "Findings", scheme: str = "DCM") -> Dataset:
    """An item of a code Sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def patient_data(markers: Markers, number: int) -> Dataset:
    """An instance with every attribute which PS3.15 Table E.1-1 treats, and with all free text of some groups."""
    data_set = instance(number)
    treated = {int(text, 16) for text in treated_attributes() if len(text) == 8 and "x" not in text}
    free = {
        tag
        for tag, (vr, *_) in DicomDictionary.items()
        if tag >> 16 in FREE_TEXT_GROUPS and vr in ("LO", "SH", "LT", "ST", "UT", "UC", "AE", "UR", "PN")
    }
    for tag in sorted(treated | free):
        if (
            not dictionary_has_tag(tag)
            or tag in PRODUCT_TAGS
            or tag >> 16 in (0x0000, 0x0002, 0x0004, 0xFFFA)
            or tag in (0x00080018, 0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120)
        ):
            continue
        vr = dictionary_VR(tag)
        value = markers.value(vr)
        if value is not None:
            data_set.add_new(tag, vr.split(" ")[0], value)
    return data_set


def add_private(data_set: Dataset, markers: Markers) -> None:
    """Private values with markers, and those that repeat the patient's data."""
    block = data_set.private_block(0x0029, CREATOR, create=True)
    patient, birth = str(data_set.PatientName), str(data_set.PatientBirthDate)
    values = [
        ("LO", markers.text()),
        ("UT", f"free text {markers.text()}"),
        ("PN", markers.text()),
        ("UI", markers.uid()),
        ("DA", markers.date()),
        ("UN", b"\1\2\3" + markers.text().encode()),
        ("OB", f"<?xml version='1.0'?><n>{patient}</n>".encode()),
        ("CS", patient),
        ("LO", str(data_set.PatientID)),
        ("UL", int(birth)),
        ("IS", birth),
        ("SH", str(data_set.AccessionNumber)[:16]),
        ("UT", "x" * 70_000 + markers.text()),
        ("UT", f"instance {data_set.SOPInstanceUID} of series {data_set.SeriesInstanceUID}"),
    ]
    for element, (vr, value) in enumerate(values, 1):
        block.add_new(element, vr, value)
    item = Dataset()
    item.PatientName, item.PatientComments = markers.text(), markers.text()
    item.private_block(0x0031, CREATOR, create=True).add_new(1, "LT", markers.text())
    block.add_new(0x40, "SQ", Sequence([item]))


def add_names(data_set: Dataset) -> None:
    """What names things, but holds who the patient is: Private Creators, codes, code strings."""
    patient, patient_id = str(data_set.PatientName), str(data_set.PatientID)
    data_set.ScanOptions = patient_id
    data_set.AnatomicRegionSequence = Sequence([code("KNEE", f"Knee of {patient}", "99ZZ")])
    data_set.PrimaryAnatomicStructureSequence = Sequence([code(patient_id, "Knee", "99ZZ")])
    item = Dataset()
    item.private_block(0x0033, f"OF {patient}", create=True).add_new(1, "LO", "x")
    block = data_set.private_block(0x0031, "ACME NAMES", create=True)
    block.add_new(1, "SQ", Sequence([item]))
    block.add_new(2, "SQ", Sequence([code("1", f"for {patient}", "99ZZ")]))
    block.add_new(3, "CS", str(data_set.OperatorsName))
    data_set.private_block(0x0035, f"BLOCK {patient_id}", create=True).add_new(1, "DS", "1")
    stated, definition = Dataset(), Dataset()
    stated.PrivateGroupReference, stated.PrivateCreatorReference = 0x0035, f"BLOCK {patient_id}"
    stated.BlockIdentifyingInformationStatus = "UNSAFE"
    definition.PrivateDataElement, definition.PrivateDataElementValueMultiplicity = 1, 1
    definition.PrivateDataElementValueRepresentation = "DS"
    definition.PrivateDataElementName, definition.PrivateDataElementDescription = patient, patient
    stated.PrivateDataElementDefinitionSequence = Sequence([definition])
    data_set.PrivateDataElementCharacteristicsSequence = Sequence([stated])


def enhanced(markers: Markers, number: int) -> Dataset:
    """Frames with marked labels, and private functional groups whose creator and values name the patient."""
    data_set = patient_data(markers, 200 + number)
    data_set.SOPClassUID = EnhancedMRImageStorage
    frames = []
    for _ in range(3):
        frame, content = Dataset(), Dataset()
        content.FrameComments, content.FrameLabel = markers.text(), markers.text()
        frame.FrameContentSequence = Sequence([content])
        frame.private_block(0x2005, f"FRAMES {data_set.PatientName}", create=True).add_new(1, "LO", markers.text())
        frame.private_block(0x2007, "ACME FRAMES", create=True).add_new(1, "CS", str(data_set.PatientID))
        frames.append(frame)
    data_set.NumberOfFrames = "3"
    data_set.SharedFunctionalGroupsSequence = Sequence([Dataset()])
    data_set.PerFrameFunctionalGroupsSequence = Sequence(frames)
    return data_set


def report(markers: Markers, number: int) -> Dataset:
    """A structured report with marked text, names, dates and UIDs, and codes that name the patient."""
    data_set = patient_data(markers, 100 + number)
    patient = str(data_set.PatientName)
    data_set.SOPClassUID = ComprehensiveSRStorage
    data_set.Modality = "SR"
    data_set.ValueType = "CONTAINER"
    data_set.ConceptNameCodeSequence = Sequence([code("121070")])
    measured = Dataset()
    measured.NumericValue = "7"
    measured.MeasurementUnitsCodeSequence = Sequence([code("u", f"units of {patient}", "99ZZ")])
    children = []
    for kind, keyword, value, concept in (
        ("TEXT", "TextValue", markers.text(), code("12110")),
        ("TEXT", "TextValue", f"seen {patient}", code("12111")),
        ("PNAME", "PersonName", markers.text(), code("12112")),
        ("DATE", "Date", markers.date(), code("12113")),
        ("DATETIME", "DateTime", markers.date() + "1112", code("12114")),
        ("UIDREF", "UID", markers.uid(), code("12115")),
        ("CODE", "ConceptCodeSequence", Sequence([code("P", f"Dr {patient}", "99ZZ")]), code("12116")),
        ("TEXT", "TextValue", "y", code(str(data_set.PatientID), f"Note on {patient}", "99ZZ")),
        ("NUM", "MeasuredValueSequence", Sequence([measured]), code("12117")),
    ):
        child = Dataset()
        child.RelationshipType, child.ValueType = "CONTAINS", kind
        child.ConceptNameCodeSequence = Sequence([concept])
        setattr(child, keyword, value)
        children.append(child)
    data_set.ContentSequence = Sequence(children)
    return data_set


def in_script(markers: Markers, number: int, character_set: str, name: str) -> Dataset:
    """A name outside of Latin-1, repeated in private and public text, in bytes, and in a Private Creator."""
    data_set = instance(300 + number)
    data_set.SpecificCharacterSet = character_set.split("\\")
    data_set.PatientName, data_set.PatientID = name, markers.text()
    parts = [part for group in name.split("=") for part in group.split("^")]
    markers.given += parts
    block = data_set.private_block(0x0029, CREATOR, create=True)
    block.add_new(1, "LO", parts[-1])
    block.add_new(2, "UT", f"text about {parts[-2]} and {parts[0]}")
    block.add_new(3, "OB", f"bytes of {parts[-1]}".encode())
    block.add_new(4, "OB", f"bytes of {parts[-1]}".encode("utf-16-le"))
    data_set.AcquisitionProtocolDescription = f"of {parts[-1]}"
    if character_set == "ISO_IR 100":
        data_set.private_block(0x0035, f"BLOCK {parts[0]}", create=True).add_new(1, "DS", "1")
    return data_set


def directory(markers: Markers) -> Dataset:
    """A DICOMDIR with marked file ids and private elements in its records."""
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = MediaStorageDirectoryStorage, markers.uid()
    data_set.FileSetID, data_set.FileSetDescriptorFileID = markers.text(), [markers.text(), markers.text()]
    records = []
    for kind in ("PATIENT", "IMAGE"):
        record = Dataset()
        record.DirectoryRecordType = kind
        record.ReferencedFileID = ["IMAGES", markers.text()]
        record.PatientName, record.PatientID = markers.text(), markers.text()
        record.private_block(0x0009, CREATOR, create=True).add_new(1, "LO", markers.text())
        record.private_block(0x0011, f"OF {record.PatientName}", create=True).add_new(1, "LO", markers.text())
        records.append(record)
    data_set.DirectoryRecordSequence = Sequence(records)
    return data_set


def worklist_item(markers: Markers) -> Dataset:
    """What a Modality Worklist returns, all marked."""
    data_set, step = Dataset(), Dataset()
    data_set.PatientName, data_set.PatientID, data_set.AccessionNumber = markers.text(), markers.text(), markers.text()
    data_set.RequestedProcedureDescription, data_set.StudyInstanceUID = markers.text(), markers.uid()
    step.ScheduledStationAETitle, step.ScheduledProcedureStepStartDate = markers.text(), markers.date()
    step.ScheduledPerformingPhysicianName, step.Modality = markers.text(), "CT"
    step.ScheduledProcedureStepDescription = markers.text()
    data_set.ScheduledProcedureStepSequence = Sequence([step])
    data_set.private_block(0x0029, f"OF {data_set.PatientName}", create=True).add_new(1, "LO", markers.text())
    return data_set


def write_corpus(folder: Path) -> list[str]:
    """Write all of it, with files that cannot be read among them; returns the markers."""
    given: list[str] = []
    for patient in range(PATIENTS):
        markers = Markers(patient)
        for number in range(INSTANCES):
            data_set = patient_data(markers, number + 10 * patient)
            add_private(data_set, markers)
            add_names(data_set)
            save(data_set, folder / f"{FILE_MARKER}-folder" / f"{FILE_MARKER}-{patient}-{number}.dcm")
        save(report(markers, patient), folder / f"{FILE_MARKER}-{patient}-sr.dcm")
        save(enhanced(markers, patient), folder / f"{FILE_MARKER}-{patient}-frames.dcm")
        given += markers.given
    markers = Markers(PATIENTS)
    for number, (character_set, name) in enumerate(SCRIPTS):
        save(in_script(markers, number, character_set, name), folder / f"{FILE_MARKER}-script-{number}.dcm")
    save(directory(markers), folder / "DICOMDIR")
    item = worklist_item(markers)
    item.file_meta = FileMetaDataset()
    item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    item.save_as(folder / f"{FILE_MARKER}-item.wl", enforce_file_format=False)
    _write_damaged(folder, markers)
    return given + markers.given + write_ways(folder, FILE_MARKER)


def _write_damaged(folder: Path, markers: Markers) -> None:
    """Files that are cut, no DICOM, or hold other VRs and other bytes than they should."""
    whole = (folder / f"{FILE_MARKER}-folder" / f"{FILE_MARKER}-0-0.dcm").read_bytes()
    for part in (2, 3, 5):
        (folder / f"{FILE_MARKER}-cut-{part}.dcm").write_bytes(whole[: len(whole) // part])
    (folder / f"{FILE_MARKER}-none.dcm").write_bytes(b"no DICOM: " + markers.text().encode())
    with zipfile.ZipFile(folder / f"{FILE_MARKER}.zip", "w") as archive:
        archive.writestr(f"{FILE_MARKER}-inside.dcm", whole)
        archive.writestr(f"{FILE_MARKER}-cut.dcm", whole[:2000])
    odd = instance(400)
    for tag, vr in ((0x00100010, "CS"), (0x00100020, "LT"), (0x00080020, "LO"), (0x00080080, "CS"), (0x00189073, "PN")):
        del odd[tag : tag + 1]
        odd.add_new(tag, vr, markers.text())
    odd.add_new(0x00200011, "LO", markers.text())
    odd.SpecificCharacterSet = "ISO_IR 192"
    odd.SequenceName = "badbytes"
    save(odd, folder / f"{FILE_MARKER}-odd.dcm")
    written = (folder / f"{FILE_MARKER}-odd.dcm").read_bytes().replace(b"badbytes", b"\xff\xfe\x80\x81\xc3\x28ab")
    (folder / f"{FILE_MARKER}-odd.dcm").write_bytes(written)
    series_number = b"\x20\x00\x11\x00LO"
    assert series_number in written
    for name, vr in (("unknown", b"ZZ"), ("none", b"\0\0"), ("number", b"IS")):
        other = written.replace(series_number, series_number[:4] + vr)
        (folder / f"{FILE_MARKER}-vr-{name}.dcm").write_bytes(other)
