"""What is disclosed is read alike from every form of an annex; what a person typed, sorted or deleted in a workbook counts."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.render.base import renderer
from annexgen.render.disclosed_files import DisclosureError, load_disclosure
from tests.private_instances import instance, save

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.disclosure import Disclosure, Key

CREATORS = ('ACME  "ONE', "ACME TWO^SUB")
PATHS = tuple(creator.replace('"', "'") for creator in CREATORS)
INFORMATION = "Identifiable Information"
ELEMENTS = 4


@pytest.fixture(scope="module")
def annexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The annexes of a product two of whose attributes are proposed as UNSAFE, in all forms."""
    folder = tmp_path_factory.mktemp("annexes")
    for index in range(3):
        data_set = instance(index)
        for creator in CREATORS:
            block = data_set.private_block(0x0029, creator, create=True)
            block.add_new(1, "DS", "1.5")
            block.add_new(2, "LO", "Wilhelmina")
            block.add_new(3, "CS", ["A", "B"])
            block.add_new(4, "CS", f"TERM{index}")
        save(data_set, folder / "corpus" / f"{index}.dcm")
    annex = number(build_annex(scan([folder / "corpus"])))
    for form in ("json", "xlsx", "docx", "html", "csv"):
        renderer(form).render(annex, folder)
    return folder


def plain(disclosure: Disclosure) -> dict[Key, tuple[Any, ...]]:
    return {
        key: (one.vrs, one.vms, one.names, one.status, one.proposed, one.presences)
        for key, one in disclosure.attributes.items()
    }


def test_every_form_discloses_the_same(annexes: Path) -> None:
    expected = load_disclosure(annexes / "annex.json")
    assert expected.creators == {(0x0029, creator) for creator in PATHS}
    assert len(expected.attributes) == ELEMENTS * len(CREATORS)
    assert {key[2] for key, one in expected.attributes.items() if one.proposed == "UNSAFE"} == {2}
    assert {one.status for one in expected.attributes.values()} == {""}
    for form in ("annex.xlsx", "annex.docx", "annex.html", "annex_csv"):
        found = load_disclosure(annexes / form)
        assert found.creators == expected.creators, form
        assert plain(found) == plain(expected), form


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_what_libreoffice_saved_discloses_the_same(annexes: Path, tmp_path: Path, form: str) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", tmp_path, annexes / f"annex.{form}"]
    subprocess.run(command, check=True, capture_output=True)
    saved = load_disclosure(tmp_path / f"annex.{form}")
    assert plain(saved) == plain(load_disclosure(annexes / "annex.json"))


def rows_of(book: Any, kind: str) -> list[tuple[Any, dict[str, int], list[list[Any]]]]:
    """Every sheet with private attributes: the sheet, its columns, and its rows from the heading on."""
    found = []
    for sheet in book.worksheets:
        lines = list(sheet.iter_rows())
        for index, line in enumerate(lines):
            names = [cell.value for cell in line]
            if INFORMATION in names and f"annexgen:header:{kind}" in names:
                columns = {str(name): n for n, name in enumerate(names) if name}
                found.append((sheet, columns, [list(r) for r in lines[index + 1 :]]))
    assert found
    return found


def typed(annexes: Path, tmp_path: Path, texts: dict[tuple[str, str], str], column: str = INFORMATION) -> Disclosure:
    """What a workbook discloses in whose tables somebody typed, by tag and creator."""
    book = openpyxl.load_workbook(annexes / "annex.xlsx")
    done = set()
    for _, columns, rows in rows_of(book, "private_module"):
        for row in rows:
            path = str(row[columns["Path"]].value or "")
            for (tag, creator), text in texts.items():
                if path == f'{tag[:-1]},"{creator}")':
                    row[columns[column]].value = text
                    done.add((tag, creator))
    assert done == set(texts)
    book.save(tmp_path / "typed.xlsx")
    return load_disclosure(tmp_path / "typed.xlsx")


def test_what_is_typed_is_a_persons_word(annexes: Path, tmp_path: Path) -> None:
    one, two = PATHS
    said = {
        ("(0029,xx01)", one): "SAFE",
        ("(0029,xx02)", one): "safe ",
        ("(0029,xx01)", two): "UN SAFE",
        ("(0029,xx02)", two): "MIXED",
        ("(0029,xx03)", one): "no idea",
    }
    found = typed(annexes, tmp_path, said).attributes
    assert {key[1:]: a.status for key, a in found.items() if a.status} == {
        (one, 1): "SAFE",
        (one, 2): "SAFE",
        (two, 1): "UNSAFE",
        (two, 2): "MIXED",
    }


