"""What Content Items owe to instances, the worklist and the document's own attributes: compared over a profile's sample.

Nothing here is a fact about where a value came from. It says in how many documents what stands at a place equals an attribute
of the document itself, of the instances that it refers to, or of its worklist item (PS3.3 C.17.2, C.17.3; PS3.4 Annex K).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.analyzers.links import WorklistItems
from annexgen.profile.content_links import DATE, TIME
from annexgen.profile.links import EMPTY, UNCOMPARED
from annexgen.profile.paths import parent, steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from annexgen.profile.links import Links, Record

OWN, REFERENCED, SCHEDULED = "own", "referenced", "scheduled"
"""With what is compared: the document itself, the instances that it refers to, its worklist item."""
PAIR = "\x1f"
_POSITION = re.compile(r"\[(\d+)\]$")
COUNTERPARTS = (OWN, REFERENCED, SCHEDULED)


@dataclass(slots=True)
class Equality:
    """Documents in which everything at a place equals one attribute, with the values and studies in which it does."""

    documents: int = 0
    values: set[bytes] = field(default_factory=set)
    studies: set[str] = field(default_factory=set)


@dataclass(slots=True)
class PlaceComparison:
    """One place compared with the attributes of one counterpart.

    `compared` counts documents; `equal` is by element path, two of them, separated by `PAIR`, for the date and the time of
    a DATETIME. A path that ends in a number in square brackets is one value of several.
    """

    compared: int = 0
    equal: dict[str, Equality] = field(default_factory=dict)


@dataclass(slots=True)
class ContentLinks:
    """What is known of the documents of one SOP Class: how many, how many refer to instances, and to instances of the sample."""

    documents: int = 0
    referring: int = 0
    resolved: int = 0
    places: dict[tuple[str, str], PlaceComparison] = field(default_factory=dict)
    """By place and counterpart."""

    def of(self, place: str, counterpart: str) -> PlaceComparison:
        """The comparison of a place."""
        return self.places.get((place, counterpart), PlaceComparison())


def compare_contents(links: Links) -> dict[str, ContentLinks]:
    """What documents, the instances that they refer to and the worklist say alike, by SOP Class UID."""
    every = [(study, record) for study, _, record in links.records()]
    by_key: dict[str, list[Record]] = {}
    for _, record in every:
        by_key.setdefault(record.key, []).append(record)
    worklist = WorklistItems(links)
    result: dict[str, ContentLinks] = {}
    for study, record in every:
        if not record.places:
            continue
        one = result.setdefault(record.sop_class, ContentLinks())
        found = [source for key in record.sources for source in by_key.get(key, ())]
        one.documents += 1
        one.referring += bool(record.references)
        one.resolved += bool(found)
        own = dict(record.items())
        attributes = {
            OWN: _Attributes([own]),
            REFERENCED: _Attributes([dict(source.items()) for source in found]),
            SCHEDULED: _Attributes(worklist.of(own)[1]),
        }
        complete = record.references == len({source.key for source in found})
        described = {
            key: _Attributes([dict(r.items()) for r in records]) for key, records in _described(record, by_key)
        }
        for path, items in _by_place(record).items():
            for counterpart in COUNTERPARTS:
                known = attributes[counterpart]
                subjects = described if counterpart == REFERENCED else {}
                _compare(one, path, counterpart, items, known, subjects, study, complete or counterpart != REFERENCED)
    return result


_Item = tuple[dict[str, bytes], str]
"""The parts of what one Content Item says, the whole under "", and the key of the instance that it describes."""


def _by_place(record: Record) -> dict[str, list[_Item]]:
    places: dict[str, list[_Item]] = {}
    for place, value, subject in record.content_items():
        path, _, part = place.partition("\x1f")
        items = places.setdefault(path, [])
        if not part:
            items.append(({}, subject))
        items[-1][0][part] = value
    return places


def _described(record: Record, by_key: Mapping[str, list[Record]]) -> Iterator[tuple[str, list[Record]]]:
    for subject in {subject for _, _, subject in record.content_items() if subject}:
        if subject in by_key:
            yield subject, by_key[subject]


class _Attributes:
    """The attributes of one instance or several, found by the hash of their value."""

    def __init__(self, instances: Iterable[Mapping[str, bytes]]) -> None:
        values: dict[str, set[bytes]] = {}
        for instance in instances:
            for path, value in instance.items():
                if value not in (EMPTY, UNCOMPARED):
                    values.setdefault(path, set()).add(value)
        self.any: dict[bytes, set[str]] = {}
        self.unanimous: dict[bytes, set[str]] = {}
        """Those that are the same in all instances: to equal one of several values may be an accident."""
        for path, found in values.items():
            for value in found:
                self.any.setdefault(value, set()).add(path)
                if len(found) == 1:
                    self.unanimous.setdefault(value, set()).add(path)

    def __bool__(self) -> bool:
        return bool(self.any)

    def equal_to(self, item: Mapping[str, bytes], *, unique: bool) -> set[str]:
        """The paths of the attributes that an item equals, or a part of it; of one that names something `unique`, in any instance."""
        known = self.any if unique else self.unanimous
        found = {path for part, value in item.items() if part not in (DATE, TIME) for path in known.get(value, ())}
        if DATE in item and TIME in item:
            times = {path: _name(path) for path in self.unanimous.get(item[TIME], ())}
            for date in self.unanimous.get(item[DATE], ()):
                expected = _name(date).replace("Date", "Time")
                found.update(
                    f"{date}{PAIR}{time}"
                    for time, name in times.items()
                    if name == expected and parent(time) == parent(date)
                )
        return found


def _compare(
    one: ContentLinks,
    path: str,
    counterpart: str,
    items: list[_Item],
    attributes: _Attributes,
    described: Mapping[str, _Attributes],
    study: str,
    complete: bool,
) -> None:
    """Compare what one document has at one place; items that describe an instance, with that one only."""
    value_type = path.rpartition("/")[2].split(".")[1:2]
    unique = value_type == ["UIDREF"]
    common: set[str] | None = None
    values: list[bytes] = []
    for item, subject in items:
        known = described.get(subject) if subject and counterpart == REFERENCED else attributes
        if not known:
            continue
        equal = known.equal_to(item, unique=unique)
        common = equal if common is None else common & equal
        values.append(item[""])
    if common is None or (unique and not common and not complete):
        return
    comparison = one.places.setdefault((path, counterpart), PlaceComparison())
    comparison.compared += 1
    for attribute in common:
        equality = comparison.equal.setdefault(attribute, Equality())
        equality.documents += 1
        equality.values.update(values)
        equality.studies.add(study)


def attribute_names(attribute: str) -> str:
    """What an attribute that a place was compared with is called, with its tag; date and time as two."""
    return " and ".join(f"{_name(path)} {_shown(path)}".strip() for path in attribute.split(PAIR))


def attribute_name(attribute: str) -> str:
    """The same without tags."""
    return " and ".join(_name(path) for path in attribute.split(PAIR))


def bare(attribute: str) -> str:
    """The element path of an attribute of which one value was compared; of date and time that of the time."""
    return _POSITION.sub("", attribute.rpartition(PAIR)[2])


def _name(path: str) -> str:
    last = steps(bare(path))[-1]
    return "" if last.private else dictionary.attribute_name(last.tag) or ""


def _shown(path: str) -> str:
    position = _POSITION.search(path)
    shown = steps(bare(path))[-1].shown_tag
    return f"{shown} Value {position[1]}" if position else shown
