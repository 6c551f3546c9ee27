"""Compares two annexes thing by thing: what is new, what is gone, what is said differently."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from annexgen.annex.comparison.facts import WHAT, Fact, Facts, Key, facts_of
from annexgen.annex.comparison.model import Change, Comparison, Origin, Side, Weight
from annexgen.annex.comparison.ranking import (
    NAMES_OF_THE_DEVICE,
    PRESENCE,
    VALUE,
    order_of,
    weight_of_column,
    weight_of_presence,
    weight_of_thing,
    weight_of_values,
)
from annexgen.annex.comparison.support import (
    Certainty,
    weak_appearance,
    weak_presence,
    weak_sop_class,
    weak_values,
)
from annexgen.annex.comparison.values import value_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.model import Annex

_PROPOSALS = frozenset({"Source", "Create"})
"""Columns that are compared only where both sides are more than a guess."""
_IDENTIFIABLE = "Identifiable Information"
_ROLES = frozenset({"DIMSE SCU", "DIMSE SCP", "DICOM Web UA", "DICOM Web OS", "Media FSC", "Media FSU", "Media FSR"})


def compare(old: Annex, new: Annex, certainty: Certainty | None = None) -> Comparison:
    """All differences between two numbered annexes, those that matter most to a receiver first.

    A SOP Class, Module or Sequence that is new or gone is one difference, which names what came or went with it; private
    elements are always named one by one. Where a private element moved to another block nothing differs.

    Arguments:
        certainty: when a difference counts as decided by the two corpora.
    """
    before, after = facts_of(old), facts_of(new)
    names = {**dict(old.sop_class_names), **dict(new.sop_class_names)}
    changes = list(_Comparing(before, after, certainty or Certainty(), names).changes())
    changes.sort(
        key=lambda c: (c.weight, bool(c.weak), order_of(c.column), WHAT.index(c.what), c.sop_class, c.path, c.column)
    )
    return Comparison(_origin(old), _origin(new), tuple(changes), names)


def _origin(annex: Annex) -> Origin:
    return Origin(annex.product, annex.corpus, annex.edition, annex.generator)


class _Comparing:
    """One comparison: both sides, and what is decided on the way."""

    def __init__(self, old: Facts, new: Facts, certainty: Certainty, names: dict[str, str]) -> None:
        self.old = old
        self.new = new
        self.certainty = certainty
        self.names = names

    def changes(self) -> Iterator[Change]:
        yield from self._appeared(self.old, self.new, new=True)
        yield from self._appeared(self.new, self.old, new=False)
        for key in sorted(self.old.things.keys() & self.new.things.keys()):
            yield from self._altered(key, self.old.things[key], self.new.things[key])

    def _appeared(self, without: Facts, having: Facts, *, new: bool) -> Iterator[Change]:
        """Things that only one side has, each inside the largest thing that it came or went with."""
        only = {key: fact for key, fact in having.things.items() if key not in without.things}
        inside: dict[Key, list[tuple[int, str]]] = defaultdict(list)
        own: dict[Key, Fact] = {}
        for key, fact in only.items():
            outer = _outer(key, fact, only)
            if outer is None:
                own[key] = fact
            else:
                inside[outer].append((WHAT.index(key[0]), fact.name))
        for key, fact in own.items():
            what, uid, path = key
            if what == "SOP Class":
                weak = weak_sop_class(without.studies, self.certainty)
            else:
                weak = weak_appearance(fact, without.seen.get(uid, {}).get(fact.unit, 0), self.certainty) if uid else ""
            side = Side(_said(fact), fact.evidence, fact.table)
            # What stands in several Sequences is named once.
            holds = tuple(dict.fromkeys(name for _, name in sorted(inside.get(key, ()))))
            message = f"{what} {fact.name} is {'new' if new else 'gone'}{self._in(what, uid)}"
            number = len(inside.get(key, ()))
            if number:
                message += f", and {number} {'entry' if number == 1 else 'entries'} with it"
            sides = (Side(), side) if new else (side, Side())
            yield Change(weight_of_thing(what, new=new), what, uid, path, fact.name, "", *sides, message, weak, holds)

    def _altered(self, key: Key, old: Fact, new: Fact) -> Iterator[Change]:
        """The properties of a thing that both sides have."""
        for column in old.cells.keys() & new.cells.keys():
            before, after = old.cells[column], new.cells[column]
            if column in _PROPOSALS and column in old.proposed | new.proposed:
                continue
            weight, weak, words = weight_of_column(column), "", ""
            if column in VALUE:
                change = value_change(old, new, column)
                if change is None:
                    continue
                words = change.text
                closed = old.closed and not change.numbers
                weight = weight_of_values(added=bool(change.added), removed=bool(change.removed), closed=closed)
                if key[2] in NAMES_OF_THE_DEVICE:
                    weight = Weight.MINOR
                weak = weak_values(old, new, self.certainty)
                if change.numbers:
                    weak = weak or "ranges of numbers depend on what was scanned"
            elif before == after:
                continue
            elif column == _IDENTIFIABLE and column in old.proposed | new.proposed:
                # A heuristic says UNSAFE only: that it does no more proves nothing.
                if not after:
                    continue
                weak = "proposed from the values that were scanned" if column in new.proposed else ""
            elif column in PRESENCE:
                weight = weight_of_presence(before, after)
                sides = (old, new) if before == "ALWAYS" else (new, old)
                weak = weak_presence(*sides, column, self.certainty) if "ALWAYS" in (before, after) else ""
            elif column in ("Condition", "Conditions"):
                if not before or not after:
                    continue
                if column in old.proposed | new.proposed:
                    weak = "the conditions are learned from the corpora"
            elif column in _ROLES or (column == "Attribute Name" and not before):
                weight = Weight.MINOR
            yield self._change(key, column, old, new, weight, weak, words)

    def _change(self, key: Key, column: str, old: Fact, new: Fact, weight: Weight, weak: str, words: str) -> Change:
        what, uid, path = key
        before, after = old.cells[column], new.cells[column]
        said = words or f"{before or 'nothing'} before, {after or 'nothing'} now"
        message = f"{column} of {what} {new.name}{self._in(what, uid)}: {said}"
        sides = (Side(before, old.evidence, old.table), Side(after, new.evidence, new.table))
        return Change(weight, what, uid, path, new.name, column, *sides, message, weak)

    def _in(self, what: str, uid: str) -> str:
        return f" in {self.names.get(uid, uid)}" if uid and what != "SOP Class" else ""


def _outer(key: Key, fact: Fact, only: dict[Key, Fact]) -> Key | None:
    """The thing of the same side that this one came or went with; private elements stand for themselves."""
    what, uid, path = key
    if what != "SOP Class" and ("SOP Class", uid, "") in only:
        return ("SOP Class", uid, "")
    if what in ("Private Creator", "private attribute"):
        return None
    outer = path.rpartition("/")[0]
    while outer and outer != "functional groups":
        for kind in (what, "private attribute", "attribute"):
            if (kind, uid, outer) in only:
                return _outer((kind, uid, outer), only[kind, uid, outer], only) or (kind, uid, outer)
        outer = outer.rpartition("/")[0]
    for kind in ("Module", "Functional Group Macro"):
        if what != kind and fact.group and (kind, uid, fact.group) in only:
            return (kind, uid, fact.group)
    return None


def _said(fact: Fact) -> str:
    """A thing in one line, for the side that has it."""
    return "; ".join(f"{column}: {text}" for column, text in fact.cells.items() if text)
