"""What Content Items say that attributes may say too: kept with the sample of instances that are compared (PS3.3 C.17.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.corpus.values import number_of
from annexgen.profile.compared import UNITS_OF_AGE, age_form, code_form, name_form, time_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annexgen.profile.content import ContentItem

MAXIMUM_CONTENTS = 256
"""So many forms of values of one document are kept: those that come first at their places."""
MAXIMUM_AT_PLACE = 8
"""So many Content Items of one place are kept."""
CODE_STRING, DATE, TIME, AGE = "code string", "date", "time", "age"
"""Parts of a value that attributes may have by themselves: a code as Code String, Date and Time of a DATETIME, an age."""

_CODE_STRINGS = {
    ("24028007", "SCT"): "R",
    ("7771000", "SCT"): "L",
    ("51440002", "SCT"): "B",
    ("66459002", "SCT"): "U",
}
"""Codes of CID 244 Laterality with Defined Terms of Laterality (0020,0060) and Image Laterality (0020,0062), PS3.3 C.8.11.7."""

Said = tuple[str, str, str]
"""A place, with the part after a unit separator where it is part of a value; the value; the SOP Instance UID of the instance
that the Content Item above refers to, or ""."""


def place_of(path: str, part: str) -> str:
    """A place with a part of the value there."""
    return f"{path}\x1f{part}" if part else path


def said_by(items: Sequence[ContentItem]) -> tuple[Said, ...]:
    """What the Content Items of one document say, as it compares: place by place, each item's whole value before its parts.

    Args:
        items: all Content Items, each at the position that is its number.
    """
    found: dict[str, list[tuple[Said, ...]]] = {}
    for item in items:
        if not item.values or item.value_type not in _FORMS:
            continue
        at_place = found.setdefault(item.path, [])
        if len(at_place) >= MAXIMUM_AT_PLACE:
            continue
        subject = _subject(item, items)
        said = tuple((place_of(item.path, part), text, subject) for part, text in _forms(item))
        if said and said not in at_place:
            at_place.append(said)
    kept: dict[str, list[tuple[Said, ...]]] = {}
    left = MAXIMUM_CONTENTS
    for position in range(MAXIMUM_AT_PLACE):
        for path, at_place in found.items():
            if position < len(at_place) and len(at_place[position]) <= left:
                kept.setdefault(path, []).append(at_place[position])
                left -= len(at_place[position])
    return tuple(said for _, at_place in sorted(kept.items()) for forms in at_place for said in forms)


def referred_to(items: Sequence[ContentItem]) -> frozenset[str]:
    """The SOP Instance UIDs of all instances that Content Items refer to."""
    return frozenset(item.instance for item in items if item.instance)


def _subject(item: ContentItem, items: Sequence[ContentItem]) -> str:
    """The instance that the nearest Content Item above refers to: what stands below describes it."""
    while item.number:
        item = items[item.parent_number]
        if item.instance:
            return item.instance
    return ""


_FORMS = frozenset({"TEXT", "CODE", "NUM", "DATETIME", "DATE", "TIME", "PNAME", "UIDREF"})
"""Value Types with values that attributes may have."""


def _forms(item: ContentItem) -> Iterator[tuple[str, str]]:
    text = item.values[0][1]
    match item.value_type:
        case "CODE":
            value, scheme, _ = text.split("\x1f")
            yield "", code_form(value, scheme)
            value, scheme = code_form(value, scheme).split("\x1f")
            string = _CODE_STRINGS.get((value, scheme), value if scheme == "DCM" else "")
            if string:
                yield CODE_STRING, string
        case "NUM":
            number = number_of(text)
            if number is None:
                return
            yield "", repr(number)
            unit = next((token.partition("\x1f")[0] for name, token in item.facets if name == "unit"), "")
            if unit in UNITS_OF_AGE:
                yield AGE, age_form(number, unit)
        case "DATETIME":
            yield "", time_form(text)
            if len(text) > len("YYYYMMDD"):
                yield DATE, text[:8]
                yield TIME, time_form(text[8:].partition("+")[0].partition("-")[0])
        case "TIME":
            yield "", time_form(text)
        case "PNAME":
            yield "", name_form(text)
        case _:
            yield "", text.strip()
