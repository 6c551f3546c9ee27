"""What is measured: measurements with their modifiers and units, by Finding Site or group (PS3.2 N.10.2.1)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.profile.content import FINDING_SITE, MEASUREMENT_MODIFIER, lasting
from annexgen.profile.model import OPEN

if TYPE_CHECKING:
    from annexgen.sr.rows import ReportRow

_TEMPLATES = re.compile(
    r"(3\d\d|14[0-2]\d|15\d\d|5(?!201)[0-3]\d\d|1000[2-7]|1001[1-5]|1002\d|1004\d)[A-Z]?",
)
"""Templates whose NUM content items are measurements: 300 to 399, 1400 to 1599, 5000 to 5399 but for the Patient
Characteristics of TID 5201, and the dose templates."""


@dataclass(frozen=True, slots=True)
class MeasurementEntry:
    """One measurement as a report can hold it; all codes as profiles keep them, `template` its TID."""

    concept: str
    modifiers: tuple[tuple[str, str], ...]
    unit: str
    template: str


@dataclass(frozen=True, slots=True)
class MeasurementGroup:
    """The measurements of one Finding Site, or of one group where no Finding Site is named."""

    group: str
    sites: tuple[str, ...]
    entries: tuple[MeasurementEntry, ...]
    complete: bool
    template: str = ""
    """The TID whose row names the Finding Site, or else stands for the group."""

    @property
    def title(self) -> str:
        """What the group is called: the Finding Sites, or else the concept name of the container."""
        names = self.sites or ((self.group,) if self.group else ())
        return ", ".join(name.split("\x1f")[2] for name in names) or "Measurements"


def is_measurement(row: ReportRow) -> bool:
    """Whether a row stands for measurements of a template that PS3.2 N.10.2.1 has tables for."""
    template = row.assignment.template
    return row.node.value_type == "NUM" and not row.node.by_reference and bool(_TEMPLATES.fullmatch(template))


def measurement_groups(root: ReportRow) -> tuple[MeasurementGroup, ...]:
    """The measurements of a report, by Finding Site or group in the order of the tree."""
    entries: dict[tuple[str, tuple[str, ...]], dict[MeasurementEntry, None]] = {}
    names: dict[object, tuple[str, tuple[str, ...]]] = {}
    templates: dict[tuple[str, tuple[str, ...]], str] = {}
    open_rows = False
    above: list[ReportRow] = []
    for row in root.walk():
        above[row.level :] = [row]
        if not is_measurement(row):
            continue
        for node in row.nodes:
            facet: Counter[str] = node.statistics.facets.get("measurement", Counter())
            open_rows |= OPEN in facet
            found: list[tuple[str, tuple[str, ...], MeasurementEntry]] = []
            for text in facet:
                if text == OPEN:
                    continue
                group, sites, modifiers, unit = json.loads(text)
                pairs = tuple((concept, value) for concept, value in modifiers)
                entry = MeasurementEntry(node.concept, pairs, unit, row.assignment.template)
                found.append((group, tuple(sites), entry))
            for group, sites, entry in sorted(found, key=lambda f: (f[1], f[0], f[2].modifiers, f[2].unit)):
                keys = tuple(_key(site) for site in sites) if sites else _key(group)
                place = names.setdefault(keys, (group, sites))
                templates.setdefault(place, _template_of(above[:-1], sited=bool(sites)))
                known = entries.setdefault(place, {})
                if not any(_same(entry, other) for other in known if other.concept == entry.concept):
                    known[entry] = None
    return tuple(
        MeasurementGroup(group, sites, tuple(found), not open_rows, templates[group, sites])
        for (group, sites), found in entries.items()
    )


def _template_of(above: list[ReportRow], *, sited: bool) -> str:
    """The TID of the nearest row above that has the Finding Site below it, or else that is a container."""
    for row in reversed(above):
        if sited:
            for child in row.children:
                if child.node.key == FINDING_SITE and child.node.relationship == MEASUREMENT_MODIFIER:
                    return child.assignment.template
        elif row.node.value_type == "CONTAINER":
            return row.assignment.template
    return ""


def _key(token: str) -> object:
    if not token:
        return ""
    value, scheme, _ = token.split("\x1f")
    return lasting(value, scheme)


def _same(one: MeasurementEntry, other: MeasurementEntry) -> bool:
    """Whether two entries differ in the wording of their codes only."""
    pairs = [(_key(c), _key(v)) for c, v in one.modifiers]
    return pairs == [(_key(c), _key(v)) for c, v in other.modifiers] and _key(one.unit) == _key(other.unit)
