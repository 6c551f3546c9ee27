"""The questions that an annex leaves open, the most valuable first.

A question is one column of one row, asked once for all SOP Classes in which inference says the same there. Its worth is the weight
of its column times the number of SOP Classes that the answer completes; confirming a proposal counts half. Equal ones stand in
the order of the annex.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.annex.annotations_check import EDITABLE
from annexgen.annex.annotations_records import records
from annexgen.annex.model import Evidence, Status

if TYPE_CHECKING:
    from annexgen.annex.annotations_records import Record
    from annexgen.annex.model import Annex

WEIGHTS = {
    "Identifiable Information": 6.0,
    "Condition": 5.0,
    "Source": 4.0,
    "Conditions": 3.0,
    "Attribute Name": 3.0,
}
"""What an answer is worth by its column: privacy first, then what a receiver relies on."""
ROLE_WEIGHT = 8.0
"""Nobody but a person knows the roles of Table N.1-1, and there are few."""
OTHER_WEIGHT = 1.0
_NAMES = ("Attribute Name", "Module Name", "Functional Group Macro", "Concept Name", "SOP Class Name", "Name")
_GROUPED = ("module", "macro", "private_module")


@dataclass(frozen=True, slots=True)
class Question:
    """One open cell, or several with the same answer: `record` has the column that is asked for, and all SOP Classes."""

    record: Record
    tables: tuple[str, ...]
    name: str
    reason: str
    worth: float


def open_questions(annex: Annex) -> list[Question]:
    """All unknown and proposed cells of a numbered annex that a person can fill in."""
    found: dict[tuple[object, ...], Question] = {}
    for table, row, record in records(annex):
        if record is None:
            continue
        for column, cell in row.cells.items():
            if column not in EDITABLE or cell.status not in (Status.UNKNOWN, Status.PROPOSED):
                continue
            if column in record.joined:
                continue
            one = replace(record, question=column)
            question = Question(one, (table.id,), _name(one), cell.reason, 0.0)
            key: tuple[object, ...] = (table.id, record.path, column, record.sop_classes)
            if record.kind in _GROUPED and (cell.text or column != "Conditions"):
                presence = [row.cells[c].text for c in row.cells if c.startswith("Presence")]
                # The answer is checked against all the rows, so they must not differ in what they hold.
                value = row.cells["Value"].text if column in ("Value", "VR", "VM") else ""
                key = (record.kind, record.path, column, cell.text, cell.status, *presence, value)
            found[key] = _both(found[key], question) if key in found else question
    ranked = [replace(q, worth=_worth(q.record)) for q in found.values()]
    return sorted(ranked, key=lambda q: -q.worth)


def _name(record: Record) -> str:
    """What the row is called; a private attribute without a name by the last step of its path."""
    names = (record.cells[column].text.lstrip("> ") for column in _NAMES if column in record.cells)
    return next(filter(None, names), record.path.rpartition("/")[2])


def _worth(record: Record) -> float:
    column = record.question
    weight = ROLE_WEIGHT if record.kind == "sop_classes" else WEIGHTS.get(column, OTHER_WEIGHT)
    half = 0.5 if record.cells[column].status is Status.PROPOSED else 1.0
    return weight * half * max(1, len(record.sop_classes))


def _both(one: Question, other: Question) -> Question:
    """One question for the SOP Classes of two."""
    first, second = one.record, other.record
    new = tuple(uid for uid in second.sop_classes if uid not in first.sop_classes)
    if not new:
        return one
    record = replace(
        first,
        sop_classes=tuple(sorted((*first.sop_classes, *new))),
        evidence=_sum(first.evidence, second.evidence),
        values=tuple(sorted({*first.values, *second.values})),
        own_table=first.own_table if first.own_table == second.own_table else "",
    )
    reason = one.reason if one.reason == other.reason else "; ".join(filter(None, (one.reason, other.reason)))
    return replace(one, record=record, tables=(*one.tables, *other.tables), reason=reason)


def _sum(one: Evidence | None, other: Evidence | None) -> Evidence | None:
    if one is None or other is None:
        return one or other
    return Evidence(
        carriers=one.carriers + other.carriers,
        present=one.present + other.present,
        partial=one.partial + other.partial,
        with_value=one.with_value + other.with_value,
        empty=one.empty + other.empty,
        series=max(one.series, other.series),
        studies=max(one.studies, other.studies),
        patients=max(one.patients, other.patients),
        devices=max(one.devices, other.devices),
        weak=one.weak and other.weak,
        example=min(one.example, other.example),
    )
