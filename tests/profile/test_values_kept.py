"""Which values a profile keeps: codes as codes, what is no code by itself, and none at all when none are asked for."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset

from annexgen.corpus.instance import read_instance
from annexgen.profile.counting import Counting
from annexgen.profile.model import PLAIN, Profile, SopClassProfile

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
