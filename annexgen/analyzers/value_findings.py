"""Findings about what elements hold: values that the Standard does not list, VRs, retired attributes, Code Meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.remark import Remark, counted_instances
from annexgen.analyzers.values import CODE_SEPARATOR
from annexgen.profile.model import PLAIN
from annexgen.profile.paths import steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.analyzers.presence import Presence
    from annexgen.profile.model import PathStatistics, Profile, SopClassProfile
    from annexgen.standard.enumerated_values import StandardValues

FROM_FILE = "file"
UNKNOWN_VR = "UN"
_NAMED = 4
"""So many values are named where there are more."""


def value_remarks(
    profile: SopClassProfile,
    presence: dict[str, Presence],
    standard: Callable[[str], tuple[StandardValues, ...]],
) -> Iterator[Remark]:
    """Findings about the elements of one SOP Class, at most one of a kind for each path.

    Arguments:
        standard: what the Standard lists for the attribute at a path.
    """
    for path, statistics in profile.paths.items():
        parts = steps(path)
        if not parts or path not in presence:
            continue
        last = parts[-1]
        count = presence[path].present + presence[path].partial
        vrs = sorted({vr for vr, origin in statistics.vrs if origin == FROM_FILE})
        if last.private:
            if len(vrs) > 1 and not last.is_creator:
                message = f"private element {last.shown_tag} is written with several VRs: {', '.join(vrs)}"
                yield Remark("several-vrs", "warning", message, path, count, statistics.example)
            continue
        entry = dictionary.lookup(last.tag)
        if entry is None:
            continue
        name = f"{entry.name} {last.shown_tag}"
        wrong = [vr for vr in vrs if vr not in entry.vr.split(" or ")]
        if wrong:
            severity = "warning" if wrong == [UNKNOWN_VR] else "error"
            message = f"{name} is written with VR {', '.join(vrs)}; PS3.6 says {entry.vr}"
            yield Remark("vr-differs", severity, message, path, count, statistics.example)
        if entry.retired:
            yield Remark("retired-attribute", "note", f"{name} is retired", path, count, statistics.example)
        for listed in standard(path):
            yield from _outside(name, path, statistics, listed)


def _outside(name: str, path: str, statistics: PathStatistics, listed: StandardValues) -> Iterator[Remark]:
    """Values that are none of those that the Standard lists."""
    outside: dict[str, int] = {}
    for token, count in statistics.values.items():
        if token[0] != PLAIN or not count.printable:
            continue
        values = token[1:].split("\\")
        for value in values if listed.number is None else values[listed.number - 1 : listed.number]:
            if value and value not in listed.values:
                outside[value] = outside.get(value, 0) + count.instances
    if not outside:
        return
    which = f"Value {listed.number} of {name}" if listed.number else name
    shown = sorted(outside)[:_NAMED]
    more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
    kind = "Enumerated Values" if listed.enumerated else "Defined Terms"
    message = f"{which} is {', '.join(shown)}{more}; the {kind} are {', '.join(listed.values)} ({listed.source})"
    code, severity = ("outside-enumerated-values", "error") if listed.enumerated else ("outside-defined-terms", "note")
    yield Remark(code, severity, message, path, max(outside.values()), statistics.example)


def code_meaning_remarks(profile: Profile) -> Iterator[tuple[str, Remark]]:
    """Codes that the product writes with more than one Code Meaning: SOP Class of the first place, and the finding."""
    meanings: dict[tuple[str, str], dict[str, int]] = {}
    places: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for uid, sop_class in profile.sop_classes.items():
        for path, statistics in sop_class.paths.items():
            for token, count in statistics.values.items():
                if token[0] == PLAIN and token.count(CODE_SEPARATOR) == 2 and count.printable:
                    value, scheme, meaning = token[1:].split(CODE_SEPARATOR)
                    known = meanings.setdefault((scheme, value), {})
                    known[meaning] = known.get(meaning, 0) + count.instances
                    places.setdefault((scheme, value), []).append((uid, path, statistics.example))
    for (scheme, value), known in sorted(meanings.items()):
        if len(known) > 1:
            uid, path, example = min(places[scheme, value])
            shown = ", ".join(
                f'"{meaning}" ({counted_instances(count)})' for meaning, count in sorted(known.items())[:_NAMED]
            )
            message = f"the code ({value}, {scheme}) is written with {len(known)} Code Meanings: {shown}"
            yield uid, Remark("several-code-meanings", "warning", message, path, sum(known.values()), example)
