"""Real reports: every Content Item lies in exactly one row, nearly all have a template, and PixelMed names the same one."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.sr._snomed_dict import mapping
from report_content import steps_below, walk

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from benchmarks.report_templates import JAR, compare

if TYPE_CHECKING:
    from pydicom import Dataset

REPORTS = ("dose-sr-all", "tid1500-all", "siemens-prismafit-xa30", "siemens-terrax-xa60")
LEAST_ITEMS = 300
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LEAST_ASSIGNED = 0.97
LEAST_BY_ROW = 0.8
LEAST_AGREEMENT = 0.95

needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="no real corpora in ../shared")


def files_of(name: str) -> list[Path]:
    return sorted(path for path in (CORPORA / name).rglob("*") if path.is_file())


def reports_of(name: str) -> list[Path]:
    """The files of a corpus that are structured reports."""
    tags = ["ContentSequence", "ValueType"]
    return [f for f in files_of(name) if "ValueType" in pydicom.dcmread(f, force=True, specific_tags=tags)]


@dataclass(slots=True)
class Walked:
    """Every Content Item of the reports of one SOP Class, walked with pydicom: places, and what stands below each item."""

    items: Counter[str] = field(default_factory=Counter)
    below: dict[str, list[Counter[str]]] = field(default_factory=dict)
    """For each place, for each of its items: how many of each place stand below it."""
    codes: dict[str, list[dict[str, set[str]]]] = field(default_factory=dict)
    """The same with the Code Values of each place below, and of the item itself."""


def walked(files: list[Path]) -> dict[str, Walked]:
    """All reports among the files, by SOP Class UID."""
    found: dict[str, Walked] = {}
    for path in files:
        document = pydicom.dcmread(path, force=True)
        one = found.setdefault(document.SOPClassUID, Walked())
        for place, current in walk(document):
            one.items[place] += 1
            children: Counter[str] = Counter()
            values = {place: code_values(current)}
            for step, child in steps_below(document, current):
                children[f"{place}/{step}"] += 1
                values.setdefault(f"{place}/{step}", set()).update(code_values(child))
            one.below.setdefault(place, []).append(children)
            one.codes.setdefault(place, []).append(values)
    return found


def code_values(item: Dataset) -> set[str]:
    return {str(code.get("CodeValue")) for code in item.get("ConceptCodeSequence") or ()}


def lasting_values(value: str) -> set[str]:
    """A Code Value in its SNOMED RT and SNOMED CT forms."""
    return {value, mapping["SRT"].get(value, value), mapping["SCT"].get(value, value)}


@needs_corpora
@pytest.mark.parametrize("name", REPORTS)
def test_rows_are_what_a_walk_with_pydicom_counts(name: str) -> None:
    """Each item in exactly one row; presence, multiplicity and learned conditions as the items themselves say."""
    files = reports_of(name)
    expected = walked(files)
    annex = build_annex(scan(files))
    found: dict[str, Counter[str]] = {}
    conditions = 0
    for table in annex.tables:
        if table.kind != "sr_content":
            continue
        (uid,) = table.sop_classes
        one = expected[uid]
        above: list[set[str]] = []
        for row in table.rows:
            places = {row.path, *row.covers}
            assert row.evidence is not None
            assert row.evidence.items == sum(one.items[place] for place in places)
            assert not found.setdefault(uid, Counter()).keys() & places
            found[uid].update({place: one.items[place] for place in places})
            above[row.level :] = [places]
            if not row.level:
                continue
            outer = above[row.level - 1]
            parents = [children for place in outer for children in one.below[place]]
            numbers = [sum(children[place] for place in places) for children in parents]
            cell, comments = row.cells["Presence of Content Item"].text, row.cells["Comments"].text
            if cell != "EMPTY":
                assert cell == ("ALWAYS" if all(numbers) else "CONDITIONAL"), row.path
            if told := re.search(r"in (\d+) of (\d+) parents", comments):
                assert (int(told[1]), int(told[2])) == (sum(map(bool, numbers)), len(numbers)), row.path
            if len(places) == 1:
                some = [number for number in numbers if number]
                told = re.search(r"(?:(\d+) to )?(\d+) times per parent", comments)
                low, high = (int(told[1] or told[2]), int(told[2])) if told else (1, 1)
                assert (low, high) == (min(some), max(some)), row.path
            if "Present if" in comments:
                conditions += 1
                values = [codes for place in outer for codes in one.codes[place]]
                holds = [held(comments, codes) for codes in values]
                assert holds == [bool(number) for number in numbers], (row.path, comments)
    assert found == {uid: one.items for uid, one in expected.items()}
    assert sum(counts.total() for counts in found.values()) > LEAST_ITEMS
    assert conditions >= (1 if name == "dose-sr-all" else 0)


def held(comments: str, below: dict[str, set[str]]) -> bool:
    """Whether the condition that Comments state holds for an item with these places and Code Values below it."""
    (sentence,) = re.findall(r"Present if (.*?)\.(?:;|$)", comments)
    subject, relation, rest = re.fullmatch(r"(\(.*?\)) is (not |present|absent)?(.*)", sentence).groups("")
    concepts = lasting_values(subject[1:].partition(",")[0])
    values: set[str] = set()
    there = False
    for place, codes in below.items():
        if place.rpartition(":")[2].partition("[")[0] in concepts:
            there, values = True, values | codes
    if relation in ("present", "absent"):
        return there == (relation == "present")
    named = {form for value in re.findall(r"\(([^,]+), ", rest) for form in lasting_values(value)}
    return there and (bool(values & named) != (relation == "not "))


@needs_corpora
@pytest.mark.parametrize("name", ["dose-sr-all", "tid1500-all"])
def test_nearly_all_content_items_have_a_template(name: str) -> None:
    result = compare(files_of(name), None, 0, None)
    assert result.items - result.none >= LEAST_ASSIGNED * result.items
    assert result.by_row >= LEAST_BY_ROW * result.items


@needs_corpora
@pytest.mark.skipif(not (JAR.exists() and shutil.which("java")), reason="libpixelmed-java or java is not installed")
@pytest.mark.parametrize(
    "name",
    ["dose-sr-all/pypi-OpenREM-0.10.0/test_files/CT-RDSR-Philips_BigBore4DCT.dcm"],
)
def test_pixelmed_names_the_same_templates(name: str) -> None:
    result = compare([CORPORA / name], JAR, 300, None)
    assert result.both > 10
    assert result.same >= LEAST_AGREEMENT * result.both
