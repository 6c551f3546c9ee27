"""PS3.15 Tables E.1-1 and E.3.10-1."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from annexgen.profile.privacy import Privacy, privacy_of
from annexgen.standard import confidentiality, tables
from annexgen.standard.builder import basic_profile, sources
from annexgen.standard.dictionary import tag_of

if TYPE_CHECKING:
    from pathlib import Path

MAKERS = ("Philips", "SIEMENS", "GE")


def test_counts() -> None:
    assert len(tables.rows("basic_profile")) == 655
    assert len(confidentiality.treated_attributes()) == 656
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


DISPLAY_URI = 0x0040E012


def test_an_attribute_that_only_the_newer_edition_treats() -> None:
    found = confidentiality.confidentiality_of(DISPLAY_URI)
    assert found is not None
    assert (found.name, found.basic, found.options, found.retired) == ("Display URI", "X", {}, None)
    assert privacy_of(DISPLAY_URI, "CS") is Privacy.HIDDEN


def test_an_imported_edition_that_lacks_it_takes_it_not_away(tmp_path: Path) -> None:
    (tmp_path / "basic_profile.tsv").write_text(
        "# PS3.15 2020a\n00100010\tZ" + "\t" * 10 + "\tN\tY\tPatient's Name\n", encoding="utf-8"
    )
    with tables.use(tables.TableSet("old", tmp_path)):
        assert confidentiality.basic_profile_action(DISPLAY_URI) == "X"
        assert confidentiality.basic_profile_action(tag_of("PatientID")) == "Z/D"


def test_actions_agree_with_dicom_anonymizer() -> None:
    """An independent reading of Table E.1-1, of 2026c: the curated table has each of its actions, but for the added row."""
    try:
        theirs = basic_profile.actions()
    except sources.MissingPackageError as reason:
        pytest.skip(str(reason))
    curated = {row[0]: row[1] for row in tables.rows("basic_profile") if row[0] != confidentiality.PRIVATE}
    newer = {tag: action for tag, action, _ in tables.rows("newer_basic_profile")}
    assert theirs == curated | newer
    assert not curated.keys() & newer.keys()
    assert basic_profile.newer_rows() == [*tables.rows("newer_basic_profile")]
    assert len(theirs) == 655
