"""Which template stands for which place: the tables from the root down, what the writer says, extensions, guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from report_content import COMPREHENSIVE_SR, counted, document, item

from annexgen.sr.checks import content_remarks
from annexgen.sr.matching import match
from annexgen.sr.trees import content_trees

if TYPE_CHECKING:
    from pydicom import Dataset

    from annexgen.sr.matching import MatchedTree

REPORT = ("126000", "DCM", "Imaging Measurement Report")
MEASUREMENTS = ("126010", "DCM", "Imaging Measurements")
GROUP = ("125007", "DCM", "Measurement Group")
TRACKING = ("112039", "DCM", "Tracking Identifier")
TRACKING_UID = ("112040", "DCM", "Tracking Unique Identifier")
LANGUAGE = ("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH = ("en", "RFC5646", "English")
AREA = ("42798000", "SCT", "Area")
SITE = ("363698007", "SCT", "Finding Site")
OLD_SITE = ("G-C0E3", "SRT", "Finding Site")
LUNG = ("39607008", "SCT", "Lung")
OWN = ("X1", "99ACME", "Own concept")


def report(*groups: Dataset, template: str = "1500", others: tuple[Dataset, ...] = ()) -> Dataset:
    below = [item("CONTAINS", "CONTAINER", MEASUREMENTS, below=groups), *others]
    language = item("HAS CONCEPT MOD", "CODE", LANGUAGE, ENGLISH)
    return item("", "CONTAINER", REPORT, below=[language, *below], template=template)


def group(*below: Dataset, template: str = "") -> Dataset:
    tracking = [
        item("HAS OBS CONTEXT", "TEXT", TRACKING, "A"),
        item("HAS OBS CONTEXT", "UIDREF", TRACKING_UID, "1.2.3"),
    ]
    return item("CONTAINS", "CONTAINER", GROUP, below=[*tracking, *below], template=template)


def matched(*roots: Dataset) -> tuple[MatchedTree, ...]:
    profile = counted([document(root) for root in roots])
    return tuple(match(tree, COMPREHENSIVE_SR) for tree in content_trees(profile))


def shown(tree: MatchedTree) -> dict[str, str]:
    """The TID column by Code Meaning or Value Type, of the last such node."""
    return {node.meaning: tree.of(node).shown for node in tree.tree.nodes()}


def test_rows_of_included_templates_have_their_own_number() -> None:
    (tree,) = matched(report(group(item("CONTAINS", "NUM", AREA, "3"), template="1501")))
    assert shown(tree) == {
        REPORT[2]: "1500",
        LANGUAGE[2]: "1204",
        MEASUREMENTS[2]: "1500",
        GROUP[2]: "1501",
        TRACKING[2]: "1501",
        TRACKING_UID[2]: "1501",
        AREA[2]: "300",
    }


def test_groups_of_different_templates_stand_at_different_places() -> None:
    image = item("SELECTED FROM", "IMAGE", None, "1.2.840.10008.5.1.4.1.1.2")
    region = item("CONTAINS", "SCOORD", ("111030", "DCM", "Image Region"), below=[image])
    (tree,) = matched(report(group(region, template="1410"), group(template="1501")))
    groups = [node for node in tree.tree.nodes() if node.meaning == GROUP[2]]
    assert sorted(tree.of(node).shown for node in groups) == ["1410", "1501"]
    assert {tree.of(child).shown for node in groups for child in node.children} == {"1410", "1501"}


def test_what_extends_an_extensible_template_has_an_asterisk() -> None:
    own = item("CONTAINS", "CONTAINER", OWN, below=[item("CONTAINS", "TEXT", ("X2", "99ACME", "Below"), "a")])
    (tree,) = matched(report(others=(own,)))
    assert shown(tree)[OWN[2]] == shown(tree)["Below"] == "1500*"


def test_what_stands_outside_of_a_closed_template_is_a_finding() -> None:
    root = report()
    root.ContentSequence[0].ContentSequence = [item("HAS CONCEPT MOD", "TEXT", OWN, "a")]
    trees = matched(root)
    (node,) = [n for n in trees[0].tree.nodes() if n.meaning == OWN[2]]
    assert trees[0].of(node).kind == "outside"
    assert [r.path for r in content_remarks(trees) if r.code == "content-outside-template"] == [node.path]


def test_the_root_template_is_guessed_where_no_writer_names_it() -> None:
    (tree,) = matched(report(group(item("CONTAINS", "NUM", AREA, "3")), template=""))
    assert tree.guessed
    assert tree.template == "1500"
    assert tree.of(tree.tree.root).kind == "guessed"
    assert {tree.of(node).kind for node in tree.tree.nodes()} == {"guessed"}


def test_private_templates_keep_their_numbers() -> None:
    inner = item("CONTAINS", "TEXT", OWN, "a")
    root = item("", "CONTAINER", ("X9", "99ACME", "Own"), below=[inner], template="99_3000", resource="99ACME")
    (tree,) = matched(root)
    assert tree.template == "99ACME:99_3000"
    assert [tree.of(node).kind for node in tree.tree.nodes()] == ["stated", "inherited"]
    assert {tree.of(node).template for node in tree.tree.nodes()} == {"99ACME:99_3000"}


def test_a_template_that_explains_nothing_is_not_believed() -> None:
    trees = matched(report(group(item("CONTAINS", "NUM", AREA, "3", template="10003"))))
    (node,) = [n for n in trees[0].tree.nodes() if n.meaning == AREA[2]]
    assert trees[0].of(node).shown.startswith(("300", "1419"))
    assert [r.path for r in content_remarks(trees) if r.code == "content-template-wrong"] == [node.path]


def test_a_template_that_the_standard_does_not_have_is_a_finding() -> None:
    own = item(
        "CONTAINS", "CONTAINER", OWN, below=[item("CONTAINS", "TEXT", ("X2", "99ACME", "Below"), "a")], template="014"
    )
    trees = matched(report(others=(own,)))
    assert shown(trees[0])[OWN[2]] == shown(trees[0])["Below"] == "014"
    (remark,) = [r for r in content_remarks(trees) if r.code == "content-template-unknown"]
    assert "TID 014 of DCMR" in remark.message


def test_coordinates_without_a_name_are_found_by_relationship_and_value_type() -> None:
    image = item("SELECTED FROM", "IMAGE", None, "1.2.840.10008.5.1.4.1.1.2")
    outline = item("INFERRED FROM", "SCOORD", None, below=[image])
    trees = matched(report(group(item("CONTAINS", "NUM", AREA, "3", [outline]), template="1501")))
    assert [trees[0].of(n).shown for n in trees[0].tree.nodes() if n.value_type in ("SCOORD", "IMAGE")] == [
        "320",
        "320",
    ]
    assert [r.count for r in content_remarks(trees) if r.code == "content-without-concept-name"] == [1]


def test_both_forms_of_a_concept_are_one_place() -> None:
    new = report(group(item("HAS CONCEPT MOD", "CODE", SITE, LUNG), template="1501"))
    old = report(group(item("HAS CONCEPT MOD", "CODE", OLD_SITE, LUNG), template="1501"))
    trees = matched(new, new, old)
    (node,) = [n for n in trees[0].tree.nodes() if n.meaning == SITE[2]]
    assert (node.items, node.parents, node.carriers) == (3, 3, 3)
    assert node.concepts == ("\x1f".join(SITE), "\x1f".join(OLD_SITE))
    assert [r.count for r in content_remarks(trees) if r.code == "content-retired-code"] == [1]


def test_a_wrong_relationship_is_a_finding_and_the_row_is_found() -> None:
    trees = matched(report(group(item("CONTAINS", "CODE", SITE, LUNG), template="1501")))
    (node,) = [n for n in trees[0].tree.nodes() if n.meaning == SITE[2]]
    assert trees[0].of(node).shown == "1501"
    (remark,) = [r for r in content_remarks(trees) if r.code == "content-relationship"]
    assert (remark.path, remark.count) == (node.path, 1)
    assert "HAS CONCEPT MOD" in remark.message


def test_a_title_that_the_template_does_not_know_is_a_finding() -> None:
    root = report(group(template="1501"), template="10001")
    trees = matched(root)
    assert trees[0].template == "10001"
    assert [r.code for r in content_remarks(trees) if r.path == trees[0].tree.root.path and "title" in r.code] == [
        "content-title"
    ]


def test_units_and_codes_that_the_row_does_not_allow_are_findings() -> None:
    number = item("CONTAINS", "NUM", ("113722", "DCM", "Dose Area Product Total"), "1", unit=("Gym2", "UCUM", "Gym2"))
    observer = item("HAS OBS CONTEXT", "CODE", ("121005", "DCM", "Observer Type"), ("1", "99ACME", "Own observer"))
    dose = item("CONTAINS", "CONTAINER", ("113702", "DCM", "Accumulated X-Ray Dose Data"), below=[number])
    title = ("113701", "DCM", "X-Ray Radiation Dose Report")
    remarks = content_remarks(matched(item("", "CONTAINER", title, below=[observer, dose], template="10001")))
    assert [r.count for r in remarks if r.code == "content-unit-not-allowed"] == [1]
    (code,) = [r for r in remarks if r.code == "content-code-not-allowed"]
    assert "Own observer" in code.message
    assert code.path.endswith("DCM:121005")


def test_a_code_meaning_that_is_not_the_standards_is_a_finding() -> None:
    wrong = ("42798000", "SCT", "Length")
    fine = ("39607008", "SCT", "Lungs")
    remarks = content_remarks(
        matched(report(group(item("CONTAINS", "NUM", wrong, "3"), item("HAS CONCEPT MOD", "CODE", SITE, fine))))
    )
    assert ["Length" in r.message for r in remarks if r.code == "content-meaning"] == [True]


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ("Individual Impression/Recommendation Analysis", []),
        ("RT Dose", []),
        ("Radiotherapy Dose", []),
        ("Dose", ['PS3.16 gives this code the meaning "RT Dose" or "Radiotherapy Dose"']),
    ],
)
def test_any_of_the_meanings_that_the_standard_has_of_a_code_is_right(meaning: str, said: list[str]) -> None:
    """Its context groups and its definitions word some differently."""
    value = "111233" if "Impression" in meaning else "RTDOSE"
    code = item("HAS CONCEPT MOD", "CODE", SITE, (value, "DCM", meaning))
    remarks = content_remarks(matched(report(group(item("CONTAINS", "NUM", ("103355008", "SCT", "Width"), "3"), code))))
    found = [r.message.partition(": ")[2] for r in remarks if r.code == "content-meaning" and value in r.message]
    assert found == said


def test_mandatory_rows_that_are_absent_are_counted() -> None:
    bare = item("CONTAINS", "CONTAINER", ("113706", "DCM", "Irradiation Event X-Ray Data"))
    root = item("", "CONTAINER", ("113701", "DCM", "X-Ray Radiation Dose Report"), below=[bare, bare], template="10001")
    remarks = [r for r in content_remarks(matched(root)) if r.code == "content-mandatory-absent"]
    (event,) = [r for r in remarks if "Irradiation Event UID" in r.message]
    assert event.count == 2


def test_places_come_in_an_order_that_no_document_contradicts() -> None:
    one, two, three = ((f"X{n}", "99ACME", name) for n, name in enumerate("abc"))

    def root(*concepts: tuple[str, str, str]) -> Dataset:
        return item("", "CONTAINER", REPORT, below=[item("CONTAINS", "TEXT", c, "t") for c in concepts])

    profile = counted([document(root(three)), document(root(two, three)), document(root(one, two))])
    (tree,) = content_trees(profile)
    assert [child.meaning for child in tree.root.children] == ["a", "b", "c"]


def test_deep_and_wide_trees_are_counted() -> None:
    node = item("CONTAINS", "TEXT", OWN, "t")
    for _ in range(20):
        node = item("CONTAINS", "CONTAINER", OWN, below=[node])
    wide = [item("CONTAINS", "NUM", (f"N{n}", "99ACME", f"n{n}"), "1") for n in range(3000)]
    (tree,) = matched(report(others=(node, *wide)))
    assert sum(n.items for n in tree.tree.nodes()) == 3 + 21 + 3000
    assert max(n.level for n in tree.tree.nodes()) == 21
