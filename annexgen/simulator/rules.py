"""Rules: what a description says about one element, and the tree of rules of a data set.

A rule is a TOML table, or a list of tables of which the first whose condition holds is followed:

    KVP = { one_of = [80, 100, 120], per = "series", when = "not series.localizer" }

A rule has at most one generator (see `annexgen.simulator.generators`); one without a generator writes a
zero-length element, or for a Sequence with rules below it, one item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Expression, parse
from annexgen.simulator.paths import Step, parse_path, value_representation

GENERATORS = (
    "value",
    "one_of",
    "from",
    "range",
    "text",
    "uid",
    "date",
    "bytes",
    "hex",
    "copy",
    "source",
    "worklist",
    "pixels",
)
SCOPES = ("instance", "series", "study", "patient", "device", "product")
_OTHER_KEYS = ("vr", "when", "empty", "per", "items", "each", "as", "count", "decimals", "origin")
_ENTITY = re.compile(r"\b(sop_class)\.|\b(product|device|patient|study|series|instance)\.(?!uid|date|time)")
_AMBIGUOUS = {"US or SS": "US", "OB or OW": "OW", "US or OW": "US", "US or SS or OW": "US"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is written at one place of a data set, under which conditions.

    `conditions` must all hold (the module's or macro's own, then the rule's); `empty` says when the element
    is zero-length; `each` or `items` say how many items a Sequence has; `per` is the entity within which a
    drawn value stays the same; `origin` is the source of the value in the terms of PS3.2 N.9. An `implicit` rule is of a Sequence that only the rules below it name.
    """

    vr: str = ""
    generator: str = ""
    argument: Any = None
    conditions: tuple[Expression, ...] = ()
    empty: Expression | None = None
    per: str = "instance"
    items: Expression | None = None
    each: Expression | None = None
    bound_as: str = ""
    count: Expression | None = None
    decimals: int | None = None
    origin: str = ""
    implicit: bool = False

    @property
    def when(self) -> str:
        """The conditions as the description states them; "" when there is none."""
        if len(self.conditions) == 1:
            return self.conditions[0].text
        return " and ".join(f"({condition.text})" for condition in self.conditions)


@dataclass(slots=True)
class RuleNode:
    """A place in a data set, the rules for it in order, and for a Sequence the places in its items."""

    step: Step
    rules: list[Rule] = field(default_factory=list)
    children: dict[str, RuleNode] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """The declared condition of the place; "" when one of its rules is unconditional."""
        texts = list(dict.fromkeys(rule.when for rule in self.rules))
        if "" in texts:
            return ""
        return texts[0] if len(texts) == 1 else " or ".join(f"({text})" for text in texts)


@dataclass(slots=True)
class RuleTree:
    """All rules of one SOP Class, as a tree of places."""

    root: dict[str, RuleNode] = field(default_factory=dict)

    def add(self, table: Mapping[str, Any], conditions: tuple[Expression, ...], prefix: str, place: str) -> None:
        """Add the rules of one module or macro.

        Args:
            table: element path to rule or list of rules.
            conditions: those of the module or macro; they bind every rule in it.
            prefix: an element path below which all paths of the table stand, or "".
            place: what an error message calls the table.
        """
        for path, stated in table.items():
            where = f"{place}, {path}"
            steps = parse_path(f"{prefix}/{path}" if prefix else path)
            node = self._node(steps, conditions)
            rules = [_parse_rule(one, steps[-1], conditions, where) for one in _alternatives(stated)]
            node.rules = [rule for rule in node.rules if not rule.implicit] + rules

    def _node(self, steps: tuple[Step, ...], conditions: tuple[Expression, ...]) -> RuleNode:
        siblings = self.root
        for position, step in enumerate(steps):
            node = siblings.setdefault(step.key, RuleNode(step))
            if position < len(steps) - 1 and all(rule.implicit for rule in node.rules):
                implicit = Rule(vr="SQ", conditions=conditions, items=parse("1"), implicit=True)
                if implicit not in node.rules:
                    node.rules.append(implicit)
            siblings = node.children
        return node


def _alternatives(stated: Any) -> list[Any]:
    """The rules stated for a place: a list of tables is several, a list of values is one constant."""
    if isinstance(stated, list) and all(isinstance(one, Mapping) for one in stated):
        return stated
    return [stated]


def _parse_rule(table: Any, step: Step, conditions: tuple[Expression, ...], where: str) -> Rule:
    if not isinstance(table, Mapping):
        table = {"value": table}
    generators = [key for key in GENERATORS if key in table]
    unknown = [key for key in table if key not in GENERATORS and key not in _OTHER_KEYS]
    if unknown or len(generators) > 1:
        raise DescriptionError(f"{where}: a rule cannot have {', '.join(unknown or generators)}")
    per = table.get("per", "instance")
    if per not in SCOPES:
        raise DescriptionError(f"{where}: per = {per!r} is none of {', '.join(SCOPES)}")
    vr = table.get("vr") or value_representation(step)
    if not vr:
        raise DescriptionError(f"{where}: a private or unknown element needs a vr")
    when = table.get("when")
    return Rule(
        vr=_AMBIGUOUS.get(vr, vr),
        generator=generators[0] if generators else "",
        argument=table[generators[0]] if generators else None,
        conditions=(*conditions, *([parse(when)] if when else [])),
        empty=_optional(table, "empty"),
        per=per,
        items=_optional(table, "items"),
        each=_optional(table, "each"),
        bound_as=table.get("as", ""),
        count=_optional(table, "count"),
        decimals=table.get("decimals"),
        origin=table.get("origin") or _origin(generators[0] if generators else "", table),
    )


def _origin(generator: str, table: Mapping[str, Any]) -> str:
    """Where the value of a rule comes from, as the Source column of PS3.2 N.9 calls it; "" for a zero-length element."""
    match generator:
        case "" | "copy":
            return ""
        case "value":
            return "FIXED"
        case "source":
            return "SRC_INSTANCE"
        case "worklist":
            return "MWL"
        case "from":
            entities = {one or other for one, other in _ENTITY.findall(str(table["from"]))}
            if entities == {"device"}:
                return "CONFIGURATION"
            if entities in ({"product"}, {"sop_class"}):
                return "FIXED"
            return "USER" if entities & {"patient", "study"} else "GENERATED"
        case _:
            return "GENERATED"


def _optional(table: Mapping[str, Any], key: str) -> Expression | None:
    return parse(str(table[key])) if key in table else None


def walk(nodes: Iterable[RuleNode], prefix: str = "") -> Iterable[tuple[str, RuleNode]]:
    """Every place of a tree with its element path, parents first."""
    for node in nodes:
        path = f"{prefix}/{node.step.key}" if prefix else node.step.key
        yield path, node
        yield from walk(node.children.values(), path)
