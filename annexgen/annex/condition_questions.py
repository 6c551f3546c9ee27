"""What is asked about conditions: every CONDITIONAL table, attribute and value, with the answer, made to agree over all IODs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import PATIENT, STUDY
from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.condition_statements import spoken_of_places
from annexgen.analyzers.conditions import Learner, Sides
from annexgen.analyzers.functional_groups import frames_of
from annexgen.analyzers.presence import CONDITIONAL
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Status
from annexgen.profile.functional_groups import OF_FRAMES, SHARED, relative_path, sequence_of
from annexgen.profile.paths import parent, standard_path, steps
from annexgen.standard.condition_attributes import of_module

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annexgen.analyzers.combinations import Combinations
    from annexgen.analyzers.modules import ModuleUse
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import Draft, SopClassDraft
    from annexgen.annex.model import Row
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


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a table (`row` None) or one of its rows, and the answer that the corpus gives.

    `aspect` is "table", "shared", "attribute" or "value": when it is present at all, shared by all frames, where it could be, or
    with a value. `places` are the element paths it is about; `carriers` the root paths of the Module without which a root
    attribute could not stand, none where it could stand wherever its parent does. `sides` is what is to be separated.
    """

    draft: Draft
    row: Row | None
    aspect: str
    places: tuple[str, ...]
    carriers: tuple[str, ...]
    sides: Sides
    answer: Answer

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same question about another IOD."""
        return self.draft.identity, self.row.path if self.row is not None else "", self.aspect


def questions_of(drafts: Sequence[SopClassDraft], thresholds: Thresholds) -> list[list[Question]]:
    """Every question about conditions in the drafts of each SOP Class, answered, and the answers made to agree."""
    asked = [_Asking(one, thresholds) for one in drafts]
    return agreed([(one.draft.view.title, one.learner, list(one.questions())) for one in asked])


class _Asking:
    """Asks the questions about one SOP Class, of its instances and of its frames."""

    def __init__(self, one: SopClassDraft, thresholds: Thresholds) -> None:
        self.draft = one
        modules = {use.name: tuple(standard_path((tag,)) for tag in use.tags) for use in one.modules.modules}

        def where(combinations: Combinations) -> dict[str, int]:
            return {name: anywhere(combinations, paths) for name, paths in modules.items()}

        levels = {
            standard_path((tag,)): _LEVELS[use.ie]
            for use in one.modules.modules
            if use.ie in _LEVELS
            for tag in use.tags
        }
        self.learner = Learner(one.view.profile, where, thresholds, levels)
        self.frames = None
        if one.view.profile.frames:
            self.frames = Learner(frames_of(one.view.profile, one.groups), where, thresholds, levels)

    def questions(self) -> Iterator[Question]:
        uses = {f"module:{use.key}": use for use in self.draft.modules.modules}
        for draft in all_drafts(self.draft):
            use = uses.get(draft.identity)
            own = tuple(path for row in draft.rows for path in places_of(draft, row))
            roots = tuple(path for path in own if parent(path) not in own)
            yield from self._about_table(draft, roots, use)
            for row in draft.rows:
                condition = row.cells.get("Conditions")
                if condition is not None and condition.status is Status.UNKNOWN:
                    yield from self._about_row(draft, row, roots if use else ())

    def _about_table(self, draft: Draft, roots: tuple[str, ...], use: ModuleUse | None) -> Iterator[Question]:
        everything = self.learner.combinations.everything
        sides = Sides(everything, anywhere(self.learner.combinations, roots))
        if sides.present and sides.present != everything:
            spoken_of = of_module(use.key) if use else spoken_of_places(roots if draft.kind == "macro" else ())
            answer: Answer = self.learner.separate(sides, roots, use.name if use else "", spoken_of)
            yield Question(draft, None, "table", roots, (), sides, answer)
        elif draft.kind == "macro" and self.frames is not None:
            yield Question(draft, None, "table", roots, (), sides, self._in_frames(roots, None))
        if draft.kind == "macro":
            sides = self._shared(roots)
            found = self.learner.separate(sides, roots) if sides.carriers else None
            yield Question(draft, None, "shared", roots, (), sides, found)

    def _shared(self, roots: tuple[str, ...]) -> Sides:
        """Where a macro is shared by all frames, of where it stands; nothing where it is never shared, or always."""
        combinations = self.learner.combinations
        shared = anywhere(combinations, tuple(path for path in roots if sequence_of(path) == SHARED))
        per_frame = anywhere(combinations, tuple(path for path in roots if sequence_of(path) in OF_FRAMES))
        both = shared and per_frame
        return Sides(shared | per_frame, shared & ~per_frame, shared & per_frame) if both else Sides(0, 0)

    def _about_row(self, draft: Draft, row: Row, module: tuple[str, ...]) -> Iterator[Question]:
        places = places_of(draft, row)
        carriers = module if draft.kind == "module" and len(steps(row.path)) == 1 else ()
        if row.cells["Presence of Attribute"].text == CONDITIONAL:
            where = anywhere(self.learner.combinations, carriers) if carriers else None
            sides = self.learner.sides_of_attribute(places, where)
            answer = self._in_frames(places, self.learner.attribute(places, where))
            yield Question(draft, row, "attribute", places, carriers, sides, answer)
        if row.cells["Presence of Value"].text == CONDITIONAL:
            sides = self.learner.sides_of_value(places)
            answer = self._in_frames(places, self.learner.value(places), value=True)
            yield Question(draft, row, "value", places, (), sides, answer)

    def _in_frames(self, places: tuple[str, ...], answer: Answer, *, value: bool = False) -> Answer:
        """What frames tell of an attribute of functional groups where instances as a whole do not."""
        inner = tuple(dict.fromkeys(map(relative_path, places)))
        if self.frames is None or isinstance(answer, Condition) or not inner or inner == places:
            return answer
        found = self.frames.value(inner) if value else self.frames.attribute(inner)
        return FrameCondition(found) if isinstance(found, Condition) else answer or found


def agreed(asked: Sequence[tuple[str, Learner, list[Question]]]) -> list[list[Question]]:
    """The questions of each IOD, by its title, where another one's condition is better than its own.

    A product writes an attribute of a Module by one rule in all its IODs. So a condition that separates in two IODs goes before
    one that separates in one of them and is contradicted in the other, and before none.
    """
    groups: dict[tuple[str, str, str], list[tuple[str, Learner, Question]]] = {}
    for title, learner, questions in asked:
        for question in questions:
            groups.setdefault(question.key, []).append((title, learner, question))
    return [
        [replace(q, answer=_better(learner, q, groups[q.key])) for q in questions] for _, learner, questions in asked
    ]


def _better(learner: Learner, question: Question, group: Sequence[tuple[str, Learner, Question]]) -> Answer:
    own = question.answer
    if own is None or isinstance(own, FrameCondition) or question.sides.mixed & question.sides.carriers:
        return own
    for title, other, asked in sorted(group, key=lambda one: -_bits(one[2].answer)):
        condition = asked.answer
        if (
            other is not learner
            and isinstance(condition, Condition)
            and learner.holds(condition.literals, question.sides)
            and not (isinstance(own, Condition) and other.holds(own.literals, asked.sides))
        ):
            return learner.adopted(condition, question.sides, title, own)
    return own


def _bits(answer: Answer) -> float:
    return answer.bits if isinstance(answer, Condition) else 0.0


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
