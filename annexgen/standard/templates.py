"""SR templates: what a TID requires, row by row (PS3.16 section 6 and Annex A)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.standard import attribute_tables, tables
from annexgen.standard.context_groups import Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BY_REFERENCE = "R-"
"""Prefix of relationships that refer to another Content Item of the same document (PS3.3 section C.17.3.2.5)."""


@dataclass(frozen=True, slots=True)
class ContextGroupUse:
    """A context group that a row names: its CID, and whether it is "defined" (DCID), "baseline" (BCID) or neither ("")."""

    cid: str
    binding: str


@dataclass(frozen=True, slots=True)
class CodeConstraint:
    """Which codes a row allows: any of `codes`, any of the groups, or what the including template gives for `parameters`.

    All are empty where the row leaves the choice open; the constraint is then false.
    """

    codes: tuple[Code, ...] = ()
    groups: tuple[ContextGroupUse, ...] = ()
    parameters: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codes or self.groups or self.parameters)

    def bound(self, arguments: Mapping[str, CodeConstraint]) -> CodeConstraint:
        """The constraint with those parameters replaced that have an argument; the others stay."""
        codes, groups = list(self.codes), list(self.groups)
        open_parameters: list[str] = []
        for name in self.parameters:
            if name in arguments:
                codes.extend(arguments[name].codes)
                groups.extend(arguments[name].groups)
                open_parameters.extend(arguments[name].parameters)
            else:
                open_parameters.append(name)
        return CodeConstraint(tuple(codes), tuple(groups), tuple(open_parameters))


OPEN = CodeConstraint()


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One row of a template: a Content Item, or the inclusion of another template.

    Attributes:
        number: the row's number as printed, such as "6" or "6b".
        nesting: level under the template's own first level, which is 0. Rows under an inclusion belong to the Content Items
            of the included template's first level.
        relationship: with the parent, such as "HAS CONCEPT MOD", without the prefix R-; "" for the root of a document, and in
            rows whose relationship is that of the row that includes the template.
        by_reference: the relationship is by reference (R-).
        value_types: value types allowed, such as "NUM"; empty for inclusions.
        concept: Concept Names allowed.
        multiplicity: "1", "1-n", "2-2" and so on: how many such Content Items, once there is one.
        requirement: "M", "MC", "U" or "UC".
        include: TID of the included template, or "".
        arguments: what an inclusion gives for the parameters of the included template.
        value_set: values allowed of a CODE, or document titles of a COMPOSITE.
        units: Measurement Units allowed of a NUM.
        graphic_types: Graphic Types allowed of a SCOORD, SCOORD3D or TCOORD; empty where any is.
    """

    number: str
    nesting: int
    relationship: str
    by_reference: bool
    value_types: tuple[str, ...]
    concept: CodeConstraint
    multiplicity: str
    requirement: str
    include: str
    arguments: tuple[tuple[str, CodeConstraint], ...]
    value_set: CodeConstraint
    units: CodeConstraint
    graphic_types: tuple[str, ...]

    def bound(self, arguments: Mapping[str, CodeConstraint]) -> TemplateRow:
        """The row as it reads where its template is included with these arguments."""
        return replace(
            self,
            concept=self.concept.bound(arguments),
            value_set=self.value_set.bound(arguments),
            units=self.units.bound(arguments),
            arguments=tuple((name, given.bound(arguments)) for name, given in self.arguments),
        )


