"""The expressions of a description: conditions and computed values over facts, read without `eval`.

Python's expression grammar, cut down to constants, names, `fact.name`, subscripts, comparisons, `and`, `or`,
`not`, `x if c else y`, arithmetic and calls of the few functions that the scope offers. Subscripts count from
1, as the Standard counts Values: `ImageType[3] == 'AXIAL'`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from annexgen.simulator.errors import DescriptionError

_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in (right or ()),
    ast.NotIn: lambda left, right: left not in (right or ()),
}
_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_SHAPES = (
    ast.Expression,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.IfExp,
    ast.Tuple,
    ast.List,
    ast.Call,
    ast.Load,
    ast.boolop,
    ast.And,
    ast.Or,
    ast.Not,
    ast.USub,
    *_COMPARE,
    *_BINARY,
)


class Scope(Protocol):
    """What an expression may ask: names and functions."""

    def lookup(self, name: str) -> Any:
        """The value of a bare name: a set of facts, or the value of an attribute named by its keyword."""

    def function(self, name: str) -> Callable[..., Any]:
        """The function of that name; raises DescriptionError when there is none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A named set of facts; one that only others of its kind have is None, any other an error."""

    name: str
    values: Mapping[str, Any]
    known: frozenset[str] = field(default_factory=frozenset)

    def get(self, fact: str) -> Any:
        """The fact; None when this one lacks what others of its kind have."""
        if fact in self.values:
            return self.values[fact]
        if fact in self.known:
            return None
        raise DescriptionError(f"no {self.name} has a fact {fact!r}")


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; `text` is what the description says."""

    text: str
    tree: ast.expr

    def evaluate(self, scope: Scope) -> Any:
        """The value in that scope; raises DescriptionError that quotes the expression."""
        try:
            return _evaluate(self.tree, scope)
        except (DescriptionError, TypeError, IndexError, ZeroDivisionError) as error:
            raise DescriptionError(f"expression {self.text!r}: {error}") from error

    def holds(self, scope: Scope) -> bool:
        """Whether the expression is true in that scope."""
        return bool(self.evaluate(scope))


@cache
def parse(text: str) -> Expression:
    """Read an expression; raises DescriptionError when it is none or holds more than the grammar allows."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise DescriptionError(f"expression {text!r}: {error.msg}") from error
    for node in ast.walk(tree):
        if not isinstance(node, _SHAPES):
            raise DescriptionError(f"expression {text!r}: {type(node).__name__} is not allowed")
    return Expression(text.strip(), tree.body)


def _evaluate(node: ast.expr, scope: Scope) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return scope.lookup(node.id)
        case ast.Attribute():
            return _member(_evaluate(node.value, scope), node.attr)
        case ast.Subscript():
            return _subscript(_evaluate(node.value, scope), _evaluate(node.slice, scope))
        case ast.Compare():
            return _compare(node, scope)
        case ast.BoolOp():
            value: Any = None
            for part in node.values:
                value = _evaluate(part, scope)
                if bool(value) is isinstance(node.op, ast.Or):
                    break
            return value
        case ast.UnaryOp():
            value = _evaluate(node.operand, scope)
            return not value if isinstance(node.op, ast.Not) else -value
        case ast.BinOp():
            return _BINARY[type(node.op)](_evaluate(node.left, scope), _evaluate(node.right, scope))
        case ast.IfExp():
            return _evaluate(node.body if _evaluate(node.test, scope) else node.orelse, scope)
        case ast.Tuple() | ast.List():
            return [_evaluate(part, scope) for part in node.elts]
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return scope.function(name)(*(_evaluate(argument, scope) for argument in node.args))
        case _:
            raise DescriptionError(f"{type(node).__name__} is not allowed here")


def _compare(node: ast.Compare, scope: Scope) -> bool:
    left = _evaluate(node.left, scope)
    for sign, comparator in zip(node.ops, node.comparators, strict=True):
        right = _evaluate(comparator, scope)
        if not _COMPARE[type(sign)](left, right):
            return False
        left = right
    return True


def _member(value: Any, name: str) -> Any:
    match value:
        case None:
            return None
        case Facts():
            return value.get(name)
        case Mapping():
            return value.get(name)
        case _:
            raise DescriptionError(f"{value!r} has no facts, and so no {name!r}")


def _subscript(value: Any, index: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(index, int):
        if index < 1:
            raise DescriptionError("subscripts count from 1")
        return value[index - 1] if index <= len(value) else None
    raise DescriptionError(f"{value!r} has no numbered values")
