"""What one instance has at the places of its SOP Class; equal findings are one object, and what comes together is one group."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from annexgen.corpus.values import NUMBER_VRS, is_known_character_set
from annexgen.profile.model import Range, merge_ranges, state_of
from annexgen.profile.nodes import SPECIFIC_CHARACTER_SET, Occurrence
from annexgen.profile.privacy import Privacy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.profile.identifying import Probe
    from annexgen.profile.nodes import Node, Text

UID_IN_TEXT = re.compile(r"[0-9.]{16}")
SHORTEST_UID = 16
"""A SOP Instance UID of at least this length, and like UID_IN_TEXT, is compared with values only that hold the like of it."""


class Comparison(Enum):
    """How a value is compared with what identifies the patient of its instance, before it is kept as text."""

    WITHIN = "what it contains"
    EXACT = "the value"
    TERM = "a code string"
    CODE = "a code"


@dataclass(slots=True, eq=False)
class Sighting:
    """What one instance has at one node; instances that have the same there share it.

    `single` is its one value, when conditions may speak of it. `number` stands for path, state and `single` in the keys
    of combinations, `shape_number` for path and state; `noted` says that the combinations know `single`. `checked` holds the values
    to be compared with the instance's identifying values before they are kept, `probes` those of private elements, compared to
    be reported; either may be `long`.
    """

    node: Node
    state: int
    vrs: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[int, int], ...]
    texts: tuple[Text, ...]
    items: Range | None
    length: Range | None
    multiplicity: Range | None
    lowest: float | None
    highest: float | None
    unkept: bool
    single: str | None
    shape_number: int
    number: int
    noted: bool
    checked: tuple[tuple[str, Comparison], ...]
    long: bool
    probes: tuple[Probe, ...]
    facets: tuple[tuple[str, str], ...]


@dataclass(slots=True, eq=False)
class Group:
    """Elements that came together before, with the same bytes: what they are is worked out once.

    `occurrences` is all that is in it, Sequences with what is inside; `notes` those that tell whose instance it is. Of a
    group at the root of the data set `sightings` and those of them that are `long`, with all their text in lower case and the bytes of
    opaque values, are known once it was needed. `number` stands
    for it in the keys of combinations, `mark` is a number for `annexgen.profile.frames`. What is not `kept` will not come again.
    """

    occurrences: tuple[Occurrence, ...]
    notes: tuple[Occurrence, ...]
    kept: bool = True
    number: int = 0
    mark: int = 0
    sightings: tuple[Sighting, ...] = ()
    long: tuple[Sighting, ...] = ()
    long_text: str = ""
    long_bytes: tuple[bytes, ...] = ()


Part: TypeAlias = Occurrence | Group
"""What a walk over the bytes finds: single elements and groups."""


def single_sightings(found: Iterable[Sighting | Group]) -> list[Sighting]:
    """The sightings of an instance one by one."""
    result: list[Sighting] = []
    for one in found:
        if isinstance(one, Group):
            result.extend(one.sightings)
        else:
            result.append(one)
    return result


def occurrences_in(parts: Iterable[Part]) -> list[Occurrence]:
    """The occurrences of a walk one by one."""
    result: list[Occurrence] = []
    for part in parts:
        if isinstance(part, Group):
            result.extend(part.occurrences)
        else:
            result.append(part)
    return result


class Sightings:
    """Makes the sightings of one SOP Class; equal ones are made once.

    Args:
        text_length: longer text is counted but never kept.
        policy: which values are kept: "none", "safe" or "all".
    """

    def __init__(self, text_length: int, policy: str) -> None:
        self._text_length = text_length
        self._policy = policy
        self._numbers: dict[tuple[Node, int, str | None], int] = {}
        self._groups = 0

    def of_one(self, occurrence: Occurrence) -> Sighting:
        """The sighting of an element at the root that stands there once."""
        known = occurrence.sighting
        if known is None:
            known = self._make(occurrence.node, state_of(1, occurrence.empty, everywhere=True), ((occurrence, 1),))
            occurrence.sighting = known
        return known

    def of_all(self, parts: Iterable[Part]) -> list[Sighting]:
        """The sightings of the elements of one instance, or of one Sequence at its root with all that is inside."""
        counts: dict[Occurrence, int] = {}
        for part, number in Counter(parts).items():
            if isinstance(part, Occurrence):
                counts[part] = counts.get(part, 0) + number
            else:
                for occurrence in part.occurrences:
                    counts[occurrence] = counts.get(occurrence, 0) + number
        by_node: dict[Node, list[tuple[Occurrence, int]]] = {}
        for pair in counts.items():
            by_node.setdefault(pair[0].node, []).append(pair)
        return [self._at(node, pairs, by_node) for node, pairs in by_node.items()]

    def complete(self, group: Group, sightings: Iterable[Sighting]) -> None:
        """Tell a group what it is at the root."""
        group.sightings = tuple(sightings)
        group.long = tuple([sighting for sighting in group.sightings if sighting.long])
        probes = [value for sighting in group.long for _, value in sighting.probes]
        texts = [text for sighting in group.long for text, _ in sighting.checked]
        group.long_text = "\n".join([*texts, *(value for value in probes if isinstance(value, str))]).casefold()
        group.long_bytes = tuple([value for value in probes if isinstance(value, bytes)])
        self._groups += 1
        group.number = -self._groups

    def _at(
        self,
        node: Node,
        pairs: list[tuple[Occurrence, int]],
        by_node: dict[Node, list[tuple[Occurrence, int]]],
    ) -> Sighting:
        elements = [pair for pair in pairs if pair[0].vr is not None]
        outer = node.parent
        if outer is None or outer.parent is None:
            places = 1
        elif node.record_type:
            places = sum(n * (o.records or {}).get(node.record_type, 0) for o, n in by_node[outer])
        else:
            places = sum(n * o.items for o, n in by_node[outer] if o.items > 0)
        empty = sum(n for o, n in elements if o.empty)
        first = sum(n for o, n in elements if not o.again)
        state = state_of(sum(n for _, n in elements), empty, everywhere=first == places)
        # Only of private elements it matters how often each stands in the instance: their blocks are counted.
        name: tuple[object, ...] = (state, *pairs) if pairs[0][0].block else (state, *(o for o, _ in pairs))
        known = node.sightings.get(name)
        if known is None:
            known = self._make(node, state, pairs)
            node.sightings[name] = known
        return known

    def _make(self, node: Node, state: int, pairs: Sequence[tuple[Occurrence, int]]) -> Sighting:
        if len(pairs) == 1:
            one, count = pairs[0]
            found = None if one.items < 0 else (one.items, one.items)
            length = None if one.length < 0 or one.items >= 0 else (one.length, one.length)
            multiplicity = (one.multiplicity, one.multiplicity) if one.multiplicity else None
            texts: tuple[Text, ...] = (one.text,) if one.text else ()
            vrs: tuple[tuple[str, str], ...] = (one.vr,) if one.vr else ()
            blocks: tuple[tuple[int, int], ...] = ((one.block, count),) if one.block else ()
            lowest, highest, unkept = one.lowest, one.highest, one.unkept
            probes: tuple[Probe, ...] = (one.probe,) if one.probe else ()
            facets = one.facets
        else:
            found = length = multiplicity = None
            lowest = highest = None
            unkept = False
            all_texts: dict[Text, None] = {}
            all_vrs: dict[tuple[str, str], None] = {}
            all_blocks: dict[int, int] = {}
            all_probes: dict[Probe, None] = {}
            all_facets: dict[tuple[str, str], None] = {}
            for one, count in pairs:
                if one.items >= 0:
                    found = merge_ranges(found, (one.items, one.items))
                elif one.length >= 0:
                    length = merge_ranges(length, (one.length, one.length))
                if one.multiplicity:
                    multiplicity = merge_ranges(multiplicity, (one.multiplicity, one.multiplicity))
                if one.lowest is not None and (lowest is None or one.lowest < lowest):
                    lowest = one.lowest
                if one.highest is not None and (highest is None or one.highest > highest):
                    highest = one.highest
                if one.text:
                    all_texts[one.text] = None
                if one.vr:
                    all_vrs[one.vr] = None
                if one.block:
                    all_blocks[one.block] = all_blocks.get(one.block, 0) + count
                if one.probe:
                    all_probes[one.probe] = None
                all_facets.update(dict.fromkeys(one.facets))
                unkept |= one.unkept
            texts, vrs, blocks = tuple(all_texts), tuple(all_vrs), tuple(all_blocks.items())
            probes, facets = tuple(all_probes), tuple(all_facets)
        single = None
        checked: list[tuple[str, Comparison]] = []
        long = False
        for _, value in probes:
            long |= len(value) >= SHORTEST_UID and (isinstance(value, bytes) or UID_IN_TEXT.search(value) is not None)
        for vr, text, privacy in texts:
            if privacy is Privacy.HIDDEN or len(text) > self._text_length:
                continue
            if privacy is Privacy.OPEN and vr != "AT":
                single = text
            comparison = _comparison(node, vr, privacy)
            if node.tag == SPECIFIC_CHARACTER_SET and is_known_character_set(text):
                comparison = None
            if comparison is None and probes and vr in NUMBER_VRS:
                comparison = Comparison.EXACT
            if self._policy != "all" and comparison is not None:
                checked.append((text, comparison))
                long |= len(text) >= SHORTEST_UID and UID_IN_TEXT.search(text) is not None
        if len(texts) != 1 or not node.combined:
            single = None
        shape_number = self._number(node, state, None)
        result = Sighting(
            node,
            state,
            vrs,
            blocks,
            texts,
            found,
            length,
            multiplicity,
            lowest,
            highest,
            unkept,
            single,
            shape_number,
            shape_number if single is None else self._number(node, state, single),
            False,
            tuple(checked),
            long,
            probes,
            facets,
        )
        if single is not None:
            node.with_single.append(result)
        return result

    def _number(self, node: Node, state: int, single: str | None) -> int:
        return self._numbers.setdefault((node, state, single), len(self._numbers))

    def leave_combinations(self, node: Node) -> None:
        """Take a node out of the combinations: its sightings no longer tell instances apart by value."""
        node.combined = False
        for sighting in node.with_single:
            sighting.single = None
            sighting.number = sighting.shape_number
        node.with_single.clear()


def _comparison(node: Node, vr: str, privacy: Privacy) -> Comparison | None:
    """How a value that is not hidden is compared; None for one that identifies nobody."""
    if vr == "code":
        return Comparison.CODE
    if privacy is Privacy.FREE_TEXT:
        return Comparison.WITHIN
    if node.private:
        return None if node.is_creator else Comparison.EXACT
    return Comparison.TERM if vr in ("CS", "UI") else None
