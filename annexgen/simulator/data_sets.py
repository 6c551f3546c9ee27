"""Follows the rules of a SOP Class: plans the data set of one instance, element by element."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from annexgen.simulator.codes import Code, is_code, parse_code
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.generators import DECLARED, format_value, generate
from annexgen.simulator.paths import parse_path
from annexgen.simulator.pixels import pixel_data
from annexgen.simulator.plan import PlannedElement, PlannedItem
from annexgen.simulator.scope import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annexgen.simulator.private_blocks import PrivateBlocks
    from annexgen.simulator.rules import Rule, RuleNode
    from annexgen.simulator.scope import InstanceScope


def plan_data_set(
    nodes: Mapping[str, RuleNode],
    blocks: PrivateBlocks,
    scope: InstanceScope,
    elements: dict[str, PlannedElement] | None = None,
) -> PlannedItem:
    """Plan the root data set of an instance, or a directory record about it.

    Args:
        nodes: the rules of the SOP Class, in the order in which they are followed.
        blocks: where private blocks stand.
        scope: the facts of the instance.
        elements: where planned elements go; by default the `root` of the scope, which rules can ask.

    Raises:
        DescriptionError: a rule cannot be followed; the message names the element.
    """
    if elements is None:
        scope.pending.update(nodes)
        elements = scope.root
    return PlannedItem(_plan_item(nodes.values(), blocks, scope, elements))


def _plan_item(
    nodes: Iterable[RuleNode],
    blocks: PrivateBlocks,
    scope: InstanceScope,
    elements: dict[str, PlannedElement],
) -> dict[str, PlannedElement]:
    for node in nodes:
        try:
            element = _plan_element(node, blocks, scope)
        except DescriptionError as error:
            raise DescriptionError(f"{node.step.key}: {error}") from error
        if elements is scope.root:
            scope.pending.discard(node.step.key)
        if element is None:
            continue
        if node.step.creator:
            creator = blocks.creator_element(node.step, scope)
            elements.setdefault(creator.key, creator)
        elements[element.key] = element
    return elements


def _plan_element(node: RuleNode, blocks: PrivateBlocks, scope: InstanceScope) -> PlannedElement | None:
    rule = next((rule for rule in node.rules if all(one.holds(scope) for one in rule.conditions)), None)
    if rule is None:
        return None
    key = node.step.key
    tag = node.step.tag(blocks.block(node.step, scope) if node.step.creator else 0)
    if rule.empty is not None and rule.empty.holds(scope):
        return PlannedElement(key, tag, rule.vr, items=() if rule.vr == "SQ" else None)
    if rule.generator in ("copy", "source", "worklist"):
        return _copied(rule, key, tag, scope)
    if rule.vr == "SQ":
        return _plan_sequence(node, rule, tag, blocks, scope)
    if rule.generator == "pixels":
        values: tuple[Any, ...] = (pixel_data(rule.argument, scope),)
    else:
        values = generate(rule, key, scope)
    formatted = tuple(format_value(rule.vr, value, rule.decimals) for value in values)
    return PlannedElement(key, tag, rule.vr, formatted, None, rule.generator in DECLARED, rule.generator, rule.origin)


def _copied(rule: Rule, key: str, tag: int, scope: InstanceScope) -> PlannedElement | None:
    """What the element named by the rule holds, in this instance, the referenced one or the worklist item."""
    keys = [step.key for step in parse_path(str(rule.argument))]
    holder = {"copy": PlannedItem(scope.root), "source": scope.source, "worklist": scope.worklist}[rule.generator]
    source = holder.find(keys) if holder is not None else None
    if source is None:
        return None
    origin = rule.origin or source.origin
    items = source.items and tuple(_taken_over(item, rule.generator, origin) for item in source.items)
    return PlannedElement(key, tag, rule.vr, source.values, items, source.declared, rule.generator, origin)


def _taken_over(item: PlannedItem, generator: str, origin: str) -> PlannedItem:
    """An item whose elements come from where the item was copied."""
    elements = {
        key: replace(
            element,
            generator=generator,
            origin=origin,
            items=element.items and tuple(_taken_over(inner, generator, origin) for inner in element.items),
        )
        for key, element in item.elements.items()
    }
    return replace(item, elements=elements)


def _plan_sequence(node: RuleNode, rule: Rule, tag: int, blocks: PrivateBlocks, scope: InstanceScope) -> PlannedElement:
    key = node.step.key
    declared = rule.generator in DECLARED
    given: list[Any]
    if rule.generator:
        given = list(generate(rule, key, scope))
        if not all(is_code(value) or isinstance(value, Code) for value in given):
            raise DescriptionError(f"the values of a Sequence must be codes, not {given!r}")
    elif rule.each is not None:
        given = entries(rule.each.evaluate(scope))
    elif rule.items is not None:
        given = [{}] * int(rule.items.evaluate(scope))
    else:
        given = [{}] if node.children else []
    items = []
    for index, entry in enumerate(given, 1):
        coded = rule.generator != ""
        elements = code_elements(entry if isinstance(entry, Code) else parse_code(entry), declared) if coded else {}
        inner = scope.inside(rule.bound_as, {} if coded else entry, index, len(given), elements)
        items.append(PlannedItem(_plan_item(node.children.values(), blocks, inner, elements)))
    return PlannedElement(
        key, tag, "SQ", items=tuple(items), declared=declared, generator=rule.generator, origin=rule.origin
    )


def code_elements(code: Code, declared: bool = False) -> dict[str, PlannedElement]:
    """The elements of a code item: Code Value, Coding Scheme Designator, Code Meaning (PS3.3 Section 8.8)."""
    return {
        "(0008,0100)": PlannedElement("(0008,0100)", 0x00080100, "SH", (code.value,), declared=declared),
        "(0008,0102)": PlannedElement("(0008,0102)", 0x00080102, "SH", (code.scheme,), declared=declared),
        "(0008,0104)": PlannedElement("(0008,0104)", 0x00080104, "LO", (code.meaning,), declared=declared),
    }
