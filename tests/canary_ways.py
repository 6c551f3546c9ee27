"""Ways in which a product may write who somebody is where nobody looks for it: other spellings, other persons, other places."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ComprehensiveSRStorage, CTImageStorage, MediaStorageDirectoryStorage

from tests.private_instances import CREATOR, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROOT = "1.2.826.0.1.3680043.10.9754"
"""Of UIDs that are no markers."""


def code(value: str, meaning: str, scheme: str = "99ZZ") -> Dataset:
    """An item of a code Sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


class Ways:
    """Writes the instances of each way into a folder, and remembers the markers.

    Args:
        folder: where files go.
        prefix: how their names begin.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self.given: list[str] = []
        self.folder = folder
        self._prefix = prefix
        self._number = 0

    def instance(self, name: str, patient_id: str = "", **attributes: object) -> Dataset:
        """An instance of a patient of its own."""
        self._number += 1
        data_set = Dataset()
        data_set.SOPClassUID, data_set.Modality, data_set.Manufacturer = CTImageStorage, "CT", "ACME"
        data_set.SOPInstanceUID = f"{ROOT}.{self._number}.1"
        data_set.StudyInstanceUID = f"{ROOT}.{self._number}.2"
        data_set.SeriesInstanceUID = f"{ROOT}.{self._number}.3"
        data_set.SpecificCharacterSet = "ISO_IR 192"
        data_set.PatientName, data_set.PatientID = name, patient_id or f"way-{self._number}"
        for keyword, value in attributes.items():
            setattr(data_set, keyword, value)
        return data_set

    def write(self, data_set: Dataset, *markers: str) -> Path:
        """Write an instance, of which these may not come out."""
        self.given += [marker for marker in markers if marker not in self.given]
        path = self.folder / f"{self._prefix}-way-{self._number}.dcm"
        save(data_set, path)
        return path

    def region(self, meaning: str, name: str, *markers: str, value: str = "", **attributes: object) -> None:
        """Write an instance with a code that nobody else has: what it says is printed from the first patient on."""
        data_set = self.instance(name, **attributes)  # type: ignore[arg-type]
        item = code(value or f"Q{self._number}", meaning)
        data_set.AnatomicRegionSequence = Sequence([item])
        self.write(data_set, *markers)

    def creator(self, creator: str, name: str, marker: str, **attributes: object) -> None:
        """Write an instance with a Private Creator of its own."""
        data_set = self.instance(name, **attributes)  # type: ignore[arg-type]
        data_set.private_block(0x0035, creator, create=True).add_new(1, "LO", "x")
        self.write(data_set, marker)

    def third(self, person: str, change: Callable[[Dataset], None], **known: str) -> None:
        """Write an instance that names a person, and of two other patients each one whose text speaks of that person."""
        if known:
            self.write(self.instance("Anybody^A", **known), person)  # type: ignore[arg-type]
        for _ in range(2):
            data_set = self.instance("Anybody^B")
            change(data_set)
            self.write(data_set, person)


def private(data_set: Dataset, vr: str, value: object, element: int) -> None:
    """Add a private element."""
    data_set.private_block(0x0029, CREATOR, create=True).add_new(element, vr, value)


def report(data_set: Dataset, value_type: str, keyword: str = "", value: object = None) -> Dataset:
    """Make an instance a report with one Content Item, which is returned."""
    data_set.SOPClassUID, data_set.Modality, data_set.ValueType = ComprehensiveSRStorage, "SR", "CONTAINER"
    data_set.ConceptNameCodeSequence = Sequence([code("121070", "Findings", "DCM")])
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", value_type
    item.ConceptNameCodeSequence = Sequence([code("121071", "Finding", "DCM")])
    if keyword:
        setattr(item, keyword, value)
    data_set.ContentSequence = Sequence([item])
    return item


def measured(number: object, vr: str = "DS") -> Sequence:
    """The value of a NUM."""
    item = Dataset()
    item.add_new(0x0040A30A, vr, number)
    item.MeasurementUnitsCodeSequence = Sequence([code("1", "no units", "UCUM")])
    return Sequence([item])


def write_ways(folder: Path, prefix: str) -> list[str]:
    """Write all of them; returns the markers."""
    ways = Ways(folder, prefix)
    _other_persons(ways)
    _spellings(ways)
    _values(ways)
    _terms(ways)
    _one_person(ways)
    _damaged(ways, prefix)
    return ways.given


def _other_persons(ways: Ways) -> None:
    def text(keyword: str, value: str) -> Callable[[Dataset], None]:
        return lambda data_set: setattr(data_set, keyword, value)

    ways.third("Kwasniewska", text("ReconstructionDescription", "by Kwasniewska at 3"), OperatorsName="Kwasniewska^A")
    ways.third(
        "Zbignieworl", lambda d: private(d, "LO", "for Zbignieworl only", 0x50), ReferringPhysicianName="Zbignieworl"
    )
    ways.third("Quirinowitsch", text("RTImageDescription", "as told by Dr. Quirinowitsch"))
    ways.third(
        "Wolkenstayn",
        lambda d: _add_text(d, "discussed with Wolkenstayn"),
        PerformingPhysicianName="Wolkenstayn^Uta",
    )
    ways.third(
        "藤原紀香",
        text("ReconstructionDescription", "checked 藤原紀香先生"),
        OperatorsName="Fujiwaraq^Norikaq=藤原^紀香",
    )

    def of_institution(data_set: Dataset) -> None:
        data_set.InstitutionName = "Sankt Hospitalzx Klinik"
        data_set.AcquisitionProtocolName = "Sankt Hospitalzx Klinik head"

    ways.third("Hospitalzx", of_institution)
    ways.write(ways.instance("Anybody^C", OperatorsName="Anderswoda^x"), "Anderswoda")
    ways.region("room of Anderswoda", "Anybody^D", "Anderswoda")
    ways.write(ways.instance("Anybody^E", OperatorsName="Privcsfree^x"), "Privcsfree")
    data_set = ways.instance("Anybody^F", ScanOptions="PRIVCSFREE")
    private(data_set, "CS", "PRIVCSFREE", 0x51)
    ways.write(data_set)


def _add_text(data_set: Dataset, text: str) -> None:
    report(data_set, "TEXT", "TextValue", text)


def _spellings(ways: Ways) -> None:
    for form in ("29.09.2017", "29/09/2017", "09/29/2017", "29SEP2017", "September 29, 2017", "29. September 2017"):
        ways.region(f"born {form} or so", "Anybody^G", form, PatientBirthDate="20170929")
    ways.region("山田太郎 胸部", "Yamadaq^Tarouq=山田^太郎=やまだ^たろう", "山田太郎")
    ways.region("李明", "Liq^Mingq=李^明", "李明")
    ways.region("홍길동 knee", "Hongq^Gildongq==홍^길동", "홍길동")
    ways.region("arm of Muellerinsky", "Müllerinsky^x", "Muellerinsky")
    ways.region("arm of Zoe\u0308linski", "Zoëlinski^x", "Zoe\u0308linski", "Zoëlinski")
    ways.creator("OF Garconeau", "Garçonéau^x", "Garconeau")
    ways.creator("FOR Hyphenella", "Hyphenella-Doublebarrel^x", "Hyphenella")
    ways.region("arm", "O'BRIENZKY^x", "OBRIENZKY", value="OBRIENZKY")
    ways.region("knee of Ng Ai", "Ng^Ai", "Ng Ai")
    ways.creator("PQX0012345", "Anybody^H", "PQX0012345", patient_id="PQX-001.2345")
    ways.region("arm", "Anybody^I", "9988776", value="9988776", patient_id="0009988776")
    ways.region(
        "arm", "Anybody^J", "ORDER778899", value="ORDER778899", PlacerOrderNumberImagingServiceRequest="ORDER778899"
    )
    ways.creator("STUDYID7788", "Anybody^K", "STUDYID7788", StudyID="STUDYID7788")
    data_set = ways.instance("Standardeva^x")
    data_set.AnatomicRegionSequence = Sequence([code("72696002", "Knee of Standardeva", "SCT")])
    ways.write(data_set, "Standardeva")


def _values(ways: Ways) -> None:
    ways.write(ways.instance("BRZOZOWA^EWA", ScanOptions="BRZOZOWA EWA"), "BRZOZOWA")
    ways.write(ways.instance("Anybody^L", "QTERMINID9", BodyPartExamined="QTERMINID9_HEAD"), "QTERMINID9")
    ways.write(ways.instance("Anybody^M", SeriesNumber="19220929", PatientBirthDate="19220929"), "19220929")
    data_set = ways.instance("Anybody^N", "88899912345")
    data_set.add_new(0x00181152, "DS", "88899912345.0")
    ways.write(data_set, "88899912345")
    data_set = ways.instance("Anybody^O", PatientBirthDate="19320828")
    private(data_set, "DS", "19320828.0", 0x52)
    private(data_set, "FD", 19320828.0, 0x53)
    ways.write(data_set, "19320828")
    data_set = ways.instance("Numberlist^x")
    private(data_set, "US", [*map(ord, "Numberlist"), 0], 0x54)
    ways.write(data_set, "\\".join(str(ord(letter)) for letter in "Numberlist"), "Numberlist")
    data_set = ways.instance("Anybody^P")
    data_set.add_new(0x00181210, "CS", "Kernelowitsch")
    ways.write(data_set, "Kernelowitsch")
    data_set = ways.instance("Anybody^Q")
    data_set.add_new(0x00181152, "LO", "Lukaszenkoq")
    _replace(ways.write(data_set, "Lukaszenkoq"), b"\x18\x00\x52\x11LO", b"\x18\x00\x52\x11IS")
    for keyword in ("ReferencedImageSequence", ""):
        marker = f"{ROOT}.77{len(keyword)}.1"
        reference: Any = Dataset()
        reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = marker, f"{ROOT}.1"
        data_set = ways.instance("Anybody^R")
        if keyword:
            setattr(data_set, keyword, Sequence([reference]))
        else:
            report(data_set, "IMAGE", "ReferencedSOPSequence", Sequence([reference]))
        ways.write(data_set, marker)


def _terms(ways: Ways) -> None:
    for keyword in ("ValueType", "RelationshipType", "ContinuityOfContent", "GraphicType", "TemplateIdentifier"):
        marker = f"XQ{keyword.upper()[:10]}"
        data_set = ways.instance(f"{marker}^x")
        item = report(data_set, "SCOORD" if keyword == "GraphicType" else "CONTAINER")
        if keyword == "TemplateIdentifier":
            template = Dataset()
            template.MappingResource, template.TemplateIdentifier = "DCMR", marker
            item.ContentTemplateSequence = Sequence([template])
        else:
            setattr(item, keyword, marker)
        ways.write(data_set, marker)
    data_set = ways.instance("Anybody^S", "77788812345")
    report(data_set, "NUM", "MeasuredValueSequence", measured("77788812345"))
    ways.write(data_set, "77788812345")
    data_set = ways.instance("Xaverpolq^x")
    report(data_set, "NUM", "MeasuredValueSequence", measured("Xaverpolq", "LO"))
    ways.write(data_set, "Xaverpolq")
    ways.write(ways.instance("XQCHARSET^x", SpecificCharacterSet="XQCHARSET"), "XQCHARSET")
    ways.write(ways.instance("Anybody^T", SOPClassUID=f"{ROOT}.88.1", SOPInstanceUID=f"{ROOT}.88.1"), f"{ROOT}.88.1")
    path = ways.write(ways.instance("XQTRANSFER^x"), "XQTRANSFER")
    _replace(path, b"1.2.840.10008.1.2.1", b"XQTRANSFER         ")
    path = ways.write(ways.instance("XQSOPCLASS^x"), "XQSOPCLASS")
    _replace(path, b"1.2.840.10008.5.1.4.1.1.2", b"XQSOPCLASS               ")
    record = Dataset()
    record.DirectoryRecordType, record.PatientName, record.PatientID = "XQRECORD", "XQRECORD^x", "way-record"
    _directory(ways, "record", [record])
    ways.given.append("XQRECORD")


def _one_person(ways: Ways) -> None:
    """Text of one person, who looks like two."""
    for patient_id, text in (("55501", "onenote"), ("0055501", "onenote"), ("way-one", "twonote"), ("", "twonote")):
        data_set = ways.instance("Onlyperson^x", patient_id)
        data_set.PatientID = patient_id
        private(data_set, "LO", f"note {text}zq", 0x55)
        ways.write(data_set, f"{text}zq")
    for medium in "AB":
        records = []
        for name, text in ((f"Other{medium}", ""), ("Sameperson", "dirnotezq")):
            record = Dataset()
            record.DirectoryRecordType, record.PatientName, record.PatientID = "PATIENT", f"{name}^x", f"{name}-id"
            if text:
                record.private_block(0x0011, CREATOR, create=True).add_new(1, "LO", text)
            records.append(record)
        _directory(ways, f"medium-{medium}", records)
    ways.given.append("dirnotezq")


def _directory(ways: Ways, name: str, records: list[Dataset]) -> None:
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = (
        MediaStorageDirectoryStorage,
        f"{ROOT}.99.{len(name)}{ord(name[-1])}",
    )
    data_set.DirectoryRecordSequence = Sequence(records)
    save(data_set, ways.folder / name / "DICOMDIR")


def _damaged(ways: Ways, prefix: str) -> None:
    """Files that end before they say whose they are, and archives whose errors name a member."""
    for name, kept in (("Truncatowa", 60), ("Boundarova", -1)):
        data_set = ways.instance(f"{name}^x")
        data_set.private_block(0x0009, f"OF {name}", create=True).add_new(1, "LO", "y" * 64)
        path = ways.write(data_set, name)
        whole = path.read_bytes()
        patient = whole.index(b"\x10\x00\x10\x00PN")
        path.write_bytes(whole[: patient if kept < 0 else patient - kept])
    for name, old, new in (("Zipmemberova", b"ACME", b"ACMF"), ("Ziphdrova", b"Ziphdrova", b"Ziphdrovb")):
        whole = ways.write(ways.instance("Anybody^U")).read_bytes()
        archive = ways.folder / f"{prefix}-{name[:4]}{len(name)}.zip"
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr(f"{name}.dcm", whole)
        packed = archive.read_bytes()
        archive.write_bytes(packed.replace(old, new, 1))
        ways.given.append(name)


def _replace(path: Path, old: bytes, new: bytes) -> None:
    whole = path.read_bytes()
    assert old in whole
    path.write_bytes(whole.replace(old, new))
