"""What was seen: exact, mergeable counts per SOP Class and element path.

A profile is a sum: adding two gives the profile of both corpora together, in any order and any grouping. Where
something is capped (kept values, discriminators), the cap is chosen so that this stays true: which values survive
depends on the values alone, never on the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from annexgen.profile.content import is_code
from annexgen.profile.links import Links
from annexgen.profile.names import holds_name, speaks_of_person
from annexgen.standard import context_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a profile keeps; part of the profile, since only profiles with equal limits can be merged.

    `distinct_values`: values kept per element path; beyond, only `kept_values` of them (those with the smallest hash)
    stay and the path counts as open. `discriminator_values`: a path with more distinct values than this in its
    instances takes no part in the combinations that conditions are learned from; `frame_values` is the same for the frames of
    instances. `text_length`: longer text is counted but never kept. `patients`: how many distinct patients are remembered
    per value (the rule asks for two). `facet_values`: a facet of a Content Item with more distinct texts than this keeps
    none of them.
    `linked_studies`, `linked_series` in each, `linked_instances` in each, `worklist_items`: size of the sample that is compared
    (`annexgen.profile.links`).
    """

    distinct_values: int = 128
    kept_values: int = 16
    discriminator_values: int = 24
    frame_values: int = 12
    text_length: int = 128
    patients: int = 2
    facet_values: int = 4096
    linked_studies: int = 64
    linked_series: int = 32
    linked_instances: int = 16
    worklist_items: int = 1024

    @property
    def links(self) -> tuple[int, int, int, int]:
        """The size of the sample that is compared."""
        return self.linked_studies, self.linked_series, self.linked_instances, self.worklist_items


class MergeError(Exception):
    """Two profiles cannot be added; the message says why."""


Range = tuple[int, int]
Origin = tuple[str, str, str, str]
"""Keys of patient, study, series and device of an instance: salted hashes, except the device (see `Device`)."""
Shape = tuple[tuple[str, int], ...]
"""For every path that stands in an instance its state, sorted by path (see `state_of`)."""
Discriminators = tuple[tuple[str, str], ...]
"""For every low-cardinality path of an instance (or frame) its one value, sorted by path."""
FrameKey = tuple[Shape, Discriminators, Shape, Discriminators]
"""A combination of an instance, and one of a frame in it: of its item of Per-frame Functional Groups Sequence."""

FULL_VALUE, FULL_EMPTY, FULL_MIXED, PARTIAL_VALUE, PARTIAL_EMPTY, PARTIAL_MIXED = range(6)


def state_of(occurrences: int, empty: int, *, everywhere: bool) -> int:
    """The state of a path in one instance: stands in every place or in some; with value, empty, or both."""
    value = 0 if empty == 0 else 1 if empty == occurrences else 2
    return value if everywhere else value + 3


def merge_ranges(a: Range | None, b: Range | None) -> Range | None:
    """The smallest range that holds both."""
    if a is None or b is None:
        return a or b
    return (min(a[0], b[0]), max(a[1], b[1]))


