"""What a workbook must remember of a row, so that edits can be found in it and checked without the corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from annexgen.annex.annotations import COUNTS, Seen, fingerprint, unnumbered
from annexgen.annex.annotations_check import Facts, observed_values
from annexgen.annex.annotations_keys import listed_values, row_keys
from annexgen.annex.model import Apart, Cell, Evidence, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annexgen.annex.model import Annex, Row, Table

_VALUES = ("Value", "Values")


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it was written: what it is called by annotations, its cells, and what contradicts an edit.

    `joined` names columns that hold one sentence for each of several IODs; `own_table` is the number of the table that lists
    the row's values; `question` the one column that is asked for, in a list of open questions; `apart` is what the corpus says
    of the row for a SOP Class of which it says something else than for all that share the row together.
    """

    kind: str
    sop_classes: tuple[str, ...]
    path: str
    cells: dict[str, Cell]
    evidence: Evidence | None = None
    values: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    own_table: str = ""
    question: str = ""
    apart: Mapping[str, Apart] = field(default_factory=dict)

    def facts(self) -> Facts:
        """What an edit is checked against."""
        said = {column: _bare(column, cell.inferred or cell.text) for column, cell in self.cells.items()}
        status = {column: cell.status for column, cell in self.cells.items()}
        return Facts(self.kind, self.path, said, status, self.evidence, self.values)

    def seen(self, column: str) -> list[tuple[tuple[str, ...], Seen]]:
        """The evidence that an annotation of a cell keeps, each with the SOP Classes for which it is that.

        A SOP Class that has no such row, though it shares the table, is left out.
        """
        if not self.apart:
            return [(self.sop_classes, self._seen(column))]
        found: list[tuple[tuple[str, ...], Seen]] = []
        for uid in self.sop_classes:
            apart = self.apart.get(uid)
            if apart is not None and not apart.cells:
                continue
            seen = self._seen(column) if apart is None else self._seen_apart(column, apart)
            same = next((n for n, (_, known) in enumerate(found) if known == seen), None)
            if same is None:
                found.append(((uid,), seen))
            else:
                found[same] = ((*found[same][0], uid), seen)
        return found

    def _seen(self, column: str) -> Seen:
        cell = self.cells[column]
        said = cell.inferred if cell.status is Status.CONFIRMED else cell.text
        values = ""
        if column in _VALUES:
            values = _values(cell.inferred or cell.text, self.values)
        return Seen(fingerprint(_bare(column, said)) if said else "", values, _counts(self.evidence))

    def _seen_apart(self, column: str, apart: Apart) -> Seen:
        said = apart.cells.get(column, "")
        values = _values(said, apart.values) if column in _VALUES else ""
        return Seen(fingerprint(_bare(column, said)) if said else "", values, _counts(apart.evidence))

    def dumps(self) -> str:
        """The record as one line of ASCII text."""
        document = {
            "kind": self.kind,
            "sop_classes": self.sop_classes,
            "path": self.path,
            "cells": {c: [x.text, str(x.status), x.inferred] for c, x in self.cells.items()},
            "evidence": list(_counts(self.evidence).values()),
            "values": self.values,
            "joined": self.joined,
            "own_table": self.own_table,
            "question": self.question,
            "apart": {
                uid: [dict(one.cells), one.values, list(_counts(one.evidence).values())]
                for uid, one in self.apart.items()
            },
        }
        # Excel reads _x0041_ in a stored text as the character A.
        return json.dumps(document, separators=(",", ":")).replace("_x", "\\u005fx")


def record_of(line: str) -> Record:
    """The record of a line that `Record.dumps` wrote; ValueError when it is none."""
    try:
        document: dict[str, Any] = json.loads(line)
        return Record(
            kind=str(document["kind"]),
            sop_classes=tuple(map(str, document["sop_classes"])),
            path=str(document["path"]),
            cells={c: Cell(str(t), Status(s), "", str(i)) for c, (t, s, i) in document["cells"].items()},
            evidence=_evidence(document["evidence"]),
            values=tuple(map(str, document["values"])),
            joined=tuple(map(str, document["joined"])),
            own_table=str(document["own_table"]),
            question=str(document["question"]),
            apart={
                str(uid): Apart(
                    {str(c): str(t) for c, t in cells.items()}, tuple(map(str, values)), evidence=_evidence(counts)
                )
                for uid, (cells, values, counts) in document["apart"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no record of a row: {error}") from error


def records(annex: Annex) -> Iterator[tuple[Table, Row, Record | None]]:
    """Every row of a numbered annex with its record; None for captions and rows that nothing can be said of."""
    keys = {table.id: table.key for table in annex.tables}
    by_id = {table.id: table for table in annex.tables}
    for table in annex.tables:
        for row, key in zip(table.rows, row_keys(table, keys), strict=True):
            if key is None:
                yield table, row, None
                continue
            titles = tuple(f"{annex.sop_class_names.get(uid, uid)}: " for uid in key.sop_classes)
            value = row.cells.get("Value") or row.cells.get("Values") or Cell()
            yield (
                table,
                row,
                Record(
                    kind=table.kind,
                    sop_classes=key.sop_classes,
                    path=key.path,
                    cells={column: replace(cell, reason="") for column, cell in row.cells.items()},
                    evidence=row.evidence,
                    values=listed_values(row, by_id),
                    joined=tuple(c for c, cell in row.cells.items() if cell.text.startswith(titles)) if titles else (),
                    own_table=_own_table(value),
                    apart=row.apart,
                ),
            )


def _values(said: str, listed: tuple[str, ...]) -> str:
    """The fingerprint of the values that a cell speaks of; none where they cannot be told."""
    observed = observed_values(unnumbered(said), listed)
    return fingerprint("; ".join(observed)) if observed else ""


def _counts(evidence: Evidence | None) -> dict[str, int]:
    return {} if evidence is None else {name: getattr(evidence, name) for name in COUNTS}


def _evidence(counts: list[Any]) -> Evidence | None:
    if not counts:
        return None
    carriers, present, partial, with_value, empty = map(int, counts)
    return Evidence(carriers, present, partial, with_value, empty)


def _own_table(value: Cell) -> str:
    for text in (value.text, value.inferred):
        if text.startswith("See Table "):
            return text.removeprefix("See ").strip()
    return ""


def _bare(column: str, text: str) -> str:
    """The text without its table's number and, for a name, without the marks of nesting."""
    return text.lstrip("> ") if column == "Attribute Name" else unnumbered(text)
