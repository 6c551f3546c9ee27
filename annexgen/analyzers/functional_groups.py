"""Functional groups: which macros are shared, per frame or both, and one view of them and of each frame (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from annexgen.profile.functional_groups import OF_FRAMES, SHARED, relative_path, sequence_of
from annexgen.profile.model import Limits, PathStatistics, Shape, SopClassProfile

_SEQUENCES = (SHARED, *OF_FRAMES)
USAGE_SHARED, USAGE_PER_FRAME, USAGE_BOTH = "SHARED", "PER_FRAME", "CONTEXT_DEPENDENT"


@dataclass(frozen=True, slots=True)
class FunctionalGroups:
    """The functional groups of one SOP Class as one data set: paths start at the Sequence of each macro.

    `usage` is SHARED, PER_FRAME or CONTEXT_DEPENDENT by root path; `absolute` the element paths that a path stands for.
    """

    profile: SopClassProfile
    usage: dict[str, str]
    absolute: dict[str, tuple[str, ...]]


def functional_groups_of(profile: SopClassProfile, limits: Limits) -> FunctionalGroups:
    """Fold the Sequences that hold the functional groups of a SOP Class, of all frames and of single ones, into one."""
    merged = SopClassProfile()
    absolute: dict[str, list[str]] = {}
    roots: dict[str, set[str]] = {}
    for path in sorted(profile.paths):
        outer = sequence_of(path)
        if not outer:
            continue
        inner = relative_path(path)
        absolute.setdefault(inner, []).append(path)
        merged.paths.setdefault(inner, PathStatistics()).add(profile.paths[path], limits)
        roots.setdefault(inner, set()).add(USAGE_SHARED if outer == SHARED else USAGE_PER_FRAME)
    for (shape, _), origins in profile.patterns.items():
        key = (_folded(shape), ())
        merged.patterns.setdefault(key, Counter()).update(origins)
    usage = {root: USAGE_BOTH if len(found) == 2 else next(iter(found)) for root, found in roots.items()}
    return FunctionalGroups(merged, usage, {path: tuple(paths) for path, paths in absolute.items()})


def _folded(shape: Shape) -> Shape:
    states: dict[str, int] = {}
    for path, state in shape:
        if not sequence_of(path):
            continue
        inner = relative_path(path)
        known = states.get(inner)
        states[inner] = state if known is None else _both(known, state)
    return tuple(sorted(states.items()))


def frames_of(profile: SopClassProfile, groups: FunctionalGroups) -> SopClassProfile:
    """Frames as data sets of their own: all that holds for a frame, from the root, the shared and its per-frame groups.

    Attributes of functional groups stand at their `relative_path`. The unit is the series: a combination counts once for each
    that has such frames, however many.
    """
    result = SopClassProfile()
    result.paths = {
        path: s for path, s in profile.paths.items() if relative_path(path) == path and path.startswith("(")
    }
    result.paths.update(groups.profile.paths)
    for (shape, pairs, frame, of_frame), origins in profile.frames.items():
        states = {p: s for p, s in shape if p.startswith("(") and not p.startswith(_SEQUENCES)}
        for path, state in (*((p, s) for p, s in shape if p.startswith(f"{SHARED}/")), *frame):
            inner = relative_path(path)
            states[inner] = _both(states[inner], state) if inner in states else state
        values: dict[str, set[str]] = {}
        for path, value in (*((p, v) for p, v in pairs if not p.startswith(OF_FRAMES)), *of_frame):
            values.setdefault(relative_path(path), set()).add(value)
        single = tuple(sorted((path, found.pop()) for path, found in values.items() if len(found) == 1))
        known = result.patterns.setdefault((tuple(sorted(states.items())), single), Counter())
        for origin in origins:
            known[origin] = 1
    return result


def _both(a: int, b: int) -> int:
    """The state of a path that stands in shared and per-frame groups of one instance."""
    value = a % 3 if a % 3 == b % 3 else 2
    return value + 3 * min(a // 3, b // 3)
