"""Which Coding Schemes the product's codes come from, and where they stand (PS3.2 section N.13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.profile.model import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.profile.model import PathStatistics, Profile

_CODE_PARTS = 3
_CODE_FACETS = ("concept", "unit")


@dataclass(slots=True)
class CodeSetUse:
    """One Coding Scheme as it was seen: the Code Meanings of each Code Value, and the places by SOP Class UID.

    `capped` says that a place had more distinct values than a profile keeps, so there may be further codes.
    """

    codes: dict[str, set[str]] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    capped: bool = False


def code_sets_of(profile: Profile) -> dict[str, CodeSetUse]:
    """Every Coding Scheme Designator that codes and concept names of the corpus carry, sorted."""
    found: dict[str, CodeSetUse] = {}
    for uid, sop_class in sorted(profile.sop_classes.items()):
        for path, statistics in sop_class.paths.items():
            for code, scheme, meaning in _codes(statistics):
                use = found.setdefault(scheme, CodeSetUse())
                use.codes.setdefault(code, set()).add(meaning)
                use.places.setdefault(uid, set()).add(path)
                use.capped |= statistics.overflow
    return {scheme: found[scheme] for scheme in sorted(found)}


def _codes(statistics: PathStatistics) -> Iterator[tuple[str, str, str]]:
    """Code Value, Coding Scheme Designator and Code Meaning of all codes of one place."""
    tokens = [text[1:] for text, count in statistics.values.items() if text[:1] == PLAIN and count.printable]
    for name in _CODE_FACETS:
        tokens.extend(statistics.facets.get(name, ()))
    for token in tokens:
        parts = token.split("\x1f")
        if len(parts) == _CODE_PARTS and parts[1]:
            yield parts[0], parts[1], parts[2]
