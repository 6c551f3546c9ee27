"""Type 1 attributes that are absent or empty and Type 2 ones that are absent: our findings against dciodvfy's errors."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.analyzers.modules import modules_of
from annexgen.annex.build import build_annex
from annexgen.profile.paths import steps
from annexgen.profile.scan import scan
from annexgen.standard import iods
from tests.oracles import DCIODVFY, NO_DCIODVFY

if TYPE_CHECKING:
    from tests.shared_samples import SharedSamples

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
ERROR = re.compile(
    r"^Error - <(/[^>]+)> - (Missing|Empty) attribute (?:\(no value\) )?for Type (1|2) Required - Module=<(\w+)>"
)
TAG = re.compile(r"\(([0-9a-fA-F]{4}),([0-9a-fA-F]{4})\)")
FILES_OF_A_SOP_CLASS = 3
IDENTITY = (0x00080016, 0x00080018, 0x0020000D, 0x0020000E)
"""Without these an instance is not recognised, and so not described."""
CONTENT = 0x0040A730

Fault = tuple[tuple[int, ...], str]
"""Tags from the root, and "absent" or "empty"."""

REASONS = {
    (
        0x00181020,
        "absent",
    ): "dose reports have the Enhanced General Equipment Module (PS3.3 A.35.8.3); dciodvfy asks for less",
    (
        0x00080060,
        "absent",
    ): "dciodvfy takes Modality for Type 1C in the General Series Module; it is Type 1 there (PS3.3 Table C.7-5a)",
    (
        0x0040A040,
        "absent",
    ): "the tables of SR Document Content list alternatives by Value Type; reports are judged item by item (N.10)",
    (
        0x0062000A,
        "absent",
    ): "the Segmentation Macro is not mandatory any more, since label maps have none (PS3.3 2026b A.51.5); it is for dciodvfy",
    (
        0x00209116,
        "absent",
    ): "the Plane Orientation Macro of a Parametric Map has a condition (PS3.3 A.75); dciodvfy always asks for it",
    (
        0x00289132,
        "absent",
    ): "the Frame VOI LUT With LUT Macro is mandatory in a Parametric Map (PS3.3 A.75); dciodvfy does not ask for it",
}
"""Faults that only one of both finds, by tag, with the reason."""


def has_reason(fault: Fault) -> bool:
    """Whether it is known why only one finds a fault."""
    tags, kind = fault
    return (tags[-1], kind) in REASONS


def theirs(file: Path) -> set[Fault]:
    """The faults that dciodvfy names."""
    result = subprocess.run([DCIODVFY, "-new", str(file)], capture_output=True, check=False)
    found = set()
    for line in (result.stdout + result.stderr).decode("latin-1").splitlines():
        if error := ERROR.match(line):
            tags = tuple(int(group + element, 16) for group, element in TAG.findall(error[1]))
            if CONTENT not in tags:
                found.add((tags, "absent" if error[2] == "Missing" else "empty"))
    return found


def ours(file: Path) -> set[Fault]:
    """The faults that are findings in the annex of this one instance."""
    return {
        (tuple(step.tag for step in steps(finding.path)), finding.code.removeprefix("mandatory-"))
        for finding in build_annex(scan([file])).findings
        if finding.code in ("mandatory-absent", "mandatory-empty")
    }


def damaged(file: Path, target: Path, chance: random.Random) -> int:
    """A copy that lacks some mandatory attributes and has others without value; how many faults that makes."""
    data_set = pydicom.dcmread(file)
    uid = str(data_set.SOPClassUID)
    profile = scan([file]).sop_classes[uid]
    mandatory = {
        use_attribute.path[0]: use_attribute.type
        for use in modules_of(uid, profile).modules
        if not use.extension and use.usage == "M"
        for use_attribute in iods.module(use.key).attributes
        if len(use_attribute.path) == 1 and use_attribute.type in ("1", "2") and use_attribute.path[0] in use.tags
    }
    chosen = chance.sample(
        sorted(tag for tag in mandatory if tag not in IDENTITY), min(10, len(mandatory) - len(IDENTITY))
    )
    for number, tag in enumerate(chosen):
        if number % 2 and mandatory[tag] == "1":
            data_set[tag].value = [] if data_set[tag].VR == "SQ" else None
        else:
            del data_set[tag]
    data_set.save_as(target)
    return len(chosen)


def compare(file: Path) -> tuple[int, set[Fault]]:
    """How many faults both find, and those that only one of them finds without a known reason."""
    one, other = theirs(file), ours(file)
    return len(one & other), {fault for fault in one ^ other if not has_reason(fault)}


@pytest.fixture(scope="module", autouse=True)
def _dciodvfy_is_installed() -> None:
    if not DCIODVFY:
        pytest.skip(NO_DCIODVFY)


def few_of_each(folder: Path, number: int) -> list[Path]:
    """So many files of each SOP Class that dciodvfy knows, in the order of their names."""
    found: dict[str, list[Path]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            uid = str(pydicom.dcmread(file, specific_tags=["SOPClassUID"]).get("SOPClassUID", ""))
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        known = iods.sop_class(uid)
        if (
            known is not None
            and known.iod is not None
            and known.iod != "basic-directory"
            and len(found.setdefault(uid, [])) < number
        ):
            found[uid].append(file)
    return [file for files in found.values() for file in files]


@pytest.mark.parametrize("product", ["ct", "mr", "mg", "us", "pet", "ai"])
def test_samples_from_which_attributes_were_taken(shared_samples: SharedSamples, tmp_path: Path, product: str) -> None:
    folder = shared_samples.of(product).folder
    chance = random.Random(product)
    made = agreed = 0
    for number, file in enumerate(few_of_each(folder, 1)):
        copy = tmp_path / f"{number}.dcm"
        made += damaged(file, copy, chance)
        same, different = compare(copy)
        agreed += same
        assert not different, (file.name, different)
    assert agreed >= made * 0.8 > 0


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_real_corpora() -> None:
    agreed = 0
    for folder in sorted(path for path in CORPORA.iterdir() if path.is_dir()):
        for file in few_of_each(folder, FILES_OF_A_SOP_CLASS):
            same, different = compare(file)
            agreed += same
            assert not different, (folder.name, file.name, different)
    assert agreed > 5
