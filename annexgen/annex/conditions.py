"""Fills in the Conditions of drafts: what was learned, or why nothing was (PS3.2 Annex N, column "Conditions")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.annex.condition_questions import FrameCondition, questions_of
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.condition_questions import Question
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.standard.private_dictionary import PrivateDictionary

_VERBS = {"table": "Present", "shared": "Shared", "attribute": "Present", "value": "Value present"}


def learn_conditions(drafts: Sequence[SopClassDraft], thresholds: Thresholds) -> None:
    """Replace the open Conditions of all SOP Classes: of their Modules, macros, private modules and their rows."""
    for one, questions in zip(drafts, questions_of(drafts, thresholds), strict=True):
        _fill_in(one, questions)


def _fill_in(one: SopClassDraft, questions: list[Question]) -> None:
    dictionary = one.view.private_dictionary
    of_tables: dict[int, list[Question]] = {}
    of_rows: dict[tuple[int, int], list[Question]] = {}
    for question in questions:
        if question.row is None:
            of_tables.setdefault(id(question.draft), []).append(question)
        else:
            of_rows.setdefault((id(question.draft), id(question.row)), []).append(question)
    for draft in all_drafts(one):
        asked = of_tables.get(id(draft), [])
        if any(question.answer is not None for question in asked):
            draft.condition = _cell(asked, "", dictionary)
        draft.rows = tuple(_answered(row, of_rows.get((id(draft), id(row)), []), dictionary) for row in draft.rows)


def _answered(row: Row, questions: list[Question], dictionary: PrivateDictionary) -> Row:
    if not questions:
        return row
    places = questions[0].places
    return replace(row, cells={**row.cells, "Conditions": _cell(questions, places[0] if places else "", dictionary)})


def _cell(questions: list[Question], beside: str, dictionary: PrivateDictionary) -> Cell:
    """The sentences of what was found; unknown, with the reason, where nothing was."""
    told = [(_VERBS[question.aspect], question.answer) for question in questions]
    found = [
        f"{verb} if {a.text(beside, dictionary)}." for verb, a in told if isinstance(a, Condition | FrameCondition)
    ]
    reasons = [f"{verb}: {a.reason if isinstance(a, NotFound) else a.reason()}" for verb, a in told if a is not None]
    if found:
        return Cell(" ".join(found), Status.PROPOSED, "; ".join(reasons))
    return Cell("", Status.UNKNOWN, "; ".join(reasons))
