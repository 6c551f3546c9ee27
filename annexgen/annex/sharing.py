"""Which tables several IODs share, and which belong to one IOD alone (PS3.2 N.9.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.annex.drafts import (
    CODED,
    COMMON,
    Draft,
    SopClassDraft,
    all_drafts,
)
from annexgen.annex.model import (
    Cell,
    Evidence,
    Row,
    Status,
    Table,
    table_token,
)

if TYPE_CHECKING:
    from annexgen.analyzers.values import Values


@dataclass(frozen=True, slots=True)
class SharedTables:
    """Tables of several SOP Classes by the signature of their drafts, and the values that their rows refer to."""

    tables: dict[tuple[object, ...], Table]
    listed: dict[str, tuple[str, str, Values]]


def shared_tables(described: list[SopClassDraft]) -> SharedTables:
    """Tables whose printed rows are the same for at least two SOP Classes, by signature."""
    groups: dict[tuple[object, ...], list[tuple[SopClassDraft, Draft]]] = {}
    for one in described:
        for draft in all_drafts(one):
            groups.setdefault(draft.signature(), []).append((one, draft))
    best: dict[str, int] = {}
    for signature, members in groups.items():
        best[str(signature[0])] = max(best.get(str(signature[0]), 0), len(members))
    shared: dict[tuple[object, ...], Table] = {}
    listed: dict[str, tuple[str, str, Values]] = {}
    taken: set[str] = set()
    order = {"module": 0, "macro": 1, "private_module": 2}
    for signature, members in sorted(groups.items(), key=lambda g: order[g[1][0][1].kind]):
        identity = str(signature[0])
        if len(members) < 2 or len(members) < best[identity] or identity in taken:
            continue
        taken.add(identity)
        draft = members[0][1]
        rows = tuple(
            _joined([(one.view.title, member.rows[n]) for one, member in members]) for n in range(len(draft.rows))
        )
        sop_classes = tuple(sorted(m[0].view.uid for m in members))
        key = f"{COMMON}:{identity}"
        shared[signature] = Table(
            key, draft.kind, draft.title, draft.columns, coded_in(rows, f"{CODED}:{COMMON}"), sop_classes
        )
        listed.update(draft.listed)
    return SharedTables(shared, listed)


def table_of(draft: Draft, one: SopClassDraft, shared: dict[tuple[object, ...], Table]) -> tuple[str, Table | None]:
    """Key of the table that documents a draft, and the table itself when it belongs to this IOD alone."""
    table = shared.get(draft.signature())
    if table is not None:
        return table.key, None
    uid = one.view.uid
    key = f"{uid}:{draft.identity}"
    title = f"{draft.title} for {one.view.title}"
    rows = coded_in(draft.rows, f"{CODED}:{uid}")
    return key, Table(key, draft.kind, title, draft.columns, rows, (uid,))


def coded_in(rows: tuple[Row, ...], key: str) -> tuple[Row, ...]:
    """The rows with their references to Coded Values pointing to the table of that key."""
    token, target = table_token(CODED), table_token(key)
    changed = []
    for row in rows:
        value = row.cells.get("Value")
        if value is not None and token in value.text:
            cells = dict(row.cells)
            cells["Value"] = replace(
                value, text=value.text.replace(token, target), inferred=value.inferred.replace(token, target)
            )
            row = replace(row, cells=cells)
        changed.append(row)
    return tuple(changed)


def _joined(members: list[tuple[str, Row]]) -> Row:
    """One row for several IODs: instances add up; series, studies and patients are at least the largest."""
    rows = [row for _, row in members]
    evidence = [row.evidence for row in rows if row.evidence is not None]
    if not evidence:
        return rows[0]
    studies = max(e.studies for e in evidence)
    joined = Evidence(
        carriers=sum(e.carriers for e in evidence),
        present=sum(e.present for e in evidence),
        partial=sum(e.partial for e in evidence),
        with_value=sum(e.with_value for e in evidence),
        empty=sum(e.empty for e in evidence),
        series=max(e.series for e in evidence),
        studies=studies,
        patients=max(e.patients for e in evidence),
        devices=max(e.devices for e in evidence),
        weak=all(e.weak for e in evidence),
        example=min(e.example for e in evidence),
    )
    conditions = _joined_conditions([(title, row.cells["Conditions"]) for title, row in members if row.cells])
    return replace(rows[0], evidence=joined, cells={**rows[0].cells, "Conditions": conditions})


def _joined_conditions(members: list[tuple[str, Cell]]) -> Cell:
    """The Conditions of one row for several IODs: one sentence where they agree, else one for each IOD that has one."""
    texts = {cell.text for _, cell in members}
    confirmed = [cell.status is Status.CONFIRMED for _, cell in members]
    if len(texts) == 1 and (all(confirmed) or not any(confirmed)):
        return max((cell for _, cell in members), key=lambda cell: (len(cell.reason), cell.reason))
    text = " ".join(f"{title}: {cell.text}" for title, cell in members if cell.text)
    reason = "; ".join(f"{title}: {cell.reason}" for title, cell in members if cell.reason)
    inferred = " ".join(f"{title}: {cell.inferred}" for title, cell in members if cell.inferred)
    return Cell(text, Status.CONFIRMED, reason, inferred) if all(confirmed) else Cell(text, Status.PROPOSED, reason)
