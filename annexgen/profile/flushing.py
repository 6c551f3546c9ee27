"""Adds to a profile what waits to be counted, what is equal together, and forgets what will hardly come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.profile.model import (
    HASHED,
    IDENTIFYING,
    PLAIN,
    PathStatistics,
    ValueCount,
    merge_ranges,
    value_hash,
)
from annexgen.profile.privacy import Privacy, key
from annexgen.profile.sightings import Group

if TYPE_CHECKING:
    from collections import Counter

    from annexgen.profile.counted_class import CountedClass
    from annexgen.profile.model import Limits
    from annexgen.profile.sightings import Sighting

MAXIMUM_PATTERNS = 1 << 12
MAXIMUM_KNOWN = 1 << 16
MAXIMUM_NODE_SIGHTINGS = 256


def flush(sop_class: CountedClass, limits: Limits, *, compact: bool = False) -> None:
    """Add to the profile what waits to be counted, and forget what will hardly come again."""
    patients_of: dict[Sighting | Group, tuple[str, ...]] = {}
    seen_of: dict[str, set[Sighting | Group]] = {}
    for identity in sop_class.identities.values():
        for patient in identity.patients:
            seen_of.setdefault(patient, set()).update(identity.seen)
    for patient in sorted(seen_of):
        for sighting in seen_of[patient]:
            known = patients_of.get(sighting, ())
            if len(known) < limits.patients:
                patients_of[sighting] = (*known, patient)
    paths = sop_class.profile.paths
    for sighting, count in _one_by_one(sop_class.pending).items():
        node = sighting.node
        statistics = node.statistics
        if statistics is None:
            statistics = node.statistics = paths.setdefault(node.path, PathStatistics())
        _count_sighting(statistics, sighting, count, patients_of.get(sighting, ()), limits)
        if len(node.sightings) > MAXIMUM_NODE_SIGHTINGS:
            node.sightings.clear()
    for node, value in sop_class.identifying:
        kept = node.statistics.values.get(value) if node.statistics else None
        if kept is not None:
            kept.identifying = True
    for cell in sop_class.shapes.values():
        for path, _ in cell.shape:
            statistics = paths[path]
            if not statistics.example or cell.example < statistics.example:
                statistics.example = cell.example
    sop_class.pending.clear()
    sop_class.identities.clear()
    for (node, kind), count in sop_class.matches.items():
        if node.statistics is not None:
            node.statistics.count_facet(IDENTIFYING, kind, count, limits)
    sop_class.identifying.clear()
    sop_class.matches.clear()
    sop_class.held = 0
    if len(sop_class.occurrences) > MAXIMUM_KNOWN:
        sop_class.occurrences.clear()
    sop_class.layouts.forget()
    sop_class.frames.forget()
    if len(sop_class.grouped) > MAXIMUM_PATTERNS:
        sop_class.grouped.clear()
    if compact or len(sop_class.patterns) > MAXIMUM_PATTERNS:
        sop_class.patterns.clear()
        sop_class.grouped.clear()
        sop_class.shapes.clear()
        sop_class.profile.compact()


def _one_by_one(pending: Counter[Sighting | Group]) -> dict[Sighting, int]:
    """How often each sighting waits, alone or in groups."""
    counts: dict[Sighting, int] = {}
    for one, number in pending.items():
        for sighting in one.sightings if isinstance(one, Group) else (one,):
            counts[sighting] = counts.get(sighting, 0) + number
    return counts


def _count_sighting(
    statistics: PathStatistics, sighting: Sighting, count: int, patients: tuple[str, ...], limits: Limits
) -> None:
    """Add what `count` instances have at one node."""
    for vr in sighting.vrs:
        statistics.vrs[vr] += count
    for block, occurrences in sighting.blocks:
        statistics.blocks[block] += occurrences * count
    if sighting.items and sighting.items != statistics.items:
        statistics.items = merge_ranges(statistics.items, sighting.items)
    if sighting.length and sighting.length != statistics.length:
        statistics.length = merge_ranges(statistics.length, sighting.length)
    if sighting.multiplicity and sighting.multiplicity != statistics.value_multiplicity:
        statistics.value_multiplicity = merge_ranges(statistics.value_multiplicity, sighting.multiplicity)
    for name, facet in sighting.facets:
        statistics.count_facet(name, facet, count, limits)
    if sighting.lowest is not None:
        statistics.note_numbers(sighting.lowest, sighting.highest)
    if sighting.unkept and not statistics.overflow:
        statistics.add(PathStatistics(overflow=True), limits)
    for text in sighting.texts:
        hidden = text[2] is Privacy.HIDDEN or len(text[1]) > limits.text_length
        if hidden and statistics.overflow:
            continue
        value = HASHED + key(text[1]) if hidden else PLAIN + text[1]
        if statistics.overflow and value not in statistics.values:
            kept = statistics.values
            node = sighting.node
            if len(kept) >= limits.kept_values:
                if not node.highest_kept:
                    node.highest_kept = max(map(value_hash, kept))
                if value_hash(value) > node.highest_kept:
                    continue
            node.highest_kept = b""
        free_text = text[2] is Privacy.FREE_TEXT
        statistics.count_value(value, ValueCount(count, patients, free_text=free_text), limits)
