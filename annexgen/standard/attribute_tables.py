"""Attribute tables read key by key: the rows of one Module or macro, with the macros that it includes expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from annexgen.standard import tables

INCLUDE = "include"


class ModuleAttribute(NamedTuple):
    """One attribute of a Module: tags from the root to its own, and its Type ("1", "1C", "2", "2C", "3").

    A tuple, since an IOD has thousands and these are made many times faster than a frozen dataclass.
    """

    path: tuple[int, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A macro that a table includes: in the items of the Sequence at `path`, or at the root where that is empty."""

    path: tuple[int, ...]
    macro: str


@tables.per_table_set
def _text(name: str) -> str:
    return "\n" + tables.selected().text(name)


def rows_of(name: str, key: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table whose first column is `key`; such rows stand together. Reads no other row.

    Raises:
        FileNotFoundError: there is no such table.
    """
    text = _text(name)
    start = text.find(f"\n{key}\t")
    if start < 0:
        return ()
    mark = f"{key}\t"
    found: list[tuple[str, ...]] = []
    position = start + 1
    while text.startswith(mark, position):
        end = text.find("\n", position)
        end = end if end >= 0 else len(text)
        found.append(tuple(text[position:end].split("\t")))
        position = end + 1
    return tuple(found)


@tables.per_table_set
def printed(table: str, key: str) -> tuple[ModuleAttribute | Inclusion, ...]:
    """The rows of one Module or macro as the Standard prints them: attributes in order, and inclusions of macros.

    Arguments:
        table: "module_attributes", "macro_attributes" or "functional_group_macro_attributes".
        key: of the Module or macro.
    """
    return tuple(
        Inclusion(_path(row[1]), row[3]) if row[2] == INCLUDE else ModuleAttribute(_path(row[1]), row[2])
        for row in rows_of(table, key)
    )


@tables.per_table_set
def attributes(table: str, key: str) -> tuple[ModuleAttribute, ...]:
    """The attributes of one Module or macro in pre-order, included macros expanded (PS3.3 section 10 and Annex C)."""
    found: list[ModuleAttribute] = []
    for row in printed(table, key):
        if isinstance(row, Inclusion):
            inside = attributes("macro_attributes", row.macro)
            found.extend(ModuleAttribute(row.path + a.path, a.type) for a in inside)
        else:
            found.append(row)
    return tuple(found)


def _path(text: str) -> tuple[int, ...]:
    return tuple(int(tag, 16) for tag in text.split(".")) if text else ()
