"""Merged content trees: one row per distinct place, in document order, with the template that the writer names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.profile.model import PathStatistics, SopClassProfile


@dataclass(frozen=True, slots=True)
class ContentRow:
    """One place of a merged tree; `template` is the nearest stated one, `stated` whether this very item states it."""

    path: str
    level: int
    relationship: str
    value_type: str
    concept: str
    template: str
    stated: bool
    statistics: PathStatistics


@dataclass(frozen=True, slots=True)
class ContentTree:
    """All documents of one SOP Class with one document title."""

    title: str
    template: str
    rows: tuple[ContentRow, ...]


def content_trees(profile: SopClassProfile) -> tuple[ContentTree, ...]:
    """The merged trees of a SOP Class, one per document title, sorted by title."""
    children: dict[str, list[str]] = {}
    for path in profile.paths:
        if not path.startswith("("):
            children.setdefault(path.rpartition("/")[0], []).append(path)
    trees = []
    for root in sorted(children.get("", ())):
        rows: list[ContentRow] = []
        _visit(root, 0, "", children, profile, rows)
        trees.append(ContentTree(rows[0].concept, rows[0].template, tuple(rows)))
    return tuple(trees)


def _visit(
    path: str,
    level: int,
    template: str,
    children: dict[str, list[str]],
    profile: SopClassProfile,
    rows: list[ContentRow],
) -> None:
    statistics = profile.paths[path]
    stated = sorted(statistics.facets.get("template", {}))
    step = path.rpartition("/")[2] if level else ""
    relationship, _, rest = step.partition(".")
    value_type = rest.partition(".")[0] if level else next(iter(statistics.vrs))[0]
    own = "; ".join(stated) or template
    concepts = dict(statistics.facets.get("concept", {}))
    concept = min(concepts, key=lambda c: (-concepts[c], c)) if concepts else ""
    rows.append(ContentRow(path, level, relationship, value_type, concept, own, bool(stated), statistics))
    for child in sorted(children.get(path, ()), key=lambda p: (profile.paths[p].order, p)):
        _visit(child, level + 1, own, children, profile, rows)
