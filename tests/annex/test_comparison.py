"""Differences between two annexes: every planned one is reported, none is invented, and what matters comes first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.sequence import Sequence
from two_versions import (
    CR,
    CT,
    MR,
    SR,
    US,
    Place,
    code,
    compressed,
    item_of,
    number_item,
    write,
)

from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.build import build_annex
from annexgen.annex.comparison import Weight, compare
from annexgen.annex.numbering import number
from annexgen.profile.paths import parent
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from annexgen.annex.comparison import Change, Comparison
    from annexgen.annex.model import Annex
    from annexgen.profile.model import Profile

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
Expected = tuple[str, str, str, str]
"""Kind, what, path and column of a difference."""


def annex_of(folder: Path) -> Annex:
    return number(build_annex(scan([folder])))


def told(changes: tuple[Change, ...]) -> set[Expected]:
    return {(change.kind, change.what, change.path, change.column) for change in changes}


def decided(comparison: Comparison) -> set[Expected]:
    return told(tuple(change for change in comparison.changes if not change.weak))


# Each planned change: what it does to an instance of a SOP Class, and the differences that must be reported.


def one(data: Dataset) -> pydicom.dataset.PrivateBlock:
    return data.private_block(0x0029, "ACME ONE")


def _moved(data: Dataset) -> None:
    """The block of ACME TWO moves from (0031,10xx) to (0031,44xx)."""
    value = data.private_block(0x0031, "ACME TWO")[0x01].value
    del data[0x00310010], data[0x00311001]
    data.add_new(0x00310044, "LO", "ACME TWO")
    data.add_new(0x00314401, "CS", value)


def _new_creator(data: Dataset) -> None:
    data.private_block(0x0033, "ACME NEW", create=True).add_new(0x01, "CS", "Y")


def _shared_echo(data: Dataset) -> None:
    for frame in data.PerFrameFunctionalGroupsSequence:
        del frame.MREchoSequence
    data.SharedFunctionalGroupsSequence[0].MREchoSequence = Sequence([item_of(EffectiveEchoTime=10.0)])


def _private_macro(data: Dataset) -> None:
    for frame in data.PerFrameFunctionalGroupsSequence:
        block = frame.FrameContentSequence[0].private_block(0x0021, "ACME FRAME", create=True)
        block.add_new(0x01, "CS", "Z")


def set_items(items: Sequence, keyword: str, value: object) -> None:
    for item in items:
        setattr(item, keyword, value)


ONE, TWO, NEW, FRAME = '"ACME ONE")', '"ACME TWO")', '"ACME NEW")', '"ACME FRAME")'
PRESENCE, VALUE_PRESENCE = "Presence of Attribute", "Presence of Value"
REPORT = "DCM:126000[1500]"
FINDING = f"{REPORT}/CONTAINS.CODE.DCM:121071"

CHANGES: dict[str, tuple[str, Callable[[Dataset, Place], object], list[Expected]]] = {
    "private element added": (
        CT,
        lambda d, p: one(d).add_new(0x10, "SH", "new"),
        [("added", "private attribute", f"(0029,xx10,{ONE}", "")],
    ),
    "private element removed": (
        CT,
        lambda d, p: d.__delitem__(one(d).get_tag(0x04)),
        [("removed", "private attribute", f"(0029,xx04,{ONE}", "")],
    ),
    "VR of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x02, "SL", 7),
        [("changed", "private attribute", f"(0029,xx02,{ONE}", "VR")],
    ),
    "VM of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x03, "DS", [1.5, 2.5, 3.5]),
        [
            ("changed", "private attribute", f"(0029,xx03,{ONE}", "VM"),
            ("changed", "private attribute", f"(0029,xx03,{ONE}", "Value"),
        ],
    ),
    "a private element no longer always": (
        CT,
        lambda d, p: None if p.axial else d.__delitem__(one(d).get_tag(0x01)),
        [("changed", "private attribute", f"(0029,xx01,{ONE}", PRESENCE)],
    ),
    "an element inside a private Sequence": (
        CT,
        lambda d, p: set_items(one(d)[0x05].value, "ExposureTime", 3),
        [("added", "attribute", f"(0029,xx05,{ONE}/(0018,1150)", "")],
    ),
    "another fixed value of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x06, "CS", "SECOND"),
        [("changed", "private attribute", f"(0029,xx06,{ONE}", "Value")],
    ),
    "a Private Creator added": (
        CT,
        lambda d, p: _new_creator(d),
        [
            ("added", "Private Creator", f"(0033,00xx,{NEW}", ""),
            ("added", "private attribute", f"(0033,xx01,{NEW}", ""),
        ],
    ),
    "a private block moved": (CT, lambda d, p: _moved(d), []),
    "attribute added": (
        CT,
        lambda d, p: setattr(d, "ReconstructionDiameter", 500),
        [("added", "attribute", "(0018,1100)", "")],
    ),
    "attribute removed": (CT, lambda d, p: d.__delattr__("FilterType"), [("removed", "attribute", "(0018,1160)", "")]),
    "always to conditional": (
        CT,
        lambda d, p: None if p.axial else d.__delattr__("PatientPosition"),
        [("changed", "attribute", "(0018,5100)", PRESENCE)],
    ),
    "conditional to always": (
        CT,
        lambda d, p: setattr(d, "GantryDetectorTilt", 0),
        [("changed", "attribute", "(0018,1120)", PRESENCE)],
    ),
    "value always to empty": (
        CT,
        lambda d, p: setattr(d, "BodyPartExamined", ""),
        [("changed", "attribute", "(0018,0015)", VALUE_PRESENCE), ("changed", "attribute", "(0018,0015)", "Value")],
    ),
    "value empty to always": (
        CT,
        lambda d, p: setattr(d, "ProtocolName", "Head routine"),
        [("changed", "attribute", "(0018,1030)", VALUE_PRESENCE)],
    ),
    "value always to conditional": (
        CT,
        lambda d, p: None if p.axial else setattr(d, "AcquisitionNumber", None),
        [("changed", "attribute", "(0020,0012)", VALUE_PRESENCE)],
    ),
    "new value": (
        CT,
        lambda d, p: setattr(d, "ConvolutionKernel", "SHARP") if p.axial else None,
        [("changed", "attribute", "(0018,1210)", "Value")],
    ),
    "value no longer used": (
        CT,
        lambda d, p: setattr(d, "ScanOptions", "HELIX"),
        [("changed", "attribute", "(0018,0022)", "Value")],
    ),
    "another constant number": (
        CT,
        lambda d, p: setattr(d, "KVP", 100),
        [("changed", "attribute", "(0018,0060)", "Value")],
    ),
    "another code": (
        CT,
        lambda d, p: setattr(d, "AnatomicRegionSequence", Sequence([code("51185008", "SCT", "Chest")])),
        [("changed", "attribute", "(0008,2218)", "Value")],
    ),
    "a Sequence added": (
        CT,
        lambda d, p: setattr(
            d, "ReferencedStudySequence", Sequence([item_of(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID="1.2")])
        ),
        [("added", "attribute", "(0008,1110)", "")],
    ),
    "a Sequence removed": (
        CT,
        lambda d, p: d.__delattr__("SourceImageSequence"),
        [("removed", "Module", "General Reference", "")],
    ),
    "an attribute in the items of a Sequence": (
        CT,
        lambda d, p: set_items(d.RequestAttributesSequence, "AccessionNumber", "A"),
        [("added", "attribute", "(0040,0275)/(0008,0050)", "")],
    ),
    "a Module added": (
        CT,
        lambda d, p: (setattr(d, "FrameOfReferenceUID", "1.2.3"), setattr(d, "PositionReferenceIndicator", "")),
        [("added", "Module", "Frame of Reference", "")],
    ),
    "a Module removed": (
        CT,
        lambda d, p: d.__delattr__("ContrastBolusAgent"),
        [("removed", "Module", "Contrast/Bolus", "")],
    ),
    "Usage of a macro": (
        MR,
        lambda d, p: _shared_echo(d),
        [("changed", "Functional Group Macro", "MR Echo", "Usage")],
    ),
    "a macro added": (
        MR,
        lambda d, p: set_items(
            d.PerFrameFunctionalGroupsSequence,
            "FrameVOILUTSequence",
            Sequence([item_of(WindowCenter=1, WindowWidth=2)]),
        ),
        [("added", "Functional Group Macro", "Frame VOI LUT", "")],
    ),
    "a macro removed": (
        MR,
        lambda d, p: d.SharedFunctionalGroupsSequence[0].__delattr__("MRModifierSequence"),
        [("removed", "Functional Group Macro", "MR Modifier", "")],
    ),
    "an attribute in a macro": (
        MR,
        lambda d, p: set_items(d.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence, "SpacingBetweenSlices", 3),
        [("added", "attribute", "functional groups/(0028,9110)/(0018,0088)", "")],
    ),
    "private elements in a macro": (
        MR,
        lambda d, p: _private_macro(d),
        [
            ("added", "Private Creator", f"functional groups/(0020,9111)/(0021,00xx,{FRAME}", ""),
            ("added", "private attribute", f"functional groups/(0020,9111)/(0021,xx01,{FRAME}", ""),
            ("changed", "SOP Class", "", "Create"),
        ],
    ),
    "a Transfer Syntax": (
        CR,
        lambda d, p: compressed(d) if p.axial else None,
        [
            ("added", "Transfer Syntax", "1.2.840.10008.1.2.5", ""),
            ("changed", "SOP Class", "", "Transfer Syntax Set"),
        ],
    ),
    "a Specific Character Set": (
        CR,
        lambda d, p: setattr(d, "SpecificCharacterSet", "ISO_IR 192"),
        [
            ("added", "Specific Character Set", "ISO_IR 192", ""),
            ("changed", "attribute", "(0008,0005)", "Value"),
        ],
    ),
    "a Content Item added": (
        SR,
        lambda d, p: d.ContentSequence.append(
            number_item(code("103339001", "SCT", "Long Axis"), "4", code("mm", "UCUM", "millimeter"))
        ),
        [("added", "Content Item", f"{REPORT}/CONTAINS.NUM.SCT:103339001", "")],
    ),
    "a Content Item removed": (
        SR,
        lambda d, p: d.ContentSequence.pop(4),
        [("removed", "Content Item", f"{REPORT}/CONTAINS.TEXT.DCM:121106", "")],
    ),
    "a Content Item no longer always": (
        SR,
        lambda d, p: None if p.axial else d.ContentSequence.pop(3),
        [("changed", "Content Item", f"{REPORT}/CONTAINS.NUM.SCT:410668003", "Presence of Content Item")],
    ),
    "another code in a report": (
        SR,
        lambda d, p: setattr(
            d.ContentSequence[2], "ConceptCodeSequence", Sequence([code("52988006", "SCT", "Lesion")])
        ),
        [("changed", "Content Item", FINDING, "Values")],
    ),
}
APART = ("a Content Item removed", "a Content Item no longer always")
"""Changes of the same kind of instance that cannot be told apart when they come together; each is tested alone."""


def doing(names: list[str]) -> Callable[[Dataset, Place], None]:
    def change(data: Dataset, place: Place) -> None:
        for name in names:
            sop_class, action, _ = CHANGES[name]
            if sop_class == place.sop_class:
                action(data, place)

    return change


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Annex:
    return annex_of(write(tmp_path_factory.mktemp("before")))


def test_there_are_many_kinds_of_changes() -> None:
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_reported_and_nothing_else(name: str, before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, doing([name]))))
    assert decided(comparison) == set(CHANGES[name][2]), [c.message for c in comparison.changes]


def test_all_changes_together(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    comparison = compare(before, annex_of(write(tmp_path, doing(names))))
    assert decided(comparison) == {expected for name in names for expected in CHANGES[name][2]}


def test_the_other_way_round_what_was_new_is_gone(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    after = annex_of(write(tmp_path, doing(names)))
    there, back = compare(before, after), compare(after, before)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    # A list of values that had grown may still be open: that one of them is not seen again proves nothing.
    expected = {(turned[kind], what, path, column) for kind, what, path, column in decided(there)}
    assert {change for change in decided(back) if change[3] != "Value"} == {c for c in expected if c[3] != "Value"}


def test_sop_classes_that_come_and_go(before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, extra=(US,))))
    found = {(c.kind, c.sop_class) for c in comparison.changes if c.what == "SOP Class"}
    assert found == {("added", US), ("removed", CR)}
    assert not [c for c in comparison.changes if c.sop_class in (US, CR) and c.what != "SOP Class"]
    gone = next(c for c in comparison.changes if c.sop_class == CR)
    assert gone.weight is Weight.BREAKING
    assert "Body Part Examined (0018,0015)" in gone.holds


def test_an_annex_does_not_differ_from_itself(before: Annex) -> None:
    assert compare(before, before).changes == ()


def test_tables_that_are_shared_or_not_are_no_differences(samples_profile: Profile, samples_annex: Annex) -> None:
    apart = number(build_annex(samples_profile, thresholds=Thresholds(sharing_rows=0, sharing_share=0)))
    assert sum(len(t.rows) for t in samples_annex.tables) < sum(len(t.rows) for t in apart.tables)
    assert [c.message for c in compare(apart, samples_annex).changes] == []


def test_the_most_important_come_first(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    changes = compare(before, annex_of(write(tmp_path, doing(names)))).changes
    assert [c.weight for c in changes] == sorted(c.weight for c in changes)
    weights = {(c.kind, c.what, c.column): c.weight for c in changes if not c.weak}
    for key in (
        ("added", "private attribute", ""),
        ("removed", "private attribute", ""),
        ("changed", "private attribute", "VR"),
        ("changed", "Functional Group Macro", "Usage"),
        ("removed", "attribute", ""),
    ):
        assert weights[key] is Weight.BREAKING
    assert weights["added", "attribute", ""] is Weight.NOTABLE


def test_numbers_of_other_scans_are_weak_and_minor(before: Annex, tmp_path: Path) -> None:
    after = annex_of(write(tmp_path, lambda d, p: setattr(d, "XRayTubeCurrent", 300) if p.sop_class == CT else None))
    found = [c for c in compare(before, after).changes if c.path == "(0018,1151)"]
    assert [(c.weight, bool(c.weak)) for c in found] == [(Weight.MINOR, True)]


def test_a_rare_attribute_that_is_not_seen_again_is_weak(tmp_path: Path) -> None:
    def rarely(data: Dataset, place: Place) -> None:
        if place.sop_class == CT and place.series == 3:
            data.ImageComments = "seldom"

    comparison = compare(annex_of(write(tmp_path / "a", rarely)), annex_of(write(tmp_path / "b")))
    found = [c for c in comparison.changes if c.path == "(0020,4000)"]
    assert len(found) == 1
    assert "by accident with a chance of" in found[0].weak


def test_changed_texts_of_proposals_are_no_differences(before: Annex) -> None:
    tables = []
    for table in before.tables:
        rows = [
            replace(row, cells={**row.cells, "Source": replace(row.cells["Source"], text="USER")})
            if "Source" in row.cells and row.cells["Source"].status == "proposed"
            else row
            for row in table.rows
        ]
        tables.append(replace(table, rows=tuple(rows)))
    assert compare(before, replace(before, tables=tuple(tables))).changes == ()


def test_of_one_weight_things_come_first_then_presence_type_and_values(before: Annex, tmp_path: Path) -> None:
    names = [name for name in CHANGES if name not in APART]
    changes = [c for c in compare(before, annex_of(write(tmp_path, doing(names)))).changes if not c.weak]
    for weight in Weight:
        ranks = [
            0
            if not c.column
            else 1
            if c.column.startswith("Presence")
            else 2
            if c.column in ("VR", "VM", "Usage")
            else 3
            for c in changes
            if c.weight is weight
            and (not c.column or c.column.startswith("Presence") or c.column in ("VR", "VM", "Value"))
        ]
        assert ranks == sorted(ranks)
        assert len(set(ranks)) > 1 or weight is Weight.MINOR


def test_what_describes_the_study_is_decided_by_studies(tmp_path: Path) -> None:
    """Sixteen series of two studies are two observations of the study's description, and sixteen of a filter."""

    def in_two_studies(data: Dataset, place: Place) -> None:
        data.StudyInstanceUID = data.StudyInstanceUID[:-1] + str(place.study % 2)

    def without(data: Dataset, place: Place) -> None:
        in_two_studies(data, place)
        if place.sop_class == CT:
            del data.StudyID
            del data.FilterType

    changes = compare(annex_of(write(tmp_path / "a", in_two_studies)), annex_of(write(tmp_path / "b", without))).changes
    weak = {c.path: c.weak for c in changes if c.sop_class == CT and not c.column}
    assert weak["(0020,0010)"] == "only 2 studies on the side that lacks it"
    assert weak["(0018,1160)"] == ""


def test_a_sop_class_names_its_modules_before_attributes_and_each_thing_once(before: Annex, tmp_path: Path) -> None:
    comparison = compare(before, annex_of(write(tmp_path, extra=(US,))))
    (new,) = (c for c in comparison.changes if c.what == "SOP Class" and c.kind == "added")
    assert new.holds[0].endswith("Module")
    assert len(set(new.holds)) == len(new.holds)


# Real: two versions of one scanner, against pydicom's own reading.

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
    return compare(*map(annex_of, PHILIPS))


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
