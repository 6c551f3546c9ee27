"""Statements that a condition may make: what partitions can say, what naming values costs, and what may explain what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import log2_choices
from annexgen.analyzers.condition_features import has_positions, neighbourhood_of
from annexgen.analyzers.condition_model import Literal
from annexgen.profile.paths import steps
from annexgen.standard.condition_attributes import SpokenOf, of_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from annexgen.analyzers.combinations import Combinations
    from annexgen.analyzers.condition_features import Partition

RESIDUAL_VALUES = frozenset({"OTHER", "UNDEFINED", "UNKNOWN", "UNSPECIFIED"})
"""Values that stand for whatever has no value of its own."""

RESIDUAL_VALUE = 3.0
"""Bits that it costs more to name one of them: hardly anything is written because a value is OTHER."""


@dataclass(frozen=True, slots=True)
class Part:
    """One literal of a statement: the partition that it comes from, and what its values cost, in bits."""

    literal: Literal
    partition: Partition
    cost: float


@dataclass(frozen=True, slots=True)
class Statement:
    """Parts that together hold in the combinations of `mask`."""

    parts: tuple[Part, ...]
    mask: int

    @property
    def paths(self) -> frozenset[str]:
        """What it speaks of: paths, and names of Modules."""
        return frozenset(part.literal.path or part.literal.module for part in self.parts)

    @property
    def values(self) -> int:
        """How many values it names, presence counting as one."""
        return sum(max(1, len(part.literal.values)) for part in self.parts)

    @property
    def tells_company(self) -> bool:
        """Whether it says only what else comes and goes with the attribute: that follows from the same, and explains less."""
        return len(self.parts) == 1 and self.parts[0].literal.relation == "present"

    def text(self, of_literal: Callable[[Literal], str] = Literal.text) -> str:
        """The statement in words; `of_literal` says a literal, for who remembers what it said."""
        return " and ".join(of_literal(part.literal) for part in self.parts)


def literals_of(
    partition: Partition, carriers: int, present: int, combinations: Combinations, most_values: int
) -> list[tuple[Literal, int, float]]:
    """What a partition can say of an attribute: its literals with the combinations where they hold and the cost of their values."""
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
    limit = 1 if partition.one_value else most_values
    everywhere = union(here.values())
    found = []
    divides = rest or everywhere != combinations.present(path) & carriers
    if 0 < len(chosen) <= limit and _nameable(path, chosen) and divides:
        cost = log2_choices(len(here), len(chosen)) + len(chosen) - 1 + _residual(chosen)
        found.append((Literal(path, "is", chosen, position), union(here[v] for v in chosen), cost))
    lacking = everywhere != carriers  # what lacks the attribute has no such value either
    if 0 < len(rest) < len(chosen) + lacking and len(rest) <= limit and _nameable(path, rest):
        cost = log2_choices(len(here), len(rest)) + len(rest) + lacking + _residual(rest)
        found.append((Literal(path, "is not", rest, position), carriers & ~union(here[v] for v in rest), cost))
    return found


def _nameable(path: str, values: tuple[str, ...]) -> bool:
    """Whether a condition may say that an attribute is (or is not) these.

    Not that it is several Values one after the other, except for Image Type and Frame Type, which together say what an image is.
    """
    return all(value and ("\\" not in value or has_positions(path)) for value in values)


def _residual(values: tuple[str, ...]) -> float:
    """Bits that it takes more to name values that only say that none of the others applies."""
    return RESIDUAL_VALUE if RESIDUAL_VALUES & set(values) else 0.0


def same_values(one: Statement, other: Statement) -> bool:
    """Whether two statements name the same values, as Image Type and Frame Type do: then either tells the same."""
    return all(
        {part.literal.values for part in first.parts} <= {part.literal.values for part in second.parts}
        for first, second in ((one, other), (other, one))
    )


def spoken_of_places(places: tuple[str, ...]) -> frozenset[SpokenOf]:
    """What conditions in PS3.3 about the attribute of these places speak of."""
    last = steps(places[0])[-1:] if places else ()
    return of_attribute(last[0].tag) if last and not last[0].private else frozenset()


def may_explain(statement: Statement, own: tuple[str, ...], module: str) -> bool:
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


def union(masks: Iterable[int]) -> int:
    """All that one of the masks has."""
    found = 0
    for mask in masks:
        found |= mask
    return found
