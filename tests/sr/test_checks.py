"""Findings about reports: each kind with how often and where, and none in a report that follows its template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from report_content import COMPREHENSIVE_SR, Code, counted, document, item

from annexgen.annex.build import build_annex
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from annexgen.profile.privacy import seal
from annexgen.sr.checks import content_remarks
from annexgen.sr.matching import match
from annexgen.sr.trees import content_trees

if TYPE_CHECKING:
    from pydicom import Dataset

    from annexgen.analyzers.remark import Remark

TITLE = ("113701", "DCM", "X-Ray Radiation Dose Report")
PROCEDURE = ("121058", "DCM", "Procedure reported")
PROJECTION = ("113704", "DCM", "Projection X-Ray")
INTENT, DIAGNOSTIC = ("363703001", "SCT", "Has Intent"), ("261004008", "SCT", "Diagnostic Intent")
OBSERVER, DEVICE = ("121005", "DCM", "Observer Type"), ("121007", "DCM", "Device")
EVENT = ("113706", "DCM", "Irradiation Event X-Ray Data")
PLANE, SINGLE = ("113764", "DCM", "Acquisition Plane"), ("113622", "DCM", "Single Plane")
EVENT_UID, STARTED = ("113769", "DCM", "Irradiation Event UID"), ("111526", "DCM", "DateTime Started")
KIND, FLUOROSCOPY = ("113721", "DCM", "Irradiation Event Type"), ("44491008", "SCT", "Fluoroscopy")
AREA, TUBE = ("122130", "DCM", "Dose Area Product"), ("113733", "DCM", "KVP")
GYM2, KV = ("Gy.m2", "UCUM", "Gy.m2"), ("kV", "UCUM", "kV")

AT_ROOT = f"DCM:{TITLE[0]}[10001]"
AT_EVENT = f"{AT_ROOT}/CONTAINS.CONTAINER.DCM:{EVENT[0]}"


def report(**changed: Dataset | None) -> Dataset:
    """A dose report of two events; `changed` are other Content Items in the place of some, None to leave them out."""
    started = item("CONTAINS", "DATETIME", STARTED)
    started.DateTime = "20200131120000"
    of_event = {
        "plane": item("HAS CONCEPT MOD", "CODE", PLANE, SINGLE),
        "uid": item("CONTAINS", "UIDREF", EVENT_UID, "1.2.3"),
        "started": started,
        "kind": item("CONTAINS", "CODE", KIND, FLUOROSCOPY),
        "area": item("CONTAINS", "NUM", AREA, "1", unit=GYM2),
        "tube": item("CONTAINS", "NUM", TUBE, "70", unit=KV),
    }
    of_root = {
        "procedure": item(
            "HAS CONCEPT MOD", "CODE", PROCEDURE, PROJECTION, [item("HAS CONCEPT MOD", "CODE", INTENT, DIAGNOSTIC)]
        ),
        "observer": item("HAS OBS CONTEXT", "CODE", OBSERVER, DEVICE),
    }

    def chosen(items: dict[str, Dataset]) -> list[Dataset]:
        given = [changed.get(name, one) for name, one in items.items()]
        return [one for one in given if one is not None]

    events = [item("CONTAINS", "CONTAINER", EVENT, below=chosen(of_event)) for _ in range(2)]
    return item("", "CONTAINER", TITLE, below=[*chosen(of_root), *events], template="10001")


def remarks(*roots: Dataset) -> list[Remark]:
    profile = counted([document(root) for root in roots])
    return content_remarks(tuple(match(tree, COMPREHENSIVE_SR) for tree in content_trees(profile)))


def code_item(concept: Code, value: Code, relationship: str = "CONTAINS") -> Dataset:
    return item(relationship, "CODE", concept, value)


@pytest.mark.parametrize(
    ("code", "changed", "path", "count", "says"),
    [
        ("content-mandatory-absent", {"uid": None}, AT_EVENT, 6, "Irradiation Event UID"),
        (
            "content-relationship",
            {"plane": code_item(PLANE, SINGLE, "HAS PROPERTIES")},
            f"{AT_EVENT}/HAS PROPERTIES.CODE.DCM:113764",
            6,
            "asks for HAS CONCEPT MOD",
        ),
        (
            "content-value-type",
            {"uid": item("CONTAINS", "TEXT", EVENT_UID, "1.2.3")},
            f"{AT_EVENT}/CONTAINS.TEXT.DCM:113769",
            6,
            "asks for UIDREF",
        ),
        (
            "content-code-not-allowed",
            {"observer": code_item(OBSERVER, ("X", "99ACME", "Robot"), "HAS OBS CONTEXT")},
            f"{AT_ROOT}/HAS OBS CONTEXT.CODE.DCM:121005",
            3,
            "Robot",
        ),
        (
            "content-retired-code",
            {"kind": code_item(KIND, ("P5-06000", "SRT", "Fluoroscopy"))},
            f"{AT_EVENT}/CONTAINS.CODE.DCM:113721",
            3,
            "SCT 44491008 replaces it",
        ),
        (
            "content-unit-not-allowed",
            {"tube": item("CONTAINS", "NUM", TUBE, "70", unit=("V", "UCUM", "V"))},
            f"{AT_EVENT}/CONTAINS.NUM.DCM:113733",
            3,
            "(V, UCUM",
        ),
        (
            "content-meaning",
            {"tube": item("CONTAINS", "NUM", ("113733", "DCM", "Tube Current"), "70", unit=KV)},
            f"{AT_EVENT}/CONTAINS.NUM.DCM:113733",
            3,
            'PS3.16 gives this code the meaning "KVP"',
        ),
    ],
)
def test_each_kind_with_count_and_place(
    code: str, changed: dict[str, Dataset | None], path: str, count: int, says: str
) -> None:
    """Items count where the item itself is wrong, documents where its codes are."""
    follows = {(r.code, r.path, r.message) for r in remarks(report())}
    found = [r for r in remarks(*(report(**changed) for _ in range(3))) if (r.code, r.path, r.message) not in follows]
    (one,) = [r for r in found if r.code == code and says in r.message]
    assert (one.path, one.count) == (path, count)


def test_a_report_that_follows_its_template_has_none_of_these() -> None:
    absent = {r.code for r in remarks(report())}
    assert absent <= {"content-mandatory-absent"}


def test_findings_stand_in_the_annex_with_count_and_place() -> None:
    wrong = item("CONTAINS", "TEXT", EVENT_UID, "1.2.3")
    counting = Counting(Profile())
    for position in range(3):
        counting.count(document(report(uid=wrong), patient=f"P{position}"), f"{position:06d}")
    annex = build_annex(seal(counting.finish()))
    told = {(f.code, f.path, f.count) for f in annex.findings if f.code.startswith("content-")}
    expected = {(r.code, r.path, r.count) for r in remarks(*(report(uid=wrong) for _ in range(3)))}
    assert told == expected
    assert ("content-value-type", f"{AT_EVENT}/CONTAINS.TEXT.DCM:113769", 6) in told
