"""Draws the sample of instances that are compared with each other (`annexgen.profile.links`), while they are counted.

What an instance has is kept as sightings, and its values are hashed only when the sample is handed over: by then most of the
instances have left it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.values import NUMBER_VRS
from annexgen.profile.compared import canonical
from annexgen.profile.functional_groups import OF_FRAMES
from annexgen.profile.links import (
    EMPTY,
    MAXIMUM_PATHS,
    UNCOMPARED,
    Record,
    SeriesSample,
    chosen_sources,
    digest_of,
    hashed_value,
    key_of_digest,
    level_of,
    subject_of,
    thinned,
)
from annexgen.profile.model import FULL_EMPTY, FULL_VALUE
from annexgen.profile.nodes import SOP_INSTANCE_UID
from annexgen.profile.sightings import single_sightings
from annexgen.standard import iods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.profile.content_counting import CountedDocument
    from annexgen.profile.content_links import Said
    from annexgen.profile.links import Links
    from annexgen.profile.model import Limits, Origin
    from annexgen.profile.nodes import Node
    from annexgen.profile.sightings import Group, Sighting

REFERENCED_SOP_INSTANCE_UID = 0x00081155
SOURCE_SEQUENCES = frozenset({0x00082112, 0x00089154, 0x0040A375, 0x0040A385, 0x00420013})
"""Source Image, Source Image Evidence, Current Requested Procedure Evidence, Pertinent Other Evidence, Source Instance
Sequence: what an instance is made from (PS3.3 C.12.4.1, C.7.6.16.2.6, C.17.2)."""
REFERENCED_SERIES = 0x00081115
"""Referenced Series Sequence lists all that is referenced (PS3.3 C.12.2), so more than sources."""
REFERENCED_IMAGE, REFERENCED_IMAGE_EVIDENCE = 0x00081140, 0x00089092
_FUNCTIONAL_GROUPS = (iods.SHARED_FUNCTIONAL_GROUPS, *iods.FUNCTIONAL_GROUPS_OF_FRAMES)
_DEEPEST = 4
_MOST_PARTS = 6
_PARTED_VRS = NUMBER_VRS | {"CS", "UI"}


def references_in(sightings: Sequence[Sighting]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Which sightings name instances: sources, those only listed, and those that are referenced for other reasons."""
    sources, listed, others = [], [], []
    for number, sighting in enumerate(sightings):
        node = sighting.node
        if node.tag != REFERENCED_SOP_INSTANCE_UID:
            continue
        around = _tags_around(node)
        if SOURCE_SEQUENCES & around:
            sources.append(number)
        elif _for_other_reasons(node, around):
            others.append(number)
        elif REFERENCED_SERIES in around:
            listed.append(number)
    return tuple(sources), tuple(listed), tuple(others)


def _for_other_reasons(node: Node, around: set[int]) -> bool:
    """Whether an image is referenced as one to look at beside this one, such as a localizer (PS3.3 C.7.6.1, C.7.6.16.2.5)."""
    if REFERENCED_IMAGE_EVIDENCE in around:
        return True
    sequence = node.parent
    if sequence is None or sequence.tag != REFERENCED_IMAGE:
        return False
    return sequence.depth == 1 or (sequence.parent is not None and sequence.parent.tag in _FUNCTIONAL_GROUPS)


def _tags_around(node: Node) -> set[int]:
    tags = set()
    outer = node.parent
    while outer is not None:
        tags.add(outer.tag)
        outer = outer.parent
    return tags


@dataclass(slots=True)
class _Waiting:
    """An instance whose values are not hashed yet."""

    level: int
    sop_class: str
    device: str
    sightings: tuple[Sighting, ...]
    sources: tuple[str, ...]
    references: int
    said: tuple[Said, ...] = ()


@dataclass(slots=True)
class _Open:
    """A series of the sample with the instances that wait, by their key."""

    sample: SeriesSample
    waiting: dict[str, _Waiting] = field(default_factory=dict)


