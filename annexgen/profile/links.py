"""What instances say about each other: a sample of instances, with hashes of their values and the instances they refer to.

Whether a value was copied shows only where both instances are known, and they may come in different profiles. So a profile
holds a sample from which any two can be compared after merging. The sample is drawn by *level*: the number of zero bits at
the end of an identifier's hash, at least n in one of 2^n. What is too many loses its lowest levels; so what is kept depends
on the corpus alone, not on its order or its parts, and a level says next to nothing about the identifier. An instance has at
least the level of those it refers to, and is therefore kept together with them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

VALUE_SIZE = 6
"""Bytes of the hash of a value."""
EMPTY = bytes(VALUE_SIZE)
"""Stands for a zero-length value."""
UNCOMPARED = b"\xff" * VALUE_SIZE
"""Stands for something that is there and is not compared: a Sequence, several values in one Sequence, a long value."""
KEY_SIZE = 12
SUBJECT_SIZE = KEY_SIZE
NO_SUBJECT = bytes(SUBJECT_SIZE)
MAXIMUM_LEVEL = 40
MAXIMUM_PATHS = 400
"""So many element paths of one instance are kept: those at the root first."""
MAXIMUM_SOURCES = 16
"""So many of the instances that one refers to are kept: those of the highest levels."""

_Member = TypeVar("_Member")


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """One instance, or one worklist item.

    `key` is the hash of its SOP Instance UID, `values` holds a hash of `VALUE_SIZE` bytes for each of `paths`, which are sorted;
    `sources` the keys of instances that it is made from, `references` the number of all of them. `contents` holds, for each of
    `places` of a document (`annexgen.profile.content_links`), a hash of what a Content Item says there, and the key of the
    instance that the item above refers to, of `SUBJECT_SIZE` bytes.
    """

    key: str
    level: int
    sop_class: str
    device: str
    paths: tuple[str, ...]
    values: bytes
    sources: tuple[str, ...] = ()
    references: int = 0
    places: tuple[str, ...] = ()
    contents: bytes = b""

    def content_items(self) -> Iterator[tuple[str, bytes, str]]:
        """Every place with the hash of a value there, and the key of the instance that it describes, "" for none."""
        size = VALUE_SIZE + SUBJECT_SIZE
        for number, place in enumerate(self.places):
            entry = self.contents[number * size : (number + 1) * size]
            subject = entry[VALUE_SIZE:]
            yield place, entry[:VALUE_SIZE], subject.hex() if subject != NO_SUBJECT else ""

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Every element path with the hash of its value."""
        for number, path in enumerate(self.paths):
            yield path, self.values[number * VALUE_SIZE : (number + 1) * VALUE_SIZE]


@dataclass(slots=True)
class SeriesSample:
    """Instances of one series: all with at least the level `threshold`."""

    level: int
    records: set[Record] = field(default_factory=set)
    threshold: int = 0

    def add(self, records: Iterable[Record], limit: int) -> None:
        """Add instances, and thin out."""
        self.records.update(record for record in records if record.level >= self.threshold)
        self.threshold, self.records = thinned(self.records, lambda record: record.level, limit, self.threshold)


@dataclass(slots=True)
class StudySample:
    """Series of one study, by the key of their Series Instance UID: all with at least the level `threshold`."""

    level: int
    series: dict[str, SeriesSample] = field(default_factory=dict)
    threshold: int = 0

    def sample_of(self, series: str, level: int, limit: int) -> SeriesSample | None:
        """The sample of a series, made if need be; None when it is not among those kept."""
        if level < self.threshold:
            return None
        if series not in self.series:
            found = self.series
            found[series] = SeriesSample(level)
            self.threshold, kept = thinned(found, lambda key: found[key].level, limit, self.threshold)
            self.series = {key: found[key] for key in kept}
        return self.series.get(series)

    def add(self, other: StudySample, series_limit: int, instance_limit: int) -> None:
        """Add what was sampled of the same study elsewhere."""
        if other.threshold > self.threshold:
            self.threshold = other.threshold
            self.series = {key: one for key, one in self.series.items() if one.level >= self.threshold}
        for key, of_series in other.series.items():
            mine = self.sample_of(key, of_series.level, series_limit)
            if mine is not None:
                if of_series.threshold > mine.threshold:
                    mine.threshold = of_series.threshold
                    mine.records = {record for record in mine.records if record.level >= mine.threshold}
                mine.add(of_series.records, instance_limit)


