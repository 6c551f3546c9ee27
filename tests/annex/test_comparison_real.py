"""Differences between two real versions of a product are those that pydicom reads; what matters comes first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.comparison import compare
from annexgen.annex.numbering import number
from annexgen.profile.paths import parent
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from annexgen.annex.comparison import Comparison

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


PHILIPS = [CORPORA / f"philips-elitionx-5.7.1.{version}" for version in ("1", "2")]
MR_IMAGE, RAW_DATA = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.66"


@dataclass
class Walked:
    """What pydicom reads of one SOP Class: how often each element stands, how often there was an item for it, and its VRs."""

    found: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    vrs: dict[str, set[str]] = field(default_factory=dict)

    def walk(self, data: Dataset, outer: str) -> None:
        self.places[outer] += 1
        for element in data:
            tag = element.tag
            name = f"({tag.group:04X},{tag.element:04X})"
            if tag.is_private_creator:
                name = f'({tag.group:04X},00xx,"{element.value}")'
            elif tag.is_private and tag.element >= 0x1000:
                creator = data.get((tag.group, tag.element >> 8))
                name = f'({tag.group:04X},xx{tag.element & 0xFF:02X},"{creator.value if creator else "?"}")'
            path = f"{outer}/{name}" if outer else name
            self.found[path] += 1
            self.vrs.setdefault(path, set()).add(element.VR)
            for item in element.value if element.VR == "SQ" else ():
                self.walk(item, path)

    def always(self, path: str) -> bool:
        """Whether the element stands wherever it could: in every instance, or every item of its Sequence."""
        return self.found[path] == self.places[parent(path)]


def walked(folder: Path, sop_class: str) -> Walked:
    """What pydicom reads of the instances of a SOP Class."""
    told = Walked()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            data = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            continue
        if data.get("SOPClassUID") == sop_class:
            told.walk(data, "")
    return told


@pytest.fixture(scope="module")
def philips() -> Comparison:
    if not PHILIPS[0].is_dir():
        pytest.skip("the corpora of real instances are not here")
    return compare(*(number(build_annex(scan([folder]))) for folder in PHILIPS))


@pytest.mark.parametrize("sop_class", [MR_IMAGE, RAW_DATA])
def test_two_real_versions_differ_as_pydicom_reads_them(sop_class: str, philips: Comparison) -> None:
    """Every element that is new or gone, every other VR, and every other presence; and no others."""
    old, new = (walked(folder, sop_class) for folder in PHILIPS)
    elements = [
        c
        for c in philips.changes
        if c.sop_class == sop_class and c.what in ("attribute", "private attribute", "Private Creator")
    ]
    both = old.vrs.keys() & new.vrs.keys()
    for kind, expected in (
        ("added", new.vrs.keys() - old.vrs.keys()),
        ("removed", old.vrs.keys() - new.vrs.keys()),
    ):
        assert expected
        reported = {c.path for c in elements if c.kind == kind}
        # What came or went inside of a Sequence that did is named with it.
        assert reported == {p for p in expected if parent(p) not in expected or '"' in p}
        inside = sum(len(c.holds) for c in elements if c.kind == kind)
        assert inside == len(expected) - len(reported)
    assert {c.path for c in elements if c.column == "VR"} == {p for p in both if old.vrs[p] != new.vrs[p]}
    presence = {c.path for c in elements if c.column == "Presence of Attribute"}
    assert presence == {p for p in both if old.always(p) != new.always(p)}


def test_what_matters_most_of_two_real_versions_comes_first(philips: Comparison) -> None:
    private = [c for c in philips.changes if c.what == "private attribute" and not c.column and not c.weak]
    assert len(private) > 5
    assert set(philips.changes[: len(private)]) == set(private)
