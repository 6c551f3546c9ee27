"""In how many independent places each value was seen: series, or patients where a value varies inside an instance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.profile.model import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from annexgen.profile.model import PathStatistics, SopClassProfile


@dataclass(frozen=True, slots=True)
class Support:
    """The units in which any value of a path was seen, and those of each value; `unit` is "series" or "patients"."""

    unit: str
    units: frozenset[object]
    seen: dict[str, frozenset[object]]

    def by_term(self) -> Support:
        """The same for each of several values at once."""
        return self._split(lambda terms: terms)

    def at(self, position: int) -> Support:
        """The same for the Value at a position (0 for the first)."""
        return self._split(lambda terms: terms[position : position + 1])

    def _split(self, chosen: Callable[[list[str]], list[str]]) -> Support:
        found: dict[str, set[object]] = defaultdict(set)
        for value, units in self.seen.items():
            for term in chosen(value.split("\\")):
                found[term] |= units
        return Support(self.unit, self.units, {term: frozenset(units) for term, units in found.items()})


def series_of_values(profile: SopClassProfile) -> dict[str, dict[str, set[int]]]:
    """The series in which a path has a value, for all paths that take part in the combinations of a SOP Class."""
    numbers: dict[tuple[str, str], int] = {}
    found: dict[str, dict[str, set[int]]] = {}
    for (_, discriminators), origins in profile.patterns.items():
        series = {numbers.setdefault((origin[1], origin[2]), len(numbers)) for origin in origins}
        for path, value in discriminators:
            found.setdefault(path, {}).setdefault(value, set()).update(series)
    return found


def support_of(
    statistics: PathStatistics, places: Iterable[str], series: dict[str, dict[str, set[int]]], patients: int
) -> Support:
    """The support of the values of one row.

    A value that differs inside an instance takes part in no combination; patients are then the units, of whom the profile
    remembers two for each value.

    Arguments:
        places: the element paths that the row stands for.
        series: from `series_of_values`.
        patients: number of patients whose instances have the attribute.
    """
    values = [value[1:] for value in statistics.values if value[0] == PLAIN]
    seen: dict[str, set[object]] = defaultdict(set)
    for place in places:
        for value, numbers in series.get(place, {}).items():
            seen[value] |= numbers
    if all(value in seen for value in values):
        units = frozenset[object]().union(*seen.values())
        return Support("series", units, {value: frozenset(numbers) for value, numbers in seen.items()})
    by_patient = {v[1:]: frozenset[object](count.patients) for v, count in statistics.values.items() if v[0] == PLAIN}
    return Support("patients", frozenset(range(patients)), by_patient)