@dataclass(slots=True)
class Links:
    """Studies by the key of their Study Instance UID, and worklist items: all with at least the level of their threshold.

    `items` is the number of all worklist items that were read. The limits are those of studies, of series in a study,
    of instances in a series, and of worklist items.
    """

    studies: dict[str, StudySample] = field(default_factory=dict)
    threshold: int = 0
    worklist: set[Record] = field(default_factory=set)
    worklist_threshold: int = 0
    items: int = 0

    def series_of(self, study: str, series: str, limits: tuple[int, int]) -> SeriesSample | None:
        """The sample of a series, made if need be; None when it is not among those kept.

        Args:
            study: key of the Study Instance UID.
            series: key of the Series Instance UID.
            limits: of studies, and of series in a study.
        """
        of_study = self._study(study, level_of(study), limits[0])
        return None if of_study is None else of_study.sample_of(series, level_of(series), limits[1])

    def _study(self, study: str, level: int, limit: int) -> StudySample | None:
        if level < self.threshold:
            return None
        if study not in self.studies:
            found = self.studies
            found[study] = StudySample(level)
            self.threshold, kept = thinned(found, lambda key: found[key].level, limit, self.threshold)
            self.studies = {key: found[key] for key in kept}
        return self.studies.get(study)

    def add_item(self, item: Record, limit: int) -> None:
        """Add one worklist item."""
        self.items += 1
        self._add_items((item,), limit)

    def _add_items(self, items: Iterable[Record], limit: int) -> None:
        self.worklist.update(item for item in items if item.level >= self.worklist_threshold)
        self.worklist_threshold, self.worklist = thinned(
            self.worklist, lambda item: item.level, limit, self.worklist_threshold
        )

    def add(self, other: Links, limits: tuple[int, int, int, int]) -> None:
        """Add what was sampled elsewhere, with the same limits."""
        if other.threshold > self.threshold:
            self.threshold = other.threshold
            self.studies = {key: one for key, one in self.studies.items() if one.level >= self.threshold}
        for study, of_study in other.studies.items():
            mine = self._study(study, of_study.level, limits[0])
            if mine is not None:
                mine.add(of_study, limits[1], limits[2])
        if other.worklist_threshold > self.worklist_threshold:
            self.worklist_threshold = other.worklist_threshold
            self.worklist = {item for item in self.worklist if item.level >= self.worklist_threshold}
        self._add_items(other.worklist, limits[3])
        self.items += other.items

    def records(self) -> Iterator[tuple[str, str, Record]]:
        """Every instance of the sample with the keys of its study and series."""
        for study, of_study in sorted(self.studies.items()):
            for series, of_series in sorted(of_study.series.items()):
                for record in sorted(of_series.records):
                    yield study, series, record

    def sealed(self, salted: Callable[[str], str]) -> Links:
        """The same with all keys and hashes of values salted."""

        def value(hashed: bytes) -> bytes:
            if hashed in (EMPTY, UNCOMPARED):
                return hashed
            return bytes.fromhex(salted(hashed.hex()))[:VALUE_SIZE]

        def sealed(record: Record) -> Record:
            values = b"".join(value(hashed) for _, hashed in record.items())
            sources = tuple(sorted(salted(source) for source in record.sources))
            contents = b"".join(
                value(hashed) + (bytes.fromhex(salted(subject))[:SUBJECT_SIZE] if subject else NO_SUBJECT)
                for _, hashed, subject in record.content_items()
            )
            return replace(record, key=salted(record.key), values=values, sources=sources, contents=contents)

        result = Links(threshold=self.threshold, worklist_threshold=self.worklist_threshold, items=self.items)
        for study, of_study in self.studies.items():
            series = {
                salted(key): SeriesSample(one.level, {sealed(record) for record in one.records}, one.threshold)
                for key, one in of_study.series.items()
            }
            result.studies[salted(study)] = StudySample(of_study.level, series, of_study.threshold)
        result.worklist = {sealed(item) for item in self.worklist}
        return result


def thinned(
    members: Iterable[_Member], level: Callable[[_Member], int], limit: int, threshold: int
) -> tuple[int, set[_Member]]:
    """The lowest threshold, at least the given one, that at most `limit` of the members reach; and those that reach it."""
    kept = set(members)
    while len(kept) > limit:
        threshold += 1
        kept = {member for member in kept if level(member) >= threshold}
    return threshold, kept


def level_of(key: str) -> int:
    """The level of a key, which is a hash in hexadecimal digits; 0 for none."""
    number = int(key, 16) if key else 1
    return min((number & -number).bit_length() - 1, MAXIMUM_LEVEL) if number else MAXIMUM_LEVEL


def key_of_digest(digest: bytes) -> str:
    """The key of an instance from the digest of its SOP Instance UID."""
    return digest[:KEY_SIZE].hex()


def digest_of(uid: str) -> bytes:
    """The digest of a SOP Instance UID."""
    return hashlib.blake2b(uid.encode(), digest_size=32).digest()


def subject_of(uid: str) -> bytes:
    """The key of the instance that a Content Item describes, as records hold it."""
    return bytes.fromhex(key_of_digest(digest_of(uid))) if uid else NO_SUBJECT


def hashed_value(text: str) -> bytes:
    """The hash of a value: the same for the same value, wherever it stands."""
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=VALUE_SIZE, person=b"annexgen-link"
    ).digest()


def chosen_sources(keys: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """The level that an instance has from those it refers to, and which of them are kept."""
    ranked = sorted(set(keys), key=lambda key: (-level_of(key), key))[:MAXIMUM_SOURCES]
    return max(map(level_of, ranked), default=0), tuple(sorted(ranked))
