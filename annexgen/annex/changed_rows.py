"""Which rows and cells of an annex its former version did not have, or had otherwise: what a document marks for its reviewers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.annex.annotations import unnumbered
from annexgen.annex.annotations_keys import RowKey, by_tag, identity_of, row_keys
from annexgen.annex.comparison import compare
from annexgen.annex.comparison.facts import in_functional_groups, name_of_module
from annexgen.annex.model import Status
from annexgen.profile.paths import parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from annexgen.annex.model import Annex, Cell, Row, Table

_ATTRIBUTES = ("module", "macro", "private_module")
"""Kinds between whose tables an attribute may move without being another one."""
_NAMING = frozenset(
    {
        "Tag",
        "IE",
        "Module Name",
        "Functional Group Macro",
        "Reference",
        "SOP Class Name",
        "SOP Class UID",
        "Transfer Syntax UID",
        "NL",
        "Value/Code",
    }
)
"""Columns that say which row it is, or where a reader finds more."""
_NOT_MARKED = "revisions"
_SECTION = re.compile(r"Section (?:N\.[\d.]*\d|[A-E][.\d]*\d|[A-E]\b|\d+\.[.\d]*\d)|Annex [A-E]\b(?:[.\d]*\d)?")
_TEXT = "text:"


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that the former version had otherwise; `new` when it had no such row.

    `former` has what it said, by the columns that differ. `undecided` are the columns whose difference may be an accident of
    what was scanned, or is one between proposals; "" for the row itself.
    """

    new: bool = False
    former: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()

    def differs(self, column: str) -> bool:
        """Whether the cell in this column is to be marked."""
        return self.new or column in self.former

    def is_undecided(self, column: str) -> bool:
        """Whether the difference of a marked cell is none that both corpora decide, nor a person's."""
        return ("" if self.new else column) in self.undecided


