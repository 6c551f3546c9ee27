"""Findings: values outside the Standard's, VRs, retired attributes, Code Meanings, support, products."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.analyzers.corpus_findings import is_name, product_remarks, support_remarks
from annexgen.analyzers.presence import presence_of_paths
from annexgen.analyzers.value_findings import code_meaning_remarks, value_remarks
from annexgen.profile.model import FULL_VALUE, PathStatistics, Profile, SopClassProfile, ValueCount
from annexgen.profile.paths import steps
from annexgen.standard.enumerated_values import standard_values

if TYPE_CHECKING:
    from annexgen.analyzers.remark import Remark

MR = "1.2.840.10008.5.1.4.1.1.4"


def profile_of(
    path: str, values: list[str], vrs: tuple[str, ...] = ("CS",), origins: tuple[tuple[str, ...], ...] = (("a", "1"),)
) -> SopClassProfile:
    """Instances that have one path, one for each origin (study, series)."""
    profile = SopClassProfile()
    statistics = PathStatistics(vrs=Counter({(vr, "file"): 1 for vr in vrs}), example="abc")
    statistics.values = {f"={value}": ValueCount(1) for value in values}
    profile.paths[path] = statistics
    for study, series in origins:
        counts = profile.patterns.setdefault((((path, FULL_VALUE),), ()), Counter())
        counts["patient", study, series, "ACME\x1fOne\x1f1"] += 1
    return profile


def found(profile: SopClassProfile) -> list[Remark]:
    def standard(path: str) -> tuple:  # type: ignore[type-arg]
        return standard_values(steps(path)[-1].tag)

    return list(value_remarks(profile, presence_of_paths(profile), standard))


def test_a_value_outside_the_enumerated_ones_is_an_error() -> None:
    (remark,) = found(profile_of("(0010,0040)", ["M", "MALE"]))
    assert (remark.code, remark.severity, remark.count, remark.example) == (
        "outside-enumerated-values",
        "error",
        1,
        "abc",
    )
    assert "MALE; the Enumerated Values are M, F, O (PS3.3" in remark.message
    assert not found(profile_of("(0010,0040)", ["M", "F"]))


def test_a_value_outside_the_defined_terms_is_a_note() -> None:
    (remark,) = found(profile_of("(0018,5100)", ["HFS", "SITTING"]))
    assert (remark.code, remark.severity) == ("outside-defined-terms", "note")


def test_values_are_compared_by_number() -> None:
    (remark,) = found(profile_of("(0008,0008)", ["ORIGINAL\\TERTIARY\\ANYTHING"]))
    assert remark.message.startswith("Value 2 of Image Type (0008,0008) is TERTIARY;")


def test_hidden_values_are_never_named() -> None:
    profile = profile_of("(0010,0040)", [])
    profile.paths["(0010,0040)"].values = {"#secret": ValueCount(1), "=Smith": ValueCount(1, identifying=True)}
    assert not found(profile)


def test_vrs() -> None:
    (remark,) = found(profile_of("(0010,0040)", ["M"], vrs=("LO",)))
    assert (remark.code, remark.severity) == ("vr-differs", "error")
    assert "VR LO; PS3.6 says CS" in remark.message
    assert not found(profile_of("(0028,0106)", ["0"], vrs=("US", "SS"))), "the dictionary allows both"
    (remark,) = found(profile_of('(0019,xx03,"ACME")', ["0"], vrs=("US", "UN")))
    assert remark.code == "several-vrs"


def test_retired_attributes() -> None:
    (remark,) = found(profile_of("(0032,4000)", ["x"], vrs=("LT",)))
    assert (remark.code, remark.severity) == ("retired-attribute", "note")


def test_one_code_with_two_meanings() -> None:
    path = "(0008,2218)"
    profile = Profile()
    profile.sop_classes[MR] = profile_of(path, ["1\x1fSCT\x1fHead", "1\x1fSCT\x1fhead", "2\x1fSCT\x1fChest"], ("SQ",))
    ((uid, remark),) = code_meaning_remarks(profile)
    assert (uid, remark.path, remark.count) == (MR, path, 2)
    assert '"Head" (1 instance), "head" (1 instance)' in remark.message


def test_support() -> None:
    def codes(*origins: tuple[str, ...]) -> list[str]:
        profile = profile_of("(0010,0040)", ["M"], origins=origins)
        return [r.code for r in support_remarks(profile, presence_of_paths(profile))]

    assert codes(("a", "1"), ("a", "1")) == ["one-series"]
    assert codes(("a", "1"), ("a", "2")) == ["weak-support"]
    assert codes(("a", "1"), ("b", "2")) == []


def test_products() -> None:
    def codes(*devices: str) -> list[str]:
        profile = Profile()
        profile.sop_classes[MR] = SopClassProfile()
        for number, device in enumerate(devices):
            counts = profile.sop_classes[MR].patterns.setdefault(((), ()), Counter())
            counts["patient", "study", str(number), device.replace("|", "\x1f")] += 1
        return [remark.code for remark in product_remarks(profile)]

    assert codes("ACME|One|1", "ACME|One|2") == []
    assert codes("ACME|One|1", "ACME|Two|1") == ["several-products"]
    assert codes("Siemens|One|1", "Siemens Healthineers|One|1") == ["several-manufacturers"]
    assert codes("ACME|One|1", "n.a.||") == ["no-model-name"]
    assert is_name("ACME")
    assert not is_name(" N.A. ")
