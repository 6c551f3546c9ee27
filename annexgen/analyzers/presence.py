"""Presence of Attribute and Presence of Value of every path, with what it was counted over."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.profile.model import FULL_EMPTY, PARTIAL_EMPTY, PARTIAL_VALUE, SopClassProfile
from annexgen.profile.paths import parent

ALWAYS = "ALWAYS"
CONDITIONAL = "CONDITIONAL"
EMPTY = "EMPTY"
WEAK_STUDIES = 2


@dataclass(frozen=True, slots=True)
class Presence:
    """Counts of one path, in instances (docs/architecture.md, what is counted), and distinct origins among them."""

    carriers: int
    present: int
    partial: int
    with_value: int
    empty: int
    series: int
    studies: int
    patients: int
    devices: int

    @property
    def of_attribute(self) -> str:
        """ALWAYS when it stands wherever it could, else CONDITIONAL."""
        return ALWAYS if self.present == self.carriers else CONDITIONAL

    @property
    def of_value(self) -> str:
        """ALWAYS, EMPTY or CONDITIONAL over the instances that have the attribute."""
        having = self.present + self.partial
        return ALWAYS if self.with_value == having else EMPTY if self.empty == having else CONDITIONAL

    @property
    def weak(self) -> bool:
        """Whether the evidence comes from fewer than two studies."""
        return self.studies < WEAK_STUDIES


class _Counts:
    __slots__ = ("carriers", "empty", "origins", "partial", "present", "with_value")

    def __init__(self) -> None:
        self.carriers = self.present = self.partial = self.with_value = self.empty = 0
        self.origins: set[tuple[str, str, str, str]] = set()


def presence_of_paths(profile: SopClassProfile) -> dict[str, Presence]:
    """Presence of every element path and Content Item path of a SOP Class; carriers of a root path: all instances."""
    counts = {path: _Counts() for path in profile.paths}
    parents = {path: parent(path) if path.startswith("(") else _content_parent(path) for path in counts}
    children: dict[str, list[str]] = {}
    for path, outer in parents.items():
        children.setdefault(outer, []).append(path)
    for (shape, _), origins in profile.patterns.items():
        number = sum(origins.values())
        states = dict(shape)
        holding = [""]
        for path, state in shape:
            count = counts[path]
            if state < PARTIAL_VALUE:
                count.present += number
            else:
                count.partial += number
            if state in (0, PARTIAL_VALUE):
                count.with_value += number
            elif state in (FULL_EMPTY, PARTIAL_EMPTY):
                count.empty += number
            count.origins.update(origins)
            if path in children and (not path.startswith("(") or state not in (FULL_EMPTY, PARTIAL_EMPTY)):
                holding.append(path)
        holding.extend({p for s in states if "[" in s for p in _record_parents(s)})
        for outer in holding:
            for path in children.get(outer, ()):
                counts[path].carriers += number
    return {path: _presence(count) for path, count in counts.items()}


def _record_parents(path: str) -> list[str]:
    """Directory Records of one type have no element of their own: they are there when something in them is."""
    outer = parent(path)
    return [outer] if outer.endswith("]") else []


def _content_parent(path: str) -> str:
    return path.rpartition("/")[0]


def _presence(count: _Counts) -> Presence:
    return Presence(
        carriers=count.carriers,
        present=count.present,
        partial=count.partial,
        with_value=count.with_value,
        empty=count.empty,
        patients=len({o[0] for o in count.origins if o[0]}),
        studies=len({o[1] for o in count.origins}),
        series=len({o[2] for o in count.origins}),
        devices=len({o[3] for o in count.origins}),
    )
