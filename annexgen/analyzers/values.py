"""What the Value column says: a constant, a list that is closed or not, a range, Value by Value, codes, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.thresholds import Thresholds
from annexgen.corpus.values import NUMBER_VRS
from annexgen.profile.model import PLAIN, PathStatistics
from annexgen.standard.context_groups import (
    canonical,
    context_group,
    groups_containing,
    missing_from,
    reference_text,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from annexgen.analyzers.value_support import Support
    from annexgen.standard.enumerated_values import StandardValues

CELL_VALUES = 2
"""Up to this many values stand in the cell itself; more go to a table of Coded Values (PS3.2 Annex N)."""
LISTED_VALUES = 32
CODE_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of the values.

    `texts`: sorted, ready to print. `range`: the text of a numeric range, instead of them. `complete`: no others were seen.
    `closed`: none but these are to be expected; `reason` says why, or why not. `positions`: where the position has a
    meaning (Image Type), the values of Value 1, Value 2, ... `together`: one instance may have several of the values.
    `context_group`: the CID of the group that the codes are. `only`: values that not all IODs of a table have, with the IODs.
    """

    texts: tuple[str, ...] = ()
    range: str = ""
    complete: bool = True
    closed: bool = True
    reason: str = ""
    positions: tuple[tuple[str, ...], ...] = ()
    together: bool = False
    context_group: str = ""
    only: tuple[tuple[str, str], ...] = ()

    @property
    def listed(self) -> bool:
        """Whether the values need a table of their own."""
        return len(self.texts) > CELL_VALUES and not self.context_group

    @property
    def text(self) -> str:
        """What a cell says of few values, a range or a context group (PS3.2 Annex N: See CID 4 "Anatomic Region")."""
        if self.range:
            return self.range
        if self.context_group:
            return reference_text(self.context_group)
        text = "; ".join(self.texts)
        return f"e.g. {text}" if text and not (self.complete and self.closed) else text


def code_text(token: str) -> str:
    """A code as the annexes print it: (value, scheme, "Meaning")."""
    value, scheme, meaning = token.split(CODE_SEPARATOR)
    return f'({value}, {scheme}, "{meaning}")'


def values_of(
    statistics: PathStatistics,
    support: Support | None = None,
    standard: Iterable[StandardValues] = (),
    multiplicity: str = "",
    thresholds: Thresholds | None = None,
) -> Values:
    """The printable values of one path (PS3.2 Annex N preface: ranges in square brackets).

    Arguments:
        support: in which series (or patients) each value was seen; without it a list is taken as closed.
        standard: what the Standard lists for the attribute.
        multiplicity: VM as PS3.6 gives it: "2-n" and the like say that the position of a value has a meaning, "1-n" that it
            has none; empty where it is not known.
    """
    vrs = {vr for vr, _ in statistics.vrs}
    plain = sorted(
        (v[1:] for v, count in statistics.values.items() if v[0] == PLAIN and count.printable), key=_sort_key
    )
    complete = not statistics.overflow and len(plain) == len(statistics.values)
    fixed = next((s for s in standard if s.number is None), None)
    if vrs & (NUMBER_VRS | {"NUM"}) and statistics.lowest is not None and statistics.highest is not None:
        if len(plain) > 1 and complete and fixed is not None and set(plain) <= set(fixed.values):
            return _list(plain, support, fixed, thresholds or Thresholds())
        return _numbers(statistics, plain, _thin(plain, support, thresholds), complete=complete)
    if statistics.overflow or len(plain) > LISTED_VALUES:
        return Values((), complete=False)
    if not complete or len(plain) < 2:
        return Values(tuple(_printed(v) for v in plain), complete=complete, reason=_thin(plain, support, thresholds))
    if all(v.count(CODE_SEPARATOR) == 2 for v in plain):
        return _codes(plain, support, thresholds or Thresholds())
    several = "CS" in vrs and any("\\" in v for v in plain)
    if several and multiplicity[:1] > "1":
        return _by_position(plain, support, standard, thresholds or Thresholds())
    if several and multiplicity.startswith("1-"):
        terms = sorted({term for v in plain for term in v.split("\\")} - {""})
        found = _list(terms, support.by_term() if support else None, fixed, thresholds or Thresholds())
        return Values(found.texts, closed=found.closed, reason=found.reason, together=True)
    return _list(plain, support, fixed, thresholds or Thresholds())


