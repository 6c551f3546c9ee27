"""The differences as Markdown, for release notes and pull requests: one table for each weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.comparison.model import Weight
from annexgen.render.comparison.words import HEADINGS, NOTHING, counts, origin_counts, origin_title, said, title
from annexgen.render.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.comparison import Change, Comparison

_MOST_HELD = 12


def document(comparison: Comparison) -> str:
    """The Markdown text, ending in a newline."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"# {escape(title(comparison))}"
    yield ""
    old, new = comparison.old, comparison.new
    yield f"Before: {escape(origin_title(old))} ({origin_counts(old)}). Now: {escape(origin_title(new))} ({origin_counts(new)})."
    yield ""
    if not comparison.changes:
        yield NOTHING
        return
    yield f"{counts(comparison)}."
    for weight in Weight:
        changes = comparison.of(weight)
        if not changes:
            continue
        yield ""
        yield f"## {HEADINGS[weight]}"
        yield ""
        yield "| Difference | Before | Now | Remark |"
        yield "| --- | --- | --- | --- |"
        for change in changes:
            yield f"| {' | '.join(_cells(change))} |"


def _cells(change: Change) -> Iterator[str]:
    yield escape(change.message)
    yield escape(said(change, change.old))
    yield escape(said(change, change.new))
    remarks = [f"weak: {change.weak}"] if change.weak else []
    if change.holds:
        more = f" and {len(change.holds) - _MOST_HELD} more" if len(change.holds) > _MOST_HELD else ""
        remarks.append(f"with {', '.join(change.holds[:_MOST_HELD])}{more}")
    yield escape("; ".join(remarks))
