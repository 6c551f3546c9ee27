"""Which values a profile keeps: codes as codes, what is no code by itself, and none at all when none are asked for."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComprehensiveSRStorage

from annexgen.corpus.instance import read_instance
from annexgen.profile.cache import Cache
from annexgen.profile.counting import Counting
from annexgen.profile.model import PLAIN, Limits, Profile, SopClassProfile, merge
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def instance(number: int) -> bytes:
    """One of another patient each, with a code, and with Coding Scheme Designators that belong to no code."""
    data_set = Dataset()
    data_set.SOPClassUID = SECONDARY_CAPTURE
    data_set.SOPInstanceUID = f"1.2.3.{number}"
    data_set.PatientID = f"PATIENT{number}"
    data_set.StudyInstanceUID = data_set.SeriesInstanceUID = f"1.2.4.{number}"
    data_set.Rows = 512 + number
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "69536005", "SCT", "Head"
    data_set.AnatomicRegionSequence = [code]
    data_set.CodingSchemeIdentificationSequence = [Dataset(), Dataset()]
    for scheme, name in zip(data_set.CodingSchemeIdentificationSequence, ("99ACME", "99LAB"), strict=True):
        scheme.CodingSchemeDesignator, scheme.CodingSchemeVersion = name, "2"
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    data_set.file_meta.MediaStorageSOPClassUID = SECONDARY_CAPTURE
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, data_set, enforce_file_format=True)
    return buffer.getvalue()


def counted(policy: str, *, tolerant: bool) -> SopClassProfile:
    counting = Counting(Profile(values=policy))
    for number in range(3):
        data = instance(number)
        if tolerant:
            counting.add(read_instance(data), f"{number:012x}")
        else:
            counting.count(data, f"{number:012x}")
    return counting.finish().sop_classes[SECONDARY_CAPTURE]


def printable(profile: SopClassProfile, path: str) -> set[str]:
    values = profile.paths[path].values
    return {value[1:] for value, count in values.items() if value[0] == PLAIN and count.printable}


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("policy", ["safe", "all"])
def test_what_makes_no_code_has_values_of_its_own(policy: str, tolerant: bool) -> None:
    profile = counted(policy, tolerant=tolerant)
    assert printable(profile, "(0008,2218)") == {"69536005\x1fSCT\x1fHead"}
    assert printable(profile, "(0008,2218)/(0008,0102)") == set()
    assert printable(profile, "(0008,0110)/(0008,0102)") == {"99ACME", "99LAB"}
    assert printable(profile, "(0008,0110)/(0008,0103)") == {"2"}


@pytest.mark.parametrize("tolerant", [False, True])
def test_none_keeps_neither_codes_nor_ranges(tolerant: bool) -> None:
    profile = counted("none", tolerant=tolerant)
    assert {path for path, one in profile.paths.items() if one.values or one.lowest is not None} == set()
    assert all(not pairs for _, pairs in profile.patterns)
    assert profile.paths["(0008,2218)/(0008,0104)"].vrs


def test_none_keeps_neither_units_nor_qualifiers_of_content_items() -> None:
    data_set = pydicom.dcmread(BytesIO(instance(1)))
    data_set.SOPClassUID = data_set.file_meta.MediaStorageSOPClassUID = ComprehensiveSRStorage
    data_set.ValueType = "CONTAINER"
    number, measured, unit, qualifier = Dataset(), Dataset(), Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "u", "99ZZ", "units of somebody"
    qualifier.CodeValue, qualifier.CodingSchemeDesignator, qualifier.CodeMeaning = "q", "99ZZ", "quality of somebody"
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "7", [unit]
    number.ValueType, number.RelationshipType, number.MeasuredValueSequence = "NUM", "CONTAINS", [measured]
    number.NumericValueQualifierCodeSequence = [qualifier]
    number.ConceptNameCodeSequence = data_set.AnatomicRegionSequence
    data_set.ConceptNameCodeSequence, data_set.ContentSequence = data_set.AnatomicRegionSequence, [number]
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, data_set, enforce_file_format=True)
    for policy, held in (("safe", True), ("none", False)):
        counting = Counting(Profile(values=policy))
        counting.count(buffer.getvalue(), "0" * 12)
        facets = [s.facets for s in counting.finish().sop_classes[ComprehensiveSRStorage].paths.values()]
        assert ("units of somebody" in str(facets), "quality of somebody" in str(facets)) == (held, held)


def of_patients(folder: Path, text: str, patients: int, operator: str = "") -> Path:
    """Instances of some patients, all with the same private text; of one, in another SOP Class, an operator is known."""
    for number in range(patients):
        data_set = pydicom.dcmread(BytesIO(instance(number)))
        data_set.PatientName = f"Patientname^{'ABCDE'[number]}"
        data_set.private_block(0x0029, "ACME", create=True).add_new(1, "LO", text)
        folder.mkdir(parents=True, exist_ok=True)
        data_set.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    if operator:
        data_set.SOPClassUID = data_set.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4"
        data_set.SOPInstanceUID, data_set.OperatorsName = "1.2.5", operator
        del data_set[0x00290010:0x00300000]
        data_set.save_as(folder / "operator.dcm", enforce_file_format=True)
    return folder


@pytest.mark.parametrize(
    ("text", "operator", "printed"),
    [
        ("Jansen", "", True),
        ("Jansen", "Jansen^Willem", False),
        ("Dr. W. JANSEN", "Jansen^Willem", False),
        ("willem jansen 3", "Jansen^Willem", False),
        ("Jansen protocol", "Jansen^Willem", False),
        ("after the Jansen-like method", "Jansen^Willem", False),
        ("Brown protocol", "Brown^Willem", True),
        ("a Willem Brown protocol", "Brown^Willem", False),
        ("as Dr. Unknown wants it", "", False),
        ("DR chest", "", True),
        ("3.1", "Jansen^Willem", True),
    ],
)
def test_text_that_is_a_persons_name_is_kept_for_nobody(
    tmp_path: Path, text: str, operator: str, printed: bool
) -> None:
    """The name of an operator stands with many patients, and not in all of their instances as a name."""
    folder = of_patients(tmp_path / "corpus", text, 3, operator)
    path = '(0029,xx01,"ACME")'
    profiles = [scan([folder]), scan([folder], jobs=2), merge([scan([p]) for p in sorted(folder.iterdir())])]
    cache = Cache(tmp_path / "cache", "safe", Limits())
    profiles += [scan([folder], cache=cache), scan([folder], cache=cache)]
    for profile in profiles:
        assert profile == profiles[0]
        for one in (profile, seal(profile)):
            assert printable(one.sop_classes[SECONDARY_CAPTURE], path) == ({text} if printed else set())
    assert seal(profiles[0]).names == set()
