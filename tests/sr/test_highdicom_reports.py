"""Measurement reports of highdicom with random content: each item in its place, presence and multiplicity right."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from report_content import counted, steps_below, walk, written

from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile, merge
from annexgen.profile.storage import document_of
from annexgen.sr.matching import match
from annexgen.sr.rows import report_rows
from annexgen.sr.trees import content_trees

COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"
NAMES = (codes.SCT.Area, codes.SCT.Volume, codes.SCT.Diameter, codes.SCT.Length)
SQUARE = np.array([[1.0, 1.0, 3.0], [5.0, 1.0, 3.0], [5.0, 5.0, 3.0], [1.0, 5.0, 3.0], [1.0, 1.0, 3.0]])
SITES = (codes.SCT.Lung, codes.SCT.Liver, codes.SCT.Kidney)


@st.composite
def groups(draw: st.DrawFn) -> Any:
    measurements = [
        hd.sr.Measurement(
            name=name,
            value=draw(st.integers(1, 90)),
            unit=codes.UCUM.Millimeter,
            derivation=draw(st.sampled_from((None, codes.SCT.Mean))),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=5))
    ]
    evaluations = [
        hd.sr.QualitativeEvaluation(codes.DCM.LevelOfSignificance, codes.SCT.NotSignificant)
        for _ in range(draw(st.integers(0, 2)))
    ]
    site = draw(st.sampled_from((None, *SITES)))
    common: dict[str, Any] = {
        "tracking_identifier": hd.sr.TrackingIdentifier(uid=generate_uid(), identifier="lesion"),
        "finding_type": draw(st.sampled_from((None, codes.SCT.Nodule))),
        "finding_sites": [hd.sr.FindingSite(site)] if site is not None else None,
        "measurements": measurements or None,
        "qualitative_evaluations": evaluations or None,
    }
    match draw(st.sampled_from(("group", "planar", "planar 3D", "volumetric", "surface"))):
        case "planar":
            return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=region(), **common)
        case "planar 3D":
            return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
                referenced_region=hd.sr.ImageRegion3D(hd.sr.GraphicTypeValues3D.POLYGON, SQUARE, generate_uid()),
                **common,
            )
        case "volumetric":
            regions = [region() for _ in range(draw(st.integers(1, 3)))]
            return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_regions=regions, **common)
        case "surface":
            surface = hd.sr.VolumeSurface(
                hd.sr.GraphicTypeValues3D.POINT,
                SQUARE[:1],
                generate_uid(),
                source_images=[hd.sr.SourceImageForSegmentation(CTImageStorage, generate_uid())],
            )
            return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_volume_surface=surface, **common)
    images = [
        hd.sr.SourceImageForMeasurementGroup(CTImageStorage, generate_uid()) for _ in range(draw(st.integers(1, 3)))
    ]
    return hd.sr.MeasurementsAndQualitativeEvaluations(source_images=images, **common)


def region() -> hd.sr.ImageRegion:
    """A circle on an image."""
    return hd.sr.ImageRegion(
        hd.sr.GraphicTypeValues.CIRCLE,
        np.array([[5.0, 5.0], [9.0, 5.0]]),
        hd.sr.SourceImageForRegion(CTImageStorage, generate_uid()),
    )


@st.composite
def reports(draw: st.DrawFn) -> bytes:
    person = hd.sr.ObserverContext(codes.DCM.Person, hd.sr.PersonObserverIdentifyingAttributes("Doe^Jane"))
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(person if draw(st.booleans()) else None),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=draw(st.lists(groups(), min_size=1, max_size=4)),
    )[0]
    found = Dataset()
    found.update(content)
    found.SOPClassUID, found.SOPInstanceUID = COMPREHENSIVE_3D_SR, generate_uid()
    found.PatientID, found.StudyInstanceUID, found.SeriesInstanceUID = "P", generate_uid(), generate_uid()
    found.file_meta = pydicom.dataset.FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return written(found)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(reports(), min_size=1, max_size=4))
def test_every_item_presence_and_multiplicity(files: list[bytes]) -> None:
    items: Counter[str] = Counter()
    below: dict[str, list[Counter[str]]] = {}
    for content in files:
        data_set = pydicom.dcmread(BytesIO(content))
        for place, current in walk(data_set):
            items[place] += 1
            steps = Counter(f"{place}/{step}" for step, _ in steps_below(data_set, current))
            below.setdefault(place, []).append(steps)
    (tree,) = content_trees(counted(files))
    nodes = {node.path: node for node in tree.nodes()}
    assert {path: node.items for path, node in nodes.items()} == dict(items)
    matched = match(tree, COMPREHENSIVE_3D_SR)
    assert all(matched.of(node).shown and matched.of(node).kind != "outside" for node in nodes.values())
    covered: Counter[str] = Counter()
    outer: list[tuple[str, ...]] = []
    for row in report_rows(matched).walk():
        covered.update(row.paths)
        outer[row.level :] = [row.paths]
        if not row.level:
            continue
        # Items of joined rows stand below all items of the joined row above.
        numbers = [sum(steps[path] for path in row.paths) for place in outer[row.level - 1] for steps in below[place]]
        some = [number for number in numbers if number]
        assert (row.parents, row.carriers) == (len(some), len(numbers))
        assert row.always == (len(some) == len(numbers))
        if len(row.paths) == 1:
            assert row.node.multiplicity == (min(some), max(some))
    assert covered == Counter(dict.fromkeys(items, 1))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(reports(), min_size=2, max_size=4))
def test_the_parts_of_a_corpus_add_up(files: list[bytes]) -> None:
    def profile(numbers: range) -> Profile:
        counting = Counting(Profile())
        for number in numbers:
            counting.count(files[number], f"{number:06d}")
        return counting.finish()

    whole = profile(range(len(files)))
    parts = merge([profile(range(1, len(files))), profile(range(1))])
    assert document_of(parts) == document_of(whole)
