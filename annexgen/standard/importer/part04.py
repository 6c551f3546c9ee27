"""PS3.4: Storage SOP Classes with their IODs (Annex B and the other services that store instances)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.standard import tables
from annexgen.standard.importer import keys

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book

Row = tuple[str, ...]
HEADINGS = {"sop_classes": "Annex B, SOP Classes: UID, name, IOD key (empty: none), retired"}


def tables_of(book: Book, iods: dict[str, tuple[str, str]]) -> tuple[dict[str, list[Row]], list[str]]:
    """The table `sop_classes`, and notes on SOP Classes whose IOD is not among `iods` (name and section by key).

    Raises:
        DocBookError: the file has no table of SOP Classes.
    """
    found: dict[str, Row] = {}
    notes = []
    for table in book.tables:
        columns = table.columns("SOP Class Name", "SOP Class UID")
        if columns is None:
            continue
        with_iod = table.columns("IOD")
        retired = "retired" in table.caption.casefold()
        for row in table.rows:
            name, uid = (row[n].text for n in columns)
            uid = uid.replace(" ", "")
            if not uid.startswith("1.2.840.10008.") or not (with_iod or "Storage" in name):
                continue
            links = row[with_iod[0]].links if with_iod else ()
            key = _iod(uid, name, links, iods)
            if with_iod and not retired and not key:
                notes.append(f"SOP Class {name}: its IOD is not in the tables of PS3.3")
            found.setdefault(uid, (uid, name, key, str(int(retired))))
    if not found:
        raise book.wrong("holds no table of SOP Classes (SOP Class Name, SOP Class UID); is it the whole of PS3.4?")
    return {"sop_classes": sorted(found.values())}, notes


def _iod(uid: str, name: str, links: tuple[str, ...], iods: dict[str, tuple[str, str]]) -> str:
    """The key of the IOD that a row refers to by its section; of several below that section, the one called like the SOP Class.

    Where the row does not say it, the IOD that the bundled tables have for the SOP Class.
    """
    sections = [link.partition("_")[2] for link in links if link.startswith("sect_A")]
    below = [
        key for key, (_, own) in iods.items() for section in sections if own == section or own.startswith(f"{section}.")
    ]
    if len(below) == 1:
        return below[0]
    called = keys.spelt(name.partition(" Storage")[0])
    bundled = next((row[2] for row in tables.BUNDLED.rows("sop_classes") if row[0] == uid), "")
    for candidate in (called, bundled):
        if candidate in (below or iods):
            return candidate
    return ""
