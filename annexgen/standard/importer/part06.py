"""PS3.6: the data dictionary (sections 6 to 9) and the registry of UIDs (Annex A)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book

Row = tuple[str, ...]
HEADINGS = {
    "elements": "sections 6 to 9, Data Elements: tag, VR, VM, name, keyword, retired",
    "uids": "Annex A, UIDs: UID, name, type, retired",
}
_TAG = re.compile(r"\(([0-9A-Fa-f]{2}[0-9A-Fa-fxX]{2}),\s*([0-9A-Fa-fxX]{4})\)")
_VR = re.compile(r"[A-Z]{2}( or [A-Z]{2})*")
_RETIRED = re.compile(r"\s*\(Retired\)$", re.I)


def tables_of(book: Book) -> tuple[dict[str, list[Row]], list[str]]:
    """The tables `elements` and `uids`, and notes on rows without a VR.

    Raises:
        DocBookError: one of them is missing from the file.
    """
    elements: dict[str, Row] = {}
    uids: dict[str, Row] = {}
    notes = []
    for table in book.tables:
        columns = table.columns("Tag", "Name", "Keyword", "VR", "VM")
        if columns is not None:
            for row in table.rows:
                tag, name, keyword, vr, vm = (row[n].text for n in columns)
                number = _TAG.fullmatch(tag)
                if number is None:
                    notes += [f"{name or keyword}: {tag!r} is no tag; left out"] if name or keyword else []
                    continue
                key = (number[1] + number[2]).upper().replace("X", "x")
                rest = " ".join(cell.text for n, cell in enumerate(row) if n not in columns)
                if not _VR.fullmatch(vr):
                    # Item and its delimiters have none; so have some retired elements.
                    notes += [f"{tag} {name} has no VR"] if not rest and not key.startswith("FFFE") else []
                    continue
                retired = rest.startswith("RET") or " RET" in rest
                elements.setdefault(key, (key, vr, vm, name, keyword.replace(" ", ""), str(int(retired))))
        columns = table.columns("UID Value", "UID Name", "UID Type")
        if columns is not None:
            for row in table.rows:
                uid, name, type_ = (row[n].text for n in columns)
                uid = uid.replace(" ", "")
                if re.fullmatch(r"[0-9.]+", uid):
                    uids.setdefault(uid, (uid, _RETIRED.sub("", name), type_, str(int(bool(_RETIRED.search(name))))))
    if not elements or not uids:
        raise book.wrong(
            f"holds no table of {'UIDs (UID Value, UID Name, UID Type)' if elements else 'Data Elements (Tag, Name, Keyword, VR, VM)'}; "
            "is it the whole of PS3.6?"
        )
    return {"elements": sorted(elements.values()), "uids": sorted(uids.values())}, notes