def _thin(plain: list[str], support: Support | None, thresholds: Thresholds | None) -> str:
    """That a constant rests on few series: on fewer than a list needs to be called closed."""
    needed = (thresholds or Thresholds()).closed_units
    if support is None or len(plain) != 1 or len(support.units) >= needed:
        return ""
    return f"the only value in {len(support.units)} {support.unit}; from {needed} on no other is to be expected"


def _numbers(statistics: PathStatistics, plain: list[str], thin: str, *, complete: bool) -> Values:
    if len(plain) == 1 and complete:
        return Values(tuple(plain), reason=thin)
    if statistics.lowest == statistics.highest:
        return Values((f"{statistics.lowest:.10g}",), complete=complete)
    return Values((), f"[{statistics.lowest:.10g} ... {statistics.highest:.10g}]")


def _list(plain: list[str], support: Support | None, fixed: StandardValues | None, thresholds: Thresholds) -> Values:
    closed, reason = True, ""
    if fixed is not None and fixed.enumerated and set(fixed.values) <= set(plain):
        reason = f"all Enumerated Values ({fixed.source})"
    elif support is not None and len(plain) > 1:
        closed, reason = closed_list([len(support.seen.get(v, ())) for v in plain], support, thresholds)
    return Values(tuple(_printed(v) for v in plain), closed=closed, reason=reason)


def _codes(plain: list[str], support: Support | None, thresholds: Thresholds) -> Values:
    """Codes; when they are all those of a context group, that group (PS3.2 Annex N: value sets)."""
    found = _list(plain, support, None, thresholds)
    keys = [(value, scheme) for value, scheme, _ in (token.split(CODE_SEPARATOR) for token in plain)]
    for cid in groups_containing(keys)[:1] if len(plain) > CELL_VALUES else ():
        if not _members_missing(cid, keys):
            return Values(found.texts, closed=True, reason="all codes of the group were seen", context_group=cid)
    return found


def _members_missing(cid: str, keys: Collection[tuple[str, str]]) -> bool:
    """Whether a group holds codes that were not seen."""
    group = context_group(cid)
    seen = {canonical(key) for key in keys}
    return group is None or bool({canonical(code.key) for code in group.codes} - seen) or bool(missing_from(cid, keys))


def _by_position(
    plain: list[str], support: Support | None, standard: Iterable[StandardValues], thresholds: Thresholds
) -> Values:
    """Multi-valued code strings whose position has a meaning, as Table N.9-27 shows Image Type."""
    split = [v.split("\\") for v in plain]
    positions = []
    closed, reasons = True, []
    fixed = {s.number: s for s in standard}
    for position in range(max(len(values) for values in split)):
        terms = sorted({values[position] for values in split if position < len(values)} - {""})
        own = _list(terms, support.at(position) if support else None, fixed.get(position + 1), thresholds)
        positions.append(tuple(terms))
        if not own.closed:
            closed = False
            reasons.append(f"Value {position + 1}: {own.reason}")
    return Values(tuple(plain), closed=closed, reason="; ".join(reasons), positions=tuple(positions))


def closed_list(counts: list[int], support: Support, thresholds: Thresholds) -> tuple[bool, str]:
    """Whether a list of values may be called closed, and why (see `Thresholds`).

    Three things must hold: enough independent units for the number of values; the share of further units that would bring a
    new value, estimated as the share of units whose value is in no other (Good and Turing), is small; and fewer than half
    a value is expected to be still unseen (Chao: singletons and doubletons).

    Arguments:
        counts: of every value the units (series, or patients) that have it.
    """
    units = len(support.units)
    once, twice = sum(c < 2 for c in counts), sum(c == 2 for c in counts)
    needed = max(thresholds.closed_units, thresholds.closed_per_value * len(counts))
    seen = f"{len(counts)} values in {units} {support.unit}"
    if units < needed:
        return False, f"{seen}; a list of so many may be called closed from {needed} on"
    if once / units > thresholds.closed_unseen or once * (once - 1) >= twice + 1:
        return False, f"{seen}, {once} of them in one only: others are to be expected"
    return True, f"{seen}, {f'{once} of them' if once else 'none'} in one only"


def _printed(value: str) -> str:
    return code_text(value) if value.count(CODE_SEPARATOR) == 2 else value


def _sort_key(text: str) -> tuple[int, float, str]:
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)
