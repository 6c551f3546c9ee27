"""Walks the elements of an instance that was read as a tree, tolerantly, and tells the same of them as the walk over regular bytes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY
from annexgen.corpus.values import decode, encodings_of, is_zero_length
from annexgen.profile import characteristics, content
from annexgen.profile.frames import OF_FRAMES
from annexgen.profile.nodes import (
    CODE_MACRO_TAGS,
    DATA_SET_TRAILING_PADDING,
    SPECIFIC_CHARACTER_SET,
    UNKNOWN_CREATOR,
    Node,
    Occurrence,
    occurrence_of,
    values_of_item,
)
from annexgen.profile.paths import WITHHELD
from annexgen.profile.states import private_creator

if TYPE_CHECKING:
    from annexgen.corpus.elements import RawElement
    from annexgen.corpus.instance import Instance
    from annexgen.profile.frames import Frame, Frames

DIRECTORY_RECORDS = 0x00041220
DIRECTORY_RECORD_TYPE = 0x00041430


class Walk:
    """Walks the elements of one instance in document order; collects its occurrences, whose it is and its frames.

    Args:
        instance: whose elements are walked.
        policy: which values are kept: "none", "safe" or "all".
        known: the occurrences of the SOP Class that were met before; new ones are added.
        layouts: makes the layouts of frames.
        withheld: the Private Creators and Directory Record Types that are counted under another name.
    """

    def __init__(
        self,
        instance: Instance,
        policy: str,
        known: dict[tuple[object, ...], Occurrence],
        layouts: Frames,
        withheld: frozenset[str] = frozenset(),
    ) -> None:
        self.occurrences: list[Occurrence] = []
        self.notes: list[Occurrence] = []
        self.frames: list[Frame] = []
        self.encodings: tuple[str, ...] = ("iso8859",)
        self._creators: set[str] = set()
        self._record_types: set[str] = set()
        self._characteristics: tuple[Occurrence, list[characteristics.Statement]] | None = None
        self._withheld = withheld
        self._directory = instance.sop_class == MEDIA_STORAGE_DIRECTORY
        self._little_endian = instance.little_endian
        self._policy = policy
        self._known = known
        self._layouts = layouts

    @property
    def naming(self) -> frozenset[str]:
        """What places are named by: Private Creators and Directory Record Types."""
        return frozenset(self._creators | self._record_types)

    @property
    def creators(self) -> frozenset[str]:
        """The Private Creators that the instance writes."""
        return frozenset(self._creators)

    def state(self) -> None:
        """Keep what (0008,0300) states of the Private Creators that the instance writes, now that all are known."""
        if self._characteristics is not None:
            own, statements = self._characteristics
            written = [statement for statement in statements if statement.creator in self._creators]
            own.facets = characteristics.facets_of(written, self._withheld)

    def text(self, encodings: tuple[str, ...]) -> content.Text:
        """How values are decoded under a character set."""

        def text(element: RawElement) -> tuple[str, ...]:
            if not isinstance(element.value, bytes):
                return ()
            return decode(element.vr, element.value, encodings, self._little_endian)

        return text

    def elements(self, elements: list[RawElement], parent: Node, encodings: tuple[str, ...], depth: int) -> None:
        """Walk the elements of a data set or item that stands at `parent`."""
        creators: dict[int, str] = {}
        # Once a Private Creator has a second block: the places that this data set has filled, in its private groups.
        filled: set[Node] | None = None
        record_type = self._record_type(elements) if self._directory and parent.tag == DIRECTORY_RECORDS else ""
        for element in elements:
            tag, vr, origin, value, length, _, start = element
            group, number = tag >> 16, tag & 0xFFFF
            if number == 0 or tag == DATA_SET_TRAILING_PADDING or group == 0x0002:
                continue
            block = 0
            creator = ""
            if group & 1:
                if 0x10 <= number <= 0xFF:
                    creator = private_creator(value)
                    self._creators.add(creator)
                    if creator in self._withheld:
                        creator, value = WITHHELD, WITHHELD.encode("ascii")
                    if filled is None and creator in [c for n, c in creators.items() if n >> 8 == group]:
                        filled = {parent.child(n >> 8 << 16 | n & 0xFF, c, record_type) for n, c in creators.items()}
                    creators[group << 8 | number] = creator
                    block = number
                else:
                    creator = creators.get(group << 8 | number >> 8, "") or UNKNOWN_CREATOR
                    block = number >> 8
            node = parent.child(tag, creator, record_type)
            again = filled is not None and group & 1 == 1 and node in filled
            if filled is not None:
                filled.add(node)
            if isinstance(value, list):
                records = self._records(value) if self._directory and tag == DIRECTORY_RECORDS else None
                own = Occurrence(node, (vr, origin), block, empty=not value, items=len(value), records=records)
                own.again = again
                if tag == characteristics.TAG and depth == 0:
                    self._characteristics = own, characteristics.statements_of(value, self._little_endian)
                self.occurrences.append(own)
                if tag == content.CONTENT_SEQUENCE and depth == 0:
                    self._private_in_content(value, node, encodings)
                    continue
                bounds = [len(self.occurrences)]
                for item in value:
                    self.elements(item, node, _item_encodings(item, encodings), depth + 1)
                    if any(inner.tag in CODE_MACRO_TAGS for inner in item):
                        inside = self.occurrences[bounds[-1] :]
                        parts = [one for one in inside if one.special and one.node.parent is node]
                        for stated in values_of_item(node, parts, self._policy):
                            self.occurrences.append(self._known.setdefault((stated.node, stated.text), stated))
                    bounds.append(len(self.occurrences))
                if tag in OF_FRAMES and depth == 0:
                    self.frames = self._layouts.of_items(self.occurrences, bounds)
                continue
            if tag == SPECIFIC_CHARACTER_SET and value is not None and not is_zero_length(vr, value):
                encodings = encodings_of(decode("CS", value, (), True))
                if depth == 0:
                    self.encodings = encodings
            name = (node, vr, origin, block, value, length, encodings, self._little_endian, again, start)
            occurrence = self._known.get(name)
            if occurrence is None:
                occurrence = occurrence_of(
                    node, vr, origin, block, value, length, encodings, self._little_endian, self._policy, start
                )
                occurrence.again = again
                if tag == SPECIFIC_CHARACTER_SET and value is not None and not occurrence.empty:
                    occurrence.raw = value
                    occurrence.note = "" if depth == 0 else None
                self._known[name] = occurrence
            self.occurrences.append(occurrence)
            if occurrence.note is not None:
                self.notes.append(occurrence)

    def _private_in_content(self, items: list[list[RawElement]], node: Node, encodings: tuple[str, ...]) -> None:
        """Walk the private elements of all Content Items, at any depth, as if they stood in the items of one Sequence.

        Content Items have places of their own; where in them a private element stands is not told, only that some have it.
        """
        for item in items:
            inner = _item_encodings(item, encodings)
            private = [element for element in item if element.tag >> 16 & 1]
            if private:
                start = len(self.occurrences)
                self.elements(private, node, inner, 1)
                for occurrence in self.occurrences[start:]:
                    occurrence.again |= occurrence.node.parent is node
            for element in item:
                if isinstance(element.value, list) and not element.tag >> 16 & 1:
                    self._private_in_content(element.value, node, inner)

    def _records(self, items: list[list[RawElement]]) -> dict[str, int]:
        return dict(Counter(self._record_type(item) for item in items))

    def _record_type(self, elements: list[RawElement]) -> str:
        element = content.find(elements, DIRECTORY_RECORD_TYPE)
        record_type = private_creator(element.value) if element is not None else "?"
        self._record_types.add(record_type)
        return WITHHELD if record_type in self._withheld else record_type


def _item_encodings(item: list[RawElement], outer: tuple[str, ...]) -> tuple[str, ...]:
    for element in item:
        if element.tag == SPECIFIC_CHARACTER_SET and isinstance(element.value, bytes):
            return encodings_of(decode("CS", element.value, (), True))
        if element.tag > SPECIFIC_CHARACTER_SET:
            break
    return outer
