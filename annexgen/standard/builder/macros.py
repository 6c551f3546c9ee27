"""Macros factored out: runs of attributes that many tables share become one macro and inclusions of it (PS3.3 section 10)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.standard.builder.trees import Node, Path, size

if TYPE_CHECKING:
    from collections.abc import Mapping

Forest = tuple[Node, ...]


def contents(tables: Mapping[str, Forest], macro_tags: Mapping[str, tuple[str, ...]]) -> dict[str, Forest]:
    """What each macro contains: the most frequent run of siblings that begins and ends with its first and last tag.

    A macro of the older edition is known by the tags of its outermost attributes; in the newer one it may have gained
    some between them. Macros of one attribute, and short ones that stand nowhere twice, are not factored out.

    Arguments:
        tables: the ordered trees of all tables.
        macro_tags: tags of each macro's outermost attributes, in order.
    """
    runs: dict[str, Counter[Forest]] = {key: Counter() for key in macro_tags}
    wanted: dict[str, list[str]] = {}
    for key, tags in macro_tags.items():
        wanted.setdefault(tags[0], []).append(key)
    for nodes in tables.values():
        for siblings in _sibling_lists(nodes):
            positions = {node.tag: index for index, node in enumerate(siblings)}
            for node in siblings:
                for key in wanted.get(node.tag, ()):
                    tags = macro_tags[key]
                    if tags[-1] in positions and all(tag in positions for tag in tags):
                        run = siblings[positions[tags[0]] : positions[tags[-1]] + 1]
                        if len(run) <= len(tags) * 1.5 + 1:
                            runs[key][run] += 1
    found: dict[str, Forest] = {}
    taken: set[Forest] = set()
    for key, counter in sorted(runs.items()):
        common = [(n, run) for run, n in counter.items() if size(run) > 1 and (n > 1 or len(macro_tags[key]) > 3)]
        if not common:
            continue
        run = max(common, key=lambda item: (item[0], len(item[1]), repr(item[1])))[1]
        if run not in taken:
            taken.add(run)
            found[key] = run
    return found


def factor(nodes: Forest, macros: Mapping[str, Forest], owner: str = "") -> Forest:
    """The trees with every run that equals a macro replaced by its inclusion, the largest macros first.

    Arguments:
        owner: the macro whose own contents `nodes` are, which cannot include itself.
    """
    by_first: dict[Node, list[str]] = {}
    for key in sorted(macros, key=lambda key: (-size(macros[key]), key)):
        if key != owner and (not owner or size(macros[key]) < size(macros[owner])):
            by_first.setdefault(macros[key][0], []).append(key)
    return _factor(nodes, macros, by_first)


def _factor(nodes: Forest, macros: Mapping[str, Forest], by_first: Mapping[Node, list[str]]) -> Forest:
    out: list[Node] = []
    index = 0
    while index < len(nodes):
        node = nodes[index]
        for key in by_first.get(node, ()):
            run = macros[key]
            if nodes[index : index + len(run)] == run:
                out.append(Node("", "", macro=key))
                index += len(run)
                break
        else:
            out.append(Node(node.tag, node.type, _factor(node.children, macros, by_first)))
            index += 1
    return tuple(out)


def _sibling_lists(nodes: Forest) -> list[Forest]:
    lists = [nodes] if nodes else []
    for node in nodes:
        lists.extend(_sibling_lists(node.children))
    return lists


def outermost(rows: list[tuple[Path, str]]) -> tuple[str, ...]:
    """The tags of a table's outermost attributes, in order, without repetition."""
    return tuple(dict.fromkeys(path[0] for path, _ in rows if len(path) == 1))
