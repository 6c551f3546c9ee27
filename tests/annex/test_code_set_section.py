"""Section N.13: every Coding Scheme of the corpus once, with its kind, and private codes listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.model import Profile
from annexgen.profile.scan import scan
from annexgen.standard.coding_schemes import coding_scheme, is_private

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex, Section, Table


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def write(path: Path, codes: list[Dataset]) -> None:
    """A Secondary Capture Image whose Anatomic Region Sequence and Procedure Code Sequence hold the codes."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.PatientID, dataset.Modality = path.stem, "OT"
    dataset.AnatomicRegionSequence = codes
    dataset.file_meta = Dataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path, enforce_file_format=True)


def section_of(annex: Annex) -> tuple[Section, list[Table]]:
    section = next(s for s in annex.sections if s.id == "N.13")
    return section, [annex.table(identifier) for identifier in section.tables]


def test_schemes_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "a.dcm", [code("12738006", "SCT", "Brain"), code("T-A0100", "SRT", "Brain")])
    write(tmp_path / "b.dcm", [code("B1", "99ACME", "Brain, left"), code("X", "LOCAL", "Something")])
    section, (schemes, private) = section_of(number(build_annex(scan([tmp_path]))))
    found = {
        row.cells["Coding Scheme Designator"].text: (row.cells["Kind"].text, str(row.cells["Kind"].status))
        for row in schemes.rows
    }
    assert found == {
        "99ACME": ("PRIVATE", "standard"),
        "LOCAL": ("PRIVATE", "proposed"),
        "SCT": ("STANDARD", "standard"),
        "SRT": ("RETIRED", "standard"),
    }
    assert [tuple(c.text for c in row.cells.values()) for row in private.rows] == [("99ACME", "B1", "Brain, left")]
    assert any("SRT" in text and "no longer uses" in text for text in section.text)


def test_no_private_codes_is_only_said_where_every_scheme_is_known(tmp_path: Path) -> None:
    (tmp_path / "known").mkdir()
    (tmp_path / "open").mkdir()
    write(tmp_path / "known" / "a.dcm", [code("12738006", "SCT", "Brain")])
    write(tmp_path / "open" / "a.dcm", [code("X", "LOCAL", "Something")])
    none = "No private codes were found in the instances read."
    section, _ = section_of(number(build_annex(scan([tmp_path / "known"]))))
    assert none in section.text
    section, (schemes,) = section_of(number(build_annex(scan([tmp_path / "open"]))))
    assert none not in section.text
    assert any("LOCAL; whether they are private codes is to be checked" in text for text in section.text)
    assert schemes.rows[0].cells["Kind"].status == "proposed"


def test_every_scheme_that_pydicom_sees_in_the_samples_has_a_row(corpus: Path, samples_annex: Annex) -> None:
    seen: set[str] = set()
    for path in sorted(p for p in corpus.rglob("*") if p.is_file()):
        for element in dcmread(path, force=True).iterall():
            if element.tag == 0x00080102 and element.value:
                seen.add(str(element.value))
    _, tables = section_of(samples_annex)
    assert {row.cells["Coding Scheme Designator"].text for row in tables[0].rows} == seen


def test_nothing_coded_does_not_apply() -> None:
    section, tables = section_of(number(build_annex(Profile())))
    assert (section.title, section.text, tables) == ("Code Set Usage - N/A", ("N/A",), [])


@pytest.mark.parametrize(("designator", "private"), [("99SDM", False), ("99ACME", True), ("SCT", False)])
def test_private_designators(designator: str, private: bool) -> None:
    assert is_private(designator) is private


def test_snomed_rt_is_retired() -> None:
    scheme = coding_scheme("SRT")
    assert scheme is not None
    assert scheme.retired
