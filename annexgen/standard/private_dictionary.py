"""Private dictionaries: what pydicom and PS3.15 know of private elements, and what a person adds; conflicts are kept and shown."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annexgen.standard import confidentiality, dictionary

if TYPE_CHECKING:
    import _csv
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PYDICOM = "pydicom"
SAFE_PRIVATE = "PS3.15 Table E.3.10-1"
COLUMNS = ("creator", "group", "element", "vr", "vm", "name", "source")
REQUIRED = ("creator", "group", "element")
_VM = re.compile(r"[1-9]\d*(-([1-9]\d*|n|[1-9]\d*n))?")
_ELEMENT = re.compile(r"\(?\s*(?:(?P<group>[0-9a-f]{4})\s*,)?\s*(?:0x|xx|x)?(?P<element>[0-9a-f]{1,4})\s*\)?", re.I)
_GROUP = re.compile(r"(?:0x)?([0-9a-f]{1,4})", re.I)
_DELIMITERS = ",;\t"
"""Between the columns of CSV: spreadsheets write semicolons where the comma is the decimal sign."""
_FIRST_BLOCK = 0x1000
"""Elements of private blocks begin at 1000 (PS3.5 section 7.8.1)."""


class PrivateDictionaryError(Exception):
    """A private dictionary cannot be read; the message names the file, the line and what was expected."""


@dataclass(frozen=True, slots=True)
class PrivateEntry:
    """What one source says of a private element; empty fields are not said. `source` is "pydicom", "PS3.15 Table E.3.10-1" or a person's."""

    vr: str
    vm: str
    name: str
    source: str


Key = tuple[str, int, int]
"""Private Creator, group, and the last byte of the element number."""


@dataclass(frozen=True, slots=True)
class PrivateDictionary:
    """A person's entries over those of the Standard, and these over those of pydicom."""

    entries: dict[Key, tuple[PrivateEntry, ...]]

    def lookup(self, creator: str, group: int, element: int) -> tuple[PrivateEntry, ...]:
        """All that is said of a private element: by a person, the Standard, pydicom; `element` is its last byte."""
        own = self.entries.get((creator, group, element), ())
        return own + _of_standard(creator, group, element) + _of_pydicom(creator, group, element)

    def name(self, creator: str, group: int, element: int) -> PrivateEntry | None:
        """The first entry that gives the element a name."""
        return next((entry for entry in self.lookup(creator, group, element) if entry.name), None)

    def vr(self, creator: str, group: int, element: int) -> PrivateEntry | None:
        """The first entry that gives the element a VR."""
        return next((entry for entry in self.lookup(creator, group, element) if entry.vr), None)

    def reason(self, creator: str, group: int, element: int, field: str) -> str:
        """Which source says a field ("vr", "vm" or "name") of an element, and what other sources say instead; "" if none does."""
        said = [entry for entry in self.lookup(creator, group, element) if getattr(entry, field)]
        if not said:
            return ""
        first = _folded(getattr(said[0], field))
        others = [f"{getattr(e, field)} ({e.source})" for e in said[1:] if _folded(getattr(e, field)) != first]
        return f"private dictionary: {said[0].source}" + (f"; but {', '.join(others)}" if others else "")

    def conflicts(self) -> tuple[Conflict, ...]:
        """Elements of which two sources say different things, a person's elements only, sorted."""
        found = []
        for creator, group, element in sorted(self.entries):
            said = self.lookup(creator, group, element)
            for field in ("vr", "vm", "name"):
                values = {_folded(getattr(entry, field)) for entry in said if getattr(entry, field)}
                if len(values) > 1:
                    found.append(Conflict(creator, group, element, field, said))
        return tuple(found)


def _folded(text: str) -> str:
    """What is alike where two sources mean the same: B_value is B Value."""
    return " ".join(re.split(r"[\s_]+", text.casefold()))


@dataclass(frozen=True, slots=True)
class Conflict:
    """A private element of which sources say different things in one field ("vr", "vm" or "name")."""

    creator: str
    group: int
    element: int
    field: str
    entries: tuple[PrivateEntry, ...]

    def text(self) -> str:
        """(0019,xx0E,"ACME"): VR FD (pydicom), DS (our.csv)."""
        said = ", ".join(f"{getattr(e, self.field)} ({e.source})" for e in self.entries if getattr(e, self.field))
        what = "name" if self.field == "name" else self.field.upper()
        return f'({self.group:04X},xx{self.element:02X},"{self.creator}"): {what} {said}'


EMPTY = PrivateDictionary({})
"""Only what pydicom and the Standard know."""


