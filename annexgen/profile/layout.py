"""Reads an instance as a repetition of what was read before: known bytes at a known place are known occurrences.

Slices of a series have the same elements in the same order, and most values repeat. So the walk over the bytes is that of
a state machine: the state says where in the data set it is (`annexgen.profile.states`), the bytes of the next element header
lead to its place, and the bytes of its value to what it contributes, which was worked out when these bytes stood there first. Whole
Sequences and runs of elements (`annexgen.profile.runs`) are recognised in the same way.

It reads regular encodings only. Whatever deviates raises `IrregularError`, and `annexgen.corpus.elements` reads the
instance, tolerantly and with a report. Nothing is counted here, so a walk that is given up leaves no trace.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.corpus.elements import (
    FROM_DICTIONARY,
    FROM_FILE,
    IMPLICIT_LITTLE_ENDIAN,
    PIXEL_DATA_TAGS,
    UNDEFINED_LENGTH,
)
from annexgen.profile import characteristics
from annexgen.profile.frames import OF_FRAMES
from annexgen.profile.nodes import Occurrence, occurrence_of, values_of_item
from annexgen.profile.runs import GROWS_LATER, Learning, Mark, Run, other_run
from annexgen.profile.sightings import Group, Part, Sighting, Sightings, occurrences_in
from annexgen.profile.states import FAILURES, LARGE_TABLE, PATIENCE, Entry, IrregularError, State, States

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer, Encoding
    from annexgen.profile.frames import Frame, Frames
    from annexgen.profile.nodes import Node

MAXIMUM_DEPTH = 40
MAXIMUM_REMEMBERED_SEQUENCE = 1 << 12
"""Longer Sequences are walked each time: they hardly repeat as a whole, their items do."""
REMEMBERED_SEQUENCES = 16
RECENT_SEQUENCES = 4
MAXIMUM_LEARNED = 1 << 26
"""So many bytes of runs are remembered before all are forgotten."""

_ITEM = {True: b"\xfe\xff\x00\xe0", False: b"\xff\xfe\xe0\x00"}
_ITEM_DELIMITATION = {True: b"\xfe\xff\x0d\xe0\0\0\0\0", False: b"\xff\xfe\xe0\x0d\0\0\0\0"}
_SEQUENCE_DELIMITATION = {True: b"\xfe\xff\xdd\xe0\0\0\0\0", False: b"\xff\xfe\xe0\xdd\0\0\0\0"}
_LONG = {True: struct.Struct("<L"), False: struct.Struct(">L")}


@dataclass(slots=True)
class Found:
    """What a walk finds: elements and groups of them, those that tell whose instance it is, and the layouts of frames."""

    parts: list[Part]
    notes: list[Occurrence]
    frames: list[Frame]


class Layouts:
    """Reads the instances of one SOP Class.

    Args:
        root: the node of the data set.
        sightings: makes sightings.
        frames: makes the layouts of frames.
        policy: which values are kept: "none", "safe" or "all".
    """

    def __init__(self, root: Node, sightings: Sightings, frames: Frames, policy: str) -> None:
        self._states = States(root, policy)
        self._sightings = sightings
        self._frames = frames
        self._policy = policy
        self._learned = 0

    def forget(self) -> None:
        """Drop what is remembered of attributes that differ in each instance."""
        self._states.forget(runs=self._learned > MAXIMUM_LEARNED)
        if self._learned > MAXIMUM_LEARNED:
            self._learned = 0

    def read(
        self, buffer: Buffer, position: int, encoding: Encoding
    ) -> tuple[list[Sighting | Group], list[Occurrence], list[Frame]]:
        """What the instance has at each node, the elements that tell whose it is, and the layouts of its frames.

        Raises:
            IrregularError: it must be read by the element reader.
        """
        found = Found([], [], [])
        self._elements(self._states.start(encoding), buffer, position, len(buffer), True, found, 0)
        result: list[Sighting | Group] = []
        append = result.append
        of_one = self._sightings.of_one
        for part in found.parts:
            if isinstance(part, Occurrence):
                append(part.sighting or of_one(part))
            elif part.kept:
                if not part.number:
                    self._complete(part)
                append(part)
            else:
                result.extend(part.sightings)
        return result, found.notes, found.frames

    def _complete(self, group: Group) -> None:
        """Work out what a group is at the root of the data set."""
        if isinstance(group, Run):
            sightings: list[Sighting] = []
            for part in group.parts:
                if isinstance(part, Occurrence):
                    sightings.append(self._sightings.of_one(part))
                else:
                    if not part.number:
                        self._complete(part)
                    sightings.extend(part.sightings)
        else:
            sightings = self._sightings.of_all(group.occurrences)
        self._sightings.complete(group, sightings)

    def _elements(
        self, state: State, buffer: Buffer, position: int, end: int, defined: bool, found: Found, depth: int
    ) -> int:
        """The elements of the data set (`depth` 0) or of an item; returns the position after them."""
        start = state
        entries = state.entries
        parts, notes = found.parts, found.notes
        append = parts.append
        coded: list[Occurrence] = []
        last = -1
        learning: Learning | None = None
        while True:
            if position >= end:
                if not defined or position != end:
                    raise IrregularError
                break
            header = buffer[position : position + 8]
            entry = entries.get(header)
            if entry is None:
                if not defined and header == _ITEM_DELIMITATION[state.encoding.little_endian]:
                    position += 8
                    break
                entry = self._states.entry(state, header)
            tag = entry.tag
            if tag < last:
                raise IrregularError
            if entry.runs:
                first = entry.runs[0]
                here = buffer[position : position + first.size] == first.raw
                run = first if here else other_run(entry, buffer, position)
                if run is not None:
                    entry.failures = 0
                    run.hits += 1
                    if run.hits == run.grows_at:
                        run.grows_at *= GROWS_LATER
                        if learning is None:
                            learning = Learning(entry, position, parts, notes, coded)
                    append(run)
                    if run.notes:
                        notes.extend(run.notes)
                    if run.coded:
                        coded.extend(run.coded)
                    state = run.state
                    entries = state.entries
                    last = run.last
                    position += run.size
                    if learning is not None:
                        learning.marks.append(Mark(position, len(parts), len(notes), len(coded), state, last))
                    continue
            if learning is None and not entry.volatile:
                learning = Learning(entry, position, parts, notes, coded)
            last = tag
            known = True
            occurrence: Occurrence | None = None
            if entry.simple:
                position += entry.header_size + entry.fixed_length
                if position > end:
                    raise IrregularError
                value = buffer[position - entry.fixed_length : position]
                occurrence = entry.values.get(value)
                if occurrence is None:
                    occurrence = self._states.occurrence(entry, state, value)
                    known = False
            else:
                length = entry.fixed_length
                if length < 0:
                    if position + 12 > end:
                        raise IrregularError
                    (length,) = _LONG[state.encoding.little_endian].unpack_from(buffer, position + 8)
                position += entry.header_size
                if entry.node is None:
                    position += length
                elif entry.vr == "SQ" or length == UNDEFINED_LENGTH:
                    if tag in PIXEL_DATA_TAGS:
                        occurrence, position = self._fragments(entry, buffer, position, self._policy)
                    else:
                        position, known = self._sequence(entry, state, buffer, position, length, found, depth)
                else:
                    position += length
                    if position <= end:
                        occurrence, known = self._states.long_value(entry, state, buffer, position, length)
                if position > end:
                    raise IrregularError
            if not known:
                entry.new += 1
                if entry.new == FAILURES:
                    entry.volatile = True
                    entry.runs = []
            elif entry.new:
                entry.new = 0
            if learning is not None and (not known or entry.volatile):
                self._learned += learning.finish(buffer, parts, notes, coded)
                learning = None
            if occurrence is not None:
                append(occurrence)
                if occurrence.special:
                    if occurrence.note is not None:
                        notes.append(occurrence)
                    if occurrence.raw:
                        state = state.after.get(occurrence) or self._states.after(state, occurrence)
                        entries = state.entries
                    else:
                        coded.append(occurrence)
            if learning is not None:
                learning.marks.append(Mark(position, len(parts), len(notes), len(coded), state, last))
        if learning is not None:
            self._learned += learning.finish(buffer, parts, notes, coded)
        if coded and depth:
            name = tuple(coded)
            stated = start.codes.get(name)
            if stated is None:
                stated = start.codes[name] = values_of_item(start.node, coded, self._policy)
            for one in stated:
                append(one)
        return position

    def _sequence(
        self, entry: Entry, state: State, buffer: Buffer, position: int, length: int, found: Found, depth: int
    ) -> tuple[int, bool]:
        """A Sequence with all that is inside: the position after it, and whether it was remembered."""
        node = entry.node
        if node is None or node is state.node or depth >= MAXIMUM_DEPTH:
            raise IrregularError
        if length == UNDEFINED_LENGTH:
            for raw, known in entry.recent:
                if buffer[position : position + len(raw)] == raw:
                    entry.patience = PATIENCE
                    found.parts.append(known)
                    found.notes.extend(known.notes)
                    return position + len(raw), True
            end = len(buffer)
        else:
            end = position + length
            if end > len(buffer):
                raise IrregularError
            if length <= MAXIMUM_REMEMBERED_SEQUENCE and entry.patience:
                remembered = entry.remembered.get(buffer[position:end])
                if remembered is not None:
                    entry.patience = PATIENCE
                    found.parts.append(remembered)
                    found.notes.extend(remembered.notes)
                    return end, True
        origin = entry.origin
        nested = IMPLICIT_LITTLE_ENDIAN if entry.un else state.encoding
        if length == UNDEFINED_LENGTH and entry.vr != "SQ":
            if not entry.un and state.encoding.explicit:
                raise IrregularError
            if entry.vr == "UN":
                nested = IMPLICIT_LITTLE_ENDIAN
            origin = origin if origin == FROM_FILE else FROM_DICTIONARY
        if length == UNDEFINED_LENGTH and entry.un:
            # With undefined length UN is a Sequence whatever the dictionary says (PS3.5 section 6.2.2).
            origin = FROM_FILE
        if nested.little_endian is not state.encoding.little_endian:
            raise IrregularError
        items = self._states.of_items(entry, state, nested)
        # What is inside a Sequence at the root comes together: its places are those of one Sequence.
        inside = found if depth else Found([], [], [])
        parts, notes = len(inside.parts), len(inside.notes)
        bounds = [0] if entry.tag in OF_FRAMES and not depth else None
        count, stop = self._items(items, buffer, position, end, length != UNDEFINED_LENGTH, inside, depth + 1, bounds)
        if bounds:
            found.frames[:] = self._frames.of_items(inside.parts, bounds)
        described = None
        if node.tag == characteristics.TAG and not depth:
            described = buffer[position - entry.header_size : stop]
        name = (count, length, entry.un, described)
        own = entry.sequences.get(name)
        if own is None:
            if len(entry.sequences) > LARGE_TABLE:
                entry.sequences.clear()
            own = entry.sequences[name] = Occurrence(node, ("SQ", origin), entry.block, empty=count == 0, items=count)
            if described is not None:
                own.facets = characteristics.facets_in(described, state.encoding)
        inside.parts.append(own)
        group = None
        # Frames are asked for in each instance, so what holds them is walked.
        if stop - position <= MAXIMUM_REMEMBERED_SEQUENCE and entry.patience and not bounds:
            group = Group(tuple(occurrences_in(inside.parts[parts:])), tuple(inside.notes[notes:]))
            _remember(entry, group, buffer[position:stop], defined=length != UNDEFINED_LENGTH)
        if not depth:
            if group is None:
                group = Group((), (), kept=False, sightings=tuple(self._sightings.of_all(inside.parts)))
            found.parts.append(group)
            found.notes.extend(inside.notes)
        return stop, False

    def _items(
        self,
        state: State,
        buffer: Buffer,
        position: int,
        end: int,
        defined: bool,
        found: Found,
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
            header = buffer[position : position + 8]
            position += 8
            if header[:4] != item or position > end:
                if not defined and header == delimitation:
                    return count, position
                raise IrregularError
            (length,) = unpack(header[4:])
            if length == UNDEFINED_LENGTH:
                position = self._elements(state, buffer, position, end, False, found, depth)
            else:
                item_end = position + length
                if item_end > end:
                    raise IrregularError
                position = self._elements(state, buffer, position, item_end, True, found, depth)
            count += 1
            if bounds is not None:
                bounds.append(len(found.parts))

    @staticmethod
    def _fragments(entry: Entry, buffer: Buffer, position: int, policy: str) -> tuple[Occurrence, int]:
        """Encapsulated Pixel Data (PS3.5 section A.4)."""
        node = entry.node
        if entry.un or entry.vr not in ("OB", "OW") or node is None or node.depth > 1:
            raise IrregularError
        end = len(buffer)
        while position + 8 <= end:
            head = buffer[position : position + 4]
            if head == _SEQUENCE_DELIMITATION[True][:4]:
                known = entry.unread.get((-1, 0))
                if known is None:
                    known = occurrence_of(node, entry.vr, entry.origin, 0, None, -1, (), True, policy)
                    entry.unread[-1, 0] = known
                return known, position + 8
            (length,) = _LONG[True].unpack_from(buffer, position + 4)
            position += 8 + length
            if head != _ITEM[True] or length == UNDEFINED_LENGTH or position > end:
                raise IrregularError
        raise IrregularError


def _remember(entry: Entry, group: Group, raw: bytes, *, defined: bool) -> None:
    """Remember a Sequence, unless such ones never come again."""
    entry.patience -= 1
    if not entry.patience:
        entry.remembered.clear()
        entry.recent = []
    elif defined:
        if len(entry.remembered) >= REMEMBERED_SEQUENCES:
            entry.remembered.clear()
        entry.remembered[raw] = group
    else:
        entry.recent = [(raw, group), *entry.recent[: RECENT_SEQUENCES - 1]]
