"""The importer on files that NEMA published: PS3.15 whole, PS3.3, PS3.4 and PS3.6 reduced, beside the project."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from annexgen.standard import confidentiality, iods, sets, tables
from annexgen.standard.attribute_tables import attributes
from annexgen.standard.importer.folder import import_folder

FOLDER = Path(__file__).parents[4] / "shared" / "standard" / "reference" / "docbook"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the published files are not beside the project")

IODS = {
    "ct-image": ("CT Image", "A.3.3", 20),
    "enhanced-ct-image": ("Enhanced CT Image", "A.38.1.3", 27),
    "enhanced-xa-image": ("Enhanced X-Ray Angiographic Image", "A.47.3", 22),
    "rt-dose": ("RT Dose", "A.18.3", 24),
}
"""What the reduced PS3.3 holds: four tables of an IOD's Modules. Of its five chapters of Annex A the first (A.1) is no IOD."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tables.TableSet:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets, "root", lambda: tmp_path_factory.getbasetemp() / "data")
        parts = import_folder(FOLDER, "published")
        assert [(part.part, part.edition) for part in parts] == [
            ("3", "2016c"),
            ("4", "2016c"),
            ("6", "2016c"),
            ("15", "2025e"),
        ]
        return sets.load("published")


def test_both_tables_of_ps3_15(published: tables.TableSet) -> None:
    assert len(published.rows("basic_profile")) == 655
    assert len(published.rows("safe_private_attributes")) == 479
    bundled = tables.BUNDLED
    for name in ("basic_profile", "safe_private_attributes"):
        assert published.rows(name) == bundled.rows(name), name
    with tables.use(published):
        assert confidentiality.basic_profile_action(0x00100010) == "Z"


def test_every_iod_of_ps3_3(published: tables.TableSet) -> None:
    with tables.use(published):
        found = {key: iods.iod(key) for key in iods.all_iods()}
        assert {key: (iod.name, iod.section, len(iod.modules)) for key, iod in found.items()} == IODS


def test_no_iod_of_ps3_3_is_overlooked() -> None:
    """The file itself, read without the importer: chapters of Annex A, tables of Modules, and titles that speak of an IOD."""
    name = "{http://docbook.org/ns/docbook}%s".__mod__
    chapters: list[str] = []
    modules: dict[str, int] = {}
    for chapter in ElementTree.parse(FOLDER / "part03.xml").getroot().iter(name("chapter")):
        if chapter.get("label") == "A":
            chapters = [section.get("label", "") for section in chapter.findall(name("section"))]
        for section in chapter.iter(name("section")):
            for table in section.findall(name("table")):
                heading = next(table.iter(name("th")), None)
                if heading is not None and "".join(heading.itertext()).strip() == "IE":
                    modules[section.get("label", "")] = len(table.findall(f"{name('tbody')}/{name('tr')}"))
    assert chapters == ["A.1", "A.3", "A.18", "A.38", "A.47"]
    assert modules == {section: number for _, section, number in IODS.values()}


def test_the_order_is_that_of_the_bundled_tables(published: tables.TableSet) -> None:
    """Attributes that both editions have stand in one order: that of PS3.3."""
    for key in ("ct-image", "image-plane", "general-equipment", "rt-dose"):
        with tables.use(published):
            imported = [a.path for a in attributes("module_attributes", key)]
        bundled = [a.path for a in attributes("module_attributes", key)]
        both = set(imported) & set(bundled)
        assert len(both) > 4, key
        assert [path for path in imported if path in both] == [path for path in bundled if path in both], key


@pytest.mark.parametrize("table", ["iods", "modules", "functional_group_macros"])
def test_sections_are_those_of_the_bundled_tables(table: str, published: tables.TableSet) -> None:
    bundled = {row[0]: row[2] for row in tables.BUNDLED.rows(table)}
    compared = {row[0]: row[2] for row in published.rows(table) if row[0] in bundled}
    assert len(compared) >= 4
    assert compared == {key: bundled[key] for key in compared}


def test_functional_group_macros_with_their_usage(published: tables.TableSet) -> None:
    with tables.use(published):
        macros = {macro.key: macro.usage for macro in iods.functional_group_macros("enhanced-ct-image")}
    bundled = {macro.key: macro.usage for macro in iods.functional_group_macros("enhanced-ct-image")}
    both = macros.keys() & bundled.keys()
    assert len(both) > 15
    # Real World Value Mapping became conditional after 2016c.
    assert {key for key in both if macros[key] != bundled[key]} == {"real-world-value-mapping"}


def test_no_attribute_table_of_ps3_3_is_overlooked(published: tables.TableSet) -> None:
    """The file itself again: every table with tags and Types is a Module or macro, but for the data set of encrypted attributes."""
    name = "{http://docbook.org/ns/docbook}%s".__mod__
    sections: dict[str, set[str]] = {}
    for section in ElementTree.parse(FOLDER / "part03.xml").getroot().iter(name("section")):
        for table in section.findall(name("table")):
            headings = ["".join(heading.itertext()).strip() for heading in table.iter(name("th"))]
            if headings[:3] == ["Attribute Name", "Tag", "Type"]:
                sections.setdefault(section.get("label", ""), set()).add(table.get("label", ""))
    read = [row[2] for name in ("modules", "macros", "functional_group_macros") for row in published.rows(name)]
    missing = {section: found for section, found in sections.items() if len(found) > read.count(section)}
    assert missing == {"C.12.1.1.4.2": {"C.12-7"}}
    assert sum(map(len, sections.values())) == 141 - REPEATED


REPEATED = 1
"""The file has the section of the RT DVH Module twice."""


def test_modules_that_no_iod_of_the_file_has(published: tables.TableSet) -> None:
    with tables.use(published):
        series = iods.module("enhanced-series")
        assert (series.name, series.section) == ("Enhanced Series", "C.7.3.3")
        assert [a.type for a in series.attributes if a.path == (0x00081111,)] == ["1C"]
        assert iods.functional_group_macro("unassigned-shared-converted-attributes").root == 0x00209170
