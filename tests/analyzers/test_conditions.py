"""Conditions: what is found, what is not claimed, and that every one holds in every instance by pydicom's own reading."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.multival import MultiValue

from annexgen.analyzers.condition_model import Condition, Literal, NotFound
from annexgen.analyzers.conditions import Learner
from annexgen.profile.model import FULL_EMPTY, FULL_VALUE, PathStatistics, SopClassProfile
from annexgen.profile.paths import steps
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

IMAGE_TYPE, SCAN_OPTIONS, SPACING = "(0008,0008)", "(0018,0022)", "(0018,0088)"
ACQUISITION = "(0018,0023)"
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def profile_of(instances: list[tuple[str, dict[str, str | None]]], vr: str = "CS") -> SopClassProfile:
    """A profile of instances given as series and values by path; None stands for a value that is empty."""
    profile = SopClassProfile()
    for series, values in instances:
        shape = tuple(sorted((p, FULL_EMPTY if v is None else FULL_VALUE) for p, v in values.items()))
        discriminators = tuple(sorted((p, v) for p, v in values.items() if v))
        profile.patterns.setdefault((shape, discriminators), Counter())[("patient", "study", series, "device")] += 1
        for path in values:
            profile.paths.setdefault(path, PathStatistics(vrs=Counter({(vr, "file"): 1})))
    return profile


def varied(count: int, seed: int = 0) -> list[tuple[str, dict[str, str | None]]]:
    """Series of three instances each with attributes that vary independently."""
    chance = random.Random(seed)
    instances = []
    for number in range(count):
        values: dict[str, str | None] = {
            "(0008,0016)": "1.2.840.10008.5.1.4.1.1.4",
            ACQUISITION: chance.choice(["2D", "3D"]),
            IMAGE_TYPE: "\\".join(("ORIGINAL", "PRIMARY", chance.choice(["M", "P", "MPR"]))),
            SCAN_OPTIONS: chance.choice(["FS", "FS\\SP", "SP", "PFP"]),
            "(0018,0015)": chance.choice(["HEAD", "KNEE", "SPINE"]),
            "(0018,0081)": str(chance.randint(1, 20)),
        }
        instances.extend((f"series {number}", dict(values)) for _ in range(3))
    return instances


def learned(instances: list[tuple[str, dict[str, str | None]]], path: str = SPACING) -> str:
    answer = Learner(profile_of(instances)).attribute((path,))
    assert isinstance(answer, Condition), answer
    return answer.text(path)


def test_a_value() -> None:
    instances = varied(40)
    for _, values in instances:
        if values[ACQUISITION] == "2D":
            values[SPACING] = "3"
    assert learned(instances) == "MR Acquisition Type (0018,0023) is 2D"


def test_value_n_of_image_type() -> None:
    instances = varied(40)
    for _, values in instances:
        if str(values[IMAGE_TYPE]).endswith("MPR"):
            values[SPACING] = "3"
    assert learned(instances) == "Image Type (0008,0008) Value 3 is MPR"


def test_one_of_few_values_and_a_value_among_others() -> None:
    instances = varied(60)
    for _, values in instances:
        if values["(0018,0015)"] in ("HEAD", "SPINE"):
            values[SPACING] = "3"
        if "SP" in str(values[SCAN_OPTIONS]).split("\\"):
            values["(0018,1060)"] = "10"
    assert learned(instances) in (
        "Body Part Examined (0018,0015) is HEAD or SPINE",
        "Body Part Examined (0018,0015) is not KNEE",
    )
    assert learned(instances, "(0018,1060)") == "Scan Options (0018,0022) contains SP"


def test_presence_of_another_attribute() -> None:
    instances = varied(40)
    chance = random.Random(1)
    for number, (_, values) in enumerate(instances):
        if number % 3 == 0:
            agent = chance.random() < 0.5
        if agent:
            values["(0018,0010)"] = None
            values["(0018,1041)"] = "10"
    assert learned(instances, "(0018,1041)") == "Contrast/Bolus Agent (0018,0010) is present"
    agent_condition = Learner(profile_of(instances)).attribute(("(0018,0010)",))
    assert isinstance(agent_condition, NotFound), "what the volume depends on does not depend on the volume"


def test_a_conjunction() -> None:
    instances = varied(80)
    for _, values in instances:
        if values[ACQUISITION] == "3D" and values["(0018,0015)"] == "HEAD":
            values[SPACING] = "3"
    text = learned(instances)
    assert set(text.split(" and ")) == {
        "MR Acquisition Type (0018,0023) is 3D",
        "Body Part Examined (0018,0015) is HEAD",
    }


def test_value_presence() -> None:
    instances = varied(40)
    for _, values in instances:
        values[SPACING] = "3" if values[ACQUISITION] == "2D" else None
    answer = Learner(profile_of(instances)).value((SPACING,))
    assert isinstance(answer, Condition)
    assert answer.text() == "MR Acquisition Type (0018,0023) is 2D"
    assert Learner(profile_of(instances)).attribute((SPACING,)) is None


@pytest.mark.parametrize("seed", range(30))
def test_chance_is_not_explained(seed: int) -> None:
    instances = varied(24, seed)
    chance = random.Random(seed + 1000)
    for series in sorted({series for series, _ in instances}):
        if chance.random() < 0.5:
            for other, values in instances:
                if other == series:
                    values[SPACING] = "3"
    assert not isinstance(Learner(profile_of(instances)).attribute((SPACING,)), Condition)


def test_one_series_proves_nothing() -> None:
    instances = [("one", {ACQUISITION: "2D", SPACING: "3"})] * 50 + [("two", {ACQUISITION: "3D"})] * 50
    answer = Learner(profile_of(list(instances))).attribute((SPACING,))
    assert isinstance(answer, NotFound)
    assert "too few series to tell: 1 with it, 1 without it" in answer.reason


def test_what_changes_within_a_series_weighs_more() -> None:
    prefix = '(0019,xx0D,"ACME MR")'
    instances = [("one", {prefix: "BMATRIX", '(0019,xx0E,"ACME MR")': "1"})] * 20
    instances += [("one", {prefix: "NONE"})] * 5 + [(f"series {n}", {prefix: "NONE"}) for n in range(3)]
    answer = Learner(profile_of(list(instances))).attribute(('(0019,xx0E,"ACME MR")',))
    assert isinstance(answer, Condition)
    assert answer.text() == "(0019,xx0D,ACME MR) is BMATRIX"


def elements(data_set: Dataset, path: str) -> tuple[int, list[Dataset], list[pydicom.DataElement]]:
    """The elements at a path by pydicom: number of items that could hold it, those items, and the elements."""
    level = [data_set]
    parts = steps(path)
    for number, step in enumerate(parts):
        found = []
        for item in level:
            tag = None
            if step.is_creator:
                tags = (
                    e.tag
                    for e in item.group_dataset(step.group)
                    if e.tag.is_private_creator and str(e.value) == step.creator
                )
                tag = next(tags, None)
            elif step.private:
                try:
                    block = item.private_block(step.group, step.creator)
                    tag = block.get_tag(int(step.element[-2:], 16))
                except KeyError:
                    tag = None
            else:
                tag = step.tag
            if tag is not None and tag in item:
                found.append(item[tag])
        if number == len(parts) - 1:
            return len(level), level, found
        level = [item for element in found if element.VR == "SQ" for item in element.value]
    return 0, [], []


def text_of(element: pydicom.DataElement) -> str:
    if element.VR == "SQ":
        item = element.value[0]
        code = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue")
        return "\x1f".join(str(v) for v in (code, item.get("CodingSchemeDesignator", ""), item.get("CodeMeaning", "")))
    values = element.value if isinstance(element.value, MultiValue | list) else [element.value]
    return "\\".join("" if v is None else str(getattr(v, "original_string", v)).strip() for v in values)


def holds(literal: Literal, data_set: Dataset) -> bool:
    _, _, found = elements(data_set, literal.path)
    if literal.relation in ("present", "absent"):
        return bool(found) == (literal.relation == "present")
    texts = {text_of(e) for e in found if not e.is_empty and not (e.VR == "SQ" and not e.value)}
    if literal.position:
        texts = {t.split("\\")[literal.position - 1] for t in texts if t.count("\\") >= literal.position - 1}
    if literal.relation == "contains":
        return any(literal.values[0] in t.split("\\") for t in texts)

    def same(text: str) -> bool:
        return any(text == v or _number(text) == _number(v) is not None for v in literal.values)

    found_one = len(texts) == 1 and same(next(iter(texts)))
    return found_one if literal.relation == "is" else not found_one


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def recheck(folder: Path) -> int:
    """Check every condition of a corpus against every instance; returns how many there are."""
    profile = scan([folder])
    data_sets: dict[str, list[Dataset]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data_set = pydicom.dcmread(path, stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
        data_sets.setdefault(str(data_set.get("SOPClassUID", "")), []).append(data_set)
    count = 0
    for uid, sop_class in profile.sop_classes.items():
        learner = Learner(sop_class)
        for path in sop_class.paths:
            if not path.startswith("("):
                continue
            of_attribute, of_value = learner.attribute((path,)), learner.value((path,))
            for data_set in data_sets.get(uid, ()):
                places, _, found = elements(data_set, path)
                if isinstance(of_attribute, Condition) and places:
                    creator = (
                        path.rpartition("(")[0] + f'({path.rpartition("(")[2][:4]},00xx,"{steps(path)[-1].creator}")'
                    )
                    if steps(path)[-1].private and not elements(data_set, creator)[2]:
                        assert not found, path
                        continue
                    expected = all(holds(literal, data_set) for literal in of_attribute.literals)
                    assert expected == (len(found) == places), (uid, path, of_attribute.text())
                if isinstance(of_value, Condition) and found:
                    expected = all(holds(literal, data_set) for literal in of_value.literals)
                    has = all(bool(e.value) if e.VR == "SQ" else not e.is_empty for e in found)
                    assert expected == has, (uid, path, of_value.text())
            count += isinstance(of_attribute, Condition) + isinstance(of_value, Condition)
    return count


def test_every_condition_of_the_samples_holds(corpus: Path) -> None:
    assert recheck(corpus) >= 10


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
@pytest.mark.parametrize(
    ("name", "at_least"),
    [("siemens-prismafit-xa30", 20), ("ge-signa-architect-dv28", 10), ("philips-ingenuity-ct-4.1", 10)],
)
def test_every_condition_of_real_products_holds(name: str, at_least: int) -> None:
    assert recheck(CORPORA / name) >= at_least


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_what_a_scanner_really_does() -> None:
    profile = scan([CORPORA / "siemens-prismafit-xa30"]).sop_classes["1.2.840.10008.5.1.4.1.1.4"]
    learner = Learner(profile)
    spacing = learner.attribute((SPACING,))
    gradient = learner.attribute(('(0019,xx0E,"SIEMENS MR HEADER")',))
    assert isinstance(spacing, Condition)
    assert isinstance(gradient, Condition)
    assert spacing.text() == "MR Acquisition Type (0018,0023) is 2D"
    assert gradient.literals == (Literal('(0019,xx0D,"SIEMENS MR HEADER")', "is", ("BMATRIX",)),)
