"""Reads the raw elements of a data set from bytes: one pass, no value decoded, no pixel data touched (PS3.5 section 7).

The reader yields what is readable and reports the rest: every deviation becomes a `Problem` with its byte offset, and
reading goes on after it where the encoding allows that. Nesting is limited instead of ending in a recursion error.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from annexgen.standard import dictionary

if TYPE_CHECKING:
    import mmap

UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_DELIMITATION = 0xFFFEE00D
SEQUENCE_DELIMITATION = 0xFFFEE0DD
PIXEL_DATA_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
DATA_SET_TRAILING_PADDING = 0xFFFCFFFC

VR_WITH_32_BIT_LENGTH = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
VR_WITH_16_BIT_LENGTH = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT"}
    | {b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)
VR_NAMES = {name: name.decode("ascii") for name in VR_WITH_32_BIT_LENGTH | VR_WITH_16_BIT_LENGTH}

FROM_FILE = "file"
FROM_DICTIONARY = "dictionary"
UNKNOWN_VR = "unknown"

MAXIMUM_DEPTH = 48
MAXIMUM_ELEMENTS = 1 << 21
"""Elements and items of one data set together; what comes after so many is reported, and not read."""
START_LENGTH = 1 << 20
MAXIMUM_VALUE_LENGTH = 1 << 16
"""Longer values are not copied out of the file: their length is counted, their content is not looked at."""


Buffer: TypeAlias = "bytes | mmap.mmap"
"""What is read from: bytes or a memory map."""


class RawElement(NamedTuple):
    """One element as it lies in the file.

    `value` is the value field as bytes, a list of items (each a list of elements) for a Sequence, or None where the
    value was not copied (Pixel Data, values over `MAXIMUM_VALUE_LENGTH` bytes, encapsulated fragments). `length` is
    the number of bytes of the value field; -1 for a Sequence or fragments of undefined length. `start` is the
    start of a private value that was too long to be decoded, up to `START_LENGTH` bytes.
    """

    tag: int
    vr: str
    vr_origin: str
    value: Value
    length: int
    offset: int
    start: bytes = b""


Value: TypeAlias = "bytes | list[list[RawElement]] | None"


@dataclass(frozen=True, slots=True)
class Problem:
    """A deviation found while reading: what it is, in which element (0 when in none) and at which byte offset."""

    code: str
    message: str
    tag: int
    offset: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a data set is encoded: explicit or implicit VR, byte order."""

    explicit: bool
    little_endian: bool


IMPLICIT_LITTLE_ENDIAN = Encoding(explicit=False, little_endian=True)
EXPLICIT_LITTLE_ENDIAN = Encoding(explicit=True, little_endian=True)
EXPLICIT_BIG_ENDIAN = Encoding(explicit=True, little_endian=False)

_TAG_AND_LENGTH = {True: struct.Struct("<HHL"), False: struct.Struct(">HHL")}
_EXPLICIT = {True: struct.Struct("<HH2sH"), False: struct.Struct(">HH2sH")}
_LENGTH_32 = {True: struct.Struct("<L"), False: struct.Struct(">L")}
_SHORT = {True: struct.Struct("<H"), False: struct.Struct(">H")}


@dataclass(slots=True)
class Context:
    """What an item inherits from the data set around it: Pixel Representation decides "US or SS" (PS3.6 section 6)."""

    pixel_representation: int | None = None
    creators: dict[int, str] = field(default_factory=dict)


