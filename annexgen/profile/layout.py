"""Reads an instance as a repetition of what was read before: known bytes at a known place are known occurrences.

Slices of a series have the same elements in the same order, and most values repeat. So the walk over the bytes is that of
a state machine: the state says where in the data set it is and what the meaning of the next element depends on (Private
Creators, character set, Pixel Representation), the bytes of the next element header lead to its place, and the bytes of
its value to what it contributes, which was worked out when these bytes stood there first.

It reads regular encodings only. Whatever deviates raises `IrregularError`, and `annexgen.corpus.elements` reads the
instance, tolerantly and with a report. Nothing is counted here, so a walk that is given up leaves no trace.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.elements import (
    FROM_DICTIONARY,
    FROM_FILE,
    IMPLICIT_LITTLE_ENDIAN,
    MAXIMUM_VALUE_LENGTH,
    NO_CREATOR,
    PIXEL_DATA_TAGS,
    START_LENGTH,
    UNDEFINED_LENGTH,
    VR_NAMES,
    VR_WITH_32_BIT_LENGTH,
    Context,
    creator_text,
    vr_from_dictionary,
    vr_of_un,
)
from annexgen.corpus.values import decode, encodings_of
from annexgen.profile import characteristics, content
from annexgen.profile.frames import PER_FRAME_FUNCTIONAL_GROUPS
from annexgen.profile.nodes import (
    DATA_SET_TRAILING_PADDING,
    SPECIFIC_CHARACTER_SET,
    UNKNOWN_CREATOR,
    Node,
    Occurrence,
    Sighting,
    Sightings,
    occurrence_of,
    values_of_item,
)

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer, Encoding
    from annexgen.profile.frames import Frame, Frames

MAXIMUM_DEPTH = 40
MAXIMUM_REMEMBERED_SEQUENCE = 1 << 12
"""Longer Sequences are walked each time: they hardly repeat as a whole, their items do."""
REMEMBERED_SEQUENCES = 16
PATIENCE = 64
"""So many Sequences of one place are remembered without a repetition before that is given up."""
RECENT_SEQUENCES = 4
LONGEST_RUN = 1 << 10
SHORTEST_RUN = 3
LONGEST_RUN_BYTES = 1 << 15
RECENT_RUNS = 3
RUN_FAILURES = 4
"""A run that did not come again so many times is cut in half, until what differs stands outside of runs."""
LARGE_TABLE = 256
"""Tables with more values than this belong to attributes that differ in each instance, and are dropped by `forget`."""
PIXEL_REPRESENTATION = 0x00280103

_ITEM = {True: b"\xfe\xff\x00\xe0", False: b"\xff\xfe\xe0\x00"}
_ITEM_DELIMITATION = {True: b"\xfe\xff\x0d\xe0\0\0\0\0", False: b"\xff\xfe\xe0\x0d\0\0\0\0"}
_SEQUENCE_DELIMITATION = {True: b"\xfe\xff\xdd\xe0\0\0\0\0", False: b"\xff\xfe\xe0\xdd\0\0\0\0"}
_SHORT = {True: struct.Struct("<H"), False: struct.Struct(">H")}
_LONG = {True: struct.Struct("<L"), False: struct.Struct(">L")}
_TAG = {True: struct.Struct("<HH"), False: struct.Struct(">HH")}


class IrregularError(Exception):
    """The instance is not encoded as regularly as this reader wants it, or needs its elements as a tree."""


@dataclass(slots=True, eq=False)
class Remembered:
    """A Sequence with all that is inside: its occurrences and those of them that tell whose instance it is.

    `frames` holds the layouts of its items when they are frames.
    """

    occurrences: tuple[Occurrence, ...]
    notes: tuple[Occurrence, ...]
    frames: tuple[Frame, ...] = ()
    sightings: tuple[Sighting, ...] = ()


@dataclass(slots=True, eq=False)
class Run:
    """Consecutive elements at the root that came before with the same bytes: their sightings, and the state after."""

    raw: bytes
    sightings: tuple[Sighting, ...]
    notes: tuple[Occurrence, ...]
    after: State
    last: int


@dataclass(slots=True, eq=False)
class Entry:
    """What an element header means in a state.

    `fixed_length` is the value length that the header says, -1 when it stands behind the first eight bytes. A `simple`
    element is no Sequence, is of that length, and its value is looked at.
    """

    tag: int
    node: Node | None
    simple: bool
    header_size: int
    fixed_length: int
    vr: str
    origin: str
    block: int
    un: bool
    values: dict[bytes, Occurrence] = field(default_factory=dict)
    unread: dict[tuple[int, int], Occurrence] = field(default_factory=dict)
    sequences: dict[tuple[object, ...], Occurrence] = field(default_factory=dict)
    remembered: dict[bytes, Remembered] = field(default_factory=dict)
    recent: list[tuple[bytes, Remembered]] = field(default_factory=list)
    patience: int = PATIENCE
    runs: list[Run] = field(default_factory=list)
    run_limit: int = LONGEST_RUN
    run_failures: int = 0
    items: State | None = None
    implicit_items: State | None = None


@dataclass(slots=True, eq=False)
class State:
    """Where the walk is, and what the meaning of the next element depends on."""

    node: Node
    encoding: Encoding
    encodings: tuple[str, ...] = ("iso8859",)
    pixel_representation: int | None = None
    creators: dict[int, bytes] = field(default_factory=dict)
    entries: dict[bytes, Entry] = field(default_factory=dict)
    after: dict[Occurrence, State] = field(default_factory=dict)
    codes: dict[tuple[Occurrence, ...], tuple[Occurrence, ...]] = field(default_factory=dict)

    def context(self) -> Context:
        """The same for the element reader's rules about missing VRs."""
        return Context(self.pixel_representation, {n: creator_text(raw) for n, raw in self.creators.items()})


