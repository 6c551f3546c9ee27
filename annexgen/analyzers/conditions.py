"""Learns conditions: the simplest statement that separates the instances with an attribute from those without it.

Every statement is weighed like a message: naming the attribute costs the more bits the less plausible it is, naming its
values costs the more the more of them there are to choose from. A statement is believed when the evidence, counted in
series and not in instances, is worth more bits than the statement costs, and nothing contradicts it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import PATIENT, SERIES, Combinations, log2_choices
from annexgen.analyzers.condition_features import (
    PIXEL_ENCODING,
    PIXEL_ENCODING_ELSEWHERE,
    PREFERRED,
    Partition,
    neighbourhood_of,
    partitions_of,
    place_weight,
)
from annexgen.analyzers.condition_model import Condition, Literal, NotFound
from annexgen.analyzers.thresholds import Thresholds
from annexgen.profile.paths import standard_path, steps
from annexgen.standard.conditions import SpokenOf, of_attribute

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


RESIDUAL_VALUES = frozenset({"OTHER", "UNDEFINED", "UNKNOWN", "UNSPECIFIED"})
"""Values that stand for whatever has no value of its own."""

RESIDUAL_VALUE = 3.0
"""Bits that it costs more to name one of them: hardly anything is written because a value is OTHER."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One literal of a statement: the partition that it comes from, and what its values cost, in bits."""

    literal: Literal
    partition: Partition
    cost: float


