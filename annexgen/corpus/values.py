"""Decodes value fields to text: one string per value, as a person would write it (PS3.5 section 6.2)."""

from __future__ import annotations

import functools
import logging
import struct
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ESCAPE = 0x1B
TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "PN"})
"""VRs whose values Specific Character Set (0008,0005) affects."""
FREE_TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC"})
SINGLE_VALUED_TEXT_VRS = frozenset({"ST", "LT", "UT", "UR"})
STRING_VRS = TEXT_VRS | frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
BINARY_NUMBER_VRS = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"})
NUMBER_VRS = BINARY_NUMBER_VRS | frozenset({"IS", "DS"})
OPAQUE_VRS = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})

_FORMATS = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_SIZES = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "UV": 8, "SV": 8, "FL": 4, "FD": 8, "AT": 4}


NO_TEXT = dict.fromkeys((*range(0, 9), 11, *range(14, 32), 127), "�")
"""Control characters that no text may hold (PS3.5 section 6.1.3), and what stands for them; outputs could not hold them
either, and the annexes use some of them as marks of their own."""


@contextmanager
def unheard() -> Iterator[None]:
    """Have pydicom say nothing: its warnings and its log quote what stands in a file."""
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


@functools.lru_cache(maxsize=256)
def encodings_of(defined_terms: tuple[str, ...]) -> tuple[str, ...]:
    """Python encodings for the values of Specific Character Set (0008,0005); unknown terms fall back to the default.

    Source: PS3.3 section C.12.1.1.2, PS3.5 section 6.1.2.
    """
    from pydicom.charset import convert_encodings

    with unheard():
        try:
            return tuple(convert_encodings(list(defined_terms)))
        except (LookupError, ValueError):
            return ("iso8859",)


def is_known_character_set(text: str) -> bool:
    """Whether all values of Specific Character Set (0008,0005) are Defined Terms (PS3.3 section C.12.1.1.2)."""
    from pydicom.charset import python_encoding

    return all(value in python_encoding for value in text.split("\\"))


def decode_text(raw: bytes, encodings: Sequence[str]) -> str:
    """Decode text of a VR that the character set affects; undecodable bytes become U+FFFD."""
    if raw.isascii() and ESCAPE not in raw:
        return raw.decode("ascii")
    if ESCAPE in raw or len(encodings) > 1:
        from pydicom.charset import decode_bytes
        from pydicom.valuerep import TEXT_VR_DELIMS

        with unheard():
            return decode_bytes(raw, list(encodings), TEXT_VR_DELIMS)
    return raw.decode(encodings[0] if encodings else "iso8859", "replace")


def decode(vr: str, raw: bytes, encodings: Sequence[str], little_endian: bool) -> tuple[str, ...]:
    """The values of one value field as text; empty when the field is empty or opaque (OB, OW, UN, ...).

    Numbers are written as short as their VR allows; padding is removed; text is split at backslashes where the VR is
    multi-valued. A binary field whose length does not fit its VR has no values.
    """
    if not raw:
        return ()
    if vr in STRING_VRS:
        text = decode_text(raw, encodings) if vr in TEXT_VRS else raw.decode("latin-1")
        if vr in SINGLE_VALUED_TEXT_VRS:
            stripped = text.rstrip(" \0")
            return (stripped.translate(NO_TEXT),) if stripped else ()
        stripped = text.strip(" \0") if vr != "PN" else text.rstrip(" \0")
        if not stripped:
            return ()
        # What is printable holds nothing to be replaced, as nearly all values.
        if not stripped.isprintable():
            return tuple([part.strip(" \0").translate(NO_TEXT) for part in stripped.split("\\")])
        return tuple([part.strip(" ") for part in stripped.split("\\")]) if "\\" in stripped else (stripped,)
    if vr == "AT":
        return tuple(
            f"({group:04X},{element:04X})"
            for group, element in struct.iter_unpack("<HH" if little_endian else ">HH", raw[: len(raw) // 4 * 4])
        )
    code = _FORMATS.get(vr)
    if code is None or len(raw) % _SIZES[vr]:
        return ()
    numbers = struct.unpack(f"{'<' if little_endian else '>'}{len(raw) // _SIZES[vr]}{code}", raw)
    if vr == "FL":
        return tuple(f"{number:.7g}" for number in numbers)
    return tuple(repr(number) if vr == "FD" else str(number) for number in numbers)


def value_multiplicity(vr: str, raw: bytes, values: Sequence[str]) -> int:
    """How many values a non-empty value field has; 1 for opaque ones and for text that is never multi-valued."""
    if vr in _SIZES:
        return max(len(raw) // _SIZES[vr], 1)
    return max(len(values), 1)


def is_zero_length(vr: str, raw: bytes) -> bool:
    """Whether a value field has no value: no bytes, or nothing but padding where the VR is a string."""
    return not raw or (vr in STRING_VRS and not raw.strip(b" \0"))


def number_of(text: str) -> float | None:
    """The finite number that a text says, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    # Negative zero becomes zero: which of the two comes first must not matter.
    return number + 0.0 if number == number and abs(number) != float("inf") else None
