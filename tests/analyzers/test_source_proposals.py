"""Sources proposed from what instances, worklist items and installations have in common, and where nothing is claimed."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.analyzers.sources import propose_directory_source
from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile import storage
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile, merge
from annexgen.profile.privacy import seal

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Cell

CT, KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.59"
STUDIES = 12


def uid(*name: object) -> str:
    return generate_uid(entropy_srcs=[str(part) for part in name])


def written(data_set: Dataset, *, implicit: bool = False) -> bytes:
    """A data set without preamble and File Meta Information."""
    stream = DicomFileLike(io.BytesIO())
    stream.is_little_endian, stream.is_implicit_VR = True, implicit
    write_dataset(stream, data_set)
    return bytes(stream.parent.getvalue())


def instance(data_set: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = data_set.SOPClassUID, data_set.SOPInstanceUID
    data_set.file_meta = meta
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def of_study(study: int) -> Dataset:
    data_set = Dataset()
    data_set.StudyInstanceUID = uid("study", study)
    data_set.PatientName, data_set.PatientID = f"NAME{study}^X", f"ID{study}"
    data_set.AccessionNumber = f"ACC{study}"
    return data_set


def image(study: int, slice_number: int) -> bytes:
    data_set = of_study(study)
    data_set.SOPClassUID, data_set.SOPInstanceUID = CT, uid("image", study, slice_number)
    data_set.SeriesInstanceUID = uid("series", study)
    data_set.Manufacturer, data_set.ManufacturerModelName, data_set.SoftwareVersions = "ACME", "CT", "1"
    data_set.DeviceSerialNumber = f"SN{study % 2}"
    data_set.StudyID = f"RP{study}"
    data_set.StudyDescription = f"DESCRIPTION {study % 5}"
    data_set.SliceLocation = float(slice_number)
    data_set.KVP = "120"
    data_set.GantryDetectorTilt = str(5 + study % 2)
    data_set.PerformedProcedureStepStartDate = "20250102" if study else "20250101"
    data_set.PerformedProcedureStepStartTime = f"1200{study:02d}"
    if study % 3:
        data_set.StudyComments = f"comment {study}"
    request = Dataset()
    request.RequestedProcedureID = f"RP{study}"
    data_set.RequestAttributesSequence = [request]
    return instance(data_set)


def key_object(study: int) -> bytes:
    data_set = of_study(study)
    data_set.SOPClassUID, data_set.SOPInstanceUID = KEY_OBJECT, uid("key object", study)
    data_set.SeriesInstanceUID = uid("key objects", study)
    data_set.Manufacturer = "ACME"
    data_set.StudyID = f"RP{study}"
    data_set.StudyDescription = f"other {study}"
    if study % 3:
        data_set.StudyComments = f"comment {study}"
    reference, series, evidence = Dataset(), Dataset(), Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = CT, uid("image", study, 1)
    series.SeriesInstanceUID, series.ReferencedSOPSequence = uid("series", study), [reference]
    evidence.StudyInstanceUID, evidence.ReferencedSeriesSequence = data_set.StudyInstanceUID, [series]
    data_set.CurrentRequestedProcedureEvidenceSequence = [evidence]
    request = Dataset()
    request.RequestedProcedureID = f"RP{study}"
    data_set.RequestAttributesSequence = [request]
    data_set.PerformedProcedureStepStartDate = "20250102"
    data_set.PerformedProcedureStepStartTime = f"1200{study:02d}"
    return instance(data_set)


def item(study: int) -> bytes:
    data_set, step = of_study(study), Dataset()
    data_set.RequestedProcedureID = f"RP{study}"
    data_set.RequestedProcedureDescription = f"DESCRIPTION {study % 5}"
    step.Modality = "CT"
    step.ScheduledProcedureStepID = f"S{study}"
    data_set.ScheduledProcedureStepSequence = [step]
    return written(data_set, implicit=study % 2 == 0)


def profile_of(files: list[bytes]) -> Profile:
    counting = Counting(Profile())
    for data in files:
        counting.count(data, f"{hash(data) & 0xFFFFFFFFFFFF:012x}")
    return counting.finish()


def images() -> list[bytes]:
    return [image(study, number) for study in range(STUDIES) for number in range(3)]


def source(annex: Annex, sop_class: str, path: str) -> Cell:
    """The Source of an attribute for one SOP Class; of a row that it shares, what the row is for it alone."""
    (cell,) = {
        replace(row.cells["Source"], text=row.apart[sop_class].cells["Source"])
        if sop_class in row.apart
        else row.cells["Source"]
        for table in annex.tables
        if sop_class in table.sop_classes and "Source" in table.columns
        for row in table.rows
        if row.path == path
    }
    return cell


@pytest.fixture(scope="module")
def without_worklist() -> Annex:
    return build_annex(profile_of(images() + [key_object(study) for study in range(STUDIES)]))


@pytest.fixture(scope="module")
def with_worklist() -> Annex:
    return build_annex(profile_of(images() + [item(study) for study in range(STUDIES)]))


def test_from_the_instances_referred_to(without_worklist: Annex) -> None:
    for path in ("(0010,0010)", "(0010,0020)", "(0020,000D)", "(0020,0010)", "(0008,0050)"):
        cell = source(without_worklist, KEY_OBJECT, path)
        assert cell.text == "SRC_INSTANCE", path
        assert f"in all {STUDIES} instances compared" in cell.reason
    assert source(without_worklist, KEY_OBJECT, "(0008,1030)").text != "SRC_INSTANCE"
    assert source(without_worklist, KEY_OBJECT, "(0020,000E)").text == "GENERATED"


def test_references_repeat_what_other_instances_are(without_worklist: Annex) -> None:
    series = "(0040,A375)/(0008,1115)"
    for path in ("(0040,A375)/(0020,000D)", f"{series}/(0020,000E)", f"{series}/(0008,1199)/(0008,1155)"):
        assert source(without_worklist, KEY_OBJECT, path).text == "SRC_INSTANCE", path
    assert source(without_worklist, KEY_OBJECT, series).text == "", "the list is the product's own"


def test_a_sequence_is_copied_with_all_that_is_in_it(without_worklist: Annex) -> None:
    assert source(without_worklist, KEY_OBJECT, "(0040,0275)/(0040,1001)").text == "SRC_INSTANCE"
    assert source(without_worklist, KEY_OBJECT, "(0040,0275)").reason == "so has everything in its items"
    assert source(without_worklist, CT, "(0040,0275)").text == ""


def test_the_start_of_the_step_is_copied_where_date_and_time_are(without_worklist: Annex) -> None:
    assert source(without_worklist, KEY_OBJECT, "(0040,0245)").text == "SRC_INSTANCE"
    assert source(without_worklist, KEY_OBJECT, "(0040,0244)").text != "SRC_INSTANCE", "one day is another"


def test_presence_that_follows_the_sources(without_worklist: Annex) -> None:
    rows = [
        r for t in without_worklist.tables if KEY_OBJECT in t.sop_classes for r in t.rows if r.path == "(0032,4000)"
    ]
    (row,) = rows
    own = row.apart[KEY_OBJECT].cells if row.apart else {name: cell.text for name, cell in row.cells.items()}
    assert own["Presence of Attribute"] == "SRC_COPY"
    assert "Present if present in the source instances." in row.cells["Conditions"].text


def test_sources_are_found_after_merging() -> None:
    one, other = profile_of(images()), profile_of([key_object(study) for study in range(STUDIES)])
    together = profile_of(images() + [key_object(study) for study in range(STUDIES)])
    for merged in (merge([one, other]), merge([seal(other, b"s"), seal(one, b"s")])):
        assert source(build_annex(merged), KEY_OBJECT, "(0010,0020)").text == "SRC_INSTANCE"
    assert storage.dumps(merge([seal(other, b"s"), seal(one, b"s")])) == storage.dumps(seal(together, b"s"))
    unknown = source(build_annex(other), KEY_OBJECT, "(0010,0020)")
    assert unknown.text == ""
    assert f"for {STUDIES} of {STUDIES} instances are not in the corpus" in unknown.reason


def test_roles_where_there_is_no_worklist(without_worklist: Annex) -> None:
    cell = source(without_worklist, CT, "(0010,0020)")
    assert cell.text == "MWL"
    assert "no worklist is among the inputs" in cell.reason


def test_from_the_worklist(with_worklist: Annex) -> None:
    cell = source(with_worklist, CT, "(0010,0020)")
    assert cell.text == "MWL"
    assert "equal to Patient ID (0010,0020) of the worklist item in all 36 instances compared" in cell.reason
    assert "36 of 36 instances matched by Requested Procedure ID (36)" in cell.reason
    assert "Requested Procedure ID (0040,1001)" in source(with_worklist, CT, "(0020,0010)").reason
    assert "Requested Procedure Description (0032,1060)" in source(with_worklist, CT, "(0008,1030)").reason
    assert source(with_worklist, CT, "(0018,0060)").text == "FIXED"


def test_worklist_of_others() -> None:
    annex = build_annex(profile_of(images() + [item(study) for study in range(100, 110)]))
    cell = source(annex, CT, "(0010,0020)")
    assert cell.text == "MWL"
    assert "none of the worklist items" in cell.reason
    assert not [table for table in annex.tables if table.kind == "mapping"]


def test_mapping_table(with_worklist: Annex) -> None:
    (table,) = [t for t in number(with_worklist).tables if t.kind == "mapping"]
    assert table.id == "N.12-1"
    rows = {row.path: row.cells for row in table.rows if row.path}
    assert rows["(0020,000D)"]["Image Value Source"].text == "MWL"
    assert rows["(0020,000D)"]["Image Destination"].text == "TOP"
    assert rows["(0020,0010)"]["Image Value Source"].text == "MWL (0040,1001)"
    assert rows["(0040,0275)/(0040,1001)"]["Image Destination"].text == "(0040,0275)"


def test_configuration_and_generated(without_worklist: Annex) -> None:
    cell = source(without_worklist, CT, "(0018,1120)")
    assert cell.text == "CONFIGURATION"
    assert "2 installations" in cell.reason
    cell = source(without_worklist, CT, "(0020,1041)")
    assert cell.text == "GENERATED"
    assert f"each instance of {STUDIES} series" in cell.reason


def test_directories_repeat_what_instances_say() -> None:
    found = {
        path: propose_directory_source(path)
        for path in (
            "(0004,1200)",
            "(0004,1220)[IMAGE]/(0004,1510)",
            "(0004,1220)[IMAGE]/(0004,1400)",
            "(0004,1220)[PATIENT]/(0010,0010)",
            "(0004,1220)[SERIES]/(0008,0005)",
            "(0004,1220)[SERIES]/(0088,0200)/(0028,0010)",
            "(0004,1130)",
        )
    }
    sources = [one.source if one else "" for one in found.values()]
    assert sources == ["GENERATED", "SRC_INSTANCE", "GENERATED", "SRC_INSTANCE", "GENERATED", "", ""]


def test_nobody_is_named(with_worklist: Annex) -> None:
    profile = profile_of(images() + [item(study) for study in range(STUDIES)])
    text = repr(with_worklist) + repr(storage.document_of(seal(profile, b"s")))
    for value in ("NAME3", "ID3", "ACC3", "RP3"):
        assert f"'{value}" not in text
        assert f"{value}^" not in text
