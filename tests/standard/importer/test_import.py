"""The Standard's DocBook made into a set of tables: our own fragments, and damage."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import docbook_fragments as fragments
import pytest

from annexgen.standard import confidentiality, context_groups, dictionary, iods, sets, tables, templates, uids
from annexgen.standard.attribute_tables import Inclusion, attributes, printed
from annexgen.standard.editions import edition_text
from annexgen.standard.importer.docbook import DocBookError
from annexgen.standard.importer.folder import import_folder

if TYPE_CHECKING:
    from pathlib import Path

LANTERN = "1.2.840.10008.5.1.4.1.1.9990"


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setattr(sets, "root", lambda: folder)
    return folder


@pytest.fixture
def lantern(tmp_path: Path) -> tables.TableSet:
    import_folder(fragments.write(tmp_path / "xml"), "2031a")
    return sets.load("2031a")


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_modules_of_an_iod(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        iod = iods.iod("lantern-image")
        assert (iod.name, iod.section) == ("Lantern Image", "A.90.3")
        assert [(m.key, m.name, m.section, m.ie, m.usage) for m in iod.modules] == [
            ("patient", "Patient", "C.7.1.1", "Patient", "M"),
            ("clinical-trial-subject", "Clinical Trial Subject", "C.7.1.3", "Patient", "U"),
            ("lantern-image", "Lantern Image", "C.90.1", "Image", "M"),
            # Its row lacks the first cell, which the row above forgot to span.
            ("lanternlens", "LanternLens", "C.90.2", "Image", "C"),
            ("multi-frame-functional-groups", "Multi-frame Functional Groups", "C.7.6.16", "Image", "M"),
        ]
        assert iods.all_iods() == ("lantern-image",)
        assert iods.module("clinical-trial-subject").attributes == ()


def test_attributes_keep_order_nesting_and_types(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        assert [(a.path, a.type) for a in iods.module("patient").attributes] == [
            ((0x00100010,), "2"),
            ((0x00101002,), "3"),
            ((0x00101002, 0x00100020), "1"),
            ((0x00101002, 0x00100024), "3"),
            ((0x00101002, 0x00100024, 0x00400032), "1C"),
            ((0x00100020,), "2"),
        ]


def test_inclusions_of_macros(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        assert [
            (row.macro, row.path) for row in printed("module_attributes", "lantern-image") if isinstance(row, Inclusion)
        ] == [("lens", ()), ("lens", (0x00400556,))]
        assert [(a.path, a.type) for a in iods.module("lantern-image").attributes] == [
            ((0x00080070,), "1"),
            ((0x00400555,), "3"),
            ((0x00400556,), "2"),
            ((0x00400556, 0x00080070), "1"),
            ((0x00400556, 0x00400555), "3"),
            ((0x60000010,), "1"),
            ((0x00204000,), ""),
        ]
        # The macro includes itself in its Sequence; it is listed once.
        assert [a.path for a in attributes("macro_attributes", "lens")] == [(0x00080070,), (0x00400555,)]
        assert tables.names("macros")["lens"] == ("Lens", "10.9")


def test_what_a_file_leaves_open_is_said(tmp_path: Path) -> None:
    parts = import_folder(fragments.write(tmp_path / "xml", part03=fragments.PART_03), "2031a")
    assert [part.edition for part in parts] == ["2031a"]
    assert parts[0].notes == (
        "Module Clinical Trial Subject (C.7.1.3) has no attribute table in the file",
        "table C.90-1 includes 10-404, which the file does not have",
        "table C.90-1: 'Any other attribute' has no tag (''); left out",
        "table C.90-1: 'Image Comments' has no Type ('as needed')",
        "table C.90-3: '>>Model' is nested deeper than the row before it",
        "Functional Group Macro Lost (C.99.1) has no Sequence in the file; it is left out",
    )


def test_functional_group_macros(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        found = iods.functional_group_macros("lantern-image")
        assert [(m.key, m.name, m.section, m.root, m.usage) for m in found] == [
            ("pixel-measures", "Pixel Measures", "C.7.6.16.2.1", 0x00289110, "M"),
            ("lantern-focus", "Lantern Focus", "C.90.3", 0x00189117, "C"),
        ]
        assert [a.path for a in found[1].attributes] == [
            (0x00189117,),
            (0x00189117, 0x00080070),
            (0x00189117, 0x00400555),
        ]


def test_modules_and_macros_that_no_iod_has(tmp_path: Path) -> None:
    """Such as those of normalized IODs: found by their captions."""

    def spare(number: str, caption: str, *rows: str) -> str:
        return fragments.section(number, caption, fragments.table(number, caption, fragments.ATTRIBUTES, *rows))

    wick = fragments.row("Wick Sequence", "(0040,0555)", "1", "It.")
    more = (
        spare("B.9.1", "Lamp Shop Module Attributes", wick),
        spare(
            "C.90.8", "Wick Macro Attributes", wick, fragments.row(">Manufacturer", "(0008,0070)", "1", "Who made it.")
        ),
        spare("10.98", "Oil Macro Attributes", fragments.row("Manufacturer", "(0008,0070)", "3", "Who sold it.")),
        spare("C.99.9", "Data Set in a Lantern", wick),
    )
    text = fragments.PART_03.replace("</book>", f"{''.join(more)}</book>")
    (part,) = import_folder(fragments.write(tmp_path / "xml", part03=text), "2031a")
    assert "table C.99.9 ('Data Set in a Lantern') is of no Module or macro; left out" in part.notes
    with tables.use(sets.load("2031a")):
        assert (iods.module("lamp-shop").name, iods.module("lamp-shop").section) == ("Lamp Shop", "B.9.1")
        assert [a.path for a in iods.module("lamp-shop").attributes] == [(0x00400555,)]
        assert iods.functional_group_macro("wick").root == 0x00400555
        assert tables.names("macros")["oil"] == ("Oil", "10.98")
        assert [a.type for a in attributes("macro_attributes", "oil")] == ["3"]


def test_sop_classes(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        known = iods.sop_class(LANTERN)
        assert known is not None
        assert (known.name, known.iod, known.retired, known.storage) == (
            "Lantern Image Storage",
            "lantern-image",
            False,
            True,
        )
        candle = iods.sop_class("1.2.840.10008.5.1.4.1.1.9991")
        assert candle is not None
        assert (candle.iod, candle.retired) == (None, True)
        ct = iods.sop_class("1.2.840.10008.5.1.4.1.1.2")
        assert ct is not None
        assert ct.iod is None, "the set has no such IOD"
        mr = iods.sop_class("1.2.840.10008.5.1.4.1.1.4")
        assert mr is not None
        assert mr.name == "MR Image Storage", "what the set lacks stays known"
    assert iods.sop_class(LANTERN) is None


def test_an_edition_without_ps34_finds_iods_by_their_keys(tmp_path: Path) -> None:
    own = fragments.PART_03.replace("Lantern Image IOD Modules", "CT Image IOD Modules")
    import_folder(fragments.write(tmp_path / "xml", part03=own), "2031b")
    with tables.use(sets.load("2031b")):
        ct = iods.sop_class("1.2.840.10008.5.1.4.1.1.2")
        assert ct is not None
        assert ct.iod == "ct-image"


def test_dictionary_and_uids(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        assert dictionary.tag_of("LanternWickLength") == 0x00189FF0
        wick, candle = dictionary.lookup(0x00189FF0), dictionary.lookup(0x00189FF1)
        assert wick is not None
        assert candle is not None
        assert (wick.vr, wick.vm, wick.retired) == ("FD", "1", False)
        assert (candle.vr, candle.vm, candle.retired) == ("US or SS", "1-n", True)
        assert dictionary.attribute_name(0x00100020) == "Patient Number"
        assert dictionary.attribute_name(0x00100010) == "Patient's Name"
        assert dictionary.attribute_name(0x60020010) == "Overlay Rows"
        assert uids.uid_type("1.2.840.10008.1.2.9.9") == "Transfer Syntax"
        assert uids.is_retired("1.2.840.10008.1.2.9.9")
        assert uids.uid_name("1.2.840.10008.1.2.9.9") == "Candle Light"
    assert dictionary.lookup(0x00189FF0) is None
    assert dictionary.attribute_name(0x00100020) == "Patient ID"


def test_an_edition_protects_more_and_never_less(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        wick = confidentiality.confidentiality_of(0x00189FF0)
        assert wick is not None
        assert (wick.basic, wick.options, wick.in_composite_iod) == ("X/Z", {"Clean Descriptors": "C"}, True)
        assert confidentiality.basic_profile_action(0x00100010) == "Z", "the edition does not list it"
        assert confidentiality.safe_private_attribute("LANTERN 1.0", 0x0029, 0x0A) is not None
    assert confidentiality.confidentiality_of(0x00189FF0) is None


def test_context_groups(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        assert context_groups.all_context_groups() == ("9901", "9902")
        parts, colours = context_groups.context_group("9901"), context_groups.context_group("9902")
        assert parts is not None
        assert colours is not None
        assert (parts.name, parts.uid, parts.extensible, parts.version) == (
            "Lantern Parts",
            "1.2.840.10008.6.1.9901",
            True,
            "20310101",
        )
        # The groups include each other; a code with a space in it is damage.
        assert {(code.value, code.meaning) for code in parts.codes} == {("L10", "Wick"), ("L3", "Red")}
        assert {code.value for code in colours.codes} == {"L10", "L3"}
        assert (colours.uid, colours.extensible) == ("", False)


def test_templates(lantern: tables.TableSet) -> None:
    with tables.use(lantern):
        assert templates.all_templates() == ("9900", "9910")
        report, brightness = templates.template("9900"), templates.template("9910")
        assert report is not None
        assert brightness is not None
        assert (report.title, report.root, report.extensible, report.order_significant) == (
            "Lantern Report",
            True,
            True,
            True,
        )
        assert (brightness.root, brightness.extensible, brightness.order_significant) == (False, False, False)
        assert (report.edition, report.basis) == ("2031a", "imported")
        first, second, third, fourth = report.rows
        assert (first.number, first.nesting, first.relationship, first.value_types) == ("1", 0, "", ("CONTAINER",))
        assert [code.value for code in first.concept.codes] == ["L1"]
        assert (second.nesting, second.relationship, second.requirement, second.multiplicity) == (
            1,
            "HAS OBS CONTEXT",
            "UC",
            "1-n",
        )
        assert [(group.cid, group.binding) for group in second.concept.groups] == [("9901", "defined")]
        assert [code.meaning for code in second.concept.codes] == ["Other"]
        assert [(group.cid, group.binding) for group in second.value_set.groups] == [("9902", "baseline")]
        assert third.include == "9910"
        assert [name for name, _ in third.arguments] == ["$Colour", "$Units"]
        assert [code.meaning for code in third.arguments[0][1].codes] == ["Red"]
        assert [group.cid for group in third.arguments[1][1].groups] == ["9902"]
        assert (fourth.by_reference, fourth.value_types, fourth.graphic_types) == (
            True,
            ("SCOORD", "SCOORD3D"),
            ("POINT", "POLYLINE"),
        )
        assert fourth.concept.parameters == ("$Place",)
        assert [code.value for code in brightness.rows[0].units.codes] == ["cd"]
        assert not brightness.rows[0].value_set


def test_what_ps316_leaves_open_is_said(tmp_path: Path) -> None:
    (part,) = import_folder(fragments.write(tmp_path / "xml", part16=fragments.PART_16), "2031a")
    assert part.notes == (
        "CID 9902: the code 'L4 5' of '99LAN' holds spaces; left out",
        "CID 9902 includes CID 9999, which the file does not have",
        "TID 9900: row 5 does not say which template it includes; left out",
        "TID 9990 has no relationships, as templates outside of reports (Annex C); left out",
        "TID 9910 includes TID 9999, which the file does not have",
    )


def test_the_edition_is_named(lantern: tables.TableSet) -> None:
    bundled = edition_text()
    assert "imported" not in bundled
    with tables.use(lantern):
        assert edition_text() == (
            "PS3.3 2031a (IODs, Modules), PS3.4 2031a (SOP Classes), PS3.6 2031a (dictionary), "
            "PS3.15 2031a (confidentiality), PS3.16 2031a (templates, context groups), PS3.2 2025b (layout); imported as 2031a"
        )


DOCTYPE = '<!DOCTYPE book [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    "<!DOCTYPE book [<!ENTITY a0 'lol'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)


def with_doctype(doctype: str, entity: str) -> str:
    declaration, rest = fragments.PART_04.split("\n", 1)
    return f"{declaration}\n{doctype}{rest.replace('Lantern Image Storage', entity, 1)}"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"part03": fragments.PART_03[: len(fragments.PART_03) // 2]}, "damaged or incomplete XML"),
        ({"part03": "not XML at all"}, "damaged or incomplete XML"),
        ({"part03": ""}, "damaged or incomplete XML"),
        ({"part03": fragments.PART_04}, "expected the DocBook of PS3.3, found <book> of PS3.4"),
        ({"part03": "<html/>"}, "expected the DocBook of PS3.3, found <html>"),
        ({"part03": fragments.book("3")}, "holds no table of an IOD's Modules"),
        (
            {"part03": fragments.PART_03.replace("C - Required if there is one", "perhaps")},
            "is 'perhaps', not M, C or U",
        ),
        (
            {"part03": fragments.PART_03.replace('colspan="3"', 'colspan="99999"')},
            "table 10-9: colspan '99999' is damaged",
        ),
        ({"part03": fragments.PART_03.replace('rowspan="2"', 'rowspan="two"')}, "rowspan 'two' is damaged"),
        ({"part03": fragments.PART_03, "part04": fragments.book("4")}, "part04.xml: holds no table of SOP Classes"),
        ({"part06": fragments.book("6")}, "holds no table of Data Elements"),
        (
            {"part16": fragments.book("16")},
            "holds neither a template (NL, Rel with Parent, VT, ...) nor a context group",
        ),
        ({"part15": fragments.book("15")}, "has no Table E.1-1"),
        ({"part15": fragments.PART_15.replace("Data Element", "Datum")}, "has no Table E.3.10-1"),
        ({"part15": fragments.PART_15.replace("X/Z", "perhaps")}, "the row of 'Lantern Wick Length' is not understood"),
        ({"part15": fragments.PART_15.replace("(0018,9FF0)", "(0018,")}, "is not understood"),
        ({"part15": fragments.PART_15.replace("(0029,xx0A)", "0029")}, "the row of '0029' is not understood"),
        ({"part04": with_doctype(DOCTYPE, "&x;")}, "has a document type declaration"),
        (
            {"part04": with_doctype('<!DOCTYPE book SYSTEM "http://localhost:9/x.dtd">', "Any")},
            "document type declaration",
        ),
        ({"part04": with_doctype(LAUGHS, "&a11;")}, "part04.xml"),
        ({"part04": fragments.PART_04.replace('"utf-8"', '"x-none"')}, "unknown encoding: x-none"),
    ],
)
def test_damage_is_named_and_changes_nothing(
    tmp_path: Path, data_folder: Path, lantern: tables.TableSet, parts: dict[str, str], expected: str
) -> None:
    before = state(data_folder)
    started = time.monotonic()
    with pytest.raises(DocBookError) as error:
        import_folder(fragments.write(tmp_path / "damaged", **parts), "2031a")
    assert expected in str(error.value)
    assert str(tmp_path / "damaged") in str(error.value)
    assert "hostname" not in str(error.value)
    assert time.monotonic() - started < 5
    assert state(data_folder) == before
    assert [found.name for found in sets.installed()] == ["2031a"]


@pytest.mark.parametrize("part", ["part03", "part04", "part06", "part15", "part16"])
def test_a_file_that_ends_early_is_refused_wherever_it_ends(tmp_path: Path, data_folder: Path, part: str) -> None:
    text = getattr(fragments, f"PART_{part[4:]}")
    for end in range(0, len(text), len(text) // 12):
        with pytest.raises(DocBookError, match="damaged or incomplete XML"):
            import_folder(fragments.write(tmp_path / "xml", **{part: text[:end]}), "2031a")
    assert not data_folder.exists()


def test_macros_that_multiply_are_refused(tmp_path: Path) -> None:
    macros = [
        fragments.table(
            f"10-{n}",
            f"Macro{n} Macro Attributes",
            fragments.ATTRIBUTES,
            fragments.row("Manufacturer", "(0008,0070)", "1", ""),
            *(
                part
                for m in range(10)
                for part in (
                    fragments.row(f"Sequence {m}", f"(0040,{m:04})", "3", ""),
                    *((fragments.include(1, f"table_10-{n + 1}"),) if n < 29 else ()),
                )
            ),
        )
        for n in range(10, 30)
    ]
    own = fragments.PART_03.replace("<section", f"{fragments.section('10.1', 'Many', *macros)}<section", 1)
    own = own.replace('linkend="table_10-9"', 'linkend="table_10-10"')
    with pytest.raises(DocBookError, match="would have"):
        import_folder(fragments.write(tmp_path / "xml", part03=own), "2031a")


def test_an_import_replaces_the_set(tmp_path: Path, data_folder: Path, lantern: tables.TableSet) -> None:
    import_folder(fragments.write(tmp_path / "newer", part15=fragments.PART_15), "2031a")
    again = sets.load("2031a")
    assert again.held() == ("basic_profile", "safe_private_attributes")
    assert again != lantern
    assert [path.name for path in data_folder.iterdir()] == ["2031a"]


def test_the_same_files_give_the_same_set(tmp_path: Path, lantern: tables.TableSet) -> None:
    import_folder(fragments.write(tmp_path / "xml"), "copy")
    assert sets.load("copy").digest == lantern.digest


def test_a_folder_without_the_standard(tmp_path: Path) -> None:
    with pytest.raises(DocBookError, match=r"holds none of part03\.xml, part04\.xml"):
        import_folder(tmp_path, "2031a")
    with pytest.raises(DocBookError, match="there is no such folder"):
        import_folder(tmp_path / "absent", "2031a")


def test_two_files_of_one_part(tmp_path: Path) -> None:
    fragments.write(tmp_path / "xml" / "one", part04=fragments.PART_04)
    fragments.write(tmp_path / "xml" / "two", part04=fragments.PART_04)
    with pytest.raises(DocBookError, match=r"PS3\.4 is there twice"):
        import_folder(tmp_path / "xml", "2031a")


def test_files_are_found_below_the_folder(tmp_path: Path) -> None:
    fragments.write(tmp_path / "xml" / "part04", part04_2031a=fragments.PART_04)
    assert [part.part for part in import_folder(tmp_path / "xml", "2031a")] == ["4"]


@pytest.mark.parametrize("name", ["", "bundled", "../up", "a/b", ".hidden", "x" * 41, "x.", "nul", "COM1.2025e"])
def test_names_of_sets(tmp_path: Path, name: str) -> None:
    with pytest.raises(sets.SetError, match="cannot name a set"):
        import_folder(fragments.write(tmp_path / "xml"), name)


def test_a_changed_set_is_not_used(data_folder: Path, lantern: tables.TableSet) -> None:
    assert lantern.folder is not None
    table = lantern.folder / "basic_profile.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("X/Z", ""), encoding="utf-8")
    with pytest.raises(sets.SetError, match="changed or damaged"):
        sets.load("2031a")
    assert sets.installed() == ()


def test_a_command_reads_on_in_the_tables_that_an_import_replaces(tmp_path: Path, lantern: tables.TableSet) -> None:
    import_folder(fragments.write(tmp_path / "newer", part15=fragments.PART_15), "2031a")
    with tables.use(lantern):
        assert iods.all_iods() == ("lantern-image",)


def test_tables_that_are_gone_are_not_replaced_by_the_bundled_ones(lantern: tables.TableSet) -> None:
    assert lantern.folder is not None
    shutil.rmtree(lantern.folder)
    with tables.use(lantern), pytest.raises(FileNotFoundError, match="the tables of the set 2031a are gone"):
        iods.iod("lantern-image")


def test_what_old_imports_left_is_removed(tmp_path: Path, data_folder: Path, lantern: tables.TableSet) -> None:
    """The tables before the last, unfinished ones and those of an older layout; what is young may be another import's."""
    place = data_folder / "2031a"
    left = [place / name for name in ("0123abcd", "unfinished-abc", "unfinished-abc.json", "iods.tsv")]
    for path in (*left, place / "unfinished-young"):
        path.write_text("") if path.suffix else path.mkdir()
        if "young" not in path.name:
            os.utime(path, (0, 0))
    (place / "notes.txt").write_text("")
    os.utime(place / "notes.txt", (0, 0))
    import_folder(fragments.write(tmp_path / "newer", part15=fragments.PART_15), "2031a")
    names = {path.name for path in place.iterdir()}
    assert names == {sets.DESCRIPTION, lantern.digest, sets.load("2031a").digest, "unfinished-young", "notes.txt"}


