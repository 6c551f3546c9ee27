"""Learns conditions: the simplest statement that separates the instances with an attribute from those without it.

Every statement is weighed like a message: naming the attribute costs the more bits the less plausible it is, naming its
values costs the more the more of them there are to choose from. A statement is believed when the evidence, counted in
series and not in instances, is worth more bits than the statement costs, and nothing contradicts it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import PATIENT, SERIES, Combinations, log2_choices
from annexgen.analyzers.condition_check import where
from annexgen.analyzers.condition_features import (
    PIXEL_ENCODING,
    PIXEL_ENCODING_ELSEWHERE,
    PREFERRED,
    Partition,
    neighbourhood_of,
    partitions_of,
    place_weight,
    total_weight,
)
from annexgen.analyzers.condition_model import Condition, Literal, NotFound
from annexgen.analyzers.condition_statements import (
    Part,
    Statement,
    literals_of,
    may_explain,
    same_values,
    spoken_of_places,
    union,
)
from annexgen.analyzers.thresholds import Thresholds
from annexgen.profile.paths import standard_path, steps
from annexgen.standard.condition_attributes import SpokenOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from annexgen.profile.model import SopClassProfile

CONJUNCTION_VALUES = 3
"""How many values a conjunction may name: two lists of values together fit nearly everything."""

CONJUNCTION_PARTS = 160
"""How many statements take part in the search for conjunctions: the cheapest that hold wherever the attribute stands."""

NEIGHBOUR = 0.5
"""Bits that it takes to say that an attribute stands beside the one that is explained."""

LEAST_NEIGHBOURHOOD = 12.0
"""Weight that the neighbourhood in a Sequence has at least for an attribute of which no condition in PS3.3 speaks: that of a
code string of which one does. So it is not cheap for having few others beside it."""

PRIVATE_NEIGHBOUR = 3.0
"""Bits that an attribute of the same private block costs more than one of the same standard Sequence: a condition should
rather speak of what every receiver knows."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What is to be separated, as combinations: `present` of the `carriers`; `mixed` has both sides inside of an instance."""

    carriers: int
    present: int
    mixed: int = 0


