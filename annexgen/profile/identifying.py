"""Which private values repeat what identifies the patient or the instance: compared while counting, never stored.

A profile keeps only how many instances had such a value and of what kind it was. Found is what equals or contains the
value, whatever the VR, text inside opaque bytes included. Short values prove nothing: each kind needs some length, and
short words must stand alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from annexgen.corpus.values import NUMBER_VRS, encodings_of
from annexgen.profile.opaque import text_of
from annexgen.profile.privacy import INSTANCE_UID_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NAME = "name of a person"
PATIENT_ID = "Patient ID"
BIRTH_DATE = "birth date"
ACCESSION = "Accession Number"
CONTACT = "address or telephone number"
DATE = "date of the instance"
UID = "UID of the instance"
KINDS = (NAME, PATIENT_ID, BIRTH_DATE, ACCESSION, CONTACT, DATE, UID)

DATE_TAGS = frozenset({0x00080012, 0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x00400244})
"""Instance Creation, Study, Series, Acquisition and Content Date, Performed Procedure Step Start Date. What has a time as
well differs in each instance, and a series could no longer be compared once."""
_KIND_OF_TAG = {
    0x00100020: PATIENT_ID,
    0x00101000: PATIENT_ID,
    0x00380010: PATIENT_ID,
    0x00100030: BIRTH_DATE,
    0x00080050: ACCESSION,
    0x00101040: CONTACT,
    0x00102154: CONTACT,
}
_DATES = (BIRTH_DATE, DATE)
_PARTS = re.compile(r"[\\^= ,]+")
SHORTEST_IN_TEXT = 3
SHORTEST_IN_BYTES = 4
SHORTEST_NUMBER = 4
_STANDS_ALONE_BELOW = 6
"""Shorter words count only when no letter or digit stands beside them."""
LONGEST_NUMBERS = 1 << 10
"""Longer lists of numbers, as text, are curves and tables, and are not compared."""

_NOTHING: frozenset[str] = frozenset()

T = TypeVar("T")
Probe = tuple[str, str | bytes]
"""VR and value of a private element: decoded text, or the bytes of an opaque one."""


@dataclass(frozen=True, slots=True)
class Needle:
    """One identifying value: its kind, the value in lower case, and its bytes as they may lie in an opaque value."""

    kind: str
    text: str
    encoded: tuple[bytes, ...]

    def in_text(self, text: str) -> bool:
        """Whether a text in lower case holds it."""
        position = text.find(self.text)
        while position >= 0:
            if self._bounded(text[position - 1 : position], text[position + len(self.text) :][:1]):
                return True
            position = text.find(self.text, position + 1)
        return False

    def in_bytes(self, value: bytes) -> bool:
        """Whether bytes in lower case hold it."""
        for encoded in self.encoded:
            position = value.find(encoded)
            while position >= 0:
                end = position + len(encoded)
                before, after = value[max(position - 1, 0) : position], value[end : end + 1]
                if self._bounded(before.decode("latin-1"), after.decode("latin-1")):
                    return True
                position = value.find(encoded, position + 1)
        return False

    def _bounded(self, before: str, after: str) -> bool:
        if self.kind in _DATES:
            # Eight digits inside a UID or a longer number are no date; a time may follow.
            return not before.isdigit() and before != "."
        if self.kind == UID:
            return True
        return len(self.text) >= _STANDS_ALONE_BELOW or not (before.isalnum() or after.isalnum())


def needles_of(notes: Iterable[tuple[int, str, str]], character_set: str) -> tuple[Needle, ...]:
    """What to look for in the private values of an instance.

    Args:
        notes: tag, VR and text of its identifying elements, its dates and UIDs.
        character_set: its Specific Character Set (0008,0005), in which names may lie in opaque values.
    """
    encodings = dict.fromkeys(("utf-8", *encodings_of(tuple(character_set.split("\\")))))
    found: dict[str, str] = {}

    def add(kind: str, text: str) -> None:
        if len(text) >= SHORTEST_IN_TEXT:
            found.setdefault(text.casefold(), kind)

    for tag, vr, text in notes:
        if vr == "PN":
            for part in _PARTS.split(text):
                add(NAME, part)
        elif tag in _KIND_OF_TAG:
            for part in text.split("\\"):
                for form in _forms(part) if tag == 0x00100030 else (part,):
                    add(_KIND_OF_TAG[tag], form)
        elif tag in DATE_TAGS:
            for form in _forms(text):
                add(DATE, form)
        elif tag in INSTANCE_UID_TAGS:
            add(UID, text)
    order = {kind: number for number, kind in enumerate(KINDS)}
    return tuple(
        Needle(kind, text, _encoded(text, encodings))
        for text, kind in sorted(found.items(), key=lambda f: (order[f[1]], f[0]))
    )


def _forms(date: str) -> tuple[str, ...]:
    """A date as DICOM writes it, and as text usually has it."""
    digits = date[:8]
    if len(digits) < 8 or not digits.isdigit():
        return ()
    year, month, day = digits[:4], digits[4:6], digits[6:]
    return (digits, f"{year}-{month}-{day}", f"{year}.{month}.{day}", f"{year}/{month}/{day}")


def _encoded(text: str, encodings: Iterable[str]) -> tuple[bytes, ...]:
    if len(text) < SHORTEST_IN_BYTES:
        return ()
    found: dict[bytes, None] = {}
    for encoding in encodings:
        try:
            # Only ASCII letters are folded in bytes, so other letters are looked for in both cases.
            found[text.encode(encoding).lower()] = None
            found[text.upper().encode(encoding).lower()] = None
        except (UnicodeEncodeError, LookupError):
            continue
    return tuple(found)


def probe_of(vr: str, text: str, values: Sequence[str]) -> Probe | None:
    """What of a private value is compared; None for numbers that are too short to identify anybody, and for tags."""
    if vr in NUMBER_VRS:
        if len(text) > LONGEST_NUMBERS or not any(len(v) >= SHORTEST_NUMBER and v.isdigit() for v in values):
            return None
    elif vr == "AT" or len(text) < SHORTEST_IN_TEXT:
        return None
    return (vr, text)


def matches(probes: Sequence[tuple[T, Probe]], needles: tuple[Needle, ...]) -> Iterator[tuple[T, frozenset[str]]]:
    """Of many private values those that identify, with the kinds; all text is looked through at once, as hardly any does.

    Args:
        probes: pairs of anything that names a value, and the value.
        needles: what to look for.
    """
    together = "\n".join([value for _, (_, value) in probes if isinstance(value, str)]).casefold()
    in_texts = tuple(needle for needle in needles if needle.text in together)
    for named, probe in probes:
        if in_texts or isinstance(probe[1], bytes):
            kinds = kinds_in(probe, in_texts if isinstance(probe[1], str) else needles)
            if kinds:
                yield named, kinds


def kinds_in(probe: Probe, needles: tuple[Needle, ...]) -> frozenset[str]:
    """The kinds of identifying values that a private value equals or contains."""
    vr, value = probe
    if isinstance(value, bytes):
        lowered = value.lower()
        years = {n.text[:4] for n in needles if n.kind in _DATES}
        absent = {year for year in years if year.encode() not in lowered}
        kinds = frozenset([n.kind for n in needles if n.text[:4] not in absent and n.in_bytes(lowered)])
        # An item of a Sequence begins with the same bytes as UTF-16, so its bytes are looked through as well.
        decoded = text_of(value) if value[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        return kinds if decoded is None else kinds | kinds_in(("UT", decoded), needles)
    if vr in NUMBER_VRS:
        numbers = value.split("\\")
        return frozenset([n.kind for n in needles if n.text in numbers and len(n.text) >= SHORTEST_NUMBER])
    folded = value.casefold()
    found = [n for n in needles if n.text in folded]
    return frozenset([n.kind for n in found if n.in_text(folded)]) if found else _NOTHING


def holds_uid(probe: Probe, uid: str) -> bool:
    """Whether a private value holds the SOP Instance UID of its own instance."""
    vr, value = probe
    if len(value) < len(uid) or vr in NUMBER_VRS:
        return False
    return uid.encode("latin-1", "ignore") in value if isinstance(value, bytes) else uid in value
