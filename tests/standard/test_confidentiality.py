"""PS3.15 Tables E.1-1 and E.3.10-1."""

from __future__ import annotations

import pytest

from annexgen.standard import confidentiality, tables
from annexgen.standard.dictionary import tag_of


def test_counts() -> None:
    assert len(confidentiality.treated_attributes()) == 655
    assert len(tables.rows("safe_private_attributes")) == 479


@pytest.mark.parametrize(
    ("keyword", "action"),
    [
        ("PatientName", "Z"),
        ("SOPInstanceUID", "U"),
        ("StudyDate", "Z"),
        ("InstitutionName", "X/Z/D"),
        ("Rows", None),
        ("Modality", None),
    ],
)
def test_basic_profile(keyword: str, action: str | None) -> None:
    assert confidentiality.basic_profile_action(tag_of(keyword)) == action


def test_options() -> None:
    study_date = confidentiality.confidentiality_of(tag_of("StudyDate"))
    assert study_date is not None
    assert study_date.options == {
        "Retain Longitudinal Temporal Information with Full Dates": "K",
        "Retain Longitudinal Temporal Information with Modified Dates": "C",
    }
    assert study_date.in_composite_iod
    serial = confidentiality.confidentiality_of(tag_of("DeviceSerialNumber"))
    assert serial is not None
    assert serial.options["Retain Device Identity"] == "K"


def test_repeating_groups_and_private_attributes() -> None:
    assert confidentiality.basic_profile_action(0x60023000) == "X"
    assert confidentiality.basic_profile_action(0x50040020) == "X"
    private = confidentiality.confidentiality_of(0x00291010)
    assert private is not None
    assert private.options == {"Retain Safe Private": "C"}
    assert confidentiality.basic_profile_action(0x00291010) is None


@pytest.mark.parametrize(
    ("creator", "group", "element", "meaning"),
    [
        ("SIEMENS MR HEADER", 0x0019, 0x0C, "B Value"),
        ("GEMS_ACQU_01", 0x0019, 0x23, "Table Speed [mm/rotation]"),
    ],
)
def test_safe_private_attributes(creator: str, group: int, element: int, meaning: str) -> None:
    found = confidentiality.safe_private_attribute(creator, group, element)
    assert found is not None
    assert found.meaning == meaning
    assert confidentiality.safe_private_attribute(f"{creator} ", group, element) is None
