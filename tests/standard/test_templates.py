"""The templates of PS3.16 Annex A: lookups, and what must hold of every row."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annexgen.standard import context_groups, iods, tables
from annexgen.standard.builder import template_coverage
from annexgen.standard.templates import (
    OPEN,
    CodeConstraint,
    ContextGroupUse,
    Template,
    TemplateNode,
    TemplateRow,
    all_templates,
    constraint,
    root_templates,
    template,
    templates_including,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

RELATIONSHIPS = {
    "CONTAINS",
    "HAS PROPERTIES",
    "HAS OBS CONTEXT",
    "HAS ACQ CONTEXT",
    "INFERRED FROM",
    "SELECTED FROM",
    "HAS CONCEPT MOD",
}
"""PS3.3 Table C.17.3-8."""

VALUE_TYPES = {
    *("TEXT", "NUM", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME"),
    *("COMPOSITE", "IMAGE", "WAVEFORM", "SCOORD", "SCOORD3D", "TCOORD", "CONTAINER", "TABLE"),
}
"""PS3.3 Table C.17.3-7."""

GRAPHIC_TYPES = {"POINT", "MULTIPOINT", "POLYLINE", "CIRCLE", "ELLIPSE", "POLYGON", "ELLIPSOID"}
"""PS3.3 sections C.18.6.1.2 and C.18.9.1.2."""


def known(tid: str) -> Template:
    found = template(tid)
    assert found is not None, tid
    return found


def every_row() -> list[tuple[str, TemplateRow]]:
    return [(tid, row) for tid in all_templates() for row in known(tid).rows]


def constraints(row: TemplateRow) -> list[CodeConstraint]:
    return [row.concept, row.value_set, row.units, *(given for _, given in row.arguments)]


def test_a_template_row_by_row() -> None:
    group = known("1501")
    assert (group.title, group.root, group.extensible, group.section) == (
        "Measurement and Qualitative Evaluation Group",
        False,
        True,
        "PS3.16 Annex A, TID 1501",
    )
    first = group.rows[0]
    assert (first.nesting, first.value_types, first.concept.codes[0].key) == (0, ("CONTAINER",), ("125007", "DCM"))
    tracking = group.rows[2]
    assert (tracking.relationship, tracking.concept.codes[0].meaning) == ("HAS OBS CONTEXT", "Tracking Identifier")
    laterality = next(row for row in group.rows if row.concept.codes and row.concept.codes[0].meaning == "Laterality")
    assert laterality.nesting == 2
    assert laterality.value_set.groups == (ContextGroupUse("244", "defined"),)
    assert [row.requirement for row in group.rows if row.include == "300"] == ["U"]


def test_rows_as_a_tree() -> None:
    (container,) = known("1501").tree
    site = next(node for node in container.children if node.row.number == "6")
    assert [node.row.number for node in site.children] == ["7", "8"]
    assert sum(1 for _ in known("1501").rows) == 1 + len(container.children) + sum(
        len(node.children) for node in container.children
    )


def test_an_unknown_template() -> None:
    assert template("99_3000") is None
    assert templates_including("99_3000") == ()


def test_root_templates() -> None:
    assert root_templates("1.2.840.10008.5.1.4.1.1.88.67") == ("10001", "10011")
    assert "1500" in root_templates("1.2.840.10008.5.1.4.1.1.88.33")
    assert root_templates("1.2.840.10008.5.1.4.1.1.2") == ()


def test_templates_that_include_another() -> None:
    assert "1500" in templates_including("1501")
    assert templates_including("1500") == ()


def test_parameters_are_bound_by_inclusion() -> None:
    measurement = known("300")
    assert measurement.parameters[:3] == ("$Measurement", "$Units", "$ModType")
    volume = next(row for row in known("5014").rows if row.include == "300")
    bound = measurement.rows[0].bound(dict(volume.arguments))
    assert [code.meaning for code in bound.concept.codes] == ["Volume"]
    assert [code.value for code in bound.units.codes] == ["ml"]
    assert measurement.rows[0].bound({}) == measurement.rows[0]


def test_parameters_are_handed_on() -> None:
    given = constraint('(8867-4,LN,"Heart rate")|DCID 218|$Inner')
    bound = constraint("$Outer|BCID 12").bound({"$Outer": given})
    assert [code.key for code in bound.codes] == [("8867-4", "LN")]
    assert bound.groups == (ContextGroupUse("12", "baseline"), ContextGroupUse("218", "defined"))
    assert bound.parameters == ("$Inner",)
    assert not OPEN
    assert OPEN.bound({"$Outer": given}) == OPEN


def test_a_damaged_constraint_is_named() -> None:
    with pytest.raises(ValueError, match="'DCID x'"):
        constraint("DCID x")


def test_every_inclusion_resolves_and_every_row_is_one_or_the_other() -> None:
    for tid, row in every_row():
        if row.include:
            assert row.include in all_templates(), (tid, row.number)
        assert bool(row.include) != bool(row.value_types), (tid, row.number)


def test_nesting_increases_by_at_most_one() -> None:
    for tid in all_templates():
        levels = [-1, *(row.nesting for row in known(tid).rows)]
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), tid
        assert len(levels) > 1, tid


def test_row_numbers_are_unique() -> None:
    for tid in all_templates():
        numbers = [row.number for row in known(tid).rows]
        assert len(set(numbers)) == len(numbers), tid


def test_relationships_value_types_and_requirements_are_the_standards() -> None:
    for tid, row in every_row():
        assert row.relationship in RELATIONSHIPS | {""}, (tid, row.number)
        assert set(row.value_types) <= VALUE_TYPES, (tid, row.number)
        assert set(row.graphic_types) <= GRAPHIC_TYPES, (tid, row.number)
        assert row.requirement in {"M", "MC", "U", "UC"}, (tid, row.number)
        assert re.fullmatch(r"[1-9]\d*(-([2-9]|\d\d+|n))?", row.multiplicity), (tid, row.number)


def test_constraints_fit_the_value_types() -> None:
    """Codes are values of CODE, units of NUM, Graphic Types of coordinates (PS3.16 section 6.1.9)."""
    for tid, row in every_row():
        types = set(row.value_types)
        if row.value_set.codes or row.value_set.groups:
            assert "CODE" in types, (tid, row.number)
        if row.units:
            assert types & {"NUM", "TABLE"}, (tid, row.number)
        if row.graphic_types:
            assert types & {"SCOORD", "SCOORD3D", "TCOORD"}, (tid, row.number)


def test_nested_rows_have_a_relationship() -> None:
    for tid, row in every_row():
        if row.nesting and not row.include:
            assert row.relationship, (tid, row.number)


UNKNOWN_RELATIONSHIPS = {("10002", "19")}
"""Inclusions whose relationship neither the reference facts nor the included template tell."""


def test_every_nested_inclusion_has_a_relationship_or_its_rows_have() -> None:
    missing = {
        (tid, row.number)
        for tid, row in every_row()
        if row.include and row.nesting and not row.relationship and without_relationship(row.include)
    }
    assert missing == UNKNOWN_RELATIONSHIPS


def without_relationship(tid: str, inside: tuple[str, ...] = ()) -> bool:
    """Whether a Content Item of a template's first level leaves its relationship to the including row."""
    return any(
        not row.relationship
        and (not row.include or (row.include not in inside and without_relationship(row.include, (*inside, tid))))
        for row in known(tid).rows
        if not row.nesting
    )


