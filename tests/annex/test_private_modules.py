"""Private modules of corpora whose blocks move between instances, are nested and doubled: every row right, none invented."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ComprehensiveSRStorage

from annexgen.annex.audit import audit
from annexgen.annex.audit_result import Kind
from annexgen.annex.build import build_annex
from annexgen.annex.disclosure import Disclosure, disclosure_of
from annexgen.annex.model import Status
from annexgen.annex.numbering import number
from annexgen.annex.private_cells import _vr
from annexgen.profile.model import PathStatistics
from annexgen.profile.paths import steps
from annexgen.profile.scan import scan
from annexgen.standard.private_dictionary import EMPTY
from tests.private_instances import instance, save
from tests.test_every_element import annex_of, check, corpus_paths

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex

CREATORS = ("ACME ONE", "ACME TWO^SUB", "acme/three (3)")
VALUES = {1: ("DS", "2.5"), 2: ("LO", "text"), 0x10: ("OB", b"\1\2"), 0xFE: ("US", 7), 0xFF: ("SH", "")}


def add_blocks(data_set: Dataset, random_: random.Random, depth: int) -> None:
    """Some creators at blocks drawn anew, one of them perhaps in two, with some of their elements."""
    for group in random_.sample((0x0029, 0x0031, 0x7001), random_.randint(0, 2) + (depth == 0)):
        blocks = random_.sample(range(0x10, 0x20), 4)
        creators = [*random_.sample(CREATORS, random_.randint(1, 3))]
        if random_.random() < 0.4:
            creators.append(creators[0])
        for block, creator in zip(blocks, creators, strict=False):
            data_set.add_new(group << 16 | block, "LO", creator)
            for element, (vr, value) in VALUES.items():
                if random_.random() < 0.6:
                    data_set.add_new(group << 16 | block << 8 | element, vr, value)
            if depth < 2 and random_.random() < 0.4:
                items = [Dataset() for _ in range(random_.randint(0, 2))]
                for item in items:
                    add_blocks(item, random_, depth + 1)
                data_set.add_new(group << 16 | block << 8 | 0x40, "SQ", Sequence(items))


def written(folder: Path, seed: int) -> Path:
    random_ = random.Random(seed)
    for index in range(12):
        data_set = instance(index)
        add_blocks(data_set, random_, 0)
        if random_.random() < 0.5:
            item = Dataset()
            item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "1", "99ACME", "One"
            add_blocks(item, random_, 1)
            data_set.AnatomicRegionSequence = Sequence([item])
        if random_.random() < 0.2:
            data_set.add_new(0x00411001, "LO", "no creator")
        save(data_set, folder / f"{index}.dcm")
    return folder


@pytest.mark.parametrize("seed", range(12))
def test_every_private_element_has_its_row(seed: int, tmp_path: Path) -> None:
    check(annex_of(written(tmp_path, seed)), corpus_paths(tmp_path))


@pytest.mark.parametrize("seed", range(6))
def test_audit_reports_every_undisclosed_element_and_no_other(seed: int, tmp_path: Path) -> None:
    profile = scan([written(tmp_path, seed)])
    known = disclosure_of(number(build_annex(profile)))
    assert {f.kind for f in audit(profile, known).findings} <= {Kind.NO_CREATOR, Kind.BLOCKS}
    random_ = random.Random(seed)
    hidden = set(random_.sample(sorted(known.attributes), len(known.attributes) // 2))
    partial = Disclosure(known.creators, {k: v for k, v in known.attributes.items() if k not in hidden})
    found = [f for f in audit(profile, partial).findings if f.kind is Kind.UNDISCLOSED]
    assert len(found) == len(hidden)
    assert not audit(profile, partial).passed


def findings(annex: Annex) -> set[str]:
    return {finding.code for finding in annex.findings}


def test_findings_about_blocks(tmp_path: Path) -> None:
    for index, creator in enumerate(("ACME ONE", "ACME TWO")):
        data_set = instance(index)
        data_set.add_new(0x00290010, "LO", creator)
        data_set.add_new(0x00291001, "SH", "x")
        data_set.add_new(0x00290011 + index, "LO", "ACME THREE")
        data_set.add_new(0x00410100, "SH", "in no block")
        save(data_set, tmp_path / f"{index}.dcm")
    expected = {"private-block-conflict", "private-blocks", "private-element-number", "private-without-creator"}
    assert expected <= findings(annex_of(tmp_path))


def test_what_files_state_is_shown_and_checked(tmp_path: Path) -> None:
    data_set = instance()
    block = data_set.private_block(0x0029, "ACME ONE", create=True)
    block.add_new(1, "LO", "harmless")
    block.add_new(2, "LO", "Quetzalcoatl")
    block.add_new(3, "DS", "1")
    data_set.private_block(0x0031, "ACME TWO", create=True).add_new(1, "DS", "1")
    stated = Dataset()
    stated.PrivateGroupReference, stated.PrivateCreatorReference = 0x0029, "ACME ONE"
    stated.BlockIdentifyingInformationStatus, stated.NonidentifyingPrivateElements = "MIXED", [1, 2]
    definition = Dataset()
    definition.PrivateDataElement, definition.PrivateDataElementValueRepresentation = 3, "FD"
    definition.PrivateDataElementValueMultiplicity = 1
    stated.PrivateDataElementDefinitionSequence = Sequence([definition])
    data_set.PrivateDataElementCharacteristicsSequence = Sequence([stated])
    save(data_set, tmp_path / "a.dcm")
    annex = annex_of(tmp_path)
    rows = {row.path: row.cells for t in annex.tables if t.kind == "private_module" for row in t.rows}
    cells = {path: cells["Identifiable Information"].text for path, cells in rows.items()}
    assert cells == {
        '(0029,00xx,"ACME ONE")': "MIXED",
        '(0029,xx01,"ACME ONE")': "SAFE",
        '(0029,xx02,"ACME ONE")': "SAFE",
        '(0029,xx03,"ACME ONE")': "UNSAFE",
        '(0031,00xx,"ACME TWO")': "",
        '(0031,xx01,"ACME TWO")': "",
    }
    assert {
        "safe-looks-identifying",
        "private-characteristics-incomplete",
        "private-characteristics-disagree",
    } <= findings(annex)


def test_private_elements_in_content_items_are_disclosed(tmp_path: Path) -> None:
    """Some reports have private elements in the references of their Content Items, deep in the tree."""
    for index in range(2):
        data_set = instance(index)
        data_set.SOPClassUID, data_set.ValueType = ComprehensiveSRStorage, "CONTAINER"
        concept, reference, image, container = Dataset(), Dataset(), Dataset(), Dataset()
        concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = "121070", "DCM", "Findings"
        reference.private_block(0x0029, "ACME ONE", create=True).add_new(1, "LO", "Quetzalcoatl")
        image.ValueType, image.RelationshipType = "IMAGE", "CONTAINS"
        image.ReferencedSOPSequence = Sequence([reference])
        image.private_block(0x0031, "ACME TWO", create=True).add_new(2, "SQ", Sequence([Dataset()]))
        container.ValueType, container.RelationshipType = "CONTAINER", "CONTAINS"
        container.ConceptNameCodeSequence, container.ContentSequence = Sequence([concept]), Sequence([image])
        data_set.ConceptNameCodeSequence, data_set.ContentSequence = Sequence([concept]), Sequence([container])
        save(data_set, tmp_path / f"{index}.dcm")
    rows = {
        row.path: row for t in annex_of(tmp_path).tables if t.kind == "private_module" for row in t.rows if row.path
    }
    assert rows.keys() == {
        '(0040,A730)/(0029,00xx,"ACME ONE")',
        '(0040,A730)/(0029,xx01,"ACME ONE")',
        '(0040,A730)/(0031,00xx,"ACME TWO")',
        '(0040,A730)/(0031,xx02,"ACME TWO")',
    }
    assert {row.cells["Presence of Attribute"].text for row in rows.values()} == {"CONDITIONAL"}
    assert rows['(0040,A730)/(0029,xx01,"ACME ONE")'].cells["Identifiable Information"].text == "UNSAFE"


@pytest.mark.parametrize(
    ("vrs", "text", "status", "reason"),
    [
        ({("CS", "file"): 3}, "CS", Status.OBSERVED, ""),
        (
            {("CS", "file"): 3, ("UN", "unknown"): 2},
            "CS; UN",
            Status.PROPOSED,
            "CS as files say; UN where neither a file nor a dictionary says it",
        ),
        (
            {("DS", "dictionary"): 1},
            "DS",
            Status.PROPOSED,
            "DS from a dictionary, where a file does not say it",
        ),
    ],
)
def test_the_reason_of_a_vr_is_a_sentence(
    vrs: dict[tuple[str, str], int], text: str, status: Status, reason: str
) -> None:
    (step,) = steps('(0029,xx01,"ACME ONE")')
    cell = _vr(step, PathStatistics(vrs=Counter(vrs)), EMPTY)
    assert (cell.text, cell.status, cell.reason) == (text, status, reason)
