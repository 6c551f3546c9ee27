"""Unfolds templates: the rows that may stand below a row, with the rows of included templates in their stead (PS3.16 section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.standard import context_groups, templates

if TYPE_CHECKING:
    from annexgen.sr.trees import CodeKey, ContentNode
    from annexgen.standard.templates import CodeConstraint, Template, TemplateRow

EXACT, IN_GROUP, OPEN_GROUP, ANY = 8, 6, 2, 1
"""How well a row names a concept: itself, in its context group, possibly in it, or not at all."""
ABSENT_MANDATORY, ABSENT_CONDITIONAL = 4, 1
"""What the absence of a mandatory row, or of one that is mandatory under a condition, counts against a template."""
OTHER_RELATIONSHIP, OTHER_VALUE_TYPE = 5, 4
"""How well a row fits that names the very concept, but asks for another relationship or another Value Type."""


NAME_OPTIONAL = frozenset({"IMAGE", "COMPOSITE", "WAVEFORM", "SCOORD", "SCOORD3D", "TCOORD"})
"""Value Types of Content Items that need no Concept Name (PS3.3 section C.17.3.2): references and coordinates."""

Arguments = tuple[tuple[str, "CodeConstraint"], ...]
"""What the parameters of a template stand for, where it is included."""
_Place = tuple[str, int, Arguments]
"""A row of a template: TID, index, and what its template was given."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One row of a template, at one place of the unfolded templates; `number` names the place.

    `relationship` is the row's, or else that of the row that includes its template. `mandatory` says that the row and
    all rows that include it are mandatory; `below` are nested rows of including templates, which stand below it as well.
    `via` is the number of the candidate below which it stands, 0 at the root.
    """

    number: int
    via: int
    template: Template
    index: int
    relationship: str
    mandatory: bool
    below: tuple[_Place, ...]
    row: TemplateRow
    arguments: Arguments
    concepts: frozenset[CodeKey]
    value_types: frozenset[str]

    @property
    def tid(self) -> str:
        """The number of its template."""
        return self.template.tid

    @property
    def leaves_concept_open(self) -> bool:
        """Whether it allows more than one concept name."""
        concept = self.row.concept
        return not concept or bool(concept.groups or concept.parameters) or len(concept.codes) > 1

    @property
    def wanted(self) -> int:
        """What its absence counts against the row above: most when it is mandatory, little when a condition decides."""
        return ABSENT_MANDATORY if self.mandatory else ABSENT_CONDITIONAL if self.row.requirement == "MC" else 0

    def fits(self, node: ContentNode) -> int:
        """How well it fits a node that it may stand for; 0 when it may not."""
        named = self.names(node.key)
        allows_type, allows_relationship = self.allows_value_type(node), self.allows_relationship(node)
        if not named:
            unnamed = node.level > 0 and node.key is None and node.value_type in NAME_OPTIONAL
            return ANY if unnamed and allows_type and allows_relationship else 0
        if allows_type and allows_relationship:
            return named
        if named not in (EXACT, IN_GROUP) or not (allows_type or allows_relationship):
            return 0
        if node.key is None:
            return ANY if allows_type else 0
        return OTHER_RELATIONSHIP if allows_type else OTHER_VALUE_TYPE

    def allows_value_type(self, node: ContentNode) -> bool:
        """Whether a node has one of the Value Types of the row."""
        return not self.value_types or node.value_type in self.value_types

    def allows_relationship(self, node: ContentNode) -> bool:
        """Whether a node has the relationship of the row; one without any is taken for what is plainly meant."""
        if not node.level or not node.relationship:
            return True
        if self.relationship and self.relationship != node.relationship.removeprefix("R-"):
            return False
        return self.row.by_reference == node.by_reference

    def names(self, key: CodeKey | None) -> int:
        """How well it names a concept; 0 when it names another one."""
        if not self.row.concept or self.row.concept.parameters:
            return EXACT if key is None or context_groups.canonical(key) in self.concepts else ANY
        if key is None:
            return 0
        if context_groups.canonical(key) in self.concepts:
            return EXACT
        found = 0
        for use in self.row.concept.groups:
            known = context_groups.context_group(use.cid)
            if known is None or not known.codes:
                found = max(found, OPEN_GROUP)
            elif not context_groups.missing_from(use.cid, [key]):
                return IN_GROUP
            elif known.extensible is not False or use.binding != "defined":
                found = max(found, OPEN_GROUP)
        return found

    def matches(self, node: ContentNode) -> bool:
        """Whether it may stand for a node."""
        return self.fits(node) > 0

    def exact(self, node: ContentNode) -> bool:
        """Whether it names the very concept of a node, or a group that holds it."""
        return self.fits(node) in (EXACT, IN_GROUP)

    def weight(self, node: ContentNode) -> int:
        """How exactly it names a node: by its concept first, then by the codes that it allows."""
        return 4 * self.fits(node) + self._allows_codes(node)

    def _allows_codes(self, node: ContentNode) -> int:
        """1 when the row allows all codes seen, -1 when it lists other codes, 0 when it says nothing of them."""
        allowed = self.row.value_set
        if node.value_type != "CODE" or not allowed or allowed.parameters:
            return 0
        keys = [value[1:].split("\x1f")[:2] for value in node.statistics.values if value.count("\x1f") == 2]
        listed = {context_groups.canonical(code.key) for code in allowed.codes}
        for value, scheme in keys:
            if context_groups.canonical((value, scheme)) in listed:
                continue
            if any(not context_groups.missing_from(use.cid, [(value, scheme)]) for use in allowed.groups):
                continue
            return 0 if allowed.groups else -1
        return 1 if keys else 0


@dataclass(slots=True)
class _Rows:
    """Candidates at one place, found by concept."""

    named: dict[CodeKey, list[Candidate]] = field(default_factory=dict)
    unnamed: list[Candidate] = field(default_factory=list)


class Expansion:
    """Unfolds templates as far as they are asked for."""

    def __init__(self) -> None:
        self._count = 0
        self._below: dict[int, tuple[Candidate, ...]] = {}
        self._index: dict[int, _Rows] = {}

    def roots(self, tid: str) -> tuple[Candidate, ...]:
        """The rows of a template that stand at its top; none for a template that is not in the tables."""
        template = templates.template(tid)
        if template is None:
            return ()
        return tuple(self._unfold(_top(template, ()), 0, "", True, (), frozenset()))

    def below(self, candidate: Candidate) -> tuple[Candidate, ...]:
        """The rows that may stand below a row."""
        known = self._below.get(candidate.number)
        if known is None:
            places = (*_nested(candidate.template, candidate.index, candidate.arguments), *candidate.below)
            known = tuple(self._unfold(places, candidate.number, "", True, (), frozenset()))
            self._below[candidate.number] = known
        return known

    def matching(self, candidates: tuple[Candidate, ...], node: ContentNode) -> list[Candidate]:
        """Those of the candidates below one row that may stand for a node."""
        if not candidates:
            return []
        rows = self._index.get(candidates[0].number)
        if rows is None:
            rows = self._index[candidates[0].number] = _Rows()
            for one in candidates:
                for key in one.concepts:
                    rows.named.setdefault(key, []).append(one)
                if not one.concepts or one.row.concept.groups or one.row.concept.parameters:
                    rows.unnamed.append(one)
        if node.key is None:
            found = list(candidates)
        else:
            found = rows.unnamed + rows.named.get(context_groups.canonical(node.key), [])
        return [one for one in dict.fromkeys(found) if one.fits(node)]

    def _unfold(
        self,
        places: tuple[_Place, ...],
        via: int,
        relationship: str,
        mandatory: bool,
        extra: tuple[_Place, ...],
        around: frozenset[str],
    ) -> list[Candidate]:
        found: list[Candidate] = []
        for tid, index, arguments in places:
            template = templates.template(tid)
            if template is None:
                continue
            row = template.rows[index].bound(dict(arguments))
            own = row.relationship or relationship
            required = mandatory and row.requirement == "M"
            if not row.include:
                found.append(self._candidate(template, index, row, via, own, required, extra, arguments))
                continue
            included = templates.template(row.include)
            if included is None or included.tid in around:
                continue
            deeper = (*_nested(template, index, arguments), *extra)
            top = _top(included, row.arguments)
            found += self._unfold(top, via, own, required, deeper, around | {included.tid})
        return found

    def _candidate(
        self,
        template: Template,
        index: int,
        row: TemplateRow,
        via: int,
        relationship: str,
        mandatory: bool,
        below: tuple[_Place, ...],
        arguments: Arguments,
    ) -> Candidate:
        self._count += 1
        return Candidate(
            self._count,
            via,
            template,
            index,
            relationship,
            mandatory,
            below,
            row,
            arguments,
            frozenset(context_groups.canonical(code.key) for code in row.concept.codes),
            frozenset(row.value_types),
        )


def _top(template: Template, arguments: Arguments) -> tuple[_Place, ...]:
    """The rows of a template's own first level."""
    return tuple((template.tid, i, arguments) for i, row in enumerate(template.rows) if row.nesting == 0)


def _nested(template: Template, index: int, arguments: Arguments) -> tuple[_Place, ...]:
    """The rows of a template that stand directly below one of its rows."""
    depth = template.rows[index].nesting
    found: list[_Place] = []
    for position in range(index + 1, len(template.rows)):
        nesting = template.rows[position].nesting
        if nesting <= depth:
            break
        if nesting == depth + 1:
            found.append((template.tid, position, arguments))
    return tuple(found)
