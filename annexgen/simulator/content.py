"""Plans an SR content tree from its rules: Content Items, values and references (PS3.3 C.17.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annexgen.simulator.codes import Code, parse_code, parse_codes
from annexgen.simulator.data_sets import code_elements
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import parse
from annexgen.simulator.generators import decimal_string, fill, number_between
from annexgen.simulator.plan import PlannedContent, PlannedElement, PlannedItem, Value
from annexgen.simulator.scope import entries

if TYPE_CHECKING:
    from annexgen.simulator.content_rules import ContentRule
    from annexgen.simulator.scope import InstanceScope

_NUMBER = re.compile(r"^(\[.*?\]|=.*?|-?[\d.]+)\s+(\(.*\)|=.*)$")
_RANGE = re.compile(r"^\[\s*(-?[\d.]+)\s*\.\.\.\s*(-?[\d.]+)\s*\]$")
_GRAPHIC = re.compile(r"^(POINT|MULTIPOINT|POLYLINE|CIRCLE|ELLIPSE)(?:\s+(\d+))?\s+(\[.*\])$")
_POINTS = {"POINT": 1, "CIRCLE": 2, "ELLIPSE": 4}


@dataclass(slots=True)
class _Node:
    relationship: str
    value_type: str
    concept: Code | None
    elements: list[PlannedElement] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    template: str = ""
    refers_to: Any = None
    position: tuple[int, ...] = ()


def plan_content(root: ContentRule, scope: InstanceScope) -> tuple[dict[str, PlannedElement], PlannedContent]:
    """Plan the content of one document.

    Returns:
        The elements of the root Content Item, for the root of the data set; the tree for the truth.

    Raises:
        DescriptionError: a rule cannot be followed, or a reference has no target.
    """
    targets: dict[Any, _Node] = {}
    (node,) = _plan(root, scope, targets, "content")
    _number(node, (1,))
    return _encode(node, targets), _planned(node, targets)


def _plan(rule: ContentRule, scope: InstanceScope, targets: dict[Any, _Node], place: str) -> list[_Node]:
    nodes = []
    try:
        rounds = [scope]
        if rule.each is not None:
            listed = entries(rule.each.evaluate(scope))
            rounds = [scope.inside(rule.name, one, n, len(listed), {}) for n, one in enumerate(listed, 1)]
        for inner in rounds:
            if rule.when is not None and not rule.when.holds(inner):
                continue
            node = _node(rule, inner, place)
            if rule.identifier is not None:
                targets[rule.identifier.evaluate(inner)] = node
            for index, child in enumerate(rule.children):
                node.children += _plan(child, inner, targets, f"{place}.{index}")
            nodes.append(node)
    except DescriptionError as error:
        raise DescriptionError(f"content item {rule.value_type} {rule.concept} {rule.value}: {error}") from error
    return nodes


def _node(rule: ContentRule, scope: InstanceScope, place: str) -> _Node:
    if rule.by_reference:
        return _Node(rule.relationship, "", None, refers_to=parse(rule.value[1:]).evaluate(scope))
    concept = None
    if rule.concept:
        concept = parse_code(_codes(rule.concept, scope))
    node = _Node(rule.relationship, rule.value_type, concept, template=rule.template)
    node.elements = _value_elements(rule.value_type, rule.value, scope, place)
    return node


def _value_elements(value_type: str, value: str, scope: InstanceScope, place: str) -> list[PlannedElement]:
    draw = scope.random(place, "instance")
    match value_type:
        case "CONTAINER":
            return [PlannedElement("(0040,A050)", 0x0040A050, "CS", ("SEPARATE",))]
        case "CODE":
            codes = parse_codes(_codes(value, scope))
            return [_coded("(0040,A168)", 0x0040A168, draw.choice(codes))]
        case "TEXT":
            return [PlannedElement("(0040,A160)", 0x0040A160, "UT", (_text(value, scope),))]
        case "PNAME":
            return [PlannedElement("(0040,A123)", 0x0040A123, "PN", (_text(value, scope),))]
        case "DATE":
            return [PlannedElement("(0040,A121)", 0x0040A121, "DA", (_text(value, scope),))]
        case "TIME":
            return [PlannedElement("(0040,A122)", 0x0040A122, "TM", (_text(value, scope),))]
        case "DATETIME":
            return [PlannedElement("(0040,A120)", 0x0040A120, "DT", (_text(value, scope),))]
        case "UIDREF":
            key = value.removeprefix("uid ")
            uid = _text(value, scope) if key == value else scope.uid(_text(key, scope))
            return [PlannedElement("(0040,A124)", 0x0040A124, "UI", (uid,))]
        case "NUM":
            return [_measured(value, scope, place)]
        case "SCOORD":
            return _graphic(value, scope, place)
        case "IMAGE" | "COMPOSITE":
            return [_referenced(parse(value.removeprefix("=")).evaluate(scope))]
        case _:
            raise DescriptionError(f"no Value Type is called {value_type!r}")


def _text(text: str, scope: InstanceScope) -> str:
    """`=expression` evaluated, any other text filled in."""
    if text.startswith("="):
        return str(parse(text[1:]).evaluate(scope))
    return fill(text, scope)


def _codes(text: str, scope: InstanceScope) -> str:
    """`=expression` evaluated; codes are taken as they stand, for UCUM has braces of its own."""
    return str(parse(text[1:]).evaluate(scope)) if text.startswith("=") else text


def _coded(key: str, tag: int, code: Code) -> PlannedElement:
    return PlannedElement(key, tag, "SQ", items=(PlannedItem(code_elements(code)),))


def _measured(value: str, scope: InstanceScope, place: str) -> PlannedElement:
    found = _NUMBER.match(value)
    if found is None:
        raise DescriptionError(f"a number and its unit, not {value!r}")
    number = _drawn_numbers(found[1], 1, scope, place)[0]
    unit = parse_code(_codes(found[2], scope))
    item = PlannedItem(
        {
            "(0040,08EA)": _coded("(0040,08EA)", 0x004008EA, unit),
            "(0040,A30A)": PlannedElement("(0040,A30A)", 0x0040A30A, "DS", (decimal_string(number, None),)),
        }
    )
    return PlannedElement("(0040,A300)", 0x0040A300, "SQ", items=(item,))


def _drawn_numbers(text: str, count: int, scope: InstanceScope, place: str) -> list[float]:
    """`[low ... high]`, `[=expression that gives both]`, `=expression`, or a number."""
    draw = scope.random(place, "instance")
    found = _RANGE.match(text)
    if found is not None:
        decimals = max(len(bound.partition(".")[2]) for bound in found.groups())
        return [number_between(draw, float(found[1]), float(found[2]), decimals) for _ in range(count)]
    if text.startswith("["):
        low, high = parse(text[1:-1].strip().removeprefix("=")).evaluate(scope)
        return [number_between(draw, low, high, None) for _ in range(count)]
    if text.startswith("="):
        return [float(parse(text[1:]).evaluate(scope))] * count
    return [float(text)] * count


def _graphic(value: str, scope: InstanceScope, place: str) -> list[PlannedElement]:
    found = _GRAPHIC.match(value)
    if found is None:
        raise DescriptionError(f"Graphic Type, number of points and [low ... high], not {value!r}")
    points = _POINTS.get(found[1]) or int(found[2] or 3)
    numbers: list[Value] = list(_drawn_numbers(found[3], 2 * points, scope, place))
    if found[1] == "POLYLINE":
        numbers += numbers[:2]
    return [
        PlannedElement("(0070,0022)", 0x00700022, "FL", tuple(numbers)),
        PlannedElement("(0070,0023)", 0x00700023, "CS", (found[1],)),
    ]


def _referenced(image: Any) -> PlannedElement:
    if image is None:
        raise DescriptionError("nothing is referenced")
    item = PlannedItem(
        {
            "(0008,1150)": PlannedElement("(0008,1150)", 0x00081150, "UI", (image.get("sop_class_uid"),)),
            "(0008,1155)": PlannedElement("(0008,1155)", 0x00081155, "UI", (image.get("uid"),)),
        }
    )
    return PlannedElement("(0008,1199)", 0x00081199, "SQ", items=(item,))


def _number(node: _Node, position: tuple[int, ...]) -> None:
    node.position = position
    for index, child in enumerate(node.children, 1):
        _number(child, (*position, index))


def _encode(node: _Node, targets: dict[Any, _Node]) -> dict[str, PlannedElement]:
    planned = []
    if node.relationship:
        planned.append(PlannedElement("(0040,A010)", 0x0040A010, "CS", (node.relationship,)))
    if node.refers_to is not None:
        position = _target(node, targets).position
        planned.append(PlannedElement("(0040,DB73)", 0x0040DB73, "UL", position))
        return {element.key: element for element in planned}
    planned.append(PlannedElement("(0040,A040)", 0x0040A040, "CS", (node.value_type,), declared=True))
    if node.concept is not None:
        items = (PlannedItem(code_elements(node.concept, declared=True)),)
        planned.append(PlannedElement("(0040,A043)", 0x0040A043, "SQ", items=items, declared=True))
    planned += node.elements
    if node.template:
        template = {
            "(0008,0105)": PlannedElement("(0008,0105)", 0x00080105, "CS", ("DCMR",), declared=True),
            "(0040,DB00)": PlannedElement("(0040,DB00)", 0x0040DB00, "CS", (node.template,), declared=True),
        }
        items = (PlannedItem(template),)
        planned.append(PlannedElement("(0040,A504)", 0x0040A504, "SQ", items=items))
    if node.children:
        children = tuple(PlannedItem(_encode(child, targets)) for child in node.children)
        planned.append(PlannedElement("(0040,A730)", 0x0040A730, "SQ", items=children))
    return {element.key: element for element in planned}


def _target(node: _Node, targets: dict[Any, _Node]) -> _Node:
    try:
        return targets[node.refers_to]
    except KeyError:
        raise DescriptionError(f"no Content Item has the id {node.refers_to!r}") from None


def _planned(node: _Node, targets: dict[Any, _Node]) -> PlannedContent:
    relationship, shown = node.relationship, node
    if node.refers_to is not None:
        relationship, shown = f"R-{node.relationship}", _target(node, targets)
    return PlannedContent(
        relationship,
        shown.value_type,
        f"{shown.concept.scheme}:{shown.concept.value}" if shown.concept else "",
        tuple(_planned(child, targets) for child in node.children),
        node.template,
    )
