"""The places of a SOP Class where elements stand, and what one element contributes at such a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.values import (
    NUMBER_VRS,
    OPAQUE_VRS,
    STRING_VRS,
    decode,
    is_zero_length,
    number_of,
    value_multiplicity,
)
from annexgen.profile.identifying import DATE_TAGS, IDENTIFYING_TEXT_TAGS, PLACE_TAGS, Probe, probe_of
from annexgen.profile.opaque import content_kind
from annexgen.profile.privacy import (
    INSTANCE_UID_TAGS,
    Privacy,
    code_privacy,
    privacy_of,
    privacy_of_values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annexgen.profile.model import PathStatistics
    from annexgen.profile.sightings import Sighting

CODE_MACRO_TAGS = frozenset({0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120})
"""The attributes that make a code: value (or long or URN value), scheme, version, meaning (PS3.3 section 8.8)."""
SPECIFIC_CHARACTER_SET = 0x00080005
SOP_CLASS_UID = 0x00080016
SOP_INSTANCE_UID = 0x00080018
DEVICE_TAGS = (0x00080070, 0x00081090, 0x00181020)
"""Manufacturer, Manufacturer's Model Name, Software Versions: together they name a device."""
_NOTED_TAGS = frozenset({*DEVICE_TAGS, *DATE_TAGS, SPECIFIC_CHARACTER_SET, SOP_CLASS_UID})
_NOTED_ANYWHERE = IDENTIFYING_TEXT_TAGS | PLACE_TAGS
CONTENT_FACET = "content"
"""Name of the facet that counts what opaque private values hold."""
UNKNOWN_CREATOR = "?"
DATA_SET_TRAILING_PADDING = 0xFFFCFFFC

Text = tuple[str, str, Privacy]
"""VR, text and privacy of one value."""


@dataclass(slots=True, eq=False)
class Node:
    """One element path of one SOP Class. `depth` counts the Sequences around it; `statistics` is what it adds to."""

    path: str
    tag: int
    depth: int
    parent: Node | None
    record_type: str = ""
    children: dict[object, Node] = field(default_factory=dict)
    statistics: PathStatistics | None = None
    in_private: bool = False
    """Whether it is a private element, or stands in the items of one."""
    highest_kept: bytes = b""
    """Once the path is open: the largest hash among its kept values; values with a larger one are never kept."""
    combined: bool = True
    """Whether its value takes part in the combinations, as far as is known."""
    with_single: list[Sighting] = field(default_factory=list)
    sightings: dict[tuple[object, ...], Sighting] = field(default_factory=dict)
    privacies: dict[str, Privacy] = field(default_factory=dict)
    """How values are treated, by VR."""

    @property
    def private(self) -> bool:
        """Whether it is private."""
        return bool(self.tag >> 16 & 1)

    @property
    def is_creator(self) -> bool:
        """Whether it is a Private Creator."""
        return self.private and 0x10 <= self.tag & 0xFFFF <= 0xFF

    def child(self, tag: int, creator: str, record_type: str = "") -> Node:
        """The place of an element inside this one; `creator` is the Private Creator of a private element."""
        group, number = tag >> 16, tag & 0xFFFF
        if not group & 1:
            child_key: object = tag
            step = f"({group:04X},{number:04X})"
        elif 0x10 <= number <= 0xFF:
            child_key = (group, creator)
            step = f'({group:04X},00xx,"{creator}")'
        elif creator == UNKNOWN_CREATOR:
            child_key = (group, creator, number)
            step = f'({group:04X},{number:04X},"?")'
        else:
            child_key = (group, creator, number & 0xFF)
            step = f'({group:04X},xx{number & 0xFF:02X},"{creator}")'
        if record_type:
            child_key = (record_type, child_key)
        known = self.children.get(child_key)
        if known is None:
            prefix = f"{self.path}[{record_type}]" if record_type else self.path
            path = f"{prefix}/{step}" if prefix else step
            known = Node(path, tag, self.depth + 1, self, record_type)
            known.in_private = self.in_private or (known.private and not known.is_creator)
            self.children[child_key] = known
        return known


@dataclass(slots=True, eq=False)
class Occurrence:
    """One element as it stands at a node: what every element with the same bytes there contributes.

    A code in a Sequence is an occurrence of its own, with `vr` None: it is no further element, only a value.
    `note` is what tells whose instance it is, `raw` the value field where the reader's state depends on it. `again`
    marks what stands in its data set a second time, in another block of the same Private Creator. `probe` is what is
    compared with identifying values, `facets` are counted as they are, `mark` is a number
    for `annexgen.profile.frames`, given when one is needed.
    """

    node: Node
    vr: tuple[str, str] | None
    block: int = 0
    empty: bool = False
    items: int = -1
    records: dict[str, int] | None = None
    length: int = -1
    multiplicity: int = 0
    lowest: float | None = None
    highest: float | None = None
    text: Text | None = None
    unkept: bool = False
    code_part: str = ""
    note: str | None = None
    raw: bytes = b""
    special: bool = False
    again: bool = False
    probe: Probe | None = None
    facets: tuple[tuple[str, str], ...] = ()
    sighting: Sighting | None = None
    mark: int = 0


