"""Counts one instance after another into a profile; what repeats is recognised, and counted together (`flush`)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.instance import (
    MEDIA_STORAGE_DIRECTORY,
    MODALITY_WORKLIST,
    Instance,
    NotReadableError,
    Opened,
    open_instance,
)
from annexgen.profile import characteristics
from annexgen.profile.content_counting import NO_DOCUMENT, ContentCounting, CountedDocument, is_document
from annexgen.profile.counted_class import CountedClass, PatternCell, ShapeCell, new_class
from annexgen.profile.file_ids import with_content
from annexgen.profile.flushing import flush
from annexgen.profile.identity import Identity, identity_of
from annexgen.profile.link_counting import LinkCounting, references_in
from annexgen.profile.links import digest_of, key_of_digest, level_of
from annexgen.profile.model import (
    Problems,
    Profile,
    Shape,
)
from annexgen.profile.nodes import SOP_CLASS_UID, SOP_INSTANCE_UID, Occurrence
from annexgen.profile.paths import steps
from annexgen.profile.sightings import (
    UID_IN_TEXT,
    Group,
    Sighting,
    single_sightings,
)
from annexgen.profile.states import IrregularError
from annexgen.profile.value_checks import compare, compare_with_uid
from annexgen.profile.walk import Walk
from annexgen.profile.withholding import has_code, withheld_creators

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annexgen.corpus.elements import Buffer
    from annexgen.profile.frames import Frame

_UID = re.compile(r"[0-9.]{1,64}")
LAST_OF_PATIENT = 0x0010FFFF
"""What ends before this tag may lack attributes that say whose it is."""
MAXIMUM_PENDING = 1 << 11
"""So many different sightings wait to be counted before they are, which bounds the memory."""
MAXIMUM_IDENTITIES = 1 << 10
MAXIMUM_HELD = 1 << 25


class Counting:
    """Adds instances to a profile. The profile is complete after `finish`.

    Args:
        profile: counts are added to it; one that was read from a file (sealed) is refused.
    """

    def __init__(self, profile: Profile) -> None:
        if profile.salt_id:
            raise ValueError("a profile read from a file can be merged, not counted into")
        self.profile = profile
        self._classes: dict[str, CountedClass] = {}
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
        _refuse(instance, identity, instance_uid, naming=bool(walk.creators))
        withheld = self._withheld(identity, walk.naming)
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

    def _walk(self, instance: Instance, sop_class: CountedClass, withheld: frozenset[str]) -> Walk:
        walk = Walk(instance, self.profile.values, sop_class.occurrences, sop_class.frames, withheld)
        walk.elements(instance.elements, sop_class.root, ("iso8859",), 0)
        walk.state()
        return walk

    def _withheld(self, identity: Identity, creators: frozenset[str]) -> frozenset[str]:
        """The Private Creators and Directory Record Types of an instance that may not be printed."""
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
            flush(sop_class, self.profile.limits, compact=True)
        return self.profile

    def _sop_class(self, uid: str) -> CountedClass:
        known = self._classes.get(uid)
        if known is None:
            known = self._classes[uid] = new_class(self.profile.limits, self.profile.values)
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
        if not identity.origin[1] or not _is_class(opened.sop_class, identity, instance_uid):
            raise IrregularError
        if cell is None:
            cell = self._known_pattern(sop_class, single_sightings(found), file)
            # The key is taken anew: an attribute may just have left the combinations.
            sop_class.grouped[tuple([one.number for one in found])] = cell
        self._commit(opened.sop_class, found, identity, instance_uid, cell, frames, file, opened.transfer_syntax)

    def _known_pattern(self, sop_class: CountedClass, sightings: list[Sighting], file: str) -> PatternCell:
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
        cell: PatternCell,
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
        profile.transfer_syntaxes[transfer_syntax if _is_class(transfer_syntax, identity, instance_uid) else ""] += 1
        profile.character_sets[identity.character_set] += 1
        sop_class.pending.update(found)
        compare(sop_class, identity, found)
        compare_with_uid(sop_class, identity, found, instance_uid)
        if instance_uid and uid != MEDIA_STORAGE_DIRECTORY and self.profile.values != "none":
            digest = digest_of(instance_uid)
            self._links.count(digest, identity.origin, uid, found, cell.references, document)
        if (
            len(sop_class.pending) > MAXIMUM_PENDING + 2 * len(found)
            or len(sop_class.identities) > MAXIMUM_IDENTITIES
            or sop_class.held > MAXIMUM_HELD
        ):
            self._links.flush()
            flush(sop_class, self.profile.limits)

    def _pattern(
        self, sop_class: CountedClass, sightings: list[Sighting], content_shape: Shape, file: str
    ) -> PatternCell:
        """The combination of presence and values that an instance has."""
        shape_name = (*(s.shape_number for s in sightings), *content_shape)
        shape_cell = sop_class.shapes.get(shape_name)
        if shape_cell is None:
            shape = tuple(sorted([*((s.node.path, s.state) for s in sightings), *content_shape]))
            shape_cell = sop_class.shapes[shape_name] = ShapeCell(shape, file)
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
        return PatternCell(origins, shape_cell, pairs, references_in(sightings), _creators_of(sightings))

    def _identity(self, sop_class: CountedClass, notes: list[Occurrence]) -> tuple[Identity, str]:
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


def _is_class(uid: str, identity: Identity, instance_uid: str) -> bool:
    """Whether what a file names as SOP Class or Transfer Syntax can be one: a UID, and none of the instance itself."""
    return _UID.fullmatch(uid) is not None and uid not in identity.texts and uid != instance_uid


def _refuse(instance: Instance, identity: Identity, instance_uid: str, *, naming: bool) -> None:
    """Refuse an instance of which it cannot be told whether what names its class or its elements may be printed.

    Args:
        instance: as read; no worklist item.
        identity: of it.
        instance_uid: its SOP Instance UID.
        naming: whether it has Private Creators.

    Raises:
        NotReadableError: its SOP Class UID is none, or it ends before it says whose it is and has names or codes, or was cut.
    """
    if not _is_class(instance.sop_class, identity, instance_uid):
        raise NotReadableError("SOP Class UID (0008,0016) is no UID of a SOP Class")
    if identity.origin[1] or instance.sop_class == MEDIA_STORAGE_DIRECTORY:
        return
    if any(element.tag > LAST_OF_PATIENT for element in instance.elements):
        return
    if naming or has_code(instance.elements) or any(problem.code == "truncated" for problem in instance.problems):
        raise NotReadableError(
            "cut off before it says whose it is: there is nothing after the patient's attributes (group 0010)"
        )


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
