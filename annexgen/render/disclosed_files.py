"""Reads what is disclosed from files: annex.json, a workbook, a Word file, a page of annexgen, a CSV list or a private dictionary."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

from annexgen.annex.disclosure import (
    GUESS,
    INFORMATION,
    PROPOSED,
    STATUS,
    Disclosure,
    Saying,
    add_table,
    clean,
    creator_of,
    disclosure_of,
    disclosure_of_dictionary,
    status_text,
)
from annexgen.annex.json_objects import AnnexFormatError
from annexgen.annex.serialization import loads
from annexgen.render.excel_import import confirmed_columns
from annexgen.render.excel_keys import CONFIRM, SHEET, WorkbookError, key_in, read_records
from annexgen.render.html_tables import GONE_CLASS, PROPOSED_CLASS
from annexgen.render.word_tables import PROPOSED_FILL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from annexgen.annex.annotations_records import Record

CSV_COLUMNS = ("creator", "group", "element", "vr", "vm", "name", "status")
_REQUIRED = CSV_COLUMNS[:3]


class DisclosureError(Exception):
    """A file that should disclose private attributes cannot be read; the message says why and what was expected."""


def load_disclosure(path: Path) -> Disclosure:
    """The private attributes that a file discloses.

    Raises:
        DisclosureError: it cannot be read, or lists no private attribute in a form that is understood.
    """
    if path.is_dir():
        return _folder(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DisclosureError(f"{path}: cannot be read ({error.strerror})") from error
    suffix = path.suffix.casefold()
    try:
        if data[:2] == b"PK":
            result = _word(data) if suffix == ".docx" else _workbook(data)
        elif suffix == ".json" and data.removeprefix(BOM_UTF8).lstrip()[:1] == b"[":
            result = _dictionary(path)
        elif suffix == ".json":
            result = disclosure_of(loads(data.decode("utf-8")))
        elif suffix in (".html", ".htm"):
            result = _page(data)
        else:
            result = _list(data.decode("utf-8-sig"), path)
    except DisclosureError:
        raise
    except WorkbookError as error:
        raise DisclosureError(f"{path}: {error}") from error
    except AnnexFormatError as error:
        raise DisclosureError(f"{path}: {error}; {_EXPECTED}") from error
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DisclosureError(f"{path}: cannot be understood ({type(error).__name__}); {_EXPECTED}") from error
    except Exception as error:
        # What the readers of packages say of a damaged part is of any class.
        if data[:2] != b"PK":
            raise
        raise DisclosureError(f"{path}: a damaged file ({type(error).__name__}); {_EXPECTED}") from error
    if result is None:
        raise DisclosureError(f"{path}: holds no table of private attributes; {_EXPECTED}")
    return result


_EXPECTED = (
    "expected annex.json, annex.xlsx, annex.docx, annex.html or the folder annex_csv of annexgen, "
    f"CSV with the heading {','.join(CSV_COLUMNS)}, or a private dictionary"
)


def _dictionary(path: Path) -> Disclosure:
    """What a private dictionary in JSON lists; one in CSV is a list like any other."""
    try:
        return disclosure_of_dictionary(path)
    except ValueError as error:
        raise DisclosureError(str(error)) from error


def _folder(path: Path) -> Disclosure:
    """What the tables of a CSV annex disclose."""
    result, found = Disclosure(), False
    for file in sorted(path.glob("table_*.csv")):
        try:
            lines = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        except (OSError, UnicodeDecodeError) as error:
            raise DisclosureError(f"{file}: cannot be read ({type(error).__name__})") from error
        found |= bool(lines) and add_table(result, lines[0], lines[1:])
    if not found:
        raise DisclosureError(f"{path}: holds no table of private attributes; {_EXPECTED}")
    return result


def _workbook(data: bytes) -> Disclosure | None:
    """The private attributes of a workbook: rows that it knows by their hidden keys, else tables as they are printed."""
    from openpyxl import load_workbook

    result, found = Disclosure(), False
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    kept = read_records(book) if SHEET in book.sheetnames else []
    for sheet in book.worksheets:
        if sheet.title == SHEET:
            continue
        header: list[str] | None = None
        rows: list[list[object]] = []
        for cells in sheet.iter_rows(values_only=True):
            texts = ["" if cell is None else str(cell) for cell in cells]
            if {"Tag", "VR", "VM", INFORMATION} <= set(texts):
                found |= header is not None and add_table(result, header, rows)
                header, rows = [*texts, STATUS], []
            elif any(key[0] == "header" for key in map(key_in, cells) if key):
                found |= header is not None and add_table(result, header, rows)
                header, rows = None, []
            elif header is not None:
                record = next((kept[n] for n in map(_number_in, cells) if n is not None and n < len(kept)), None)
                rows.append([*cells, *[None] * (len(header) - 1 - len(cells)), _status(record, header, cells)])
        found |= header is not None and add_table(result, header, rows)
    return result if found else None


def _number_in(value: object) -> int | None:
    """The number of the record that a hidden key names."""
    key = key_in(value)
    return int(key[1]) if key is not None and key[0] == "row" and key[1].isdecimal() else None


def _status(record: Record | None, header: list[str], cells: tuple[object, ...]) -> str:
    """How the Identifiable Information of a row of a workbook came to be: what was typed over, or confirmed, is a person's."""
    if record is None:
        return ""
    texts = dict(zip(header, cells, strict=False))
    written = record.cells.get(INFORMATION)
    answer = str(texts.get(CONFIRM) or "")
    confirmed = INFORMATION in confirmed_columns(record, answer) if written is not None else False
    if written is None or confirmed or str(texts.get(INFORMATION) or "").strip() != written.text:
        return ""
    return status_text(record.cells)


