"""Counts one instance after another into a profile; what repeats is recognised, and counted together (`flush`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.corpus.instance import (
    MEDIA_STORAGE_DIRECTORY,
    MODALITY_WORKLIST,
    Instance,
    Opened,
    open_instance,
    read_instance,
)
from annexgen.corpus.values import decode, encodings_of, is_zero_length
from annexgen.profile import characteristics, content, identifying
from annexgen.profile.content_counting import NO_DOCUMENT, ContentCounting, CountedDocument, is_document
from annexgen.profile.file_ids import with_content
from annexgen.profile.frames import PER_FRAME_FUNCTIONAL_GROUPS, Frame, Frames
from annexgen.profile.identity import Identity, holds_uid, identity_of
from annexgen.profile.layout import IrregularError, Layouts, private_creator
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
from annexgen.profile.nodes import (
    CODE_MACRO_TAGS,
    DATA_SET_TRAILING_PADDING,
    SHORTEST_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    SPECIFIC_CHARACTER_SET,
    UID_IN_TEXT,
    UNKNOWN_CREATOR,
    Node,
    Occurrence,
    Sighting,
    Sightings,
    occurrence_of,
    values_of_item,
)
from annexgen.profile.privacy import Privacy, key

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer, RawElement

DIRECTORY_RECORDS = 0x00041220
DIRECTORY_RECORD_TYPE = 0x00041430
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
    frames: dict[Frame, set[Origin]] = field(default_factory=dict)


@dataclass(slots=True)
class _SopClass:
    """What is in memory of one SOP Class, and what waits to be counted."""

    profile: SopClassProfile
    root: Node
    sightings: Sightings
    frames: Frames
    layouts: Layouts
    pending: Counter[Sighting] = field(default_factory=Counter)
    identities: dict[tuple[Occurrence, ...], Identity] = field(default_factory=dict)
    identifying: set[tuple[Node, str]] = field(default_factory=set)
    matches: Counter[tuple[Node, str]] = field(default_factory=Counter)
    held: int = 0
    """Bytes of private values that wait with their sightings."""
    patterns: dict[tuple[int, ...], _PatternCell] = field(default_factory=dict)
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
        self.add(read_instance(buffer), file)

    def add(self, instance: Instance, file: str) -> None:
        """Count one instance, or a worklist item, which is compared with instances only; `file` is its content id."""
        uid = instance.sop_class
        if uid == MODALITY_WORKLIST:
            self._add_worklist_item(instance)
            return
        sop_class = self._sop_class(uid)
        walk = _Walk(instance, self.profile.values, sop_class.occurrences, sop_class.frames)
        walk.elements(instance.elements, sop_class.root, ("iso8859",), 0)
        sightings = sop_class.sightings.of_all(walk.occurrences)
        identity, instance_uid = self._identity(sop_class, walk.notes)
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
        walk = _Walk(instance, self.profile.values, sop_class.occurrences, sop_class.frames)
        walk.elements(instance.elements, sop_class.root, ("iso8859",), 0)
        identity, _ = self._identity(sop_class, walk.notes)
        item = self._links.record("", 0, MODALITY_WORKLIST, "", sop_class.sightings.of_all(walk.occurrences))
        if self.profile.values != "none":
            key = key_of_digest(digest_of("\n".join((*item.paths, item.values.hex(), *identity.origin))))
            level = level_of(identity.origin[1] or key)
            self.profile.links.add_item(replace(item, key=key, level=level), self.profile.limits.worklist_items)

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
        sightings, notes, frames = sop_class.layouts.read(opened.buffer, opened.start, opened.encoding)
        if [note.note for note in notes if note.node.tag == SOP_CLASS_UID] != [opened.sop_class]:
            raise IrregularError
        cell = sop_class.patterns.get(tuple([sighting.pattern for sighting in sightings]))
        if cell is None:
            if len({sighting.node for sighting in sightings}) != len(sightings):
                raise IrregularError
            cell = self._pattern(sop_class, sightings, (), file)
            # The key is taken anew: an attribute may just have left the combinations.
            sop_class.patterns[tuple([sighting.pattern for sighting in sightings])] = cell
        identity, instance_uid = self._identity(sop_class, notes)
        self._commit(opened.sop_class, sightings, identity, instance_uid, cell, frames, file, opened.transfer_syntax)

    def _commit(
        self,
        uid: str,
        sightings: list[Sighting],
        identity: Identity,
        instance_uid: str,
        cell: _PatternCell,
        frames: tuple[Frame, ...],
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
        sop_class.pending.update(sightings)
        withheld = sop_class.identifying
        if not identity.seen.issuperset(sightings):
            new = set(sightings) - identity.seen
            identity.seen |= new
            for sighting in new:
                for text, exact in sighting.checked:
                    if identity.found_in(text, exact=exact):
                        withheld.add((sighting.node, PLAIN + text))
            probes = [(sighting, probe) for sighting in new for probe in sighting.probes]
            sop_class.held += sum([len(probe[1]) for _, probe in probes])
            for sighting, kinds in identifying.matches(probes, identity.needles):
                identity.matches[sighting] = kinds | identity.matches.get(sighting, frozenset())
        if identity.matches:
            for sighting in identity.matches.keys() & sightings:
                sop_class.matches.update((sighting.node, kind) for kind in identity.matches[sighting])
                withheld.update((sighting.node, PLAIN + text) for text, _ in sighting.checked)
        for sighting in [s for s in sightings if s.long]:
            for text, exact in sighting.checked:
                if holds_uid(text, instance_uid, exact=exact):
                    withheld.add((sighting.node, PLAIN + text))
            if (
                len(instance_uid) >= SHORTEST_UID
                and any(identifying.holds_uid(probe, instance_uid) for probe in sighting.probes)
                and identifying.UID not in identity.matches.get(sighting, ())
            ):
                sop_class.matches[sighting.node, identifying.UID] += 1
        if instance_uid and uid != MEDIA_STORAGE_DIRECTORY and self.profile.values != "none":
            digest = digest_of(instance_uid)
            self._links.count(digest, identity.origin, uid, sightings, cell.references, document)
        if (
            len(sop_class.pending) > MAXIMUM_PENDING + 2 * len(sightings)
            or len(sop_class.identities) > MAXIMUM_IDENTITIES
            or sop_class.held > MAXIMUM_HELD
        ):
            self._flush(sop_class)

    def _pattern(
        self, sop_class: _SopClass, sightings: list[Sighting], content_shape: Shape, file: str
    ) -> _PatternCell:
        """The combination of presence and values that an instance has."""
        shape_name = (*(s.shape_pattern for s in sightings), *content_shape)
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
        return _PatternCell(origins, shape_cell, pairs, references_in(sightings))

    def _flush(self, sop_class: _SopClass, *, compact: bool = False) -> None:
        """Add to the profile what waits to be counted, and forget what will hardly come again."""
        limits = self.profile.limits
        patients_of: dict[Sighting, tuple[str, ...]] = {}
        seen_of: dict[str, set[Sighting]] = {}
        for identity in sop_class.identities.values():
            for patient in identity.patients:
                seen_of.setdefault(patient, set()).update(identity.seen)
        for patient in sorted(seen_of):
            for sighting in seen_of[patient]:
                known = patients_of.get(sighting, ())
                if len(known) < limits.patients:
                    patients_of[sighting] = (*known, patient)
        paths = sop_class.profile.paths
        for sighting, count in sop_class.pending.items():
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
        if compact or len(sop_class.patterns) > MAXIMUM_PATTERNS:
            sop_class.patterns.clear()
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
        return known, instance_uid


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


class _Walk:
    """Walks the elements of one instance in document order; collects its occurrences, whose it is and its frames."""

    def __init__(
        self, instance: Instance, policy: str, known: dict[tuple[object, ...], Occurrence], layouts: Frames
    ) -> None:
        self.occurrences: list[Occurrence] = []
        self.notes: list[Occurrence] = []
        self.frames: tuple[Frame, ...] = ()
        self.encodings: tuple[str, ...] = ("iso8859",)
        self._directory = instance.sop_class == MEDIA_STORAGE_DIRECTORY
        self._little_endian = instance.little_endian
        self._policy = policy
        self._known = known
        self._layouts = layouts

    def text(self, encodings: tuple[str, ...]) -> content.Text:
        """How values are decoded under a character set."""

        def text(element: RawElement) -> tuple[str, ...]:
            if not isinstance(element.value, bytes):
                return ()
            return decode(element.vr, element.value, encodings, self._little_endian)

        return text

    def elements(self, elements: list[RawElement], parent: Node, encodings: tuple[str, ...], depth: int) -> None:
        """Walk the elements of a data set or item that stands at `parent`."""
        creators: dict[int, str] = {}
        # Once a Private Creator has a second block: the places that this data set has filled, in its private groups.
        filled: set[Node] | None = None
        record_type = _record_type(elements) if self._directory and parent.tag == DIRECTORY_RECORDS else ""
        for element in elements:
            tag, vr, origin, value, length, _, start = element
            group, number = tag >> 16, tag & 0xFFFF
            if number == 0 or tag == DATA_SET_TRAILING_PADDING or group == 0x0002:
                continue
            block = 0
            creator = ""
            if group & 1:
                if 0x10 <= number <= 0xFF:
                    creator = private_creator(value)
                    if filled is None and creator in [c for n, c in creators.items() if n >> 8 == group]:
                        filled = {parent.child(n >> 8 << 16 | n & 0xFF, c, record_type) for n, c in creators.items()}
                    creators[group << 8 | number] = creator
                    block = number
                else:
                    creator = creators.get(group << 8 | number >> 8, "") or UNKNOWN_CREATOR
                    block = number >> 8
            node = parent.child(tag, creator, record_type)
            again = filled is not None and group & 1 == 1 and node in filled
            if filled is not None:
                filled.add(node)
            if isinstance(value, list):
                records = self._records(value) if self._directory and tag == DIRECTORY_RECORDS else None
                own = Occurrence(node, (vr, origin), block, empty=not value, items=len(value), records=records)
                own.again = again
                if tag == characteristics.TAG and depth == 0:
                    own.facets = characteristics.facets_of(value, self._little_endian)
                self.occurrences.append(own)
                if tag == content.CONTENT_SEQUENCE and depth == 0:
                    continue
                bounds = [len(self.occurrences)]
                for item in value:
                    self.elements(item, node, _item_encodings(item, encodings), depth + 1)
                    if any(inner.tag in CODE_MACRO_TAGS for inner in item):
                        inside = self.occurrences[bounds[-1] :]
                        parts = [one for one in inside if one.special and one.node.parent is node]
                        for stated in values_of_item(node, parts, self._policy):
                            self.occurrences.append(self._known.setdefault((stated.node, stated.text), stated))
                    bounds.append(len(self.occurrences))
                if tag == PER_FRAME_FUNCTIONAL_GROUPS and depth == 0:
                    self.frames = self._layouts.of_items(self.occurrences, bounds)
                continue
            if tag == SPECIFIC_CHARACTER_SET and value is not None and not is_zero_length(vr, value):
                encodings = encodings_of(decode("CS", value, (), True))
                if depth == 0:
                    self.encodings = encodings
            name = (node, vr, origin, block, value, length, encodings, self._little_endian, again, start)
            occurrence = self._known.get(name)
            if occurrence is None:
                occurrence = occurrence_of(
                    node, vr, origin, block, value, length, encodings, self._little_endian, self._policy, start
                )
                occurrence.again = again
                if tag == SPECIFIC_CHARACTER_SET and value is not None and not occurrence.empty:
                    occurrence.raw = value
                    occurrence.note = "" if depth == 0 else None
                self._known[name] = occurrence
            self.occurrences.append(occurrence)
            if occurrence.note is not None:
                self.notes.append(occurrence)

    @staticmethod
    def _records(items: list[list[RawElement]]) -> dict[str, int]:
        return dict(Counter(_record_type(item) for item in items))


def _record_type(elements: list[RawElement]) -> str:
    element = content.find(elements, DIRECTORY_RECORD_TYPE)
    return private_creator(element.value) if element is not None else "?"


def _item_encodings(item: list[RawElement], outer: tuple[str, ...]) -> tuple[str, ...]:
    for element in item:
        if element.tag == SPECIFIC_CHARACTER_SET and isinstance(element.value, bytes):
            return encodings_of(decode("CS", element.value, (), True))
        if element.tag > SPECIFIC_CHARACTER_SET:
            break
    return outer
