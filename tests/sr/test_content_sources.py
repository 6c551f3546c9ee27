"""Sources of Content Items: what equals attributes of the document, of the instances referred to, of the worklist item."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydicom import Dataset, Sequence
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from report_content import COMPREHENSIVE_SR, Code, code, item, written

from annexgen.annex.build import build_annex
from annexgen.annex.model import Status
from annexgen.profile.counting import Counting
from annexgen.profile.links import Links
from annexgen.profile.model import Profile, merge
from annexgen.profile.privacy import seal
from annexgen.profile.storage import document_of, dumps, profile_of

if TYPE_CHECKING:
    from annexgen.annex.model import Cell

MG = "1.2.840.10008.5.1.4.1.1.1.2"
WORKLIST = "1.2.276.0.7230010.3.1.0.1"
REPORT = ("126000", "DCM", "Imaging Measurement Report")
LIBRARY, GROUP = ("111028", "DCM", "Image Library"), ("126200", "DCM", "Image Library Group")
LATERALITY, VIEW = ("111027", "DCM", "Image Laterality"), ("111031", "DCM", "Image View")
STUDY_DATE, SPACING = ("111060", "DCM", "Study Date"), ("111026", "DCM", "Horizontal Pixel Spacing")
STUDY_UID, EVENT_UID = ("110180", "DCM", "Study Instance UID"), ("113769", "DCM", "Irradiation Event UID")
NAME, AGE, SEX = ("121029", "DCM", "Subject Name"), ("121033", "DCM", "Subject Age"), ("121032", "DCM", "Subject Sex")
STARTED, MODEL = ("111526", "DCM", "DateTime Started"), ("121015", "DCM", "Device Observer Model Name")
BEST = ("B1", "99ACME", "Number of the best image")
OWN_NUMBER, OWN_TEXT = ("N1", "99ACME", "Own number"), ("T1", "99ACME", "Own text")
SIDES = {"R": ("24028007", "SCT", "Right"), "L": ("7771000", "SCT", "Left")}
CRANIO_CAUDAL = ("399162004", "SCT", "cranio-caudal")


def uid(*name: object) -> str:
    return generate_uid(entropy_srcs=[str(part) for part in name])


def dated(concept: Code, value_type: str, keyword: str, value: str) -> Dataset:
    found = item("CONTAINS", value_type, concept)
    setattr(found, keyword, value)
    return found


def image(study: int, number: int) -> Dataset:
    found = Dataset()
    found.SOPClassUID, found.SOPInstanceUID = MG, uid("image", study, number)
    found.StudyInstanceUID, found.SeriesInstanceUID = uid("study", study), uid("images", study)
    found.PatientID, found.PatientName, found.PatientSex = f"P{study}", f"Doe^Jane{study}^^", "FM"[study % 2]
    found.PatientAge = f"{40 + study:03}Y"
    found.StudyDate, found.StudyTime, found.Modality = f"202001{10 + study}", f"1200{study:02}.5000", "MG"
    found.ImageLaterality, found.PixelSpacing = "RL"[number % 2], [0.1 + study / 100, 0.2 + number / 100]
    found.ViewCodeSequence = Sequence([code(CRANIO_CAUDAL)])
    found.IrradiationEventUID = uid("event", study, number)
    found.SeriesDescription, found.AcquisitionNumber = f"series {study}", 10 * study + number
    found.ManufacturerModelName = "Mammograph"
    return found


def report(study: int, **changes: Any) -> Dataset:
    """A report about the two images of a study; `changes` are other values for what it says."""
    images = [image(study, number) for number in range(2)]
    library = []
    for number, one in enumerate(images):
        described = [
            item("HAS ACQ CONTEXT", "CODE", LATERALITY, SIDES[one.ImageLaterality]),
            item("HAS ACQ CONTEXT", "CODE", VIEW, ("R-10242", "SRT", "cranio-caudal")),
            item("HAS ACQ CONTEXT", "NUM", SPACING, changes.get("spacing", str(0.2 + number / 100))),
            dated(STUDY_DATE, "DATE", "Date", one.StudyDate),
        ]
        reference = item("CONTAINS", "IMAGE", None, MG, described)
        reference.ReferencedSOPSequence[0].ReferencedSOPInstanceUID = one.SOPInstanceUID
        library.append(reference)
    below = [
        item("CONTAINS", "CONTAINER", LIBRARY, below=[item("CONTAINS", "CONTAINER", GROUP, below=library)]),
        item("CONTAINS", "UIDREF", STUDY_UID, images[0].StudyInstanceUID),
        *(item("CONTAINS", "UIDREF", EVENT_UID, one.IrradiationEventUID) for one in images),
        dated(NAME, "PNAME", "PersonName", f"Doe^Jane{study}"),
        item("CONTAINS", "NUM", AGE, str(40 + study), unit=("a", "UCUM", "year")),
        item("CONTAINS", "CODE", SEX, ("FM"[study % 2], "DCM", "Sex")),
        dated(STARTED, "DATETIME", "DateTime", f"{images[0].StudyDate}{images[0].StudyTime}"),
        item("CONTAINS", "TEXT", MODEL, changes.get("model", "Workstation")),
        item("CONTAINS", "NUM", OWN_NUMBER, changes.get("number", "0.1")),
        item("CONTAINS", "TEXT", OWN_TEXT, changes.get("text", f"series {study}")),
    ]
    found = item("", "CONTAINER", REPORT, below=below, template="1500")
    found.SOPClassUID, found.SOPInstanceUID, found.Modality = COMPREHENSIVE_SR, uid("report", study), "SR"
    found.StudyInstanceUID, found.SeriesInstanceUID = images[0].StudyInstanceUID, uid("reports", study)
    for keyword in ("PatientID", "PatientName", "PatientSex", "PatientAge"):
        setattr(found, keyword, getattr(images[0], keyword))
    found.ManufacturerModelName = "Workstation"
    return found


def counted(files: list[Dataset]) -> Profile:
    counting = Counting(Profile())
    for number, one in enumerate(files):
        counting.count(written(one), f"{number:012x}")
    return counting.finish()


def corpus(*reports: Dataset, images: bool = True) -> list[Dataset]:
    of_studies = [image(study, number) for study in range(len(reports)) for number in range(2)]
    return [*reports, *(of_studies if images else [])]


def sources(profile: Profile) -> dict[str, Cell]:
    """The Source of each row by the concept name."""
    (table,) = [t for t in build_annex(seal(profile)).tables if t.kind == "sr_content"]
    return {row.cells["Concept Name"].text.partition(",")[0].lstrip("("): row.cells["Source"] for row in table.rows}


@pytest.fixture(scope="module")
def found() -> dict[str, Cell]:
    return sources(counted(corpus(*map(report, range(4)))))


@pytest.mark.parametrize(
    ("concept", "attribute"),
    [
        (LATERALITY, "Image Laterality (0020,0062)"),
        (VIEW, "View Code Sequence (0054,0220)"),
        (SPACING, "Pixel Spacing (0028,0030) Value 2"),
        (STUDY_DATE, "Study Date (0008,0020)"),
        (EVENT_UID, "Irradiation Event UID (0008,3010)"),
        (STARTED, "Study Date (0008,0020) and Study Time (0008,0030)"),
        (OWN_TEXT, "Series Description (0008,103E)"),
    ],
)
def test_what_equals_an_attribute_of_the_instances_referred_to_is_copied(
    found: dict[str, Cell], concept: Code, attribute: str
) -> None:
    cell = found[concept[0]]
    assert (cell.text, cell.status) == ("SRC_INSTANCE", Status.PROPOSED)
    assert f"equal to {attribute} of the instances referred to in all 4 documents compared" in cell.reason


@pytest.mark.parametrize(
    ("concept", "attribute"),
    [
        (STUDY_UID, "Study Instance UID (0020,000D)"),
        (NAME, "Patient's Name (0010,0010)"),
        (AGE, "Patient's Age (0010,1010)"),
        (SEX, "Patient's Sex (0010,0040)"),
        (MODEL, "Manufacturer's Model Name (0008,1090)"),
    ],
)
def test_what_equals_an_attribute_of_the_document_has_the_same_source(
    found: dict[str, Cell], concept: Code, attribute: str
) -> None:
    assert f"equal to {attribute} of the document itself in all 4 documents compared" in found[concept[0]].reason
    assert found[concept[0]].status is Status.PROPOSED
    # The images have another model name, and everything else from the same patient.
    assert found[concept[0]].text == ("FIXED" if concept == MODEL else "SRC_INSTANCE")


def test_one_value_that_also_stands_somewhere_is_no_copy(found: dict[str, Cell]) -> None:
    # 0.1 is a Value of Pixel Spacing in one of the studies only.
    assert found[OWN_NUMBER[0]].text == ""


def test_one_document_that_differs_refutes_it() -> None:
    reports = [report(study, text="another" if study == 2 else f"series {study}", spacing="7") for study in range(4)]
    cells = sources(counted(corpus(*reports)))
    assert cells[OWN_TEXT[0]].text == ""
    # What describes an image keeps its role, and the reason says that the values disagree.
    assert cells[SPACING[0]].text == "SRC_INSTANCE"
    assert "no attribute of it has the same value in all 4 documents compared" in cells[SPACING[0]].reason
    assert "equal" not in cells[SPACING[0]].reason


def test_to_equal_one_of_several_images_is_no_copy() -> None:
    reports = [report(study) for study in range(4)]
    for study, one in enumerate(reports):
        # One of the images of each study has this Acquisition Number, the other one has not.
        one.ContentSequence.append(item("CONTAINS", "NUM", BEST, str(10 * study + study % 2)))
    cell = sources(counted(corpus(*reports)))[BEST[0]]
    assert cell.text == "GENERATED"
    assert "equal" not in cell.reason


def test_an_item_below_an_image_is_compared_with_that_image_only() -> None:
    reports = [report(study) for study in range(4)]
    for one in reports:
        first, second = one.ContentSequence[0].ContentSequence[0].ContentSequence
        first.ReferencedSOPSequence, second.ReferencedSOPSequence = (
            second.ReferencedSOPSequence,
            first.ReferencedSOPSequence,
        )
    cells = sources(counted(corpus(*reports)))
    for concept in (LATERALITY, SPACING):
        assert "no attribute of it has the same value in all 4 documents" in cells[concept[0]].reason
    assert "equal to Study Date" in cells[STUDY_DATE[0]].reason


def test_without_the_instances_nothing_is_said_of_copies() -> None:
    cells = sources(counted(corpus(*map(report, range(4)), images=False)))
    assert cells[OWN_TEXT[0]].text == ""
    assert cells[EVENT_UID[0]].text == "GENERATED"
    assert "4 of 4 documents refer to are not in the corpus" in cells[SPACING[0]].reason


def test_a_document_that_refers_to_nothing_copies_nothing() -> None:
    reports = [report(study) for study in range(4)]
    for one in reports:
        (group,) = one.ContentSequence[0].ContentSequence
        group.ContentSequence = [item("HAS ACQ CONTEXT", "CODE", LATERALITY, SIDES["R"])]
    cell = sources(counted(corpus(*reports)))[LATERALITY[0]]
    assert cell.text == "FIXED"


def test_two_documents_are_not_enough() -> None:
    assert sources(counted(corpus(*map(report, range(2)))))[OWN_TEXT[0]].text == ""


def scheduled(one: Dataset, reason: str) -> Dataset:
    """A worklist item for the study of a report: no instance, so without SOP Class and SOP Instance UID."""
    found, step = Dataset(), Dataset()
    found.StudyInstanceUID, found.PatientID = one.StudyInstanceUID, one.PatientID
    found.ReasonForTheRequestedProcedure = reason
    step.ScheduledProcedureStepID = reason
    found.ScheduledProcedureStepSequence = Sequence([step])
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found.file_meta.MediaStorageSOPClassUID, found.file_meta.MediaStorageSOPInstanceUID = WORKLIST, uid(reason)
    return found


def test_what_the_worklist_returned_is_proposed_as_mwl() -> None:
    reports = [report(study, text=f"reason {study}") for study in range(4)]
    profile = counted([*reports, *(scheduled(one, f"reason {study}") for study, one in enumerate(reports))])
    assert profile.links.items == 4
    cell = sources(profile)[OWN_TEXT[0]]
    assert cell.text == "MWL"
    assert "Reason for the Requested Procedure (0040,1002) of the worklist item in all 4 documents" in cell.reason


def test_parts_of_a_corpus_add_up_in_any_order() -> None:
    files = corpus(*map(report, range(4)))
    whole = seal(counted(files), b"salt")
    parts = [seal(counted(files[start::3]), b"salt") for start in (2, 0, 1)]
    assert document_of(merge(parts))["links"] == document_of(whole)["links"]
    assert profile_of(json.loads(json.dumps(document_of(whole)))).links == whole.links


def test_values_are_kept_as_salted_hashes_only() -> None:
    profile = counted(corpus(*map(report, range(4))))
    written_profile = dumps(seal(profile))
    assert b"Jane" not in written_profile
    text = json.dumps(document_of(seal(profile))["links"])
    for hidden in ("Jane", uid("study", 0), uid("image", 0, 0), uid("event", 0, 0), "20200110"):
        assert hidden not in text
    unsalted, salted = ({r.contents for _, _, r in p.links.records() if r.places} for p in (profile, seal(profile)))
    assert not unsalted & salted


def test_nothing_is_kept_without_values() -> None:
    counting = Counting(Profile(values="none"))
    for number, one in enumerate(corpus(*map(report, range(3)))):
        counting.count(written(one), f"{number:012x}")
    assert counting.finish().links == Links()


def test_a_long_document_keeps_the_first_of_each_place() -> None:
    below = [item("CONTAINS", "TEXT", (f"T{n % 300}", "99ACME", "text"), f"text {n}") for n in range(6000)]
    one = report(0)
    one.ContentSequence = Sequence(below)
    (record,) = [r for _, _, r in counted([one]).links.records()]
    assert len(record.places) == 256
    assert len(set(record.places)) == 256
