"""Counts one instance after another into a profile; what repeats is recognised, and counted together (`flush`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.instance import (
    MEDIA_STORAGE_DIRECTORY,
    MODALITY_WORKLIST,
    Instance,
    Opened,
    open_instance,
)
from annexgen.profile import characteristics, identifying
from annexgen.profile.content_counting import NO_DOCUMENT, ContentCounting, CountedDocument, is_document
from annexgen.profile.file_ids import with_content
from annexgen.profile.frames import Frame, Frames
from annexgen.profile.identity import Identity, holds_uid, identity_of
from annexgen.profile.layout import Layouts
from annexgen.profile.link_counting import LinkCounting, references_in
from annexgen.profile.links import digest_of, key_of_digest, level_of
from annexgen.profile.model import (
    HASHED,
    IDENTIFYING,
    PLAIN,
    Discriminators,
    Limits,
    Origin,
    PathStatistics,
    Problems,
    Profile,
    Shape,
    SopClassProfile,
    ValueCount,
    merge_ranges,
    value_hash,
)
from annexgen.profile.nodes import SOP_CLASS_UID, SOP_INSTANCE_UID, Node, Occurrence
from annexgen.profile.paths import steps
from annexgen.profile.privacy import Privacy, key
from annexgen.profile.sightings import (
    SHORTEST_UID,
    UID_IN_TEXT,
    Comparison,
    Group,
    Sighting,
    Sightings,
    single_sightings,
)
from annexgen.profile.states import IrregularError
from annexgen.profile.walk import Walk
from annexgen.profile.withholding import is_withheld_code, withheld_creators

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.corpus.elements import Buffer

MAXIMUM_PENDING = 1 << 11
"""So many different sightings wait to be counted before they are, which bounds the memory."""
MAXIMUM_PATTERNS = 1 << 12
MAXIMUM_KNOWN = 1 << 16
MAXIMUM_IDENTITIES = 1 << 10
MAXIMUM_NODE_SIGHTINGS = 256
MAXIMUM_HELD = 1 << 25


@dataclass(slots=True, eq=False)
class _ShapeCell:
    """A shape with the smallest file id of its instances."""

    shape: Shape
    example: str


@dataclass(slots=True, eq=False)
class _PatternCell:
    """Where instances with the same combination are counted, and where each layout of their frames is noted."""

    origins: Counter[Origin]
    shape: _ShapeCell
    values: Discriminators
    references: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    creators: frozenset[str]
    frames: dict[Frame, set[Origin]] = field(default_factory=dict)


@dataclass(slots=True)
class _SopClass:
    """What is in memory of one SOP Class, and what waits to be counted."""

    profile: SopClassProfile
    root: Node
    sightings: Sightings
    frames: Frames
    layouts: Layouts
    pending: Counter[Sighting | Group] = field(default_factory=Counter)
    identities: dict[tuple[Occurrence, ...], Identity] = field(default_factory=dict)
    identifying: set[tuple[Node, str]] = field(default_factory=set)
    matches: Counter[tuple[Node, str]] = field(default_factory=Counter)
    held: int = 0
    """Bytes of private values that wait with their sightings."""
    patterns: dict[tuple[int, ...], _PatternCell] = field(default_factory=dict)
    """By the numbers of single sightings."""
    grouped: dict[tuple[int, ...], _PatternCell] = field(default_factory=dict)
    """The same by the numbers of sightings and groups."""
    shapes: dict[tuple[object, ...], _ShapeCell] = field(default_factory=dict)
    occurrences: dict[tuple[object, ...], Occurrence] = field(default_factory=dict)


class Counting:
    """Adds instances to a profile. The profile is complete after `finish`.

    Args:
        profile: counts are added to it; one that was read from a file (sealed) is refused.
    """

    def __init__(self, profile: Profile) -> None:
        if profile.salt_id:
            raise ValueError("a profile read from a file can be merged, not counted into")
        self.profile = profile
        self._classes: dict[str, _SopClass] = {}
        self._links = LinkCounting(profile.links, profile.limits)

    def count(self, buffer: Buffer, file: str) -> None:
        """Read one file and count it; `file` is its content id.

        Raises:
            NotReadableError: it is no DICOM instance that can be counted.
        """
        opened = open_instance(buffer)
        if opened is not None and opened.sop_class not in (MEDIA_STORAGE_DIRECTORY, MODALITY_WORKLIST):
            try:
                self._count_regular(opened, file)
            except IrregularError:
                pass
            else:
                return
        self.add(read_any(buffer), file)

    def add(self, instance: Instance, file: str) -> None:
        """Count one instance, or a worklist item, which is compared with instances only; `file` is its content id."""
        uid = instance.sop_class
        if uid == MODALITY_WORKLIST:
            self._add_worklist_item(instance)
            return
        sop_class = self._sop_class(uid)
        walk = self._walk(instance, sop_class, frozenset())
        identity, instance_uid = self._identity(sop_class, walk.notes)
        withheld = self._withheld(identity, walk.creators)
        if withheld:
            walk = self._walk(instance, sop_class, withheld)
        sightings = sop_class.sightings.of_all(walk.occurrences)
        document = NO_DOCUMENT
        if is_document(instance.elements):
            documents = ContentCounting(sop_class.profile, self.profile.values, self.profile.limits)
            document = documents.count(instance.elements, walk.text(walk.encodings), identity, instance_uid)
        cell = self._pattern(sop_class, sightings, document.shape, file)
        self._commit(
            uid, sightings, identity, instance_uid, cell, walk.frames, file, instance.transfer_syntax, document
        )
        for code, tag, message in {(p.code, p.tag, p.message) for p in instance.problems}:
            path = f"({tag >> 16:04X},{tag & 0xFFFF:04X})" if tag else ""
            self.profile.problems.setdefault((code, uid, path, message), Problems()).add(Problems(1, file))

    def _add_worklist_item(self, instance: Instance) -> None:
        """Keep what a Modality Worklist returned: it is no instance, and has no SOP Instance UID."""
        sop_class = self._sop_class(MODALITY_WORKLIST)
        walk = self._walk(instance, sop_class, frozenset())
        identity, _ = self._identity(sop_class, walk.notes)
        withheld = self._withheld(identity, walk.creators)
        if withheld:
            walk = self._walk(instance, sop_class, withheld)
        item = self._links.record("", 0, MODALITY_WORKLIST, "", sop_class.sightings.of_all(walk.occurrences))
        if self.profile.values != "none":
            key = key_of_digest(digest_of("\n".join((*item.paths, item.values.hex(), *identity.origin))))
            level = level_of(identity.origin[1] or key)
            self.profile.links.add_item(replace(item, key=key, level=level), self.profile.limits.worklist_items)

    def _walk(self, instance: Instance, sop_class: _SopClass, withheld: frozenset[str]) -> Walk:
        walk = Walk(instance, self.profile.values, sop_class.occurrences, sop_class.frames, withheld)
        walk.elements(instance.elements, sop_class.root, ("iso8859",), 0)
        walk.state()
        return walk

    def _withheld(self, identity: Identity, creators: frozenset[str]) -> frozenset[str]:
        """The Private Creators of an instance that may not be printed."""
        if self.profile.values == "all" or not creators:
            return frozenset()
        known = identity.withheld.get(creators)
        if known is None:
            known = identity.withheld[creators] = withheld_creators(creators, identity)
        return known

    def note_file(self, file: str) -> None:
        """Note a file that was opened, whether it is counted or skipped: the salt of the corpus follows from all."""
        self.profile.fingerprint = with_content(self.profile.fingerprint, file)

    def skip(self, file: str, reason: str) -> None:
        """Count a file that could not be read."""
        self.profile.skipped[(file, reason)] += 1

    def finish(self) -> Profile:
        """The profile, with all that was counted, and combinations joined that became equal."""
        self._links.flush()
        for sop_class in self._classes.values():
            self._flush(sop_class, compact=True)
        return self.profile

    def _sop_class(self, uid: str) -> _SopClass:
        known = self._classes.get(uid)
        if known is None:
            root = Node("", 0, 0, None)
            sightings = Sightings(self.profile.limits.text_length, self.profile.values)
            frames = Frames(self.profile.limits.text_length)
            layouts = Layouts(root, sightings, frames, self.profile.values)
            known = self._classes[uid] = _SopClass(SopClassProfile(), root, sightings, frames, layouts)
        return known

    def _count_regular(self, opened: Opened, file: str) -> None:
        sop_class = self._sop_class(opened.sop_class)
        found, notes, frames = sop_class.layouts.read(opened.buffer, opened.start, opened.encoding)
        if [note.note for note in notes if note.node.tag == SOP_CLASS_UID] != [opened.sop_class]:
            raise IrregularError
        identity, instance_uid = self._identity(sop_class, notes)
        cell = sop_class.grouped.get(tuple([one.number for one in found]))
        creators = cell.creators if cell is not None else _creators_of(single_sightings(found))
        stated: frozenset[str] = frozenset()
        if characteristics.TAG in sop_class.root.children:
            stated = _creators_stated(single_sightings(found))
        if not stated <= creators or self._withheld(identity, creators):
            raise IrregularError
        if cell is None:
            cell = self._known_pattern(sop_class, single_sightings(found), file)
            # The key is taken anew: an attribute may just have left the combinations.
            sop_class.grouped[tuple([one.number for one in found])] = cell
        self._commit(opened.sop_class, found, identity, instance_uid, cell, frames, file, opened.transfer_syntax)

    def _known_pattern(self, sop_class: _SopClass, sightings: list[Sighting], file: str) -> _PatternCell:
        """The combination of an instance, which may have come before in other groups.

        Raises:
            IrregularError: something stands twice in the data set.
        """
        cell = sop_class.patterns.get(tuple([sighting.number for sighting in sightings]))
        if cell is None:
            if len({sighting.node for sighting in sightings}) != len(sightings):
                raise IrregularError
            cell = self._pattern(sop_class, sightings, (), file)
            sop_class.patterns[tuple([sighting.number for sighting in sightings])] = cell
        return cell

    def _commit(
        self,
        uid: str,
        found: Sequence[Sighting | Group],
        identity: Identity,
        instance_uid: str,
        cell: _PatternCell,
        frames: Iterable[Frame],
        file: str,
        transfer_syntax: str,
        document: CountedDocument = NO_DOCUMENT,
    ) -> None:
        """Count one instance, now that all about it is known."""
        sop_class = self._classes[uid]
        profile = self.profile.sop_classes.setdefault(uid, sop_class.profile)
        cell.origins[identity.origin] += 1
        for frame in frames:
            noted = cell.frames.get(frame)
            if noted is None:
                key = (cell.shape.shape, cell.values, frame.shape, frame.values)
                noted = cell.frames[frame] = profile.origins_of_frame(key, self.profile.limits)
            noted.add(identity.origin)
        if file < cell.shape.example:
            cell.shape.example = file
        profile.transfer_syntaxes[transfer_syntax] += 1
        profile.character_sets[identity.character_set] += 1
        sop_class.pending.update(found)
        _compare(sop_class, identity, found)
        _compare_with_uid(sop_class, identity, found, instance_uid)
        if instance_uid and uid != MEDIA_STORAGE_DIRECTORY and self.profile.values != "none":
            digest = digest_of(instance_uid)
            self._links.count(digest, identity.origin, uid, found, cell.references, document)
        if (
            len(sop_class.pending) > MAXIMUM_PENDING + 2 * len(found)
            or len(sop_class.identities) > MAXIMUM_IDENTITIES
            or sop_class.held > MAXIMUM_HELD
        ):
            self._flush(sop_class)

    def _pattern(
        self, sop_class: _SopClass, sightings: list[Sighting], content_shape: Shape, file: str
    ) -> _PatternCell:
        """The combination of presence and values that an instance has."""
        shape_name = (*(s.shape_number for s in sightings), *content_shape)
        shape_cell = sop_class.shapes.get(shape_name)
        if shape_cell is None:
            shape = tuple(sorted([*((s.node.path, s.state) for s in sightings), *content_shape]))
            shape_cell = sop_class.shapes[shape_name] = _ShapeCell(shape, file)
        profile = sop_class.profile
        known = profile.discriminators
        for sighting in [s for s in sightings if s.single is not None and not s.noted]:
            node = sighting.node
            values = known.setdefault(node.path, set())
            if values is not None and sighting.single is not None:
                values.add(sighting.single)
                sighting.noted = True
                if len(values) > self.profile.limits.discriminator_values:
                    values = known[node.path] = None
            if values is None:
                sop_class.sightings.leave_combinations(node)
        pairs = tuple(sorted([(s.node.path, s.single) for s in sightings if s.single is not None]))
        origins = profile.patterns.setdefault((shape_cell.shape, pairs), Counter())
        return _PatternCell(origins, shape_cell, pairs, references_in(sightings), _creators_of(sightings))

    def _flush(self, sop_class: _SopClass, *, compact: bool = False) -> None:
        """Add to the profile what waits to be counted, and forget what will hardly come again."""
        limits = self.profile.limits
        patients_of: dict[Sighting | Group, tuple[str, ...]] = {}
        seen_of: dict[str, set[Sighting | Group]] = {}
        for identity in sop_class.identities.values():
            for patient in identity.patients:
                seen_of.setdefault(patient, set()).update(identity.seen)
        for patient in sorted(seen_of):
            for sighting in seen_of[patient]:
                known = patients_of.get(sighting, ())
                if len(known) < limits.patients:
                    patients_of[sighting] = (*known, patient)
        paths = sop_class.profile.paths
        for sighting, count in _one_by_one(sop_class.pending).items():
            node = sighting.node
            statistics = node.statistics
            if statistics is None:
                statistics = node.statistics = paths.setdefault(node.path, PathStatistics())
            _count_sighting(statistics, sighting, count, patients_of.get(sighting, ()), limits)
            if len(node.sightings) > MAXIMUM_NODE_SIGHTINGS:
                node.sightings.clear()
        for node, value in sop_class.identifying:
            kept = node.statistics.values.get(value) if node.statistics else None
            if kept is not None:
                kept.identifying = True
        for cell in sop_class.shapes.values():
            for path, _ in cell.shape:
                statistics = paths[path]
                if not statistics.example or cell.example < statistics.example:
                    statistics.example = cell.example
        sop_class.pending.clear()
        sop_class.identities.clear()
        for (node, kind), count in sop_class.matches.items():
            if node.statistics is not None:
                node.statistics.count_facet(IDENTIFYING, kind, count, self.profile.limits)
        sop_class.identifying.clear()
        sop_class.matches.clear()
        sop_class.held = 0
        if len(sop_class.occurrences) > MAXIMUM_KNOWN:
            sop_class.occurrences.clear()
        self._links.flush()
        sop_class.layouts.forget()
        sop_class.frames.forget()
        if len(sop_class.grouped) > MAXIMUM_PATTERNS:
            sop_class.grouped.clear()
        if compact or len(sop_class.patterns) > MAXIMUM_PATTERNS:
            sop_class.patterns.clear()
            sop_class.grouped.clear()
            sop_class.shapes.clear()
            sop_class.profile.compact()

    def _identity(self, sop_class: _SopClass, notes: list[Occurrence]) -> tuple[Identity, str]:
        """Whose an instance is, and its SOP Instance UID."""
        instance_uid = ""
        rest = []
        for note in notes:
            if note.node.tag == SOP_INSTANCE_UID:
                instance_uid = note.note or ""
            else:
                rest.append(note)
        # A short or odd one may be part of values that are not like a UID, so all values are compared with it.
        name = tuple(notes) if instance_uid and not UID_IN_TEXT.match(instance_uid) else tuple(rest)
        known = sop_class.identities.get(name)
        if known is None:
            known = sop_class.identities[name] = identity_of(name, self.profile.salt)
            self.profile.names |= known.names
        return known, instance_uid


def _one_by_one(pending: Counter[Sighting | Group]) -> dict[Sighting, int]:
    """How often each sighting waits, alone or in groups."""
    counts: dict[Sighting, int] = {}
    for one, number in pending.items():
        for sighting in one.sightings if isinstance(one, Group) else (one,):
            counts[sighting] = counts.get(sighting, 0) + number
    return counts


def _compare(sop_class: _SopClass, identity: Identity, found: Iterable[Sighting | Group]) -> None:
    """Compare the values of an instance with what identifies whom it belongs to, each once for all instances of a series."""
    seen = identity.seen
    new = [one for one in found if one not in seen]
    seen.update(new)
    probes: list[tuple[Sighting, identifying.Probe]] = []
    for one in new:
        fresh: Iterable[Sighting] = (one,) if isinstance(one, Sighting) else set(one.sightings) - seen
        seen.update(fresh)
        for sighting in fresh:
            for text, comparison in sighting.checked:
                if _identifies(text, comparison, identity):
                    sop_class.identifying.add((sighting.node, PLAIN + text))
            for probe in sighting.probes:
                probes.append((sighting, probe))
                sop_class.held += len(probe[1])
    if probes:
        for sighting, kinds in identifying.matches(probes, identity.needles):
            identity.matches[sighting] = kinds | identity.matches.get(sighting, frozenset())
            sop_class.identifying.update((sighting.node, PLAIN + text) for text, _ in sighting.checked)
    if identity.matches:
        for one in new:
            if isinstance(one, Group):
                identity.groups[one] = [sighting for sighting in one.sightings if sighting in identity.matches]
        for one in found:
            for sighting in (one,) if isinstance(one, Sighting) else identity.groups.get(one, ()):
                for kind in identity.matches.get(sighting, ()):
                    sop_class.matches[sighting.node, kind] += 1


def _compare_with_uid(
    sop_class: _SopClass, identity: Identity, found: Iterable[Sighting | Group], instance_uid: str
) -> None:
    """Compare the values of an instance that are like its SOP Instance UID with it."""
    folded, encoded = instance_uid.casefold(), instance_uid.encode("latin-1", "ignore")
    for one in found:
        if not one.long:
            continue
        if isinstance(one, Group):
            # Nearly always no value of a group holds the UID, and none has to be looked at on its own.
            if folded not in one.long_text and not any(encoded in value for value in one.long_bytes):
                continue
            long = one.long
        else:
            long = (one,)
        for sighting in long:
            for text, comparison in sighting.checked:
                if holds_uid(text, instance_uid, exact=comparison in (Comparison.EXACT, Comparison.TERM)):
                    sop_class.identifying.add((sighting.node, PLAIN + text))
            if len(instance_uid) < SHORTEST_UID or not sighting.probes:
                continue
            found_in_probes = any(identifying.holds_uid(probe, instance_uid) for probe in sighting.probes)
            if found_in_probes and identifying.UID not in identity.matches.get(sighting, ()):
                sop_class.matches[sighting.node, identifying.UID] += 1


def _creators_of(sightings: Iterable[Sighting]) -> frozenset[str]:
    """The Private Creators that an instance writes."""
    return frozenset([steps(s.node.path)[-1].creator for s in sightings if s.node.is_creator])


def _creators_stated(sightings: Iterable[Sighting]) -> frozenset[str]:
    """The Private Creators of which an instance states something in (0008,0300)."""
    tokens = [
        token
        for sighting in sightings
        if sighting.node.path == characteristics.PATH
        for name, token in sighting.facets
        if name == characteristics.FACET
    ]
    return frozenset(characteristics.Statement.of(token).creator for token in tokens)


def _identifies(text: str, comparison: Comparison, identity: Identity) -> bool:
    """Whether a value identifies the patient of an instance."""
    if comparison is Comparison.CODE:
        return is_withheld_code(text, identity)
    if comparison is Comparison.TERM:
        return identity.is_named(text)
    return identity.found_in(text, exact=comparison is Comparison.EXACT)


def _count_sighting(
    statistics: PathStatistics, sighting: Sighting, count: int, patients: tuple[str, ...], limits: Limits
) -> None:
    """Add what `count` instances have at one node."""
    for vr in sighting.vrs:
        statistics.vrs[vr] += count
    for block, occurrences in sighting.blocks:
        statistics.blocks[block] += occurrences * count
    if sighting.items and sighting.items != statistics.items:
        statistics.items = merge_ranges(statistics.items, sighting.items)
    if sighting.length and sighting.length != statistics.length:
        statistics.length = merge_ranges(statistics.length, sighting.length)
    if sighting.multiplicity and sighting.multiplicity != statistics.value_multiplicity:
        statistics.value_multiplicity = merge_ranges(statistics.value_multiplicity, sighting.multiplicity)
    for name, facet in sighting.facets:
        statistics.count_facet(name, facet, count, limits)
    if sighting.lowest is not None:
        statistics.note_numbers(sighting.lowest, sighting.highest)
    if sighting.unkept and not statistics.overflow:
        statistics.add(PathStatistics(overflow=True), limits)
    for text in sighting.texts:
        hidden = text[2] is Privacy.HIDDEN or len(text[1]) > limits.text_length
        if hidden and statistics.overflow:
            continue
        value = HASHED + key(text[1]) if hidden else PLAIN + text[1]
        if statistics.overflow and value not in statistics.values:
            kept = statistics.values
            node = sighting.node
            if len(kept) >= limits.kept_values:
                if not node.highest_kept:
                    node.highest_kept = max(map(value_hash, kept))
                if value_hash(value) > node.highest_kept:
                    continue
            node.highest_kept = b""
        free_text = text[2] is Privacy.FREE_TEXT
        statistics.count_value(value, ValueCount(count, patients, free_text=free_text), limits)
