"""Measurement reports of highdicom with random content: each item in its place, presence and multiplicity right."""

from __future__ import annotations

from collections import Counter, defaultdict
from io import BytesIO

import highdicom as hd
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from report_content import counted, walk, written

from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile, merge
from annexgen.profile.storage import document_of
from annexgen.sr.matching import match
from annexgen.sr.rows import report_rows
from annexgen.sr.trees import content_trees

COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"
NAMES = (codes.SCT.Area, codes.SCT.Volume, codes.SCT.Diameter, codes.SCT.Length)
SITES = (codes.SCT.Lung, codes.SCT.Liver, codes.SCT.Kidney)


@st.composite
def groups(draw: st.DrawFn) -> hd.sr.MeasurementsAndQualitativeEvaluations:
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
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=generate_uid(), identifier="lesion"),
        finding_type=draw(st.sampled_from((None, codes.SCT.Nodule))),
        finding_sites=[hd.sr.FindingSite(site)] if site is not None else None,
        measurements=measurements or None,
        qualitative_evaluations=evaluations or None,
        source_images=[hd.sr.SourceImageForMeasurementGroup(CTImageStorage, generate_uid())],
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
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(reports(), min_size=1, max_size=4))
def test_every_item_presence_and_multiplicity(files: list[bytes]) -> None:
    items: Counter[str] = Counter()
    parents: Counter[str] = Counter()
    most: defaultdict[str, int] = defaultdict(int)
    for content in files:
        for place, current in walk(pydicom.dcmread(BytesIO(content))):
            items[place] += 1
            one = Dataset()
            one.ContentSequence = current.get("ContentSequence") or []
            below = Counter(step[1:] for step, _ in walk(one) if step.count("/") == 1)
            for step, number in below.items():
                parents[f"{place}/{step}"] += 1
                most[f"{place}/{step}"] = max(most[f"{place}/{step}"], number)
    (tree,) = content_trees(counted(files))
    nodes = {node.path: node for node in tree.nodes()}
    assert {path: node.items for path, node in nodes.items()} == dict(items)
    matched = match(tree, COMPREHENSIVE_3D_SR)
    assert all(matched.of(node).shown and matched.of(node).kind != "outside" for node in nodes.values())
    covered: Counter[str] = Counter()
    for row in report_rows(matched).walk():
        covered.update(row.paths)
        outer = row.paths[0].rpartition("/")[0]
        if len(row.paths) == 1 and outer:
            assert row.parents == parents[row.paths[0]]
            assert row.always == (parents[row.paths[0]] == items[outer])
            assert row.node.multiplicity[1] == most[row.paths[0]]
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