class Layouts:
    """All states of one SOP Class.

    Args:
        root: the node of the data set.
        sightings: makes sightings.
        frames: makes the layouts of frames.
        policy: which values are kept: "none", "safe" or "all".
    """

    def __init__(self, root: Node, sightings: Sightings, frames: Frames, policy: str) -> None:
        self._root = root
        self._sightings = sightings
        self._frames = frames
        self._policy = policy
        self._starts: dict[Encoding, State] = {}
        self._states: dict[tuple[object, ...], State] = {}

    def forget(self) -> None:
        """Drop what is remembered of attributes that differ in each instance."""
        for state in self._states.values():
            if len(state.codes) > LARGE_TABLE:
                state.codes.clear()
            if len(state.after) > LARGE_TABLE:
                state.after.clear()
            if len(state.entries) > 1 << 14:
                state.entries.clear()
            for entry in state.entries.values():
                if len(entry.values) > LARGE_TABLE:
                    entry.values.clear()
                if len(entry.unread) > LARGE_TABLE:
                    entry.unread.clear()
        if len(self._states) > 1 << 14:
            self._states.clear()
            self._starts.clear()

    def read(
        self, buffer: Buffer, position: int, encoding: Encoding
    ) -> tuple[list[Sighting], list[Occurrence], tuple[Frame, ...]]:
        """What the instance has at each node, the elements that tell whose it is, and the layouts of its frames.

        Raises:
            IrregularError: it must be read by the element reader.
        """
        state = self._starts.get(encoding)
        if state is None:
            state = self._starts[encoding] = self._state(self._root, encoding, ("iso8859",), None, {})
        sightings: list[Sighting] = []
        notes: list[Occurrence] = []
        frames: tuple[Frame, ...] = ()
        append = sightings.append
        of_one = self._sightings.of_one
        end = len(buffer)
        last = -1
        entries = state.entries
        # The run that may be learned: its first entry, and where it starts in the bytes and in both lists.
        first: Entry | None = None
        run_start = run_sightings = run_notes = run_limit = 0
        while position < end:
            start = position
            header = buffer[position : position + 8]
            entry = entries.get(header)
            if entry is None:
                entry = self._entry(state, header)
            tag = entry.tag
            if tag < last:
                raise IrregularError
            if entry.runs:
                for run in entry.runs:
                    if buffer[position : position + len(run.raw)] == run.raw:
                        break
                else:
                    run = None
                    entry.run_failures += 1
                if run is not None:
                    entry.run_failures = 0
                    if first is not None:
                        self._learn(
                            first, buffer[run_start:start], sightings, run_sightings, notes, run_notes, state, last
                        )
                        first = None
                    sightings.extend(run.sightings)
                    if run.notes:
                        notes.extend(run.notes)
                    state = run.after
                    entries = state.entries
                    last = run.last
                    position += len(run.raw)
                    continue
            if first is None:
                first, run_start, run_sightings, run_notes = entry, start, len(sightings), len(notes)
                run_limit = run_sightings + entry.run_limit
            before = last
            last = tag
            known = True
            if entry.simple:
                position += entry.header_size
                value_end = position + entry.fixed_length
                value = buffer[position:value_end]
                position = value_end
                occurrence = entry.values.get(value)
                if occurrence is None:
                    if value_end > end:
                        raise IrregularError
                    occurrence = self._occurrence(entry, state, value)
                    known = False
            else:
                length = entry.fixed_length
                if length < 0:
                    if position + 12 > end:
                        raise IrregularError
                    (length,) = _LONG[encoding.little_endian].unpack_from(buffer, position + 8)
                position += entry.header_size
                if entry.node is None:
                    position += length
                    if position > end:
                        raise IrregularError
                    continue
                if entry.vr == "SQ" or length == UNDEFINED_LENGTH:
                    if tag in PIXEL_DATA_TAGS:
                        occurrence, position = self._fragments(entry, buffer, position)
                    else:
                        sequence, position, known = self._sequence(entry, state, buffer, position, length, 1)
                        if sequence.frames:
                            # No part of a run: runs hold no frames.
                            frames, known = sequence.frames, False
                        if not known:
                            self._learn(
                                first,
                                buffer[run_start:start],
                                sightings,
                                run_sightings,
                                notes,
                                run_notes,
                                state,
                                before,
                            )
                            first = None
                        if not sequence.sightings:
                            sequence.sightings = tuple(self._sightings.of_all(sequence.occurrences))
                        sightings.extend(sequence.sightings)
                        notes.extend(sequence.notes)
                        continue
                else:
                    position += length
                    if position > end:
                        raise IrregularError
                    occurrence, known = self._long(entry, state, buffer, position, length)
            if not known:
                if first is not entry:
                    self._learn(
                        first, buffer[run_start:start], sightings, run_sightings, notes, run_notes, state, before
                    )
                elif entry.runs:
                    entry.runs.clear()
                first = None
            append(occurrence.sighting or of_one(occurrence))
            if occurrence.special:
                if occurrence.note is not None:
                    notes.append(occurrence)
                if occurrence.raw:
                    state = state.after.get(occurrence) or self._after(state, occurrence)
                    entries = state.entries
            if first is not None and len(sightings) >= run_limit:
                self._learn(first, buffer[run_start:position], sightings, run_sightings, notes, run_notes, state, last)
                first = None
        if position != end:
            raise IrregularError
        if first is not None:
            self._learn(first, buffer[run_start:position], sightings, run_sightings, notes, run_notes, state, last)
        return sightings, notes, frames

    @staticmethod
    def _learn(
        first: Entry,
        raw: bytes,
        sightings: list[Sighting],
        from_sighting: int,
        notes: list[Occurrence],
        from_note: int,
        after: State,
        last: int,
    ) -> None:
        """Remember a run of elements that all came before, beginning with `first`."""
        if first.run_failures >= RUN_FAILURES:
            first.run_failures = 0
            first.run_limit = max((len(sightings) - from_sighting) // 2, SHORTEST_RUN)
            first.runs.clear()
        elif len(sightings) - from_sighting >= SHORTEST_RUN and len(raw) <= LONGEST_RUN_BYTES:
            run = Run(raw, tuple(sightings[from_sighting:]), tuple(notes[from_note:]), after, last)
            first.runs = [run, *first.runs[: RECENT_RUNS - 1]]

    def _state(
        self,
        node: Node,
        encoding: Encoding,
        encodings: tuple[str, ...],
        pixel_representation: int | None,
        creators: dict[int, bytes],
    ) -> State:
        name = (node, encoding, encodings, pixel_representation, tuple(sorted(creators.items())))
        known = self._states.get(name)
        if known is None:
            known = self._states[name] = State(node, encoding, encodings, pixel_representation, creators)
        return known

    def _after(self, state: State, occurrence: Occurrence) -> State:
        """The state after an element that the meaning of later ones depends on."""
        tag = occurrence.node.tag
        creators, encodings = state.creators, state.encodings
        representation = state.pixel_representation
        if tag == SPECIFIC_CHARACTER_SET:
            encodings = encodings_of(decode("CS", occurrence.raw, (), True))
        elif tag == PIXEL_REPRESENTATION:
            (representation,) = _SHORT[state.encoding.little_endian].unpack(occurrence.raw)
        else:
            # The same creator may stand in several blocks, so the block tells which it is, not the node's tag. What then
            # stands twice in one data set is told apart by the other reader.
            known = [private_creator(raw) for number, raw in creators.items() if number >> 8 == tag >> 16]
            if private_creator(occurrence.raw) in known:
                raise IrregularError
            creators = {**creators, (tag >> 16) << 8 | occurrence.block: occurrence.raw}
        result = self._state(state.node, state.encoding, encodings, representation, creators)
        state.after[occurrence] = result
        return result

    def _entry(self, state: State, header: bytes) -> Entry:
        """What an element header means that did not come in this state before."""
        if len(header) < 8:
            raise IrregularError
        little = state.encoding.little_endian
        group, number = _TAG[little].unpack_from(header)
        tag = group << 16 | number
        if group == 0xFFFE:
            raise IrregularError
        origin = FROM_FILE
        header_size = 8
        vr_bytes = header[4:6]
        un = False
        if state.encoding.explicit:
            if vr_bytes in VR_WITH_32_BIT_LENGTH:
                header_size, length = 12, -1
            elif vr_bytes in VR_NAMES:
                (length,) = _SHORT[little].unpack_from(header, 6)
            else:
                raise IrregularError
            vr = VR_NAMES[vr_bytes]
            if vr == "UN":
                un = True
                vr, origin = vr_of_un(tag, state.context())
        else:
            if vr_bytes in VR_NAMES:
                raise IrregularError
            (length,) = _LONG[little].unpack_from(header, 4)
            vr, origin = vr_from_dictionary(tag, state.context())
        block = 0
        node: Node | None = None
        at_root = state.node.parent is None
        if at_root and tag in (content.CONTENT_SEQUENCE, content.CONCEPT_NAME):
            raise IrregularError
        if not (number == 0 or tag == DATA_SET_TRAILING_PADDING or group == 2):
            creator = ""
            if group & 1:
                if 0x10 <= number <= 0xFF:
                    if vr == "SQ" or length == UNDEFINED_LENGTH:
                        raise IrregularError
                    block = number
                else:
                    raw = state.creators.get(group << 8 | number >> 8)
                    creator = (private_creator(raw) if raw else "") or UNKNOWN_CREATOR
                    block = number >> 8
                    node = state.node.child(tag, creator)
            else:
                node = state.node.child(tag, "")
            if tag == SPECIFIC_CHARACTER_SET and (not at_root or vr != "CS"):
                raise IrregularError
        simple = (
            0 <= length <= MAXIMUM_VALUE_LENGTH
            and vr != "SQ"
            and tag not in PIXEL_DATA_TAGS
            and (node is not None or block != 0)
        )
        entry = Entry(tag, node, simple, header_size, length, vr, origin, block, un)
        if node is None and block:
            # A Private Creator is a place of its own by its text, so the value decides.
            entry.node = state.node
        state.entries[header] = entry
        return entry

    def _occurrence(self, entry: Entry, state: State, value: bytes) -> Occurrence:
        """What a value contributes that did not come at this place before."""
        node = entry.node
        assert node is not None
        tag = entry.tag
        creator = bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF
        if creator:
            node = node.child(tag, private_creator(value))
        result = occurrence_of(
            node,
            entry.vr,
            entry.origin,
            entry.block,
            value,
            len(value),
            state.encodings,
            state.encoding.little_endian,
            self._policy,
        )
        if value and (
            creator
            or (tag == SPECIFIC_CHARACTER_SET and not result.empty)
            or (tag == PIXEL_REPRESENTATION and len(value) == 2)
        ):
            result.raw = value
            result.special = True
        entry.values[value] = result
        return result

    def _long(self, entry: Entry, state: State, buffer: Buffer, value_end: int, length: int) -> tuple[Occurrence, bool]:
        """An element whose value may be too long to be looked at, and whether it was known."""
        if length <= MAXIMUM_VALUE_LENGTH and entry.tag not in PIXEL_DATA_TAGS:
            value = bytes(buffer[value_end - length : value_end])
            occurrence = entry.values.get(value)
            if occurrence is not None:
                return occurrence, True
            return self._occurrence(entry, state, value), False
        node = entry.node
        first = b""
        if node is not None and entry.tag >> 16 & 1:
            first = bytes(buffer[value_end - length : min(value_end, value_end - length + START_LENGTH)])
        known = entry.unread.get((length, hash(first)))
        if known is None:
            if node is None or node is state.node:
                raise IrregularError
            known = occurrence_of(
                node, entry.vr, entry.origin, entry.block, None, length, (), True, self._policy, first
            )
            entry.unread[length, hash(first)] = known
            return known, False
        return known, True

    def _fragments(self, entry: Entry, buffer: Buffer, position: int) -> tuple[Occurrence, int]:
        """Encapsulated Pixel Data (PS3.5 section A.4)."""
        node = entry.node
        if entry.un or entry.vr not in ("OB", "OW") or node is None or node.depth > 1:
            raise IrregularError
        end = len(buffer)
        while position + 8 <= end:
            head = buffer[position : position + 4]
            if head == b"\xfe\xff\xdd\xe0":
                known = entry.unread.get((-1, 0))
                if known is None:
                    known = occurrence_of(node, entry.vr, entry.origin, 0, None, -1, (), True, self._policy)
                    entry.unread[-1, 0] = known
                return known, position + 8
            (length,) = _LONG[True].unpack_from(buffer, position + 4)
            position += 8 + length
            if head != b"\xfe\xff\x00\xe0" or length == UNDEFINED_LENGTH or position > end:
                raise IrregularError
        raise IrregularError

    def _sequence(
        self, entry: Entry, state: State, buffer: Buffer, position: int, length: int, depth: int
    ) -> tuple[Remembered, int, bool]:
        """A Sequence with all that is inside, the position after it, and whether it was remembered."""
        node = entry.node
        if node is None or node is state.node or depth > MAXIMUM_DEPTH:
            raise IrregularError
        if length == UNDEFINED_LENGTH:
            for raw, known in entry.recent:
                if buffer[position : position + len(raw)] == raw:
                    entry.patience = PATIENCE
                    return known, position + len(raw), True
        else:
            if position + length > len(buffer):
                raise IrregularError
            if length <= MAXIMUM_REMEMBERED_SEQUENCE and entry.patience:
                found = entry.remembered.get(bytes(buffer[position : position + length]))
                if found is not None:
                    entry.patience = PATIENCE
                    return found, position + length, True
        vr, origin = entry.vr, entry.origin
        nested = IMPLICIT_LITTLE_ENDIAN if entry.un else state.encoding
        if length == UNDEFINED_LENGTH and vr != "SQ":
            if not entry.un and state.encoding.explicit:
                raise IrregularError
            if vr == "UN":
                nested = IMPLICIT_LITTLE_ENDIAN
            origin = origin if origin == FROM_FILE else FROM_DICTIONARY
        if length == UNDEFINED_LENGTH and entry.un:
            # With undefined length UN is a Sequence whatever the dictionary says (PS3.5 section 6.2.2).
            origin = FROM_FILE
        if nested.little_endian is not state.encoding.little_endian:
            raise IrregularError
        items = entry.implicit_items if nested is not state.encoding else entry.items
        if items is None:
            items = self._state(node, nested, state.encodings, state.pixel_representation, {})
            if nested is not state.encoding:
                entry.implicit_items = items
            else:
                entry.items = items
        occurrences: list[Occurrence] = []
        notes: list[Occurrence] = []
        start = position - entry.header_size
        end = len(buffer) if length == UNDEFINED_LENGTH else position + length
        defined = length != UNDEFINED_LENGTH
        bounds = [0] if entry.tag == PER_FRAME_FUNCTIONAL_GROUPS and depth == 1 else None
        count, stop = self._items(items, buffer, position, end, defined, occurrences, notes, depth, bounds)
        frames = self._frames.of_items(occurrences, bounds) if bounds else ()
        described = bytes(buffer[start:stop]) if node.tag == characteristics.TAG and depth == 1 else None
        name = (count, length, entry.un, described)
        own = entry.sequences.get(name)
        if own is None:
            if len(entry.sequences) > LARGE_TABLE:
                entry.sequences.clear()
            own = entry.sequences[name] = Occurrence(node, ("SQ", origin), entry.block, empty=count == 0, items=count)
            if described is not None:
                own.facets = characteristics.facets_in(described, state.encoding)
        occurrences.append(own)
        result = Remembered(tuple(occurrences), tuple(notes), frames)
        size = stop - position
        if size <= MAXIMUM_REMEMBERED_SEQUENCE and entry.patience:
            entry.patience -= 1
            if not entry.patience:
                entry.remembered.clear()
                entry.recent = []
                return result, stop, False
            raw = bytes(buffer[position:stop])
            if length == UNDEFINED_LENGTH:
                entry.recent = [(raw, result), *entry.recent[: RECENT_SEQUENCES - 1]]
            else:
                if len(entry.remembered) >= REMEMBERED_SEQUENCES:
                    entry.remembered.clear()
                entry.remembered[raw] = result
        return result, stop, False

    def _items(
        self,
        state: State,
        buffer: Buffer,
        position: int,
        end: int,
        defined: bool,
        occurrences: list[Occurrence],
        notes: list[Occurrence],
        depth: int,
        bounds: list[int] | None,
    ) -> tuple[int, int]:
        """The items of a Sequence: their number and the position after them; `bounds` takes where each ends."""
        little = state.encoding.little_endian
        item = _ITEM[little]
        delimitation = _SEQUENCE_DELIMITATION[little]
        unpack = _LONG[little].unpack
        count = 0
        while True:
            if position >= end:
                if defined and position == end:
                    return count, position
                raise IrregularError
            header = bytes(buffer[position : position + 8])
            position += 8
            if header[:4] != item or position > end:
                if not defined and header == delimitation:
                    return count, position
                raise IrregularError
            (length,) = unpack(header[4:])
            if length == UNDEFINED_LENGTH:
                position = self._item(state, buffer, position, end, False, occurrences, notes, depth)
            else:
                item_end = position + length
                if item_end > end:
                    raise IrregularError
                position = self._item(state, buffer, position, item_end, True, occurrences, notes, depth)
            count += 1
            if bounds is not None:
                bounds.append(len(occurrences))

    def _item(
        self,
        state: State,
        buffer: Buffer,
        position: int,
        end: int,
        defined: bool,
        occurrences: list[Occurrence],
        notes: list[Occurrence],
        depth: int,
    ) -> int:
        """The elements of one item; returns the position after it."""
        start = state
        entries = state.entries
        append = occurrences.append
        parts: list[Occurrence] = []
        last = -1
        while True:
            if position >= end:
                if not defined or position != end:
                    raise IrregularError
                break
            header = bytes(buffer[position : position + 8])
            entry = entries.get(header)
            if entry is None:
                if not defined and header == _ITEM_DELIMITATION[state.encoding.little_endian]:
                    position += 8
                    break
                entry = self._entry(state, header)
            tag = entry.tag
            if tag < last:
                raise IrregularError
            last = tag
            length = entry.fixed_length
            if entry.simple:
                position += entry.header_size + length
                value = buffer[position - length : position]
                if position > end:
                    raise IrregularError
                occurrence = entry.values.get(value) or self._occurrence(entry, state, value)
            else:
                if length < 0:
                    if position + 12 > end:
                        raise IrregularError
                    (length,) = _LONG[state.encoding.little_endian].unpack_from(buffer, position + 8)
                position += entry.header_size
                if entry.node is None:
                    position += length
                    if position > end:
                        raise IrregularError
                    continue
                if entry.vr == "SQ" or length == UNDEFINED_LENGTH:
                    if tag in PIXEL_DATA_TAGS:
                        occurrence, position = self._fragments(entry, buffer, position)
                    else:
                        known, position, _ = self._sequence(entry, state, buffer, position, length, depth + 1)
                        occurrences.extend(known.occurrences)
                        notes.extend(known.notes)
                        if position > end:
                            raise IrregularError
                        continue
                else:
                    position += length
                    if position > end:
                        raise IrregularError
                    occurrence, _ = self._long(entry, state, buffer, position, length)
            append(occurrence)
            if occurrence.special:
                if occurrence.note is not None:
                    notes.append(occurrence)
                if occurrence.raw:
                    state = state.after.get(occurrence) or self._after(state, occurrence)
                    entries = state.entries
                else:
                    parts.append(occurrence)
        if parts:
            name = tuple(parts)
            if name in start.codes:
                stated = start.codes[name]
            else:
                stated = start.codes[name] = values_of_item(start.node, parts, self._policy)
            for one in stated:
                append(one)
        return position


def private_creator(value: bytes | object) -> str:
    """The Private Creator that a value field says, as it stands in element paths."""
    if not isinstance(value, bytes):
        return ""
    return value.decode("latin-1").strip(" \0").translate(NO_CREATOR)