@dataclass(frozen=True, slots=True)
class _Statement:
    """Parts that together hold in the combinations of `mask`."""

    parts: tuple[_Part, ...]
    mask: int

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(part.literal.path or part.literal.module for part in self.parts)

    @property
    def values(self) -> int:
        return sum(max(1, len(part.literal.values)) for part in self.parts)

    @property
    def tells_company(self) -> bool:
        """Whether it says only what else comes and goes with the attribute: that follows from the same, and explains less."""
        return len(self.parts) == 1 and self.parts[0].literal.relation == "present"

    def text(self) -> str:
        return " and ".join(part.literal.text() for part in self.parts)


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
        self._partitions = partitions_of(
            self.combinations, profile, modules(self.combinations) if modules is not None else None
        )
        self._covering_known: dict[tuple[int, int], list[_Statement]] = {}
        self._conjunctions_known: dict[tuple[int, int], list[_Statement]] = {}
        self._total_weight = _total_weight(self._partitions)
        neighbours: dict[str, list[Partition]] = {}
        for partition in self._partitions:
            if partition.neighbourhood:
                neighbours.setdefault(partition.neighbourhood, []).append(partition)
        self._local_weight = {name: _total_weight(members) for name, members in neighbours.items()}

    def attribute(self, places: tuple[str, ...], carriers: int | None = None) -> Condition | NotFound | None:
        """When an attribute stands where it could; None when it always does.

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
        present = _union(self.combinations.full.get(place, 0) for place in places) & ~lacking
        return self.separate(holders, present, mixed, places, spoken_of=spoken_of_places(places))

    def value(self, places: tuple[str, ...]) -> Condition | NotFound | None:
        """When an attribute that stands has a value; None when it always or never has."""
        carriers = _union(self.combinations.present(place) for place in places)
        with_value = _union(self.combinations.with_value.get(place, 0) for place in places)
        empty = _union(self.combinations.empty.get(place, 0) for place in places)
        mixed = carriers & ~(with_value ^ empty)
        if not with_value and not mixed:
            return None
        return self.separate(carriers, with_value, mixed, places, spoken_of=spoken_of_places(places))

    def separate(
        self,
        carriers: int,
        present: int,
        mixed: int,
        own: tuple[str, ...],
        module: str = "",
        spoken_of: frozenset[SpokenOf] = frozenset(),
    ) -> Condition | NotFound | None:
        """The condition that separates `present` from the rest of `carriers`.

        Nothing at or below the paths `own` may be named, nor the Module `module`, since that is what is explained. `spoken_of` is
        what conditions in PS3.3 about it speak of.
        """
        present &= carriers
        absent = carriers & ~present
        if mixed & carriers:
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
            key=lambda entry: (-round(entry[0], 6), len(entry[1].parts), entry[1].text()),
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
        if rival is not None and not _same_values(best, rival):
            return NotFound(f"more than one statement fits as well: {best.text()}; {rival.text()}")
        return Condition(
            tuple(part.literal for part in best.parts),
            self.combinations.instances(present),
            self.combinations.instances(absent),
            *series,
            margin,
            tuple(dict.fromkeys(one.text() for _, one in others))[: self.thresholds.condition_runners_up],
        )

    def _evidence(self, one: int, other: int, level: int) -> tuple[int, int]:
        return self.combinations.evidence(one, other, self.thresholds.condition_within_series, level)

    def _level(self, path: str) -> int:
        """The level at which what stands in a path is observed: that of the root attribute it belongs to."""
        return self._levels.get(standard_path((steps(path)[0].tag,)), SERIES) if steps(path) else SERIES

    def _level_of(self, statement: _Statement) -> int:
        return max(self._level(part.literal.path) for part in statement.parts)

    def _cost(self, statement: _Statement, path: str, spoken_of: frozenset[SpokenOf] = frozenset()) -> float:
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
                named = min(named, math.log2(len(spoken_of)) + away)
            total += named + part.cost
        return total

    def _statements(self, carriers: int, present: int, own: tuple[str, ...], module: str) -> list[_Statement]:
        """All statements that hold exactly and may explain `own`; conjunctions only where no single one does."""
        key = (carriers, present)
        if key not in self._covering_known:
            self._covering_known[key] = self._covering(carriers, present)
        covering = self._covering_known[key]
        exact = [s for s in covering if s.mask == present and _may_explain(s, own, module)]
        if exact:
            return exact
        if key not in self._conjunctions_known:
            self._conjunctions_known[key] = self._conjunctions(covering, present)
        return [s for s in self._conjunctions_known[key] if _may_explain(s, own, module)]

    def _covering(self, carriers: int, present: int) -> list[_Statement]:
        """The statements that hold wherever the attribute stands, and not everywhere."""
        found: list[_Statement] = []
        for partition in self._partitions:
            for literal, where, cost in self._literals(partition, carriers, present):
                mask = where & carriers
                if mask & present == present and mask != carriers:
                    found.append(_Statement((_Part(literal, partition, cost),), mask))
        return found

    def _literals(self, partition: Partition, carriers: int, present: int) -> list[tuple[Literal, int, float]]:
        """What a partition can say: its literals with the combinations where they hold and the cost of their values."""
        path, position, module = partition.path, partition.position, partition.module
        if partition.kind == "presence":
            mask = partition.masks[""]
            return [
                (Literal(path, "present", module=module), mask, 1.0),
                (Literal(path, "absent", module=module), ~mask, 2.0),
            ]
        if partition.kind == "contains":
            return [
                (Literal(path, "contains", (value,)), mask, 1.0 + _residual((value,)))
                for value, mask in partition.masks.items()
            ]
        here = {value: mask & carriers for value, mask in partition.masks.items() if mask & carriers}
        chosen = tuple(sorted(value for value, mask in here.items() if mask & present))
        rest = tuple(sorted(here.keys() - set(chosen)))
        limit = 1 if partition.one_value else self.thresholds.condition_values
        everywhere = _union(here.values())
        found = []
        if (
            0 < len(chosen) <= limit
            and _nameable(chosen)
            and (rest or everywhere != self.combinations.present(path) & carriers)
        ):
            cost = log2_choices(len(here), len(chosen)) + len(chosen) - 1 + _residual(chosen)
            found.append((Literal(path, "is", chosen, position), _union(here[v] for v in chosen), cost))
        lacking = everywhere != carriers  # what lacks the attribute has no such value either
        if 0 < len(rest) < len(chosen) + lacking and len(rest) <= limit and _nameable(rest):
            cost = log2_choices(len(here), len(rest)) + len(rest) + lacking + _residual(rest)
            found.append((Literal(path, "is not", rest, position), carriers & ~_union(here[v] for v in rest), cost))
        return found

    def _conjunctions(self, covering: list[_Statement], present: int) -> list[_Statement]:
        """Two statements that together hold exactly, each of which fails alone often enough, and that name few values."""
        cheapest: dict[int, list[_Statement]] = {}
        for statement in sorted(covering, key=lambda s: (self._cost(s, ""), s.text())):
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
                    found.append(_Statement(first.parts + second.parts, present))
        return found


def _same_values(one: _Statement, other: _Statement) -> bool:
    """Whether two statements name the same values, as Image Type and Frame Type do: then either tells the same."""
    return all(
        {part.literal.values for part in first.parts} <= {part.literal.values for part in second.parts}
        for first, second in ((one, other), (other, one))
    )


def _nameable(values: tuple[str, ...]) -> bool:
    """Whether a condition may say that an attribute is (or is not) these: not that it is several Values one after the other."""
    return all(value and "\\" not in value for value in values)


def _residual(values: tuple[str, ...]) -> float:
    """Bits that it takes more to name values that only say that none of the others applies."""
    return RESIDUAL_VALUE if RESIDUAL_VALUES & set(values) else 0.0


def spoken_of_places(places: tuple[str, ...]) -> frozenset[SpokenOf]:
    """What conditions in PS3.3 about the attribute of these places speak of."""
    last = steps(places[0])[-1:] if places else ()
    return of_attribute(last[0].tag) if last and not last[0].private else frozenset()


def _total_weight(partitions: list[Partition]) -> float:
    """The weight of all that divides differently: what always comes together is one explanation, not several."""
    distinct: dict[frozenset[int], float] = {}
    for partition in partitions:
        key = frozenset(partition.masks.values())
        distinct[key] = max(distinct.get(key, 0.0), partition.weight)
    return sum(distinct.values()) or 1.0


def _may_explain(statement: _Statement, own: tuple[str, ...], module: str) -> bool:
    """Whether a statement explains the paths `own` (or the Module): it does not speak of them or of what stands in them.

    Of attributes that always come together the first one explains the others, never the other way round, and a private
    one never explains a standard one by its presence.
    """
    blocks = {neighbourhood_of(path) for path in own if steps(path) and steps(path)[-1].is_creator}
    for part in statement.parts:
        named = part.literal.path
        if not named:
            if part.literal.module == module:
                return False
            continue
        if any(named == path or named.startswith(f"{path}/") for path in own) or neighbourhood_of(named) in blocks:
            return False
        if part.literal.relation == "present" and own:
            first = min(map(_rank, own))
            if (_rank(named) > first) if len(statement.parts) == 1 else (_rank(named)[0] > first[0]):
                return False
    return True


def _rank(path: str) -> tuple[bool, int, str]:
    parts = steps(path)
    return any(step.private for step in parts), len(parts), path


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
