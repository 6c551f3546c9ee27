"""Identifiable Information of private attributes: what the files and PS3.15 Table E.3.10-1 say, and why a value looks unsafe.

SAFE comes from the files' own Private Data Element Characteristics Sequence (0008,0300) or from the table, never from
values. Values can only raise UNSAFE.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from annexgen.analyzers.remark import counted_instances
from annexgen.profile.characteristics import FACET, PATH, Statement
from annexgen.profile.model import IDENTIFYING
from annexgen.profile.nodes import CONTENT_FACET
from annexgen.profile.paths import steps
from annexgen.standard import confidentiality

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annexgen.profile.model import PathStatistics, SopClassProfile
    from annexgen.profile.paths import Step

SAFE = "SAFE"
UNSAFE = "UNSAFE"
MIXED = "MIXED"
_TABLE = "PS3.15 Table E.3.10-1"
_FILE = "Private Data Element Characteristics Sequence (0008,0300)"


class Origin(Enum):
    """Who says it."""

    FILE = "file"
    STANDARD = "standard"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Identifiable:
    """SAFE, UNSAFE or MIXED, who says it, and why."""

    text: str
    origin: Origin
    reason: str


Statements = dict[tuple[int, str], Counter[Statement]]
"""What instances state in (0008,0300), by group and Private Creator, with the number of instances."""


def statements_of(profile: SopClassProfile) -> Statements:
    """What the instances of a SOP Class state of their private elements (PS3.3 section C.12.1)."""
    found: Statements = {}
    statistics = profile.paths.get(PATH)
    for token, instances in sorted(statistics.facets.get(FACET, {}).items()) if statistics else ():
        statement = Statement.of(token)
        found.setdefault((statement.group, statement.creator), Counter())[statement] += instances
    return found


def element_of(step: Step) -> int:
    """The last byte of a private element's number."""
    return int(step.element[-2:], 16)


def stated(step: Step, statements: Statements, statistics: PathStatistics) -> Identifiable | None:
    """What the files or the table say of a private attribute; the more cautious where they disagree.

    Of a Private Creator: the status of its block, where the files state one. The table speaks of an attribute of some VR: what is
    written with another one is not what it calls safe.
    """
    said = statements.get((step.group, step.creator), Counter())
    if step.creator == "?":
        return None
    if step.is_creator:
        blocks = {s.status for s in said if s.status}
        return Identifiable(blocks.pop(), Origin.FILE, _FILE) if len(blocks) == 1 else None
    element = element_of(step)
    by_files = {s.status_of(element) for s in said} - {""}
    table = confidentiality.safe_private_attribute(step.creator, step.group, element)
    if table is not None and not table.allows(vr for vr, _ in statistics.vrs):
        table = None
    if UNSAFE in by_files:
        reason = f"{_FILE} of the files"
        if SAFE in by_files:
            reason += "; other instances state SAFE"
        return Identifiable(UNSAFE, Origin.FILE, reason + (f"; {_TABLE} says SAFE" if table else ""))
    if by_files:
        return Identifiable(SAFE, Origin.FILE, f"{_FILE} of the files" + (f"; {_TABLE}" if table else ""))
    return Identifiable(SAFE, Origin.STANDARD, _TABLE) if table else None


def suspicion(statistics: PathStatistics, inside: Iterable[PathStatistics] = ()) -> str:
    """Why the values of a private attribute look identifying; "" when they do not.

    Args:
        statistics: of the attribute.
        inside: of what stands in its items, when it is a Sequence.
    """
    reasons = _reasons(statistics, "its value")
    nested: Counter[str] = Counter()
    person = False
    for inner in inside:
        person |= any(vr == "PN" for vr, _ in inner.vrs)
        for kind, instances in inner.facets.get(IDENTIFYING, {}).items():
            nested[kind] = max(nested[kind], instances)
    if person:
        reasons.append("an attribute in its items has VR PN")
    reasons.extend(f"its items repeat the {kind} in {counted_instances(n)}" for kind, n in sorted(nested.items()))
    return "; ".join(reasons)


def _reasons(statistics: PathStatistics, what: str) -> list[str]:
    reasons = ["its VR is PN"] if any(vr == "PN" for vr, _ in statistics.vrs) else []
    found = statistics.facets.get(IDENTIFYING, Counter())
    reasons.extend(
        f"{what} equals or contains the {kind} in {counted_instances(n)}" for kind, n in sorted(found.items())
    )
    return reasons


def information_of(
    path: str, profile: SopClassProfile, children: Mapping[str, list[str]], statements: Statements
) -> Identifiable | None:
    """What the column Identifiable Information says of an attribute of a private module; None: to be reviewed."""
    step = steps(path)[-1]
    said = stated(step, statements, profile.paths[path]) if step.private else None
    reason = "" if step.is_creator else suspicion_at(path, profile, children)
    if said is None:
        return Identifiable(UNSAFE, Origin.VALUES, reason) if reason else None
    return Identifiable(said.text, said.origin, f"{said.reason}; but {reason}") if reason else said


def suspicion_at(path: str, profile: SopClassProfile, children: Mapping[str, list[str]]) -> str:
    """Why the values of the attribute at a path, or what is in its items, look identifying; "" when they do not."""
    inside: list[PathStatistics] = []
    waiting = list(children.get(path, ()))
    while waiting:
        inner = waiting.pop()
        inside.append(profile.paths[inner])
        waiting.extend(children.get(inner, ()))
    return suspicion(profile.paths[path], inside)


def content_text(statistics: PathStatistics) -> str:
    """What an opaque value holds: "XML", "XML or binary data"; "" when nothing was told."""
    found = sorted(statistics.facets.get(CONTENT_FACET, {}).items(), key=lambda f: (-f[1], f[0]))
    return " or ".join(kind for kind, _ in found)