def value_hash(text: str) -> bytes:
    """The hash that decides which values of an open path are kept."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


@dataclass(slots=True)
class ValueCount:
    """How often one value was seen, in instances; `patients` holds the smallest keys of known patients.

    `free_text`: printable only under the rule of two patients. One who is known by name only (`BY_NAME`) may be one who is known
    by Patient ID as well. `identifying`: it held an identifying value of one of
    its own instances, and is never printed.
    """

    instances: int = 0
    patients: tuple[str, ...] = ()
    free_text: bool = False
    identifying: bool = False

    def add(self, other: ValueCount, limit: int) -> None:
        """Add the counts of the same value seen elsewhere."""
        self.instances += other.instances
        if other.patients and other.patients != self.patients:
            self.patients = tuple(sorted({*self.patients, *other.patients})[:limit])
        self.free_text |= other.free_text
        self.identifying |= other.identifying

    @property
    def printable(self) -> bool:
        """Whether the privacy rule lets this value be printed."""
        if self.identifying or not self.free_text:
            return not self.identifying
        known_by_name = sum(patient.startswith(BY_NAME) for patient in self.patients)
        return len(self.patients) >= 2 and known_by_name in (0, len(self.patients))


BY_NAME = "~"
"""First character of the key of a patient whose instance has no Patient ID; in order it comes behind all others."""
OPEN = "\x00"
"""The one text of a facet that had too many."""
PLAIN = "="
HASHED = "#"
IDENTIFYING = "identifying"
"""Name of the facet that counts instances whose private value repeats an identifying value, by its kind."""
SEALED = "~"
"""First character of a kept value: the text itself, a salted hash of it, or text sealed until a second patient has it."""


@dataclass(slots=True)
class PathStatistics:
    """What is known about one element path (or content item path) beside its presence, which `Shape` holds.

    `values` maps a kept value (first character: PLAIN, HASHED or SEALED) to its count. `overflow` says that the cap
    was hit. `facets` counts further properties of Content Items by name: "concept" (as written), "template",
    "continuity", "unit", "qualifier", "column", "element", in documents; "count" (items, and parents that have one),
    "after" (the place before it under the same parent), "together" (the places below it that stand together, with the
    codes there and its own) and "measurement" (see `annexgen.profile.content.Measurement`), in Content Items.
    """

    vrs: Counter[tuple[str, str]] = field(default_factory=Counter)
    value_multiplicity: Range | None = None
    length: Range | None = None
    items: Range | None = None
    blocks: Counter[int] = field(default_factory=Counter)
    values: dict[str, ValueCount] = field(default_factory=dict)
    overflow: bool = False
    lowest: float | None = None
    highest: float | None = None
    facets: dict[str, Counter[str]] = field(default_factory=dict)
    order: int = 0
    example: str = ""

    def count_value(self, value: str, count: ValueCount, limits: Limits) -> None:
        """Count one value; applies the cap."""
        known = self.values.get(value)
        if known is not None:
            known.add(count, limits.patients)
            return
        if self.overflow and value[0] == HASHED:
            return
        self.values[value] = ValueCount(count.instances, count.patients, count.free_text, count.identifying)
        if self.overflow or len(self.values) > limits.distinct_values:
            self._shrink(limits)

    def _shrink(self, limits: Limits) -> None:
        self.overflow = True
        plain = sorted((v for v in self.values if v[0] == PLAIN), key=value_hash)[: limits.kept_values]
        self.values = {value: self.values[value] for value in plain}

    def add(self, other: PathStatistics, limits: Limits) -> None:
        """Add what was seen of the same path elsewhere."""
        self.vrs += other.vrs
        self.value_multiplicity = merge_ranges(self.value_multiplicity, other.value_multiplicity)
        self.length = merge_ranges(self.length, other.length)
        self.items = merge_ranges(self.items, other.items)
        self.blocks += other.blocks
        for name, counts in other.facets.items():
            if OPEN in counts:
                self.open_facet(name)
            for text, number in counts.items() if OPEN not in counts else ():
                self.count_facet(name, text, number, limits)
        self.note_numbers(other.lowest, other.highest)
        self.order = min(self.order, other.order)
        self.example = (
            min(self.example, other.example) if self.example and other.example else self.example or other.example
        )
        if other.overflow and not self.overflow:
            self._shrink(limits)
        for value, count in other.values.items():
            self.count_value(value, count, limits)

    def count_facet(self, name: str, text: str, number: int, limits: Limits) -> None:
        """Count one text of a facet; one with too many distinct texts keeps none.

        Where values identify somebody, no range of them is kept.
        """
        counts = self.facets.setdefault(name, Counter())
        if OPEN in counts:
            return
        counts[text] += number
        if len(counts) > limits.facet_values:
            self.open_facet(name)
        if name == IDENTIFYING:
            self.lowest = self.highest = None

    def open_facet(self, name: str) -> None:
        """Note that a facet has too many texts to keep any."""
        self.facets[name] = Counter({OPEN: 1})

    def note_numbers(self, lowest: float | None, highest: float | None) -> None:
        """Widen the numeric range."""
        if IDENTIFYING in self.facets:
            return
        if lowest is not None and (self.lowest is None or lowest < self.lowest):
            self.lowest = lowest
        if highest is not None and (self.highest is None or highest > self.highest):
            self.highest = highest


@dataclass(slots=True)
class SopClassProfile:
    """All instances of one SOP Class.

    `patterns` maps each distinct combination of presence (`Shape`) and low-cardinality values (`Discriminators`) to
    the number of instances by origin. `discriminators` holds the distinct values seen for each path that takes part,
    or None once there were too many. `frames` holds, for each combination of an instance and of a frame in it, where there are
    such frames: no counts, since frames of one instance may become equal when values are dropped. `frame_values` is to
    frames what `discriminators` is to instances.
    """

    paths: dict[str, PathStatistics] = field(default_factory=dict)
    patterns: dict[tuple[Shape, Discriminators], Counter[Origin]] = field(default_factory=dict)
    discriminators: dict[str, set[str] | None] = field(default_factory=dict)
    frames: dict[FrameKey, set[Origin]] = field(default_factory=dict)
    frame_values: dict[str, set[str] | None] = field(default_factory=dict)
    transfer_syntaxes: Counter[str] = field(default_factory=Counter)
    character_sets: Counter[str] = field(default_factory=Counter)

    @property
    def instances(self) -> int:
        """Number of instances of this SOP Class."""
        return sum(sum(origins.values()) for origins in self.patterns.values())

    def count_pattern(
        self, shape: Shape, discriminators: Discriminators, origins: Counter[Origin], limits: Limits
    ) -> None:
        """Count instances of one combination."""
        kept: list[tuple[str, str]] = []
        for path, value in discriminators:
            known = self.discriminators.setdefault(path, set())
            if known is None:
                continue
            known.add(value)
            if len(known) > limits.discriminator_values:
                self.discriminators[path] = None
            else:
                kept.append((path, value))
        self.patterns.setdefault((shape, tuple(kept)), Counter()).update(origins)

    def origins_of_frame(self, key: FrameKey, limits: Limits) -> set[Origin]:
        """Where frames of one combination are noted."""
        for path, value in key[3]:
            known = self.frame_values.setdefault(path, set())
            if known is not None:
                known.add(value)
                if len(known) > limits.frame_values:
                    self.frame_values[path] = None
        return self.frames.setdefault(key, set())

    def compact(self) -> None:
        """Drop from the combinations the paths that turned out to have too many values, and join what became equal."""
        dropped = {path for path, values in self.discriminators.items() if values is None}
        of_frames = {path for path, values in self.frame_values.items() if values is None}
        if dropped:
            patterns: dict[tuple[Shape, Discriminators], Counter[Origin]] = {}
            for (shape, discriminators), origins in self.patterns.items():
                patterns.setdefault((shape, _without(discriminators, dropped)), Counter()).update(origins)
            self.patterns = patterns
        if dropped or of_frames:
            frames: dict[FrameKey, set[Origin]] = {}
            for (shape, discriminators, frame, of_frame), noted in self.frames.items():
                key = (shape, _without(discriminators, dropped), frame, _without(of_frame, of_frames))
                frames.setdefault(key, set()).update(noted)
            self.frames = frames

    def add(self, other: SopClassProfile, limits: Limits) -> None:
        """Add what was seen of the same SOP Class elsewhere."""
        for path, statistics in other.paths.items():
            if path in self.paths:
                self.paths[path].add(statistics, limits)
            else:
                self.paths[path] = PathStatistics(order=statistics.order)
                self.paths[path].add(statistics, limits)
        for path, values in other.discriminators.items():
            if values is None:
                self.discriminators[path] = None
        for (shape, discriminators), origins in other.patterns.items():
            self.count_pattern(shape, discriminators, origins, limits)
        for path, values in other.frame_values.items():
            if values is None:
                self.frame_values[path] = None
        for key, noted in other.frames.items():
            self.origins_of_frame(key, limits).update(noted)
        self.transfer_syntaxes += other.transfer_syntaxes
        self.character_sets += other.character_sets
        self.compact()


def _without(values: Discriminators, dropped: set[str]) -> Discriminators:
    return tuple(pair for pair in values if pair[0] not in dropped)


@dataclass(slots=True)
class Problems:
    """One kind of deviation found while reading: number of instances with it and the smallest file id among them."""

    instances: int = 0
    example: str = ""

    def add(self, other: Problems) -> None:
        """Add the same kind of deviation seen elsewhere."""
        self.instances += other.instances
        self.example = min(filter(None, (self.example, other.example)), default="")


@dataclass(slots=True)
class Profile:
    """What was seen in a corpus.

    `problems` is keyed by (code, SOP Class, path, message). `skipped` counts unreadable files by (file id, reason).
    `salt_id` names the salt of the keys and hashed values: empty while the profile lives in memory only
    (`annexgen.profile.privacy.seal` salts it before it is written). `links` is a sample of instances that can be compared.
    In memory only: `fingerprint` is a sum over the files, `salt` what the scan was given for its hashes, and `names` holds hashes of
    the words of all persons' names.
    """

    values: str = "safe"
    limits: Limits = field(default_factory=Limits)
    salt_id: str = ""
    sop_classes: dict[str, SopClassProfile] = field(default_factory=dict)
    problems: dict[tuple[str, str, str, str], Problems] = field(default_factory=dict)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    links: Links = field(default_factory=Links)
    fingerprint: int = 0
    salt: bytes = field(default=b"", repr=False)
    names: set[bytes] = field(default_factory=set, repr=False)

    @property
    def instances(self) -> int:
        """Number of instances."""
        return sum(sop_class.instances for sop_class in self.sop_classes.values())

    def origins(self) -> Iterator[tuple[Origin, int]]:
        """Every origin with its number of instances; an origin may come more than once."""
        for sop_class in self.sop_classes.values():
            for origins in sop_class.patterns.values():
                yield from origins.items()

    def add(self, other: Profile) -> None:
        """Add another corpus to this one.

        Raises:
            MergeError: the profiles were made with different limits, value policies or salts.
        """
        if other.limits != self.limits:
            raise MergeError(f"the profiles keep different amounts ({asdict(self.limits)} and {asdict(other.limits)})")
        if other.values != self.values:
            raise MergeError(
                f"one profile was made with --values {self.values}, the other with --values {other.values}; "
                "scan both with the same"
            )
        if (other.salt_id, other.salt) != (self.salt_id, self.salt):
            raise MergeError(
                "the profiles were made with different salts, so their patients and studies cannot be told apart; "
                "scan both with the same --salt-file"
            )
        for uid, sop_class in other.sop_classes.items():
            self.sop_classes.setdefault(uid, SopClassProfile()).add(sop_class, self.limits)
        for key, problems in other.problems.items():
            self.problems.setdefault(key, Problems()).add(problems)
        self.skipped += other.skipped
        self.links.add(other.links, self.limits.links)
        self.fingerprint = (self.fingerprint + other.fingerprint) % (1 << 256)
        self.names |= other.names

    def withhold_names(self) -> None:
        """Withhold the values that may speak of a person, whoever's in the corpus (`names.speaks_of_person`).

        These are free text, codes that PS3.16 does not have, and code strings of a single patient: many code strings are a name
        somewhere, and one that several patients have is a term. With --values all nothing is withheld.
        """
        if self.values == "all":
            return
        for sop_class in self.sop_classes.values():
            for statistics in sop_class.paths.values():
                for value, count in statistics.values.items():
                    if value[0] == PLAIN and not count.identifying:
                        count.identifying = self._speaks_of_person(statistics, value[1:], count)

    def _speaks_of_person(self, statistics: PathStatistics, text: str, count: ValueCount) -> bool:
        if is_code(PLAIN + text):
            value, scheme, meaning = text.split("\x1f")
            listed = meaning in context_groups.meanings_of(value, scheme)
            return not listed and speaks_of_person(f"{value}\n{meaning}", self.names)
        if count.free_text:
            return speaks_of_person(text, self.names)
        one_patient = len(count.patients) < 2 and any(vr == "CS" for vr, _ in statistics.vrs)
        return one_patient and holds_name(text, self.names)


def merge(profiles: Iterable[Profile]) -> Profile:
    """One profile of all the corpora together; an empty profile for none.

    Raises:
        MergeError: they cannot be added (see `Profile.add`).
    """
    result: Profile | None = None
    for profile in profiles:
        if result is None:
            result = Profile(profile.values, profile.limits, profile.salt_id, salt=profile.salt)
        result.add(profile)
    if result is None:
        return Profile()
    result.withhold_names()
    return result
