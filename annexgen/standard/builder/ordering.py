"""The Standard's order of attributes: as the older edition lists them, newer ones beside their neighbour by tag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard.builder.trees import Node, Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """The order of the attributes of one table: the tags at the root and in the items of each Sequence, by its path."""

    levels: Mapping[Path, Tags]

    @classmethod
    def of(cls, paths: Iterable[Path]) -> KnownOrder:
        """The order in which a table lists its paths; the first of a repeated path counts."""
        levels: dict[Path, dict[str, None]] = {}
        for path in paths:
            levels.setdefault(path[:-1], {})[path[-1]] = None
        return cls({path: tuple(tags) for path, tags in levels.items()})


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """Orders for what the older edition does not have at a place: of the same Sequence elsewhere, and of whole tables."""

    sequences: Mapping[str, Tags]
    tables: Sequence[Tags]

    @classmethod
    def of(cls, orders: Sequence[KnownOrder]) -> Fallbacks:
        """The orders that all tables of the older edition show; of a Sequence's items, the most frequent one."""
        seen: dict[str, Counter[Tags]] = {}
        for order in orders:
            for path, tags in order.levels.items():
                if path:
                    seen.setdefault(path[-1], Counter())[tags] += 1
        return cls(
            {tag: max(found.items(), key=lambda item: (item[1], item[0]))[0] for tag, found in seen.items()},
            [tags for order in orders if len(tags := order.levels.get((), ())) > 1],
        )

    def order(self, sequence: str, tags: Tags) -> Tags:
        """The order for these attributes: the one that names most of them, a whole table only when all of it stands here."""
        there = set(tags)
        candidates = [self.sequences.get(sequence, ()), *(table for table in self.tables if there.issuperset(table))]
        return max(candidates, key=lambda order: len(there.intersection(order)))


def arrange(nodes: tuple[Node, ...], known: KnownOrder, fallbacks: Fallbacks, path: Path = ()) -> tuple[Node, ...]:
    """The attributes in the known order, at every level of nesting; by the fallbacks where it does not have the level."""
    own = {node.tag: node for node in nodes}
    tags = tuple(own)
    order = place(tags, known.levels.get(path) or fallbacks.order(path[-1] if path else "", tags))
    return tuple(
        Node(
            tag, own[tag].type, arrange(own[tag].children, known, fallbacks, (*path, tag)) if own[tag].children else ()
        )
        for tag in order
    )


def place(tags: Tags, known: Tags) -> Tags:
    """The tags that `known` has, in its order, and each other one beside its neighbour by tag.

    The neighbour is the next lower tag of the same group, else the next higher one of it; a tag alone in its group comes last.
    """
    there = set(tags)
    placed = [tag for tag in known if tag in there]
    for tag in sorted(there.difference(placed)):
        lower = [other for other in placed if other[:4] == tag[:4] and other < tag]
        higher = [other for other in placed if other[:4] == tag[:4] and other > tag]
        if lower:
            placed.insert(placed.index(max(lower)) + 1, tag)
        elif higher:
            placed.insert(placed.index(min(higher)), tag)
        else:
            placed.append(tag)
    return tuple(placed)


def put_behind(nodes: tuple[Node, ...], neighbours: Mapping[Path, str]) -> tuple[Node, ...]:
    """The trees with each named attribute moved directly behind the one of its level that is given for it.

    Raises:
        ValueError: an attribute's neighbour is not beside it.
    """
    for path, neighbour in neighbours.items():
        nodes = _moved(nodes, path, neighbour)
    return nodes


def _moved(nodes: tuple[Node, ...], path: Path, neighbour: str) -> tuple[Node, ...]:
    tags = [node.tag for node in nodes]
    at = tags.index(path[0])
    if len(path) > 1:
        node = nodes[at]
        return (*nodes[:at], Node(node.tag, node.type, _moved(node.children, path[1:], neighbour)), *nodes[at + 1 :])
    rest = nodes[:at] + nodes[at + 1 :]
    beside = [node.tag for node in rest]
    if neighbour not in beside:
        raise ValueError(f"{path[0]} shall stand behind {neighbour}, which is not beside it")
    behind = beside.index(neighbour) + 1
    return (*rest[:behind], nodes[at], *rest[behind:])
