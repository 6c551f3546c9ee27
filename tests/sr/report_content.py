"""Builds reports for tests from short descriptions of Content Items, and walks them without annexgen."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pydicom import Dataset, Sequence
from pydicom.dataset import FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sr._snomed_dict import mapping
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annexgen.profile.model import SopClassProfile

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
Code = tuple[str, str, str]


def code(value: Code) -> Dataset:
    """An item of a code Sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value
    return item


def item(
    relationship: str,
    value_type: str,
    concept: Code | None = None,
    value: Any = None,
    below: Iterable[Dataset] = (),
    *,
    template: str = "",
    resource: str = "DCMR",
    unit: Code = ("mm", "UCUM", "mm"),
) -> Dataset:
    """One Content Item; `value` is a code, a number, a text or positions of a Content Item referred to."""
    found = Dataset()
    if relationship:
        found.RelationshipType = relationship.removeprefix("R-")
    if relationship.startswith("R-"):
        found.ReferencedContentItemIdentifier = value
        return found
    found.ValueType = value_type
    if concept:
        found.ConceptNameCodeSequence = Sequence([code(concept)])
    if template:
        named = Dataset()
        named.MappingResource, named.TemplateIdentifier = resource, template
        found.ContentTemplateSequence = Sequence([named])
    if value_type == "CONTAINER":
        found.ContinuityOfContent = "SEPARATE"
    elif value_type == "CODE" and value:
        found.ConceptCodeSequence = Sequence([code(value)])
    elif value_type == "NUM":
        measured = Dataset()
        measured.NumericValue, measured.MeasurementUnitsCodeSequence = value, Sequence([code(unit)])
        found.MeasuredValueSequence = Sequence([measured])
    elif value_type == "TEXT":
        found.TextValue = value
    elif value_type == "UIDREF":
        found.UID = value
    elif value_type in ("IMAGE", "COMPOSITE"):
        referenced = Dataset()
        referenced.ReferencedSOPClassUID, referenced.ReferencedSOPInstanceUID = value, generate_uid()
        found.ReferencedSOPSequence = Sequence([referenced])
    children = list(below)
    if children:
        found.ContentSequence = Sequence(children)
    return found


def document(root: Dataset, *, patient: str = "P1", study: str = "", series: str = "") -> bytes:
    """The file of a report whose root Content Item is `root`."""
    found = Dataset()
    found.update(root)
    found.SOPClassUID, found.SOPInstanceUID = COMPREHENSIVE_SR, generate_uid()
    found.PatientID, found.StudyInstanceUID = patient, study or generate_uid()
    found.SeriesInstanceUID, found.Modality = series or generate_uid(), "SR"
    return written(found)


def written(data_set: Dataset) -> bytes:
    """A data set as a file."""
    buffer = BytesIO()
    if not hasattr(data_set, "file_meta"):
        data_set.file_meta = FileMetaDataset()
        data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(buffer, data_set, enforce_file_format=True)
    return buffer.getvalue()


def counted(files: Iterable[bytes]) -> SopClassProfile:
    """The profile of reports of one SOP Class."""
    counting = Counting(Profile())
    for number, content in enumerate(files):
        counting.count(content, f"{number:06d}")
    (profile,) = counting.finish().sop_classes.values()
    return profile


def places(data_set: Dataset) -> Counter[str]:
    """How many Content Items stand at each place, walked with pydicom alone."""
    return Counter(place for place, _ in walk(data_set))


def walk(data_set: Dataset) -> Iterator[tuple[str, Dataset]]:
    """Every Content Item with its place: concept/RELATIONSHIP.VALUE TYPE.concept, [TID] where the writer names one."""
    stack = [((_concept(data_set) or "-") + _template(data_set), data_set)]
    while stack:
        place, current = stack.pop()
        yield place, current
        stack.extend((f"{place}/{step}", child) for step, child in steps_below(data_set, current))


def steps_below(document: Dataset, current: Dataset) -> Iterator[tuple[str, Dataset]]:
    """The Content Items directly below one, with the last step of their place."""
    for child in current.get("ContentSequence") or ():
        relationship, shown = str(child.get("RelationshipType") or ""), child
        if "ReferencedContentItemIdentifier" in child:
            relationship, shown = f"R-{relationship}", document
            for position in list(child["ReferencedContentItemIdentifier"].value)[1:]:
                shown = shown.ContentSequence[position - 1]
        parts = [relationship, str(shown.get("ValueType") or "")]
        concept = _concept(shown)
        yield ".".join(parts) + (f".{concept}" if concept else "") + _template(child), child


def _concept(data_set: Dataset) -> str:
    for found in data_set.get("ConceptNameCodeSequence") or ():
        value = found.get("CodeValue") or found.get("LongCodeValue") or found.get("URNCodeValue")
        scheme = found.get("CodingSchemeDesignator") or ""
        if not value:
            continue
        if scheme in ("SRT", "SNM3", "99SDM") and value in mapping["SRT"]:
            scheme, value = "SCT", mapping["SRT"][value]
        return f"{scheme}:{value}".replace("/", "%2F").replace("[", "%5B").replace("]", "%5D")
    return ""


def _template(data_set: Dataset) -> str:
    for found in data_set.get("ContentTemplateSequence") or ():
        named, resource = found.get("TemplateIdentifier"), found.get("MappingResource")
        if named:
            return f"[{named}]" if resource in (None, "", "DCMR") else f"[{resource}:{named}]"
    return ""
