"""Makes the rows of attribute tables: standard modules, macros and private modules (PS3.2 Tables N.9-1 to N.9-54)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import CONDITIONAL, EMPTY, Presence
from annexgen.analyzers.private_information import Statements, content_text
from annexgen.analyzers.thresholds import Thresholds
from annexgen.analyzers.value_support import support_of
from annexgen.analyzers.values import Values, values_of
from annexgen.annex import boilerplate
from annexgen.annex.model import Cell, Evidence, Row, Status, table_token
from annexgen.annex.private_cells import private_cells
from annexgen.profile.paths import Step, parent, steps
from annexgen.standard import dictionary
from annexgen.standard.enumerated_values import StandardValues, standard_values
from annexgen.standard.private_dictionary import EMPTY as EMPTY_DICTIONARY
from annexgen.standard.private_dictionary import PrivateDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.profile.model import PathStatistics, SopClassProfile

CODE_MACRO = frozenset(
    {0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120}
    | {0x00080105, 0x00080106, 0x00080107, 0x0008010B, 0x0008010D, 0x0008010F, 0x00080117, 0x00080118}
)
SOP_CLASS_UID = "(0008,0016)"
_BYTES = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})
PIXEL_DATA = 0x7FE0
"""The group of Pixel Data, whose length says nothing."""
OBSERVED = Status.OBSERVED
STANDARD = Status.STANDARD
UNKNOWN = Cell("", Status.UNKNOWN)


@dataclass(slots=True)
class SopClassView:
    """All that the tables of one SOP Class are made from."""

    uid: str
    title: str
    profile: SopClassProfile
    presence: dict[str, Presence]
    children: dict[str, list[str]] = field(default_factory=dict)
    listed: dict[str, tuple[str, str, Values]] = field(default_factory=dict)
    """Paths whose values stand in the Coded Values table: name, tag and values, by path."""
    private_dictionary: PrivateDictionary = EMPTY_DICTIONARY
    thresholds: Thresholds = field(default_factory=Thresholds)
    series: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    """The series in which an element path has a value (`annexgen.analyzers.value_support.series_of_values`)."""
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The element paths that a path stands for, where they are not the path itself."""
    owners: dict[str, str] = field(default_factory=dict)
    """The key of the Module that describes a root attribute, by its path."""
    macros: dict[str, str] = field(default_factory=dict)
    """The key of the Functional Group Macro whose Sequence stands at a path."""
    statements: Statements = field(default_factory=dict)
    """What the instances state of their private elements in (0008,0300)."""

    def __post_init__(self) -> None:
        for path in self.profile.paths:
            if path.startswith("("):
                self.children.setdefault(parent(path), []).append(path)

    def values(self, path: str) -> Values:
        """What the Value cell of a row is made from."""
        statistics, step = self.profile.paths[path], steps(path)[-1]
        support = support_of(statistics, self.places.get(path, (path,)), self.series, self.presence[path].patients)
        entry = None if step.private else dictionary.lookup(step.tag)
        listed = self.standard_values(path)
        return values_of(statistics, support, listed, entry.vm if entry else "", self.thresholds)

    def standard_values(self, path: str) -> tuple[StandardValues, ...]:
        """What the Standard lists for the attribute of a row."""
        parts = steps(path)
        owner = self.owners.get(path) or self.macros.get(parent(path), "")
        return () if parts[-1].private else standard_values(parts[-1].tag, owner)

    def is_code_sequence(self, path: str) -> bool:
        """Whether the items of a Sequence hold codes."""
        held = {steps(child)[-1].tag for child in self.children.get(path, ())}
        return bool(held & {0x00080100, 0x00080119, 0x00080120}) and 0x00080104 in held


def evidence_of(seen: Presence, example: str) -> Evidence:
    """The evidence of a row."""
    return Evidence(
        carriers=seen.carriers,
        present=seen.present,
        partial=seen.partial,
        with_value=seen.with_value,
        empty=seen.empty,
        series=seen.series,
        studies=seen.studies,
        patients=seen.patients,
        devices=seen.devices,
        weak=seen.weak,
        example=example,
    )


def name_of(step: Step, private_dictionary: PrivateDictionary) -> Cell:
    """The name of an attribute; private ones only where a dictionary knows them, with the dictionary as the reason."""
    if step.is_creator:
        return Cell("Private Creator", STANDARD)
    if step.private:
        if step.creator == "?":
            return UNKNOWN
        element = (step.creator, step.group, int(step.element[-2:], 16))
        entry = private_dictionary.name(*element)
        return Cell(entry.name, Status.PROPOSED, private_dictionary.reason(*element, "name")) if entry else UNKNOWN
    name = dictionary.attribute_name(step.tag)
    return Cell(name, STANDARD) if name else UNKNOWN


