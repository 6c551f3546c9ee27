"""What the annex says in numbers: counts per SOP Class, and what is weak or not known."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.annex.model import Status

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Row, Table

_ATTRIBUTE_KINDS = ("module", "macro", "private_module", "directory")
# The last element of a path; the name of a Private Creator may hold a slash, but not "/(".
_PRIVATE = re.compile(r"(?:\A|/)\([0-9A-Fa-f]{4},(xx[0-9A-Fa-f]{2}|00xx)(?:,\"(?:(?!/\().)*\")?\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SopClassFacts:
    """The size of the annexes of one SOP Class. A table that several SOP Classes share counts for each.

    `attributes` counts the rows of its modules, macros and directory, private ones included; `private_attributes` leaves
    the Private Creators out.
    """

    uid: str
    name: str
    instances: int
    modules: int
    attributes: int
    private_attributes: int
    weak: int
    unknown: int


def sop_class_facts(annex: Annex) -> list[SopClassFacts]:
    """The facts of every SOP Class that has a table, in the order in which IOD tables name them."""
    uids: dict[str, None] = {}
    for table in sorted(annex.tables, key=lambda table: table.kind != "iod"):
        uids.update(dict.fromkeys(table.sop_classes))
    return [_facts(annex, uid) for uid in uids]


def unknown_cells(annex: Annex) -> dict[str, int]:
    """How many cells of each column are to be completed, the most frequent column first."""
    counts: Counter[str] = Counter()
    for table in annex.tables:
        for row in table.rows:
            counts.update(column for column, cell in row.cells.items() if cell.status is Status.UNKNOWN)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def status_counts(annex: Annex) -> dict[Status, int]:
    """How many cells there are of each status; captions inside tables are not counted."""
    counts = Counter(
        cell.status
        for table in annex.tables
        for row in table.rows
        if not row.heading
        for cell in row.cells.values()
        if cell.text or cell.status is Status.UNKNOWN
    )
    return {status: counts[status] for status in Status}


def is_weak(row: Row) -> bool:
    """Whether the evidence of the row is too little to generalize."""
    return row.evidence is not None and row.evidence.weak


def is_private(row: Row) -> bool:
    """Whether the row documents a private attribute or a Private Creator."""
    return _PRIVATE.search(row.path) is not None


def is_private_creator(row: Row) -> bool:
    """Whether the row documents a Private Creator element."""
    match = _PRIVATE.search(row.path)
    return match is not None and match[1] == "00xx"


def _facts(annex: Annex, uid: str) -> SopClassFacts:
    tables = [table for table in annex.tables if uid in table.sop_classes]
    structure = [row for table in tables if table.kind == "iod" for row in table.rows if not row.heading]
    attributes = [row for table in tables if table.kind in _ATTRIBUTE_KINDS for row in table.rows if row.path]
    rows = [row for table in tables for row in table.rows]
    return SopClassFacts(
        uid=uid,
        name=annex.sop_class_names.get(uid, uid),
        instances=_instances(tables, uid),
        modules=len(structure),
        attributes=len(attributes),
        private_attributes=sum(is_private(row) and not is_private_creator(row) for row in attributes),
        weak=sum(map(is_weak, rows)),
        unknown=sum(cell.status is Status.UNKNOWN for row in rows for cell in row.cells.values()),
    )


def _instances(tables: list[Table], uid: str) -> int:
    """The instances of a SOP Class: its row in the table of SOP Classes, else the carriers of its modules."""
    own = [row.evidence for t in tables if t.kind == "sop_classes" for row in t.rows if row.path == uid]
    modules = [row.evidence for t in tables if t.kind == "iod" for row in t.rows]
    for rows in (own, modules):
        counts = [evidence.carriers for evidence in rows if evidence is not None]
        if counts:
            return max(counts)
    return 0