def load(paths: Sequence[Path]) -> PrivateDictionary:
    """The dictionary of some files: CSV with a heading line, or JSON with a list of objects.

    Columns are creator, group, element, VR, VM, name and source; the first three are needed. They are separated by commas,
    semicolons or tabs. Groups and elements are hexadecimal, elements with or without the "xx" of the block. What several files
    say of one element is all kept.

    Raises:
        PrivateDictionaryError: a file is unreadable, or a line of it is not what was expected.
    """
    entries: dict[Key, tuple[PrivateEntry, ...]] = {}
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise PrivateDictionaryError(f"{path}: cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise PrivateDictionaryError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
        lines = _json_lines(text, path) if text.lstrip()[:1] in ("[", "{") else _csv_lines(text, path)
        for where, line in lines:
            key, entry = _entry(line, path, where)
            known = entries.get(key, ())
            if entry not in known:
                entries[key] = (*known, entry)
    return PrivateDictionary(entries)


def _csv_lines(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names: list[str] = next((line for line in reader if any(line)), [])
        heading = [name.strip().casefold() for name in names]
        while heading and not heading[-1]:
            heading.pop()
        _check_heading(heading, path)
        yield from _cells(reader, heading, path)
    except csv.Error as error:
        raise PrivateDictionaryError(
            f"{path}, line {reader.line_num}: not CSV ({error}); is there a quotation mark without its other?"
        ) from error


def _cells(reader: _csv.Reader, heading: list[str], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of a CSV file behind its heading, by name of column; empty lines are passed over."""
    for line in reader:
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(heading) :]):
            raise PrivateDictionaryError(
                f"{path}, line {reader.line_num}: {len(line)} columns, but the heading has {len(heading)}; "
                "put text with commas into quotation marks"
            )
        yield f"line {reader.line_num}", dict(zip(heading, line, strict=False))


def _check_heading(heading: list[str], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in heading]
    unknown = [name or "without a name" for name in heading if name not in COLUMNS]
    twice = [name for name in COLUMNS if heading.count(name) > 1]
    if missing or unknown or twice:
        wrong = f"an unknown column {', '.join(unknown)}" if unknown else f"two columns {', '.join(twice)}"
        wrong = f"no column {', '.join(missing)}" if missing else wrong
        raise PrivateDictionaryError(f"{path}: {wrong}; expected a heading line with {', '.join(COLUMNS)}")


def _json_lines(text: str, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PrivateDictionaryError(f"{path}: not JSON ({error})") from error
    if not isinstance(document, list):
        raise PrivateDictionaryError(f"{path}: expected a list of objects with {', '.join(COLUMNS)}")
    for number, entry in enumerate(document, start=1):
        if not isinstance(entry, dict):
            raise PrivateDictionaryError(f"{path}, entry {number}: expected an object with {', '.join(COLUMNS)}")
        _check_heading([name.casefold() for name in entry], path)
        lowered = {name.casefold(): value for name, value in entry.items() if value is not None}
        for name, value in lowered.items():
            if name == "vm" and isinstance(value, int) and not isinstance(value, bool):
                lowered[name] = str(value)
            elif not isinstance(value, str):
                raise PrivateDictionaryError(
                    f"{path}, entry {number}: {name} is {json.dumps(value)[:40]}, expected text in quotation marks "
                    "(a number of JSON is not hexadecimal)"
                )
        yield f"entry {number}", lowered


def _entry(line: dict[str, Any], path: Path, where: str) -> tuple[Key, PrivateEntry]:
    texts = {name: line.get(name, "").strip() for name in COLUMNS}
    place = f"{path}, {where}"
    for name, text in texts.items():
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise PrivateDictionaryError(
                f"{place}: {name} {ascii(text)[:60]} holds a control character or half a character"
            )
    number = _GROUP.fullmatch(texts["group"])
    group = int(number[1], 16) if number else None
    element = _element(texts["element"], group)
    if not texts["creator"]:
        raise PrivateDictionaryError(f"{place}: no Private Creator")
    if group is None or not group & 1:
        raise PrivateDictionaryError(f"{place}: {texts['group']!r} is no private group (an odd hexadecimal number)")
    if element is None:
        raise PrivateDictionaryError(f"{place}: {texts['element']!r} is no element (hexadecimal, as 0E, xx0E or 100E)")
    vm = texts["vm"].lower()
    vr = texts["vr"].upper()
    if vr and vr not in dictionary.VALUE_REPRESENTATIONS:
        raise PrivateDictionaryError(f"{place}: {texts['vr']!r} is no VR of PS3.5")
    if vm and not _VM.fullmatch(vm):
        raise PrivateDictionaryError(f"{place}: {texts['vm']!r} is no VM (as 1, 3, 1-n or 2-2n)")
    entry = PrivateEntry(vr, vm, texts["name"], texts["source"] or path.name)
    return (texts["creator"], group, element & 0xFF), entry


def _element(text: str, group: int | None) -> int | None:
    """An element number as 0E, xx0E, 0x0E, 100E or (0019,xx0E) of the same group; None for other text."""
    number = _ELEMENT.fullmatch(text)
    if number is None or (number["group"] and int(number["group"], 16) != group):
        return None
    element = int(number["element"], 16)
    return element if element <= 0xFF or element >= _FIRST_BLOCK else None


@functools.lru_cache(maxsize=1 << 14)
def _of_pydicom(creator: str, group: int, element: int) -> tuple[PrivateEntry, ...]:
    entries = dictionary.private_entries(creator, group, element)
    return tuple(PrivateEntry(entry.vr, entry.vm, entry.name, PYDICOM) for entry in entries)


def _of_standard(creator: str, group: int, element: int) -> tuple[PrivateEntry, ...]:
    """What the Standard's list of safe private attributes says: it names many that pydicom does not know."""
    found = confidentiality.safe_private_attribute(creator, group, element)
    if found is None:
        return ()
    vr = found.vr if found.vr in dictionary.VALUE_REPRESENTATIONS else ""
    return (PrivateEntry(vr, found.vm, found.meaning, SAFE_PRIVATE),)