def test_confirm_makes_a_proposal_a_statement(annexes: Path, tmp_path: Path) -> None:
    one, two = PATHS
    found = typed(annexes, tmp_path, {("(0029,xx02)", one): "x", ("(0029,xx02)", two): "Source"}, "Confirm").attributes
    assert (found[0x0029, one, 2].status, found[0x0029, two, 2].status) == ("UNSAFE", "")
    assert found[0x0029, two, 2].proposed == "UNSAFE"


def test_typed_numbers_and_dates_disclose_what_they_can(annexes: Path, tmp_path: Path) -> None:
    found = typed(annexes, tmp_path, {("(0029,xx03)", PATHS[0]): 2.0}, "VM")  # type: ignore[dict-item]
    assert found.attributes[0x0029, PATHS[0], 3].vms == {"2"}


def test_sorted_rows_keep_their_creators_and_deleted_rows_disclose_nothing(annexes: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annexes / "annex.xlsx")
    gone = f'(0029,xx04,"{PATHS[1]}")'
    for kind in ("private_module", "*"):
        for sheet, columns, rows in rows_of(book, kind):
            kept = [[cell.value for cell in row] for row in rows]
            while kept and not kept[-1][columns["Path"]]:
                kept.pop()
            ending = next((n for n, row in enumerate(kept) if not row[columns["Path"]]), len(kept))
            moved = sorted(
                (r for r in kept[:ending] if r[columns["Path"]] != gone), key=lambda r: str(r[columns["Tag"]])
            )
            moved.reverse()
            for number_, row in enumerate(rows[:ending]):
                for position, cell in enumerate(row):
                    value = moved[number_][position] if number_ < len(moved) else None
                    if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                        cell.value = value
            sheet.auto_filter.ref = None
    book.save(tmp_path / "sorted.xlsx")
    expected = load_disclosure(annexes / "annex.json")
    found = load_disclosure(tmp_path / "sorted.xlsx")
    assert expected.attributes.keys() - found.attributes.keys() == {(0x0029, PATHS[1], 4)}
    assert found.creators == expected.creators
    assert {k: v for k, v in plain(expected).items() if k in found.attributes} == plain(found)


def test_a_row_that_a_person_added_is_disclosed(annexes: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(annexes / "annex.xlsx")
    ((sheet, columns, rows),) = rows_of(book, "*")
    last = max(n for n, row in enumerate(rows) if row[columns["Path"]].value)
    line = rows[last][0].row + 1
    for name, text in (
        ("Tag", "(0029,xx0A)"),
        ("VR", "LO"),
        ("VM", "1"),
        (INFORMATION, "SAFE"),
        ("Attribute Name", "Gain"),
    ):
        sheet.cell(line, columns[name] + 1).value = text
    book.save(tmp_path / "added.xlsx")
    found = load_disclosure(tmp_path / "added.xlsx")
    assert (found.attributes[0x0029, PATHS[1], 0x0A].status, found.attributes[0x0029, PATHS[1], 0x0A].vrs) == (
        "SAFE",
        {"LO"},
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"{}", "annex.json"),
        ("a.json", b"\xff", "UnicodeDecodeError"),
        ("a.xlsx", b"PK\3\4 no archive", "BadZipFile"),
        ("a.docx", b"PK\3\4 no archive", "BadZipFile"),
        ("a.html", b"<html><p>nothing</p>", "no table of private attributes"),
        ("a.csv", b"", "no table of private attributes"),
        ("a.csv", b"creator,group\nACME,0029\n", "no column element"),
        ("a.csv", b"creator,group,element\nACME,0028,01\n", "line 2"),
        ("a.csv", b"creator,group,element\nACME,0029,XYZ\n", "line 2"),
        ("none.csv", None, "cannot be read"),
    ],
)
def test_other_files_are_refused_with_what_was_expected(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DisclosureError) as caught:
        load_disclosure(tmp_path / name)
    assert name in str(caught.value)
    assert message in str(caught.value)


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(DisclosureError, match="no table of private attributes"):
        load_disclosure(tmp_path / "other.xlsx")


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="no table of private attributes"):
        load_disclosure(tmp_path)


def test_an_annex_that_cannot_be_read_is_refused_with_the_reason(annexes: Path, tmp_path: Path) -> None:
    document = json.loads((annexes / "annex.json").read_text(encoding="utf-8"))
    (tmp_path / "annex.json").write_text(json.dumps(document | {"format_version": 2}), encoding="utf-8")
    with pytest.raises(DisclosureError, match="its format_version is 2"):
        load_disclosure(tmp_path / "annex.json")


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_damaged_package_is_refused(annexes: Path, tmp_path: Path, form: str) -> None:
    with zipfile.ZipFile(annexes / f"annex.{form}") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / f"annex.{form}", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[: len(content) // 2] if name.endswith(".xml") else content)
    with pytest.raises(DisclosureError, match=r"damaged|understood"):
        load_disclosure(tmp_path / f"annex.{form}")
