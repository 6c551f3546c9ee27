"""An independent reading of a written corpus: counts the files' elements as the truth counts the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pydicom

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

CONTENT_SEQUENCE = 0x0040A730
DIRECTORY_RECORD_SEQUENCE = 0x00041220


def element_key(data_set: Dataset, tag: Any) -> str:
    """The step of an element path for a tag of a data set, with the Private Creator looked up beside it."""
    if not tag.group % 2:
        return f"({tag.group:04X},{tag.element:04X})"
    if tag.element <= 0xFF:
        return f'({tag.group:04X},00xx,"{data_set[tag].value}")'
    creator = data_set[tag.group, tag.element >> 8].value
    return f'({tag.group:04X},xx{tag.element & 0xFF:02X},"{creator}")'


def visit(data_set: Dataset, prefix: str, seen: dict[str, list[bool]], items: Counter[str]) -> None:
    """Note, by element path, whether each occurrence has a value, and how many items Sequences have."""
    for element in data_set:
        path = f"{prefix}/" * bool(prefix) + element_key(data_set, element.tag)
        is_sequence = element.VR == "SQ"
        seen[path].append(len(element.value) > 0 if is_sequence else not element.is_empty)
        if is_sequence and element.tag != CONTENT_SEQUENCE:
            for item in element.value:
                below = path
                if element.tag == DIRECTORY_RECORD_SEQUENCE:
                    below = f"{path}[{item.DirectoryRecordType}]"
                items[below] += 1
                visit(item, below, seen, items)


def count(folder: Path) -> dict[str, dict[str, dict[str, int]]]:
    """Per SOP Class and element path: carriers, present, partial, with_value, empty."""
    result: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    carriers: dict[str, Counter[str]] = defaultdict(Counter)
    for path in instance_files(folder):
        data_set = pydicom.dcmread(path)
        sop_class = str(data_set.file_meta.MediaStorageSOPClassUID)
        seen: dict[str, list[bool]] = defaultdict(list)
        items: Counter[str] = Counter({"": 1})
        visit(data_set, "", seen, items)
        carriers[sop_class].update(set(items))
        for place, values in seen.items():
            counter = result[sop_class][place]
            counter["present" if len(values) == items[parent(place)] else "partial"] += 1
            counter["with_value"] += all(values)
            counter["empty"] += not any(values)
    names = ("present", "partial", "with_value", "empty")
    return {
        sop_class: {
            place: {"carriers": carriers[sop_class][parent(place)], **{name: counter[name] for name in names}}
            for place, counter in places.items()
        }
        for sop_class, places in result.items()
    }


def parent(path: str) -> str:
    """The path of the Sequence that holds the element; no Private Creator of the samples has a slash."""
    return path.rpartition("/")[0]


def content_places(data_set: Dataset) -> Counter[str]:
    """How many Content Items a document has at each place of its tree."""
    places: Counter[str] = Counter()

    def name(item: Dataset, relationship: str) -> str:
        parts = [relationship, item.ValueType] if relationship else []
        if item.get("ConceptNameCodeSequence"):
            code = item.ConceptNameCodeSequence[0]
            parts.append(f"{code.CodingSchemeDesignator}:{code.CodeValue}")
        return ".".join(parts)

    def template(item: Dataset) -> str:
        stated = item.get("ContentTemplateSequence")
        return f"[{stated[0].TemplateIdentifier}]" if stated else ""

    def descend(item: Dataset, place: str) -> None:
        places[place] += 1
        for child in item.get("ContentSequence", []):
            relationship, shown = child.RelationshipType, child
            if "ReferencedContentItemIdentifier" in child:
                identifier = child["ReferencedContentItemIdentifier"].value
                relationship, shown = f"R-{relationship}", data_set
                for position in list(identifier)[1:]:
                    shown = shown.ContentSequence[position - 1]
            descend(child, f"{place}/{name(shown, relationship)}{template(child)}")

    descend(data_set, f"{name(data_set, '')}{template(data_set)}")
    return places


def instance_files(folder: Path) -> list[Path]:
    """All files of the corpus, DICOMDIRs among them."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
