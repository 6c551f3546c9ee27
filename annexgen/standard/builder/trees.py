"""Attribute trees: the nested form in which the builder orders and compares attribute tables (PS3.3 Annex C)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Path = tuple[str, ...]
"""Tags from the root to an attribute, each as eight hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Node:
    """An attribute with its Type and the attributes of its items, in order; or the inclusion of a macro."""

    tag: str
    type: str
    children: tuple[Node, ...] = ()
    macro: str = ""


def grow(rows: Iterable[tuple[Path, str]]) -> tuple[Node, ...]:
    """The trees of rows (path, Type): siblings in the order of the rows, the first of a repeated path counts."""
    types: dict[Path, str] = {}
    children: dict[Path, list[Path]] = {}
    for path, type_ in rows:
        if path not in types:
            types[path] = type_
            children.setdefault(path[:-1], []).append(path)

    def node(path: Path) -> Node:
        return Node(path[-1], types[path], tuple(node(child) for child in children.get(path, ())))

    return tuple(node(path) for path in children.get((), ()))


def walk(nodes: tuple[Node, ...], parent: Path = ()) -> Iterator[tuple[Path, Node]]:
    """All nodes in pre-order, each with its path; an inclusion stands under the path of the Sequence that it is in."""
    for node in nodes:
        if node.macro:
            yield parent, node
            continue
        path = (*parent, node.tag)
        yield path, node
        yield from walk(node.children, path)


def size(nodes: tuple[Node, ...]) -> int:
    """The number of attributes in the trees."""
    return sum(1 + size(node.children) for node in nodes)


def expand(nodes: tuple[Node, ...], macros: dict[str, tuple[Node, ...]]) -> tuple[Node, ...]:
    """The trees with every inclusion replaced by the attributes of its macro.

    Raises:
        KeyError: a macro is not defined.
    """
    found: list[Node] = []
    for node in nodes:
        if node.macro:
            found.extend(expand(macros[node.macro], macros))
        else:
            found.append(Node(node.tag, node.type, expand(node.children, macros)))
    return tuple(found)