def test_the_same_tables_again(tmp_path: Path, data_folder: Path, lantern: tables.TableSet) -> None:
    """Importing once more changes nothing, and mends a set that was damaged."""
    before = state(data_folder)
    import_folder(tmp_path / "xml", "2031a")
    assert state(data_folder) == before
    assert lantern.folder is not None
    (lantern.folder / "iods.tsv").write_text("damage")
    import_folder(tmp_path / "xml", "2031a")
    assert state(data_folder) == before


IMPORTING = """
import os, signal, sys
from pathlib import Path
from annexgen.standard import sets
from annexgen.standard.importer.folder import import_folder
sets.root = lambda: Path(sys.argv[2])
left = int(sys.argv[3])
def count(event, arguments):
    # Every change of the data folder is one of these.
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod") and sys.argv[2] in str(arguments[:2]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
import_folder(Path(sys.argv[1]), "2031a")
"""


def test_a_set_is_whole_whenever_an_import_is_killed(tmp_path: Path, lantern: tables.TableSet) -> None:
    """The old set or the new one, at every step between them."""
    newer = fragments.write(tmp_path / "newer", part15=fragments.PART_15)
    states = []
    for step in range(0, 60, 2):
        data = tmp_path / f"data-{step}"
        shutil.copytree(tmp_path / "data", data)
        done = subprocess.run([sys.executable, "-c", IMPORTING, newer, data, str(step)], check=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sets, "root", lambda data=data: data)
            found = sets.load("2031a")
            states.append((done.returncode == 0, found.digest == lantern.digest))
            assert found.held() == (lantern.held() if states[-1][1] else ("basic_profile", "safe_private_attributes"))
        if done.returncode == 0:
            break
    assert states[0] == (False, True)
    assert states[-1] == (True, False)
    assert len(states) > 5


