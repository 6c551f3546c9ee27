"""Who an instance belongs to, and which of its values identify a person: kept in memory only, while it is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.values import decode, is_known_character_set
from annexgen.profile.identifying import (
    DATE_TAGS,
    ORDER_TAGS,
    PLACE_TAGS,
    SHORTEST_IN_TERM,
    Needle,
    kinds_in,
    needles_of,
    probe_of,
)
from annexgen.profile.model import BY_NAME
from annexgen.profile.names import name_words
from annexgen.profile.nodes import DEVICE_TAGS, SOP_CLASS_UID, SPECIFIC_CHARACTER_SET
from annexgen.profile.paths import WITHHELD
from annexgen.profile.privacy import INSTANCE_UID_TAGS, key, salted
from annexgen.profile.spellings import folded, same_identifier, searchable, variants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.profile.model import Origin
    from annexgen.profile.nodes import Occurrence
    from annexgen.profile.sightings import Group, Sighting

_MINIMUM_PART = 3
_SHORTEST_PLACE = 4
_PARTS = re.compile(r"[\\^= ,]+")
_PATIENT_ID = 0x00100020
_PATIENT_NAME = 0x00100010
_STUDY_INSTANCE_UID = 0x0020000D
_SERIES_INSTANCE_UID = 0x0020000E


@dataclass(slots=True)
class Identity:
    """The identity that instances share: all of a series have one, since the SOP Instance UID is no part of it.

    `seen` holds the sightings, and groups of them, that were already compared with the identifying values, `matches` what was
    found in those of private elements and of long numbers, `groups` the groups that hold such, `named` what `named_in` found, `withheld` the Private
    Creators that may not be printed among those of an instance, `names` the words of all persons' names (`names.name_words`).
    `places` is what tells where it was made (`identifying.PLACE_TAGS`): text that holds it is not printed.
    """

    origin: Origin
    patients: tuple[str, ...]
    character_set: str
    texts: frozenset[str]
    parts: tuple[str, ...]
    needles: tuple[Needle, ...] = ()
    seen: set[Sighting | Group] = field(default_factory=set)
    matches: dict[Sighting, frozenset[str]] = field(default_factory=dict)
    groups: dict[Group, list[Sighting]] = field(default_factory=dict)
    named: dict[str, bool] = field(default_factory=dict)
    withheld: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    names: frozenset[bytes] = frozenset()
    places: tuple[str, ...] = ()
    product: str = ""

    def found_in(self, text: str, *, exact: bool) -> bool:
        """Whether a value equals an identifying value of the instance or, unless `exact`, contains one."""
        lower = text.casefold()
        if lower in self.texts or any(part in self.texts for part in lower.split("\\")):
            return True
        if exact:
            return False
        found = searchable(text)
        return any(part in found for part in self.parts + self.places) or self.named_in(text)

    def is_named(self, text: str) -> bool:
        """Whether a code string has an identifying value of the instance as one of its values, or of their words."""
        found = searchable(text)
        parts = {part.strip() for part in found.split("\\")}
        return any(
            n.text in found
            and (n.text in parts or (len(n.text) >= SHORTEST_IN_TERM and n.is_word_of(found)))
            and not n.in_text(self.product)
            for n in self.needles
        )

    def is_number_of(self, text: str) -> bool:
        """Whether a number is an identifying value of the instance."""
        probe = probe_of("DS", text, (text,), private=False)
        return probe is not None and bool(kinds_in(probe, self.needles))

    def named_in(self, text: str) -> bool:
        """Whether what names something (a Private Creator, a code, a code string) holds an identifying value.

        What Manufacturer, Manufacturer's Model Name and Software Versions hold names the product, even when a phantom is named
        after it.
        """
        known = self.named.get(text)
        if known is None:
            found = searchable(text)
            raw = text.casefold().encode("latin-1", "replace").lower()
            known = self.named[text] = any(
                (n.in_text(found) or n.in_bytes(raw)) and not n.in_text(self.product) for n in self.needles
            )
        return known


def identity_of(notes: Iterable[Occurrence], salt: bytes = b"") -> Identity:
    """The identity that the noted elements of an instance tell, in document order.

    Args:
        notes: elements with identifying values, the device's attributes and Specific Character Set.
        salt: of the scan, if one was given. Patients who are remembered for a value are those with the smallest keys, so
            these must be salted where profiles that were written can be merged.
    """
    uids: dict[int, str] = {}
    device: dict[int, str] = {}
    names: list[str] = []
    patient_id = root_id = character_set = ""
    texts: set[str] = set()
    places: set[str] = set()
    in_records: set[str] = set()
    told: list[tuple[int, str, str]] = []
    for occurrence in notes:
        tag, text = occurrence.node.tag, occurrence.note or ""
        told.append((tag, occurrence.vr[0] if occurrence.vr else "", text))
        if tag in DATE_TAGS and told[-1][1] != "PN":
            continue
        if tag in INSTANCE_UID_TAGS:
            uids[tag] = text
            texts.add(text)
            continue
        if tag == SOP_CLASS_UID and not (occurrence.vr and occurrence.vr[0] == "PN"):
            continue
        if tag == SPECIFIC_CHARACTER_SET:
            character_set = "\\".join(decode("CS", occurrence.raw, (), True))
            continue
        person = occurrence.vr is not None and occurrence.vr[0] == "PN"
        if tag in DEVICE_TAGS and not person:
            device[tag] = text
            continue
        if tag in PLACE_TAGS and not person:
            places.update(form for form in variants(folded(text)) if len(form) >= _SHORTEST_PLACE)
            continue
        if tag == _PATIENT_ID:
            patient_id = patient_id or text
            root_id = root_id or (text if occurrence.node.depth == 1 else "")
            if occurrence.node.record_type:
                in_records.add(same_identifier(text))
        if person:
            if tag == _PATIENT_NAME:
                names.append(text)
            texts.update(part for part in _PARTS.split(text) if len(part) >= _MINIMUM_PART)
        if person or tag not in ORDER_TAGS:
            texts.add(text)
    patient_id = root_id or patient_id
    patient = patient_id or (names[0] if names else "")
    origin = (
        key(patient) if patient else "",
        key(uids[_STUDY_INSTANCE_UID]) if uids.get(_STUDY_INSTANCE_UID) else "",
        key(uids[_SERIES_INSTANCE_UID]) if uids.get(_SERIES_INSTANCE_UID) else "",
        "\x1f".join(device.get(tag, "") for tag in DEVICE_TAGS),
    )
    lower = frozenset(text.casefold() for text in texts if text)
    parts = tuple(sorted(text for text in lower if len(text) >= _MINIMUM_PART))
    person_key = key(same_identifier(patient)) if patient else ""
    # A DICOMDIR with records of several patients does not tell whose a value is, and counts for none.
    patients: tuple[str, ...] = ()
    if person_key and len(in_records) < 2:
        patients = (("" if patient_id else BY_NAME) + (salted(salt, person_key) if salt else person_key),)
    of_persons = name_words("\n".join([text.replace("\\", "\n") for _, vr, text in told if vr == "PN"]))
    product = searchable(origin[3])
    identity = Identity(
        origin,
        patients,
        character_set,
        lower,
        parts,
        needles_of(told, character_set),
        names=of_persons - name_words(origin[3].replace("\x1f", "\n")),
        places=tuple(sorted(place for place in places if place not in product)),
        product=product,
    )
    if not is_known_character_set(character_set) and identity.is_named(character_set):
        identity.character_set = WITHHELD
    return identity


def holds_uid(text: str, uid: str, *, exact: bool) -> bool:
    """Whether a value equals a UID or, unless `exact`, contains it."""
    if not uid or len(text) < len(uid):
        return False
    text, uid = text.casefold(), uid.casefold()
    return uid in text.split("\\") if exact else uid in text