@dataclass(frozen=True, slots=True)
class GoneRow:
    """A row of the former version that is no longer there; it stood before the row with the number `before`, from 0."""

    before: int
    row: Row
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class ChangedTable:
    """What differs in one table: rows by their number, from 0, and those that are gone, in order."""

    rows: Mapping[int, ChangedRow]
    gone: tuple[GoneRow, ...] = ()
    new: bool = False


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """Everything that differs from the former version, by the id of the table; `former` is how texts call that version."""

    former: str
    tables: Mapping[str, ChangedTable]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of one side, for one SOP Class."""

    table: Table
    number: int
    row: Row


_Key = tuple[str, str, str]
"""Family of tables, SOP Class UID (empty for the product as a whole), and path."""


def changed_rows(former: Annex, annex: Annex) -> ChangedRows:
    """The rows and cells of a numbered annex that differ in text from those of its former version, also numbered.

    Rows are the same when they have the same path for the same SOP Class, in whatever table they stand: the numbers of
    tables, which SOP Classes share one, and the blocks of private attributes make no difference. Rows without a path, such as
    those of code sets, are the same when all their texts are. The revision history itself is not marked.
    """
    versions = ", ".join(former.product.versions)
    return ChangedRows(f"version {versions}" if versions else "the former version", _Marking(former, annex).tables())


class _Marking:
    """One annex marked against its former version."""

    def __init__(self, former: Annex, annex: Annex) -> None:
        self.annex = annex
        self.former = former
        self.old = _entries(former)
        self.now = _entries(annex)
        self.old_values = _values(former)
        self.now_values = _values(annex)
        self.undecided: dict[tuple[str, str], set[str]] = defaultdict(set)
        for change in compare(former, annex).changes:
            if change.weak:
                self.undecided[change.sop_class, change.path].add(change.column)

    def tables(self) -> dict[str, ChangedTable]:
        gone = self._gone()
        found = {}
        for table in self.annex.tables:
            rows: dict[int, ChangedRow] = {}
            documented = 0
            for number, (row, key) in enumerate(zip(table.rows, _keys(table, self.annex), strict=True)):
                documented += key is not None
                mark = self._row(table, row, key) if key is not None else None
                if mark is not None:
                    rows[number] = mark
            new = bool(documented) and sum(mark.new for mark in rows.values()) == documented
            if rows or table.id in gone:
                lost = sorted(gone.get(table.id, ()), key=lambda one: one.before)
                found[table.id] = ChangedTable(rows, tuple(lost), new and not lost)
        return found

    def _row(self, table: Table, row: Row, key: RowKey) -> ChangedRow | None:
        befores: dict[str, _Entry] = {}
        speaks_for = []
        for uid in key.sop_classes or ("",):
            if _has(row, uid):
                speaks_for.append(uid)
                entry = self.old.get((_family(table), uid, key.path))
                if entry is not None:
                    befores[uid] = entry
        if not befores and _listed(key, row, table, self.old_values):
            return None
        if not befores:
            undecided = any(self._is_undecided(uid, table, row, key.path, "") for uid in speaks_for)
            return ChangedRow(new=True, undecided=frozenset([""] if undecided else []))
        former, open_columns = {}, set()
        for column in row.cells:
            if column in _NAMING and not (column == "Attribute Name" and "VR" in row.cells):
                continue
            if table.kind == "transfer_syntaxes" and column == "Transfer Syntax Set":
                continue
            said = self._said(table, row, column, befores)
            if said is None:
                continue
            former[column] = said
            cells = [row.cells[column], *(one.row.cells[column] for one in befores.values() if column in one.row.cells)]
            if _guessed(cells) or any(self._is_undecided(uid, table, row, key.path, column) for uid in befores):
                open_columns.add(column)
        return ChangedRow(former=former, undecided=frozenset(open_columns)) if former else None

    def _said(self, table: Table, row: Row, column: str, befores: Mapping[str, _Entry]) -> str | None:
        """What the former version said in a cell, None where it said the same."""
        texts: dict[str, list[str]] = {}
        for uid, entry in befores.items():
            if column not in entry.row.cells:
                continue
            if entry.table.sop_classes == table.sop_classes:
                before, now = entry.row.cells[column].text, row.cells[column].text
            else:
                before, now = _text(entry.row, uid, column), _text(row, uid, column)
            if not _same(before, now, entry.row, row, column):
                texts.setdefault(before, []).append(uid)
        if not texts:
            return None
        if len(texts) == 1 and len(next(iter(texts.values()))) == len(befores):
            return next(iter(texts))
        names = {**self.former.sop_class_names, **self.annex.sop_class_names}
        return "; ".join(
            f"{text or 'nothing'} for {', '.join(names.get(uid, uid) for uid in uids)}" for text, uids in texts.items()
        )

    def _is_undecided(self, uid: str, table: Table, row: Row, path: str, column: str) -> bool:
        """Whether the comparison of both annexes calls the difference weak, that of the row itself or of what it came with."""
        if table.kind in ("iod", "functional_groups"):
            name = row.cells[table.columns[1 if table.kind == "iod" else 0]].text
            return column in self.undecided.get((uid, name_of_module(name)), ())
        place = in_functional_groups(path) if path.startswith("(") else path
        if column:
            return column in self.undecided.get((uid, place), ())
        while place:
            if "" in self.undecided.get((uid, place), ()):
                return True
            place = parent(place) if place.startswith("(") else place.rpartition("/")[0]
        return bool({""} & self.undecided.get((uid, name_of_module(table.title)), set()))

    def _gone(self) -> dict[str, list[GoneRow]]:
        """The rows that are gone, by the id of the table where they would stand now.

        Where nothing is left of the table, the row in the table of its IOD says so.
        """
        found: dict[str, list[GoneRow]] = defaultdict(list)
        for table in self.former.tables:
            keys = _keys(table, self.former)
            for number, (row, key) in enumerate(zip(table.rows, keys, strict=True)):
                if key is None or _listed(key, row, table, self.now_values):
                    continue
                placed: set[str] = set()
                for uid in key.sop_classes or ("",):
                    if not _has(row, uid) or (_family(table), uid, key.path) in self.now:
                        continue
                    place = self._place(table, keys, number, uid)
                    if place is None or place[0].id in placed or self._holds(place[0], uid, key.path):
                        continue
                    placed.add(place[0].id)
                    weak = self._is_undecided(uid, table, row, key.path, "")
                    found[place[0].id].append(GoneRow(place[1], row, weak))
        return found

    def _place(self, table: Table, keys: list[RowKey | None], number: int, uid: str) -> tuple[Table, int] | None:
        """Where a row that is gone would stand: behind the nearest one above it that is left, else before one below it."""
        for position in (*range(number - 1, -1, -1), *range(number + 1, len(keys))):
            key = keys[position]
            if key is None:
                continue
            # A row of the overview speaks for a SOP Class of its own.
            for one in (uid,) if uid in key.sop_classes else key.sop_classes or ("",):
                entry = self.now.get((_family(table), one, key.path))
                if entry is not None:
                    return entry.table, entry.number + (position < number)
        return None

    def _holds(self, table: Table, uid: str, path: str) -> bool:
        """Whether a table that several SOP Classes share, this one among them, has a row with the path for another one."""
        return uid in table.sop_classes and any((_family(table), one, path) in self.now for one in table.sop_classes)


def _entries(annex: Annex) -> dict[_Key, _Entry]:
    found: dict[_Key, _Entry] = {}
    for table in annex.tables:
        for number, (row, key) in enumerate(zip(table.rows, _keys(table, annex), strict=True)):
            if key is None:
                continue
            for uid in key.sop_classes or ("",):
                if _has(row, uid):
                    found.setdefault((_family(table), uid, key.path), _Entry(table, number, row))
    return found


def _values(annex: Annex) -> dict[tuple[str, str], set[str]]:
    """The values of every attribute, by SOP Class UID (empty for any) and tag, whether they stand in its cell or in a table."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table in annex.tables:
        tag = ""
        for row in table.rows:
            if "Tag" not in row.cells or row.heading:
                continue
            tag = row.cells["Tag"].text or tag
            value = row.cells.get("Value/Code") or row.cells.get("Value")
            texts = {*row.values, *(value.found.removeprefix("e.g. ").split("; ") if value is not None else ())}
            for uid in ("", *table.sop_classes):
                found[uid, tag] |= {part for text in texts for part in (text, *text.split("\\"))}
    return found


