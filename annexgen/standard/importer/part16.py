"""PS3.16: templates (Annexes A and C), row by row; and context groups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.standard import tables
from annexgen.standard.importer import part16_groups

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book, Cell, Table

Row = tuple[str, ...]
HEADINGS = {
    **part16_groups.HEADINGS,
    "templates": "Annex A, templates: TID, title, root, extensible, order significant (1, 0; empty: not known), edition, basis",
    "template_rows": "Annex A, rows: TID, row, nesting level, relationship, value types, concept name, VM, requirement, "
    "included TID, arguments, value set, units, Graphic Types",
    "template_roots": "and PS3.4, root templates of SOP Classes: UID, TID",
}
COLUMNS = ("NL", "Rel", "VT", "Concept", "VM", "Req", "Value Set")
CONTEXT_COLUMNS = ("VT", "Concept", "VM", "Req")
"""What templates of Acquisition Context, Protocol Context and specimen preparation have of them."""
_CODE = re.compile(r'\(\s*([^(),"]+?)\s*,\s*([^(),"]+?)\s*,\s*["\u201c](.*?)["\u201d]\s*\)')
_GROUP = re.compile(r"\b(?:([BD])\s*)?(?:CID\s+)+(\d+)\b")
_PARAMETER = re.compile(r"\$\w+")
_ARGUMENT = re.compile(r"(\$\w+)\s*=\s*")
_UNITS = re.compile(r"\bUNITS\s*=\s*", re.I)
_GRAPHIC_TYPES = re.compile(r"\bGRAPHIC TYPE\s*=\s*\{?\s*([A-Z_]+(?:(?:\s*,\s*|\s+or\s+)[A-Z_]+)*)")
_ALTERNATIVES = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in (_CODE, _GROUP, _PARAMETER)))


def tables_of(book: Book) -> tuple[dict[str, list[Row]], list[str]]:
    """The tables of templates and of context groups, whichever the file holds, and notes on what they leave open.

    Raises:
        DocBookError: it holds neither.
    """
    found, notes = part16_groups.tables_of(book)
    heads: dict[str, Row] = {}
    rows: dict[str, list[Row]] = {}
    for table in book.tables:
        number = re.fullmatch(r"sect_TID_+(\w+)", table.section.id)
        columns = table.columns(*COLUMNS) if number else None
        if number is None or number[1] in heads:
            continue
        tid = number[1]
        if columns is None:
            if table.columns(*CONTEXT_COLUMNS) is not None:
                notes.append(f"TID {tid} has no relationships, as templates outside of reports (Annex C); left out")
            continue
        said = part16_groups.properties(book, table.section.id)
        heads[tid] = (
            tid,
            table.section.title or table.caption,
            str(int(said.get("root", "").casefold().startswith("yes"))),
            _flag(said.get("type", ""), "non", "ext"),
            _flag(said.get("order", ""), "non", "sig"),
            book.edition,
            "imported",
        )
        rows[tid] = _rows(tid, table, columns, notes)
    if not heads and not found:
        raise book.wrong(
            "holds neither a template (NL, Rel with Parent, VT, ...) nor a context group; is it the whole of PS3.16?"
        )
    if heads:
        order = sorted(heads, key=lambda tid: (int(re.match(r"\d*", tid)[0] or 0), tid))  # type: ignore[index]
        found["templates"] = [heads[tid] for tid in order]
        found["template_rows"] = [row for tid in order for row in rows[tid]]
        found["template_roots"] = [row for row in tables.BUNDLED.rows("template_roots") if row[1] in heads]
        notes += _missing(rows)
    return found, list(dict.fromkeys(notes))


def _flag(text: str, no: str, yes: str) -> str:
    text = text.casefold()
    return "0" if text.startswith(no) else "1" if text.startswith(yes) else ""


def _rows(tid: str, table: Table, columns: tuple[int, ...], notes: list[str]) -> list[Row]:
    found: list[Row] = []
    for cells in table.rows:
        nesting, relationship, type_, concept, multiplicity, requirement, values = (cells[n] for n in columns)
        number = cells[0].text if columns[0] > 0 else str(len(found) + 1)
        required = re.match(r"(MC|UC|M|U)\b", requirement.text)
        if not number or required is None or not type_.text:
            if any(cell.text for cell in (type_, concept)):
                notes.append(f"TID {tid}: row {number or '?'} has no Value Type or Requirement Type; left out")
            continue
        include, arguments, value_set, units, graphic_types = "", "", "", "", ""
        concept_name = ""
        if type_.text.startswith("INCLUDE"):
            target = re.search(r"TID[\s_]+(\d\w*)", " ".join((concept.full, *concept.links)))
            if target is None:
                notes.append(f"TID {tid}: row {number} does not say which template it includes; left out")
                continue
            include, arguments = target[1], _arguments(values)
        else:
            concept_name = _constraint(concept.full)
            before, _, after = _split(_UNITS, values.full)
            value_set, units = _constraint(before), _constraint(after)
            graphics = _GRAPHIC_TYPES.search(values.full)
            graphic_types = " ".join(re.findall(r"[A-Z_]{2,}", graphics[1])) if graphics else ""
        types = "" if include else " ".join(re.findall(r"\b[A-Z][A-Z0-9]{2,}\b", type_.text))
        row = (
            *(tid, number, str(nesting.text.count(">")), " ".join(relationship.text.split()), types, concept_name),
            *(multiplicity.text, required[1], include, arguments, value_set, units, graphic_types),
        )
        found.append(tuple("\t".join(row).rstrip("\t").split("\t")))
    return found


def _split(pattern: re.Pattern[str], text: str) -> tuple[str, str, str]:
    found = pattern.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _arguments(cell: Cell) -> str:
    """What an inclusion gives for the parameters of the included template, as the table writes it; none for what is not a choice."""
    parts = _ARGUMENT.split(cell.full)[1:]
    given = [(name, _constraint(text)) for name, text in zip(parts[::2], parts[1::2], strict=True)]
    return "; ".join(f"{name}={text}" for name, text in given if text)


def _constraint(text: str) -> str:
    """The codes, context groups and parameters in a text, as the table writes them."""
    found: dict[str, None] = {}
    for match in _ALTERNATIVES.finditer(text):
        part = match[0]
        if code := _CODE.fullmatch(part):
            value, scheme, meaning = (group.replace('"', "'").replace("|", "/") for group in code.groups())
            found[f'({value},{scheme},"{meaning}")'] = None
        elif group := _GROUP.fullmatch(part):
            found[f"{group[1] or ''}CID {group[2]}"] = None
        else:
            found[part] = None
    return "|".join(found)


def _missing(rows: dict[str, list[Row]]) -> list[str]:
    return [
        f"TID {tid} includes TID {row[8]}, which the file does not have"
        for tid, own in rows.items()
        for row in own
        if len(row) > 8 and row[8] and row[8] not in rows
    ]