class ElementReader:
    """Reads the elements between two offsets of a buffer; `problems` collects what was wrong."""

    def __init__(self, buffer: Buffer, encoding: Encoding) -> None:
        self.buffer = buffer
        self.encoding = encoding
        self.problems: list[Problem] = []
        self._end_of_file = len(buffer)
        self._left = MAXIMUM_ELEMENTS

    def read(self, start: int, end: int | None = None) -> list[RawElement]:
        """The elements from offset `start` to `end` (default: to the end of the buffer), in file order."""
        stop = self._end_of_file if end is None else min(end, self._end_of_file)
        elements, _ = self._elements(start, stop, self.encoding, 0, Context(), in_item=False)
        return elements

    def _report(self, code: str, message: str, tag: int, offset: int) -> None:
        self.problems.append(Problem(code, message, tag, offset))

    def _elements(
        self, position: int, end: int, encoding: Encoding, depth: int, outer: Context, *, in_item: bool
    ) -> tuple[list[RawElement], int]:
        """Elements from `position`; stops at `end` or after an item delimitation. Returns them and the next offset."""
        buffer = self.buffer
        little = encoding.little_endian
        explicit = encoding.explicit
        header = _EXPLICIT[little].unpack_from
        plain_header = _TAG_AND_LENGTH[little].unpack_from
        length_32 = _LENGTH_32[little].unpack_from
        context = Context(outer.pixel_representation)
        elements: list[RawElement] = []
        append = elements.append
        vr_names = VR_NAMES
        long_vr = VR_WITH_32_BIT_LENGTH
        last_tag = -1
        while position + 8 <= end:
            start = position
            self._left -= 1
            if self._left <= 0:
                self._give_up(start)
                return elements, end
            vr = ""
            origin = FROM_FILE
            if explicit:
                group, element, vr_bytes, length = header(buffer, position)
                tag = group << 16 | element
                if group == 0xFFFE:
                    _, _, length = plain_header(buffer, position)
                    position += 8
                elif vr_bytes in long_vr:
                    if position + 12 > end:
                        break
                    (length,) = length_32(buffer, position + 8)
                    vr = vr_names[vr_bytes]
                    position += 12
                elif vr_bytes in vr_names:
                    vr = vr_names[vr_bytes]
                    position += 8
                elif vr_bytes.isalpha() and vr_bytes.isupper():
                    self._report("unknown-vr", f"unknown VR {vr_bytes.decode('ascii')!r}", tag, start)
                    vr, origin = "UN", UNKNOWN_VR
                    position += 8
                else:
                    _, _, length = plain_header(buffer, position)
                    self._report("missing-vr", "no VR where one is required; read as implicit VR", tag, start)
                    position += 8
            else:
                group, element, length = plain_header(buffer, position)
                tag = group << 16 | element
                position += 8

            if group == 0xFFFE:
                if tag == ITEM_DELIMITATION and in_item:
                    return elements, position
                if tag == SEQUENCE_DELIMITATION and in_item:
                    # The item delimitation is missing: leave the item, and let the Sequence read this tag again.
                    self._report("missing-delimiter", "item without item delimitation", tag, start)
                    return elements, start
                self._report("stray-delimiter", "delimitation outside of a Sequence", tag, start)
                if tag == ITEM and length not in (0, UNDEFINED_LENGTH):
                    position = min(position + length, end)
                continue

            if tag < last_tag:
                self._report("tag-order", "elements are not in ascending order of tags", tag, start)
            last_tag = tag

            undefined = length == UNDEFINED_LENGTH
            if not undefined and position + length > end:
                self._report(
                    "truncated",
                    f"value of {length} bytes ends after the {'item' if in_item else 'file'}: "
                    f"{end - position} bytes are there",
                    tag,
                    start,
                )
                if vr != "SQ" and not (not vr and vr_from_dictionary(tag, context)[0] == "SQ"):
                    vr = vr or vr_from_dictionary(tag, context)[0]
                    append(RawElement(tag, vr, origin, None, end - position, start))
                    return elements, end
                length = end - position

            if not vr:
                vr, origin = vr_from_dictionary(tag, context)
            known_un = vr == "UN" and origin == FROM_FILE and not undefined
            if known_un:
                vr, origin = vr_of_un(tag, context)
            nested_encoding = IMPLICIT_LITTLE_ENDIAN if (vr == "UN" or known_un) else encoding

            value: Value
            if undefined:
                if vr in ("SQ", "UN") or not explicit or self._is_item(position, little, end):
                    if vr in ("OB", "OW") and tag in PIXEL_DATA_TAGS:
                        position = self._skip_fragments(position, end, little)
                        append(RawElement(tag, vr, origin, None, -1, start))
                        continue
                    if vr != "SQ":
                        vr = "SQ"
                        origin = origin if origin == FROM_FILE else FROM_DICTIONARY
                    value, position = self._items(position, end, nested_encoding, depth + 1, context, None)
                    append(RawElement(tag, vr, origin, value, -1, start))
                else:
                    self._report("undefined-length", f"VR {vr} with undefined length", tag, start)
                    position = self._skip_fragments(position, end, little)
                    append(RawElement(tag, vr, origin, None, -1, start))
                continue
            value_end = position + length
            first = b""
            if vr == "SQ":
                value, _ = self._items(position, value_end, nested_encoding, depth + 1, context, value_end)
            elif tag in PIXEL_DATA_TAGS or length > MAXIMUM_VALUE_LENGTH:
                value = None
                if group & 1:
                    first = bytes(buffer[position : min(value_end, position + START_LENGTH)])
            else:
                value = bytes(buffer[position:value_end])
                if group & 1 and 0x10 <= element <= 0xFF:
                    context.creators[group << 8 | element] = creator_text(value)
                elif tag == 0x00280103 and length == 2:
                    (context.pixel_representation,) = _SHORT[little].unpack(value)
            append(RawElement(tag, vr, origin, value, length, start, first))
            position = value_end
        if position < end and not (end - position < 8 and not any(bytes(buffer[position:end]))):
            self._report("truncated", f"{end - position} bytes at the end are no element", 0, position)
        return elements, end

    def _give_up(self, offset: int) -> None:
        """Report, once, that there are too many elements."""
        if self._left == 0:
            self._report("too-many-elements", f"more than {MAXIMUM_ELEMENTS} elements and items", 0, offset)

    def _is_item(self, position: int, little: bool, end: int) -> bool:
        if position + 8 > end:
            return False
        group, element, _ = _TAG_AND_LENGTH[little].unpack_from(self.buffer, position)
        return group == 0xFFFE and element in (0xE000, 0xE0DD)

    def _items(
        self,
        position: int,
        end: int,
        encoding: Encoding,
        depth: int,
        context: Context,
        defined_end: int | None,
    ) -> tuple[list[list[RawElement]], int]:
        """The items of a Sequence from `position`; returns them and the offset after the Sequence."""
        items: list[list[RawElement]] = []
        header = _TAG_AND_LENGTH[encoding.little_endian].unpack_from
        if depth > MAXIMUM_DEPTH:
            self._report("nesting", f"Sequences nested deeper than {MAXIMUM_DEPTH} levels are not read", 0, position)
            return items, end
        while position + 8 <= end:
            group, element, length = header(self.buffer, position)
            tag = group << 16 | element
            if tag == SEQUENCE_DELIMITATION:
                return items, position + 8
            if tag != ITEM:
                self._report("no-item", "something else than an item inside a Sequence", tag, position)
                # A Sequence of undefined length without delimitation: what follows belongs to the data set around it.
                return items, position if defined_end is None and tag > 0x00080000 else end
            self._left -= 1
            if self._left <= 0:
                self._give_up(position)
                return items, end
            position += 8
            item_encoding = self._item_encoding(position, end, encoding)
            if length == UNDEFINED_LENGTH:
                elements, position = self._elements(position, end, item_encoding, depth, context, in_item=True)
            else:
                item_end = position + length
                if item_end > end:
                    self._report("truncated", f"item of {length} bytes ends after its Sequence", tag, position - 8)
                    item_end = end
                elements, _ = self._elements(position, item_end, item_encoding, depth, context, in_item=True)
                position = item_end
            items.append(elements)
        if defined_end is None:
            self._report("missing-delimiter", "Sequence without sequence delimitation", 0, position)
        return items, position if defined_end is not None else end

    def _item_encoding(self, position: int, end: int, encoding: Encoding) -> Encoding:
        """The encoding of an item: some writers switch between explicit and implicit VR inside Sequences."""
        if position + 8 > end:
            return encoding
        group, _, vr_bytes, _ = _EXPLICIT[encoding.little_endian].unpack_from(self.buffer, position)
        if group == 0xFFFE:
            return encoding
        looks_explicit = vr_bytes in VR_NAMES
        if looks_explicit == encoding.explicit:
            return encoding
        if encoding.explicit and b"AA" <= vr_bytes <= b"ZZ":
            return encoding
        return Encoding(explicit=looks_explicit, little_endian=encoding.little_endian)

    def _skip_fragments(self, position: int, end: int, little: bool) -> int:
        """The offset after encapsulated fragments; reads only the item headers (PS3.5 section A.4)."""
        header = _TAG_AND_LENGTH[little].unpack_from
        while position + 8 <= end:
            group, element, length = header(self.buffer, position)
            tag = group << 16 | element
            position += 8
            if tag == SEQUENCE_DELIMITATION:
                return position
            if tag != ITEM or length == UNDEFINED_LENGTH or position + length > end:
                self._report("truncated", "encapsulated fragments end without sequence delimitation", tag, position - 8)
                return end
            position += length
        self._report("missing-delimiter", "encapsulated fragments without sequence delimitation", 0, position)
        return end


