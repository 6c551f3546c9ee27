"""What an annex says, thing by thing and SOP Class by SOP Class: the common ground on which two annexes are compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.profile.functional_groups import relative_path, sequence_of
from annexgen.profile.paths import steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annexgen.annex.model import Annex, Evidence, Row, Table

WHAT = (
    "SOP Class",
    "Transfer Syntax",
    "Root Template",
    "Specific Character Set",
    "Module",
    "Functional Group Macro",
    "Private Creator",
    "private attribute",
    "attribute",
    "Directory Record key",
    "Content Item",
    "Coding Scheme",
)
"""The kinds of things that are compared, in the order in which they are listed."""

_TABLE = re.compile(r"(?:See )?Table [A-Z0-9.]*\d-\d+")

SERIES, STUDY, PATIENT = "series", "study", "patient"
_UNITS = {"Study": STUDY, "Patient": PATIENT}
"""By Information Entity: what describes the study is one observation, however many series it has (PS3.3 Section A.1.2)."""

Reader = Callable[["Table", "Annex"], "Iterator[tuple[Key, Fact]]"]
Key = tuple[str, str, str]
"""What, SOP Class UID (empty for the product as a whole), and path or name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing as an annex describes it; `values` are the values that it lists, `closed` whether there are no others."""

    name: str
    cells: Mapping[str, str]
    table: str
    evidence: Evidence | None = None
    values: frozenset[str] = frozenset()
    closed: bool = True
    proposed: frozenset[str] = frozenset()
    """Columns whose text is a proposal."""
    group: str = ""
    """The Module or macro that it belongs to."""
    unit: str = SERIES
    """What counts as one observation: a study or patient for what describes these, else a series."""

    @property
    def units(self) -> int:
        """How many observations it rests on."""
        return observations(self.evidence).get(self.unit, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an annex says."""

    things: dict[Key, Fact] = field(default_factory=dict)
    seen: dict[str, dict[str, int]] = field(default_factory=dict)
    """Series, studies and patients seen of each SOP Class."""
    studies: int = 0


def observations(evidence: Evidence | None) -> dict[str, int]:
    """How many series, studies and patients something was seen in."""
    if evidence is None:
        return {}
    return {SERIES: evidence.series, STUDY: evidence.studies, PATIENT: evidence.patients}


def facts_of(annex: Annex) -> Facts:
    """Everything an annex says, taken apart by SOP Class: a row of a shared table counts for each of its SOP Classes."""
    facts = Facts(studies=annex.corpus.studies)
    units = _units_of_modules(annex)
    for table in annex.tables:
        for key, fact in _READERS.get(table.kind, _nothing)(table, annex):
            module = key[2] if key[0] == "Module" else fact.group
            facts.things[key] = replace(fact, unit=units.get((key[1], module), SERIES))
    for (what, uid, _), fact in facts.things.items():
        if what == "SOP Class":
            facts.seen[uid] = observations(fact.evidence)
    for key, fact in facts.things.items():
        most = facts.seen.get(key[1], {})
        if fact.evidence is not None and fact.evidence.series > most.get(SERIES, fact.evidence.series):
            # A shared row's evidence is that of all its SOP Classes together.
            seen = fact.evidence
            evidence = replace(
                seen,
                series=most[SERIES],
                studies=min(seen.studies, most[STUDY]),
                patients=min(seen.patients, most[PATIENT]),
            )
            facts.things[key] = replace(fact, evidence=evidence)
    return facts


def _units_of_modules(annex: Annex) -> dict[tuple[str, str], str]:
    """What is one observation of a Module, by SOP Class UID and name: from its Information Entity in the table of the IOD."""
    found: dict[tuple[str, str], str] = {}
    for table in annex.tables:
        entity = ""
        for row in table.rows if table.kind == "iod" else ():
            entity = row.cells["IE"].text or entity
            if entity in _UNITS:
                found[table.sop_classes[0], name_of_module(row.cells["Module Name"].text)] = _UNITS[entity]
    return found