class LinkCounting:
    """Draws the sample.

    Args:
        links: instances are added to it by `flush`.
        limits: how many are kept.
    """

    def __init__(self, links: Links, limits: Limits) -> None:
        self._links = links
        self._limits = limits
        self._open: dict[tuple[str, str], _Open | None] = {}
        self._values: dict[Sighting, tuple[tuple[str, bytes], ...]] = {}
        self._sources: dict[Sighting, tuple[str, ...]] = {}
        self._paths: dict[tuple[str, ...], tuple[str, ...]] = {}

    def count(
        self,
        digest: bytes,
        origin: Origin,
        sop_class: str,
        found: Sequence[Sighting | Group],
        references: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
        document: CountedDocument,
    ) -> None:
        """Take an instance into the sample, if it is to be there.

        Args:
            digest: that of its SOP Instance UID.
            origin: of the instance.
            sop_class: its SOP Class.
            found: all that it has.
            references: what `references_in` says of its sightings.
            document: what its Content Items say, and which instances they refer to.
        """
        name = (origin[1], origin[2])
        known = self._open.get(name)
        if known is None:
            if name in self._open:
                return
            known = self._open_series(name)
            if known is None:
                return
        key = key_of_digest(digest)
        level = level_of(key)
        sources: tuple[str, ...] = ()
        number = 0
        if references[0] or references[1] or document.instances:
            named = self._named(single_sightings(found), references)
            named.update(key_of_digest(digest_of(uid)) for uid in document.instances)
            number = len(named)
            above, sources = chosen_sources(named)
            level = max(level, above)
        sample = known.sample
        if level < sample.threshold:
            return
        if key in known.waiting:
            self._hand_over(known)
        said = document.said
        known.waiting[key] = _Waiting(
            level, sop_class, origin[3], tuple(single_sightings(found)), sources, number, said
        )
        if len(known.waiting) + len(sample.records) > self._limits.linked_instances:
            if sample.records:
                # Whether those that wait are other ones shows only in their values.
                self._hand_over(known)
            else:
                waiting = known.waiting
                sample.threshold, kept = thinned(
                    waiting, lambda one: waiting[one].level, self._limits.linked_instances, sample.threshold
                )
                known.waiting = {one: waiting[one] for one in kept}

    def flush(self) -> None:
        """Hand over all that waits, and forget what was worked out."""
        for known in self._open.values():
            if known is not None:
                self._hand_over(known)
        self._open.clear()
        self._values.clear()
        self._sources.clear()
        self._paths.clear()

    def record(self, key: str, level: int, sop_class: str, device: str, sightings: Iterable[Sighting]) -> Record:
        """What is kept of an instance that refers to none."""
        return self._record(key, _Waiting(level, sop_class, device, tuple(sightings), (), 0))

    def _open_series(self, name: tuple[str, str]) -> _Open | None:
        limits = self._limits
        before = self._links.threshold
        sample = self._links.series_of(*name, (limits.linked_studies, limits.linked_series))
        known = self._open[name] = _Open(sample) if sample is not None else None
        for other, held in self._open.items():
            # Others may just have left the sample.
            if held is not None and (other[0] == name[0] or self._links.threshold != before):
                study = self._links.studies.get(other[0])
                if study is None or other[1] not in study.series:
                    self._open[other] = None
        return known

    def _named(
        self, sightings: Sequence[Sighting], references: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    ) -> set[str]:
        """The keys of the instances that one is made from."""
        sources, listed, others = (
            {key for number in numbers for key in self._keys(sightings[number])} for numbers in references
        )
        return sources | (listed - others)

    def _keys(self, sighting: Sighting) -> tuple[str, ...]:
        known = self._sources.get(sighting)
        if known is None:
            known = tuple(key_of_digest(digest_of(text)) for _, text, _ in sighting.texts)
            self._sources[sighting] = known
        return known

    def _hand_over(self, known: _Open) -> None:
        records = [self._record(key, one) for key, one in known.waiting.items()]
        known.waiting.clear()
        known.sample.add(records, self._limits.linked_instances)

    def _record(self, key: str, one: _Waiting) -> Record:
        pairs: list[tuple[str, bytes]] = []
        values = self._values
        for sighting in one.sightings:
            known = values.get(sighting)
            if known is None:
                known = values[sighting] = _values_of(sighting)
            pairs.extend(known)
        if len(pairs) > MAXIMUM_PATHS:
            pairs = sorted(pairs, key=lambda pair: ("[" in pair[0], pair[0].count("/"), pair[0]))[:MAXIMUM_PATHS]
        pairs.sort()
        paths = tuple(path for path, _ in pairs)
        return Record(
            key,
            one.level,
            one.sop_class,
            one.device,
            self._paths.setdefault(paths, paths),
            b"".join(value for _, value in pairs),
            one.sources,
            one.references,
            self._paths.setdefault(places := tuple(place for place, _, _ in one.said), places),
            b"".join(hashed_value(text) + subject_of(uid) for _, text, uid in one.said),
        )


def _values_of(sighting: Sighting) -> tuple[tuple[str, bytes], ...]:
    """What one instance has at one node, by path: the value, and a few values one by one."""
    path, value = sighting.node.path, _value_of(sighting)
    if not value:
        return ()
    return ((path, value), *((f"{path}[{n}]", part) for n, part in enumerate(_parts_of(sighting), 1)))


def _value_of(sighting: Sighting) -> bytes:
    """The hash of what one instance has at one node; nothing where it is not kept."""
    node = sighting.node
    if node.depth > _DEEPEST or node.tag in (SOP_INSTANCE_UID, REFERENCED_SOP_INSTANCE_UID) or node.is_creator:
        return b""
    if node.path.startswith(OF_FRAMES) or node.record_type:
        return b""
    if sighting.state == FULL_EMPTY:
        return EMPTY
    if sighting.state == FULL_VALUE and len(sighting.texts) == 1:
        return hashed_value(canonical(*sighting.texts[0][:2]))
    return UNCOMPARED if node.depth == 1 else b""


def _parts_of(sighting: Sighting) -> tuple[bytes, ...]:
    """The hashes of a few values one by one: a Content Item may have one of them."""
    if sighting.state != FULL_VALUE or len(sighting.texts) != 1:
        return ()
    vr, text, _ = sighting.texts[0]
    values = text.split("\\")
    if vr not in _PARTED_VRS or not 1 < len(values) <= _MOST_PARTS:
        return ()
    return tuple(hashed_value(canonical(vr, value)) for value in values)
