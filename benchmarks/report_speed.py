"""How fast reports become an annex: one of 50,000 Content Items, and 1,000 dose reports.

    python -m benchmarks.report_speed [--items 50000] [--reports 1000]

Prints seconds of processor time for reading and counting, and for building the annex.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom import Dataset, Sequence, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.annex.build import build_annex
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVENT_NUMBERS = (
    ("122130", "Dose Area Product"),
    ("113738", "Dose (RP)"),
    ("112011", "Positioner Primary Angle"),
    ("112012", "Positioner Secondary Angle"),
    ("113791", "Pulse Rate"),
    ("113768", "Number of Pulses"),
    ("113733", "KVP"),
    ("113734", "X-Ray Tube Current"),
    ("113793", "Pulse Width"),
    ("113742", "Irradiation Duration"),
)
_EVENTS = 30


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _item(relationship: str, value_type: str, concept: Dataset, children: Iterable[Dataset] = ()) -> Dataset:
    item = Dataset()
    if relationship:
        item.RelationshipType = relationship
    item.ValueType = value_type
    item.ConceptNameCodeSequence = Sequence([concept])
    below = list(children)
    if below:
        item.ContentSequence = Sequence(below)
    return item


def _number(concept: Dataset, value: str, children: Iterable[Dataset] = ()) -> Dataset:
    item = _item("CONTAINS", "NUM", concept, children)
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = Sequence([_code("mm", "UCUM", "mm")])
    item.MeasuredValueSequence = Sequence([measured])
    return item


def _written(root: Dataset, template: str, sop_class: str) -> bytes:
    named = Dataset()
    named.MappingResource, named.TemplateIdentifier = "DCMR", template
    root.ContentTemplateSequence = Sequence([named])
    root.SOPClassUID, root.SOPInstanceUID = sop_class, generate_uid()
    root.PatientID, root.StudyInstanceUID, root.SeriesInstanceUID = "P", generate_uid(), generate_uid()
    root.file_meta = FileMetaDataset()
    root.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    dcmwrite(buffer, root, enforce_file_format=True)
    return buffer.getvalue()


def large_report(items: int) -> bytes:
    """A TID 1500 report with about so many Content Items: groups of 24 measurements, each with a modifier."""
    groups = []
    for group in range(items // 50):
        numbers = []
        for position in range(24):
            method = _item("HAS CONCEPT MOD", "CODE", _code("370129005", "SCT", "Measurement Method"))
            method.ConceptCodeSequence = Sequence([_code(f"M{position % 5}", "99ACME", f"Method {position % 5}")])
            concept = _code(f"N{(group * 7 + position) % 400}", "99ACME", f"Measurement {(group * 7 + position) % 400}")
            numbers.append(_number(concept, str(position), [method]))
        tracking = _item("HAS OBS CONTEXT", "TEXT", _code("112039", "DCM", "Tracking Identifier"))
        tracking.TextValue = f"lesion {group}"
        groups.append(_item("CONTAINS", "CONTAINER", _code("125007", "DCM", "Measurement Group"), [tracking, *numbers]))
    measurements = _item("CONTAINS", "CONTAINER", _code("126010", "DCM", "Imaging Measurements"), groups)
    root = _item("", "CONTAINER", _code("126000", "DCM", "Imaging Measurement Report"), [measurements])
    return _written(root, "1500", "1.2.840.10008.5.1.4.1.1.88.33")


def dose_report(number: int) -> bytes:
    """A TID 10001 report of 30 irradiation events with ten numbers each."""
    events = []
    for event in range(_EVENTS):
        uid = _item("CONTAINS", "UIDREF", _code("113769", "DCM", "Irradiation Event UID"))
        uid.UID = generate_uid()
        held = _EVENT_NUMBERS[: 6 + (number + event) % 5]
        numbers = [_number(_code(value, "DCM", meaning), str(number % 97 + event)) for value, meaning in held]
        concept = _code("113706", "DCM", "Irradiation Event X-Ray Data")
        events.append(_item("CONTAINS", "CONTAINER", concept, [uid, *numbers]))
    root = _item("", "CONTAINER", _code("113701", "DCM", "X-Ray Radiation Dose Report"), events)
    return _written(root, "10001", "1.2.840.10008.5.1.4.1.1.88.67")


def measured(files: list[bytes]) -> tuple[float, float]:
    """Seconds of processor time to scan the files in this process, and to build the annex."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, content in enumerate(files):
            (folder / f"{number:06d}.dcm").write_bytes(content)
        start = time.process_time()
        profile = scan([folder])
        counted = time.process_time()
    build_annex(seal(profile))
    return counted - start, time.process_time() - counted


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--reports", type=int, default=1_000)
    arguments = parser.parse_args()
    counted, built = measured([large_report(arguments.items)])
    print(f"one report of {arguments.items:,} Content Items: {counted:.1f} s counted, {built:.1f} s built")
    counted, built = measured([dose_report(number) for number in range(arguments.reports)])
    print(f"{arguments.reports:,} dose reports: {counted:.1f} s counted, {built:.1f} s built")


if __name__ == "__main__":
    main()
