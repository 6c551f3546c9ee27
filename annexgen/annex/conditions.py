"""Fills in the Conditions of drafts: what was learned, or why nothing was (PS3.2 Annex N, column "Conditions")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner
from annexgen.analyzers.presence import CONDITIONAL
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Status
from annexgen.profile.paths import parent, standard_path, steps

if TYPE_CHECKING:
    from annexgen.analyzers.combinations import Combinations
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import Draft, SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.standard.private_dictionary import PrivateDictionary


def learn_conditions(one: SopClassDraft, thresholds: Thresholds) -> None:
    """Replace the open Conditions of one SOP Class: of its Modules, macros, private modules and their rows."""
    modules = {use.name: tuple(standard_path((tag,)) for tag in use.tags) for use in one.modules.modules}

    def where(combinations: Combinations) -> dict[str, int]:
        return {name: _anywhere(combinations, paths) for name, paths in modules.items()}

    dictionary = one.view.private_dictionary
    learner = Learner(one.view.profile, where, thresholds)
    names = {f"module:{use.key}": use.name for use in one.modules.modules}
    for draft in all_drafts(one):
        name = names.get(draft.identity, "")
        own = tuple(path for row in draft.rows for path in _places(draft, row))
        roots = tuple(path for path in own if parent(path) not in own)
        present = _anywhere(learner.combinations, roots)
        if present and present != learner.combinations.everything:
            answer = learner.separate(learner.combinations.everything, present, 0, roots, name)
            draft.condition = _cell([("Present", answer)], "", dictionary)
        draft.rows = tuple(_row(learner, draft, row, present if name else None, dictionary) for row in draft.rows)


def _row(learner: Learner, draft: Draft, row: Row, carriers: int | None, dictionary: PrivateDictionary) -> Row:
    condition = row.cells.get("Conditions")
    if condition is None or condition.status is not Status.UNKNOWN:
        return row
    places = _places(draft, row)
    root = draft.kind == "module" and len(steps(row.path)) == 1
    answers = []
    if row.cells["Presence of Attribute"].text == CONDITIONAL:
        answers.append(("Present", learner.attribute(places, carriers if root else None)))
    if row.cells["Presence of Value"].text == CONDITIONAL:
        answers.append(("Value present", learner.value(places)))
    return replace(row, cells={**row.cells, "Conditions": _cell(answers, places[0] if places else "", dictionary)})


def _places(draft: Draft, row: Row) -> tuple[str, ...]:
    """The element paths that a row stands for; a macro's rows have them in `covers`, those of its codes after its own."""
    if draft.kind != "macro":
        return tuple(filter(None, (row.path,)))
    return tuple(path for path in row.covers if path.endswith(f"/{row.path}"))


def _anywhere(combinations: Combinations, paths: tuple[str, ...]) -> int:
    mask = 0
    for path in paths:
        mask |= combinations.present(path)
    return mask


def _cell(answers: list[tuple[str, Condition | NotFound | None]], beside: str, dictionary: PrivateDictionary) -> Cell:
    """The sentences of what was found; unknown, with the reason, where nothing was."""
    found = [f"{verb} if {a.text(beside, dictionary)}." for verb, a in answers if isinstance(a, Condition)]
    reasons = [
        f"{verb}: {a.reason() if isinstance(a, Condition) else a.reason}" for verb, a in answers if a is not None
    ]
    if found:
        return Cell(" ".join(found), Status.PROPOSED, "; ".join(reasons))
    return Cell("", Status.UNKNOWN, "; ".join(reasons))
