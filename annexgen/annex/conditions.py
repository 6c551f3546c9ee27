"""Fills in the Conditions of drafts: what was learned, or why nothing was (PS3.2 Annex N, column "Conditions")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner
from annexgen.analyzers.functional_groups import PER_FRAME, SHARED, frames_of, relative_path
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
    frames = None
    if one.view.profile.frames:
        frames = Learner(frames_of(one.view.profile, one.groups), where, thresholds)
    names = {f"module:{use.key}": use.name for use in one.modules.modules}
    for draft in all_drafts(one):
        name = names.get(draft.identity, "")
        own = tuple(path for row in draft.rows for path in _places(draft, row))
        roots = tuple(path for path in own if parent(path) not in own)
        present = _anywhere(learner.combinations, roots)
        answers: list[tuple[str, _Answer]] = []
        if present and present != learner.combinations.everything:
            answers.append(("Present", learner.separate(learner.combinations.everything, present, 0, roots, name)))
        elif draft.kind == "macro" and frames is not None:
            answers.append(("Present", _in_frames(frames, roots, None)))
        if draft.kind == "macro":
            answers.append(("Shared", _shared(learner, roots)))
        if any(answer is not None for _, answer in answers):
            draft.condition = _cell(answers, "", dictionary)
        draft.rows = tuple(
            _row(learner, frames, draft, row, present if name else None, dictionary) for row in draft.rows
        )


def _row(
    learner: Learner,
    frames: Learner | None,
    draft: Draft,
    row: Row,
    carriers: int | None,
    dictionary: PrivateDictionary,
) -> Row:
    condition = row.cells.get("Conditions")
    if condition is None or condition.status is not Status.UNKNOWN:
        return row
    places = _places(draft, row)
    root = draft.kind == "module" and len(steps(row.path)) == 1
    answers: list[tuple[str, _Answer]] = []
    if row.cells["Presence of Attribute"].text == CONDITIONAL:
        answer: _Answer = learner.attribute(places, carriers if root else None)
        answers.append(("Present", _in_frames(frames, places, answer)))
    if row.cells["Presence of Value"].text == CONDITIONAL:
        answers.append(("Value present", _in_frames(frames, places, learner.value(places), value=True)))
    return replace(row, cells={**row.cells, "Conditions": _cell(answers, places[0] if places else "", dictionary)})


@dataclass(frozen=True, slots=True)
class _FrameCondition:
    """A condition that holds frame by frame."""

    condition: Condition

    def text(self, beside: str, dictionary: PrivateDictionary) -> str:
        return self.condition.text(relative_path(beside), dictionary)

    def reason(self) -> str:
        """The evidence in a sentence."""
        one = self.condition
        text = (
            f"holds in all frames with it (in {one.with_series} series) and in none without it "
            f"(in {one.without_series} series)"
        )
        return f"{text}; as good in this corpus: {'; '.join(one.runners_up)}" if one.runners_up else text


_Answer = Condition | _FrameCondition | NotFound | None


def _in_frames(frames: Learner | None, places: tuple[str, ...], answer: _Answer, *, value: bool = False) -> _Answer:
    """What frames tell of an attribute of functional groups where instances as a whole do not."""
    inner = tuple(dict.fromkeys(map(relative_path, places)))
    if frames is None or isinstance(answer, Condition) or not inner or inner == places:
        return answer
    found = frames.value(inner) if value else frames.attribute(inner)
    return _FrameCondition(found) if isinstance(found, Condition) else answer or found


def _shared(learner: Learner, roots: tuple[str, ...]) -> Condition | NotFound | None:
    """When a macro is shared by all frames, where it is in some instances and per frame in others."""
    shared = _anywhere(learner.combinations, tuple(path for path in roots if path.startswith(f"{SHARED}/")))
    per_frame = _anywhere(learner.combinations, tuple(path for path in roots if path.startswith(f"{PER_FRAME}/")))
    if not shared or not per_frame:
        return None
    return learner.separate(shared | per_frame, shared & ~per_frame, shared & per_frame, roots)


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


def _cell(answers: list[tuple[str, _Answer]], beside: str, dictionary: PrivateDictionary) -> Cell:
    """The sentences of what was found; unknown, with the reason, where nothing was."""
    found = [
        f"{verb} if {a.text(beside, dictionary)}." for verb, a in answers if isinstance(a, Condition | _FrameCondition)
    ]
    reasons = [f"{verb}: {a.reason if isinstance(a, NotFound) else a.reason()}" for verb, a in answers if a is not None]
    if found:
        return Cell(" ".join(found), Status.PROPOSED, "; ".join(reasons))
    return Cell("", Status.UNKNOWN, "; ".join(reasons))
