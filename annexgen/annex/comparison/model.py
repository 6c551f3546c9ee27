"""A difference between two annexes: what it is about, both sides with their evidence, and how much it matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.annex.model import Corpus, Evidence, Product


class Weight(IntEnum):
    """What a difference means to a receiver of the instances; the smallest comes first."""

    BREAKING = 1
    """A receiver that relied on the old statement may fail or leak: something went away, appeared undisclosed, or has
    another type."""
    NOTABLE = 2
    """A receiver may want to react: something new to use, or presence that became firmer."""
    MINOR = 3
    """Wording, proposals, ranges of numbers: seldom a matter for a receiver."""

    @property
    def label(self) -> str:
        """The word that outputs show."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a difference: what was said, and what it was counted over; `text` is empty where there was nothing."""

    text: str = ""
    evidence: Evidence | None = None
    table: str = ""
    """The id of the table that says so."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `what` is the kind of thing (see `annexgen.annex.comparison.facts.WHAT`), `name` how the annex names it, `column` which of
    its properties differs (empty: the thing itself is new or gone). `weak` is the reason why the difference may be an
    accident of the corpora, empty where they decide it. `holds` are further things that came or went with it.
    """

    weight: Weight
    what: str
    sop_class: str
    path: str
    name: str
    column: str
    old: Side
    new: Side
    message: str
    weak: str = ""
    holds: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        if self.column:
            return "changed"
        return "added" if self.old.table == "" and not self.old.text else "removed"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which annex a side is: its product and what it was inferred from."""

    product: Product
    corpus: Corpus
    edition: str
    generator: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences between two annexes, those that matter most first."""

    old: Origin
    new: Origin
    changes: tuple[Change, ...]
    sop_class_names: dict[str, str] = field(default_factory=dict)

    def of(self, weight: Weight) -> tuple[Change, ...]:
        """The differences of one weight."""
        return tuple(change for change in self.changes if change.weight is weight)
