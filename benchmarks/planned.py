"""The instances of one SOP Class as they were planned: where each path stands, as sets of instances.

An integer with one bit for each instance is such a set. It is made from the plan of the simulator and never from a profile, so
that what is judged by it is judged independently of the analyzers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.profile.paths import parent, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.analyzers.condition_model import Literal
    from annexgen.simulator.plan import PlannedInstance, PlannedItem

CONTENT_SEQUENCE = "(0040,A730)"
SHARED = "(5200,9229)"


class PlannedInstances:
    """Sets of instances: `full`, `partial` (in some items), `with_value` and by path.

    `distinct` maps every value seen at a path to where it is, `values` only where it is the one value; `everything` is all of them.
    """

    def __init__(self, instances: Sequence[PlannedInstance]) -> None:
        self.full: dict[str, int] = {}
        self.partial: dict[str, int] = {}
        self.with_value: dict[str, int] = {}
        self.empty: dict[str, int] = {}
        self.values: dict[str, dict[str, int]] = {}
        self.distinct: dict[str, dict[str, int]] = {}
        self.vrs: dict[str, set[str]] = {}
        self.series = [instance.series for instance in instances]
        self.patients = [instance.patient for instance in instances]
        self.entities = [(instance.patient, instance.study, instance.series) for instance in instances]
        self.everything = (1 << len(instances)) - 1
        for number, instance in enumerate(instances):
            self._add(1 << number, instance)

    def _add(self, bit: int, instance: PlannedInstance) -> None:
        seen: dict[str, list[str]] = {}
        items: dict[str, int] = {"": 1}
        self._visit(instance.data_set, "", seen, items)
        for path, texts in seen.items():
            masks = self.full if len(texts) == items[parent(path)] else self.partial
            masks[path] = masks.get(path, 0) | bit
            if all(texts):
                self.with_value[path] = self.with_value.get(path, 0) | bit
            if not any(texts):
                self.empty[path] = self.empty.get(path, 0) | bit
            distinct = set(texts)
            for text in distinct - {""}:
                found = self.distinct.setdefault(path, {})
                found[text] = found.get(text, 0) | bit
            if len(distinct) == 1 and texts[0]:
                known = self.values.setdefault(path, {})
                known[texts[0]] = known.get(texts[0], 0) | bit

    def _visit(self, item: PlannedItem, prefix: str, seen: dict[str, list[str]], items: dict[str, int]) -> None:
        for element in item.elements.values():
            path = f"{prefix}/{element.key}" if prefix else element.key
            self.vrs.setdefault(path, set()).add(element.vr)
            seen.setdefault(path, []).append(_text(element.values, element.items))
            if path == CONTENT_SEQUENCE:
                continue
            for inner in element.items or ():
                items[path] = items.get(path, 0) + 1
                self._visit(inner, path, seen, items)

    def present(self, path: str) -> int:
        """Where a path stands, in every item or in some."""
        return self.full.get(path, 0) | self.partial.get(path, 0)

    def anywhere(self, paths: Iterable[str]) -> int:
        """Where one of the paths stands."""
        mask = 0
        for path in paths:
            mask |= self.present(path)
        return mask

    def holders(self, path: str) -> int:
        """Where a path could stand: its Sequence has an item, and its private block is reserved."""
        outer = parent(path)
        last = steps(path)[-1]
        if last.private and not last.is_creator:
            reserved = self.present(f"{outer}/" * bool(outer) + f'({last.group:04X},00xx,"{last.creator}")')
            return reserved
        return self.present(outer) & ~self.empty.get(outer, 0) if outer else self.everything

    def number_of_series(self, mask: int) -> int:
        """In how many series the instances are."""
        return len({series for number, series in enumerate(self.series) if mask >> number & 1})

    def observations(self, one: int, other: int) -> tuple[int, int]:
        """Independent observations in two disjoint sets: patients on one side only, else such studies, else series."""
        groups = {self.entities[number] for number in range(len(self.entities)) if (one | other) >> number & 1}
        sides = [{self.entities[n] for n in range(len(self.entities)) if mask >> n & 1} for mask in (one, other)]
        counts = [set[tuple[str, ...]](), set[tuple[str, ...]]()]
        for group in groups:
            for depth in (1, 2, 3):
                there = [any(known[:depth] == group[:depth] for known in side) for side in sides]
                if not all(there) or depth == 3:
                    for number in (0, 1):
                        if there[number]:
                            counts[number].add(group[:depth])
                    break
        return len(counts[0]), len(counts[1])

    def number_of_patients(self, mask: int) -> int:
        """Of how many patients the instances are."""
        return len({patient for number, patient in enumerate(self.patients) if mask >> number & 1})

    def where(self, literal: Literal, modules: dict[str, tuple[str, ...]]) -> int:
        """Where a learned statement holds; `modules` gives the root paths of each Module that it may speak of."""
        if literal.relation in ("present", "absent"):
            there = self.anywhere(modules[literal.module]) if literal.module else self.present(literal.path)
            return there if literal.relation == "present" else self.everything & ~there
        mask = 0
        for text, having in self.values.get(literal.path, {}).items():
            parts = text.split("\\")
            if literal.relation == "contains":
                matches = any(_same(part, literal.values[0]) for part in parts)
            elif literal.position:
                matches = len(parts) >= literal.position and any(
                    _same(parts[literal.position - 1], value) for value in literal.values
                )
            else:
                matches = any(_same(text, value) for value in literal.values)
            if matches:
                mask |= having
        return self.everything & ~mask if literal.relation == "is not" else mask


def _text(values: Sequence[object], items: Sequence[PlannedItem] | None) -> str:
    """The value as a profile writes it: values by backslashes, a code by its three elements, any other item as a mark."""
    if items is None:
        return "\\".join(str(value) for value in values)
    codes = []
    for item in items:
        own = [
            item.elements[key].values for key in ("(0008,0100)", "(0008,0102)", "(0008,0104)") if key in item.elements
        ]
        codes.append("\x1f".join(str(value[0]) if value else "" for value in own) if len(own) == 3 else "items")
    return "\\".join(codes)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False
