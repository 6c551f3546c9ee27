"""Whether a corpus can decide a condition: by what is true of the product, not by what the learner can do.

A *statement* says of an attribute that it is present or absent, that it is (or is not) one of some values, or that it contains a
value; or two such together. Its *size* is the number of values that it names, presence counting as one. It is *true* when it
separates in the universe: many more instances that the product writes by the same rules. The corpus can decide a question when

- a true statement exists, of at most two parts;
- no statement as simple as the simplest true one, or simpler, separates in the corpus without being true;
- chance would hardly let one do so: of all ways in which the independent observations of the corpus could have been divided, the
  statements as simple as the true one account for less than `CHANCE`. Observations are patients all of whose instances are on one side,
  else such studies, else series.

Statements speak of attributes of the root and of private blocks there, as conditions in documents do; of values only when they are code
strings or codes that may be printed (the privacy rule hides free text and what PS3.15 Table E.1-1 treats): never of UIDs, dates, times,
numbers, names, or what has more than `DISTINCT` values. What always comes together with the attribute in question is no
explanation of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from annexgen.profile.paths import steps
from annexgen.profile.privacy import Privacy, code_privacy, privacy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planned import PlannedInstances

CHANCE = 0.001
SERIES = 4
PATIENTS = 2
DISTINCT = 24
VALUES = 4
SOURCE_VALUES = 2
"""Distinct values without which a copied value cannot be told from one that is the same everywhere."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One part: where it holds in the corpus and in the universe."""

    size: int
    corpus: int
    universe: int


@dataclass(frozen=True, slots=True)
class Question:
    """Where an attribute could stand and where it stands, in the corpus and in the universe; `own` are its paths."""

    corpus: tuple[int, int]
    universe: tuple[int, int]
    own: tuple[str, ...]


def can_decide(question: Question, corpus: PlannedInstances, universe: PlannedInstances) -> bool:
    """Whether the corpus can decide the question (see above)."""
    (carriers, present), (all_carriers, all_present) = question.corpus, question.universe
    if not all_present or all_present == all_carriers or not present or present == carriers:
        return False
    with_it, without = corpus.observations(present, carriers & ~present)
    ways = math.log(math.comb(with_it + without, with_it))
    said = _number_of_statements(corpus)
    parts = [
        Statement(one.size, one.corpus & carriers, one.universe & all_carriers)
        for one in _statements(question, corpus, universe)
    ]
    exact = [one for one in parts if one.corpus == present]
    true = min((one.size for one in exact if one.universe == all_present), default=0)
    if true:
        return _unlikely(ways, said, true) and all(one.size > true for one in exact if one.universe != all_present)
    if exact:
        return False
    covering = [one for one in parts if one.corpus & present == present and one.corpus != carriers]
    pairs = [
        (first.size + second.size, first.universe & second.universe == all_present)
        for first, second in combinations(covering, 2)
        if first.corpus & second.corpus == present
    ]
    least = min((size for size, holds in pairs if holds), default=0)
    return least > 0 and _unlikely(ways, said, least) and all(holds or size > least for size, holds in pairs)


def _number_of_statements(corpus: PlannedInstances) -> int:
    """How many statements of size one can be made."""
    found = 0
    for path in {*corpus.full, *corpus.partial}:
        if len(steps(path)) == 1:
            found += 2 * (corpus.present(path) != corpus.everything)
            found += len(corpus.values.get(path, ())) if _printable(path, corpus.vrs[path]) else 0
    return found


def _unlikely(ways: float, said: int, size: int) -> bool:
    """Whether fewer than `CHANCE` accidental statements of that size are to be expected; `ways` is a logarithm."""
    return size * math.log(max(said, 1)) - math.lgamma(size + 1) - ways < math.log(CHANCE)


def _statements(question: Question, corpus: PlannedInstances, universe: PlannedInstances) -> Iterator[Statement]:
    carriers, present = question.corpus
    all_carriers, all_present = question.universe
    for path in sorted({*corpus.full, *corpus.partial}):
        if any(path == own or path.startswith(f"{own}/") for own in question.own):
            continue
        parts = steps(path)
        if len(parts) > 1 or universe.present(path) & all_carriers == all_present:
            continue
        there = corpus.present(path)
        if there & carriers != carriers and there & carriers:
            everywhere = universe.present(path)
            yield Statement(1, there, everywhere)
            yield Statement(1, corpus.everything & ~there, universe.everything & ~everywhere)
        if _printable(path, corpus.vrs[path]) and len(corpus.values.get(path, {})) <= DISTINCT:
            yield from _about_values(path, carriers, present, corpus, universe)


def _printable(path: str, vrs: set[str]) -> bool:
    step = steps(path)[-1]
    if vrs == {"SQ"}:
        return code_privacy(step.tag) is Privacy.OPEN
    return vrs == {"CS"} and not step.is_creator and privacy_of(step.tag, "CS") is Privacy.OPEN


def _about_values(
    path: str, carriers: int, present: int, corpus: PlannedInstances, universe: PlannedInstances
) -> Iterator[Statement]:
    here, all_here = corpus.values.get(path, {}), universe.values.get(path, {})
    several = any("\\" in text for text in (*here, *all_here))
    positions = range(1, max((text.count("\\") for text in here), default=0) + 2) if several else ()
    for position in (0, *positions):
        grouped, all_grouped = _by(here, position), _by(all_here, position)
        named = [text for text, mask in grouped.items() if mask & carriers and mask & present & carriers]
        rest = [text for text, mask in grouped.items() if mask & carriers and text not in named]
        if 0 < len(named) <= VALUES:
            yield Statement(len(named), _union(grouped, named), _union(all_grouped, named))
        if 0 < len(rest) <= VALUES:
            yield Statement(
                len(rest),
                corpus.everything & ~_union(grouped, rest),
                universe.everything & ~_union(all_grouped, rest),
            )
    if several:
        for part in sorted({part for text in here for part in text.split("\\")}):
            holding = [text for text in here if part in text.split("\\")]
            everywhere = [text for text in all_here if part in text.split("\\")]
            yield Statement(1, _union(here, holding), _union(all_here, everywhere))


def _by(values: dict[str, int], position: int) -> dict[str, int]:
    """Values as they are, or by the one at a position."""
    if not position:
        return values
    found: dict[str, int] = {}
    for text, mask in values.items():
        parts = text.split("\\")
        if len(parts) >= position:
            found[parts[position - 1]] = found.get(parts[position - 1], 0) | mask
    return found


def _union(values: dict[str, int], texts: list[str]) -> int:
    mask = 0
    for text in texts:
        mask |= values.get(text, 0)
    return mask
