"""Rows of SR templates as text, in the notation of PS3.16 section 6.1: codes in parentheses, DCID and BCID, $Parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.standard import context_groups

if TYPE_CHECKING:
    from annexgen.standard.templates import CodeConstraint, TemplateRow

_LETTERS = {"defined": "D", "baseline": "B"}


def constraint(given: CodeConstraint) -> str:
    """The alternatives of a constraint, each code with its meaning and each group with its name; "" for an open one."""
    codes = [f'({code.value}, {code.scheme}, "{code.meaning}")' for code in given.codes]
    groups = [f"{_LETTERS.get(use.binding, '')}CID {use.cid}{_name(use.cid)}" for use in given.groups]
    return " or ".join((*codes, *groups, *given.parameters))


def values(row: TemplateRow) -> str:
    """What a row says of its values: value set, units, Graphic Types, or the arguments of an inclusion."""
    parts = [constraint(row.value_set)] if row.value_set else []
    if row.units:
        parts.append(f"UNITS = {constraint(row.units)}")
    if row.graphic_types:
        parts.append(f"GRAPHIC TYPE = {{{', '.join(row.graphic_types)}}}")
    parts.extend(f"{name} = {constraint(given)}" for name, given in row.arguments)
    return "; ".join(parts)


def _name(cid: str) -> str:
    group = context_groups.context_group(cid)
    return f' "{group.name}"' if group else ""
