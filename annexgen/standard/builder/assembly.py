"""The generated tables put together: the newer edition's attributes and Types in the older one's order, macros factored out."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from annexgen.standard import uids
from annexgen.standard.attribute_tables import INCLUDE
from annexgen.standard.builder import macros, ordering, sources, trees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annexgen.standard.builder.trees import Node, Path

Row = tuple[str, ...]
SHARED_FUNCTIONAL_GROUPS = "52009229"
OWN_FUNCTIONAL_GROUPS = "-functional-groups"
"""Keys of Modules that stand for an IOD's own functional groups end so."""

CURRENT_FRAME_FUNCTIONAL_GROUPS = "current-frame-functional-groups"
"""A Module whose every attribute the newer tables lack, since pydicom's dictionary lacks them; the older edition has it."""

X_RAY_GRID = ("x-ray-grid", "00189555")
"""PS3.3 Table C.8.31.7-1 includes the grid's description inside the Sequence; both packages read it as standing beside it."""


REAL_TIME_COMMUNICATION = {
    "1.2.840.10008.10.1": "real-time-video-endoscopic-image",
    "1.2.840.10008.10.2": "real-time-video-photographic-image",
    "1.2.840.10008.10.3": "real-time-audio-waveform",
    "1.2.840.10008.10.4": "rendition-selection-document",
}
"""The IODs of the SOP Classes of real-time communication (PS3.22), which highdicom's list of storage SOP Classes leaves out."""


def sop_classes(newer: sources.Newer) -> list[Row]:
    """SOP Classes with an IOD, and those registered for storage without one: UID, name, IOD key, retired."""
    known = {**newer.iod_of_sop_class, **REAL_TIME_COMMUNICATION}
    found = {uid: (uids.uid_name(uid) or "", key) for uid, key in known.items()}
    for uid in uids.all_uids("SOP Class"):
        name = uids.uid_name(uid) or ""
        if uid not in found and "Storage" in name and "Commitment" not in name:
            found[uid] = (name, "")
    return sorted((uid, name, key, str(int(uids.is_retired(uid)))) for uid, (name, key) in found.items())


def iod_modules(newer: sources.Newer) -> list[Row]:
    """Modules of each IOD, in the Standard's order: IOD key, Module key, Information Entity, usage."""
    return [
        (iod, _module_key(iod, entry["key"]), entry["ie"], entry["usage"])
        for iod in sorted(newer.modules_of_iod)
        for entry in newer.modules_of_iod[iod]
    ]


def _module_key(iod: str, key: str) -> str:
    """The Module's key: highdicom names one apart for each IOD that has functional groups of its own."""
    return key.removeprefix(f"{iod}-") if key.endswith(OWN_FUNCTIONAL_GROUPS) else key


def attribute_tables(
    newer: sources.Newer,
    older: sources.Older,
    roots: Mapping[str, str],
    usage: Iterable[tuple[str, str]],
    additions: Sequence[Row] = (),
    defined: Iterable[Row] = (),
) -> dict[str, list[Row]]:
    """The attribute tables: `module_attributes`, `macro_attributes`, `functional_group_macro_attributes`.

    Arguments:
        roots: tag of the Sequence of each Functional Group Macro.
        usage: IOD and Functional Group Macro, as Annex A of PS3.3 pairs them.
        additions: attributes of Modules that the newer tables lack, and inclusions in them, in the form of the attribute tables;
            the fourth column of an attribute is the one of its level behind which it stands.
        defined: attributes of macros and of Functional Group Macros that the newer tables lack as a whole, in that form.

    Raises:
        ValueError: an addition shall stand behind an attribute that is not there.
    """
    fallbacks = ordering.Fallbacks.of([_known(rows) for rows in (*older.macros.values(), *older.modules.values())])
    modules = {
        key: ordering.arrange(trees.grow(rows), _known(older.modules.get(key)), fallbacks)
        for key, rows in newer.tables.items()
        if key.removesuffix(f"-{sources.FUNCTIONAL_GROUPS}") not in newer.modules_of_iod or key in newer.modules_of_iod
    }
    for key in (CURRENT_FRAME_FUNCTIONAL_GROUPS,):
        modules.setdefault(key, trees.grow(older.modules.get(key, [])))
    groups = {
        key: ordering.arrange(tree, _known(older.macros.get(key)), fallbacks)
        for key, tree in _functional_groups(newer, older, roots, usage).items()
    }
    tags = {key: tags for key, rows in older.macros.items() if key not in roots and (tags := macros.outermost(rows))}
    shared = macros.contents(modules | groups, tags)
    for key, tree in _defined(defined, shared).items():
        (groups if key in roots else shared)[key] = tree
    for key, added in _expanded(additions, shared).items():
        known = ordering.KnownOrder({**_known(added).levels, **_known(older.modules.get(key)).levels})
        tree = ordering.arrange(trees.grow([*newer.tables.get(key, []), *added]), known, fallbacks)
        modules[key] = ordering.put_behind(tree, _neighbours(additions, key))
    return {
        "module_attributes": _rows({key: macros.factor(tree, shared) for key, tree in modules.items()}),
        "macro_attributes": _rows({key: macros.factor(tree, shared, key) for key, tree in shared.items()}),
        "functional_group_macro_attributes": _rows({key: macros.factor(tree, shared) for key, tree in groups.items()}),
    }


