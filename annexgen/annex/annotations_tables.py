"""What a person says of whole tables: another title, hidden, or merged into another table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.annotations import ALL, STALE
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Finding, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.annex.annotations import TableStatement
    from annexgen.annex.drafts import Draft, SopClassDraft

HIDDEN = "hidden-table"


def apply_to_tables(statements: tuple[TableStatement, ...], drafts: Iterable[SopClassDraft]) -> list[Finding]:
    """Rename, hide and merge the tables of each SOP Class; returns what a reader must be told.

    A hidden table is a finding, since its attributes are documented nowhere else; so is a statement about a table that is gone.
    """
    findings: list[Finding] = []
    done: set[int] = set()
    for one in drafts:
        for statement in statements:
            if not {one.view.uid, ALL} & set(statement.sop_classes):
                continue
            known = {draft.identity: draft for draft in all_drafts(one)}
            draft = known.get(statement.of)
            if draft is None or (statement.into and statement.into not in known):
                if draft is not None or ALL not in statement.sop_classes:
                    missing = statement.into if draft is not None else statement.of
                    findings.append(_gone(statement, one.view.uid, missing))
                continue
            done.add(statement.number)
            if statement.title:
                draft.title = statement.title
            if statement.hide:
                _remove(one, draft)
                count = sum(not row.heading for row in draft.rows)
                message = f"{draft.title}: hidden as a person said; {count} rows are documented nowhere"
                findings.append(Finding(HIDDEN, "warning", message, one.view.uid, statement.of, count))
            elif statement.into:
                _merge(one, draft, known[statement.into])
    for statement in statements:
        if statement.number not in done and ALL in statement.sop_classes:
            findings.append(_gone(statement, "", statement.of))
    return findings


def _gone(statement: TableStatement, uid: str, missing: str) -> Finding:
    message = f"a person speaks of the table {missing}, which the corpus does not give; the statement stays in the file"
    return Finding(STALE, "warning", message, uid, statement.of)


def _remove(one: SopClassDraft, draft: Draft) -> None:
    one.module_drafts = [e for e in one.module_drafts if e[0] is not draft]
    one.macro_drafts = [e for e in one.macro_drafts if e[0] is not draft]
    one.private_drafts = [e for e in one.private_drafts if e[0] is not draft]
    one.private_macros = [e for e in one.private_macros if e[0] is not draft]


def _merge(one: SopClassDraft, draft: Draft, into: Draft) -> None:
    """Put the rows of a table under a caption into another one, which then stands wherever either stood."""
    caption = Row({into.columns[0]: Cell(draft.title)}, heading=True)
    into.rows = (*into.rows, caption, *draft.rows)
    into.listed.update(draft.listed)
    private = {id(e[0]) for e in one.private_drafts}
    if id(draft) in private and id(into) not in private:
        instances = max(n for d, n in one.private_drafts if d is draft)
        one.private_drafts.append((into, instances))
    if not any(e[0] is into for e in one.private_macros):
        one.private_macros += [(into, usage, seen) for d, usage, seen in one.private_macros if d is draft]
    _remove(one, draft)
