"""Reads one file as a DICOM instance: recognises it by content, reads File Meta Information and the data set (PS3.10)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from annexgen.corpus.elements import (
    DATA_SET_TRAILING_PADDING,
    EXPLICIT_BIG_ENDIAN,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    VR_NAMES,
    VR_WITH_16_BIT_LENGTH,
    Buffer,
    ElementReader,
    Encoding,
    Problem,
    RawElement,
)

DEFLATED_TRANSFER_SYNTAXES = frozenset({"1.2.840.10008.1.2.1.99"})
IMPLICIT_TRANSFER_SYNTAX = "1.2.840.10008.1.2"
BIG_ENDIAN_TRANSFER_SYNTAX = "1.2.840.10008.1.2.2"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
MODALITY_WORKLIST = "1.2.840.10008.5.1.4.31"
"""Modality Worklist Information Model - FIND: stands for what such a query returned (PS3.4 Annex K), which names no SOP Class."""
MAXIMUM_INFLATED_SIZE = 1 << 28

_PREAMBLE_LENGTH = 128
_SCHEDULED_PROCEDURE_STEP_SEQUENCE = 0x00400100
_META_HEADER = struct.Struct("<HH2sH")


class NotReadableError(Exception):
    """A file is no DICOM instance, or none that can be counted. The message is the reason, without the file's name."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance as read: its SOP Class, transfer syntax, elements in file order, and what was wrong.

    `transfer_syntax` is empty when the file does not say it. `preamble` tells whether the 128 byte preamble with
    DICM prefix was there.
    """

    sop_class: str
    transfer_syntax: str
    meta: tuple[RawElement, ...]
    elements: list[RawElement]
    problems: tuple[Problem, ...]
    preamble: bool
    little_endian: bool


def read_instance(buffer: Buffer) -> Instance:
    """Read the bytes of one file.

    Args:
        buffer: the whole file, as bytes or as a memory map.

    Returns:
        The instance with all elements that are readable; Pixel Data is named but not read.

    Raises:
        NotReadableError: the content is not DICOM, or has no SOP Class.
    """
    size = len(buffer)
    if size == 0:
        raise NotReadableError("empty file")
    preamble = size >= _PREAMBLE_LENGTH + 4 and bytes(buffer[_PREAMBLE_LENGTH : _PREAMBLE_LENGTH + 4]) == b"DICM"
    start = _PREAMBLE_LENGTH + 4 if preamble else 0
    if not preamble:
        _refuse_other_content(buffer)
    meta_reader = ElementReader(buffer, EXPLICIT_LITTLE_ENDIAN)
    meta, start = _file_meta(buffer, start, meta_reader)
    transfer_syntax = _text(meta, 0x00020010)
    data: Buffer = buffer
    problems = list(meta_reader.problems)
    if transfer_syntax in DEFLATED_TRANSFER_SYNTAXES:
        data, start = _inflate(bytes(buffer[start:size])), 0
    encoding = _encoding(data, start, transfer_syntax)
    reader = ElementReader(data, encoding)
    elements = reader.read(start)
    problems.extend(reader.problems)
    sop_class = _text(elements, 0x00080016)
    if not sop_class:
        scheduled = any(element.tag == _SCHEDULED_PROCEDURE_STEP_SEQUENCE for element in elements)
        sop_class = MODALITY_WORKLIST if scheduled else _text(meta, 0x00020002)
    if not any(_is_attribute(element.tag) for element in elements):
        # Cut off behind its File Meta Information, say: nothing that an instance would be described by.
        raise NotReadableError("no elements after the File Meta Information")
    if not sop_class:
        raise NotReadableError("no SOP Class UID (0008,0016)")
    return Instance(
        sop_class=sop_class,
        transfer_syntax=transfer_syntax,
        meta=tuple(meta),
        elements=elements,
        problems=tuple(problems),
        preamble=preamble,
        little_endian=encoding.little_endian,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with preamble and regular File Meta Information: where its data set is, and how it is encoded."""

    buffer: Buffer
    start: int
    encoding: Encoding
    sop_class: str
    transfer_syntax: str


