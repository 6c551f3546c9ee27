"""The data dictionary: what PS3.6 says of a tag, and what pydicom knows of private elements."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE_REPRESENTATIONS = frozenset(
    [
        "AE",
        "AS",
        "AT",
        "CS",
        "DA",
        "DS",
        "DT",
        "FD",
        "FL",
        "IS",
        "LO",
        "LT",
        "OB",
        "OD",
        "OF",
        "OL",
        "OV",
        "OW",
        "PN",
        "SH",
        "SL",
        "SQ",
        "SS",
        "ST",
        "SV",
        "TM",
        "UC",
        "UI",
        "UL",
        "UN",
        "UR",
        "US",
        "UT",
        "UV",
    ]
)
"""The Value Representations of PS3.5 section 6.2."""


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """One dictionary entry: VR (may name alternatives, "US or SS"), VM, name, whether retired, keyword."""

    vr: str
    vm: str
    name: str
    retired: bool
    keyword: str


_GROUP_LENGTH = DictionaryEntry("UL", "1", "Group Length", True, "")


@tables.per_table_set
def _additions() -> dict[int, DictionaryEntry]:
    """Elements that pydicom's dictionary lacks, or that an imported edition says otherwise, by tag."""
    return {
        int(tag, 16): DictionaryEntry(vr, vm, name, retired == "1", keyword)
        for tag, vr, vm, name, keyword, retired in tables.overlaid("elements")
        if "x" not in tag
    }


def lookup(tag: int) -> DictionaryEntry | None:
    """The entry of a standard element, repeating groups included; None when the Standard does not know it (PS3.6)."""
    return _lookup(tables.selected(), tag)


@functools.cache
def _lookup(_table_set: tables.TableSet, tag: int) -> DictionaryEntry | None:
    from pydicom import _dicom_dict

    if tag & 0xFFFF == 0:
        return _GROUP_LENGTH
    added = _additions().get(tag)
    if added is not None:
        return added
    entry = _dicom_dict.DicomDictionary.get(tag)
    if entry is None:
        mask = _repeater_mask(tag)
        entry = _dicom_dict.RepeatersDictionary.get(mask) if mask else None
    if entry is None:
        return None
    vr, vm, name, retired, keyword = entry
    return DictionaryEntry(vr, vm, name, bool(retired), keyword)


def attribute_names() -> Iterator[str]:
    """The names of all standard elements, in no order of meaning; one may come twice (PS3.6)."""
    from pydicom import _dicom_dict

    for _, _, name, _, _ in _dicom_dict.DicomDictionary.values():
        yield name
    for entry in _additions().values():
        yield entry.name


@functools.cache
def _masks() -> tuple[tuple[str, int, int], ...]:
    from pydicom import _dicom_dict

    return tuple(
        (mask, int(mask.replace("x", "0"), 16), int("".join("0" if c == "x" else "F" for c in mask), 16))
        for mask in _dicom_dict.RepeatersDictionary
    )


def _repeater_mask(tag: int) -> str | None:
    if tag >> 16 & 1:
        return None
    for mask, value, bits in _masks():
        if tag & bits == value:
            return mask
    return None


def private_lookup(creator: str, group: int, element: int) -> DictionaryEntry | None:
    """The first of `private_entries`."""
    found = private_entries(creator, group, element)
    return found[0] if found else None


@functools.cache
def private_entries(creator: str, group: int, element: int) -> tuple[DictionaryEntry, ...]:
    """The entries of a private element of `creator`; `element` is the last byte of the element number.

    The dictionary lists a few elements twice, and not always alike. A name is empty where it knows a VR only.
    """
    from pydicom._private_dict import private_dictionaries

    entries = private_dictionaries.get(creator, {})
    keys = (
        # Some are listed with block 00 or with that of an instance, and then in more detail; some for a range of groups.
        *(f"{group:04X}00{element:02X}", f"{group:04X}10{element:02X}"),
        *(f"{group:04X}xx{element:02X}", f"{group:04x}xx{element:02x}"),
        f"{group >> 8:02X}xxxx{element:02X}",
    )
    found = [entries[key][:4] for key in dict.fromkeys(keys) if key in entries]
    return tuple(
        dict.fromkeys(
            DictionaryEntry(vr, vm, "" if name == "Unknown" else name, bool(retired), "")
            for vr, vm, name, retired in found
        )
    )


def is_private_creator(creator: str) -> bool:
    """Whether the dictionary knows private elements of `creator`."""
    from pydicom._private_dict import private_dictionaries

    return creator in private_dictionaries


def attribute_name(tag: int) -> str | None:
    """The attribute's name as PS3.6 spells it; None for tags that it does not know."""
    entry = lookup(tag)
    return entry.name if entry else None


@tables.per_table_set
def _keywords() -> dict[str, int]:
    from pydicom import _dicom_dict

    repeating = {e[4]: int(first_of(mask), 16) for mask, e in _dicom_dict.RepeatersDictionary.items() if e[4]}
    known = {entry[4]: tag for tag, entry in _dicom_dict.DicomDictionary.items() if entry[4]}
    return repeating | known | {entry.keyword: tag for tag, entry in _additions().items() if entry.keyword}


def keywords() -> tuple[str, ...]:
    """All keywords of PS3.6, sorted."""
    return tuple(sorted(_keywords()))


def first_of(mask: str) -> str:
    """The first tag that a mask of PS3.6 such as "60xx3000" stands for, as eight hexadecimal digits.

    It is one with 1 for x where that with 0 is an element of its own: (0028,0402), or a Group Length.
    """
    from pydicom._dicom_dict import DicomDictionary

    first, second = (mask.lower().replace("x", digit) for digit in "01")
    return second if first != mask.lower() and (first.endswith("0000") or int(first, 16) in DicomDictionary) else first


def base_tag(tag: int) -> int:
    """The tag under which the Standard's tables list an attribute: the first group of a repeating one (60xx, 50xx)."""
    return tag & 0xFF00FFFF if tag >> 24 in (0x50, 0x60) else tag


def tag_of(keyword: str) -> int:
    """The tag of a keyword.

    Raises:
        KeyError: PS3.6 has no such keyword.
    """
    return _keywords()[keyword]
