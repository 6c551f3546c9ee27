"""What the values of instances owe to other instances and to the worklist: compared over the sample that a profile holds.

Nothing here is a fact about where a value came from. It says how often a value equals that of the instances which an
instance refers to as its sources (PS3.3 C.12.4.1, C.17.2), or that of the worklist item it belongs to (PS3.4 Annex K), how
it varies between instances of a series, and whether it is the same for all that one installation wrote.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.profile.functional_groups import sequence_of
from annexgen.profile.links import EMPTY, UNCOMPARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annexgen.profile.links import Links, Record

_ACCESSION, _PATIENT_ID, _STUDY_UID = "(0008,0050)", "(0010,0020)", "(0020,000D)"
_REQUEST_ATTRIBUTES = "(0040,0275)"
_SCHEDULED_STEP = "(0040,0100)"
KEYS = (
    ("Scheduled Procedure Step ID", f"{_REQUEST_ATTRIBUTES}/(0040,0009)", f"{_SCHEDULED_STEP}/(0040,0009)"),
    ("Requested Procedure ID", f"{_REQUEST_ATTRIBUTES}/(0040,1001)", "(0040,1001)"),
    ("Accession Number", _ACCESSION, _ACCESSION),
    ("Study Instance UID", _STUDY_UID, _STUDY_UID),
    ("Patient ID", _PATIENT_ID, _PATIENT_ID),
)
"""By what an instance finds its worklist item: name, path in the instance, path in the item; the most specific first."""


@dataclass(slots=True)
class Comparison:
    """A value compared with those of other instances, over the instances that have it.

    `equal` and `different` count instances; `lacking` those whose counterpart has no such value. `values` and `studies` are
    those in which it was equal.
    """

    equal: int = 0
    different: int = 0
    lacking: int = 0
    values: set[bytes] = field(default_factory=set)
    studies: set[str] = field(default_factory=set)

    def add(self, value: bytes, theirs: Iterable[bytes], study: str, *, complete: bool) -> None:
        """Compare one value; `complete` says that no counterpart is missing."""
        known = {other for other in theirs if other not in (EMPTY, UNCOMPARED)}
        if value in known:
            self.equal += 1
            self.values.add(value)
            self.studies.add(study)
        elif not known:
            self.lacking += 1
        elif complete or len(known) == 1:
            self.different += 1


@dataclass(slots=True)
class Following:
    """Whether an attribute stands where it stands in the sources: instances with it in both, or in one, and studies with it."""

    both: int = 0
    one: int = 0
    studies: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Spread:
    """How a value varies: series in which it differs between all instances, or is one; installations and their values."""

    series_distinct: int = 0
    series_same: int = 0
    series_mixed: int = 0
    installations: dict[str, dict[bytes, set[str]]] = field(default_factory=dict)


@dataclass(slots=True)
class SopClassLinks:
    """What is known of one SOP Class, by element path.

    `instances` of the sample, `referring` to sources and `resolved` (in `resolved_studies`), whose sources are in it too;
    `matched` those with a worklist item, found by `keys`. `worklist` compares with the attributes of the item, by their paths, in the `compared`
    instances; `unmatched_empty` and `unmatched_with_value` count instances without worklist item.
    """

    instances: int = 0
    referring: int = 0
    resolved: int = 0
    resolved_studies: set[str] = field(default_factory=set)
    matched: int = 0
    worklist_items: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    sources: dict[str, Comparison] = field(default_factory=dict)
    presence: dict[str, Following] = field(default_factory=dict)
    worklist: dict[str, dict[str, Comparison]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    unmatched_empty: Counter[str] = field(default_factory=Counter)
    unmatched_with_value: Counter[str] = field(default_factory=Counter)
    spread: dict[str, Spread] = field(default_factory=dict)

    @property
    def made_from_others(self) -> bool:
        """Whether every instance refers to sources."""
        return 0 < self.referring == self.instances


def compare(links: Links) -> dict[str, SopClassLinks]:
    """What instances and worklist say about each other, by SOP Class UID."""
    every = list(links.records())
    by_key: dict[str, list[Record]] = {}
    for _, _, record in every:
        by_key.setdefault(record.key, []).append(record)
    items = WorklistItems(links)
    result: dict[str, SopClassLinks] = {}
    columns: dict[tuple[str, str, str, str], dict[str, list[bytes]]] = {}
    for study, series, record in every:
        one = result.setdefault(record.sop_class, SopClassLinks(worklist_items=links.items))
        values = whole_values(record)
        one.instances += 1
        _with_sources(one, record, values, study, by_key)
        _with_worklist(one, values, study, items)
        column = columns.setdefault((record.sop_class, study, series, _installation(record, values)), {})
        for path, value in values.items():
            if value != EMPTY and value != UNCOMPARED:
                column.setdefault(path, []).append(value)
    for (sop_class, study, _, installation), column in columns.items():
        for path, found in column.items():
            _spread(result[sop_class].spread.setdefault(path, Spread()), installation, study, found)
    return result


def whole_values(record: Record) -> dict[str, bytes]:
    """The attributes of an instance by path; one value of several, which Content Items are compared with, is none."""
    return {path: value for path, value in record.items() if not path.endswith("]")}


def _installation(record: Record, values: Mapping[str, bytes]) -> str:
    """Where an instance was written: its device, Device Serial Number, Institution Name and Station Name."""
    named = (values.get(path, b"").hex() for path in ("(0018,1000)", "(0008,0080)", "(0008,1010)"))
    return "\x1f".join((record.device, *named))


def _with_sources(
    one: SopClassLinks, record: Record, values: Mapping[str, bytes], study: str, by_key: Mapping[str, list[Record]]
) -> None:
    if not record.references:
        return
    one.referring += 1
    found = [source for key in record.sources for source in by_key.get(key, ())]
    if not found:
        return
    one.resolved += 1
    one.resolved_studies.add(study)
    complete = record.references == len({source.key for source in found})
    theirs = [whole_values(source) for source in found]
    for path, value in values.items():
        if value not in (EMPTY, UNCOMPARED):
            there = [other[name] for other in theirs for name in _counterparts(path) if name in other]
            one.sources.setdefault(path, Comparison()).add(value, there, study, complete=complete)
    for path in {*values, *(name for other in theirs for name in other)}:
        if "/" in path:
            continue
        following = one.presence.setdefault(path, Following())
        if path in values:
            following.studies.add(study)
        if path in values and any(path in other for other in theirs):
            following.both += 1
        else:
            following.one += 1


def _counterparts(path: str) -> tuple[str, ...]:
    """Where a source may have the same: at the same path; what functional groups say an image of one frame has at its root."""
    return (path, path.rpartition("/")[2]) if sequence_of(path) else (path,)


class WorklistItems:
    """The worklist items of the sample, found by their keys."""

    def __init__(self, links: Links) -> None:
        self._items = [whole_values(item) for item in sorted(links.worklist)]
        self._found: list[dict[bytes, list[dict[str, bytes]]]] = []
        for _, _, path in KEYS:
            found: dict[bytes, list[dict[str, bytes]]] = {}
            for item in self._items:
                if item.get(path, EMPTY) not in (EMPTY, UNCOMPARED):
                    found.setdefault(item[path], []).append(item)
            self._found.append(found)

    def of(self, values: Mapping[str, bytes]) -> tuple[str, list[dict[str, bytes]]]:
        """By what an instance finds its items, and the items."""
        for (name, path, _), found in zip(KEYS, self._found, strict=True):
            value = values.get(path, EMPTY)
            if value != EMPTY and value in found:
                return name, found[value]
        return "", []

    def __bool__(self) -> bool:
        return bool(self._items)


def _with_worklist(one: SopClassLinks, values: Mapping[str, bytes], study: str, items: WorklistItems) -> None:
    if not items:
        return
    name, found = items.of(values)
    if not found:
        for path, value in values.items():
            (one.unmatched_empty if value == EMPTY else one.unmatched_with_value)[path] += 1
        return
    one.matched += 1
    one.keys[name] += 1
    everything: dict[bytes, set[str]] = {}
    for item in found:
        for path, value in item.items():
            if value not in (EMPTY, UNCOMPARED):
                everything.setdefault(value, set()).add(path)
    for path, value in values.items():
        if value in (EMPTY, UNCOMPARED):
            continue
        compared = one.worklist.setdefault(path, {})
        one.compared[path] += 1
        names = {*_counterparts_in_item(path), *everything.get(value, ()), *compared}
        for other in names:
            theirs = [item[other] for item in found if other in item]
            compared.setdefault(other, Comparison()).add(value, theirs, study, complete=True)


def _counterparts_in_item(path: str) -> tuple[str, ...]:
    """Where a worklist item has an attribute: at its root or in Scheduled Procedure Step Sequence."""
    last = path.rpartition("/")[2]
    return last, f"{_SCHEDULED_STEP}/{last}"


def _spread(spread: Spread, installation: str, study: str, found: list[bytes]) -> None:
    """Add the values that the instances of one series have at a path."""
    distinct = set(found)
    studies = spread.installations.setdefault(installation, {})
    for value in distinct:
        studies.setdefault(value, set()).add(study)
    if len(found) < 2:
        return
    if len(distinct) == 1:
        spread.series_same += 1
    elif len(distinct) == len(found):
        spread.series_distinct += 1
    else:
        spread.series_mixed += 1
