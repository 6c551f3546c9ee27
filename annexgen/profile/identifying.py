"""Which private values repeat what identifies the patient or the instance: compared while counting, never stored.

A profile keeps only how many instances had such a value and of what kind it was. Found is what equals or contains the
value, whatever the VR, text inside opaque bytes included. Short values prove nothing: each kind needs some length, and
short words must stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from annexgen.corpus.values import NUMBER_VRS, encodings_of
from annexgen.profile.opaque import text_of
from annexgen.profile.privacy import INSTANCE_UID_TAGS
from annexgen.profile.spellings import (
    folded,
    forms_of_date,
    forms_of_identifier,
    is_in_syllables,
    parts_of_name,
    searchable,
    variants,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NAME = "name of a person"
PATIENT_ID = "Patient ID"
BIRTH_DATE = "birth date"
ACCESSION = "Accession Number"
CONTACT = "address or telephone number"
ORDER = "number of the study or order"
DATE = "date of the instance"
UID = "UID of the instance"
KINDS = (NAME, PATIENT_ID, BIRTH_DATE, ACCESSION, CONTACT, ORDER, DATE, UID)

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
    0x00102155: CONTACT,
    0x00080092: CONTACT,
    0x00080094: CONTACT,
    0x00401102: CONTACT,
    0x00401103: CONTACT,
    0x00401104: CONTACT,
    0x00200010: ORDER,
    0x00400009: ORDER,
    0x00400253: ORDER,
    0x00401001: ORDER,
    0x00402006: ORDER,
    0x00402007: ORDER,
    0x00402016: ORDER,
    0x00402017: ORDER,
}
"""Patient ID, Other Patient IDs, Admission ID, Birth Date, Accession Number; Patient's Address, Telephone Numbers and Telecom
Information, those of the Referring Physician and of other persons; Study ID, IDs of the procedure steps and of the Requested Procedure,
Placer and Filler Order Numbers."""
IDENTIFYING_TEXT_TAGS = frozenset(_KIND_OF_TAG)
ORDER_TAGS = frozenset(tag for tag, kind in _KIND_OF_TAG.items() if kind == ORDER)
"""Many of these are short numbers, which prove nothing."""
PLACE_TAGS = frozenset({0x00080080, 0x00080081, 0x00081010, 0x00081040, 0x00181000, 0x00380300, 0x00400243})
"""Institution Name and Address, Station Name, Institutional Department Name, Device Serial Number, Current Patient Location, Performed
Location. Text that holds one of these is not printed; nothing is called identifiable for that."""
_DATES = (BIRTH_DATE, DATE)
SHORTEST_IN_TEXT = 3
SHORTEST_IN_BYTES = 4
SHORTEST_IN_TERM = 4
"""Shorter words of a code string prove nothing."""
SHORTEST_NUMBER = 4
SHORTEST_PUBLIC_NUMBER = 6
"""Numbers of public attributes are compared from so many digits on: most of the shorter ones count or measure something."""
_SHORTEST_ORDER = 5
_SHORTEST_ENCODED = 6
"""So many bytes a word in syllables must have to be looked for in bytes."""
_STANDS_ALONE_BELOW = 6
"""Shorter words count only when no letter or digit stands beside them."""
_LARGEST_WHOLE = 1e15
_DIGITS_OF_LETTER = 5
"""So many digits the code of a letter has at most, as it is looked at."""
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
        """Whether a text (`spellings.searchable`) holds it."""
        return self._stands_in(text, self._bounded)

    def is_word_of(self, text: str) -> bool:
        """Whether it stands in a text (`spellings.searchable`) with no letter or digit beside it."""
        return self._stands_in(text, lambda before, after: not (before.isalnum() or after.isalnum()))

    def _stands_in(self, text: str, bounded: Callable[[str, str], bool]) -> bool:
        position = text.find(self.text)
        while position >= 0:
            if bounded(text[max(position - 1, 0) : position], text[position + len(self.text) :][:1]):
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
        if self.kind == UID or is_in_syllables(self.text):
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

    def add(kind: str, *forms: str, shortest: int = SHORTEST_IN_TEXT) -> None:
        for form in forms:
            if len(form) >= shortest or is_in_syllables(form):
                found.setdefault(form, kind)

    for tag, vr, text in notes:
        if vr == "PN":
            for name in text.split("\\"):
                add(NAME, *parts_of_name(name))
        elif tag in _KIND_OF_TAG:
            kind = _KIND_OF_TAG[tag]
            for part in text.split("\\"):
                if kind == BIRTH_DATE:
                    add(kind, *forms_of_date(part))
                elif kind == CONTACT:
                    add(kind, *variants(folded(part)))
                else:
                    shortest = _SHORTEST_ORDER if kind == ORDER else SHORTEST_IN_TEXT
                    add(kind, *forms_of_identifier(folded(part)), shortest=shortest)
        elif tag in DATE_TAGS:
            add(DATE, *forms_of_date(text))
        elif tag in INSTANCE_UID_TAGS:
            add(UID, text.casefold())
    order = {kind: number for number, kind in enumerate(KINDS)}
    return tuple(
        Needle(kind, text, _encoded(text, encodings))
        for text, kind in sorted(found.items(), key=lambda f: (order[f[1]], f[0]))
    )


def _encoded(text: str, encodings: Iterable[str]) -> tuple[bytes, ...]:
    if len(text) < SHORTEST_IN_BYTES and not is_in_syllables(text):
        return ()
    found: dict[bytes, None] = {}
    for encoding in encodings:
        try:
            # Only ASCII letters are folded in bytes, so other letters are looked for in both cases.
            for form in (text, text.upper()):
                encoded = form.encode(encoding).lower()
                if len(text) >= SHORTEST_IN_BYTES or len(encoded) >= _SHORTEST_ENCODED:
                    found[encoded] = None
        except (UnicodeEncodeError, LookupError):
            continue
    return tuple(found)


def probe_of(vr: str, text: str, values: Sequence[str], *, private: bool) -> Probe | None:
    """What of a value is compared; None for numbers that are too short to identify anybody, and for tags.

    Of public attributes these are numbers only: their text is compared where it is kept.
    """
    if vr in NUMBER_VRS:
        if len(text) > LONGEST_NUMBERS:
            return None
        letters = _letters_of(values) if private else ""
        if letters:
            return ("UT", letters)
        shortest = SHORTEST_NUMBER if private else SHORTEST_PUBLIC_NUMBER
        if not any(_digits_of(value) >= shortest for value in values):
            return None
        return (vr, text)
    if not private:
        return None
    if vr == "AT" or (len(text) < SHORTEST_IN_TEXT and text.isascii()):
        return None
    return (vr, text)


def _letters_of(values: Sequence[str]) -> str:
    """The text that a list of numbers is when each is the code of a letter; "" for any other."""
    codes = [int(value) for value in values if value.isdigit() and len(value) <= _DIGITS_OF_LETTER]
    while codes and codes[-1] == 0:
        codes.pop()
    if len(values) < SHORTEST_IN_BYTES or len(codes) < SHORTEST_IN_BYTES or min(codes) < ord(" "):
        return ""
    return "".join(map(chr, codes)) if all(value.isdigit() for value in values) else ""


def _digits_of(number: str) -> int:
    """How many digits a whole number has, however it is written; 0 for any other."""
    whole = whole_number(number)
    return len(whole) if whole.isdigit() else 0


def whole_number(text: str) -> str:
    """A number as an identifier would be written: without the sign, point and exponent that a whole one may have."""
    if "e" in text or "E" in text:
        try:
            number = float(text)
        except ValueError:
            return text
        return str(int(number)) if abs(number) < _LARGEST_WHOLE and number.is_integer() else text
    whole, point, fraction = text.partition(".")
    return text if point and fraction.strip("0") else whole.lstrip("+")


def matches(probes: Sequence[tuple[T, Probe]], needles: tuple[Needle, ...]) -> Iterator[tuple[T, frozenset[str]]]:
    """Of many private values those that identify, with the kinds; all text is looked through at once, as hardly any does.

    Args:
        probes: pairs of anything that names a value, and the value.
        needles: what to look for.
    """
    together = "\n".join(
        [searchable(value) for _, (vr, value) in probes if isinstance(value, str) and vr not in NUMBER_VRS]
    )
    in_texts = tuple(needle for needle in needles if needle.text in together)
    for named, probe in probes:
        every = isinstance(probe[1], bytes) or probe[0] in NUMBER_VRS
        if every or in_texts:
            kinds = kinds_in(probe, needles if every else in_texts)
            if kinds:
                yield named, kinds


def kinds_in(probe: Probe, needles: tuple[Needle, ...]) -> frozenset[str]:
    """The kinds of identifying values that a private value equals or contains."""
    vr, value = probe
    if isinstance(value, bytes):
        lowered = value.lower()
        years = {_year_of(n.text) for n in needles if n.kind in _DATES}
        absent = {year for year in years if year.encode() not in lowered}
        kinds = frozenset(
            [n.kind for n in needles if not (n.kind in _DATES and _year_of(n.text) in absent) and n.in_bytes(lowered)]
        )
        # An item of a Sequence begins with the same bytes as UTF-16, so its bytes are looked through as well.
        decoded = text_of(value) if value[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        return kinds if decoded is None else kinds | kinds_in(("UT", decoded), needles)
    if vr in NUMBER_VRS:
        numbers = {whole_number(number) for number in value.split("\\")}
        return frozenset([n.kind for n in needles if n.text in numbers and len(n.text) >= SHORTEST_NUMBER])
    text = searchable(value)
    found = [n for n in needles if n.text in text]
    return frozenset([n.kind for n in found if n.in_text(text)]) if found else _NOTHING


def _year_of(date: str) -> str:
    """The year in a form of a date: it is first or last, or the first of eight digits."""
    return date[:4] if date[:4].isdigit() else date[-4:]


def holds_uid(probe: Probe, uid: str) -> bool:
    """Whether a private value holds the SOP Instance UID of its own instance."""
    vr, value = probe
    if len(value) < len(uid) or vr in NUMBER_VRS:
        return False
    return uid.encode("latin-1", "ignore") in value if isinstance(value, bytes) else uid in value
