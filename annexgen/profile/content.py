"""Content Items of structured reports: where each stands in the merged tree and what it says (PS3.3 section C.17.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from annexgen.corpus.elements import RawElement

CONTENT_SEQUENCE = 0x0040A730
VALUE_TYPE = 0x0040A040
CONCEPT_NAME = 0x0040A043
RELATIONSHIP = 0x0040A010
REFERENCED_ITEM = 0x0040DB73
CONTENT_TEMPLATE = 0x0040A504

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
    "IMAGE": 0x00081199,
    "COMPOSITE": 0x00081199,
    "WAVEFORM": 0x00081199,
    "SCOORD": 0x00700023,
    "SCOORD3D": 0x00700023,
    "TCOORD": 0x0040A130,
}
STRUCTURE_TAGS = frozenset(
    {CONTENT_SEQUENCE, VALUE_TYPE, CONCEPT_NAME, RELATIONSHIP, REFERENCED_ITEM, CONTENT_TEMPLATE, 0x0040A050}
    | {0x00700022, 0x0040A301}
    | set(VALUE_TAGS.values())
)

Text = Callable[[RawElement], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One Content Item of one document; `path` is its place, `parent` the place of its parent, `order` its position."""

    path: str
    parent: str
    parent_number: int
    """Which occurrence of the parent's place, counted in document order of the walk, it stands in."""
    order: int
    value_type: str
    has_value: bool
    values: tuple[tuple[str, str], ...]
    """Pairs of kind ("code", "number", "text", "hidden", "class", "graphic") and text."""
    facets: tuple[tuple[str, str], ...]


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


def code_of(item: list[RawElement], text: Text) -> tuple[str, str, str] | None:
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


def concept_of(item: list[RawElement], text: Text) -> tuple[str, str, str] | None:
    """The concept name of a Content Item; None when it has none."""
    for concept in items_of(item, CONCEPT_NAME):
        return code_of(concept, text)
    return None


def _segment(concept: tuple[str, str, str] | None) -> str:
    return f"{concept[1]}:{concept[0]}".replace("/", "%2F") if concept else ""


def content_items(root: list[RawElement], text: Text) -> Iterator[ContentItem]:
    """All Content Items of a document in document order, the root first."""
    root_concept = concept_of(root, text)
    path = _segment(root_concept) or NO_CONCEPT
    yield _item(root, path, ("", 0), 0, text, root_concept)
    stack = [(path, root)]
    number = 0
    while stack:
        parent, item = stack.pop()
        number += 1
        for order, child in enumerate(items_of(item, CONTENT_SEQUENCE)):
            concept = concept_of(child, text)
            value_type = _first(child, VALUE_TYPE, text)
            relationship = _first(child, RELATIONSHIP, text)
            target = find(child, REFERENCED_ITEM)
            if target is not None:
                relationship = f"R-{relationship}"
                pointed = _target(root, text(target))
                if pointed is not None:
                    concept, value_type = concept_of(pointed, text), _first(pointed, VALUE_TYPE, text)
            step = f"{relationship}.{value_type}" + (f".{_segment(concept)}" if concept else "")
            child_path = f"{parent}/{step}"
            yield _item(child, child_path, (parent, number), order, text, concept, by_reference=target is not None)
            stack.append((child_path, child))


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
    parent: tuple[str, int],
    order: int,
    text: Text,
    concept: tuple[str, str, str] | None,
    *,
    by_reference: bool = False,
) -> ContentItem:
    value_type = _first(item, VALUE_TYPE, text)
    values: list[tuple[str, str]] = []
    facets: list[tuple[str, str]] = []
    if concept:
        facets.append(("concept", "\x1f".join(concept)))
    for template in items_of(item, CONTENT_TEMPLATE):
        facets.append(("template", _first(template, 0x0040DB00, text)))
        facets.append(("mapping resource", _first(template, 0x00080105, text)))
    continuity = _first(item, 0x0040A050, text)
    if continuity:
        facets.append(("continuity", continuity))
    facets.extend(("element", f"{e.tag:08X}") for e in item if e.tag not in STRUCTURE_TAGS)
    has_value = by_reference or value_type == "CONTAINER"
    tag = VALUE_TAGS.get(value_type)
    element = find(item, tag) if tag else None
    if element is not None:
        has_value = bool(element.value)
        if isinstance(element.value, list):
            for entry in element.value:
                values.extend(_entry_values(value_type, entry, text, facets))
        elif value_type in ("SCOORD", "SCOORD3D"):
            values.extend(("graphic", graphic) for graphic in (_first(item, 0x00700023, text),) if graphic)
        else:
            kind = "text" if value_type == "TEXT" else "hidden"
            values.extend((kind, value) for value in ("\\".join(text(element)),) if value)
    return ContentItem(path, *parent, order, value_type, has_value, tuple(values), tuple(facets))


def _entry_values(
    value_type: str, entry: list[RawElement], text: Text, facets: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    if value_type == "CODE":
        code = code_of(entry, text)
        if code:
            yield "code", "\x1f".join(code)
    elif value_type == "NUM":
        number = _first(entry, 0x0040A30A, text)
        if number:
            yield "number", number
        for unit in items_of(entry, 0x004008EA):
            code = code_of(unit, text)
            if code:
                facets.append(("unit", "\x1f".join(code)))
    else:
        reference = _first(entry, 0x00081150, text)
        if reference:
            yield "class", reference