def _listed(key: RowKey, row: Row, table: Table, values: Mapping[tuple[str, str], set[str]]) -> bool:
    """Whether a value that a table lists is one of its attribute in the other version, which may list it elsewhere."""
    if table.kind != "coded_values":
        return False
    text, tag = row.cells["Value/Code"].text, by_tag(key.path).partition("=")[0]
    return any(text in values.get((uid, tag), ()) for uid in key.sop_classes or ("",))


def _keys(table: Table, annex: Annex) -> list[RowKey | None]:
    """The key of every row; rows that have no path are named by their texts, those of the same path are numbered."""
    if table.kind == _NOT_MARKED:
        return [None] * len(table.rows)
    ids = {one.id: one.key for one in annex.tables}
    found: list[RowKey | None] = []
    seen: Counter[RowKey] = Counter()
    for row, known in zip(table.rows, row_keys(table, ids), strict=True):
        key = known or (None if row.heading else RowKey(table.sop_classes, _TEXT + "\x1f".join(_texts(row))))
        if key is not None:
            seen[key] += 1
            again = seen[key]
            key = key if again == 1 else replace(key, path=f"{key.path}\x1f{again}")
        found.append(key)
    return found


def _texts(row: Row) -> Iterator[str]:
    return (unnumbered(cell.text) for column, cell in row.cells.items() if column not in ("Reference", "NL"))


def _family(table: Table) -> str:
    """Tables between which a row may move and stay the same one."""
    if table.kind in _ATTRIBUTES:
        return "attributes"
    return f"{table.kind}:{identity_of(table.key)}" if table.kind in ("sr_codes", "sr_measurements") else table.kind


def _has(row: Row, uid: str) -> bool:
    """Whether a shared row holds for a SOP Class."""
    apart = row.apart.get(uid)
    return apart is None or bool(apart.cells)


def _text(row: Row, uid: str, column: str) -> str:
    """What a row says for one SOP Class."""
    apart = row.apart.get(uid)
    return row.cells[column].text if apart is None else apart.cells.get(column, row.cells[column].text)


def _guessed(cells: Iterable[Cell]) -> bool:
    """Whether a difference between cells is one between proposals, of which no person has said anything."""
    statuses = {cell.status for cell in cells}
    return Status.CONFIRMED not in statuses and bool(statuses & {Status.PROPOSED, Status.UNKNOWN})


def _same(before: str, now: str, old: Row, new: Row, column: str) -> bool:
    first, second = (_SECTION.sub("Section", unnumbered(text)).lstrip("> ") for text in (before, now))
    if first == second:
        return True
    listed = column in ("Value", "Values") and any(text.startswith("See ") for text in (first, second))
    return listed and bool(old.values) and old.values == new.values
