"""Templates as the reference facts beside the project give them, compared with ours row by row and field by field.

The reference is a validator's model of two editions. It writes a parameterised template several times, once for each set of
arguments (TID 1400 as 1400M, 1400IF, 1400HP, 1400CN), and parts of some in definitions of their own: the digits of such a
definition name our template.

    python tests/standard/template_reference.py

writes `template_differences.tsv`, which lists every difference with the reason for our choice. Reasons are rules, in
`template_reasons.tsv`: the first whose patterns match a difference gives its reason; without one nothing is written.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from dataclasses import astuple, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annexgen.standard.context_groups import canonical
from annexgen.standard.templates import BY_REFERENCE, CodeConstraint, Template, TemplateRow, all_templates, template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

REFERENCE = Path(__file__).parents[3] / "shared" / "standard" / "reference"
SOURCES = {"2026": "sr_templates_pixelmed_20260608.json", "2022": "sr_templates_pixelmed_debian2022.json"}
REASONS = Path(__file__).with_name("template_reasons.tsv")
LISTED = Path(__file__).with_name("template_differences.tsv")
LISTED_HEADING = (
    "# Every difference of our templates from the reference facts: edition of the reference, definition, row, field, theirs, "
    "ours, reason\n"
)

GRAPHIC_TYPES = {
    "POLYLINE_CIRCLE_ELLIPSE": "POLYLINE CIRCLE ELLIPSE",
    "NOT_MULTIPOINT": "POINT POLYLINE CIRCLE ELLIPSE",
}
"""The reference's names for several Graphic Types, as our tables list them."""

Fields = dict[str, str]
"""A row's fields as text, by name. A field that a reference does not have is left out."""