def test_two_imports_at_once(tmp_path: Path, data_folder: Path) -> None:
    folders = [fragments.write(tmp_path / "xml"), fragments.write(tmp_path / "newer", part15=fragments.PART_15)]
    arguments = [[sys.executable, "-c", IMPORTING, str(folders[n % 2]), str(data_folder), "9999"] for n in range(4)]
    running = [subprocess.Popen(own) for own in arguments]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    assert sets.load("2031a").held()
    assert not list(data_folder.glob("*/unfinished*"))


def test_groups_that_include_each_other_many_times(tmp_path: Path) -> None:
    """Each includes the next two: there are more ways through them than could be walked."""
    groups = [
        fragments.section(
            f"CID_{n}",
            f"Group {n}",
            fragments.table(
                f"CID_{n}",
                f"Group {n}",
                ("Coding Scheme Designator", "Code Value", "Code Meaning"),
                fragments.row("DCM", f"{n}", f"Meaning in {n}"),
                fragments.row("DCM", "99", f"Meaning in {n}"),
                *(f'<tr><td>Include <xref linkend="sect_CID_{m}"/></td></tr>' for m in (n + 1, n + 2) if m < 160),
            ),
        )
        for n in range(100, 160)
    ]
    import_folder(fragments.write(tmp_path / "xml", part16=fragments.book("16", *groups)), "2031a")
    with tables.use(sets.load("2031a")):
        first, last = context_groups.context_group("100"), context_groups.context_group("159")
        assert first is not None
        assert last is not None
        assert len(first.codes) == 61
        assert [code.meaning for code in first.codes if code.value == "99"] == ["Meaning in 100"]
        assert [code.meaning for code in last.codes] == ["Meaning in 159", "Meaning in 159"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', '{"format": 2, "parts": {}, "digest": "../../x"}'])
def test_a_damaged_description(data_folder: Path, lantern: tables.TableSet, text: str) -> None:
    (data_folder / "2031a" / sets.DESCRIPTION).write_text(text, encoding="utf-8")
    with pytest.raises(sets.SetError, match="import it again"):
        sets.load("2031a")
