"""Directory Records: their types and keys, and what the records of all types have, seen as one (PS3.3 F.3)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import presence_of_paths
from annexgen.annex.rows import SopClassView
from annexgen.profile.model import FULL_MIXED, PARTIAL_VALUE, PathStatistics, SopClassProfile
from annexgen.profile.paths import standard_path
from annexgen.standard.directory_records import directory_record_type, directory_record_types

if TYPE_CHECKING:
    from annexgen.profile.model import Limits, Shape

RECORDS = "(0004,1220)"
_DIRECTORY = "]/(0004,"


def record_types(view: SopClassView) -> list[str]:
    """The types of the records, in the order of PS3.3 Table F.4-1; those that it does not list come last."""
    known = {name: number for number, name in enumerate(directory_record_types())}
    found = {path.removeprefix(f"{RECORDS}[").removesuffix("]") for path in view.children if _is_type(path)}
    return sorted(found, key=lambda name: (known.get(name, len(known)), name))


def keys_of(view: SopClassView, record_type: str) -> list[str]:
    """The element paths of the keys of a type: the Standard's in its order, then all others by their tag."""
    outer = f"{RECORDS}[{record_type}]"
    kind = directory_record_type(record_type)
    known = {f"{outer}/{standard_path(key.path)}": n for n, key in enumerate(kind.keys)} if kind else {}
    keys = [path for path in view.children[outer] if _DIRECTORY not in path]
    return sorted(keys, key=lambda path: (known.get(path, len(known)), path))


def joined_view(view: SopClassView, limits: Limits) -> SopClassView:
    """The attributes of the directory itself (group 0004) in the records of all types, by their paths without type.

    An attribute is present where every record of the instance has it, partially where only some have it. `places` of the
    view are the element paths that each path stands for.
    """
    places: dict[str, list[str]] = {}
    for path in sorted(view.profile.paths):
        if path.startswith(f"{RECORDS}[") and _DIRECTORY in path:
            places.setdefault(untyped(path), []).append(path)
    profile = SopClassProfile()
    if RECORDS in view.profile.paths:
        profile.paths[RECORDS] = view.profile.paths[RECORDS]
    for path, typed in places.items():
        profile.paths[path] = PathStatistics(order=view.profile.paths[typed[0]].order)
        for one in typed:
            profile.paths[path].add(view.profile.paths[one], limits)
    for (shape, discriminators), origins in view.profile.patterns.items():
        profile.patterns.setdefault((_joined(shape, places), discriminators), Counter()).update(origins)
    return SopClassView(
        view.uid,
        view.title,
        profile,
        presence_of_paths(profile),
        thresholds=view.thresholds,
        series=view.series,
        places={path: tuple(typed) for path, typed in places.items()},
    )


def untyped(path: str) -> str:
    """The path without the Directory Record Type."""
    return path.partition("[")[0] + path.partition("]")[2]


def _is_type(path: str) -> bool:
    return path.startswith(f"{RECORDS}[") and path.count("]") == 1 and path.endswith("]")


def _joined(shape: Shape, places: dict[str, list[str]]) -> Shape:
    """The states in one instance: an attribute is full where the records of every type that is there have it."""
    states = dict(shape)
    here = {path.partition("]")[0] for path in states if path.startswith(f"{RECORDS}[")}
    found = [(RECORDS, states[RECORDS])] if RECORDS in states else []
    for path, typed in places.items():
        seen = {one.partition("]")[0]: states[one] for one in typed if one in states}
        if seen:
            full = seen.keys() == here and all(state < PARTIAL_VALUE for state in seen.values())
            kinds = {state % PARTIAL_VALUE for state in seen.values()}
            kind = kinds.pop() if len(kinds) == 1 else FULL_MIXED
            found.append((path, kind if full else kind + PARTIAL_VALUE))
    return tuple(sorted(found))
