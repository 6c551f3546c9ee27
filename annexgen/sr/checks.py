"""What a report has against its templates and the coding schemes: findings with count and place (PS3.16 sections 6 to 8)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.remark import Remark
from annexgen.analyzers.values import code_text
from annexgen.profile.content import is_code
from annexgen.profile.model import OPEN
from annexgen.standard import context_groups, templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.sr.expansion import Candidate
    from annexgen.sr.matching import MatchedTree
    from annexgen.sr.trees import ContentNode
    from annexgen.standard.templates import CodeConstraint

_RETIRED_SCHEMES = ("SRT", "SNM3", "99SDM")
_STEM = 3
"""Words that begin with the same letters are taken for forms of one word: Angle and Angular."""
_WORD = re.compile(r"[a-z0-9]+")


def content_remarks(reports: tuple[MatchedTree, ...]) -> list[Remark]:
    """All findings about the Content Items of one SOP Class, sorted by path and code."""
    found: list[Remark] = []
    codes: dict[str, tuple[int, ContentNode]] = {}
    for report in reports:
        for node in report.tree.nodes():
            found.extend(_against_template(report, node))
            for token, number in _codes_at(node).items():
                count, first = codes.get(token, (0, node))
                codes[token] = (count + number, min(first, node, key=lambda n: n.path))
        found.extend(
            _remark("content-mandatory-absent", "error", node, _missing_text(node, candidate, count), count)
            for node, candidate, count in report.missing
        )
    for token, (count, node) in codes.items():
        found.extend(_against_scheme(token, count, node))
    return _joined(found)


def _joined(remarks: list[Remark]) -> list[Remark]:
    """Remarks that say the same of several places as one, at the first of them, sorted by path."""
    joined: dict[tuple[str, str], Remark] = {}
    for remark in sorted(remarks, key=lambda r: (r.path, r.code, r.message)):
        known = joined.get((remark.code, remark.message))
        joined[remark.code, remark.message] = (
            remark if known is None else replace(known, count=known.count + remark.count)
        )
    return list(joined.values())


def _remark(code: str, severity: str, node: ContentNode, message: str, count: int) -> Remark:
    return Remark(code, severity, message, node.path, count, node.statistics.example)


def _name(node: ContentNode) -> str:
    return code_text(node.concept) if node.concept else node.value_type


def _missing_text(node: ContentNode, candidate: Candidate, count: int) -> str:
    row = candidate.row
    named = " or ".join(code_text("\x1f".join((c.value, c.scheme, c.meaning))) for c in row.concept.codes[:2])
    what = " ".join(filter(None, (" or ".join(row.value_types), named)))
    return f"{what}, mandatory in TID {candidate.tid} row {row.number}, is absent under {count} of {node.items} {_name(node)}"


def _against_template(report: MatchedTree, node: ContentNode) -> Iterator[Remark]:
    """Relationship, Value Type, codes and units against the row that stands for a place."""
    own = report.of(node)
    if node.level and not node.relationship:
        yield _remark(
            "content-without-relationship",
            "error",
            node,
            f"{_name(node)} has no Relationship Type (0040,A010)",
            node.items,
        )
    if own.kind == "outside":
        message = f"{_name(node)} is in no row of TID {own.template}, which is not extensible"
        yield _remark("content-outside-template", "warning", node, message, node.items)
    if node.stated and node.stated != own.template:
        message = f"the reports name TID {node.stated} for {_name(node)}, of which no row is such a Content Item"
        yield _remark("content-template-wrong", "warning", node, message, node.items)
    if node.stated == own.template and ":" not in node.stated and node.stated and not templates.template(node.stated):
        message = (
            f"the reports name TID {node.stated} of DCMR for {_name(node)}, which PS3.16 does not have; "
            "a private template needs a mapping resource of its own"
        )
        yield _remark("content-template-unknown", "warning", node, message, node.items)
    candidate = own.candidate
    if candidate is None:
        return
    place = f"TID {candidate.tid} row {candidate.row.number}"
    if not candidate.allows_relationship(node):
        asked = ("R-" if candidate.row.by_reference else "") + candidate.relationship
        message = f"{_name(node)} has the relationship {node.relationship}, but {place} asks for {asked}"
        yield _remark("content-relationship", "warning", node, message, node.items)
    if node.level and node.key is None and not candidate.names(None):
        message = f"a Content Item of Value Type {node.value_type} has no Concept Name, but {place} asks for one"
        yield _remark("content-without-concept-name", "note", node, message, node.items)
    if not candidate.allows_value_type(node):
        asked = " or ".join(candidate.row.value_types)
        message = f"{_name(node)} is of Value Type {node.value_type}, but {place} asks for {asked}"
        yield _remark("content-value-type", "warning", node, message, node.items)
    if not node.level and not candidate.names(node.key):
        message = f"{_name(node)} is no title that {place} allows"
        yield _remark("content-title", "warning", node, message, node.items)
    if node.value_type == "CODE":
        tokens = {v[1:]: c.instances for v, c in node.statistics.values.items() if is_code(v)}
        yield from _outside(node, tokens, candidate.row.value_set, place, "code")
    if node.value_type == "NUM":
        units = {t: n for t, n in node.statistics.facets.get("unit", Counter()).items() if t != OPEN}
        yield from _outside(node, units, candidate.row.units, place, "unit")


def _outside(
    node: ContentNode, tokens: dict[str, int], allowed: CodeConstraint, place: str, kind: str
) -> Iterator[Remark]:
    """Codes that a row does not allow: it lists others, or names context groups that are not extensible."""
    if not allowed or allowed.parameters:
        return
    groups = [context_groups.context_group(use.cid) for use in allowed.groups]
    if any(g is None or not g.codes or g.extensible is not False for g in groups):
        return
    if any(use.binding != "defined" for use in allowed.groups):
        return
    listed = {context_groups.canonical(code.key) for code in allowed.codes}
    for token in sorted(tokens):
        value, scheme, _ = token.split("\x1f")
        if context_groups.canonical((value, scheme)) in listed:
            continue
        if any(not context_groups.missing_from(use.cid, [(value, scheme)]) for use in allowed.groups):
            continue
        what = " or ".join(f"CID {use.cid}" for use in allowed.groups) or "the codes"
        message = f"{code_text(token)} of {_name(node)} is not among {what} of {place}"
        yield _remark(f"content-{kind}-not-allowed", "warning", node, message, tokens[token])


def _codes_at(node: ContentNode) -> Counter[str]:
    """All codes at a place with the number of documents: concept name, values, units."""
    found: Counter[str] = Counter()
    for name in ("concept", "unit", "qualifier"):
        found.update({t: n for t, n in node.statistics.facets.get(name, Counter()).items() if t != OPEN})
    for value, count in node.statistics.values.items():
        if is_code(value):
            found[value[1:]] += count.instances
    return found


def _against_scheme(token: str, count: int, node: ContentNode) -> Iterator[Remark]:
    """Retired schemes, and a Code Meaning that is not what PS3.16 says."""
    value, scheme, meaning = token.split("\x1f")
    if scheme in _RETIRED_SCHEMES:
        form = context_groups.canonical((value, scheme))
        other = f": SCT {form[0]} replaces it" if form[1] == "SCT" else ""
        message = f"{code_text(token)} is a code of SNOMED RT, which PS3.16 has retired{other}"
        yield _remark("content-retired-code", "note", node, message, count)
    known = context_groups.meanings_of(value, scheme)
    if known and meaning and not any(_agree(meaning, theirs, scheme) for theirs in known):
        meant = " or ".join(f'"{theirs}"' for theirs in known)
        message = f"{code_text(token)}: PS3.16 gives this code the meaning {meant}"
        yield _remark("content-meaning", "note", node, message, count)


def _agree(meaning: str, known: str, scheme: str) -> bool:
    """Whether a Code Meaning says what PS3.16 says; DICOM's own codes have their words, units of UCUM any."""
    if scheme == "DCM":
        return _WORD.findall(meaning.lower()) == _WORD.findall(known.lower())
    return scheme == "UCUM" or _synonyms(meaning, known)


def _synonyms(one: str, other: str) -> bool:
    """Whether two names may be names of one concept: they share the beginning of a word, or one abbreviates the other.

    Coding schemes other than DICOM's own have several names for a concept, and any may be the Code Meaning.
    """
    words, others = _WORD.findall(one.lower()), _WORD.findall(other.lower())
    if {word[:_STEM] for word in words} & {word[:_STEM] for word in others}:
        return True
    return any(len(a) == 1 and a[0] == "".join(word[0] for word in b) for a, b in ((words, others), (others, words)))
