"""Content Items of structured reports: where each stands in the merged tree and what it says (PS3.3 section C.17.3)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from annexgen.corpus.elements import RawElement
from annexgen.standard import context_groups

CONTENT_SEQUENCE = 0x0040A730
VALUE_TYPE = 0x0040A040
CONCEPT_NAME = 0x0040A043
RELATIONSHIP = 0x0040A010
REFERENCED_ITEM = 0x0040DB73
CONTENT_TEMPLATE = 0x0040A504
REFERENCED_INSTANCES = 0x00081199

NO_CONCEPT = "-"
"""The path of a root Content Item without Concept Name."""

VALUE_TAGS = {
    "TEXT": 0x0040A160,
    "CODE": 0x0040A168,
    "NUM": 0x0040A300,
    "DATETIME": 0x0040A120,
    "DATE": 0x0040A121,
    "TIME": 0x0040A122,
    "PNAME": 0x0040A123,
    "UIDREF": 0x0040A124,
    "IMAGE": REFERENCED_INSTANCES,
    "COMPOSITE": REFERENCED_INSTANCES,
    "WAVEFORM": REFERENCED_INSTANCES,
    "SCOORD": 0x00700023,
    "SCOORD3D": 0x00700023,
    "TCOORD": 0x0040A130,
    "TABLE": 0x0040A801,
}
"""Where each Value Type of PS3.3 Table C.17.3.2.1-1 has its value; a CONTAINER has none."""
STRUCTURE_TAGS = frozenset(
    {CONTENT_SEQUENCE, VALUE_TYPE, CONCEPT_NAME, RELATIONSHIP, REFERENCED_ITEM, CONTENT_TEMPLATE, 0x0040A050}
    | {0x00700022, 0x0040A301, 0x0040A132, 0x0040A138, 0x0040A13A}
    | set(VALUE_TAGS.values())
)

Text = Callable[[RawElement], tuple[str, ...]]
Concept = tuple[str, str, str]
"""Code Value, Coding Scheme Designator, Code Meaning."""

MEASUREMENT_MODIFIER = "HAS CONCEPT MOD"
FINDING_SITE = ("363698007", "SCT")
_SCHEMES = {"LNC": "LN", "LOINC": "LN"}
"""Other designators of a scheme, by which old documents name LOINC."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a NUM measures: the group and the Finding Sites around it, its modifiers and its unit.

    `group` is the concept name of the nearest CONTAINER; all codes are tokens (`token_of`).
    """

    group: str
    sites: tuple[str, ...]
    modifiers: tuple[tuple[str, str], ...]
    unit: str


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One Content Item of one document; `path` is its place, `parent` the place of its parent, `order` its position."""

    path: str
    parent: str
    number: int
    """Which item of the document it is, counted in the order in which they are yielded, the root as 0."""
    parent_number: int
    order: int
    value_type: str
    has_value: bool
    values: tuple[tuple[str, str], ...]
    """Pairs of kind ("code", "number", "text", "hidden", "class", "graphic") and text."""
    facets: tuple[tuple[str, str], ...]
    measurement: Measurement | None = None
    instance: str = ""
    """The SOP Instance UID that it refers to: held while the document is counted, and kept as a hash only."""


def find(elements: list[RawElement], tag: int) -> RawElement | None:
    """The element with this tag, or None."""
    for element in elements:
        if element.tag == tag:
            return element
    return None


def items_of(elements: list[RawElement], tag: int) -> list[list[RawElement]]:
    """The items of a Sequence; none when it is absent."""
    element = find(elements, tag)
    return element.value if element is not None and isinstance(element.value, list) else []


def code_of(item: list[RawElement], text: Text) -> Concept | None:
    """(value, scheme, meaning) of an item of a code Sequence; None when the item holds no code (PS3.3 section 8.8)."""
    value = scheme = meaning = ""
    for element in item:
        if element.tag in (0x00080100, 0x00080119, 0x00080120):
            value = "\\".join(text(element)) or value
        elif element.tag == 0x00080102:
            scheme = "\\".join(text(element))
        elif element.tag == 0x00080104:
            meaning = "\\".join(text(element))
    return (value, scheme, meaning) if value and (scheme or meaning) else None


def token_of(code: Concept) -> str:
    """A code as profiles keep it."""
    return "\x1f".join(code)


def is_code(value: str) -> bool:
    """Whether a value that a profile keeps is a code in clear."""
    return value[0] == "=" and value.count("\x1f") == 2


