"""PS3.15 Tables E.1-1 and E.3.10-1."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path

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


GROUPS_OF_ACTIONS = {
    **{"D_TAGS": "D", "Z_TAGS": "Z", "X_TAGS": "X", "U_TAGS": "U", "Z_D_TAGS": "Z/D", "X_Z_TAGS": "X/Z"},
    **{"X_D_TAGS": "X/D", "X_Z_D_TAGS": "X/Z/D", "X_Z_U_STAR_TAGS": "X/Z/U*"},
}
"""dicom-anonymizer's lists of attributes, and the action of the Basic Profile that each stands for."""

ADDED_IN_2026C = {0x0040E012}
"""Display URI."""


def test_actions_agree_with_dicom_anonymizer() -> None:
    """An independent reading of Table E.1-1, of 2026c: each action, and no attribute that it lacks."""
    package = importlib.util.find_spec("dicomanonymizer")
    if package is None or package.origin is None:
        pytest.skip("dicom-anonymizer is not installed")
    theirs = runpy.run_path(str(Path(package.origin).parent / "dicom_anonymization_databases" / "dicomfields_2026c.py"))
    actions = {tag: action for name, action in GROUPS_OF_ACTIONS.items() for tag in theirs[name]}
    single = {group << 16 | element: action for (group, element, *mask), action in actions.items() if not mask}
    assert len(single) > 640
    assert {tag for tag in single if confidentiality.basic_profile_action(tag) is None} == ADDED_IN_2026C
    ours = {tag: confidentiality.basic_profile_action(tag) for tag in single.keys() - ADDED_IN_2026C}
    assert ours == {tag: action for tag, action in single.items() if tag not in ADDED_IN_2026C}
    listed = {int(row[0], 16) for row in tables.rows("basic_profile") if not set(row[0]) & set("xp")}
    assert listed == single.keys() - ADDED_IN_2026C
    masked = {tag[:2]: action for tag, action in actions.items() if len(tag) > 2}
    assert masked == {tag: confidentiality.basic_profile_action(tag[0] << 16 | tag[1]) for tag in masked}