def _known(rows: sources.Rows | None) -> ordering.KnownOrder:
    return ordering.KnownOrder.of(path for path, _ in rows or ())


def _expanded(additions: Iterable[Row], shared: Mapping[str, tuple[Node, ...]]) -> dict[str, sources.Rows]:
    """The added attributes by Module or macro, with the attributes of included macros in their places."""
    found: dict[str, sources.Rows] = {}
    for key, path, type_, *more in additions:
        place = tuple(path.split("."))
        rows = found.setdefault(key, [])
        if type_ == INCLUDE:
            rows.extend(((*place, *inner), node.type) for inner, node in trees.walk(shared[more[0]]))
        else:
            rows.append((place, type_))
    return found


def _defined(rows: Iterable[Row], shared: Mapping[str, tuple[Node, ...]]) -> dict[str, tuple[Node, ...]]:
    """The trees of macros that rows define, each of which may include those before it."""
    found: dict[str, tuple[Node, ...]] = {}
    for key, own in groupby(rows, key=lambda row: row[0]):
        found[key] = trees.grow(_expanded(own, {**shared, **found})[key])
    return found


def _neighbours(additions: Iterable[Row], owner: str) -> dict[Path, str]:
    """Paths of a Module's additions that stand behind a named attribute, with its tag."""
    return {
        tuple(path.split(".")): more[0]
        for key, path, type_, *more in additions
        if key == owner and type_ != INCLUDE and more
    }


def _functional_groups(
    newer: sources.Newer, older: sources.Older, roots: Mapping[str, str], usage: Iterable[tuple[str, str]]
) -> dict[str, tuple[Node, ...]]:
    """The tree of each Functional Group Macro: the one that most IODs agree on; the older edition's where no IOD has it."""
    seen: dict[str, Counter[tuple[Node, ...]]] = {key: Counter() for key in roots}
    trees_of_iod: dict[str, dict[str, Node]] = {}
    for iod, key in usage:
        if iod not in trees_of_iod:
            trees_of_iod[iod] = _groups_of_iod(newer.tables.get(f"{iod}-{sources.FUNCTIONAL_GROUPS}", []))
        root = trees_of_iod[iod].get(roots[key])
        if root is not None:
            seen[key][_corrected(key, (root, *_beside(trees_of_iod[iod], roots.values())))] += 1
    found: dict[str, tuple[Node, ...]] = {}
    for key, counter in seen.items():
        if counter:
            found[key] = max(counter.items(), key=lambda item: (item[1], repr(item[0])))[0]
        else:
            found[key] = trees.grow(older.macros.get(key, []))
    return found


def _groups_of_iod(rows: sources.Rows) -> dict[str, Node]:
    inside: list[tuple[Path, str]] = [
        (path[1:], type_) for path, type_ in rows if path[0] == SHARED_FUNCTIONAL_GROUPS and len(path) > 1
    ]
    return {node.tag: node for node in trees.grow(inside)}


def _beside(nodes: Mapping[str, Node], roots: Iterable[str]) -> list[Node]:
    known = set(roots)
    return [node for tag, node in nodes.items() if tag not in known]


def _corrected(key: str, found: tuple[Node, ...]) -> tuple[Node, ...]:
    root, *beside = found
    if (key, root.tag) == X_RAY_GRID:
        return (trees.Node(root.tag, root.type, (*root.children, *beside)),)
    return (root,)


def _rows(tables: Mapping[str, tuple[Node, ...]]) -> list[Row]:
    rows: list[Row] = []
    for key in sorted(tables):
        for path, node in trees.walk(tables[key]):
            if node.macro:
                rows.append((key, ".".join(path), INCLUDE, node.macro))
            else:
                rows.append((key, ".".join(path), node.type))
    return rows
