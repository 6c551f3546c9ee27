"""Modules and macros against dciodvfy (dicom3tools): where it finds a valid attribute is where we place it."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

from annexgen.analyzers.modules import modules_of
from annexgen.profile.scan import scan
from annexgen.standard import iods
from tests.oracles import DCIODVFY, NO_DCIODVFY

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
FUNCTIONAL_GROUPS = ("(5200,9229)", "(5200,9230)")
ENOUGH = 0.97
FILES_OF_A_SOP_CLASS = 3

MODULE = re.compile(r"^Verifying Module (\w+)$")
ELEMENT = re.compile(r"^Valid Element<(/[^>]+)> for Type \S+ \w+ - Module=<(\w+)>$")
TAG = re.compile(r"\([0-9a-fA-F]{4},[0-9a-fA-F]{4}\)")

SAME = (
    (re.compile(r"^MultiFrameFunctionalGroups(Common|For\w+)$"), "Multi-frame Functional Groups"),
    (re.compile(r"^PlanePositionMacro$"), "Plane Position (Patient) Macro"),
    (re.compile(r"^PlaneOrientationMacro$"), "Plane Orientation (Patient) Macro"),
    (re.compile(r"^CTFrameVOILUTMacro$"), "Frame VOI LUT Macro"),
)
"""Modules and macros that dciodvfy names otherwise than the Standard does."""

MOST_SPECIFIC = "both Modules define it; it is described in the one that fewer IODs use"
REASONS = {
    ("(0010,2160)", "Patient", "none"): "PS3.3 2026b has Ethnic Groups (0010,2162) instead",
    ("(0028,0101)", "ImagePixel", "MR Image"): MOST_SPECIFIC,
    ("(0028,0102)", "ImagePixel", "MR Image"): MOST_SPECIFIC,
    ("(0028,0030)", "SCImage", "Image Plane"): MOST_SPECIFIC,
    ("(0008,0070)", "GeneralEquipment", "Enhanced General Equipment"): MOST_SPECIFIC,
    ("(0008,1090)", "GeneralEquipment", "Enhanced General Equipment"): MOST_SPECIFIC,
    ("(0018,1000)", "GeneralEquipment", "Enhanced General Equipment"): MOST_SPECIFIC,
    ("(0018,1020)", "GeneralEquipment", "Enhanced General Equipment"): MOST_SPECIFIC,
}
"""Every disagreement that is known, with its reason: tag, Module of dciodvfy, Module here (docs/standard.md lists them)."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An attribute that we place elsewhere: IOD, tag, where dciodvfy finds it, where we place it."""

    iod: str
    tag: str
    theirs: tuple[str, ...]
    ours: str


def found_by_dciodvfy(file: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Modules of each root attribute, and macros of each Sequence of the functional groups, as dciodvfy names them."""
    result = subprocess.run([DCIODVFY, "-new", "-verbose", str(file)], capture_output=True, check=False)
    modules: dict[str, set[str]] = {}
    macros: dict[str, set[str]] = {}
    module = ""
    for line in (result.stdout + result.stderr).decode("latin-1").splitlines():
        if heading := MODULE.match(line):
            module = heading[1]
        elif element := ELEMENT.match(line):
            tags = TAG.findall(element[1])
            if len(tags) == 1:
                modules.setdefault(tags[0].upper(), set()).add(module)
            elif len(tags) == 2 and tags[0] in FUNCTIONAL_GROUPS:
                macros.setdefault(tags[1].upper(), set()).add(element[2])
    return modules, macros


def folded(name: str) -> str:
    """A Module's or macro's name without what the two spellings differ in."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def compared(files: list[Path]) -> tuple[int, Counter[Disagreement]]:
    """How many attributes were compared, and the disagreements with their numbers."""
    number = 0
    disagreements: Counter[Disagreement] = Counter()
    for file in files:
        uid = str(pydicom.dcmread(file, specific_tags=["SOPClassUID"]).get("SOPClassUID", ""))
        profile = scan([file])
        if uid not in profile.sop_classes or (known := iods.sop_class(uid)) is None or known.iod is None:
            continue
        placed = modules_of(uid, profile.sop_classes[uid])
        names = {use.key: use.name for use in placed.modules}
        ours = {f"({t >> 16:04X},{t & 0xFFFF:04X})": names[use.key] for use in placed.modules for t in use.tags}
        modules, macros = found_by_dciodvfy(file)
        for tag, theirs in modules.items():
            if tag.startswith("(0002,"):
                continue
            number += 1
            if not any(same(their, ours.get(tag, "")) for their in theirs):
                disagreements[Disagreement(known.iod, tag, tuple(sorted(theirs)), ours.get(tag, "none"))] += 1
        for tag, theirs in macros.items():
            number += 1
            macro = iods.functional_group_macro_by_root(int(tag[1:5] + tag[6:10], 16), known.iod)
            name = f"{macro.name} Macro" if macro else "none"
            if not any(same(their, name) for their in theirs):
                disagreements[Disagreement(known.iod, tag, tuple(sorted(theirs)), name)] += 1
    return number, disagreements


def same(theirs: str, ours: str) -> bool:
    """Whether two names mean the same Module or macro."""
    return folded(theirs) == folded(ours) or any(name == ours for spelt, name in SAME if spelt.match(theirs))


def one_of_each(folder: Path) -> list[Path]:
    """A few files of each SOP Class in a folder, in the order of their names."""
    found: dict[str, list[Path]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            uid = str(pydicom.dcmread(file, specific_tags=["SOPClassUID"]).get("SOPClassUID", ""))
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        if len(found.setdefault(uid, [])) < FILES_OF_A_SOP_CLASS:
            found[uid].append(file)
    return [file for files in found.values() for file in files]


def check(number: int, disagreements: Counter[Disagreement], at_least: int) -> None:
    """The share of agreement, and that every disagreement is one with a known reason."""
    assert number >= at_least
    unknown = [d for d in disagreements if not any((d.tag, their, d.ours) in REASONS for their in d.theirs)]
    assert not unknown
    assert 1 - disagreements.total() / number >= ENOUGH


@pytest.fixture(scope="module", autouse=True)
def _dciodvfy_is_installed() -> None:
    if not DCIODVFY:
        pytest.skip(NO_DCIODVFY)


def test_samples(corpus: Path) -> None:
    check(*compared(one_of_each(corpus)), at_least=1000)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_real_corpora() -> None:
    number, disagreements = 0, Counter[Disagreement]()
    for folder in sorted(path for path in CORPORA.iterdir() if path.is_dir()):
        compared_here, found = compared(one_of_each(folder))
        number += compared_here
        disagreements += found
    check(number, disagreements, at_least=4000)


def test_reasons_are_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "standard.md").read_text(encoding="utf-8")
    for tag, theirs, ours in REASONS:
        assert f"| {tag} | {theirs} | {ours} |" in text
