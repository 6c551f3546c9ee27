"""No identifying value reaches anything that is written or printed: each carries a marker, and none is found again."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ComprehensiveSRStorage

from annexgen.profile.privacy import PRODUCT_TAGS
from annexgen.standard.confidentiality import treated_attributes
from tests.cli.test_commands import run
from tests.private_instances import CREATOR, instance, save

if TYPE_CHECKING:
    from pathlib import Path

FILE_MARKER = "zqfilename"
PATIENTS = 2
INSTANCES = 3


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
            item = Dataset()
            item.CodeMeaning, item.CodeValue, item.CodingSchemeDesignator = self.text(), self.text(), "99ZZ"
            item.TextValue = self.text()
            return Sequence([item])
        return None


def patient_data(markers: Markers, number: int) -> Dataset:
    """An instance that has every attribute which PS3.15 Table E.1-1 treats, and private ones that repeat them."""
    data_set = instance(number)
    for text in treated_attributes():
        if len(text) != 8 or "x" in text:
            continue
        tag = int(text, 16)
        if (
            not dictionary_has_tag(tag)
            or tag in PRODUCT_TAGS
            or tag >> 16 in (0x0000, 0x0002, 0x0004, 0xFFFA)
            or tag == 0x00080018
        ):
            continue
        vr = dictionary_VR(tag)
        value = markers.value(vr)
        if value is not None:
            data_set.add_new(tag, vr.split(" ")[0], value)
    return data_set


def add_private(data_set: Dataset, markers: Markers) -> None:
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
    ]
    for element, (vr, value) in enumerate(values, 1):
        block.add_new(element, vr, value)
    item = Dataset()
    item.PatientName, item.PatientComments = markers.text(), markers.text()
    item.private_block(0x0031, CREATOR, create=True).add_new(1, "LT", markers.text())
    block.add_new(0x40, "SQ", Sequence([item]))


def report(markers: Markers, number: int) -> Dataset:
    """A structured report with marked text, names, dates and UIDs."""
    data_set = patient_data(markers, 100 + number)
    data_set.SOPClassUID = ComprehensiveSRStorage
    data_set.Modality = "SR"
    data_set.ValueType = "CONTAINER"
    data_set.ConceptNameCodeSequence = Sequence([code("121070")])
    children = []
    for kind, keyword, value in (
        ("TEXT", "TextValue", markers.text()),
        ("PNAME", "PersonName", markers.text()),
        ("DATE", "Date", markers.date()),
        ("UIDREF", "UID", markers.uid()),
    ):
        child = Dataset()
        child.RelationshipType, child.ValueType = "CONTAINS", kind
        child.ConceptNameCodeSequence = Sequence([code(f"1211{len(children)}")])
        setattr(child, keyword, value)
        children.append(child)
    data_set.ContentSequence = Sequence(children)
    return data_set


def code(value: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", "Findings"
    return item


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("marked") / "corpus"
    given: list[str] = []
    for patient in range(PATIENTS):
        markers = Markers(patient)
        for number in range(INSTANCES):
            data_set = patient_data(markers, number + 10 * patient)
            add_private(data_set, markers)
            save(data_set, folder / f"{FILE_MARKER}-{patient}-{number}.dcm")
        save(report(markers, patient), folder / f"{FILE_MARKER}-{patient}-sr.dcm")
        given += markers.given
    damaged = (folder / f"{FILE_MARKER}-0-0.dcm").read_bytes()
    (folder / f"{FILE_MARKER}-cut.dcm").write_bytes(damaged[: len(damaged) // 2])
    (folder / f"{FILE_MARKER}-none.dcm").write_bytes(b"no DICOM: " + given[0].encode())
    assert len(set(given)) == len(given)
    return folder, given


def everything(folder: Path) -> dict[str, bytes]:
    """All bytes in a folder, archives and compressed files unpacked."""
    found: dict[str, bytes] = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        found[path.name] = path.name.encode() + data
        if data[:2] == b"\x1f\x8b":
            found[path.name] = gzip.decompress(data)
        elif data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
    return found


def leaks(data: bytes, markers: list[str]) -> list[str]:
    lowered = data.lower()
    return [m for m in markers if m.lower().encode() in lowered or m.encode("utf-16-le") in data]


def test_no_marker_comes_out(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    corpus, markers = marked
    (tmp_path / "salt").write_text("the salt of this test", encoding="utf-8")
    (tmp_path / "list.csv").write_text("creator,group,element\nACME,0029,01\n", encoding="utf-8")
    out = tmp_path / "out"
    formats = [part for name in ("json", "md", "html", "xlsx", "docx", "csv") for part in ("--format", name)]
    commands: list[tuple[set[int], list[object]]] = [
        ({0}, ["scan", corpus, "-o", out / "a.profile.json.gz", "--salt-file", tmp_path / "salt"]),
        ({0}, ["scan", corpus, "-o", out / "b.profile.json.gz", "--cache", out / "cache"]),
        ({0}, ["build", corpus, "-o", out / "direct", *formats]),
        ({0}, ["build", out / "a.profile.json.gz", "-o", out / "profile", *formats]),
        ({0}, ["show", corpus]),
        ({1}, ["audit", corpus, "--disclosed", tmp_path / "list.csv", "-o", out / "audit"]),
        ({0}, ["audit", corpus, "--disclosed", out / "direct" / "annex.json", "-o", out / "audit2"]),
        ({0}, ["private", "characteristics", corpus, "-o", out / "characteristics.json"]),
        ({0}, ["diff", out / "direct" / "annex.json", out / "profile" / "annex.json"]),
        ({2}, ["build", corpus / f"{FILE_MARKER}-none.dcm", "-o", out / "nothing"]),
        ({1}, ["locate", "0" * 12, corpus]),
    ]
    for codes, arguments in commands:
        result = run(*arguments)
        assert result.returncode in codes, (arguments, result.stderr[-300:])
        assert leaks((result.stdout + result.stderr).encode(), markers) == [], arguments
        assert "Traceback" not in result.stderr
    written = everything(out)
    assert len(written) > 40
    assert {name: found for name, data in written.items() if (found := leaks(data, [*markers, FILE_MARKER]))} == {}


def test_the_search_would_find_a_marker(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    """With --values all they do come out: the test above looks where they would be."""
    corpus, markers = marked
    result = run("build", corpus, "-o", tmp_path, "--values", "all", "--format", "xlsx", "--format", "docx", "--quiet")
    assert result.returncode == 0
    found = everything(tmp_path)
    assert any(leaks(data, markers) for name, data in found.items() if name.startswith("annex.xlsx/"))
    assert any(leaks(data, markers) for name, data in found.items() if name.startswith("annex.docx/"))


def test_values_that_identify_are_reported(marked: tuple[Path, list[str]], tmp_path: Path) -> None:
    corpus, _ = marked
    (tmp_path / "list.csv").write_text("creator,group,element\n", encoding="utf-8")
    run("audit", corpus, "--disclosed", tmp_path / "list.csv", "-o", tmp_path, "--quiet")
    document = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    repeating = {f["attribute"] for f in document["findings"] if f["kind"] == "repeats-patient-data"}
    assert {f"(0029,xx{n:02X})" for n in (3, 7, 8, 9, 10, 11, 12, 0x40)} <= repeating
