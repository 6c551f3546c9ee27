"""What the bytes of element headers and values mean, worked out once for each state of the walk that they are met in.

The state says where in the data set the walk is and what the meaning of the next element depends on: Private Creators,
character set, Pixel Representation.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.elements import (
    FROM_FILE,
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
from annexgen.profile import content
from annexgen.profile.nodes import (
    DATA_SET_TRAILING_PADDING,
    SPECIFIC_CHARACTER_SET,
    UNKNOWN_CREATOR,
    Node,
    Occurrence,
    occurrence_of,
)

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer, Encoding
    from annexgen.profile.runs import Run
    from annexgen.profile.sightings import Group

PATIENCE = 64
"""So many Sequences of one place are remembered without a repetition before that is given up."""
FAILURES = 4
"""An element of which no run comes, or whose value is new, so many times in a row is no part of runs any more."""
LARGE_TABLE = 256
"""Tables with more values than this belong to attributes that differ in each instance, and are dropped by `forget`."""
MANY = 1 << 14
PIXEL_REPRESENTATION = 0x00280103

_SHORT = {True: struct.Struct("<H"), False: struct.Struct(">H")}
_LONG = {True: struct.Struct("<L"), False: struct.Struct(">L")}
_TAG = {True: struct.Struct("<HH"), False: struct.Struct(">HH")}


class IrregularError(Exception):
    """The instance is not encoded as regularly as this reader wants it, or needs its elements as a tree."""


@dataclass(slots=True, eq=False)
class Entry:
    """What an element header means in a state.

    `fixed_length` is the value length that the header says, -1 when it stands behind the first eight bytes. A `simple`
    element is no Sequence, is of that length, and its value is looked at. What begins with it (`annexgen.profile.runs`) is in
    `runs`, unless it is `volatile`. `failures` and `new` count in a row how often no run came of it, and its value was new.
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
    remembered: dict[bytes, Group] = field(default_factory=dict)
    recent: list[tuple[bytes, Group]] = field(default_factory=list)
    patience: int = PATIENCE
    runs: list[Run] = field(default_factory=list)
    failures: int = 0
    new: int = 0
    volatile: bool = False
    items: State | None = None
    implicit_items: State | None = None

    def fail(self) -> None:
        """Note that no run came of it."""
        self.failures += 1
        if self.failures >= FAILURES:
            self.volatile = True
            self.runs = []


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


class States:
    """All states of one SOP Class.

    Args:
        root: the node of the data set.
        policy: which values are kept: "none", "safe" or "all".
    """

    def __init__(self, root: Node, policy: str) -> None:
        self._root = root
        self._policy = policy
        self._starts: dict[Encoding, State] = {}
        self._states: dict[tuple[object, ...], State] = {}

    def forget(self, *, runs: bool) -> None:
        """Drop what is remembered of attributes that differ in each instance and, if asked, the runs."""
        for state in self._states.values():
            if len(state.codes) > LARGE_TABLE:
                state.codes.clear()
            if len(state.after) > LARGE_TABLE:
                state.after.clear()
            if len(state.entries) > MANY:
                state.entries.clear()
            for entry in state.entries.values():
                if len(entry.values) > LARGE_TABLE:
                    entry.values.clear()
                if len(entry.unread) > LARGE_TABLE:
                    entry.unread.clear()
                if runs:
                    entry.runs = []
        if len(self._states) > MANY:
            self._states.clear()
            self._starts.clear()

    def start(self, encoding: Encoding) -> State:
        """The state at the beginning of a data set."""
        state = self._starts.get(encoding)
        if state is None:
            state = self._starts[encoding] = self._state(self._root, encoding, ("iso8859",), None, {})
        return state

    def of_items(self, entry: Entry, state: State, encoding: Encoding) -> State:
        """The state at the beginning of an item of a Sequence that begins with `entry`."""
        same = encoding is state.encoding
        known = entry.items if same else entry.implicit_items
        if known is None:
            assert entry.node is not None
            known = self._state(entry.node, encoding, state.encodings, state.pixel_representation, {})
            if same:
                entry.items = known
            else:
                entry.implicit_items = known
        return known

    def after(self, state: State, occurrence: Occurrence) -> State:
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

    def entry(self, state: State, header: bytes) -> Entry:
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

    def occurrence(self, entry: Entry, state: State, value: bytes) -> Occurrence:
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

    def long_value(
        self, entry: Entry, state: State, buffer: Buffer, value_end: int, length: int
    ) -> tuple[Occurrence, bool]:
        """An element whose value may be too long to be looked at, and whether it was known."""
        if length <= MAXIMUM_VALUE_LENGTH and entry.tag not in PIXEL_DATA_TAGS:
            value = bytes(buffer[value_end - length : value_end])
            occurrence = entry.values.get(value)
            if occurrence is not None:
                return occurrence, True
            return self.occurrence(entry, state, value), False
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


def private_creator(value: bytes | object) -> str:
    """The Private Creator that a value field says, as it stands in element paths."""
    if not isinstance(value, bytes):
        return ""
    return value.decode("latin-1").strip(" \0").translate(NO_CREATOR)
