"""The plan of a corpus: every element of every instance as it will be written, before a byte is.

The writer encodes the plan and the truth is counted over it, so neither depends on reading files back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annexgen.simulator.scope import InstanceScope

Value = str | int | float | bytes


@dataclass(frozen=True, slots=True)
class PlannedElement:
    """One element: `key` is its step in an element path, `tag` the tag with its private block.

    `items` is None except for Sequences. `declared` holds when the value is a constant or from a closed list. `generator` and
    `origin` are those of its rule.
    """

    key: str
    tag: int
    vr: str
    values: tuple[Value, ...] = ()
    items: tuple[PlannedItem, ...] | None = None
    declared: bool = False
    generator: str = ""
    origin: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the element has zero length (a Sequence: no item)."""
        return not (self.values if self.items is None else self.items)


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A data set, or an item of a Sequence: its elements by key."""

    elements: Mapping[str, PlannedElement]
    record_type: str = ""

    def find(self, keys: Sequence[str]) -> PlannedElement | None:
        """The element at a path given by its steps, in the first items of the Sequences on the way."""
        element = self.elements.get(keys[0])
        if element is None or len(keys) == 1:
            return element
        return element.items[0].find(keys[1:]) if element.items else None


@dataclass(frozen=True, slots=True)
class PlannedContent:
    """One Content Item as the truth counts it; a by-reference relationship begins with R-
    and carries its target's Value Type and Concept Name (PS3.3 C.17.3)."""

    relationship: str
    value_type: str
    concept: str
    children: tuple[PlannedContent, ...] = ()
    template: str = ""


@dataclass(frozen=True, slots=True)
class PlannedInstance:
    """One instance: where it goes, how it is encoded and what it holds; `scope` is what its rules saw."""

    sop_class: str
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax: str
    file_name: str
    file_set: str
    patient: str
    study: str
    series: str
    data_set: PlannedItem
    content: PlannedContent | None = None
    scope: InstanceScope | None = None
