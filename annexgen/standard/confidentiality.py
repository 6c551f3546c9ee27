"""PS3.15: actions of the Basic Profile (Table E.1-1) and safe private attributes (Table E.3.10-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class SafePrivateAttribute:
    """A private attribute that PS3.15 Table E.3.10-1 lists as safe."""

    vr: str
    vm: str
    meaning: str

    def allows(self, vrs: Iterable[str]) -> bool:
        """Whether it may be meant when an attribute is written with these VRs; UN says nothing, nor does a row without VR."""
        own = {part for part in re.split("[^A-Z]+", self.vr) if part}
        return not own or {*vrs} <= own | {"UN"}


OPTIONS = (
    "Retain Safe Private",
    "Retain UIDs",
    "Retain Device Identity",
    "Retain Institution Identity",
    "Retain Patient Characteristics",
    "Retain Longitudinal Temporal Information with Full Dates",
    "Retain Longitudinal Temporal Information with Modified Dates",
    "Clean Descriptors",
    "Clean Structured Content",
    "Clean Graphics",
)
"""The options of the Basic Profile, in the order of Table E.1-1."""

PRIVATE = "private"
"""Stands for the tag in the row of Table E.1-1 that treats all private attributes alike."""


@dataclass(frozen=True, slots=True)
class AttributeConfidentiality:
    """What PS3.15 Table E.1-1 does with an attribute.

    `basic` is the action of the Basic Profile ("X", "Z", "D", "U", "Z/D", ...), `options` the other actions ("K", "C") by
    the name of the option that has them. `retired` and `in_composite_iod` are None, and `options` is empty, for an attribute that
    only `newer_basic_profile` has.
    """

    name: str
    basic: str
    options: dict[str, str]
    retired: bool | None
    in_composite_iod: bool | None


@tables.per_table_set
def _table() -> dict[str, AttributeConfidentiality]:
    newer = tables.BUNDLED.rows("newer_basic_profile")
    found = {tag: AttributeConfidentiality(name, basic, {}, None, None) for tag, basic, name in newer}
    for tag, basic, *others in tables.overlaid("basic_profile"):
        actions, (retired, composite, name) = others[: len(OPTIONS)], others[len(OPTIONS) :]
        options = {option: action for option, action in zip(OPTIONS, actions, strict=True) if action}
        found[tag] = AttributeConfidentiality(name, basic, options, retired == "Y", composite == "Y")
    return found


@tables.per_table_set
def confidentiality_of(tag: int) -> AttributeConfidentiality | None:
    """The row of Table E.1-1 for an attribute, repeating groups and private ones included; None when it is not treated."""
    if tag >> 16 & 1:
        return _table().get(PRIVATE)
    table = _table()
    text = f"{tag:08X}"
    return table.get(text) or table.get(f"{text[:2]}xx{text[4:]}") or table.get(f"{text[:2]}xxxxxx")


@tables.per_table_set
def basic_profile_action(tag: int) -> str | None:
    """The Basic Profile's action for a standard attribute ("X", "Z", "D", "U", ...); None when it is not treated."""
    if tag >> 16 & 1:
        return None
    found = confidentiality_of(tag)
    return found.basic if found else None


def treated_attributes() -> tuple[str, ...]:
    """The tags that Table E.1-1 lists, as text ("50xxxxxx", `PRIVATE`), sorted; those that only a newer edition has included."""
    return tuple(sorted(_table()))


@tables.per_table_set
def _safe() -> dict[tuple[str, str], SafePrivateAttribute]:
    return {
        (creator, tag): SafePrivateAttribute(vr, vm, meaning)
        for tag, creator, vr, vm, meaning in tables.rows("safe_private_attributes")
    }


@tables.per_table_set
def _safe_creators() -> frozenset[str]:
    return frozenset(creator for creator, _ in _safe())


def is_safe_private_creator(creator: str) -> bool:
    """Whether Table E.3.10-1 lists attributes of a Private Creator."""
    return creator in _safe_creators()


def safe_private_attribute(creator: str, group: int, element: int) -> SafePrivateAttribute | None:
    """The entry of Table E.3.10-1 for a private attribute; `element` is the last byte of the element number."""
    return _safe().get((creator, f"{group:04X}xx{element:02X}"))