COMPARED = (
    *("number", "nesting", "relationship", "value type", "concept", "multiplicity", "requirement", "include"),
    *("value set", "units", "graphic types"),
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition of the reference: what it says of the template as a whole, and its rows."""

    name: str
    facts: Fields
    rows: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one row on which a definition of the reference and our template disagree.

    The field "row" means that the other one has no such row; "" for the row means the template as a whole.
    """

    source: str
    definition: str
    row: str
    field: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Which differences a reason explains: shell patterns, one for each attribute of a difference, and the reason."""

    patterns: tuple[str, ...]
    text: str

    def explains(self, difference: Difference) -> bool:
        """Whether all patterns match."""
        return all(
            any(fnmatchcase(value, alternative) for alternative in pattern.split("|"))
            for value, pattern in zip(astuple(difference), self.patterns, strict=True)
        )


def reasons() -> tuple[Reason, ...]:
    """The table of reasons."""
    return tuple(Reason(tuple(row[:-1]), row[-1]) for row in _rows_of(REASONS))


def listed() -> dict[Difference, str]:
    """The differences that the project lists, each with its reason."""
    return {Difference(*row[:-1]): row[-1] for row in _rows_of(LISTED)}


def _rows_of(file: Path) -> Iterator[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)


def tid_of(definition: str) -> str:
    """Our TID of a definition; "" for a private template."""
    part = re.fullmatch(r"10003([abc])", definition)
    digits = re.match(r"\d+", definition)
    return f"10003{part[1].upper()}" if part else digits[0] if digits else ""


def definitions(source: str) -> dict[str, Definition]:
    """Every definition of a DICOM template of a reference, by its name."""
    content: dict[str, Any] = json.loads((REFERENCE / SOURCES[source]).read_text(encoding="utf-8"))
    if source == "2022":
        return {name: Definition(name, {}, _older_rows(rows)) for name, rows in content.items() if tid_of(name)}
    found = {name: entry for name, entry in content["templates"].items() if tid_of(name)}
    return {
        name: Definition(name, _newer_facts(entry), tuple(_newer(row) for row in entry["rows"]))
        for name, entry in found.items()
    }


def differences(source: str) -> list[Difference]:
    """All differences between a reference and our tables."""
    found: list[Difference] = []
    for definition in definitions(source).values():
        ours = template(tid_of(definition.name))
        if ours is None:
            found.append(Difference(source, definition.name, "", "template", definition.name, ""))
            continue
        for field, value in definition.facts.items():
            if value != (our := _facts(ours)[field]):
                found.append(Difference(source, definition.name, "", field, value, our))
        found.extend(_compare(source, definition, [fields(row) for row in ours.rows]))
    return found


def _compare(source: str, definition: Definition, ours: list[Fields]) -> Iterator[Difference]:
    for their, our in _aligned(definition.rows, ours):
        if our is None:
            assert their is not None
            yield Difference(source, definition.name, their.get("number", "include"), "row", _what(their), "")
        elif their is None:
            yield Difference(source, definition.name, our["number"], "row", "", _what(our))
        else:
            for field in COMPARED:
                if field in their and not _equal(their[field], our[field]):
                    yield Difference(source, definition.name, our["number"], field, their[field], our[field])


def _equal(their: str, our: str) -> bool:
    """Whether two fields say the same; of a group whose binding the reference leaves open, its number alone counts."""
    return their == (our if not re.match(r"(.* or )?CID", their) else re.sub(r"[BD]CID", "CID", our))


def pairs(theirs: Sequence[Fields], ours: Sequence[Fields]) -> Iterator[tuple[Fields, Fields]]:
    """The rows of a definition of the reference that are rows of ours, each with ours."""
    for their, our in _aligned(theirs, ours):
        if their is not None and our is not None:
            yield their, our


def _aligned(theirs: Sequence[Fields], ours: Sequence[Fields]) -> list[tuple[Fields | None, Fields | None]]:
    """Which row of theirs is which of ours: the pairing in both orders whose rows are most alike."""
    width = len(ours) + 1
    best = [[0.0] * width for _ in range(len(theirs) + 1)]
    for i in reversed(range(len(theirs))):
        for j in reversed(range(len(ours))):
            likeness = _likeness(theirs[i], ours[j])
            paired = best[i + 1][j + 1] + likeness if likeness else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    found: list[tuple[Fields | None, Fields | None]] = []
    i = j = 0
    while i < len(theirs) and j < len(ours):
        likeness = _likeness(theirs[i], ours[j])
        if likeness and best[i][j] == best[i + 1][j + 1] + likeness:
            found.append((theirs[i], ours[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((theirs[i], None))
            i += 1
        else:
            found.append((None, ours[j]))
            j += 1
    return [*found, *((their, None) for their in theirs[i:]), *((None, our) for our in ours[j:])]


def _likeness(their: Fields, our: Fields) -> float:
    """How much speaks for two rows being the same row; 0 when they are not."""
    numbered = 0.5 if their.get("number") == our["number"] else 0.0
    if their["include"] or our["include"]:
        return 4.0 + numbered if their["include"] == our["include"] else 0.0
    same_type = their["value type"] == our["value type"]
    if _equal(their["concept"], our["concept"]):
        return (4.0 if same_type else 2.0) + numbered
    open_concept = "$" in our["concept"] or not our["concept"] or "_" in their["concept"] or not their["concept"]
    if same_type and (open_concept or numbered):
        return 2.0 + numbered
    return 0.0


def _what(row: Fields) -> str:
    return f"include {row['include']}" if row["include"] else f"{row['value type']} {row['concept']}".strip()


def _facts(found: Template) -> Fields:
    return {"extensible": _flag(found.extensible), "order significant": _flag(found.order_significant)} | {
        "root": _flag(found.root)
    }


def _flag(flag: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[flag]


def fields(row: TemplateRow) -> Fields:
    """The fields of a row of ours, as they are compared."""
    return {
        "number": row.number,
        "nesting": str(row.nesting),
        "relationship": f"{BY_REFERENCE if row.by_reference else ''}{row.relationship}",
        "value type": " ".join(row.value_types),
        "multiplicity": row.multiplicity,
        "requirement": row.requirement,
        "include": row.include,
        "graphic types": " ".join(row.graphic_types),
        "concept": _constraint(row.concept),
        "value set": _constraint(row.value_set),
        "units": _constraint(row.units),
    }


def _constraint(given: CodeConstraint) -> str:
    codes = [_code(code.value, code.scheme) for code in given.codes]
    groups = [f"{use.binding[:1].upper()}CID {use.cid}" for use in given.groups]
    return " or ".join((*codes, *groups, *given.parameters))


def _code(value: str, scheme: str) -> str:
    value, scheme = canonical((value, scheme or "UCUM"))
    return f"{scheme}:{value}"


BINDINGS = {"D": "D", "B": "B", "E": "D"}
"""The reference's letters; an enumerated group (E) is one that may not be extended, which the group itself says."""


def _their_constraint(code: str, group: str | None, binding: str | None) -> str:
    groups = [f"{BINDINGS[binding] if binding else ''}CID {group}"] if group else []
    return " or ".join(([code] if code else []) + groups)


def _newer_facts(entry: dict[str, Any]) -> Fields:
    """What the newer reference says of a template as a whole, without what it leaves open."""
    words = {True: "yes", False: "no", "T": "yes", "F": "no"}
    names = {"extensible": "extensible", "ordersignificant": "order significant", "root": "root"}
    return {name: words[entry[key]] for key, name in names.items() if entry[key] is not None}


def _newer(row: dict[str, Any]) -> Fields:
    def constraint(key: str, prefix: str) -> str:
        codes = row.get(key)
        code = _code(codes[0], codes[1]) if codes else ""
        return _their_constraint(code, row.get(f"{prefix}CID"), row.get(f"{prefix}BDE"))

    minimum, maximum = row["vm"]
    graphic_type = row.get("graphicType") or ""
    return {
        "number": row["row"],
        "nesting": str(row["nl"]),
        "relationship": re.sub(" +", " ", row["rel"] or ""),
        "value type": (row.get("vt") or "").upper(),
        "multiplicity": _multiplicity(minimum, maximum),
        "requirement": row["req"] or "",
        "include": tid_of(row["include"]) if "include" in row else "",
        "graphic types": GRAPHIC_TYPES.get(graphic_type, graphic_type),
        "concept": constraint("concept", "conceptName"),
        "value set": constraint("value", "valueSet"),
        "units": constraint("units", "units"),
    }


def _older_rows(rows: list[dict[str, str]]) -> tuple[Fields, ...]:
    """The rows, conditional ones once: the model lists them twice, for the condition satisfied and not."""
    found: list[Fields] = []
    for row in rows:
        fields = _older(row)
        if fields not in found[-1:]:
            found.append(fields)
    return tuple(found)


def _older(row: dict[str, str]) -> Fields:
    def constraint(value: str, scheme: str, prefix: str) -> str:
        code = _code(row[value], row.get(scheme, "")) if row.get(value) else ""
        return _their_constraint(code, row.get(f"{prefix}CID"), row.get(f"{prefix}BDE"))

    if "include" in row:
        # This model does not say where in the tree an included template stands, nor the number of the row.
        found = {"include": tid_of(row["include"]), "value type": "", "concept": ""}
        if row.get("templatevmmin"):
            found["multiplicity"] = _multiplicity(row["templatevmmin"], row.get("templatevmmax"))
        if row.get("templateRequiredType"):
            found["requirement"] = row["templateRequiredType"]
        return found
    by_reference = BY_REFERENCE if row["byReference"] == "T" else ""
    graphic_type = row.get("graphicType", "")
    return {
        "number": row["row"],
        "nesting": str(int(row["nestingLevel"]) - 1),
        "relationship": f"{by_reference}{re.sub(' +', ' ', row.get('relationship', '')).strip()}",
        "value type": row["valueType"].upper(),
        "multiplicity": _multiplicity(row.get("vmmin"), row.get("vmmax")),
        "requirement": row.get("requiredType", ""),
        "include": "",
        "graphic types": GRAPHIC_TYPES.get(graphic_type, graphic_type),
        "concept": constraint("cvConceptName", "csdConceptName", "conceptName"),
        "value set": constraint("cvValue", "csdValue", "valueSet"),
        "units": constraint("cvUnits", "csdUnits", "units"),
    }


def _multiplicity(minimum: str | None, maximum: str | None) -> str:
    if not minimum or not maximum or minimum == maximum:
        return minimum or ""
    return f"{minimum}-{maximum.removeprefix('1-')}"


def curated_only() -> tuple[str, ...]:
    """The TIDs of ours that no reference has."""
    known = {tid_of(name) for source in SOURCES for name in definitions(source)}
    return tuple(tid for tid in all_templates() if tid not in known)


def reason_of(difference: Difference, known: Iterable[Reason]) -> str:
    """The first reason that explains a difference; "" for none."""
    return next((reason.text for reason in known if reason.explains(difference)), "")


def main() -> int:
    """Write the list of all differences; 1, and those without a reason on the standard output, when there are any."""
    known = reasons()
    found = {d: reason_of(d, known) for source in SOURCES for d in differences(source)}
    without = [d for d, reason in found.items() if not reason]
    if without:
        sys.stdout.writelines("\t".join(astuple(d)) + "\n" for d in without)
        return 1
    lines = ("\t".join((*astuple(d), reason)) + "\n" for d, reason in found.items())
    LISTED.write_text("".join((LISTED_HEADING, *lines)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