CONTAINS_OF_THE_REFERENCE = {("3908", "10"), ("10022", "28"), ("10022", "29"), ("10022", "30")}
"""Rows that contain although their parent is no CONTAINER: the reference facts have them so, and no other source tells."""


def test_relationships_fit_the_value_types_as_in_ps3_3_section_a_35() -> None:
    misfits = set()
    for tid in all_templates():
        for parent, child in pairs(known(tid).tree):
            (source,) = parent.row.value_types or ("",)
            relationship = child.row.relationship
            if source and relationship == "CONTAINS" and source != "CONTAINER":
                misfits.add((tid, child.row.number))
            if source and relationship == "SELECTED FROM":
                assert source in {"SCOORD", "TCOORD"}, (tid, child.row.number)
            if relationship == "HAS CONCEPT MOD" and not child.row.include:
                assert set(child.row.value_types) <= {"TEXT", "CODE"}, (tid, child.row.number)
    assert misfits == CONTAINS_OF_THE_REFERENCE


def pairs(nodes: tuple[TemplateNode, ...]) -> Iterator[tuple[TemplateNode, TemplateNode]]:
    """Every node of the trees with each of its children."""
    for node in nodes:
        for child in node.children:
            yield node, child
        yield from pairs(node.children)


def test_arguments_name_parameters_of_the_included_template() -> None:
    for tid, row in every_row():
        for name, _ in row.arguments:
            assert name in known(row.include).parameters, (tid, row.number, name)


def test_every_context_group_is_known() -> None:
    groups = {use.cid for _, row in every_row() for given in constraints(row) for use in given.groups}
    assert len(groups) > 250
    assert [cid for cid in groups if context_groups.context_group(cid) is None] == []


def test_codes_have_one_meaning_each() -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for _, row in every_row():
        for given in constraints(row):
            for code in given.codes:
                if code.scheme != "UCUM":
                    meanings.setdefault(code.key, set()).add(code.meaning)
    half_life = ("304283002", "SCT")  # PS3.16 names it otherwise in TID 1607 than in TID 10022
    assert {key: texts for key, texts in meanings.items() if len(texts) > 1 and key != half_life} == {}


def test_roots_are_templates_of_sr_sop_classes() -> None:
    for uid, tid in tables.rows("template_roots"):
        assert iods.sop_class(uid) is not None, uid
        root = known(tid)
        assert root.root, tid
        assert root.rows[0].value_types == ("CONTAINER",), tid
        assert not root.rows[0].relationship, tid


def test_every_root_template_has_a_sop_class() -> None:
    used = {tid for _, tid in tables.rows("template_roots")}
    assert {tid for tid in all_templates() if known(tid).root} == used


def test_the_page_of_templates_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "templates.md"
    assert page.read_text(encoding="utf-8") == template_coverage.page(), (
        "run python -m annexgen.standard.builder.template_coverage docs/templates.md"
    )
