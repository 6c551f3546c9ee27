"""One device out of a corpus of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile
    from annexgen.profile.reading import Skipped


def models(profile: Profile) -> set[str]:
    return {origin[3].split("\x1f")[1] for origin, _ in profile.origins()}


@pytest.mark.parametrize("jobs", [0, 2])
def test_only_the_chosen_device_is_counted(corpus: Path, jobs: int) -> None:
    skipped: list[Skipped] = []
    profile = scan([corpus], device="angio one", jobs=jobs, on_skip=skipped.append)
    assert models(profile) - {""} == {"ACME Angio One"}
    others = [entry for entry in skipped if entry.reason == "written by another device"]
    assert len(others) + profile.instances == scan([corpus]).instances


def test_several_products_are_a_finding(corpus: Path) -> None:
    findings = [f for f in build_annex(scan([corpus])).findings if f.code == "several-products"]
    assert len(findings) == 1
    assert "--device" in findings[0].message
    assert not [f for f in build_annex(scan([corpus], device="Tomo 64")).findings if f.code == "several-products"]
