"""Modules: which are present in which instances, where attributes go, and which Modules Standard Extended use borrows."""

from __future__ import annotations

from collections import Counter

import pytest

from annexgen.analyzers.modules import ModulesOfSopClass, modules_of
from annexgen.analyzers.thresholds import Thresholds
from annexgen.profile.model import FULL_VALUE, PathStatistics, SopClassProfile
from annexgen.profile.paths import standard_path
from annexgen.standard.dictionary import tag_of

SECONDARY_CAPTURE, MR, RAW_DATA = (
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.66",
)
SC_EQUIPMENT = ("ConversionType", "SecondaryCaptureDeviceID", "SecondaryCaptureDeviceManufacturer")


def profile_of(*instances: tuple[str, ...]) -> SopClassProfile:
    """A profile of instances given by the keywords of their attributes."""
    profile = SopClassProfile()
    for number, keywords in enumerate(instances):
        paths = sorted(standard_path((tag_of(k),)) for k in ("SOPClassUID", "PatientID", "Modality", *keywords))
        profile.patterns.setdefault((tuple((p, FULL_VALUE) for p in paths), ()), Counter())[
            ("patient", "study", f"series {number}", "device")
        ] += 1
        for path in paths:
            profile.paths.setdefault(path, PathStatistics())
    return profile


def owner(modules: ModulesOfSopClass, keyword: str) -> str:
    found = [use.key for use in modules.modules if tag_of(keyword) in use.tags]
    assert len(found) <= 1
    return found[0] if found else ""


def use(modules: ModulesOfSopClass, key: str) -> tuple[str, int, bool]:
    return next((u.presence, u.instances, u.extension) for u in modules.modules if u.key == key)


def test_an_optional_module_is_present_where_something_only_it_explains_is_there() -> None:
    modules = modules_of(SECONDARY_CAPTURE, profile_of(("WindowCenter",), (), ("WindowCenter",)))
    assert use(modules, "voi-lut") == ("CONDITIONAL", 2, False)
    assert use(modules, "patient") == ("ALWAYS", 3, False)


def test_an_attribute_of_two_modules_goes_to_the_more_specific_one() -> None:
    modules = modules_of(MR, profile_of(("EchoTime", "ImageType"), ("EchoTime", "ImageType")))
    assert owner(modules, "ImageType") == "mr-image"
    assert owner(modules, "InstanceNumber") == ""


def test_an_attribute_goes_to_an_optional_module_only_if_that_is_present_whenever_it_is() -> None:
    # Image Plane (optional) and SC Image (mandatory) both have Pixel Spacing; Slice Thickness belongs to Image Plane alone.
    spacing, plane = ("PixelSpacing",), ("PixelSpacing", "SliceThickness")
    assert owner(modules_of(SECONDARY_CAPTURE, profile_of(plane, plane)), "PixelSpacing") == "image-plane"
    mixed = modules_of(SECONDARY_CAPTURE, profile_of(plane, spacing))
    assert owner(mixed, "PixelSpacing") == "sc-image"
    assert use(mixed, "image-plane") == ("CONDITIONAL", 1, False)


def test_attributes_outside_the_iod_form_a_module_that_is_marked() -> None:
    modules = modules_of(MR, profile_of(SC_EQUIPMENT, (*SC_EQUIPMENT, "RequestedProcedurePriority"), ()))
    assert use(modules, "sc-equipment") == ("CONDITIONAL", 2, True)
    assert {owner(modules, keyword) for keyword in SC_EQUIPMENT} == {"sc-equipment"}
    assert modules.additional == (tag_of("RequestedProcedurePriority"),)
    assert modules.extended
    entities = [u.ie for u in modules.modules]
    assert entities == sorted(entities, key=entities.index), "Modules of one Information Entity stand together"


def test_attributes_that_never_stand_together_form_no_module() -> None:
    modules = modules_of(MR, profile_of(*((keyword,) for keyword in SC_EQUIPMENT)))
    assert owner(modules, "ConversionType") == ""
    assert len(modules.additional) == len(SC_EQUIPMENT)


def test_a_module_is_not_borrowed_when_most_of_its_mandatory_attributes_are_missing() -> None:
    keywords = ("ImagingFrequency", "EchoNumbers", "FlipAngle")
    modules = modules_of(RAW_DATA, profile_of(keywords))
    assert {owner(modules, keyword) for keyword in keywords} == {""}


def test_the_module_that_explains_most_is_borrowed_first() -> None:
    procedure = (
        "RequestedProcedureID",
        "ReasonForTheRequestedProcedure",
        "RequestedProcedurePriority",
        "RequestedProcedureComments",
    )
    modules = modules_of(MR, profile_of((*procedure, "RequestingPhysician")))
    assert {owner(modules, keyword) for keyword in procedure} == {"requested-procedure"}
    assert next(u.ie for u in modules.modules if u.key == "requested-procedure") == "Study"
    assert modules.additional == (tag_of("RequestingPhysician"),)


def test_the_thresholds_decide() -> None:
    few = SC_EQUIPMENT[:2]
    assert use(modules_of(MR, profile_of(SC_EQUIPMENT)), "sc-equipment")[2]
    assert owner(modules_of(MR, profile_of(few)), few[0]) == ""
    generous = Thresholds(extension_attributes=2)
    assert owner(modules_of(MR, profile_of(few), generous), few[0]) == "sc-equipment"


@pytest.mark.parametrize("keywords", [SC_EQUIPMENT, ("EchoTime", "WindowCenter"), ("RescaleSlope", "RescaleIntercept")])
def test_every_root_attribute_is_described_once(keywords: tuple[str, ...]) -> None:
    profile = profile_of(keywords, ())
    modules = modules_of(MR, profile)
    described = [tag for u in modules.modules for tag in u.tags] + list(modules.additional)
    assert sorted(standard_path((tag,)) for tag in described) == sorted(profile.paths)


def test_order_of_the_instances_does_not_matter() -> None:
    instances = [SC_EQUIPMENT, ("WindowCenter", "WindowWidth"), ("RescaleSlope", "RescaleIntercept"), ()]
    assert modules_of(MR, profile_of(*instances)) == modules_of(MR, profile_of(*reversed(instances)))
