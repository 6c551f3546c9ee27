"""Which tables several IODs share, and which belong to one IOD alone (PS3.2 N.9.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.annex.coded_values import placed
from annexgen.annex.drafts import (
    CODED,
    COMMON,
    Draft,
    SopClassDraft,
    all_drafts,
)
from annexgen.annex.merged_rows import Listed, Member, merged, one_range
from annexgen.annex.model import (
    Row,
    Status,
    Table,
    table_token,
)

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds

_COMPARED = ("Presence of Attribute", "Presence of Value", "VR", "VM")
"""Columns that are compared, beside the Value; the other ones follow from them or are proposals."""


@dataclass(frozen=True, slots=True)
class SharedTables:
    """Tables of several SOP Classes, which of them describes a draft (by SOP Class and identity), and their listed values."""

    tables: tuple[Table, ...] = ()
    of: dict[tuple[str, str], Table] = field(default_factory=dict)
    listed: dict[tuple[str, str], Listed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """One IOD's draft of a table, the element paths that it documents, and those that other drafts of the IOD document."""

    one: SopClassDraft
    draft: Draft
    paths: frozenset[str]
    elsewhere: frozenset[str]


def shared_tables(described: list[SopClassDraft], thresholds: Thresholds) -> SharedTables:
    """The tables that describe two or more SOP Classes (docs/architecture.md, which table documents an attribute)."""
    groups: dict[str, list[_Candidate]] = {}
    for one in described:
        drafts = all_drafts(one)
        documented = [_documented(draft) for draft in drafts]
        everything = frozenset().union(*documented)
        for draft, paths in zip(drafts, documented, strict=True):
            candidate = _Candidate(one, draft, paths, everything - paths)
            groups.setdefault(draft.identity, []).append(candidate)
    tables: list[Table] = []
    of: dict[tuple[str, str], Table] = {}
    listed: dict[tuple[str, str], Listed] = {}
    order = {"module": 0, "macro": 1, "private_module": 2}
    for identity, members in sorted(groups.items(), key=lambda group: order[group[1][0].draft.kind]):
        left = members
        number = 0
        while chosen := _alike(left, thresholds):
            number += 1
            left = [member for member in left if member not in chosen]
            key = f"{COMMON}{number if number > 1 else ''}:{identity}"
            coded = f"{CODED}:{COMMON}"
            rows, values = merged([Member(m.one.view.uid, m.one.view.title, m.draft) for m in chosen], coded)
            titles = f" for {', '.join(m.one.view.title for m in chosen)}" if number > 1 else ""
            first = chosen[0].draft
            sop_classes = tuple(sorted(m.one.view.uid for m in chosen))
            title = f"{first.title}{titles}"
            table = Table(key, first.kind, title, first.columns, coded_in(rows, coded), sop_classes)
            tables.append(table)
            of |= {(uid, identity): table for uid in sop_classes}
            listed |= placed(key, first.kind, rows, values)
    return SharedTables(tuple(tables), of, listed)


def _documented(draft: Draft) -> frozenset[str]:
    """The element paths that the rows of a draft speak for."""
    macro = draft.kind == "macro"
    return frozenset(p for row in draft.rows for p in (row.covers if macro else (row.path, *row.covers)) if p)


def _alike(members: list[_Candidate], thresholds: Thresholds) -> list[_Candidate]:
    """Those that one table describes: of all ways to take one and those that differ little from it, the way that leaves
    fewest rows. None of them has an attribute of the table in another one, so every element keeps its one row."""
    best: tuple[int, list[_Candidate]] = (0, [])
    for seed in members:
        chosen, union = [seed], seed.paths
        for other in members:
            both = union | other.paths
            if other is seed or any(both & one.elsewhere for one in (*chosen, other)):
                continue
            said_alike = all(_said_alike(one.draft, other.draft) for one in chosen)
            if said_alike and _little(seed.draft, other.draft, thresholds):
                chosen.append(other)
                union = both
        rows = {row.path for member in chosen for row in member.draft.rows}
        saved = sum(len(member.draft.rows) for member in chosen) - len(rows)
        if len(chosen) > 1 and saved > best[0]:
            best = (saved, [member for member in members if member in chosen])
    return best[1]


def _said_alike(one: Draft, other: Draft) -> bool:
    """Whether a person said the same of every row that two IODs have: their words are never joined with others."""
    mine = {row.path: row.cells for row in one.rows}
    return not any(
        Status.CONFIRMED in (cell.status, known.status) and (cell.text, cell.status) != (known.text, known.status)
        for row in other.rows
        for name, cell in row.cells.items()
        if (known := mine.get(row.path, {}).get(name)) is not None
    )


def _little(one: Draft, other: Draft, thresholds: Thresholds) -> bool:
    """Whether two drafts of a table differ in few rows."""
    if one.signature() == other.signature():
        return True
    if one.columns != other.columns or any(row.heading for row in (*one.rows, *other.rows)):
        return False
    mine, others = ({row.path: row for row in draft.rows} for draft in (one, other))
    paths = mine.keys() | others.keys()
    differing = sum(_differ(mine.get(path), others.get(path), one, other) for path in paths)
    return differing <= max(thresholds.sharing_rows, thresholds.sharing_share * len(paths))


def _differ(mine: Row | None, others: Row | None, one: Draft, other: Draft) -> bool:
    """Whether two IODs' rows of one attribute say different things; ranges that are one range together do not.

    What a person said makes no difference here, so that confirming a row leaves it where it stands.
    """
    if mine is None or others is None:
        return True
    if any(mine.cells[name].found != others.cells[name].found for name in _COMPARED if name in mine.cells):
        return True
    if mine.path in one.listed and others.path in other.listed:
        return one.listed[mine.path][2].texts != other.listed[others.path][2].texts
    values = [row.cells["Value"].found for row in (mine, others) if "Value" in row.cells]
    return len(set(values)) > 1 and not one_range(values)


def table_of(draft: Draft, one: SopClassDraft, shared: SharedTables) -> tuple[str, Table | None]:
    """Key of the table that documents a draft, and the table itself when it belongs to this IOD alone."""
    uid = one.view.uid
    table = shared.of.get((uid, draft.identity))
    if table is not None:
        return table.key, None
    key = f"{uid}:{draft.identity}"
    # The template's captions: "... for <Image IOD 1>", of SR IODs "... used in <SR IOD 1>" (PS3.2 Tables N.9-24, N.9-46).
    title = f"{draft.title} {'used in' if one.reports and draft.kind == 'module' else 'for'} {one.view.title}"
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
