"""A comparison in a few sentences: what is new, gone and different, the most important things named (PS3.2 N.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.comparison.facts import WHAT
from annexgen.annex.comparison.model import Weight
from annexgen.annex.comparison.ranking import PRESENCE, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.annex.comparison.model import Change, Comparison

NAMED = 3
"""So many things of one kind are named, all others counted."""
HELD = 6
"""So many things that came or went with another one are named."""
_PLURALS = {
    "SOP Class": "SOP Classes",
    "Transfer Syntax": "Transfer Syntaxes",
    "Directory Record key": "Directory Record keys",
}


def summary(comparison: Comparison) -> str:
    """What changed, for the revision history: only what both corpora decide; minor differences are counted.

    A thing that differs in several SOP Classes counts once.
    """
    decided = [change for change in comparison.changes if not change.weak]
    if not decided:
        return "No changes."
    named = [change for change in decided if change.weight is not Weight.MINOR]
    parts = [
        _sentence(title, [change for change in named if change.kind == kind])
        for title, kind in (("New", "added"), ("No longer used", "removed"), ("Changed", "changed"))
    ]
    breaking = _things(change for change in decided if change.weight is Weight.BREAKING)
    minor = _things(change for change in decided if change.weight is Weight.MINOR)
    counts = [f"{len(breaking):,} of these may affect receivers."] if breaking else []
    if minor:
        counts.append(f"{len(minor):,} minor change{'' if len(minor) == 1 else 's'}.")
    return "\n".join(filter(None, [*parts, " ".join(counts)]))


def gone(comparison: Comparison, *, weak: bool) -> list[tuple[str, list[str]]]:
    """What the new annex no longer describes, each thing with the UIDs of its SOP Classes, in the order of weight.

    Arguments: `weak` asks for what may be an accident of the corpora instead of what is decided.
    """
    found: dict[str, list[str]] = {}
    for change in comparison.changes:
        if change.kind == "removed" and bool(change.weak) is weak:
            found.setdefault(f"{change.what} {change.name}{_with(change.holds)}", []).append(change.sop_class)
    return list(found.items())


def _with(holds: tuple[str, ...]) -> str:
    """What went with a thing."""
    if not holds:
        return ""
    return f", with {', '.join(holds)}" if len(holds) <= HELD else f", with {len(holds)} entries"


def _sentence(title: str, changes: list[Change]) -> str:
    """One sentence for all that is new, gone or different."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((_property(change.column), change.what), []).append(change)
    parts = []
    for (column, what), members in sorted(groups.items(), key=lambda item: _place(item[1])):
        names = _things(members)
        of = f"{column} of " if column else ""
        if len(names) == 1:
            parts.append(f"{of}{what} {names[0]}")
            continue
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        parts.append(f"{of}{len(names)} {_PLURALS.get(what, f'{what}s')}: {', '.join(names[:NAMED])}{more}")
    return f"{title}: {'; '.join(parts)}." if parts else ""


def _property(column: str) -> str:
    """What a person calls the property that a column shows."""
    if column in PRESENCE:
        return "presence"
    if column in VALUE:
        return "values"
    if column in ("Condition", "Conditions"):
        return "conditions"
    return column


def _things(changes: Iterable[Change]) -> list[str]:
    """The names of what the changes are about, each once, in the order given."""
    seen: dict[tuple[str, str], str] = {}
    for change in changes:
        path = change.path or change.sop_class
        seen.setdefault((change.what, path), change.name)
    return list(seen.values())


def _place(members: list[Change]) -> tuple[int, int]:
    return min(change.weight for change in members), WHAT.index(members[0].what)
