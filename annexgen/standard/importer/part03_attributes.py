"""PS3.3: attribute tables of Modules and macros: attributes in their order, Types, nesting, inclusions of macros."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.standard.importer import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.standard.importer.docbook import Book, Cell, Table

Row = tuple[str, ...]
COLUMNS = ("Attribute Name", "Tag", "Type")
_DEPTH = re.compile(r"^[>\s]*")
_TAG = re.compile(r"\(([0-9A-Fa-f]{2}[0-9A-Fa-fxX]{2}),\s*([0-9A-Fa-fxX]{4})\)")
_TYPE = re.compile(r"(1C|2C|1|2|3)\b")
_LONGEST = 100_000
"""More attributes than this in one table, macros expanded, are damage: the largest of the Standard has some thousands."""


@dataclass(slots=True)
class AttributeTables:
    """Reads attribute tables one after the other, and the macros that they include; notes what the file does not have."""

    book: Book
    notes: list[str] = field(default_factory=list)
    macros: dict[str, list[Row]] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    _by_id: dict[str, Table] = field(default_factory=dict)
    _in_section: dict[str, list[Table]] = field(default_factory=dict)
    _macro_of_table: dict[str, str] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for table in self.book.tables:
            if table.columns(*COLUMNS) is not None:
                self._by_id[table.id] = table
                self._in_section.setdefault(table.section.id, []).append(table)

    def found(self, section: str, name: str, word: str) -> Table | None:
        """The table of a Module or macro ("Module", "Macro") in a section: of that name, else with that word, else the only one."""
        inside = self._in_section.get(section, [])
        if not inside:
            below = f"{section}."
            inside = [table for id_, found in self._in_section.items() if id_.startswith(below) for table in found]
            inside = [table for table in inside if _is(table, name)]
        tests: tuple[Callable[[Table], bool], ...] = (
            lambda table: _is(table, name) and word in table.caption,
            lambda table: _is(table, name),
            lambda table: word in table.caption,
            lambda table: True,
        )
        return next((table for test in tests for table in inside if test(table)), None)

    def rows(self, key: str, table: Table) -> list[Row]:
        """The rows of `module_attributes` or of a table of macros for one table, its macros read too."""
        columns = table.columns(*COLUMNS)
        if columns is None:
            raise self.book.wrong(f"table {table.number} has no columns {', '.join(COLUMNS)}")
        self._read.add(table.id)
        found: dict[Row, Row] = {}
        parents: list[str] = []
        for row in table.rows:
            name, tag, type_ = (row[n] for n in columns)
            depth = _DEPTH.match(name.text)[0].count(">")  # type: ignore[index]
            if depth > len(parents):
                self.notes.append(f"table {table.number}: {name.text[:60]!r} is nested deeper than the row before it")
                depth = len(parents)
            path = ".".join(parents[:depth])
            if re.match(r"[>\s]*include\b", name.text, re.I):
                for macro in self._included(table, name):
                    found.setdefault((path, macro), (key, path, "include", macro))
                continue
            number = _TAG.search(tag.text)
            if number is None:
                if _TYPE.match(type_.text):
                    self.notes.append(f"table {table.number}: {name.text[:60]!r} has no tag ({tag.text!r}); left out")
                continue
            parents[depth:] = [(number[1] + number[2]).upper().replace("X", "0")]
            path = ".".join(parents)
            found.setdefault((path,), (key, path, self._type(table, name, type_)))
        return list(found.values())

    def _type(self, table: Table, name: Cell, cell: Cell) -> str:
        type_ = _TYPE.match(cell.text)
        if type_ is None:
            self.notes.append(f"table {table.number}: {name.text!r} has no Type ({cell.text!r})")
            return ""
        return type_[1]

    def _included(self, table: Table, cell: Cell) -> list[str]:
        """The keys of the macros that a row includes; none for the Functional Group Macros, which each IOD names."""
        found = []
        for target in cell.links or tuple(f"table_{number}" for number in re.findall(r"Table\s+([\w.\-]+)", cell.text)):
            macro = self._by_id.get(target) or next(iter(self._in_section.get(target, [])), None)
            if macro is None:
                self.notes.append(
                    f"table {table.number} includes {target.partition('_')[2]}, which the file does not have"
                )
            else:
                found.append(self._macro(macro))
        return found

    def _macro(self, table: Table) -> str:
        if table.id in self._macro_of_table:
            return self._macro_of_table[table.id]
        name = keys.name_in_caption(table.caption)
        key = keys.spelt(name)
        if not key or key in self.names:
            key = f"{key}-{keys.spelt(table.number)}".strip("-")
        self._macro_of_table[table.id] = key
        self.names[key] = (name, table.section.number)
        self.macros[key] = []
        self.macros[key] = self.rows(key, table)
        return key

    def unread(self) -> list[Table]:
        """The attribute tables that nothing has led to so far, in the order of the file."""
        return [table for id_, table in self._by_id.items() if id_ not in self._read]

    def read_macro(self, table: Table) -> None:
        """Read the table of a macro that nothing includes."""
        self._macro(table)

    def without_circles(self) -> dict[str, list[Row]]:
        """The macros without inclusions that lead back to themselves: a Content Item may contain Content Items without end.

        Raises:
            DocBookError: a macro expands to more attributes than the Standard has.
        """
        lengths: dict[str, int] = {}
        for key in sorted(self.macros):
            self._measure(key, (), lengths)
        return {key: self.macros[key] for key in sorted(self.macros)}

    def _measure(self, key: str, above: tuple[str, ...], lengths: dict[str, int]) -> int:
        if key in lengths:
            return lengths[key]
        kept, length = [], 0
        for row in self.macros[key]:
            if row[2] != "include":
                length += 1
            elif row[3] == key or row[3] in above:
                continue
            else:
                length += self._measure(row[3], (*above, key), lengths)
            kept.append(row)
        if length > _LONGEST:
            raise self.book.wrong(
                f"the macro {self.names[key][0]} would have {length} attributes; download the file again"
            )
        self.macros[key] = kept
        lengths[key] = length
        return length


def _is(table: Table, name: str) -> bool:
    return keys.spelt(keys.name_in_caption(table.caption)) == keys.spelt(name)
