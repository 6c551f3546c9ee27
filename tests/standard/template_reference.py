"""Templates as the reference facts beside the project give them, compared with ours row by row; every difference has a reason.

The reference is a validator's model of two editions. It writes a parameterised template several times, once for each set of
arguments (TID 1400 as 1400M, 1400IF, 1400HP, 1400CN): the digits of such a definition name our template.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annexgen.standard.context_groups import canonical
from annexgen.standard.templates import BY_REFERENCE, CodeConstraint, TemplateRow, all_templates, template

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERENCE = Path(__file__).parents[3] / "shared" / "standard" / "reference"
SOURCES = {"2026": "sr_templates_pixelmed_20260608.json", "2022": "sr_templates_pixelmed_debian2022.json"}
REASONS = Path(__file__).with_name("template_differences.tsv")

Fields = dict[str, str]
"""A row's fields as text, by name; "what" says which Content Item or template the row is about."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one row on which a definition of the reference and our template disagree."""

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
        values = (
            *(difference.source, difference.definition, difference.row),
            *(difference.field, difference.theirs, difference.ours),
        )
        return all(fnmatchcase(value, pattern) for value, pattern in zip(values, self.patterns, strict=True))


def reasons() -> tuple[Reason, ...]:
    """The table of reasons."""
    lines = REASONS.read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(Reason(tuple(row[:-1]), row[-1]) for row in rows)


def tid_of(definition: str) -> str:
    """Our TID of a definition; "" for a private template."""
    part = re.fullmatch(r"10003([abc])", definition)
    digits = re.match(r"\d+", definition)
    return f"10003{part[1].upper()}" if part else digits[0] if digits else ""


def definitions(source: str) -> dict[str, list[Fields]]:
    """The rows of every DICOM template of a reference, by definition."""
    content: dict[str, Any] = json.loads((REFERENCE / SOURCES[source]).read_text(encoding="utf-8"))
    if source == "2026":
        return {
            name: [_newer(row) for row in found["rows"]] for name, found in content["templates"].items() if tid_of(name)
        }
    return {name: _older_rows(rows) for name, rows in content.items() if tid_of(name)}


def differences(source: str) -> list[Difference]:
    """All differences between a reference and our tables."""
    found: list[Difference] = []
    for definition, theirs in definitions(source).items():
        ours = template(tid_of(definition))
        if ours is None:
            found.append(Difference(source, definition, "", "template", definition, ""))
        else:
            found.extend(_compare(source, definition, theirs, [_fields(row) for row in ours.rows]))
    return found


def _compare(source: str, definition: str, theirs: list[Fields], ours: list[Fields]) -> Iterable[Difference]:
    matcher = SequenceMatcher(
        None, [_fixed(row["what"]) for row in theirs], [_fixed(row["what"]) for row in ours], False
    )
    for kind, first, last, from_, to in matcher.get_opcodes():
        if kind == "equal":
            for their, our in zip(theirs[first:last], ours[from_:to], strict=True):
                for field, value in their.items():
                    if field not in ("number", "what") and _fixed(our[field]) != value:
                        yield Difference(source, definition, their["number"], field, value, our.get(field, ""))
            continue
        for their in theirs[first:last]:
            yield Difference(source, definition, their["number"], "row", their["what"], "")
        for our in ours[from_:to]:
            yield Difference(source, definition, our["number"], "row", "", our["what"])


def _fixed(text: str) -> str:
    """What a text says apart from parameters, which the reference does not have."""
    return " ".join(word for word in text.split(" ") if not word.startswith("$"))


def _what(include: str, value_type: str, concept: str) -> str:
    return f"include {include}" if include else f"{value_type} {concept}".strip()


def _fields(row: TemplateRow) -> Fields:
    concept = _constraint(row.concept)
    return {
        "number": row.number,
        "what": _what(row.include, " ".join(row.value_types), concept),
        "nesting": str(row.nesting),
        "relationship": f"{BY_REFERENCE if row.by_reference else ''}{row.relationship}",
        "multiplicity": row.multiplicity,
        "requirement": row.requirement,
        "value set": _constraint(row.value_set),
        "units": _constraint(row.units),
    }


def _constraint(given: CodeConstraint) -> str:
    codes = [_code(code.value, code.scheme) for code in given.codes]
    return " or ".join((*codes, *(f"CID {use.cid}" for use in given.groups), *given.parameters))


def _code(value: str, scheme: str) -> str:
    value, scheme = canonical((value, scheme or "UCUM"))
    return f"{scheme}:{value}"


def _newer(row: dict[str, Any]) -> Fields:
    def constraint(codes: list[str] | None, group: str | None) -> str:
        return _code(codes[0], codes[1]) if codes else f"CID {group}" if group else ""

    minimum, maximum = row["vm"]
    include = tid_of(row["include"]) if "include" in row else ""
    concept = constraint(row.get("concept"), row.get("conceptNameCID"))
    return {
        "number": row["row"],
        "what": _what(include, (row.get("vt") or "").upper(), concept),
        "nesting": str(row["nl"]),
        "relationship": re.sub(" +", " ", row["rel"] or ""),
        "multiplicity": _multiplicity(minimum, maximum),
        "requirement": row["req"] or "",
        "value set": constraint(row.get("value"), row.get("valueSetCID")),
        "units": constraint(row.get("units"), row.get("unitsCID")),
    }


def _older_rows(rows: list[dict[str, str]]) -> list[Fields]:
    """The rows, conditional ones once: the model lists them twice, for the condition satisfied and not."""
    found: list[Fields] = []
    for row in rows:
        fields = _older(row)
        if fields not in found[-1:]:
            found.append(fields)
    return found


def _older(row: dict[str, str]) -> Fields:
    def constraint(value: str, scheme: str, group: str) -> str:
        return (
            _code(row[value], row.get(scheme, "")) if row.get(value) else f"CID {row[group]}" if row.get(group) else ""
        )

    if "include" in row:
        return {"number": "include", "what": f"include {tid_of(row['include'])}"}
    by_reference = BY_REFERENCE if row["byReference"] == "T" else ""
    concept = constraint("cvConceptName", "csdConceptName", "conceptNameCID")
    return {
        "number": row["row"],
        "what": _what("", row["valueType"].upper(), concept),
        "nesting": str(int(row["nestingLevel"]) - 1),
        "relationship": f"{by_reference}{re.sub(' +', ' ', row.get('relationship', '')).strip()}",
        "multiplicity": _multiplicity(row.get("vmmin"), row.get("vmmax")),
        "requirement": row.get("requiredType", ""),
        "value set": constraint("cvValue", "csdValue", "valueSetCID"),
        "units": constraint("cvUnits", "csdUnits", "unitsCID"),
    }


def _multiplicity(minimum: str | None, maximum: str | None) -> str:
    if not minimum or not maximum or minimum == maximum:
        return minimum or ""
    return f"{minimum}-{maximum.removeprefix('1-')}"


def curated_only() -> tuple[str, ...]:
    """The TIDs of ours that no reference has."""
    known = {tid_of(name) for source in SOURCES for name in definitions(source)}
    return tuple(tid for tid in all_templates() if tid not in known)