@dataclass(frozen=True, slots=True)
class TemplateNode:
    """A row with the rows nested under it."""

    row: TemplateRow
    children: tuple[TemplateNode, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the DICOM Content Mapping Resource.

    Attributes:
        tid: such as "1500" or "10003A".
        root: whether a document's root may be this template.
        extensible: whether other Content Items may be added; None where it is not known.
        order_significant: whether the order of rows is; None where it is not known.
        edition: the edition of PS3.16 that the rows were checked with.
        basis: where the rows come from: "compared" with reference facts, "merged" from variants there, or "curated" by hand.
    """

    tid: str
    title: str
    root: bool
    extensible: bool | None
    order_significant: bool | None
    edition: str
    basis: str
    rows: tuple[TemplateRow, ...]

    @property
    def section(self) -> str:
        """Where PS3.16 prints the template."""
        return f"PS3.16 Annex A, TID {self.tid}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that its rows use, in the order of first use."""
        found: dict[str, None] = {}
        for row in self.rows:
            given = (constraint for _, constraint in row.arguments)
            for constraint in (row.concept, row.value_set, row.units, *given):
                found.update(dict.fromkeys(constraint.parameters))
        return tuple(found)

    @property
    def tree(self) -> tuple[TemplateNode, ...]:
        """The rows nested by their level."""
        return _nested(self.rows)


def _nested(rows: Sequence[TemplateRow]) -> tuple[TemplateNode, ...]:
    starts = [at for at, row in enumerate(rows) if row.nesting == rows[0].nesting]
    return tuple(
        TemplateNode(rows[start], _nested(rows[start + 1 : end]) if end > start + 1 else ())
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    )


def all_templates() -> tuple[str, ...]:
    """The TIDs of all templates in the tables, in numerical order."""
    return tuple(_heads())


@tables.per_table_set
def template(tid: str) -> Template | None:
    """The template of a TID such as "1500"; None when the tables hold none."""
    head = _heads().get(tid)
    if head is None:
        return None
    _, title, root, extensible, order_significant, edition, basis = head
    rows = tuple(_row(columns) for columns in attribute_tables.rows_of("template_rows", tid))
    return Template(tid, title, root == "1", _flag(extensible), _flag(order_significant), edition, basis, rows)


@tables.per_table_set
def root_templates(sop_class_uid: str) -> tuple[str, ...]:
    """The TIDs that documents of a SOP Class may have as root template, in numerical order; none where none is known."""
    return tuple(tid for uid, tid in tables.rows("template_roots") if uid == sop_class_uid)


@tables.per_table_set
def templates_including(tid: str) -> tuple[str, ...]:
    """The TIDs of the templates that include a template directly, in numerical order."""
    found = dict.fromkeys(
        row[0] for row in tables.rows("template_rows") if len(row) > _INCLUDE and row[_INCLUDE] == tid
    )
    return tuple(found)


@tables.per_table_set
def templates_naming(cid: str) -> tuple[str, ...]:
    """The TIDs of the templates of which a row names a context group, in numerical order."""

    def named(row: TemplateRow) -> bool:
        given = (row.concept, row.value_set, row.units, *(constraint for _, constraint in row.arguments))
        return any(use.cid == cid for constraint in given for use in constraint.groups)

    return tuple(tid for tid in all_templates() if (found := template(tid)) and any(map(named, found.rows)))


@tables.per_table_set
def _heads() -> dict[str, tuple[str, ...]]:
    return {row[0]: row for row in tables.rows("templates")}


def _flag(text: str) -> bool | None:
    return {"1": True, "0": False}.get(text)


_COLUMNS = 13
_INCLUDE = 8


def _row(columns: tuple[str, ...]) -> TemplateRow:
    filled = (*columns, *[""] * (_COLUMNS - len(columns)))
    _, number, nesting, relationship, types, concept, multiplicity, requirement, include = filled[:9]
    arguments, value_set, units, graphic_types = filled[9:]
    return TemplateRow(
        number,
        int(nesting),
        relationship.removeprefix(BY_REFERENCE),
        relationship.startswith(BY_REFERENCE),
        tuple(types.split()),
        constraint(concept),
        multiplicity,
        requirement,
        include,
        _arguments(arguments),
        constraint(value_set),
        constraint(units),
        tuple(graphic_types.split()),
    )


_CODE = re.compile(r'\(([^,]+),([^,]+),"([^"]*)"\)')
_GROUP = re.compile(r"([BD]?)CID (\d+)")
_BINDINGS = {"D": "defined", "B": "baseline", "": ""}


@tables.per_table_set
def constraint(text: str) -> CodeConstraint:
    """The constraint that the tables write as alternatives `(value,scheme,"meaning")`, `DCID n`, `BCID n`, `$Parameter`, joined by |.

    Raises:
        ValueError: an alternative is none of these.
    """
    codes: list[Code] = []
    groups: list[ContextGroupUse] = []
    parameters: list[str] = []
    for part in text.split("|") if text else ():
        if code := _CODE.fullmatch(part):
            codes.append(Code(*code.groups()))
        elif group := _GROUP.fullmatch(part):
            groups.append(ContextGroupUse(group[2], _BINDINGS[group[1]]))
        elif part.startswith("$"):
            parameters.append(part)
        else:
            raise ValueError(f"the tables of templates hold {part!r}, which is no code, context group or parameter")
    return CodeConstraint(tuple(codes), tuple(groups), tuple(parameters))


def _arguments(text: str) -> tuple[tuple[str, CodeConstraint], ...]:
    pairs = (part.split("=", 1) for part in text.split("; ")) if text else ()
    return tuple((name, constraint(given)) for name, given in pairs)
