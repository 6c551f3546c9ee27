"""What an expression of a description can see while one instance is planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Facts
from annexgen.simulator.paths import parse_path, parse_step

if TYPE_CHECKING:
    import random

    from annexgen.simulator.identifiers import Identifiers
    from annexgen.simulator.plan import PlannedElement, PlannedItem


@dataclass(frozen=True, slots=True)
class InstanceScope:
    """The facts about product, device, patient, study, series and instance, and the elements planned so far.

    Args:
        facts: sets of facts by name; inside items also `item` (with `index`, `count`) and names of `as`.
        identity: for each entity that a rule may name in `per`, what tells it from others.
        identifiers: where UIDs and random numbers come from.
        vocabulary: every fact that any list entry of the description has.
        root: the elements of the instance planned so far; grows while the instance is planned.
        pending: places of the root that have rules, but were not reached yet.
        position: the item numbers down to the present item.
        source: the first instance of the corpus that this one refers to, as planned.
        worklist: the worklist item of the study.
    """

    facts: Mapping[str, Any]
    identity: Mapping[str, str]
    identifiers: Identifiers
    vocabulary: frozenset[str] = frozenset()
    root: dict[str, PlannedElement] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    here: Mapping[str, PlannedElement] = field(default_factory=dict)
    position: tuple[int, ...] = ()
    source: PlannedItem | None = None
    worklist: PlannedItem | None = None

    def lookup(self, name: str) -> Any:
        """A set of facts by its name, or the value of a root attribute by its keyword (see `Scope`)."""
        if name in self.facts:
            return self.facts[name]
        if name[:1].isupper():
            return self.attribute(name)
        raise DescriptionError(f"nothing is called {name!r} here")

    def fact(self, entity: str, name: str) -> Any:
        """One fact of one entity."""
        facts = self.facts[entity]
        return facts.get(name)

    def function(self, name: str) -> Callable[..., Any]:
        """The functions of expressions: attribute, present, here, uid, chance, len (see `Scope`)."""
        functions: dict[str, Callable[..., Any]] = {
            "attribute": self.attribute,
            "present": self.present,
            "here": lambda path: _value(self.here.get(parse_step(path).key)),
            "uid": self.uid,
            "chance": self.chance,
            "len": lambda value: len(value or ()),
            "round": round,
            "pick": lambda index, values: values[(index - 1) % len(values)],
        }
        if name not in functions:
            raise DescriptionError(f"no function {name!r}")
        return functions[name]

    def attribute(self, path: str) -> Any:
        """The value, or list of values, of a root attribute planned earlier; None when it is absent or empty.

        Raises:
            DescriptionError: the attribute comes later in the description, its value is not known yet.
        """
        (step,) = parse_path(path)
        if step.key in self.pending:
            raise DescriptionError(f"{path} is planned later; move its rule before the one that asks for it")
        return _value(self.root.get(step.key))

    def present(self, path: str) -> bool:
        """Whether a root attribute planned earlier stands; raises DescriptionError when it comes later."""
        (step,) = parse_path(path)
        if step.key in self.pending:
            raise DescriptionError(f"{path} is planned later; move its rule before the one that asks for it")
        return step.key in self.root

    def uid(self, key: str) -> str:
        """The UID of the product that belongs to the key."""
        return self.identifiers.uid(key)

    def chance(self, probability: float, per: str = "instance", key: str = "") -> bool:
        """True with that probability, the same throughout one `per` (and `key`)."""
        return self.random(f"chance {probability} {key}", per).random() < probability

    def random(self, key: str, per: str) -> random.Random:
        """The random generator of a place, the same throughout one `per`."""
        position = self.position if per == "instance" else ()
        return self.identifiers.random(per, self.identity[per], key, *position)

    def inside(
        self, name: str, entry: Any, index: int, count: int, here: Mapping[str, PlannedElement]
    ) -> InstanceScope:
        """The scope inside an item: `item` is the entry with `index` and `count`, called `name` too."""
        values = {**entry, "index": index, "count": count} if isinstance(entry, Mapping) else entry
        bound = Facts("item", values, self.vocabulary) if isinstance(values, Mapping) else values
        names = {"item": bound, **({name: bound} if name else {})}
        return replace(self, facts={**self.facts, **names}, position=(*self.position, index), here=here)


def entries(value: Any) -> list[Any]:
    """The entries that `each` goes through; raises DescriptionError when the value is no list."""
    if value is None:
        return []
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise DescriptionError(f"each needs a list, not {value!r}")
    return list(value)


def _value(element: PlannedElement | None) -> Any:
    """The value of an element for an expression, numbers as numbers; several as a list, none as None."""
    if element is None or not element.values:
        return None
    number = {"DS": float, "IS": int}.get(element.vr)
    values = [number(value) for value in element.values] if number else list(element.values)
    return values[0] if len(values) == 1 else values
