"""What single frames have: the distinct layouts of the items of Per-frame Functional Groups Sequence and its like.

Frames by the hundred differ in positions and times only. So a frame is known by the places of its elements and by the
values that conditions may speak of, and what follows from these is worked out once for all frames that agree in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.profile.model import state_of
from annexgen.profile.privacy import Privacy
from annexgen.profile.sightings import Group, Part, occurrences_in
from annexgen.standard import iods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.profile.model import Discriminators, Shape
    from annexgen.profile.nodes import Node, Occurrence

OF_FRAMES = frozenset(iods.FUNCTIONAL_GROUPS_OF_FRAMES)
NAMING_VRS = frozenset({"CS", "LO", "SH", "code"})
"""What values of a frame conditions may speak of: names. Numbers count, measure and index frames."""
MAXIMUM_KNOWN = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A layout of frames: the state of each path in the item, and the values that name something. Equal ones are one."""

    shape: Shape
    values: Discriminators


class Frames:
    """The layouts of frames of one SOP Class.

    Args:
        text_length: longer text is no value that a condition could name.
    """

    def __init__(self, text_length: int) -> None:
        self._text_length = text_length
        self._marks: dict[tuple[object, ...], int] = {}
        self._next_mark = 1
        self._by_marks: dict[tuple[int, ...], Frame] = {}
        self._frames: dict[tuple[Shape, Discriminators], Frame] = {}

    def of_items(self, parts: Sequence[Part], bounds: Sequence[int]) -> list[Frame]:
        """The distinct layouts of the items of one Sequence.

        Args:
            parts: what stands in the items, item after item.
            bounds: where each item begins, and where the last one ends.
        """
        found: dict[Frame, None] = {}
        mark = self._mark
        start = bounds[0] if bounds else 0
        for end in bounds[1:]:
            item = parts[start:end]
            start = end
            marks = tuple([part.mark or mark(part) for part in item])
            frame = self._by_marks.get(marks)
            if frame is None:
                frame = self._by_marks[marks] = self._frame(occurrences_in(item))
            found[frame] = None
        return list(found)

    def forget(self) -> None:
        """Drop what is remembered when it is much."""
        if len(self._marks) > MAXIMUM_KNOWN:
            # Numbers are never used again, so occurrences may keep theirs.
            self._marks.clear()
        if len(self._by_marks) > MAXIMUM_KNOWN:
            self._by_marks.clear()
        if len(self._frames) > MAXIMUM_KNOWN:
            self._frames.clear()

    def _mark(self, part: Part) -> int:
        """The number of all that matters of an element, or of a group of them, for the layout of its frame."""
        name: tuple[object, ...]
        if isinstance(part, Group):
            name = tuple([one.mark or self._mark(one) for one in part.occurrences])
        else:
            name = (part.node, part.vr is None, part.empty, part.items, self._named(part))
        known = self._marks.get(name)
        if known is None:
            known = self._marks[name] = self._next_mark
            self._next_mark += 1
        part.mark = known
        return known

    def _named(self, occurrence: Occurrence) -> str | None:
        """The value that a condition may speak of; "" for another value, None for none."""
        if occurrence.text is None:
            return None
        vr, text, privacy = occurrence.text
        named = vr in NAMING_VRS and privacy is Privacy.OPEN and len(text) <= self._text_length
        return text if named else ""

    def _frame(self, item: Iterable[Occurrence]) -> Frame:
        by_node: dict[Node, list[Occurrence]] = {}
        for occurrence in item:
            if occurrence.node.depth > 1:
                by_node.setdefault(occurrence.node, []).append(occurrence)
        states: list[tuple[str, int]] = []
        values: list[tuple[str, str]] = []
        for node, here in by_node.items():
            elements = [occurrence for occurrence in here if occurrence.vr is not None]
            outer = node.parent
            places = 1
            if outer is not None and outer.depth > 1:
                places = sum(occurrence.items for occurrence in by_node[outer] if occurrence.items > 0)
            empty = sum(occurrence.empty for occurrence in elements)
            first = sum(not occurrence.again for occurrence in elements)
            states.append((node.path, state_of(len(elements), empty, everywhere=first == places)))
            texts = {occurrence.text: self._named(occurrence) for occurrence in here if occurrence.text is not None}
            if len(texts) == 1 and (named := next(iter(texts.values()))):
                values.append((node.path, named))
        shape, pairs = tuple(sorted(states)), tuple(sorted(values))
        return self._frames.setdefault((shape, pairs), Frame(shape, pairs))
