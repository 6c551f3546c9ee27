"""Learns when a Content Item stands below its parent, from what stands beside it (PS3.2 N.10, conditions in Comments)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import log2_choices
from annexgen.profile.model import OPEN
from annexgen.sr.rows import steps_of

if TYPE_CHECKING:
    from annexgen.analyzers.presence import Presence
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.sr.rows import ReportRow
    from annexgen.sr.trees import ContentNode


@dataclass(frozen=True, slots=True)
class ContentCondition:
    """A place beside the item, or the item above: it is `present`, `absent`, `is` one of the `codes` (scheme:value), or `is not`."""

    beside: ContentNode
    relation: str
    codes: tuple[str, ...]
    having: int
    lacking: int


@dataclass(frozen=True, slots=True)
class _Statement:
    node: ContentNode
    relation: str
    codes: tuple[str, ...]
    cost: float


def learn_condition(
    row: ReportRow, above: ReportRow, seen: Presence, thresholds: Thresholds
) -> ContentCondition | None:
    """The simplest statement about one neighbour, or the item above, that holds exactly when the row's items stand; None where none is sure.

    Args:
        row: a row that is there under some of its parents only.
        above: the row of its parents.
        seen: its presence. A document in which it is constant counts once, however many items it has: what differs between
            devices only would explain it just as well. One that has both sides counts several times.
        thresholds: how much evidence is asked for; a document with both sides counts `condition_within_series` times.
    """
    if len(above.nodes) != 1:
        return None
    parent = above.node
    together = parent.statistics.facets.get("together")
    if not together or OPEN in together:
        return None
    own = {path.rpartition("/")[2] for path in row.paths}
    patterns = [(steps_of(text), number) for text, number in together.items()]
    bare = parent.items - sum(number for _, number in patterns)
    if bare > 0:
        patterns.append(({}, bare))
    holds = [bool(own & set(steps)) for steps, _ in patterns]
    numbers = [number for _, number in patterns]
    varying = seen.partial * thresholds.condition_within_series // 2
    having = min(sum(n for n, h in zip(numbers, holds, strict=True) if h), seen.present + varying)
    lacking = min(
        sum(n for n, h in zip(numbers, holds, strict=True) if not h),
        seen.carriers - seen.present - seen.partial + varying,
    )
    if min(having, lacking) < thresholds.condition_evidence:
        return None
    found: list[_Statement] = []
    neighbours = [child for child in parent.children if child.path not in row.paths]
    base = log2_choices(len(neighbours) + 2, 1)
    earlier = True
    for child in parent.children:
        if child.path in row.paths:
            earlier = False
            continue
        codes = [steps.get(child.path.rpartition("/")[2]) for steps, _ in patterns]
        # Of an item that is not always there, it must be said as well that it is.
        extra = base + 1 if None in codes else 0.0
        found.extend(replace(one, cost=one.cost + extra) for one in _by_code(child, codes, holds, thresholds))
        if earlier:
            # Of items that always come together, the first explains the others, never the other way round.
            found.extend(_by_presence(child, codes, holds))
    if parent.value_type == "CODE":
        found.extend(_by_code(parent, [steps.get("", "") for steps, _ in patterns], holds, thresholds))
    if not found:
        return None
    best = min(found, key=lambda s: (s.cost, s.node.path))
    margin = log2_choices(having + lacking, having) - best.cost - base
    if margin < thresholds.condition_margin:
        return None
    return ContentCondition(best.node, best.relation, best.codes, having, lacking)


def _by_presence(node: ContentNode, codes: list[str | None], holds: list[bool]) -> list[_Statement]:
    """Whether a neighbour is there or not exactly where the item stands; `codes` has None where it is absent."""
    present = [code is not None for code in codes]
    if present == holds:
        return [_Statement(node, "present", (), 1.0)]
    if [not one for one in present] == holds:
        return [_Statement(node, "absent", (), 2.0)]
    return []


def _by_code(node: ContentNode, codes: list[str | None], holds: list[bool], thresholds: Thresholds) -> list[_Statement]:
    """Whether a neighbour has certain codes exactly where the item stands, and others where it does not."""
    chosen = sorted({code or "" for code, held in zip(codes, holds, strict=True) if held})
    others = sorted({code or "" for code, held in zip(codes, holds, strict=True) if not held})
    if "" in chosen or set(others) & set(chosen) or not set(others) - {""}:
        return []
    relation, named = "is", chosen
    if len(others) < len(chosen) and "" not in others:
        relation, named = "is not", others
    if len(named) > thresholds.condition_values:
        return []
    cost = log2_choices(len(others) + len(chosen), len(named)) + len(named) - 1
    return [_Statement(node, relation, tuple(named), cost)]
