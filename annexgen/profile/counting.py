"""Counts one instance after another into a profile; the loop works on raw elements and remembers what it has seen."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY, Instance
from annexgen.corpus.values import (
    NUMBER_VRS,
    OPAQUE_VRS,
    STRING_VRS,
    decode,
    encodings_of,
    is_zero_length,
    value_multiplicity,
)
from annexgen.profile import content
from annexgen.profile.model import (
    FULL_EMPTY,
    FULL_VALUE,
    HASHED,
    PLAIN,
    Origin,
    PathStatistics,
    Problems,
    Profile,
    SopClassProfile,
    ValueCount,
    merge_ranges,
    state_of,
)
from annexgen.profile.privacy import (
    IDENTIFYING_TEXT_TAGS,
    INSTANCE_UID_TAGS,
    Privacy,
    key,
    privacy_of,
)
from annexgen.standard import uids

if TYPE_CHECKING:
    from annexgen.corpus.elements import RawElement

CODE_MACRO_TAGS = frozenset({0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120})
DIRECTORY_RECORDS = 0x00041220
DIRECTORY_RECORD_TYPE = 0x00041430
UNKNOWN_CREATOR = "?"
_MINIMUM_PART = 3


@dataclass(slots=True)
class _Node:
    """One element path of one SOP Class, with what the current instance has there."""

    path: str
    tag: int
    statistics: PathStatistics
    private: bool
    children: dict[object, _Node] = field(default_factory=dict)
    parent: _Node | None = None
    generation: int = -1
    occurrences: int = 0
    empty: int = 0
    items: int = 0
    record_type: str = ""
    records: Counter[str] = field(default_factory=Counter)
    texts: dict[tuple[str, str], Privacy] = field(default_factory=dict)
    vrs: set[tuple[str, str]] = field(default_factory=set)


class Counting:
    """Adds instances to a profile.

    Args:
        profile: counts are added to it; one that was read from a file (sealed) is refused.
    """

    def __init__(self, profile: Profile) -> None:
        if profile.salt_id:
            raise ValueError("a profile read from a file can be merged, not counted into")
        self.profile = profile
        self._roots: dict[str, _Node] = {}
        self._generation = 0
        self._touched: list[_Node] = []
        self._little_endian = True
        self._encodings: tuple[str, ...] = ("iso8859",)

    def add(self, instance: Instance, file: str) -> None:
        """Count one instance; `file` is its file id."""
        self._generation += 1
        self._touched = []
        self._little_endian = instance.little_endian
        self._encodings = ("iso8859",)
        uid = instance.sop_class
        sop_class = self.profile.sop_classes.setdefault(uid, SopClassProfile())
        root = self._roots.setdefault(uid, _Node("", 0, PathStatistics(), False))
        root.items = 1
        root.generation = self._generation
        identity = _Identity()
        self._walk(instance.elements, root, sop_class, identity, self._encodings, uid, depth=0)
        identity.finish()
        origin = identity.origin()
        contents = self._content(instance.elements, sop_class)
        shape: list[tuple[str, int]] = []
        discriminators: list[tuple[str, str]] = []
        patients = (origin[0],) if origin[0] else ()
        for node in self._touched:
            outer = node.parent
            places = 1 if outer is None else outer.records[node.record_type] if node.record_type else outer.items
            shape.append((node.path, state_of(node.occurrences, places, node.empty)))
            single = self._fold(node, identity, patients, file)
            if single is not None:
                discriminators.append((node.path, single))
        shape.extend(self._fold_content(contents, sop_class, identity, patients, file))
        shape.sort()
        discriminators.sort()
        sop_class.count_pattern(tuple(shape), tuple(discriminators), Counter({origin: 1}), self.profile.limits)
        sop_class.transfer_syntaxes[instance.transfer_syntax] += 1
        sop_class.character_sets[identity.character_set] += 1
        for code, tag, message in {(p.code, p.tag, p.message) for p in instance.problems}:
            path = f"({tag >> 16:04X},{tag & 0xFFFF:04X})" if tag else ""
            self.profile.problems.setdefault((code, uid, path, message), Problems()).add(Problems(1, file))
        digest = hashlib.blake2b(identity.uids.get(0x00080018, file).encode(), digest_size=32).digest()
        self.profile.fingerprint = (self.profile.fingerprint + int.from_bytes(digest, "little")) % (1 << 256)

    def skip(self, file: str, reason: str) -> None:
        """Count a file that could not be read."""
        self.profile.skipped[(file, reason)] += 1

    def finish(self) -> Profile:
        """The profile, with combinations joined that became equal."""
        for sop_class in self.profile.sop_classes.values():
            sop_class.compact()
        return self.profile

    def _walk(
        self,
        elements: list[RawElement],
        parent: _Node,
        sop_class: SopClassProfile,
        identity: _Identity,
        encodings: tuple[str, ...],
        uid: str,
        depth: int,
    ) -> None:
        creators: dict[int, str] = {}
        record_type = ""
        if parent.tag == DIRECTORY_RECORDS and uid == MEDIA_STORAGE_DIRECTORY:
            record_type = _record_type(elements)
            parent.records[record_type] += 1
        for element in elements:
            tag, vr, origin, value, length, _ = element
            group, number = tag >> 16, tag & 0xFFFF
            if number == 0 or tag == 0xFFFCFFFC or group == 0x0002:
                continue
            block = 0
            if group & 1:
                if 0x10 <= number <= 0xFF:
                    creator = _text(value)
                    creators[group << 8 | number] = creator
                    child_key: object = (group, creator)
                    block = number
                else:
                    creator = creators.get(group << 8 | number >> 8, "") or UNKNOWN_CREATOR
                    child_key = (group, creator, number & 0xFF if creator != UNKNOWN_CREATOR else number)
                    block = number >> 8
            else:
                creator = ""
                child_key = tag
            if record_type:
                child_key = (record_type, child_key)
            node = parent.children.get(child_key)
            if node is None:
                node = self._new_node(parent, child_key, tag, creator, record_type, sop_class)
            if node.generation != self._generation:
                node.generation = self._generation
                node.occurrences = node.empty = node.items = 0
                node.records = Counter()
                node.texts = {}
                node.vrs = set()
                self._touched.append(node)
            node.occurrences += 1
            node.vrs.add((vr, origin))
            statistics = node.statistics
            if block:
                statistics.blocks[block] += 1
            if isinstance(value, list):
                count = len(value)
                node.items += count
                statistics.items = merge_ranges(statistics.items, (count, count))
                if not value:
                    node.empty += 1
                if tag == content.CONTENT_SEQUENCE and depth == 0:
                    continue
                for item in value:
                    self._walk(item, node, sop_class, identity, _item_encodings(item, encodings), uid, depth + 1)
                    code = content.code_of(item, self._code_text(encodings))
                    if code is not None:
                        node.texts["code", "\x1f".join(code)] = _code_privacy(node.tag)
                continue
            if length >= 0:
                statistics.length = merge_ranges(statistics.length, (length, length))
            if value is None:
                if length == 0:
                    node.empty += 1
                elif length > 0 and vr in STRING_VRS:
                    statistics.overflow = True
                continue
            if is_zero_length(vr, value):
                node.empty += 1
                continue
            if tag == 0x00080005:
                terms = decode("CS", value, (), True)
                encodings = encodings_of(terms)
                if depth == 0:
                    identity.character_set = "\\".join(terms)
                    self._encodings = encodings
            if vr in OPAQUE_VRS:
                continue
            values = decode(vr, value, encodings, self._little_endian)
            multiplicity = value_multiplicity(vr, value, values)
            statistics.value_multiplicity = merge_ranges(statistics.value_multiplicity, (multiplicity, multiplicity))
            if not values:
                continue
            text = "\\".join(values)
            if vr == "PN" or tag in IDENTIFYING_TEXT_TAGS or (depth == 0 and tag in INSTANCE_UID_TAGS):
                identity.note(tag, vr, text)
            elif depth == 0 and tag in _DEVICE_TAGS:
                identity.device[tag] = text
            if tag in CODE_MACRO_TAGS and depth > 0:
                continue
            if vr in NUMBER_VRS and privacy_of(tag, vr) is Privacy.OPEN:
                for number_text in values:
                    parsed = _number(number_text)
                    if parsed is not None:
                        statistics.note_numbers(parsed, parsed)
            if self.profile.values != "none":
                node.texts[vr, text] = self._privacy(tag, vr, text, number)

    def _code_text(self, encodings: tuple[str, ...]) -> content.Text:
        def text(element: RawElement) -> tuple[str, ...]:
            if not isinstance(element.value, bytes):
                return ()
            return decode(element.vr, element.value, encodings, self._little_endian)

        return text

    def _privacy(self, tag: int, vr: str, text: str, number: int) -> Privacy:
        if self.profile.values == "all":
            return Privacy.OPEN
        if tag >> 16 & 1 and 0x10 <= number <= 0xFF:
            return Privacy.OPEN
        privacy = privacy_of(tag, vr)
        if privacy is Privacy.UID:
            return Privacy.OPEN if all(uids.is_well_known(v) for v in text.split("\\")) else Privacy.HIDDEN
        return privacy

    def _new_node(
        self,
        parent: _Node,
        child_key: object,
        tag: int,
        creator: str,
        record_type: str,
        sop_class: SopClassProfile,
    ) -> _Node:
        group, number = tag >> 16, tag & 0xFFFF
        if not group & 1:
            step = f"({group:04X},{number:04X})"
        elif 0x10 <= number <= 0xFF:
            step = f'({group:04X},00xx,"{creator}")'
        elif creator == UNKNOWN_CREATOR:
            step = f'({group:04X},{number:04X},"?")'
        else:
            step = f'({group:04X},xx{number & 0xFF:02X},"{creator}")'
        prefix = f"{parent.path}[{record_type}]" if record_type else parent.path
        path = f"{prefix}/{step}" if prefix else step
        statistics = sop_class.paths.setdefault(path, PathStatistics())
        node = _Node(path, tag, statistics, bool(group & 1), parent=parent, record_type=record_type)
        parent.children[child_key] = node
        return node

    def _fold(self, node: _Node, identity: _Identity, patients: tuple[str, ...], file: str) -> str | None:
        """Count what the instance has at one path; returns its one value when conditions may speak of it."""
        statistics = node.statistics
        for entry in node.vrs:
            statistics.vrs[entry] += 1
        if not statistics.example or file < statistics.example:
            statistics.example = file
        single = None
        for (vr, text), privacy in node.texts.items():
            hidden = privacy is Privacy.HIDDEN or len(text) > self.profile.limits.text_length
            count = ValueCount(1, patients, free_text=privacy is Privacy.FREE_TEXT)
            if not hidden and (privacy is Privacy.FREE_TEXT or node.private) and self.profile.values != "all":
                is_creator = node.private and 0x10 <= node.tag & 0xFFFF <= 0xFF
                count.identifying = not is_creator and identity.found_in(text, exact=privacy is Privacy.OPEN)
            if hidden:
                if not statistics.overflow:
                    statistics.count_value(HASHED + key(text), count, self.profile.limits)
                continue
            statistics.count_value(PLAIN + text, count, self.profile.limits)
            if privacy is Privacy.OPEN and vr != "AT":
                single = text
        return single if len(node.texts) == 1 else None

    def _content(self, elements: list[RawElement], sop_class: SopClassProfile) -> list[content.ContentItem]:
        if (
            content.find(elements, content.VALUE_TYPE) is None or content.find(elements, content.CONCEPT_NAME) is None
        ) and content.find(elements, content.CONTENT_SEQUENCE) is None:
            return []
        return list(content.content_items(elements, self._code_text(self._encodings)))

    def _fold_content(
        self,
        items: list[content.ContentItem],
        sop_class: SopClassProfile,
        identity: _Identity,
        patients: tuple[str, ...],
        file: str,
    ) -> list[tuple[str, int]]:
        """Count the Content Items of one document; returns their states."""
        by_path: dict[str, list[content.ContentItem]] = {}
        for item in items:
            by_path.setdefault(item.path, []).append(item)
        shape = []
        for path, group in by_path.items():
            statistics = sop_class.paths.setdefault(path, PathStatistics(order=group[0].order))
            statistics.order = min(statistics.order, min(item.order for item in group))
            statistics.vrs[group[0].value_type, "content"] += 1
            if not statistics.example or file < statistics.example:
                statistics.example = file
            parents = len(by_path[group[0].parent]) if group[0].parent in by_path else 1
            carrying = min(len({item.parent_number for item in group}), parents)
            multiplicity = Counter(item.parent_number for item in group)
            statistics.items = merge_ranges(statistics.items, (min(multiplicity.values()), max(multiplicity.values())))
            empty = sum(not item.has_value for item in group)
            value = FULL_VALUE if empty == 0 else FULL_EMPTY if empty == len(group) else 2
            shape.append((path, value if carrying == parents else value + 3))
            for name, text in {facet for item in group for facet in item.facets}:
                statistics.facets.setdefault(name, Counter())[text] += 1
            if self.profile.values == "none":
                continue
            for kind, text in {value for item in group for value in item.values}:
                self._count_content_value(statistics, kind, text, identity, patients)
        return shape

    def _count_content_value(
        self, statistics: PathStatistics, kind: str, text: str, identity: _Identity, patients: tuple[str, ...]
    ) -> None:
        count = ValueCount(1, patients, free_text=kind == "text")
        if kind == "number":
            number = _number(text)
            if number is not None:
                statistics.note_numbers(number, number)
        if (kind == "hidden" or len(text) > self.profile.limits.text_length) and self.profile.values != "all":
            if not statistics.overflow:
                statistics.count_value(HASHED + key(text), count, self.profile.limits)
            return
        if kind == "text" and self.profile.values != "all":
            count.identifying = identity.found_in(text, exact=False)
        statistics.count_value(PLAIN + text, count, self.profile.limits)


_DEVICE_TAGS = (0x00080070, 0x00081090, 0x00181020)


@dataclass(slots=True)
class _Identity:
    """Who an instance belongs to, and its identifying values, kept in memory only while it is counted."""

    uids: dict[int, str] = field(default_factory=dict)
    patient_id: str = ""
    names: list[str] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    device: dict[int, str] = field(default_factory=dict)
    character_set: str = ""
    parts: tuple[str, ...] = ()

    def note(self, tag: int, vr: str, text: str) -> None:
        """Remember one identifying value."""
        if tag in INSTANCE_UID_TAGS:
            self.uids[tag] = text
            self.texts.add(text)
            return
        if tag == 0x00100020 and not self.patient_id:
            self.patient_id = text
        if vr == "PN":
            if tag == 0x00100010:
                self.names.append(text)
            self.texts.update(part for part in re.split(r"[\\^= ,]+", text) if len(part) >= _MINIMUM_PART)
        self.texts.add(text)

    def finish(self) -> None:
        """Prepare the search: values in lower case, the longest first."""
        self.texts = {text.casefold() for text in self.texts if text}
        self.parts = tuple(sorted(text for text in self.texts if len(text) >= _MINIMUM_PART))

    def found_in(self, text: str, *, exact: bool) -> bool:
        """Whether a value equals an identifying value of the instance or, unless `exact`, contains one."""
        folded = text.casefold()
        if folded in self.texts or any(part in self.texts for part in folded.split("\\")):
            return True
        return not exact and any(part in folded for part in self.parts)

    def origin(self) -> Origin:
        """Keys of patient (Patient ID, else name), study, series; the device as text."""
        patient = self.patient_id or (self.names[0] if self.names else "")
        study = self.uids.get(0x0020000D, "")
        series = self.uids.get(0x0020000E, "")
        device = "\x1f".join(self.device.get(tag, "") for tag in _DEVICE_TAGS)
        return (
            key(patient) if patient else "",
            key(study) if study else "",
            key(series) if series else "",
            device,
        )


def _text(value: object) -> str:
    return value.decode("latin-1").strip(" \0").replace('"', "'") if isinstance(value, bytes) else ""


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _record_type(elements: list[RawElement]) -> str:
    element = content.find(elements, DIRECTORY_RECORD_TYPE)
    return _text(element.value) if element is not None else "?"


def _item_encodings(item: list[RawElement], outer: tuple[str, ...]) -> tuple[str, ...]:
    for element in item:
        if element.tag == 0x00080005 and isinstance(element.value, bytes):
            return encodings_of(decode("CS", element.value, (), True))
        if element.tag > 0x00080005:
            break
    return outer


def _code_privacy(tag: int) -> Privacy:
    """Codes are printable, unless their Sequence is one that de-identification removes (PS3.15 Table E.1-1)."""
    from annexgen.standard import confidentiality

    return Privacy.HIDDEN if confidentiality.basic_profile_action(tag) else Privacy.OPEN
