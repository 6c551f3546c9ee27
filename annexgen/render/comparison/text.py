"""The differences for the terminal: one line each, those that matter most first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.comparison.model import Weight
from annexgen.render.comparison.words import HEADINGS, NOTHING, counts, origin_counts, said, title
from annexgen.render.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group
    from rich.text import Text

    from annexgen.annex.comparison import Change, Comparison

_STYLES = {Weight.BREAKING: "bold red", Weight.NOTABLE: "bold yellow", Weight.MINOR: "bold"}
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_MOST_HELD = 6


def summary(comparison: Comparison, *, everything: bool = False) -> Group:
    """What `annexgen diff` prints; texts of the annexes are printed as they are, markup in them has no effect.

    Minor differences that may be accidents are only counted, unless `everything` is asked for.
    """
    from rich.console import Group

    return Group(*_lines(comparison, everything=everything))


def _lines(comparison: Comparison, *, everything: bool) -> Iterator[Text]:
    yield _text(title(comparison), "bold")
    yield _text(f"{origin_counts(comparison.old)}; {origin_counts(comparison.new)}", "dim")
    if not comparison.changes:
        yield _text(NOTHING)
        return
    yield _text(counts(comparison))
    for weight in Weight:
        changes = comparison.of(weight)
        shown = changes if everything or weight is not Weight.MINOR else tuple(c for c in changes if not c.weak)
        if changes:
            yield _text("")
            yield _text(f"{HEADINGS[weight]} ({len(changes)})", _STYLES[weight])
        if len(shown) < len(changes):
            yield _text(f"  {len(changes) - len(shown)} that may be accidents of the corpora (--all shows them)", "dim")
        for change in shown:
            yield _line(change)
            if change.weak:
                yield _text(f"    weak: {change.weak}", "dim")
            if change.holds:
                more = f" and {len(change.holds) - _MOST_HELD} more" if len(change.holds) > _MOST_HELD else ""
                yield _text(f"    with {', '.join(change.holds[:_MOST_HELD])}{more}", "dim")


def _line(change: Change) -> Text:
    line = _text(f"  {_MARKS[change.kind]} {change.message}")
    if not change.column:
        line.append(f"  ({printable(said(change, change.old if change.kind == 'removed' else change.new))})", "dim")
    return line


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(printable(text), style=style)
