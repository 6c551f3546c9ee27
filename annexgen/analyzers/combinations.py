"""What stands together with what: presence and values of a SOP Class as sets of distinct combinations.

A set of combinations is an integer with one bit for each distinct combination of presence and low-cardinality values
that the profile holds; so "present exactly when" is one comparison, whatever the number of instances.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

from annexgen.profile.model import FULL_EMPTY, FULL_VALUE, PARTIAL_EMPTY, PARTIAL_VALUE
from annexgen.profile.paths import parent, steps
from annexgen.profile.privacy import is_withheld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.profile.model import SopClassProfile

SERIES, STUDY, PATIENT = range(3)
"""The levels at which observations are independent of each other."""


class Combinations:
    """The distinct combinations of one SOP Class; every mask has one bit for each."""

    def __init__(self, profile: SopClassProfile) -> None:
        self.full: dict[str, int] = {}
        self.partial: dict[str, int] = {}
        self.with_value: dict[str, int] = {}
        self.empty: dict[str, int] = {}
        self.values: dict[str, dict[str, int]] = {}
        self._instances: list[int] = []
        self._by_series: list[dict[int, int]] = []
        self._studies: list[int] = []
        self._origins: list[tuple[str, str]] = []
        series: dict[tuple[str, str], int] = {}
        studies: dict[str, int] = {}
        # Nothing is said by the values of a path some of which may not be printed.
        pairs = {pair for _, discriminators in profile.patterns for pair in discriminators}
        withheld = {path for path, value in pairs if is_withheld(profile.paths[path], value)}
        for number, ((shape, discriminators), origins) in enumerate(sorted(profile.patterns.items())):
            bit = 1 << number
            for path, state in shape:
                masks = self.full if state < PARTIAL_VALUE else self.partial
                masks[path] = masks.get(path, 0) | bit
                if state in (FULL_VALUE, PARTIAL_VALUE):
                    self.with_value[path] = self.with_value.get(path, 0) | bit
                elif state in (FULL_EMPTY, PARTIAL_EMPTY):
                    self.empty[path] = self.empty.get(path, 0) | bit
            for path, value in discriminators:
                if path in withheld:
                    continue
                known = self.values.setdefault(path, {})
                known[value] = known.get(value, 0) | bit
            self._instances.append(sum(origins.values()))
            by_series: dict[int, int] = {}
            for origin, count in origins.items():
                index = series.setdefault((origin[1], origin[2]), len(series))
                if index == len(self._origins):
                    self._origins.append((origin[0] or origin[1], origin[1]))
                by_series[index] = by_series.get(index, 0) + count
            self._by_series.append(by_series)
            self._studies.append(sum({1 << studies.setdefault(o[1], len(studies)) for o in origins}))
        self.everything = (1 << len(self._instances)) - 1

    def present(self, path: str) -> int:
        """Where the path stands, in every item or in some."""
        return self.full.get(path, 0) | self.partial.get(path, 0)

    def holders(self, path: str) -> int:
        """Where the path could stand: its Sequence has items, its private block is reserved; else everywhere."""
        if not path.startswith("("):
            outer = path.rpartition("/")[0]
            return self.present(outer) if outer else self.everything
        outer = parent(path)
        last = steps(path)[-1]
        if last.private and not last.is_creator:
            creator = f"{outer}/" * bool(outer) + f'({last.group:04X},00xx,"{last.creator}")'
            reserved = self.present(creator)
            if reserved and not self.present(path) & ~reserved:
                return reserved
        if not outer:
            return self.everything
        if outer.endswith("]"):
            return self._records.get(outer, 0)
        return self.present(outer) & ~self.empty.get(outer, 0)

    @cached_property
    def _records(self) -> dict[str, int]:
        masks: dict[str, int] = {}
        for path in {*self.full, *self.partial}:
            outer = parent(path)
            if outer.endswith("]"):
                masks[outer] = masks.get(outer, 0) | self.present(path)
        return masks

    def instances(self, mask: int) -> int:
        """Number of instances."""
        return sum(self._instances[n] for n in bits(mask))

    def series(self, mask: int) -> int:
        """Number of distinct series."""
        return len(self._per_series(mask))

    def studies(self, mask: int) -> int:
        """Number of distinct studies."""
        union = 0
        for number in bits(mask):
            union |= self._studies[number]
        return union.bit_count()

    def evidence(self, one: int, other: int, within_series: int, level: int = SERIES) -> tuple[int, int]:
        """How much two disjoint sets weigh against each other: independent observations on either side (see `Thresholds`).

        `level` says whether each `SERIES` is one observation, or each `STUDY` or `PATIENT` all of whose series are on one side.
        """
        sides = self._per_series(one), self._per_series(other)
        groups: dict[str, dict[str, set[int]]] = {}
        for number in (*sides[0], *sides[1]):
            patient, study = self._origins[number]
            groups.setdefault(patient if level == PATIENT else study, {}).setdefault(study, set()).add(number)
        total = [0, 0]
        for studies in groups.values():
            _count(list(studies.values()), sides, within_series, level, total)
        return total[0], total[1]

    def _per_series(self, mask: int) -> dict[int, int]:
        total: dict[int, int] = {}
        for number in bits(mask):
            for series, count in self._by_series[number].items():
                total[series] = total.get(series, 0) + count
        return total


def _count(
    studies: list[set[int]],
    sides: tuple[dict[int, int], dict[int, int]],
    within_series: int,
    level: int,
    total: list[int],
) -> None:
    """Add the observations of one patient or study, whose series come by study, to the total on either side."""
    if level != SERIES:
        for number in (0, 1):
            if not any(series in sides[1 - number] for study in studies for series in study):
                total[number] += 1
                return
    for study in studies:
        if len(studies) > 1:
            _count([study], sides, within_series, level, total)
            continue
        for series in study:
            counts = sides[0].get(series, 0), sides[1].get(series, 0)
            for number in (0, 1):
                total[number] += min(counts[number], within_series) if all(counts) else bool(counts[number])


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def log2_choices(total: int, chosen: int) -> float:
    """The number of ways to choose `chosen` out of `total`, in bits."""
    if not 0 <= chosen <= total:
        return 0.0
    return (math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)) / math.log(2)
