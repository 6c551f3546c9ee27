"""Merged content trees: one node per distinct place, in an order that agrees with every document (PS3.3 C.17.3)."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.profile.content import unescaped
from annexgen.profile.model import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.profile.model import PathStatistics, SopClassProfile

CodeKey = tuple[str, str]
"""Code Value and Coding Scheme Designator."""


@dataclass(frozen=True, slots=True)
class ContentNode:
    """One place of a merged tree.

    `key` is the concept name in its lasting form (SCT for SNOMED RT), None for none; `concepts` are the forms that the
    documents have, most frequent first, as profiles keep codes. `stated` is the template that the Content Template
    Sequence names here, "" for none. `items` counts Content Items, `parents` those items above that have one, of `carriers`.
    """

    path: str
    level: int
    relationship: str
    value_type: str
    key: CodeKey | None
    concepts: tuple[str, ...]
    stated: str
    items: int
    parents: int
    carriers: int
    statistics: PathStatistics
    children: tuple[ContentNode, ...]

    @property
    def by_reference(self) -> bool:
        """Whether it is related by reference (PS3.3 section C.17.3.2.5)."""
        return self.relationship.startswith("R-")

    @property
    def concept(self) -> str:
        """The most frequent form of the concept name, "" for none."""
        return self.concepts[0] if self.concepts else ""

    @property
    def meaning(self) -> str:
        """What a person reads: the Code Meaning, or the Value Type."""
        return self.concept.split("\x1f")[2] if self.concept else self.value_type

    @property
    def multiplicity(self) -> tuple[int, int]:
        """The least and the greatest number under one parent that has any."""
        return self.statistics.items or (1, 1)

    def walk(self) -> Iterator[ContentNode]:
        """The node and all below it, in the order of the tree."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


@dataclass(frozen=True, slots=True)
class ContentTree:
    """All documents of one SOP Class with one title and one root template; `template` is "" where none is stated."""

    root: ContentNode
    template: str

    @property
    def title(self) -> str:
        """The Document Title as profiles keep codes, "" for none."""
        return self.root.concept

    @property
    def documents(self) -> int:
        """How many documents it stands for."""
        return self.root.items

    def nodes(self) -> Iterator[ContentNode]:
        """All nodes in the order of the tree, the root first."""
        return self.root.walk()


def content_trees(profile: SopClassProfile) -> tuple[ContentTree, ...]:
    """The merged trees of a SOP Class, sorted by the path of their root."""
    children: dict[str, list[str]] = {}
    for path in profile.paths:
        if not path.startswith("("):
            children.setdefault(path.rpartition("/")[0], []).append(path)
    trees = []
    for path in sorted(children.get("", ())):
        root = _node(path, 0, 1, children, profile)
        trees.append(ContentTree(root, root.stated))
    return tuple(trees)


def _node(
    path: str, level: int, carriers: int, children: dict[str, list[str]], profile: SopClassProfile
) -> ContentNode:
    """The node of a path; the reader bounds the depth of what it reads, and so of this."""
    statistics = profile.paths[path]
    facets = statistics.facets
    step = path.rpartition("/")[2].partition("[")[0]
    if level:
        relationship, _, rest = step.partition(".")
        value_type, _, concept = rest.partition(".")
    else:
        relationship, concept = "", step
        value_type = min(vr for vr, _ in statistics.vrs)
    counts = facets.get("count", Counter())
    scheme, colon, value = unescaped(concept).partition(":")
    inner = ordered(children.get(path, ()), profile)
    return ContentNode(
        path,
        level,
        relationship,
        value_type,
        (value, scheme) if colon else None,
        tuple(_by_frequency(facets.get("concept", Counter()))),
        next(iter(_by_frequency(facets.get("template", Counter()))), ""),
        counts["items"],
        counts["parents"],
        carriers if level else counts["items"],
        statistics,
        tuple(_node(child, level + 1, counts["items"], children, profile) for child in inner),
    )


def _by_frequency(counts: Counter[str]) -> list[str]:
    return sorted((text for text in counts if text != OPEN), key=lambda text: (-counts[text], text))


def ordered(paths: list[str] | tuple[str, ...], profile: SopClassProfile) -> list[str]:
    """Places under one parent in an order that no document contradicts, where there is one."""
    steps = {path.rpartition("/")[2]: path for path in paths}
    before = {step: profile.paths[path].facets.get("after", Counter()) for step, path in steps.items()}
    return [steps[s] for s in ordered_steps(before, {s: (profile.paths[p].order, 0) for s, p in steps.items()})]


def ordered_steps(before: dict[str, Counter[str]], first: dict[str, tuple[int, int]]) -> list[str]:
    """Steps in an order that no document contradicts, where there is one; where documents disagree, the majority counts.

    What always comes right after another does so here as far as that is possible.

    Args:
        before: for each step how often each other step came right before it.
        first: decides what the documents leave open: the least position that each was seen at, and a second number.
    """
    waiting: dict[str, int] = dict.fromkeys(before, 0)
    after: dict[str, list[str]] = {step: [] for step in before}
    for step, counts in before.items():
        for earlier, number in counts.items():
            if earlier in before and number > before[earlier][step]:
                after[earlier].append(step)
                waiting[step] += 1
    ready = [(first[step], step) for step, number in waiting.items() if not number]
    heapq.heapify(ready)
    left = sorted(((first[step], step) for step in before), reverse=True)
    done: set[str] = set()
    result: list[str] = []
    while len(result) < len(before):
        if not ready:
            # In a circle of disagreement, the place that was seen first goes first.
            while left[-1][1] in done:
                left.pop()
            ready = [left.pop()]
        following = [
            step
            for step in (after[result[-1]] if result else ())
            if len(before[step]) == 1 and not waiting[step] and step not in done
        ]
        step = min(following, key=lambda s: (first[s], s)) if following else heapq.heappop(ready)[1]
        if step in done:
            continue
        done.add(step)
        result.append(step)
        for later in after[step]:
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, (first[later], later))
    return result
