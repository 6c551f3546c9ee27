"""The cells of a content table: concept names, values, TIDs and comments of one row (PS3.2 Tables N.10-1 and N.10-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.analyzers.values import CELL_VALUES, code_text, values_of
from annexgen.annex.columns import SR_CODES
from annexgen.annex.model import Cell, Row, Status, Table, section_token, table_token
from annexgen.annex.rows import UNKNOWN
from annexgen.profile.content import is_code, lasting
from annexgen.profile.model import OPEN
from annexgen.sr.measurements import is_measurement
from annexgen.standard import context_groups, dictionary, templates, uids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.profile.model import PathStatistics
    from annexgen.sr.conditions import ContentCondition
    from annexgen.sr.rows import ReportRow
    from annexgen.standard.templates import CodeConstraint

_KINDS = {
    "matched": "the row of this template stands for it below the template that the report names",
    "guessed": "the report names no template; of the root templates of its SOP Class this one explains most",
    "inherited": "the nearest template that the report names; the tables do not hold it",
}


@dataclass(slots=True)
class CodeTables:
    """The code set tables of one report, made as its rows need them."""

    key: str
    title: str
    sop_class: str
    measurements: str = ""
    """Identifier of the section with the measurements, "" where there is none."""
    tables: list[Table] = field(default_factory=list)

    def token(self, name: str, path: str, codes: Iterable[str], *, complete: bool = True) -> str:
        """What stands for a table of these codes; equal sets of one concept share a table."""
        rows = tuple(
            Row({"Coding Scheme Designator": Cell(s), "Code Value": Cell(v), "Code Meaning": Cell(m)})
            for v, s, m in sorted((code.split("\x1f") for code in codes), key=lambda c: (c[1], c[0], c[2]))
        )
        title = f"{self.title} - {name} Codes"
        for table in self.tables:
            if table.title == title and table.rows == rows:
                return table_token(table.key)
        notes = () if complete else ("Further codes occur.",)
        table = Table(f"{self.key}:codes:{path}", "sr_codes", title, SR_CODES, rows, (self.sop_class,), notes)
        self.tables.append(table)
        return table_token(table.key)


def concept_cell(row: ReportRow, codes: CodeTables) -> Cell:
    """The Concept Name: a code, two, or where they are listed."""
    concepts = row.concepts
    if len(concepts) <= CELL_VALUES:
        return Cell("; ".join(code_text(concept) for concept in concepts))
    if is_measurement(row) and codes.measurements:
        place = section_token(codes.measurements)
        return Cell(f"See Section {place} for measurements and supported Modifiers")
    constraint = row.assignment.candidate.row.concept if row.assignment.candidate else None
    return _code_set(concepts, constraint, "Concept Name", row, codes)


def value_cell(row: ReportRow, statistics: PathStatistics, codes: CodeTables) -> Cell:
    """The Values: constants, ranges with units, codes or where they are listed, SOP Classes, Graphic Types."""
    node = row.node
    if node.by_reference or node.value_type == "CONTAINER":
        return Cell("")
    match node.value_type:
        case "CODE":
            constraint = row.assignment.candidate.row.value_set if row.assignment.candidate else None
            found = _distinct(v[1:] for v in statistics.values if is_code(v))
            if not found:
                return Cell("")
            complete = not statistics.overflow and all(map(is_code, statistics.values))
            return _code_set(found, constraint, row.node.meaning, row, codes, complete=complete)
        case "NUM":
            return Cell(_number_text(row, statistics, codes))
        case "IMAGE" | "COMPOSITE" | "WAVEFORM":
            names = sorted(uids.uid_name(v[1:]) or v[1:] for v in statistics.values if v[0] == "=")
            return Cell("; ".join(names))
        case "TABLE":
            columns = sorted(c for c in statistics.facets.get("column", {}) if c != OPEN)
            return Cell("; ".join(code_text(c) for c in columns))
        case "TEXT":
            # What varies is no fixed text of the product, and only such a text belongs into the table.
            values = values_of(statistics)
            return Cell(values.text) if values.complete and len(values.texts) <= CELL_VALUES else Cell("")
    return Cell(values_of(statistics).text)


def listed_codes(row: ReportRow, statistics: PathStatistics) -> tuple[str, ...]:
    """The codes of a row one by one: its values, or the concept names where these vary."""
    if row.node.value_type == "CODE":
        found = _distinct(v[1:] for v in statistics.values if is_code(v))
    else:
        found = row.concepts if len(row.concepts) > CELL_VALUES else ()
    return tuple(sorted(code_text(code) for code in found))


def _number_text(row: ReportRow, statistics: PathStatistics, codes: CodeTables) -> str:
    parts = []
    if len(row.concepts) <= CELL_VALUES:
        parts.append(values_of(statistics).text)
    units = _distinct(u for u in statistics.facets.get("unit", {}) if u != OPEN)
    constraint = row.assignment.candidate.row.units if row.assignment.candidate else None
    if units and not (is_measurement(row) and len(row.concepts) > CELL_VALUES and codes.measurements):
        word = "Unit" if len(units) == 1 else "Units"
        parts.append(f"{word}: {_code_set(units, constraint, f'{row.node.meaning} Unit', row, codes).text}")
    qualifiers = _distinct(q for q in statistics.facets.get("qualifier", {}) if q != OPEN)
    if qualifiers:
        parts.append(f"Qualifier: {'; '.join(code_text(q) for q in qualifiers)}")
    return "; ".join(filter(None, parts))


def _code_set(
    found: tuple[str, ...],
    constraint: CodeConstraint | None,
    name: str,
    row: ReportRow,
    codes: CodeTables,
    *,
    complete: bool = True,
) -> Cell:
    """Up to two codes themselves; else the context group that holds them, with a table where only some are supported."""
    if len(found) <= CELL_VALUES:
        text = "; ".join(code_text(code) for code in found)
        return Cell(text if complete else f"e.g. {text}")
    keys = [(code.split("\x1f")[0], code.split("\x1f")[1]) for code in found]
    named = [use.cid for use in constraint.groups] if constraint is not None else []
    cid, status, reason = "", Status.OBSERVED, ""
    fitting = [c for c in named if not context_groups.missing_from(c, keys)]
    if fitting:
        cid = fitting[0]
    elif named:
        missing = context_groups.missing_from(named[0], keys)
        if 2 * len(missing) <= len(keys) and context_groups.context_group(named[0]) is not None:
            cid = named[0]
    else:
        smallest = context_groups.groups_containing(keys)
        if smallest:
            cid, status = smallest[0], Status.PROPOSED
            reason = "the smallest context group that holds the codes; the template names none"
    if not cid:
        return Cell(f"See {codes.token(name, row.node.path, found, complete=complete)}")
    text = context_groups.reference_text(cid)
    group = context_groups.context_group(cid)
    outside = context_groups.missing_from(cid, keys)
    extension = [code for code, key in zip(found, keys, strict=True) if key in outside]
    if 0 < len(extension) <= CELL_VALUES:
        text += f", extended by {'; '.join(code_text(code) for code in extension)}"
    elif extension:
        text += f", extended by {len(extension)} codes"
    every = group is not None and len({context_groups.canonical(k) for k in keys} - set(outside)) >= len(
        {context_groups.canonical(code.key) for code in group.codes}
    )
    if len(extension) > CELL_VALUES or not (every or _is_modifier(row, codes)):
        text += f"; the codes supported are in {codes.token(name, row.node.path, found, complete=complete)}"
    return Cell(text, status, reason)


def _is_modifier(row: ReportRow, codes: CodeTables) -> bool:
    """Whether the codes stand in the tables of measurements already: modifiers of what these tables list."""
    return bool(codes.measurements) and row.node.relationship == "HAS CONCEPT MOD" and ".NUM." in row.node.path


def _distinct(tokens: Iterable[str]) -> tuple[str, ...]:
    """Codes that differ in more than their wording or their form; of equal ones the SCT form, then the first."""
    found: dict[tuple[str, str], str] = {}
    for token in sorted(tokens, key=lambda t: (t.split("\x1f")[1] in ("SRT", "SNM3", "99SDM"), t)):
        value, scheme, _ = token.split("\x1f")
        found.setdefault(lasting(value, scheme), token)
    return tuple(sorted(found.values(), key=lambda t: (t.split("\x1f")[1], t)))


def template_cell(row: ReportRow) -> Cell:
    """The TID, with how it is known."""
    found = row.assignment
    if not found.shown:
        return UNKNOWN
    if found.kind == "outside":
        return Cell("", Status.UNKNOWN, f"TID {found.template} is not extensible and has no row for it")
    if found.kind == "stated":
        return Cell(found.shown)
    if found.others:
        equal = ", ".join(found.others)
        return Cell(found.shown, Status.PROPOSED, f"TID {equal} would explain it equally well")
    if found.kind == "matched":
        return Cell(found.shown, Status.STANDARD, _KINDS["matched"])
    if found.kind == "extension":
        reason = f"TID {found.template} has no row for it, and is extensible"
        return Cell(found.shown, Status.STANDARD, reason)
    return Cell(found.shown, Status.PROPOSED, _KINDS[found.kind])


def comment_text(row: ReportRow, statistics: PathStatistics, condition: ContentCondition | None) -> str:
    """The Comments: condition, multiplicity, continuity, further forms of the concept name, further attributes."""
    node = row.node
    comments: list[str] = []
    if condition is not None:
        comments.append(condition_text(condition))
    elif row.parents is not None and 0 < row.parents < row.carriers:
        comments.append(f"in {row.parents} of {row.carriers} parents")
    low = min(one.multiplicity[0] for one in row.nodes)
    high = max(one.multiplicity[1] for one in row.nodes)
    if len(row.nodes) == 1 and high > 1:
        comments.append(f"{low} to {high} times per parent" if low != high else f"{high} times per parent")
    if "CONTINUOUS" in statistics.facets.get("continuity", {}):
        both = "SEPARATE" in statistics.facets["continuity"]
        comments.append("Continuity of Content CONTINUOUS" + (" or SEPARATE" if both else ""))
    if len(row.nodes) == 1 and len(node.concepts) > 1:
        comments.append("also written as " + "; ".join(code_text(c) for c in node.concepts[1:]))
    if node.stated and node.stated != row.assignment.template:
        comments.append(f"the reports name TID {node.stated} here")
    elements = sorted(e for e in statistics.facets.get("element", {}) if e != OPEN)
    if elements and row.level:
        named = (int(element, 16) for element in elements)
        comments.append("with " + ", ".join(_attribute(tag) for tag in named))
    return "; ".join(comments)


def _attribute(tag: int) -> str:
    name = dictionary.attribute_name(tag)
    shown = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return f"{name} {shown}" if name else shown


def condition_text(condition: ContentCondition) -> str:
    """A condition as a sentence (PS3.2 Annex N preface)."""
    beside = condition.beside
    name = code_text(beside.concept) if beside.concept else beside.value_type
    if condition.relation in ("present", "absent"):
        return f"Present if {name} is {condition.relation}."
    meanings = {}
    for token in beside.statistics.values:
        if is_code(token):
            value, scheme, _ = token[1:].split("\x1f")
            meanings[":".join(reversed(lasting(value, scheme)))] = code_text(token[1:])
    return f"Present if {name} {condition.relation} {' or '.join(meanings.get(c, c) for c in condition.codes)}."


def template_title(tid: str) -> str:
    """The title of a template, "" for one that the tables do not hold."""
    known = templates.template(tid)
    return known.title if known else ""