def occurrence_of(
    node: Node,
    vr: str,
    origin: str,
    block: int,
    value: bytes | None,
    length: int,
    encodings: Sequence[str],
    little_endian: bool,
    policy: str,
    start: bytes = b"",
) -> Occurrence:
    """What an element that is no Sequence contributes.

    Args:
        node: where it stands.
        vr: its VR, with `origin` telling where that is from.
        block: the block of a private element, else 0.
        value: its value field; None when it was not read.
        length: the length of the value field; -1 when undefined.
        encodings: Python encodings of the Specific Character Set in force.
        little_endian: byte order of the value.
        policy: which values are kept: "none", "safe" or "all".
        start: the first bytes of a private value that was not read.
    """
    result = Occurrence(node, (vr, origin), block, length=length)
    tag = node.tag
    if node.depth > 1 and tag in CODE_MACRO_TAGS:
        result.special = True
    if value is None:
        result.empty = length == 0
        result.unkept = length > 0 and vr in STRING_VRS
        if start:
            result.probe = (vr, start)
            if vr in OPAQUE_VRS:
                result.facets = ((CONTENT_FACET, content_kind(start)),)
        return result
    if is_zero_length(vr, value):
        result.empty = True
        return result
    if vr in OPAQUE_VRS:
        if node.in_private:
            result.facets = ((CONTENT_FACET, content_kind(value)),)
            result.probe = (vr, value)
        return result
    values = decode(vr, value, encodings, little_endian)
    result.multiplicity = value_multiplicity(vr, value, values)
    if not values:
        return result
    text = values[0] if len(values) == 1 else "\\".join(values)
    if node.in_private or vr in NUMBER_VRS:
        result.probe = probe_of(vr, text, values, private=node.in_private)
    if vr == "PN" or tag in _NOTED_ANYWHERE or (node.depth == 1 and (tag in INSTANCE_UID_TAGS or tag in _NOTED_TAGS)):
        result.note = text
        result.special = True
    if node.depth > 1 and tag in CODE_MACRO_TAGS:
        result.code_part = text
        return result
    if policy == "none":
        return result
    privacy = node.privacies.get(vr)
    if privacy is None:
        privacy = node.privacies[vr] = privacy_of(tag, vr)
    privacy = privacy_of_values(privacy, vr, values, tag)
    if privacy is Privacy.OPEN and vr in NUMBER_VRS:
        if len(values) == 1:
            result.lowest = result.highest = number_of(text)
        else:
            numbers = [number for number in map(number_of, values) if number is not None]
            if numbers:
                result.lowest, result.highest = min(numbers), max(numbers)
    if policy == "all" or node.is_creator:
        result.text = (vr, text, Privacy.OPEN)
    else:
        result.text = (vr, text, privacy)
    return result


def values_of_item(node: Node, parts: list[Occurrence], policy: str) -> tuple[Occurrence, ...]:
    """What the attributes of the code macro in an item say: one code, or, where they make none, each its own value.

    Coding Scheme Identification Sequence (0008,0110), for one, has Coding Scheme Designators without Code Values.
    """
    value = scheme = meaning = ""
    for part in parts:
        tag = part.node.tag
        if tag in (0x00080100, 0x00080119, 0x00080120):
            value = part.code_part or value
        elif tag == 0x00080102:
            scheme = part.code_part
        elif tag == 0x00080104:
            meaning = part.code_part
    if policy == "none":
        return ()
    if value and (scheme or meaning):
        privacy = Privacy.OPEN if policy == "all" else code_privacy(node.tag)
        return (Occurrence(node, None, text=("code", "\x1f".join((value, scheme, meaning)), privacy)),)
    found = []
    for part in parts:
        if part.code_part and part.vr is not None:
            vr = part.vr[0]
            privacy = Privacy.OPEN if policy == "all" else _privacy_of_part(part, vr)
            found.append(Occurrence(part.node, None, text=(vr, part.code_part, privacy)))
    return tuple(found)


def _privacy_of_part(part: Occurrence, vr: str) -> Privacy:
    return privacy_of_values(privacy_of(part.node.tag, vr), vr, (part.code_part,), part.node.tag)
