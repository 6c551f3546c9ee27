"""Every Value Type of PS3.3 section C.17.3 in the content table: its row, its Values, its Source, and the workbook."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pydicom import Dataset, Sequence
from pydicom.uid import generate_uid
from report_content import COMPREHENSIVE_SR, code, counted, document, item, steps_below, walk

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.content import VALUE_TAGS
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from annexgen.profile.privacy import seal
from annexgen.render.excel import workbook
from annexgen.sr.matching import match
from annexgen.sr.rows import report_rows
from annexgen.sr.trees import content_trees

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

TITLE = ("126000", "DCM", "Imaging Measurement Report")
CT, ECG = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.9.1.1"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
RED = ("R", "99ACME", "Red")
NESTED = ("CONTAINER", "NUM", "CODE", "TEXT", "SCOORD")


def concept(value_type: str, position: int = 0) -> tuple[str, str, str]:
    return f"{value_type}-{position}", "99ACME", f"own {value_type} {position}"


def of_type(value_type: str, relationship: str = "CONTAINS", position: int = 0) -> Dataset:
    """A Content Item of a Value Type, with all that PS3.3 Table C.17.3.2.1-1 and its macros ask for."""
    found = item(relationship, value_type, concept(value_type, position), RED if value_type == "CODE" else "1")
    match value_type:
        case "NUM":
            found.NumericValueQualifierCodeSequence = Sequence([code(("114010", "DCM", "Value unknown"))])
        case "TEXT":
            found.TextValue = "always the same"
        case "PNAME":
            found.PersonName = "Doe^Jane"
        case "DATE":
            found.Date = "20200131"
        case "TIME":
            found.Time = "120000"
        case "DATETIME":
            found.DateTime = "20200131120000"
        case "UIDREF":
            found.UID = "1.2.3.4.5.6.7"
        case "IMAGE" | "COMPOSITE" | "WAVEFORM":
            reference = Dataset()
            reference.ReferencedSOPClassUID = {"IMAGE": CT, "COMPOSITE": PDF, "WAVEFORM": ECG}[value_type]
            reference.ReferencedSOPInstanceUID = generate_uid()
            if value_type == "WAVEFORM":
                reference.ReferencedWaveformChannels = [1, 0]
            found.ReferencedSOPSequence = Sequence([reference])
        case "SCOORD":
            found.GraphicType, found.GraphicData = "POLYLINE", [1.0, 1.0, 5.0, 5.0]
        case "SCOORD3D":
            found.GraphicType, found.GraphicData = "POLYGON", [1.0, 1.0, 1.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0]
            found.ReferencedFrameOfReferenceUID = "1.2.3.4.5"
        case "TCOORD":
            found.TemporalRangeType, found.ReferencedSamplePositions = "MULTISEGMENT", [1, 9, 20, 30]
        case "TABLE":
            column, values = Dataset(), Dataset()
            column.TableColumnNumber, column.ConceptNameCodeSequence = 1, Sequence([code(RED)])
            values.NumberOfTableRows, values.NumberOfTableColumns = 1, 1
            values.TableColumnDefinitionSequence = Sequence([column])
            found.TabulatedValuesSequence = Sequence([values])
    return found


TYPES = ("CONTAINER", *VALUE_TAGS)
VALUES = {
    "CONTAINER": "",
    "TEXT": "always the same",
    "CODE": '(R, 99ACME, "Red")',
    "NUM": '1; Unit: (mm, UCUM, "mm"); Qualifier: (114010, DCM, "Value unknown")',
    "DATETIME": "",
    "DATE": "",
    "TIME": "",
    "PNAME": "",
    "UIDREF": "",
    "IMAGE": "CT Image Storage",
    "COMPOSITE": "Encapsulated PDF Storage",
    "WAVEFORM": "12-lead ECG Waveform Storage",
    "SCOORD": "POLYLINE",
    "SCOORD3D": "POLYGON",
    "TCOORD": "MULTISEGMENT",
    "TABLE": '(R, 99ACME, "Red")',
}
"""What the column Values says: identifying values never, references by their SOP Classes, coordinates by their types."""


@pytest.fixture(scope="module")
def annex() -> Annex:
    counting = Counting(Profile())
    for position in range(3):
        below = [of_type(value_type) for value_type in TYPES]
        below.append(item("R-INFERRED FROM", "", None, [1, 1 + TYPES.index("NUM")]))
        below[0].ContinuityOfContent = "CONTINUOUS"
        root = item("", "CONTAINER", TITLE, below=below, template="1500")
        counting.count(document(root, patient=f"P{position}"), f"{position:06d}")
    return number(build_annex(seal(counting.finish())))


def test_all_are_constructed() -> None:
    assert set(VALUES) == set(TYPES)
    assert len(TYPES) == 16


@pytest.mark.parametrize("value_type", TYPES)
def test_each_has_its_row_and_values(annex: Annex, value_type: str) -> None:
    (table,) = [t for t in annex.tables if t.kind == "sr_content"]
    (row,) = [
        r
        for r in table.rows
        if f"({concept(value_type)[0]}, " in r.cells["Concept Name"].text
        and r.cells["Rel with Parent"].text == "CONTAINS"
    ]
    assert row.cells["VT"].text == value_type
    assert row.cells["Values"].text == VALUES[value_type]
    assert row.cells["Presence of Content Item"].text == "ALWAYS"
    assert row.cells["TID"].text == "1500*"
    assert row.path == f"DCM:126000[1500]/CONTAINS.{value_type}.99ACME:{concept(value_type)[0]}"
    if value_type == "CONTAINER":
        assert row.cells["Comments"].text == "Continuity of Content CONTINUOUS"
    if value_type == "SCOORD3D":
        assert "Referenced Frame of Reference UID (3006,0024)" in row.cells["Comments"].text


def test_the_workbook_says_the_same(annex: Annex) -> None:
    (table,) = [t for t in annex.tables if t.kind == "sr_content"]
    lines: list[tuple[str, ...]] = []
    for sheet in load_workbook(BytesIO(workbook(annex)), read_only=True).worksheets:
        lines.extend(tuple(str(cell or "") for cell in row[: len(table.columns)]) for row in sheet.values)
    for row in table.rows:
        assert tuple(row.cells[column].text for column in table.columns) in lines


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> list[Dataset]:
    """Content Items of random Value Types, some several times, some with others below, and references to any before them."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        value_type = draw(st.sampled_from(TYPES))
        one = of_type(value_type, draw(st.sampled_from(("CONTAINS", "HAS PROPERTIES"))), draw(st.integers(0, 1)))
        below = draw(trees(depth - 1)) if depth and value_type in NESTED else []
        if below:
            one.ContentSequence = Sequence(below)
        found.extend(deepcopy(one) for _ in range(draw(st.integers(1, 3))))
    return found


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    root = item("", "CONTAINER", TITLE, below=draw(trees()), template="1500")
    positions = [[1]]
    for position in positions:
        current = root
        for step in position[1:]:
            current = current.ContentSequence[step - 1]
        positions.extend([*position, n] for n in range(1, len(current.get("ContentSequence") or ()) + 1))
    targets = draw(st.lists(st.sampled_from(positions[1:]), max_size=3)) if positions[1:] else []
    references = [item(f"R-{draw(st.sampled_from(('INFERRED FROM', 'CONTAINS')))}", "", None, t) for t in targets]
    if references:
        root.ContentSequence = Sequence([*root.ContentSequence, *references])
    return document(root)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(documents(), min_size=1, max_size=4))
