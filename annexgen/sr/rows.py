"""Rows of a content table: places of a merged tree, with those joined that one open row of a template explains (PS3.2 N.10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.profile.model import OPEN, PathStatistics
from annexgen.sr.trees import ordered_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annexgen.profile.model import Limits
    from annexgen.sr.matching import Assignment, MatchedTree
    from annexgen.sr.trees import ContentNode


SEPARATE_ROWS = 2
"""So many measurements that one row of a template leaves open have rows of their own; more are joined in one."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row: the places that it stands for, most often one.

    Several places are joined when one row of a template leaves their concept name open, as TID 300 does for what is
    measured; what stands below them is joined place by place. `parents` counts the items above that have one of them,
    of `carriers`; None where there are too many combinations to tell.
    """

    nodes: tuple[ContentNode, ...]
    assignment: Assignment
    level: int
    parents: int | None
    carriers: int
    children: tuple[ReportRow, ...]

    @property
    def node(self) -> ContentNode:
        """The first of its places."""
        return self.nodes[0]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all its places."""
        return tuple(node.path for node in self.nodes)

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concept names of its places, the most frequent form of each, as profiles keep codes."""
        return tuple(dict.fromkeys(node.concept for node in self.nodes if node.concept))

    @property
    def items(self) -> int:
        """How many Content Items it stands for."""
        return sum(node.items for node in self.nodes)

    @property
    def always(self) -> bool:
        """Whether every item above has one."""
        return self.parents == self.carriers

    def statistics(self, limits: Limits) -> PathStatistics:
        """What is known of the values at all its places together."""
        if len(self.nodes) == 1:
            return self.node.statistics
        total = PathStatistics(order=self.node.statistics.order)
        for node in self.nodes:
            total.add(node.statistics, limits)
        return total

    def walk(self) -> Iterator[ReportRow]:
        """The row and all below it."""
        stack = [self]
        while stack:
            row = stack.pop()
            yield row
            stack.extend(reversed(row.children))


def report_rows(matched: MatchedTree) -> ReportRow:
    """The rows of the content table of a tree: its root row with all others below it."""
    root = matched.tree.root
    return _row((root,), (), matched, 0)


def _row(nodes: tuple[ContentNode, ...], above: tuple[ContentNode, ...], matched: MatchedTree, level: int) -> ReportRow:
    children = [
        _row(group, nodes, matched, level + 1)
        for group in _grouped([c for node in nodes for c in node.children], matched)
    ]
    carriers = sum(node.items for node in above) if above else nodes[0].items
    parents = _parents(nodes, above) if above else carriers
    return ReportRow(nodes, matched.of(nodes[0]), level, parents, carriers, tuple(children))


def _grouped(nodes: Iterable[ContentNode], matched: MatchedTree) -> list[tuple[ContentNode, ...]]:
    """Places in the order of the tree; first those with the same step, then those that one open row explains, joined."""
    by_step: dict[str, list[ContentNode]] = {}
    for node in nodes:
        by_step.setdefault(node.path.rpartition("/")[2], []).append(node)
    before = {
        step: sum((n.statistics.facets.get("after", Counter()) for n in group), Counter())
        for step, group in by_step.items()
    }
    order = ordered_steps(before, {step: _first(group, matched) for step, group in by_step.items()})
    open_rows: dict[int, list[str]] = {}
    for step in order:
        node = by_step[step][0]
        candidate = matched.of(node).candidate
        if candidate is not None and candidate.leaves_concept_open and node.value_type == "NUM" and node.key:
            open_rows.setdefault(candidate.number, []).append(step)
    joined = {step: steps[0] for steps in open_rows.values() if len(steps) > SEPARATE_ROWS for step in steps}
    groups: dict[str, list[ContentNode]] = {}
    for step in order:
        groups.setdefault(joined.get(step, step), []).extend(by_step[step])
    return [tuple(group) for group in groups.values()]


def _first(group: list[ContentNode], matched: MatchedTree) -> tuple[int, int]:
    """What decides the order that documents leave open: the position that was seen, then that of the template's row."""
    candidate = matched.of(group[0]).candidate
    return min(n.statistics.order for n in group), candidate.number if candidate is not None else 0


def _parents(nodes: tuple[ContentNode, ...], above: tuple[ContentNode, ...]) -> int | None:
    """How many items above have one of the nodes; None where that cannot be told."""
    total = 0
    for parent in above:
        own = [node for node in nodes if node.path.rpartition("/")[0] == parent.path]
        if len(own) == 1:
            total += own[0].parents
        elif any(node.parents == parent.items for node in own):
            total += parent.items
        elif own:
            together = parent.statistics.facets.get("together", Counter())
            if OPEN in together:
                return None
            steps = {node.path.rpartition("/")[2] for node in own}
            total += sum(number for text, number in together.items() if steps & set(steps_of(text)))
    return total


def steps_of(together: str) -> dict[str, str]:
    """What stands together below an item: steps, each with its code as scheme:value or ""; the item's own under ""."""
    found: dict[str, str] = {}
    for entry in together.split("\x1e") if together else ():
        step, _, code = entry.partition("\x1f")
        found[step] = code
    return found
