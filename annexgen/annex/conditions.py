"""Fills in the Conditions of drafts: what was learned, or why nothing was (PS3.2 Annex N, column "Conditions")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import PATIENT, STUDY
from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner, spoken_of_places
from annexgen.analyzers.functional_groups import PER_FRAME, SHARED, frames_of, relative_path
from annexgen.analyzers.presence import CONDITIONAL
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Status
from annexgen.profile.paths import parent, standard_path, steps
from annexgen.standard.conditions import of_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.analyzers.combinations import Combinations
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import Draft, SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.standard.conditions import SpokenOf
    from annexgen.standard.private_dictionary import PrivateDictionary


@dataclass(frozen=True, slots=True)
class FrameCondition:
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


Answer = Condition | FrameCondition | NotFound | None


_LEVELS = {"Patient": PATIENT, "Study": STUDY}
"""What describes the patient or the study is observed once for each, however many series there are (PS3.3 Section A.1.2)."""
_VERBS = {"table": "Present", "shared": "Shared", "attribute": "Present", "value": "Value present"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a table (`row` None) or one of its rows, and the answer that the corpus gives.

    `aspect` is "table", "shared", "attribute" or "value": when it is present at all, shared by all frames, where it could be, or
    with a value. `places` are the element paths it is about; `carriers` the root paths of the Module without which a root
    attribute could not stand, none where it could stand wherever its parent does.
    """

    draft: Draft
    row: Row | None
    aspect: str
    places: tuple[str, ...]
    carriers: tuple[str, ...]
    answer: Answer


def questions_of(one: SopClassDraft, thresholds: Thresholds) -> list[Question]:
    """Every question about conditions in the drafts of one SOP Class, answered."""
    modules = {use.name: tuple(standard_path((tag,)) for tag in use.tags) for use in one.modules.modules}

    def where(combinations: Combinations) -> dict[str, int]:
        return {name: anywhere(combinations, paths) for name, paths in modules.items()}

    levels = {
        standard_path((tag,)): _LEVELS[use.ie] for use in one.modules.modules if use.ie in _LEVELS for tag in use.tags
    }
    learner = Learner(one.view.profile, where, thresholds, levels)
    frames = None
    if one.view.profile.frames:
        frames = Learner(frames_of(one.view.profile, one.groups), where, thresholds, levels)
    uses = {f"module:{use.key}": use for use in one.modules.modules}
    found: list[Question] = []
    for draft in all_drafts(one):
        use = uses.get(draft.identity)
        name = use.name if use else ""
        own = tuple(path for row in draft.rows for path in places_of(draft, row))
        roots = tuple(path for path in own if parent(path) not in own)
        spoken_of = of_module(use.key) if use else spoken_of_places(roots if draft.kind == "macro" else ())
        found.extend(_about_table(learner, frames, draft, roots, name, spoken_of))
        for row in draft.rows:
            condition = row.cells.get("Conditions")
            if condition is not None and condition.status is Status.UNKNOWN:
                found.extend(_about_row(learner, frames, draft, row, roots if name else ()))
    return found


def _about_table(
    learner: Learner,
    frames: Learner | None,
    draft: Draft,
    roots: tuple[str, ...],
    module: str,
    spoken_of: frozenset[SpokenOf],
) -> Iterator[Question]:
    everything = learner.combinations.everything
    present = anywhere(learner.combinations, roots)
    if present and present != everything:
        answer = learner.separate(everything, present, 0, roots, module, spoken_of)
        yield Question(draft, None, "table", roots, (), answer)
    elif draft.kind == "macro" and frames is not None:
        yield Question(draft, None, "table", roots, (), _in_frames(frames, roots, None))
    if draft.kind == "macro":
        yield Question(draft, None, "shared", roots, (), _shared(learner, roots))


def _about_row(
    learner: Learner, frames: Learner | None, draft: Draft, row: Row, module: tuple[str, ...]
) -> Iterator[Question]:
    places = places_of(draft, row)
    carriers = module if draft.kind == "module" and len(steps(row.path)) == 1 else ()
    if row.cells["Presence of Attribute"].text == CONDITIONAL:
        where = anywhere(learner.combinations, carriers) if carriers else None
        answer: Answer = _in_frames(frames, places, learner.attribute(places, where))
        yield Question(draft, row, "attribute", places, carriers, answer)
    if row.cells["Presence of Value"].text == CONDITIONAL:
        answer = _in_frames(frames, places, learner.value(places), value=True)
        yield Question(draft, row, "value", places, (), answer)


def learn_conditions(one: SopClassDraft, thresholds: Thresholds) -> None:
    """Replace the open Conditions of one SOP Class: of its Modules, macros, private modules and their rows."""
    dictionary = one.view.private_dictionary
    of_tables: dict[int, list[Question]] = {}
    of_rows: dict[tuple[int, int], list[Question]] = {}
    for question in questions_of(one, thresholds):
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


def _in_frames(frames: Learner | None, places: tuple[str, ...], answer: Answer, *, value: bool = False) -> Answer:
    """What frames tell of an attribute of functional groups where instances as a whole do not."""
    inner = tuple(dict.fromkeys(map(relative_path, places)))
    if frames is None or isinstance(answer, Condition) or not inner or inner == places:
        return answer
    found = frames.value(inner) if value else frames.attribute(inner)
    return FrameCondition(found) if isinstance(found, Condition) else answer or found


def _shared(learner: Learner, roots: tuple[str, ...]) -> Condition | NotFound | None:
    """When a macro is shared by all frames, where it is in some instances and per frame in others."""
    shared = anywhere(learner.combinations, tuple(path for path in roots if path.startswith(f"{SHARED}/")))
    per_frame = anywhere(learner.combinations, tuple(path for path in roots if path.startswith(f"{PER_FRAME}/")))
    if not shared or not per_frame:
        return None
    return learner.separate(shared | per_frame, shared & ~per_frame, shared & per_frame, roots)


def places_of(draft: Draft, row: Row) -> tuple[str, ...]:
    """The element paths that a row stands for; a macro's rows have them in `covers`, those of its codes after its own."""
    if draft.kind != "macro":
        return tuple(filter(None, (row.path,)))
    return tuple(path for path in row.covers if path.endswith(f"/{row.path}"))


def anywhere(combinations: Combinations, paths: tuple[str, ...]) -> int:
    """Where one of the paths stands."""
    mask = 0
    for path in paths:
        mask |= combinations.present(path)
    return mask


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
