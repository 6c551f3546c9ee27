"""Reads what is disclosed from files: annex.json, a workbook, a Word file, a page of annexgen, or a CSV list."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING

from annexgen.annex.disclosure import Disclosure, add_table, disclosure_of
from annexgen.annex.serialization import loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV_COLUMNS = ("creator", "group", "element", "vr", "vm", "name", "status")
_REQUIRED = CSV_COLUMNS[:3]


class DisclosureError(Exception):
    """A file that should disclose private attributes cannot be read; the message says why and what was expected."""


def load_disclosure(path: Path) -> Disclosure:
    """The private attributes that a file discloses.

    Raises:
        DisclosureError: it cannot be read, or lists no private attribute in a form that is understood.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DisclosureError(f"{path}: cannot be read ({error.strerror})") from error
    suffix = path.suffix.casefold()
    try:
        if data[:2] == b"PK":
            result = _word(data) if suffix == ".docx" else _workbook(data)
        elif suffix == ".json":
            result = disclosure_of(loads(data.decode("utf-8")))
        elif suffix in (".html", ".htm"):
            result = _page(data)
        else:
            result = _list(data.decode("utf-8-sig"), path)
    except DisclosureError:
        raise
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DisclosureError(f"{path}: cannot be understood ({type(error).__name__}); {_EXPECTED}") from error
    if result is None:
        raise DisclosureError(f"{path}: holds no table of private attributes; {_EXPECTED}")
    return result


_EXPECTED = (
    "expected annex.json, annex.xlsx, annex.docx or annex.html of annexgen, "
    f"or CSV with the heading {','.join(CSV_COLUMNS)}"
)


def _workbook(data: bytes) -> Disclosure | None:
    from openpyxl import load_workbook

    result, found = Disclosure(), False
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        header: list[str] | None = None
        rows: list[list[str]] = []
        for cells in sheet.iter_rows(values_only=True):
            texts = ["" if cell is None else str(cell) for cell in cells]
            if {"Tag", "VR", "VM", "Identifiable Information"} <= set(texts):
                found |= header is not None and add_table(result, header, rows)
                header, rows = texts, []
            else:
                rows.append(texts)
        found |= header is not None and add_table(result, header, rows)
    return result if found else None


def _word(data: bytes) -> Disclosure | None:
    from docx import Document
    from docx.oxml.ns import qn

    result, found = Disclosure(), False
    for table in Document(io.BytesIO(data)).element.body.iter(qn("w:tbl")):
        rows = [
            [
                "".join(text.text or "" for text in cell.iter(qn("w:t")))
                for cell in row.iterchildren(qn("w:tc"), qn("w:sdt"))
            ]
            for row in table.iterchildren(qn("w:tr"))
        ]
        if rows:
            found |= add_table(result, rows[0], rows[1:])
    return result if found else None


def _page(data: bytes) -> Disclosure | None:
    from lxml import etree

    result, found = Disclosure(), False
    document = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
    for table in document.iter("table"):
        rows = [["".join(map(str, cell.itertext())) for cell in row.iter("th", "td")] for row in table.iter("tr")]
        for number, row in enumerate(rows):
            if {"Tag", "VR", "VM"} <= set(row):
                found |= add_table(result, row, rows[number + 1 :])
                break
    return result if found else None


def _list(text: str, path: Path) -> Disclosure | None:
    lines = list(csv.reader(io.StringIO(text)))
    if not lines:
        return None
    result = Disclosure()
    if add_table(result, lines[0], lines[1:]):
        return result
    heading = [name.strip().casefold() for name in lines[0]]
    missing = [name for name in _REQUIRED if name not in heading]
    if missing:
        raise DisclosureError(f"{path}: no column {', '.join(missing)}; {_EXPECTED}")
    for number, line in _numbered(lines):
        texts = {name: value.strip() for name, value in zip(heading, line, strict=False)}
        group = _hexadecimal(texts.get("group", ""))
        if group is None or not group & 1 or not texts.get("creator"):
            raise DisclosureError(f"{path}, line {number}: expected a Private Creator and an odd hexadecimal group")
        element = texts.get("element", "").lower()
        if element in ("", "00xx"):
            result.creators.add((group, texts["creator"]))
            continue
        last = _hexadecimal(element.removeprefix("xx"))
        if last is None:
            raise DisclosureError(f"{path}, line {number}: expected a hexadecimal element, as 0E, xx0E or 100E")
        key = (group, texts["creator"], last & 0xFF)
        result.add(key, texts.get("vr", ""), texts.get("vm", ""), texts.get("name", ""), texts.get("status", ""))
    return result


def _numbered(lines: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in line):
            yield number, line


def _hexadecimal(text: str) -> int | None:
    text = text.casefold().removeprefix("0x")
    return int(text, 16) if re.fullmatch("[0-9a-f]{1,4}", text) else None
