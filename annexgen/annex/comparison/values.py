"""How the values of one attribute differ between two annexes: further values, lost values, a range that grew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.annex.comparison.facts import Fact

_RANGE = re.compile(r"\[(\S+) \.\.\. (\S+)\]")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ValueChange:
    """`added` and `removed` values; `numbers` when only a range of numbers moved; `text` says it in words."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    numbers: bool = False
    text: str = ""


def value_change(old: Fact, new: Fact, column: str) -> ValueChange | None:
    """The difference between two Value cells; None where there is none."""
    before, after = old.cells.get(column, ""), new.cells.get(column, "")
    if before == after and old.values == new.values:
        return None
    first, second = _span(old, before), _span(new, after)
    if first is not None and second is not None and (_RANGE.fullmatch(before) or _RANGE.fullmatch(after)):
        if first == second:
            return None
        grown = [
            word for word, outside in (("lower", second[0] < first[0]), ("higher", second[1] > first[1])) if outside
        ]
        said = f"numbers {' and '.join(grown)} than before" if grown else "a smaller range of numbers"
        return ValueChange(numbers=True, text=said)
    if old.values or new.values:
        return _lists(old.values, new.values)
    if bool(before) != bool(after):
        return ValueChange(text="values are stated now" if after else "values are no longer stated")
    return ValueChange(text="other values")


def _lists(old: frozenset[str], new: frozenset[str]) -> ValueChange | None:
    added, removed = tuple(sorted(new - old)), tuple(sorted(old - new))
    if not added and not removed:
        return None
    if not old or not new:
        return ValueChange(text="values are listed now" if new else "values are no longer listed")
    parts = [f"new: {_listed(added)}" if added else "", f"no longer: {_listed(removed)}" if removed else ""]
    return ValueChange(added, removed, text="; ".join(filter(None, parts)))


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:_SHOWN])
    return f"{shown} and {len(values) - _SHOWN} more" if len(values) > _SHOWN else shown


def _span(fact: Fact, text: str) -> tuple[float, float] | None:
    """The numbers that a cell allows: a range, one number, or a list of numbers."""
    found = _RANGE.fullmatch(text)
    if found:
        return float(found[1]), float(found[2])
    pieces = fact.values or frozenset(text.removeprefix("e.g. ").split("; "))
    if not pieces or not all(_NUMBER.fullmatch(piece) for piece in pieces):
        return None
    numbers = [float(piece) for piece in pieces]
    return min(numbers), max(numbers)