class Learner:
    """Learns the conditions of one SOP Class.

    `modules` answers, for the combinations, where each Module that conditions may speak of is present. `levels` holds the root
    paths that describe the study or the patient (`combinations.STUDY`, `PATIENT`): what they say is observed once for each.
    """

    def __init__(
        self,
        profile: SopClassProfile,
        modules: Callable[[Combinations], dict[str, int]] | None = None,
        thresholds: Thresholds | None = None,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        self._levels = levels or {}
        self.combinations = Combinations(profile)
        self.thresholds = thresholds or Thresholds()
        self._modules = modules(self.combinations) if modules is not None else {}
        self._partitions = partitions_of(self.combinations, profile, self._modules)
        self._covering_known: dict[tuple[int, int], list[Statement]] = {}
        self._conjunctions_known: dict[tuple[int, int], list[Statement]] = {}
        self._literal_text: Callable[[Literal], str] = functools.cache(Literal.text)
        self._total_weight = total_weight(self._partitions)
        neighbours: dict[str, list[Partition]] = {}
        for partition in self._partitions:
            if partition.neighbourhood:
                neighbours.setdefault(partition.neighbourhood, []).append(partition)
        self._local_weight = {name: total_weight(members) for name, members in neighbours.items()}

    def attribute(self, places: tuple[str, ...], carriers: int | None = None) -> Condition | NotFound | None:
        """When an attribute stands where it could; None when it always does (see `sides_of_attribute`)."""
        return self.separate(self.sides_of_attribute(places, carriers), places, spoken_of=spoken_of_places(places))

    def value(self, places: tuple[str, ...]) -> Condition | NotFound | None:
        """When an attribute that stands has a value; None when it always or never has."""
        return self.separate(self.sides_of_value(places), places, spoken_of=spoken_of_places(places))

    def sides_of_attribute(self, places: tuple[str, ...], carriers: int | None = None) -> Sides:
        """Where an attribute could stand and where it does.

        `places` are the element paths that one row stands for (an attribute of a functional group may be shared or per frame);
        `carriers` where it could stand, where that is not plain from the paths: the instances with its Module. A path that
        stands in some items only of an instance depends on the item, which the combinations do not hold.
        """
        holders = lacking = mixed = 0
        for place in places:
            could = self.combinations.holders(place) if carriers is None else carriers
            holders |= could
            mixed |= self.combinations.partial.get(place, 0)
            lacking |= could & ~self.combinations.present(place)
        return Sides(holders, union(self.combinations.full.get(place, 0) for place in places) & ~lacking, mixed)

    def sides_of_value(self, places: tuple[str, ...]) -> Sides:
        """Where an attribute stands and where it has a value."""
        carriers = union(self.combinations.present(place) for place in places)
        with_value = union(self.combinations.with_value.get(place, 0) for place in places)
        empty = union(self.combinations.empty.get(place, 0) for place in places)
        return Sides(carriers, with_value, carriers & ~(with_value ^ empty))

    def holds(self, literals: Iterable[Literal], sides: Sides) -> bool:
        """Whether a statement separates the two sides exactly."""
        mask = sides.carriers
        for literal in literals:
            if literal.module:
                there = self._modules.get(literal.module, 0)
                mask &= there if literal.relation == "present" else ~there
            else:
                mask &= where(literal, self.combinations)
        return mask == sides.present & sides.carriers

    def adopted(self, condition: Condition, sides: Sides, learned_from: str, own: Condition | NotFound) -> Condition:
        """A condition of another IOD, which separates here too, with the evidence that there is here."""
        present = sides.present & sides.carriers
        absent = sides.carriers & ~present
        others = (own.text(), *own.runners_up) if isinstance(own, Condition) else ()
        return Condition(
            condition.literals,
            self.combinations.instances(present),
            self.combinations.instances(absent),
            self.combinations.series(present),
            self.combinations.series(absent),
            condition.bits,
            others[: self.thresholds.condition_runners_up],
            learned_from,
        )

    def separate(
        self,
        sides: Sides,
        own: tuple[str, ...],
        module: str = "",
        spoken_of: frozenset[SpokenOf] = frozenset(),
    ) -> Condition | NotFound | None:
        """The condition that separates one side from the other; None where there is only one.

        Nothing at or below the paths `own` may be named, nor the Module `module`, since that is what is explained. `spoken_of` is
        what conditions in PS3.3 about it speak of.
        """
        carriers, present = sides.carriers, sides.present & sides.carriers
        absent = carriers & ~present
        if sides.mixed & carriers:
            return NotFound("it depends on the item within an instance")
        if not present or not absent:
            return None
        own_level = max((self._level(path) for path in own), default=SERIES)
        series = self.combinations.series(present), self.combinations.series(absent)
        if min(self._evidence(present, absent, own_level)) < self.thresholds.condition_evidence:
            return NotFound(f"too few series to tell: {series[0]} with it, {series[1]} without it")
        evidence = {}
        for level in range(own_level, PATIENT + 1):
            having, lacking = self._evidence(present, absent, level)
            evidence[level] = log2_choices(having + lacking, having)
        holding = sorted(
            (
                (
                    evidence[max(own_level, self._level_of(statement))]
                    - self._cost(statement, own[0] if own else "", spoken_of),
                    statement,
                )
                for statement in self._statements(carriers, present, own, module)
            ),
            key=lambda entry: (-round(entry[0], 6), len(entry[1].parts), entry[1].text(self._literal_text)),
        )
        if not holding:
            return NotFound("condition not found in this corpus")
        lead = self.thresholds.condition_lead
        margin, best = holding[0]
        if margin < self.thresholds.condition_margin:
            return NotFound(f"not enough series to be sure; it would fit that {best.text()}")
        if best.tells_company:
            least = max(margin - lead, self.thresholds.condition_margin)
            margin, best = next((e for e in holding if e[0] > least and not e[1].tells_company), holding[0])
        others = [
            (worth, statement)
            for worth, statement in holding
            if len(statement.parts) == len(best.parts) and statement.paths != best.paths
        ]
        rivals = (one for worth, one in others if margin - worth < lead and one.tells_company <= best.tells_company)
        rival = next(rivals, None)
        if rival is not None and not same_values(best, rival):
            return NotFound(f"more than one statement fits as well: {best.text()}; {rival.text()}")
        return Condition(
            tuple(part.literal for part in best.parts),
            self.combinations.instances(present),
            self.combinations.instances(absent),
            *series,
            margin,
            tuple(dict.fromkeys(one.text(self._literal_text) for _, one in others))[
                : self.thresholds.condition_runners_up
            ],
        )

    def _evidence(self, one: int, other: int, level: int) -> tuple[int, int]:
        return self.combinations.evidence(one, other, self.thresholds.condition_within_series, level)

    def _level(self, path: str) -> int:
        """The level at which what stands in a path is observed: that of the root attribute it belongs to."""
        return self._levels.get(standard_path((steps(path)[0].tag,)), SERIES) if steps(path) else SERIES

    def _level_of(self, statement: Statement) -> int:
        return max(self._level(part.literal.path) for part in statement.parts)

    def _cost(self, statement: Statement, path: str, spoken_of: frozenset[SpokenOf] = frozenset()) -> float:
        """Bits that the statement takes; cheap to name are neighbours of the attribute, and what PS3.3 says decides about it."""
        here = "" if path and steps(path) and steps(path)[-1].is_creator else neighbourhood_of(path)
        total = len(statement.parts) - 1.0
        for part in statement.parts:
            named = math.log2(self._total_weight / part.partition.weight)
            if here and part.partition.neighbourhood == here:
                beside = self._local_weight[here]
                if ":" not in here and part.partition.tag not in PREFERRED:
                    beside = max(beside, LEAST_NEIGHBOURHOOD)
                local = NEIGHBOUR + math.log2(beside / part.partition.weight)
                named = min(named, local + PRIVATE_NEIGHBOUR if ":" in here else local)
            if path and part.partition.kind == "value" and part.partition.tag in PIXEL_ENCODING:
                named -= math.log2(PIXEL_ENCODING_ELSEWHERE) * (steps(path)[-1].group == 0x0028)
            if SpokenOf(part.partition.tag, part.partition.position) in spoken_of:
                away = 0.0 if part.partition.neighbourhood == here else -math.log2(place_weight(part.partition.path))
                named = min(named, away)
            total += named + part.cost
        return total

    def _statements(self, carriers: int, present: int, own: tuple[str, ...], module: str) -> list[Statement]:
        """All statements that hold exactly and may explain `own`; conjunctions only where no single one does."""
        key = (carriers, present)
        if key not in self._covering_known:
            self._covering_known[key] = self._covering(carriers, present)
        covering = self._covering_known[key]
        exact = [s for s in covering if s.mask == present and may_explain(s, own, module)]
        if exact:
            return exact
        if key not in self._conjunctions_known:
            self._conjunctions_known[key] = self._conjunctions(covering, present)
        return [s for s in self._conjunctions_known[key] if may_explain(s, own, module)]

    def _covering(self, carriers: int, present: int) -> list[Statement]:
        """The statements that hold wherever the attribute stands, and not everywhere."""
        found: list[Statement] = []
        most = self.thresholds.condition_values
        for partition in self._partitions:
            for literal, holding, cost in literals_of(partition, carriers, present, self.combinations, most):
                mask = holding & carriers
                if mask & present == present and mask != carriers:
                    found.append(Statement((Part(literal, partition, cost),), mask))
        return found

    def _conjunctions(self, covering: list[Statement], present: int) -> list[Statement]:
        """Two statements that together hold exactly, each of which fails alone often enough, and that name few values."""
        cheapest: dict[int, list[Statement]] = {}
        for statement in sorted(covering, key=lambda s: (self._cost(s, ""), s.text(self._literal_text))):
            same = cheapest.setdefault(statement.mask, [])
            # Of those that hold in the same place the first two that speak of different attributes: a rival is not hidden.
            if not same or (len(same) == 1 and not same[0].paths & statement.paths):
                same.append(statement)
        parts = [statement for same in list(cheapest.values())[:CONJUNCTION_PARTS] for statement in same]
        least = self.thresholds.condition_evidence
        found = []
        for number, first in enumerate(parts):
            for second in parts[number + 1 :]:
                if (
                    first.mask & second.mask == present
                    and first.values + second.values <= CONJUNCTION_VALUES
                    and all(
                        self._evidence(one.mask & ~present, present, self._level_of(other))[0] >= least
                        for one, other in ((first, second), (second, first))
                    )
                ):
                    found.append(Statement(first.parts + second.parts, present))
        return found
