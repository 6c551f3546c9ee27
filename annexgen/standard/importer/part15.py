"""PS3.15: actions of the Basic Profile and its options (Table E.1-1), and safe private attributes (Table E.3.10-1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.standard.confidentiality import OPTIONS, PRIVATE

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book, Table

Row = tuple[str, ...]
HEADINGS = {
    "basic_profile": "Table E.1-1: tag (xx: any; private: all private attributes), actions of the Basic Profile and of the options "
    + ", ".join(OPTIONS)
    + "; retired, in a standard composite IOD, name",
    "safe_private_attributes": "Table E.3.10-1: tag, Private Creator, VR, VM, meaning",
}
_OPTION_COLUMNS = (
    "Rtn. Safe Priv.",
    "Rtn. UIDs",
    "Rtn. Dev. Id.",
    "Rtn. Inst. Id.",
    "Rtn. Pat. Chars.",
    "Rtn. Long. Full",
    "Rtn. Long. Modif.",
    "Clean Desc.",
    "Clean Struct.",
    "Clean Graph.",
)
"""How the headings of Table E.1-1 begin, in the order of `OPTIONS`."""

_TAG = re.compile(r"\(([0-9A-Fa-fxX]{4}),\s*([0-9A-Fa-fxX]{4})\)")
_ACTION = re.compile(r"[XZDUKC](/[XZDUKC])*\*?")


def tables_of(book: Book) -> tuple[dict[str, list[Row]], list[str]]:
    """The tables `basic_profile` and `safe_private_attributes`.

    The privacy rule rests on them, so that nothing in them is passed over.

    Raises:
        DocBookError: a table is missing from the file, or a row is not understood.
    """
    profile = next((table for table in book.tables if table.columns("Attribute Name", "Tag", "Basic Prof")), None)
    safe = next((table for table in book.tables if table.columns("Data Element", "Private Creator", "VR", "VM")), None)
    if profile is None or safe is None:
        number = (
            "E.1-1 (Attribute Name, Tag, Basic Prof.)"
            if profile is None
            else "E.3.10-1 (Data Element, Private Creator)"
        )
        raise book.wrong(f"has no Table {number}; is it the whole of PS3.15?")
    return {"basic_profile": _profile(book, profile), "safe_private_attributes": _safe(book, safe)}, []


def _profile(book: Book, table: Table) -> list[Row]:
    name_at, tag_at, basic_at = table.columns("Attribute Name", "Tag", "Basic Prof") or ()
    options_at = [table.columns(heading) for heading in _OPTION_COLUMNS]
    flags_at = [table.columns(heading) for heading in ("Retd", "In Std")]
    found: dict[str, Row] = {}
    for row in table.rows:
        name, tag, basic = (row[n].text for n in (name_at, tag_at, basic_at))
        number = _TAG.search(tag)
        private = "gggg" in tag or "private" in name.casefold()
        actions = [row[at[0]].text if at else "" for at in options_at]
        if (number is None and not private) or not all(
            _ACTION.fullmatch(text) for text in (basic, *filter(None, actions))
        ):
            raise book.wrong(
                f"table {table.number}: the row of {name or tag!r} is not understood; download the file again"
            )
        key = _key(number) if number else PRIVATE
        flags = [row[at[0]].text[:1] if at else "" for at in flags_at]
        found.setdefault(key, (key, basic, *actions, *flags, name))
    return sorted(found.values())


def _safe(book: Book, table: Table) -> list[Row]:
    columns = table.columns("Data Element", "Private Creator", "VR", "VM", "Meaning")
    if columns is None:
        raise book.wrong(f"table {table.number} has no column Meaning")
    found = set()
    for row in table.rows:
        tag, creator, vr, vm, meaning = (row[n].text for n in columns)
        number = _TAG.search(tag)
        if number is None or not creator:
            raise book.wrong(f"table {table.number}: the row of {tag!r} is not understood; download the file again")
        found.add((_key(number), creator, vr, vm, meaning))
    return sorted(found)


def _key(number: re.Match[str]) -> str:
    return (number[1] + number[2]).upper().replace("X", "x")
