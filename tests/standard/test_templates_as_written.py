"""Our templates against what SR writers write: an oracle that the project did not make.

highdicom fills in everything that its templates of TID 1500 can hold; each of its Content Items has to be explained by a
row of ours with the same relationship, Value Type, Concept Name, value, unit and Graphic Type. Where it is not, the list
says what highdicom does otherwise, and who else sides with our row.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pydicom
import pytest
from highdicom_reports import SUBJECTS, report
from row_explanations import NAMED, OPEN, Explained, explain

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
TRACKED = (("HAS OBS CONTEXT", "TEXT", "DCM:112039"), ("HAS OBS CONTEXT", "UIDREF", "DCM:112040"))

CONFIRMED = {
    "300": "1",
    "301": "3 4 5 6 7",
    "310": "1 4 5 6",
    "311": "1 2 3",
    "312": "1 2 3",
    "320": "1 3 4 6",
    "1002": "1",
    "1003": "1 1a 2 3 4",
    "1004": "1 2 3 4 5 6 7",
    "1006": "1",
    "1008": "3",
    "1009": "1 3 5 6",
    "1010": "1 2 3 4 5 6",
    "1204": "1",
    "1410": "1 1b 2 3 3a 3b 3c 5 6 7 7b 8 10 12",
    "1411": "1 1b 2 3 3a 3b 3c 5 6 7 10 11 12 14 16",
    "1419": "2 3 4 5 7 8 9 10 11",
    "1500": "1 4 6",
    "1501": "1 1b 2 3 3a 3b 6 7 8 9 10b 11",
    "1502": "1 2 3 4 5 6 7",
    "1600": "1 2",
    "1601": "1",
    "1602": "1 10 11 12",
    "1603": "3 4 5 6",
    "1604": "3 4 5 6 7 8 9 10 11 12 13",
    "4019": "1 2 2b 3 4",
    "4108": "1 2",
}
"""The rows that explain items of highdicom. Rows 1 and 2 of TID 1604 are rows 5 and 6 of TID 1603 once more."""

WITHOUT_ROW = {
    # highdicom writes the same NUM in TID 1410 and 1411 as in TID 1501; what TID 300 adds is not in TID 1419.
    *((*item, "1419") for item in TRACKED),
    ("INFERRED FROM", "IMAGE", "DCM:121112", "1419"),
    # It writes CONTAINS below a NUM, which PS3.3 section A.35 does not allow; DCMTK and PixelMed write INFERRED FROM.
    ("CONTAINS", "COMPOSITE", "DCM:126100", "300"),
    ("CONTAINS", "COMPOSITE", "DCM:126100", "1419"),
    # It names a device as subject by (121007, DCM), the type of observer; CID 271 has (121192, DCM, "Device Subject").
    ("HAS OBS CONTEXT", "CODE", "DCM:121024", "1500"),
}
"""Items of highdicom that no row of ours explains: relationship, Value Type, concept, template of the item above."""

LEFT_OPEN = {
    # The source image has a Purpose of Reference of highdicom's own choice.
    ("1601", "1", "SCT:260753009"),
    ("1410", "6", "SCT:260753009"),
    ("1411", "6", "SCT:260753009"),
    ("320", "3", "SCT:260753009"),
    ("320", "4", "SCT:260753009"),
    ("320", "6", "SCT:260753009"),
    # Qualitative evaluations are of any concept.
    ("1410", "12", "DCM:121403"),
    ("1411", "16", "DCM:121403"),
    ("1501", "11", "DCM:121403"),
    # Measurement Method of a group: CONTAINS in highdicom, so that it reads as such an evaluation. DCMTK and PixelMed
    # have HAS CONCEPT MOD, as our row 5 of TID 1501 and row 1 of TID 1419.
    ("1410", "12", "SCT:370129005"),
    ("1411", "16", "SCT:370129005"),
    ("1501", "11", "SCT:370129005"),
}
"""Items whose row leaves the concept open: TID, row, concept. All others have a concept that their row names."""


@functools.cache
def written_by_highdicom() -> tuple[tuple[Explained, str], ...]:
    """Every Content Item with its row, and the template of the item above it."""
    return tuple(pair for subject in SUBJECTS for pair in with_template_above(explain(report(subject), "1500")))


def with_template_above(found: list[Explained]) -> list[tuple[Explained, str]]:
    """Each item with the template of the last item before it that has the concept of the item above it."""
    return [
        (one, next((other.tid for other in reversed(found[:at]) if other.concept == one.above), ""))
        for at, one in enumerate(found)
    ]


pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_rows_that_highdicom_fills_in() -> None:
    rows = {(one.tid, one.row) for one, _ in written_by_highdicom() if one.row}
    assert rows == {(tid, row) for tid, numbers in CONFIRMED.items() for row in numbers.split()}


def test_every_item_of_highdicom_has_a_row_or_is_listed() -> None:
    without = {
        (one.relationship, one.value_type, one.concept, above)
        for one, above in written_by_highdicom()
        if not one.row and above
    }
    assert without == WITHOUT_ROW


def test_open_rows_stand_for_what_they_are_meant_for() -> None:
    left_open = {(one.tid, one.row, one.concept) for one, _ in written_by_highdicom() if one.strength == OPEN}
    assert left_open == LEFT_OPEN


def test_a_wrong_relationship_value_type_or_concept_has_no_row() -> None:
    root = report("fetus")
    expected = explain(root, "1500")
    language = root.ContentSequence[0]
    assert expected[1].tid == "1204"
    assert expected[1].strength == NAMED
    language.RelationshipType = "CONTAINS"
    assert not explain(root, "1500")[1].row
    language.RelationshipType, language.ValueType = "HAS CONCEPT MOD", "TEXT"
    assert not explain(root, "1500")[1].row
    language.ValueType = "CODE"
    language.ConceptNameCodeSequence[0].CodeValue = "121045"
    assert not explain(root, "1500")[1].row


OF_OTHER_WRITERS = {
    # dwv: labels, short texts and where they stand, which no template has.
    ("HAS CONCEPT MOD", "SCOORD", "DCM:122438"),
    ("HAS CONCEPT MOD", "TEXT", "DCM:125309"),
    ("HAS CONCEPT MOD", "TEXT", "SCT:718499004"),
    ("HAS PROPERTIES", "SCOORD", "DCM:122438"),
    ("SELECTED FROM", "IMAGE", "DCM:121324"),
    # dcmjs: coordinates below the NUM of a group that it calls TID 1410, which includes TID 1419.
    ("INFERRED FROM", "SCOORD", ""),
    ("SELECTED FROM", "IMAGE", ""),
    # dcmqi: a SNOMED RT code that pydicom does not map to (349358000, SCT).
    ("HAS ACQ CONTEXT", "CODE", "SRT:F-61FDB"),
    # highdicom, an early one: the Person Observer Name is a PNAME.
    ("HAS OBS CONTEXT", "TEXT", "DCM:121008"),
}
"""Kinds of items of real measurement reports that no row of ours explains."""


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_items_of_real_measurement_reports() -> None:
    found: list[Explained] = []
    for file in sorted((CORPORA / "tid1500-all").rglob("*")):
        if file.is_file():
            document = pydicom.dcmread(file, force=True)
            named = document.get("ContentTemplateSequence")
            if named and named[0].TemplateIdentifier == "1500":
                found += explain(document, "1500")
    without = [one for one in found if not one.row]
    assert {(one.relationship, one.value_type, one.concept) for one in without} == OF_OTHER_WRITERS
    assert len(found) - len(without) > 0.85 * len(found)
    assert len(found) > 600