def _word(data: bytes) -> Disclosure | None:
    """The tables of a Word file. A proposal carries the mark of a draft; a final document has none, and is a person's word."""
    from docx import Document
    from docx.oxml.ns import qn

    def proposed(cell: Any) -> bool:
        return any((mark.get(qn("w:fill")) or "").upper() == PROPOSED_FILL for mark in cell.iter(qn("w:shd")))

    result, found = Disclosure(), False
    for table in Document(io.BytesIO(data)).element.body.iter(qn("w:tbl")):
        rows: list[list[str]] = []
        for row in table.iterchildren(qn("w:tr")):
            cells = list(row.iterchildren(qn("w:tc"), qn("w:sdt")))
            texts = ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in cells]
            rows.append([*texts, STATUS if not rows else _marked(rows[0], texts, cells, proposed)])
        if rows:
            found |= add_table(result, rows[0], rows[1:])
    return result if found else None


def _page(data: bytes) -> Disclosure | None:
    from lxml import etree

    def proposed(cell: Any) -> bool:
        return PROPOSED_CLASS in (cell.get("class") or "").split()

    result, found = Disclosure(), False
    document = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
    for table in document.iter("table"):
        header: list[str] | None = None
        rows: list[list[str]] = []
        for row in table.iter("tr"):
            if GONE_CLASS in (row.get("class") or "").split():
                continue
            cells = list(row.iter("th", "td"))
            for former in [one for cell in cells for one in cell.iter("del")]:
                former.getparent().remove(former)
            texts = ["".join(map(str, cell.itertext())) for cell in cells]
            if header is not None:
                rows.append([*texts, *[""] * (len(header) - 1 - len(texts)), _marked(header, texts, cells, proposed)])
            elif {"Tag", "VR", "VM"} <= set(texts):
                header = [*texts, STATUS]
        found |= header is not None and add_table(result, header, rows)
    return result if found else None


def _marked(header: list[str], texts: list[str], cells: list[Any], proposed: Callable[[Any], bool]) -> str:
    """The status of a row's Identifiable Information, where its cell carries the mark of a proposal.

    Only GUESS is ever proposed: another word in a marked cell was written over it by a person.
    """
    for column, text, cell in zip(header, texts, cells, strict=False):
        if clean(column) == INFORMATION and clean(text) == GUESS and proposed(cell):
            return PROPOSED
    return ""


def _list(text: str, path: Path) -> Disclosure | None:
    lines = list(csv.reader(io.StringIO(text)))
    if not lines:
        return None
    result = Disclosure()
    if add_table(result, lines[0], lines[1:]):
        return result
    heading = [name.strip().casefold() for name in lines[0]]
    missing = [name for name in _REQUIRED if name not in heading]
    if missing and re.search("[;\t]", text.partition("\n")[0]):
        # Private dictionaries may have semicolons or tabs between their columns.
        return _dictionary(path)
    if missing:
        raise DisclosureError(f"{path}: no column {', '.join(missing)}; {_EXPECTED}")
    for number, line in _numbered(lines):
        texts = {name: value.strip() for name, value in zip(heading, line, strict=False)}
        group = _hexadecimal(texts.get("group", ""))
        creator = creator_of(texts.get("creator"))
        if group is None or not group & 1 or not creator:
            raise DisclosureError(f"{path}, line {number}: expected a Private Creator and an odd hexadecimal group")
        element = texts.get("element", "").lower()
        if element in ("", "00xx"):
            result.creators.add((group, creator))
            continue
        last = _hexadecimal(element.removeprefix("xx"))
        if last is None:
            raise DisclosureError(f"{path}, line {number}: expected a hexadecimal element, as 0E, xx0E or 100E")
        key = (group, creator, last & 0xFF)
        said = Saying(texts.get("vr", ""), texts.get("vm", ""), texts.get("name", ""), texts.get("status", ""))
        result.add(key, said)
    return result


def _numbered(lines: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in line):
            yield number, line


def _hexadecimal(text: str) -> int | None:
    text = text.casefold().removeprefix("0x")
    return int(text, 16) if re.fullmatch("[0-9a-f]{1,4}", text) else None
