"""The truth about a corpus: counted over the plan, to the contract of what annexgen counts.

Counts are of instances; the carriers of a nested element are the instances in which its Sequence has at least
one item. Content Items below Content Sequence (0040,A730) are counted by place, not as elements.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annexgen.simulator.codes import Code
from annexgen.simulator.paths import (
    CONTENT_SEQUENCE,
    DIRECTORY_RECORD_SEQUENCE,
    PER_FRAME_FUNCTIONAL_GROUPS,
    SHARED_FUNCTIONAL_GROUPS,
)
from annexgen.simulator.rules import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annexgen.simulator.description import ProductDescription, SopClass
    from annexgen.simulator.plan import PlannedContent, PlannedElement, PlannedInstance, PlannedItem

FORMAT = 1
_MOST_VALUES = 12


@dataclass(slots=True)
class _Place:
    """What one instance has at one element path."""

    occurrences: int = 0
    valued: int = 0


@dataclass(slots=True)
class _Count:
    """What all instances of a SOP Class have at one element path."""

    carriers: int = 0
    present: int = 0
    partial: int = 0
    with_value: int = 0
    empty: int = 0
    values: set[str] = field(default_factory=set)
    all_declared: bool = True
    generators: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)


def truth(
    description: ProductDescription, seed: int, instances: Sequence[PlannedInstance], worklist_items: int = 0
) -> dict[str, Any]:
    """The truth about a corpus, as it is written beside the corpus.

    Args:
        description: the product; its declared conditions are given beside the counts.
        seed: the seed of the corpus.
        instances: every instance that is written, DICOMDIRs among them.
        worklist_items: how many Modality Worklist responses are written beside them.
    """
    by_class: dict[str, list[PlannedInstance]] = {}
    for instance in instances:
        by_class.setdefault(instance.sop_class_uid, []).append(instance)
    conditions = {one.uid: _conditions(one.rules.root.values()) for one in description.sop_classes.values()}
    stored = [instance for instance in instances if instance.study]
    return {
        "format": FORMAT,
        "product": {
            "id": description.identifier,
            "name": description.product["name"],
            "manufacturer": description.product["manufacturer"],
            "versions": sorted(
                {d.get("version") or description.product["version"] for d in description.devices.values()}
            ),
        },
        "seed": seed,
        "files": len(instances),
        "instances": len(stored),
        "series": len({instance.series for instance in stored}),
        "studies": len({instance.study for instance in stored}),
        "patients": len({instance.patient for instance in stored}),
        "directories": len(instances) - len(stored),
        "worklist_items": worklist_items,
        "rules": dict(description.chosen),
        "modules": {
            one.uid: told
            for one in description.sop_classes.values()
            if one.uid in by_class and (told := _modules(one, by_class[one.uid]))
        },
        "sop_classes": {uid: _sop_class(group, conditions.get(uid, {})) for uid, group in sorted(by_class.items())},
        "functional_groups": {
            uid: usage for uid, group in sorted(by_class.items()) if (usage := _functional_groups(group))
        },
        "private_blocks": {uid: blocks for uid, group in sorted(by_class.items()) if (blocks := _blocks(group))},
        "content_items": {
            uid: _content_items(group)
            for uid, group in sorted(by_class.items())
            if any(instance.content for instance in group)
        },
    }


def _sop_class(instances: Sequence[PlannedInstance], conditions: Mapping[str, str]) -> dict[str, Any]:
    counts: dict[str, _Count] = {}
    carriers: Counter[str] = Counter()
    for instance in instances:
        places: dict[str, _Place] = {}
        items: Counter[str] = Counter({"": 1})
        _visit(instance.data_set, "", places, items, counts)
        carriers.update(dict.fromkeys(items, 1))
        for path, place in places.items():
            whole = items[_parent(path)]
            count = counts[path]
            count.present += place.occurrences == whole
            count.partial += place.occurrences != whole
            count.with_value += place.valued == place.occurrences
            count.empty += place.valued == 0
    for path, count in counts.items():
        count.carriers = carriers[_parent(path)]
    return {
        "instances": len(instances),
        "transfer_syntaxes": dict(sorted(Counter(instance.transfer_syntax for instance in instances).items())),
        "character_sets": _character_sets(instances),
        "attributes": {path: _entry(counts[path], conditions.get(path, "")) for path in sorted(counts)},
    }


def _modules(sop_class: SopClass, instances: Sequence[PlannedInstance]) -> dict[str, Any]:
    """For each Module that the description names in how many instances one of its elements stands."""
    counts = {
        name: sum(not rules.elements.isdisjoint(instance.data_set.elements) for instance in instances)
        for name, rules in sop_class.modules.items()
    }
    return {
        name: {
            "instances": counts[name],
            "presence": "ALWAYS" if counts[name] == len(instances) else "CONDITIONAL",
            "borrowed": rules.borrowed,
        }
        for name, rules in sorted(sop_class.modules.items())
        if counts[name]
    }


def _character_sets(instances: Sequence[PlannedInstance]) -> dict[str, int]:
    """How many instances name each Specific Character Set; "" stands for none (PS3.3 C.12.1.1.2)."""
    seen: Counter[str] = Counter()
    for instance in instances:
        element = instance.data_set.elements.get("(0008,0005)")
        seen["\\".join(str(value) for value in element.values) if element else ""] += 1
    return dict(sorted(seen.items()))


def _visit(
    item: PlannedItem,
    prefix: str,
    places: dict[str, _Place],
    items: Counter[str],
    counts: dict[str, _Count],
) -> None:
    for element in item.elements.values():
        path = f"{prefix}/{element.key}" if prefix else element.key
        place = places.setdefault(path, _Place())
        place.occurrences += 1
        place.valued += not element.is_empty
        _note_values(counts.setdefault(path, _Count()), element)
        if path == CONTENT_SEQUENCE:
            continue
        for inner in element.items or ():
            below = f"{path}[{inner.record_type}]" if path == DIRECTORY_RECORD_SEQUENCE else path
            items[below] += 1
            _visit(inner, below, places, items, counts)


def _note_values(count: _Count, element: PlannedElement) -> None:
    if element.is_empty:
        return
    if not element.items or element.generator:
        count.generators.add(element.generator)
        count.origins.add(element.origin)
    count.all_declared &= element.declared
    if not element.declared or len(count.values) > _MOST_VALUES:
        return
    if element.items is None:
        count.values.add("\\".join(str(value) for value in element.values))
    else:
        count.values.update(_code_text(item) for item in element.items)


def _code_text(item: PlannedItem) -> str:
    value, scheme, meaning = (item.elements[key].values[0] for key in ("(0008,0100)", "(0008,0102)", "(0008,0104)"))
    return str(Code(str(value), str(scheme), str(meaning)))


def _entry(count: _Count, when: str) -> dict[str, Any]:
    having = count.present + count.partial
    of_value = "CONDITIONAL"
    if count.with_value == having:
        of_value = "ALWAYS"
    elif count.empty == having:
        of_value = "EMPTY"
    entry: dict[str, Any] = {
        "carriers": count.carriers,
        "present": count.present,
        "partial": count.partial,
        "with_value": count.with_value,
        "empty": count.empty,
        "presence_of_attribute": "ALWAYS" if count.present == count.carriers else "CONDITIONAL",
        "presence_of_value": of_value,
    }
    if count.all_declared and 0 < len(count.values) <= _MOST_VALUES:
        entry["values"] = sorted(count.values)
    if count.origins - {""}:
        entry["sources"] = sorted(count.origins - {""})
    if count.generators - {""}:
        entry["generators"] = sorted(count.generators - {""})
    if when:
        entry["when"] = when
    return entry


def _parent(path: str) -> str:
    """The path without its last step; a slash may stand in a Private Creator."""
    in_quotes = False
    for index in range(len(path) - 1, -1, -1):
        if path[index] == '"':
            in_quotes = not in_quotes
        elif path[index] == "/" and not in_quotes:
            return path[:index]
    return ""


def _conditions(nodes: Iterable[Any]) -> dict[str, str]:
    return {path: node.when for path, node in walk(nodes) if node.when}


def _functional_groups(instances: Sequence[PlannedInstance]) -> dict[str, dict[str, Any]]:
    seen: dict[str, Counter[str]] = {}
    for instance in instances:
        for name, path in (("shared", SHARED_FUNCTIONAL_GROUPS), ("per_frame", PER_FRAME_FUNCTIONAL_GROUPS)):
            functional_groups = instance.data_set.elements.get(path)
            items = functional_groups.items if functional_groups is not None else ()
            macros = {element.key for item in items or () for element in item.elements.values() if element.vr == "SQ"}
            for macro in macros:
                seen.setdefault(macro, Counter())[name] += 1
    return {
        macro: {"usage": _usage(count), "shared": count["shared"], "per_frame": count["per_frame"]}
        for macro, count in sorted(seen.items())
    }


def _usage(count: Counter[str]) -> str:
    if count["shared"] and count["per_frame"]:
        return "CONTEXT_DEPENDENT"
    return "SHARED" if count["shared"] else "PER_FRAME"


def _blocks(instances: Sequence[PlannedInstance]) -> dict[str, list[str]]:
    seen: dict[str, set[str]] = {}

    def collect(item: PlannedItem) -> None:
        for element in item.elements.values():
            if element.tag >> 16 & 1 and element.tag & 0xFFFF <= 0xFF:
                seen.setdefault(element.key, set()).add(f"{element.tag & 0xFF:02X}")
            for inner in element.items or ():
                collect(inner)

    for instance in instances:
        collect(instance.data_set)
    return {key: sorted(blocks) for key, blocks in sorted(seen.items())}


def _content_items(instances: Sequence[PlannedInstance]) -> dict[str, Any]:
    items: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    present: Counter[str] = Counter()
    parents: dict[str, str] = {}
    templates: Counter[str] = Counter()
    for instance in instances:
        if instance.content is None:
            continue
        templates[instance.content.template] += 1
        own: Counter[str] = Counter()
        holders: Counter[str] = Counter()
        _visit_content(instance.content, "", own, holders, parents)
        items.update(own)
        documents.update(dict.fromkeys(own, 1))
        present.update(place for place in own if holders[place] == own.get(parents[place], 1))
    return {
        "documents": sum(instance.content is not None for instance in instances),
        "root_templates": dict(sorted(templates.items())),
        "places": {
            place: {
                "items": items[place],
                "documents": documents[place],
                "carriers": documents[parents[place]] if parents[place] else documents[place],
                "present": present[place],
            }
            for place in sorted(items)
        },
    }


def _visit_content(
    content: PlannedContent,
    parent: str,
    own: Counter[str],
    holders: Counter[str],
    parents: dict[str, str],
) -> str:
    """Count a Content Item and those below; `holders` counts, by place, the parents that have one.

    Items that name different templates stand at different places.
    """
    name = ".".join(filter(None, (content.relationship, content.value_type, content.concept)))
    template = f"[{content.template}]" if content.template else ""
    place = f"{parent}/{name}{template}" if parent else f"{content.concept}{template}"
    own[place] += 1
    parents[place] = parent
    below = [_visit_content(child, place, own, holders, parents) for child in content.children]
    holders.update(set(below))
    if not parent:
        holders[place] += 1
    return place
