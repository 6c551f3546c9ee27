"""The sample of instances that are compared: bounded, and the same however a corpus is split."""

from __future__ import annotations

import random

import pytest
from enhanced import encoded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from annexgen.corpus.instance import read_instance
from annexgen.profile import storage
from annexgen.profile.counting import Counting
from annexgen.profile.links import Links, level_of, thinned
from annexgen.profile.model import Limits, Profile, merge
from annexgen.profile.privacy import seal

CT = "1.2.840.10008.5.1.4.1.1.2"
SMALL = Limits(linked_studies=4, linked_series=3, linked_instances=3, worklist_items=5)


def uid(*name: object) -> str:
    return generate_uid(entropy_srcs=[str(part) for part in name])


def image(study: int, series: int, number: int, source: str = "") -> bytes:
    data_set = Dataset()
    data_set.SOPClassUID = CT
    data_set.SOPInstanceUID = uid("instance", study, series, number)
    data_set.StudyInstanceUID = uid("study", study)
    data_set.SeriesInstanceUID = uid("series", study, series)
    data_set.PatientID = f"PATIENT{study}"
    data_set.InstanceNumber = number
    if source:
        reference = Dataset()
        reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = CT, source
        data_set.SourceImageSequence = [reference]
    return encoded(data_set)


def item(number: int) -> bytes:
    data_set, step = Dataset(), Dataset()
    data_set.AccessionNumber = f"A{number}"
    data_set.StudyInstanceUID = uid("study", number)
    data_set.PatientID = f"PATIENT{number}"
    step.ScheduledProcedureStepID = f"S{number}"
    data_set.ScheduledProcedureStepSequence = [step]
    data_set.SOPClassUID = "1.2.276.0.7230010.3.1.0.1"
    data_set.SOPInstanceUID = uid("item", number)
    written = encoded(data_set)
    # What a query returned has neither; File Meta Information needs both.
    without = Dataset()
    without.update({element.tag: element for element in data_set if element.tag not in (0x00080016, 0x00080018)})
    return written[: len(written) - _size(data_set)] + _bytes(without)


def _bytes(data_set: Dataset) -> bytes:
    from io import BytesIO

    from pydicom.filebase import DicomFileLike
    from pydicom.filewriter import write_dataset

    stream = DicomFileLike(BytesIO())
    stream.is_little_endian, stream.is_implicit_VR = True, False
    write_dataset(stream, data_set)
    return bytes(stream.parent.getvalue())


def _size(data_set: Dataset) -> int:
    return len(_bytes(data_set))


def counted(files: list[bytes], limits: Limits = SMALL) -> Profile:
    counting = Counting(Profile(limits=limits))
    for number, data in enumerate(files):
        counting.count(data, f"{number:012x}")
    return counting.finish()


@pytest.fixture(scope="module")
def corpus() -> list[bytes]:
    chance = random.Random(1)
    files = [item(number) for number in range(12)]
    for study in range(10):
        for series in range(chance.randrange(1, 6)):
            for number in range(chance.randrange(1, 9)):
                source = uid("instance", study, 0, number) if series == 1 else ""
                files.append(image(study, series, number, source))
    return [*files, files[-1], files[20]]


@given(seed=st.integers(0, 1 << 32), parts=st.integers(1, 5))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_split_in_any_order(corpus: list[bytes], seed: int, parts: int) -> None:
    shuffled = random.Random(seed).sample(corpus, len(corpus))
    merged = merge([counted(shuffled[part::parts]) for part in range(parts)])
    assert merged.links == counted(corpus).links
    sealed = [seal(counted(shuffled[part::parts]), b"salt") for part in range(parts)]
    assert merge(sealed).links == seal(merged, b"salt").links


def test_bounded_and_written(corpus: list[bytes]) -> None:
    links = counted(corpus).links
    assert 0 < len(links.studies) <= SMALL.linked_studies
    assert all(len(study.series) <= SMALL.linked_series for study in links.studies.values())
    assert all(len(one.records) <= SMALL.linked_instances for s in links.studies.values() for one in s.series.values())
    assert 0 < len(links.worklist) <= SMALL.worklist_items
    assert links.items == 12
    sealed = seal(counted(corpus), b"salt")
    assert storage.profile_of(storage.document_of(sealed)) == sealed


def test_sources_are_kept_with_those_made_from_them() -> None:
    files = [image(0, 0, n) for n in range(200)] + [image(0, 1, n, uid("instance", 0, 0, n)) for n in range(200)]
    records = {record.key: record for _, _, record in counted(files, Limits()).links.records()}
    made = [record for record in records.values() if record.sources]
    assert sum(record.sources[0] in records for record in made) >= 3


def test_nothing_is_kept_where_no_values_are() -> None:
    counting = Counting(Profile(values="none"))
    counting.count(image(0, 0, 0), "0")
    counting.count(item(0), "1")
    assert counting.finish().links == Links()


def test_worklist_items_are_no_instances() -> None:
    profile = counted([item(0), image(0, 0, 0)])
    assert list(profile.sop_classes) == [CT]
    assert profile.instances == 1
    assert profile.links.items == 1
    assert not read_instance(item(0)).problems


def test_no_value_is_kept_in_clear(corpus: list[bytes]) -> None:
    text = repr(counted(corpus).links) + repr(seal(counted(corpus), b"salt").links)
    assert "PATIENT" not in text
    assert uid("study", 1) not in text


def test_levels() -> None:
    assert level_of("01") == 0
    assert level_of("08") == 3
    assert level_of("") == 0
    assert thinned({1, 2, 4, 8, 16}, lambda n: n.bit_length() - 1, 2, 0) == (3, {8, 16})
