"""Which row of our templates explains each Content Item of a document: a reading of PS3.16 section 6 for tests alone.

It knows nothing of how annexgen matches reports: an item is explained by a row with its relationship, Value Type, Concept
Name, values, units and Graphic Type that stands where the item stands, rows of included templates in the place of the row
that includes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard.context_groups import canonical, context_group, missing_from
from annexgen.standard.templates import template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydicom import Dataset

    from annexgen.standard.templates import CodeConstraint, TemplateNode, TemplateRow

Key = tuple[str, str]
Arguments = dict[str, "CodeConstraint"]
NAMED, IN_GROUP, OPEN = 3, 2, 1
"""How a row allows a code: it names the code, it names a group that holds it, or it leaves the code open."""


@dataclass(frozen=True, slots=True)
class Level:
    """Rows of a template that may stand below an item, with what the template's parameters stand for."""

    nodes: tuple[TemplateNode, ...]
    tid: str
    arguments: Mapping[str, CodeConstraint]


@dataclass(frozen=True, slots=True)
class Place:
    """A row where it stands: its relationship is its own, or else that of the row that includes its template."""

    tid: str
    row: TemplateRow
    relationship: str
    below: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A Content Item with the row that explains it; `row` is "" for none, `strength` how the row allows its concept."""

    tid: str
    row: str
    strength: int
    relationship: str
    value_type: str
    concept: str
    above: str
    """The Concept Name of the item above."""


def explain(root: Dataset, tid: str) -> list[Explained]:
    """Every Content Item of a document whose root template is `tid`, with the row that explains it."""
    found = template(tid)
    assert found is not None
    return _explained(root, [Level(found.tree, tid, {})], "")


def _explained(item: Dataset, levels: list[Level], above: str) -> list[Explained]:
    relationship, value_type = str(item.get("RelationshipType") or ""), str(item.ValueType)
    name = _key(item, "ConceptNameCodeSequence")
    shown = f"{name[1]}:{name[0]}" if name else ""
    named = _template_of(item)
    results = []
    for place in _places(levels):
        strength = _strength(place, item, name)
        if strength and (not named or named == place.tid):
            below = [found for child in _children(item) for found in _explained(child, list(place.below), shown)]
            first = Explained(place.tid, place.row.number, strength, relationship, value_type, shown, above)
            results.append([first, *below])
    if results:
        # Where several rows would do, the one that explains most of what stands below, and names the item best.
        return min(results, key=lambda found: (sum(not one.row for one in found), -found[0].strength))
    below = [found for child in _children(item) for found in _explained(child, [], shown)]
    return [Explained("", "", 0, relationship, value_type, shown, above), *below]


def _places(levels: list[Level]) -> Iterator[Place]:
    for level in levels:
        yield from _unfolded(level, "")


def _unfolded(level: Level, inherited: str) -> Iterator[Place]:
    for node in level.nodes:
        row = node.row.bound(level.arguments)
        relationship = row.relationship or inherited
        nested = Level(node.children, level.tid, level.arguments)
        if not row.include:
            yield Place(level.tid, row, relationship, (nested,))
            continue
        included = template(row.include)
        assert included is not None
        for place in _unfolded(Level(included.tree, row.include, dict(row.arguments)), relationship):
            yield Place(place.tid, place.row, place.relationship, (*place.below, nested))


def _strength(place: Place, item: Dataset, name: Key | None) -> int:
    """How well a row explains an item; 0 when it does not."""
    row = place.row
    if place.relationship != str(item.get("RelationshipType") or "") or row.by_reference:
        return 0
    if str(item.ValueType) not in row.value_types:
        return 0
    if row.graphic_types and str(item.get("GraphicType")) not in row.graphic_types:
        return 0
    if row.value_set and not _allows(row.value_set, _key(item, "ConceptCodeSequence")):
        return 0
    (measured,) = item.get("MeasuredValueSequence") or (None,)
    if measured is not None and row.units and not _allows(row.units, _key(measured, "MeasurementUnitsCodeSequence")):
        return 0
    return _allows(row.concept, name)


def _allows(constraint: CodeConstraint, key: Key | None) -> int:
    if not constraint or constraint.parameters:
        return OPEN
    if key is None:
        return 0
    if canonical(key) in {canonical(code.key) for code in constraint.codes}:
        return NAMED
    strength = 0
    for use in constraint.groups:
        group = context_group(use.cid)
        assert group is not None
        if group.codes and not missing_from(use.cid, [key]):
            return IN_GROUP
        if not group.codes or use.binding == "baseline" or group.extensible is not False:
            strength = OPEN
    return strength


def _key(item: Dataset, sequence: str) -> Key | None:
    for code in item.get(sequence) or ():
        return str(code.get("CodeValue") or code.get("LongCodeValue")), str(code.CodingSchemeDesignator)
    return None


def _template_of(item: Dataset) -> str:
    return next((str(named.TemplateIdentifier) for named in item.get("ContentTemplateSequence") or ()), "")


def _children(item: Dataset) -> list[Dataset]:
    return list(item.get("ContentSequence") or ())
