"""Which attributes the conditions of PS3.3 speak of: those of Types 1C and 2C, of Modules and of Functional Group Macros."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables
from annexgen.standard.dictionary import base_tag


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """An attribute that a condition speaks of; `position` is the number of the Value it is about, 0 for all of it."""

    tag: int
    position: int = 0


@tables.per_table_set
def _table() -> dict[str, frozenset[SpokenOf]]:
    return {key: frozenset(map(_one, spoken.split())) for key, spoken in tables.rows("condition_attributes")}


def _one(text: str) -> SpokenOf:
    tag, _, position = text.partition(":")
    return SpokenOf(int(tag, 16), int(position or 0))


def of_attribute(tag: int) -> frozenset[SpokenOf]:
    """What the conditions of an attribute speak of in any Module (PS3.3 Annex C), or those of the macro that a Sequence is."""
    return _table().get(f"{base_tag(tag):08X}", frozenset())


def of_module(key: str) -> frozenset[SpokenOf]:
    """What the conditions of a Module speak of in any IOD (PS3.3 Annex A)."""
    return _table().get(key, frozenset())
