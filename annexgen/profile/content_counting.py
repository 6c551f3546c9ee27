"""Counts the Content Items of one document: presence, multiplicity, order, what stands together, what is measured."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.corpus.values import number_of
from annexgen.profile import content
from annexgen.profile.content_links import referred_to, said_by
from annexgen.profile.identifying import PATIENT_ID
from annexgen.profile.identity import holds_uid
from annexgen.profile.model import (
    FULL_EMPTY,
    FULL_VALUE,
    HASHED,
    IDENTIFYING,
    PLAIN,
    PathStatistics,
    ValueCount,
    merge_ranges,
)
from annexgen.profile.privacy import key
from annexgen.profile.withholding import is_withheld_term, without_withheld_names
from annexgen.standard import uids

if TYPE_CHECKING:
    from annexgen.corpus.elements import RawElement
    from annexgen.profile.content_links import Said
    from annexgen.profile.identity import Identity
    from annexgen.profile.model import Limits, SopClassProfile

MAXIMUM_CHILDREN = 256
"""What stands together below an item is counted up to so many distinct places."""

_COMPARED = frozenset({"text", "number", "graphic"})
"""Kinds of values that are compared with what identifies; codes are replaced before, the rest are hashed or classes."""

VALUES = frozenset({"unit", "qualifier"})
"""Facets of Content Items that are values; all others say how a document is built."""


def is_document(elements: list[RawElement]) -> bool:
    """Whether a data set is the root Content Item of a document (PS3.3 section C.17.3)."""
    titled = content.find(elements, content.VALUE_TYPE) and content.find(elements, content.CONCEPT_NAME)
    return bool(titled) or content.find(elements, content.CONTENT_SEQUENCE) is not None


@dataclass(frozen=True, slots=True)
class CountedDocument:
    """What is known of a document that was counted: the states of its places, what it says, and the instances that it refers to."""

    shape: tuple[tuple[str, int], ...] = ()
    said: tuple[Said, ...] = ()
    instances: frozenset[str] = frozenset()


NO_DOCUMENT = CountedDocument()


class ContentCounting:
    """Counts documents into the profile of one SOP Class.

    Args:
        profile: counts are added to it.
        policy: which values are kept: "none", "safe" or "all".
        limits: how much is kept.
    """

    def __init__(self, profile: SopClassProfile, policy: str, limits: Limits) -> None:
        self._profile = profile
        self._policy = policy
        self._limits = limits

    def count(
        self, elements: list[RawElement], text: content.Text, identity: Identity, instance_uid: str
    ) -> CountedDocument:
        """Count the Content Items of one document."""
        text = _remembering(text)
        if self._policy != "all":
            elements = without_withheld_names(elements, text, identity)
        items = list(content.content_items(elements, text))
        by_path: dict[str, list[content.ContentItem]] = {}
        for item in items:
            by_path.setdefault(item.path, []).append(item)
        shape = []
        for path, group in by_path.items():
            statistics = self._profile.paths.setdefault(path, PathStatistics(order=group[0].order))
            statistics.order = min(statistics.order, min(item.order for item in group))
            statistics.vrs[group[0].value_type, "content"] += 1
            parents = len(by_path[group[0].parent]) if group[0].parent in by_path else 1
            multiplicity = Counter(item.parent_number for item in group)
            statistics.items = merge_ranges(statistics.items, (min(multiplicity.values()), max(multiplicity.values())))
            empty = sum(not item.has_value for item in group)
            value = FULL_VALUE if empty == 0 else FULL_EMPTY if empty == len(group) else 2
            shape.append((path, value if len(multiplicity) == parents else value + 3))
            for name, text_of in {facet for item in group for facet in item.facets}:
                if self._policy == "none" and name in VALUES:
                    continue
                statistics.count_facet(name, text_of, 1, self._limits)
            statistics.facets.setdefault("count", Counter()).update({"items": len(group), "parents": len(multiplicity)})
            for item in group:
                if item.measurement is not None:
                    self._count_measurement(statistics, item.measurement)
            if self._policy != "none":
                for kind, value_text in {value for item in group for value in item.values}:
                    self._count_value(statistics, kind, value_text, identity, instance_uid)
        self._count_neighbours(items)
        return CountedDocument(tuple(shape), said_by(items), referred_to(items))

    def _count_measurement(self, statistics: PathStatistics, measurement: content.Measurement) -> None:
        modifiers = measurement.modifiers if self._policy != "none" else ()
        sites = measurement.sites if self._policy != "none" else ()
        unit = measurement.unit if self._policy != "none" else ""
        entry = [measurement.group, sites, modifiers, unit]
        statistics.count_facet("measurement", json.dumps(entry, ensure_ascii=False), 1, self._limits)

    def _count_neighbours(self, items: list[content.ContentItem]) -> None:
        """What stands together below each item, and which place comes after which."""
        below: dict[int, dict[str, str]] = {}
        codes: dict[int, str] = {}
        for item in items:
            code = ""
            for kind, text in item.values:
                if kind == "code" and self._policy != "none":
                    value, scheme, _ = text.split("\x1f")
                    code = codes[item.number] = "\x1f" + ":".join(reversed(content.lasting(value, scheme)))
            if not item.parent:
                continue
            known = below.setdefault(item.parent_number, {})
            step = item.path[len(item.parent) + 1 :]
            # Of several items with different codes nothing can be said by value.
            known[step] = code if known.get(step, code) == code else ""
        for item in items:
            places = below.get(item.number, {})
            own = codes.get(item.number, "")
            if places or own:
                statistics = self._profile.paths[item.path]
                if len(places) > MAXIMUM_CHILDREN:
                    statistics.open_facet("together")
                else:
                    together = "\x1e".join(sorted([step + code for step, code in places.items()] + [own] * bool(own)))
                    statistics.count_facet("together", together, 1, self._limits)
            previous = ""
            for step in places:
                statistics = self._profile.paths[f"{item.path}/{step}"]
                statistics.count_facet("after", previous, 1, self._limits)
                previous = step

    def _count_value(
        self, statistics: PathStatistics, kind: str, text: str, identity: Identity, instance_uid: str
    ) -> None:
        number = number_of(text) if kind == "number" else None
        if self._policy != "all" and (
            (kind == "number" and number is None) or (kind == "class" and not uids.is_well_known(text))
        ):
            # What is no number, and a class that the Standard does not know, is text.
            kind = "text"
        count = ValueCount(1, identity.patients, free_text=kind == "text")
        if self._policy != "all" and kind in _COMPARED:
            if kind == "text":
                count.identifying = identity.found_in(text, exact=False) or holds_uid(text, instance_uid, exact=False)
            elif kind == "number":
                count.identifying = identity.is_number_of(text)
            else:
                count.identifying = is_withheld_term(text, identity)
        if count.identifying and kind == "number":
            statistics.count_facet(IDENTIFYING, PATIENT_ID, 1, self._limits)
        elif number is not None:
            statistics.note_numbers(number, number)
        if (kind == "hidden" or len(text) > self._limits.text_length) and self._policy != "all":
            if not statistics.overflow:
                statistics.count_value(HASHED + key(text), count, self._limits)
            return
        statistics.count_value(PLAIN + text, count, self._limits)


def _remembering(text: content.Text) -> content.Text:
    """Decodes equal values once: a report repeats its codes thousands of times."""
    known: dict[tuple[str, bytes], tuple[str, ...]] = {}

    def remembered(element: RawElement) -> tuple[str, ...]:
        value = element.value
        if not isinstance(value, bytes):
            return text(element)
        name = element.vr, value
        found = known.get(name)
        if found is None:
            found = known[name] = text(element)
        return found

    return remembered