def _nothing(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    yield from ()


def _fact(table: Table, row: Row, columns: tuple[str, ...], name: str, uid: str = "", group: str = "") -> Fact | None:
    """What a row says for one SOP Class; None where a shared row does not hold for it."""
    texts = {column: row.cells[column].text for column in columns if column in row.cells}
    values, closed, evidence = row.values, row.closed, row.evidence
    apart = row.apart.get(uid)
    if apart is not None:
        if not apart.cells:
            return None
        texts = {column: apart.cells.get(column, text) for column, text in texts.items()}
        values, closed, evidence = apart.values, apart.closed, apart.evidence
    for column in ("Value", "Values"):
        if column in texts and values and _TABLE.search(texts[column]):
            texts[column] = "; ".join(values)
    if "Attribute Name" in texts:
        texts["Attribute Name"] = texts["Attribute Name"].lstrip("> ")
    proposed = {column for column in texts if row.cells[column].status in ("proposed", "unknown")}
    return Fact(name, texts, table.id, evidence, frozenset(values), closed, frozenset(proposed), group)


def _sop_classes(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    roles = tuple(c for c in table.columns if c not in ("SOP Class Name", "SOP Class UID"))
    for row in table.rows:
        fact = _fact(table, row, roles, row.cells["SOP Class Name"].text or row.path)
        if fact is not None:
            cells = {column: "" if _TABLE.search(text) else text for column, text in fact.cells.items()}
            yield ("SOP Class", row.path, ""), Fact(fact.name, cells, fact.table, fact.evidence)


def _whole(what: str, name: str, columns: tuple[str, ...]) -> Reader:
    """A reader of tables about the product as a whole, one thing a row."""

    def read(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
        for row in table.rows:
            if not row.heading and row.path:
                fact = _fact(table, row, columns, row.cells[name].text or row.path)
                if fact is not None:
                    yield (what, "", row.path), fact

    return read


def _root_templates(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    for row in table.rows:
        uid = row.cells["SOP Class UID"].text
        name = row.cells["Name"].text
        fact = _fact(table, row, ("Root TID", "Function"), name or row.path)
        if fact is not None:
            yield ("Root Template", uid, f"{row.cells['Root TID'].text} {name}".strip()), fact


def _module_uses(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    uid = table.sop_classes[0]
    for row in table.rows:
        name = row.cells["Module Name"].text
        if row.reference and annex.table(row.reference).kind == "private_module":
            continue
        fact = _fact(table, row, ("Presence (Module)", "Condition"), name)
        if fact is not None:
            yield ("Module", uid, name_of_module(name)), fact


def _macro_uses(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    uid = table.sop_classes[0]
    for row in table.rows:
        name = row.cells["Functional Group Macro"].text
        if row.reference and annex.table(row.reference).kind == "private_module":
            continue
        fact = _fact(table, row, ("Presence", "Condition", "Usage"), name)
        if fact is not None:
            yield ("Functional Group Macro", uid, name), fact


_ATTRIBUTE = ("Presence of Attribute", "Presence of Value", "Value", "Conditions", "Source")
_PRIVATE = ("VR", "VM", "Attribute Name", "Identifiable Information", *_ATTRIBUTE)


def _attributes(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    for row in table.rows:
        if row.heading or not row.path:
            continue
        path = row.path
        what = kind_of_path(path)
        if table.kind == "macro":
            path = f"functional groups/{path}"
        elif table.kind == "directory":
            what = "Directory Record key"
        path = in_functional_groups(path)
        columns = _PRIVATE if what != "attribute" and "VR" in row.cells else _ATTRIBUTE
        for uid in table.sop_classes:
            fact = _fact(table, row, columns, _name(row), uid, name_of_module(table.title))
            if fact is not None:
                yield (what, uid, path), fact


def _content_items(table: Table, annex: Annex) -> Iterator[tuple[Key, Fact]]:
    for row in table.rows:
        if row.path and not row.heading:
            name = row.cells["Concept Name"].text or row.cells["VT"].text
            columns = ("Presence of Content Item", "Values", "TID", "VT", "Rel with Parent", "Source")
            fact = _fact(table, row, columns, name, group=table.title)
            if fact is not None:
                yield ("Content Item", table.sop_classes[0], row.path), fact


def kind_of_path(path: str) -> str:
    """Private Creator, private attribute or attribute."""
    last = steps(path)[-1]
    return "Private Creator" if last.is_creator else "private attribute" if last.private else "attribute"


def in_functional_groups(path: str) -> str:
    """A path without the difference between shared and per-frame functional groups: that is the macro's Usage."""
    return f"functional groups/{relative_path(path)}" if sequence_of(path) else path


def name_of_module(title: str) -> str:
    """The name of a Module without "for ... IOD", which depends on what shares its table."""
    name = title.partition(" for ")[0].removesuffix(" (extension)")
    return name.removesuffix(" Module").removesuffix(" Functional Group Macro")


def _name(row: Row) -> str:
    name = "" if kind_of_path(row.path) == "Private Creator" else row.cells["Attribute Name"].text.lstrip("> ")
    tag = row.cells["Tag"].text
    if row.path.endswith('")'):
        creator = row.path.rpartition(',"')[2].removesuffix('")')
        tag = f'{tag[:-1]},"{creator}")'
    return f"{name} {tag}".strip()


_READERS: dict[str, Reader] = {
    "sop_classes": _sop_classes,
    "transfer_syntaxes": _whole("Transfer Syntax", "Transfer Syntax Name", ()),
    "root_templates": _root_templates,
    "character_sets": _whole("Specific Character Set", "Defined Term", ()),
    "iod": _module_uses,
    "functional_groups": _macro_uses,
    "module": _attributes,
    "macro": _attributes,
    "private_module": _attributes,
    "directory": _attributes,
    "sr_content": _content_items,
    "code_sets": _whole("Coding Scheme", "Coding Scheme Designator", ("Kind",)),
}