def concept_of(item: list[RawElement], text: Text) -> Concept | None:
    """The concept name of a Content Item; None when it has none."""
    for concept in items_of(item, CONCEPT_NAME):
        return code_of(concept, text)
    return None


@functools.lru_cache(maxsize=1 << 14)
def lasting(value: str, scheme: str) -> tuple[str, str]:
    """The form of a code that names a place: SCT where a SNOMED RT code has one, LN for LOINC (PS3.16 section 8)."""
    scheme = _SCHEMES.get(scheme, scheme)
    if scheme in ("SRT", "SNM3", "99SDM"):
        return context_groups.canonical((value, scheme))
    return value, scheme


def escaped(text: str) -> str:
    """A text as it stands in a step of a path."""
    return text.replace("/", "%2F").replace("[", "%5B").replace("]", "%5D")


def unescaped(text: str) -> str:
    """The text that `escaped` wrote."""
    return text.replace("%2F", "/").replace("%5B", "[").replace("%5D", "]")


@functools.lru_cache(maxsize=1 << 14)
def _segment_of(value: str, scheme: str) -> str:
    value, scheme = lasting(value, scheme)
    return escaped(f"{scheme}:{value}")


def segment(concept: Concept | None) -> str:
    """A concept name as a step of a path; "" for none. SRT and SCT forms of a concept are one place."""
    return _segment_of(concept[0], concept[1]) if concept else ""


def root_path(concept: Concept | None, template: str) -> str:
    """The place of the root of a document: its title and its template."""
    return (segment(concept) or NO_CONCEPT) + template_suffix(template)


def template_suffix(template: str) -> str:
    """What ends a step where the writer names a template: items of different templates stand at different places.

    X-Ray Radiation Dose Report is the title of TID 10001 and TID 10011, and a Measurement Group may follow TID 1410 or 1501.
    """
    return f"[{escaped(template)}]" if template else ""


def template_of(item: list[RawElement], text: Text) -> str:
    """The template that a Content Item names: its number, behind its mapping resource unless that is DCMR; "" for none."""
    for template in items_of(item, CONTENT_TEMPLATE):
        resource, identifier = _first(template, 0x00080105, text), _first(template, 0x0040DB00, text)
        return f"{resource}:{identifier}" if identifier and resource not in ("", "DCMR") else identifier
    return ""


def content_items(root: list[RawElement], text: Text) -> Iterator[ContentItem]:
    """All Content Items of a document, the root first and each before those below it."""
    root_concept = concept_of(root, text)
    path = root_path(root_concept, template_of(root, text))
    yield _item(root, path, "", (0, 0, 0), text, root_concept, None)
    stack: list[tuple[str, list[RawElement], int, str, tuple[str, ...]]] = [(path, root, 0, "", ())]
    number = 0
    while stack:
        parent, item, parent_number, group, sites = stack.pop()
        children = items_of(item, CONTENT_SEQUENCE)
        concepts = [concept_of(child, text) for child in children]
        sites = _sites(children, concepts, text) or sites
        below = []
        for order, (child, own) in enumerate(zip(children, concepts, strict=True)):
            concept = own
            value_type = _first(child, VALUE_TYPE, text)
            relationship = _first(child, RELATIONSHIP, text)
            target = find(child, REFERENCED_ITEM)
            if target is not None:
                relationship = f"R-{relationship}"
                pointed = _target(root, text(target))
                if pointed is not None:
                    concept, value_type = concept_of(pointed, text), _first(pointed, VALUE_TYPE, text)
            named = template_suffix(template_of(child, text))
            step = f"{relationship}.{value_type}" + (f".{segment(concept)}" if concept else "") + named
            child_path = f"{parent}/{step}"
            number += 1
            measurement = None
            if value_type == "NUM" and target is None:
                measurement = _measurement(child, group, sites, text)
            place = (number, parent_number, order)
            yield _item(child, child_path, parent, place, text, concept, measurement, by_reference=target is not None)
            inner = token_of(concept) if value_type == "CONTAINER" and concept else group
            if find(child, CONTENT_SEQUENCE) is not None:
                below.append((child_path, child, number, inner, sites))
        stack.extend(reversed(below))


