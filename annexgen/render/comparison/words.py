"""The words that all outputs of a comparison share: titles, counts, both sides of a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.comparison.model import Weight
from annexgen.render.texts import evidence_sentence, quantity

if TYPE_CHECKING:
    from annexgen.annex.comparison import Change, Comparison, Side
    from annexgen.annex.comparison.model import Origin

HEADINGS = {
    Weight.BREAKING: "What may break a receiver",
    Weight.NOTABLE: "What a receiver may want to know",
    Weight.MINOR: "Minor differences",
}
NOTHING = "No differences."
ALL_VALUES = "made with all values: it may hold identifying values of patients, and so may these differences"


def origin_title(origin: Origin) -> str:
    """The product of one side with its versions."""
    product = origin.product
    versions = ", ".join(product.versions)
    return f"{product.name or 'the product'} {versions}".strip()


def origin_counts(origin: Origin) -> str:
    """What one side was inferred from, with a warning where it may hold identifying values."""
    corpus = origin.corpus
    parts = (
        quantity(corpus.instances, "instance"),
        quantity(corpus.series, "series"),
        quantity(corpus.studies, "study"),
    )
    return ", ".join(parts) + (f"; {ALL_VALUES}" if corpus.values == "all" else "")


def title(comparison: Comparison) -> str:
    """The title of a comparison."""
    return f"Differences from {origin_title(comparison.old)} to {origin_title(comparison.new)}"


def counts(comparison: Comparison) -> str:
    """How many differences there are of each weight, and how many of them are weak."""
    parts = [f"{len(comparison.of(weight))} {weight.label}" for weight in Weight]
    weak = sum(bool(change.weak) for change in comparison.changes)
    return f"{quantity(len(comparison.changes), 'difference')}: {', '.join(parts)}" + (
        f"; {weak} of them may be accidents of the corpora" if weak else ""
    )


def seen(side: Side) -> str:
    """What one side was counted over, in words."""
    return evidence_sentence(side.evidence) if side.evidence is not None else ""


def said(change: Change, side: Side) -> str:
    """What one side says; nothing where the thing is not there."""
    if side.table == "" and not side.text:
        return "-"
    return side.text or ("(blank)" if change.column else "present")
