"""Learns when a Content Item stands below its parent, from what stands beside it (PS3.2 N.10, conditions in Comments)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import log2_choices
from annexgen.profile.model import OPEN
from annexgen.sr.rows import steps_of

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.sr.rows import ReportRow
    from annexgen.sr.trees import ContentNode


@dataclass(frozen=True, slots=True)
class ContentCondition:
    """A place beside the item: it is `present`, `absent`, or has one of the `codes` (scheme:value)."""

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


def learn_condition(row: ReportRow, above: ReportRow, thresholds: Thresholds) -> ContentCondition | None:
    """The simplest statement about one neighbour that holds exactly when the row's items stand; None where none is sure.

    Args:
        row: a row that is there under some of its parents only.
        above: the row of its parents.
        thresholds: how much evidence is asked for; a document counts no more than `condition_within_series` times.
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
    documents = sum(number for _, number in parent.statistics.vrs.items())
    most = documents * thresholds.condition_within_series
    having = min(sum(n for n, h in zip(numbers, holds, strict=True) if h), most)
    lacking = min(sum(n for n, h in zip(numbers, holds, strict=True) if not h), most)
    if min(having, lacking) < thresholds.condition_evidence:
        return None
    found: list[_Statement] = []
    neighbours = [child for child in parent.children if child.path not in row.paths]
    for child in neighbours:
        step = child.path.rpartition("/")[2]
        found.extend(_statements(child, [steps.get(step) for steps, _ in patterns], holds, thresholds))
    if not found:
        return None
    base = log2_choices(len(neighbours) + 1, 1)
    best = min(found, key=lambda s: (s.cost, s.node.path))
    margin = log2_choices(having + lacking, having) - best.cost - base
    if margin < thresholds.condition_margin:
        return None
    return ContentCondition(best.node, best.relation, best.codes, having, lacking)


def _statements(
    node: ContentNode, codes: list[str | None], holds: list[bool], thresholds: Thresholds
) -> list[_Statement]:
    """What can be said of one neighbour that separates exactly; `codes` has None where it is absent."""
    present = [code is not None for code in codes]
    found = []
    if present == holds:
        found.append(_Statement(node, "present", (), 1.0))
    if [not one for one in present] == holds:
        found.append(_Statement(node, "absent", (), 2.0))
    chosen = sorted({code or "" for code, held in zip(codes, holds, strict=True) if held})
    others = {code or "" for code, held in zip(codes, holds, strict=True) if not held}
    if "" not in chosen and not others & set(chosen) and len(chosen) <= thresholds.condition_values:
        cost = log2_choices(len(others) + len(chosen), len(chosen)) + len(chosen) - 1
        found.append(_Statement(node, "is", tuple(chosen), cost))
    return found