def _sites(children: list[list[RawElement]], concepts: list[Concept | None], text: Text) -> tuple[str, ...]:
    """The Finding Sites that modify what the children stand in."""
    found: list[str] = []
    for child, concept in zip(children, concepts, strict=True):
        if concept and lasting(concept[0], concept[1]) == FINDING_SITE:
            if _first(child, RELATIONSHIP, text) != MEASUREMENT_MODIFIER:
                continue
            found.extend(token_of(c) for c in (code_of(v, text) for v in items_of(child, VALUE_TAGS["CODE"])) if c)
    return tuple(found)


def _measurement(item: list[RawElement], group: str, sites: tuple[str, ...], text: Text) -> Measurement:
    modifiers: list[tuple[str, str]] = []
    for child in items_of(item, CONTENT_SEQUENCE):
        concept = concept_of(child, text)
        if concept and _first(child, RELATIONSHIP, text) == MEASUREMENT_MODIFIER:
            codes = (code_of(value, text) for value in items_of(child, VALUE_TAGS["CODE"]))
            modifiers.extend((token_of(concept), token_of(code)) for code in codes if code)
    unit = ""
    for entry in items_of(item, VALUE_TAGS["NUM"]):
        for coded in items_of(entry, 0x004008EA):
            unit = token_of(code_of(coded, text) or ("", "", ""))
    return Measurement(group, sites, tuple(sorted(modifiers)), unit)


def _first(item: list[RawElement], tag: int, text: Text) -> str:
    element = find(item, tag)
    values = text(element) if element is not None else ()
    return values[0] if values else ""


def _target(root: list[RawElement], identifier: tuple[str, ...]) -> list[RawElement] | None:
    """The Content Item that Referenced Content Item Identifier names: one-based positions from the root."""
    item = root
    for position in identifier[1:]:
        children = items_of(item, CONTENT_SEQUENCE)
        if not position.isdigit() or not 0 < int(position) <= len(children):
            return None
        item = children[int(position) - 1]
    return item


def _item(
    item: list[RawElement],
    path: str,
    parent: str,
    place: tuple[int, int, int],
    text: Text,
    concept: Concept | None,
    measurement: Measurement | None,
    *,
    by_reference: bool = False,
) -> ContentItem:
    value_type = _first(item, VALUE_TYPE, text)
    values: list[tuple[str, str]] = []
    facets: list[tuple[str, str]] = []
    if concept:
        facets.append(("concept", token_of(concept)))
    template = template_of(item, text)
    if template:
        facets.append(("template", template))
    continuity = _first(item, 0x0040A050, text)
    if continuity:
        facets.append(("continuity", continuity))
    facets.extend(("element", f"{e.tag:08X}") for e in item if e.tag not in STRUCTURE_TAGS)
    for qualifier in items_of(item, 0x0040A301):
        code = code_of(qualifier, text)
        if code:
            facets.append(("qualifier", token_of(code)))
    has_value = by_reference or value_type == "CONTAINER"
    instance = ""
    tag = VALUE_TAGS.get(value_type)
    element = find(item, tag) if tag else None
    if element is not None:
        has_value = bool(element.value)
        if isinstance(element.value, list):
            for entry in element.value:
                values.extend(_entry_values(value_type, entry, text, facets))
                if tag == REFERENCED_INSTANCES:
                    instance = instance or _first(entry, 0x00081155, text)
        elif value_type in ("SCOORD", "SCOORD3D", "TCOORD"):
            values.extend(("graphic", graphic) for graphic in text(element)[:1] if graphic)
        else:
            kind = "text" if value_type == "TEXT" else "hidden"
            values.extend((kind, value) for value in ("\\".join(text(element)),) if value)
    return ContentItem(path, parent, *place, value_type, has_value, tuple(values), tuple(facets), measurement, instance)


def _entry_values(
    value_type: str, entry: list[RawElement], text: Text, facets: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    if value_type == "CODE":
        code = code_of(entry, text)
        if code:
            yield "code", token_of(code)
    elif value_type == "NUM":
        number = _first(entry, 0x0040A30A, text)
        if number:
            yield "number", number
        for unit in items_of(entry, 0x004008EA):
            code = code_of(unit, text)
            if code:
                facets.append(("unit", token_of(code)))
    elif value_type == "TABLE":
        for column in items_of(entry, 0x0040A807):
            concept = concept_of(column, text)
            if concept:
                facets.append(("column", token_of(concept)))
    else:
        reference = _first(entry, 0x00081150, text)
        if reference:
            yield "class", reference