def attribute_rows(view: SopClassView, paths: Iterable[str], coded_key: str, level: int = 0) -> list[Row]:
    """Rows for elements and all that stands in their items, nested ones marked with `>`; private ones left out."""
    rows: list[Row] = []
    for path in paths:
        if steps(path)[-1].private:
            continue
        children = view.children.get(path, [])
        covers: tuple[str, ...] = ()
        if view.is_code_sequence(path):
            covers = tuple(child for child in children if steps(child)[-1].tag in CODE_MACRO)
        rows.append(attribute_row(view, path, coded_key, level, covers))
        inner = sorted((c for c in children if c not in covers), key=lambda c: steps(c)[-1].shown_tag)
        rows.extend(attribute_rows(view, inner, coded_key, level + 1))
    return rows


def attribute_row(
    view: SopClassView,
    path: str,
    coded_key: str,
    level: int,
    covers: tuple[str, ...] = (),
    *,
    private: bool = False,
) -> Row:
    """The row of one element."""
    step = steps(path)[-1]
    statistics, seen = view.profile.paths[path], view.presence[path]
    named = name_of(step, view.private_dictionary)
    name = named.text
    marker = ">" * level + (" " if level else "")
    cells = {
        "Attribute Name": Cell(f"{marker}{name}", named.status, named.reason),
        "Tag": Cell(step.shown_tag, OBSERVED if step.private or not name else STANDARD),
    }
    if private:
        cells |= private_cells(path, step, view.profile, view.children, view.statements, view.private_dictionary)
    cells["Source"] = UNKNOWN
    if seen.of_value == EMPTY:
        cells["Source"] = Cell("EMPTY", Status.PROPOSED, "zero-length in every instance that has it")
    cells["Presence of Attribute"] = Cell(seen.of_attribute)
    cells["Presence of Value"] = Cell(seen.of_value)
    values = view.values(path)
    comment = _sizes(step, statistics, values)
    if path == SOP_CLASS_UID and values.texts == (view.uid,):
        values, comment = Values(), boilerplate.SOP_CLASS_UID
    if values.listed:
        view.listed[path] = (name or step.shown_tag, step.shown_tag, values)
        cells["Value"] = Cell(f"See {table_token(coded_key)}", reason=values.reason)
    else:
        cells["Value"] = Cell(values.text, STANDARD if values.context_group else OBSERVED, values.reason)
    conditional = CONDITIONAL in (seen.of_attribute, seen.of_value)
    cells["Conditions"] = UNKNOWN if conditional else Cell("")
    cells["Comments"] = Cell(comment)
    return Row(
        cells,
        path,
        covers,
        level,
        evidence=evidence_of(seen, statistics.example),
        values=values.texts,
        closed=values.complete and values.closed,
    )


def _sizes(step: Step, statistics: PathStatistics, values: Values) -> str:
    """How many items or values there are, or how long a value is, where the Value cell does not show it."""
    if statistics.items is not None:
        low, high = statistics.items
        return "" if high <= 1 else f"{high} items" if low == high else f"{low} to {high} items"
    if values.together:
        return "One or more of these"
    low, high = statistics.value_multiplicity or (1, 1)
    entry = None if step.private else dictionary.lookup(step.tag)
    if high > 1 and not values.texts and entry is not None and "-" in entry.vm:
        return f"{high} values" if low == high else f"{low} to {high} values"
    if {vr for vr, _ in statistics.vrs} <= _BYTES and statistics.length is not None and step.group != PIXEL_DATA:
        low, high = statistics.length
        size = f"{high} bytes" if low == high else f"{low} to {high} bytes"
        return ", ".join(filter(None, (content_text(statistics), size)))
    return ""


def _private_order(path: str) -> tuple[int, str, bool, str]:
    """Elements by tag, those of a Private Creator after it."""
    step = steps(path)[-1]
    return (step.group, step.creator, not step.is_creator, step.shown_tag)


def private_rows(view: SopClassView, paths: Iterable[str], coded_key: str, level: int = 0) -> list[Row]:
    """Rows of private elements with all that stands in their items, each Private Creator before its elements."""
    rows: list[Row] = []
    for path in sorted(paths, key=_private_order):
        children = view.children.get(path, [])
        covers: tuple[str, ...] = ()
        if view.is_code_sequence(path):
            covers = tuple(child for child in children if steps(child)[-1].tag in CODE_MACRO)
        rows.append(attribute_row(view, path, coded_key, level, covers, private=True))
        rows.extend(private_rows(view, (c for c in children if c not in covers), coded_key, level + 1))
    return rows