def test_presence_multiplicity_and_references_of_random_trees(files: list[bytes]) -> None:
    items: Counter[str] = Counter()
    below: dict[str, list[Counter[str]]] = {}
    for content in files:
        data_set = pydicom.dcmread(BytesIO(content))
        for place, current in walk(data_set):
            items[place] += 1
            steps = Counter(f"{place}/{step}" for step, _ in steps_below(data_set, current))
            below.setdefault(place, []).append(steps)
    (tree,) = content_trees(counted(files))
    rows = list(report_rows(match(tree, COMPREHENSIVE_SR)).walk())
    assert Counter(path for row in rows for path in row.paths) == Counter(dict.fromkeys(items, 1))
    outer: list[tuple[str, ...]] = []
    for row in rows:
        outer[row.level :] = [row.paths]
        assert row.items == sum(items[path] for path in row.paths)
        if not row.level:
            continue
        numbers = [
            sum(steps[path] for path in row.paths) for place in outer[row.level - 1] for steps in below.get(place, ())
        ]
        assert (row.parents, row.carriers) == (sum(map(bool, numbers)), len(numbers))
        assert row.always == all(numbers)
        if len(row.paths) == 1:
            some = [number for number in numbers if number]
            assert row.node.multiplicity == (min(some), max(some))
        assert row.node.by_reference == row.paths[0].rpartition("/")[2].startswith("R-")
        if row.node.by_reference:
            assert not row.children


def test_a_reference_names_what_it_points_to() -> None:
    target = of_type("NUM")
    root = item("", "CONTAINER", TITLE, below=[target, item("R-INFERRED FROM", "", None, [1, 1])], template="1500")
    (tree,) = content_trees(counted([document(root)]))
    (reference,) = [node for node in tree.nodes() if node.by_reference]
    assert (reference.relationship, reference.value_type, reference.meaning) == (
        "R-INFERRED FROM",
        "NUM",
        concept("NUM")[2],
    )