def vr_from_dictionary(tag: int, context: Context) -> tuple[str, str]:
    """VR of an element that carries none, and where it is from (PS3.5 section 6.2.2 for private ones)."""
    group, element = tag >> 16, tag & 0xFFFF
    if group & 1:
        if 0x10 <= element <= 0xFF:
            return "LO", FROM_DICTIONARY
        if element == 0:
            return "UL", FROM_DICTIONARY
        creator = context.creators.get(group << 8 | element >> 8)
        entry = dictionary.private_lookup(creator, group, element & 0xFF) if creator else None
    else:
        entry = dictionary.lookup(tag)
    if entry is None:
        return "UN", UNKNOWN_VR
    return _one_vr(entry.vr, tag, context), FROM_DICTIONARY


def vr_of_un(tag: int, context: Context) -> tuple[str, str]:
    """VR of an element that the file calls UN: the dictionary's where it knows the element (PS3.5 section 6.2.2)."""
    vr, origin = vr_from_dictionary(tag, context)
    return ("UN", FROM_FILE) if origin == UNKNOWN_VR else (vr, origin)


def _one_vr(vr: str, tag: int, context: Context) -> str:
    """One VR where the dictionary names alternatives, as implicit VR has to decide (PS3.5 Annex A.1)."""
    if " or " not in vr:
        return vr
    if vr.startswith("OB"):
        return "OW"
    if "SS" in vr:
        return "SS" if context.pixel_representation == 1 else "US"
    return "OW" if tag in (0x00281201, 0x00281202, 0x00281203) else "US" if vr.startswith("US") else "OW"


NO_CREATOR = {**dict.fromkeys((*range(0x20), 0x7F), "\ufffd"), ord('"'): "'"}


def creator_text(value: bytes) -> str:
    """The Private Creator that a value field says, as dictionaries of private elements name it.

    Control characters and quotation marks, which element paths could not hold, are replaced.
    """
    return value.decode("ascii", "replace").strip(" \0").translate(NO_CREATOR)
