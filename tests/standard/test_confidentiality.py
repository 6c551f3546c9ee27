"""PS3.15 Tables E.1-1 and E.3.10-1."""

from __future__ import annotations

import importlib.util
import runpy
from collections import Counter
from pathlib import Path

import pytest

from annexgen.standard import confidentiality, tables
from annexgen.standard.dictionary import tag_of

MAKERS = ("Philips", "SIEMENS", "GE")


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
        ("SIEMENS MR HEADER", 0x0019, 0x27, "B Matrix"),
        ("GEMS_ACQU_01", 0x0019, 0x23, "Table Speed [mm/rotation]"),
        ("GEMS_PARM_01", 0x0043, 0x39, "1stvalue is B Value"),
        ("GEMS_SERS_01", 0x0025, 0x07, "Images in Series"),
        ("Philips Imaging DD 001", 0x2001, 0x03, "MR Image Diffusion B-Factor"),
        ("Philips Imaging DD 001", 0x2001, 0x0C, "MR Series Arrhythmia Rejection"),
        ("Philips Imaging DD 001", 0x2001, 0x12, "MR Series Dynamic Series"),
        ("ELSCINT1", 0x00E1, 0x21, "DLP"),
    ],
)
def test_safe_private_attributes(creator: str, group: int, element: int, meaning: str) -> None:
    found = confidentiality.safe_private_attribute(creator, group, element)
    assert found is not None
    assert found.meaning == meaning
    for other in (f"{creator} ", f" {creator}", creator.swapcase(), creator[:-1]):
        assert confidentiality.safe_private_attribute(other, group, element) is None
    assert confidentiality.safe_private_attribute(creator, group + 2, element) is None


def test_of_which_makers_private_attributes_are_safe() -> None:
    creators = Counter(creator for _, creator, *_ in tables.rows("safe_private_attributes"))
    makers = {maker: sum(n for creator, n in creators.items() if creator.startswith(maker)) for maker in MAKERS}
    assert makers == {"Philips": 355, "SIEMENS": 48, "GE": 13}


@pytest.mark.parametrize(
    ("stated", "written", "allowed"),
    [
        ("IS", ["IS"], True),
        ("IS", ["IS", "UN"], True),
        ("IS", ["LO"], False),
        ("IS", ["IS", "LO"], False),
        ("OW/OB", ["OB"], True),
        ("", ["LO"], True),
    ],
)
def test_an_attribute_of_another_vr_is_not_the_one_that_is_safe(stated: str, written: list[str], allowed: bool) -> None:
    assert confidentiality.SafePrivateAttribute(stated, "1", "").allows(written) is allowed


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