def open_instance(buffer: Buffer) -> Opened | None:
    """Read File Meta Information only, of a file that is as PS3.10 section 7.1 wants it; None for any other.

    The SOP Class is the one that File Meta Information says: the data set has yet to agree.

    Raises:
        NotReadableError: a deflated data set is damaged.
    """
    size = len(buffer)
    position = _PREAMBLE_LENGTH + 4
    if size < position + 8 or buffer[_PREAMBLE_LENGTH:position] != b"DICM":
        return None
    sop_class = transfer_syntax = ""
    last = -1
    while position + 12 <= size:
        group, number, vr, length = _META_HEADER.unpack_from(buffer, position)
        if group != 2:
            break
        if vr in VR_WITH_16_BIT_LENGTH:
            position += 8
        elif vr == b"OB":
            length = int.from_bytes(buffer[position + 8 : position + 12], "little")
            position += 12
        else:
            return None
        if number <= last or position + length > size:
            return None
        last = number
        if number == 0x0002:
            sop_class = _ascii(buffer[position : position + length])
        elif number == 0x0010:
            transfer_syntax = _ascii(buffer[position : position + length])
        position += length
    if not sop_class:
        return None
    data = buffer
    if transfer_syntax in DEFLATED_TRANSFER_SYNTAXES:
        data, position = _inflate(bytes(buffer[position:size])), 0
    return Opened(data, position, _encoding(data, position, transfer_syntax), sop_class, transfer_syntax)


def _is_attribute(tag: int) -> bool:
    """Whether an element is more than the length of a group or padding."""
    return tag & 0xFFFF != 0 and tag != DATA_SET_TRAILING_PADDING


def _ascii(value: bytes) -> str:
    return value.decode("ascii", "replace").strip(" \0")


def _refuse_other_content(buffer: Buffer) -> None:
    """Raise unless the first bytes can be a data set without preamble: an element of group 0002, 0004 or 0008."""
    head = bytes(buffer[:16])
    if len(head) < 8:
        raise NotReadableError("not DICOM: too short for one element")
    for order in ("little", "big"):
        group = int.from_bytes(head[0:2], order)
        element = int.from_bytes(head[2:4], order)
        if group not in (0x0002, 0x0004, 0x0008) or element > 0x3010:
            continue
        if head[4:6] in VR_NAMES:
            return
        length = int.from_bytes(head[4:8], order)
        if length <= max(len(buffer) - 8, 0):
            return
    raise NotReadableError("not DICOM: neither the DICM prefix nor a first element of group 0002 or 0008")


def _file_meta(buffer: Buffer, start: int, reader: ElementReader) -> tuple[list[RawElement], int]:
    """The elements of group 0002 and the offset of the data set after them.

    The group length may be wrong or missing, so the group number decides where File Meta Information ends.
    """
    position = start
    size = len(buffer)
    while position + 8 <= size and bytes(buffer[position : position + 2]) == b"\x02\x00":
        vr = bytes(buffer[position + 4 : position + 6])
        if vr in (b"OB", b"UN", b"OW", b"UT", b"SQ"):
            length = int.from_bytes(bytes(buffer[position + 8 : position + 12]), "little")
            position += 12 + length
        elif vr in VR_NAMES:
            position += 8 + int.from_bytes(bytes(buffer[position + 6 : position + 8]), "little")
        else:
            position += 8 + int.from_bytes(bytes(buffer[position + 4 : position + 8]), "little")
    end = min(position, size)
    if end == start:
        return [], start
    if bytes(buffer[start + 4 : start + 6]) not in VR_NAMES:
        implicit = ElementReader(buffer, IMPLICIT_LITTLE_ENDIAN)
        meta = implicit.read(start, end)
        reader.problems.extend(implicit.problems)
        return meta, end
    return reader.read(start, end), end


def _encoding(buffer: Buffer, start: int, transfer_syntax: str) -> Encoding:
    """The encoding of the data set: from the transfer syntax, corrected by what the first element looks like."""
    head = bytes(buffer[start : start + 8])
    if len(head) < 8:
        return EXPLICIT_LITTLE_ENDIAN
    explicit = head[4:6] in VR_NAMES
    if transfer_syntax == BIG_ENDIAN_TRANSFER_SYNTAX:
        looks_big = int.from_bytes(head[:2], "big") < 0x0100
        return EXPLICIT_BIG_ENDIAN if looks_big else Encoding(explicit=explicit, little_endian=True)
    if not transfer_syntax or transfer_syntax == IMPLICIT_TRANSFER_SYNTAX:
        looks_big = head[0] == 0 and head[1] != 0
        return Encoding(explicit=explicit, little_endian=not looks_big)
    return EXPLICIT_LITTLE_ENDIAN if explicit else IMPLICIT_LITTLE_ENDIAN


def _inflate(data: bytes) -> bytes:
    """The data set of a deflated transfer syntax (PS3.5 section A.5)."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, MAXIMUM_INFLATED_SIZE)
    except zlib.error as error:
        raise NotReadableError(f"deflated data set is damaged: {error}") from error
    if inflater.unconsumed_tail:
        raise NotReadableError(f"deflated data set is larger than {MAXIMUM_INFLATED_SIZE >> 20} MiB")
    return inflated


def _text(elements: list[RawElement], tag: int) -> str:
    for element in elements:
        if element.tag == tag and isinstance(element.value, bytes):
            return element.value.decode("ascii", "replace").strip(" \0")
    return ""
