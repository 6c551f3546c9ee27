"""How a row is named by annotations: its SOP Classes and its path, whatever table and place it stands in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.annex.model import TABLE_TOKEN
from annexgen.profile.functional_groups import SHARED, canonical
from annexgen.profile.paths import steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.annex.model import Row, Table

_STEP = r'\([0-9A-F]{4},[0-9A-Fx]{4}(?:,"[^"]*")?\)(?:\[[^\]]*\])?'
_CODED = re.compile(rf"({_STEP}(?:/{_STEP})*)=")
_NUMBERED = re.compile(r"Table ((?:N\.\d+|[A-E]|\d+)-\d+)(?![\w-])")


@dataclass(frozen=True, slots=True)
class RowKey:
    """The SOP Classes of a row (none: of the product as a whole) and its canonical path (see `Annotation`)."""

    sop_classes: tuple[str, ...]
    path: str


def row_keys(table: Table, keys: Mapping[str, str]) -> list[RowKey | None]:
    """The key of every row of a table; None for captions and rows that nothing can be said of.

    Arguments: `keys` gives the key of a table by what rows refer to it with (its id, or before numbering its key).
    """
    if table.kind in _CONTINUED:
        return _CONTINUED[table.kind](table)
    return [None if row.heading else _key(table, row, keys) for row in table.rows]


def _key(table: Table, row: Row, keys: Mapping[str, str]) -> RowKey | None:
    if table.kind == "sop_classes":
        return RowKey((row.path,), "")
    if table.kind == "root_templates":
        return RowKey((row.cells["SOP Class UID"].text,), row.path)
    if table.kind in ("transfer_syntaxes", "character_sets", "code_sets"):
        return RowKey((), row.path)
    if table.kind in ("iod", "functional_groups"):
        return RowKey(table.sop_classes, identity_of(keys[row.reference])) if row.reference else None
    path = macro_path(row) if table.kind == "macro" else canonical(row.path)
    return RowKey(table.sop_classes, path) if path else None


def macro_path(row: Row) -> str:
    """The path of a row of a Functional Group Macro: its own is relative, so it is that of the first place it covers."""
    ending = f"/{row.path}"
    places = (path for path in row.covers if path.endswith(ending))
    return canonical(next(places, f"{SHARED}/{row.path}")) if row.path else ""


def identity_of(key: str) -> str:
    """The identity of a table, the same for all SOP Classes, from its key: `module:...` from `common:module:...`."""
    return key.partition(":")[2]


def listed_values(row: Row, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The values of a row that stand in a table of their own; empty when they do not, or cannot be told apart there.

    Arguments: `tables` by what a text names them with: their id, or before numbering their key.
    """
    value = row.cells.get("Value") or row.cells.get("Values")
    if value is None:
        return ()
    for text in (value.inferred, value.text):
        token = TABLE_TOKEN.search(text)
        match = token or _NUMBERED.search(text)
        table = tables.get(match[2] if token else match[1]) if match else None
        if table is not None and table.kind == "sr_codes":
            return tuple(
                '({Code Value}, {Coding Scheme Designator}, "{Code Meaning}")'.format_map(
                    {column: cell.text for column, cell in r.cells.items()}
                )
                for r in table.rows
            )
        if table is not None and table.kind == "coded_values":
            return _values_at(table, row) or _block(
                table, row.cells["Tag"].text if "Tag" in row.cells else "", row.values
            )
    return ()


def _values_at(table: Table, row: Row) -> tuple[str, ...]:
    """The values of the row's attribute in a table of Coded Values that names their paths; empty where they are not there."""
    places = {canonical(row.path), macro_path(row)}
    return tuple(one.cells["Value/Code"].text for one in table.rows if attribute_of(one.path)[0] in places)


def _block(table: Table, tag: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values below a tag in a table of Coded Values; where attributes in two places have the tag, those of these values.

    Empty where they cannot be told apart.
    """
    blocks: list[list[str]] = []
    inside = False
    for row in table.rows:
        if row.cells["Tag"].text:
            inside = row.cells["Tag"].text == tag
            if inside:
                blocks.append([])
        if inside:
            blocks[-1].append(row.cells["Value/Code"].text)
    if len(blocks) > 1:
        parts = {part for value in values for part in value.split("\\")}
        blocks = [block for block in blocks if set(block) in (set(values), parts)]
    return tuple(blocks[0]) if len({frozenset(block) for block in blocks}) == 1 else ()


def _coded_keys(table: Table) -> list[RowKey | None]:
    """Rows of Coded Values: the attribute's element path and the value, numbered where the value stands there again.

    An annex.json of a former version of annexgen has no paths there: then the tag stands for the path.
    """
    found: list[RowKey | None] = []
    tag = ""
    seen: Counter[str] = Counter()
    for row in table.rows:
        if row.heading or "Value/Code" not in row.cells:
            found.append(None)
            continue
        if row.cells["Tag"].text:
            tag = row.cells["Tag"].text
        name = row.path or coded_path(tag, row.cells["Value/Code"].text)
        seen[name] += 1
        found.append(RowKey(table.sop_classes, name if seen[name] == 1 else f"{name}#{seen[name]}"))
    return found


def coded_path(attribute: str, value: str) -> str:
    """What names a row of Coded Values: the element path of its attribute and the value."""
    return f"{attribute}={value}"


def attribute_of(path: str) -> tuple[str, str]:
    """Element path and value of what `coded_path` made (the value with its number, if it has one); ("", "") of anything else."""
    match = _CODED.match(path)
    return (match[1], path[match.end() :]) if match else ("", "")


def by_tag(path: str) -> str:
    """The name that a row of Coded Values had when it was named by its tag alone; "" for any other path."""
    attribute, value = attribute_of(path)
    return coded_path(steps(attribute)[-1].shown_tag, value) if attribute else ""


def _mapping_keys(table: Table) -> list[RowKey | None]:
    """Rows of the mapping from the worklist: the attribute's path and the scenario; the product as a whole says them."""
    found: list[RowKey | None] = []
    path = ""
    for row in table.rows:
        path = row.path or path
        known = path and not row.heading and "Scenario" in row.cells
        found.append(RowKey((), f"mapping:{path}={row.cells['Scenario'].text}") if known else None)
    return found


def _measurement_keys(table: Table) -> list[RowKey | None]:
    """Measurements: the caption of their group and the code, numbered where it stands there again; lines of modifiers have none."""
    found: list[RowKey | None] = []
    caption = ""
    seen: Counter[str] = Counter()
    for row in table.rows:
        if row.heading:
            caption = row.cells[table.columns[0]].text
        code = "" if row.heading or "Measurement" not in row.cells else row.cells["Measurement"].text
        if not code:
            found.append(None)
            continue
        name = f"measurement:{caption}={code}"
        seen[name] += 1
        found.append(RowKey(table.sop_classes, name if seen[name] == 1 else f"{name}#{seen[name]}"))
    return found


_CONTINUED = {"coded_values": _coded_keys, "mapping": _mapping_keys, "sr_measurements": _measurement_keys}
"""Kinds of tables in which a row goes on with the one above it."""
