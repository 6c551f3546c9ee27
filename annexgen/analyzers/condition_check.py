"""Where a condition holds in another corpus than the one that it was learned from, and where it is contradicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.analyzers.combinations import Combinations
    from annexgen.analyzers.condition_model import Condition, Literal


@dataclass(frozen=True, slots=True)
class Contradictions:
    """In how many instances an attribute is there although the condition does not hold, and the other way round."""

    present_without: int
    absent_with: int

    @property
    def none(self) -> bool:
        """Whether the condition holds."""
        return not self.present_without and not self.absent_with


def where(literal: Literal, combinations: Combinations) -> int:
    """The combinations in which a literal that speaks of a path holds."""
    if literal.relation == "present":
        return combinations.present(literal.path)
    if literal.relation == "absent":
        return combinations.everything & ~combinations.present(literal.path)
    mask = 0
    for text, having in combinations.values.get(literal.path, {}).items():
        parts = text.split("\\")
        if literal.relation == "contains":
            matches = literal.values[0] in parts
        elif literal.position:
            matches = len(parts) >= literal.position and parts[literal.position - 1] in literal.values
        else:
            matches = text in literal.values
        if matches:
            mask |= having
    return combinations.everything & ~mask if literal.relation == "is not" else mask


def contradictions(condition: Condition, combinations: Combinations, carriers: int, present: int) -> Contradictions:
    """What contradicts a condition for an attribute that stands in `present`, of the `carriers` where it could."""
    holds = carriers
    for literal in condition.literals:
        holds &= where(literal, combinations)
    return Contradictions(
        combinations.instances(present & carriers & ~holds), combinations.instances(holds & carriers & ~present)
    )
