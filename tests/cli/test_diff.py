"""`annexgen diff` at the command line: formats, exit codes, sources of all kinds, clear messages."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from typing import TYPE_CHECKING

import pydicom
import pytest
from openpyxl import load_workbook

from tests.command_line import run_bytes as run
from tests.command_line import run_process

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("text", "md", "html", "xlsx", "json")


@pytest.fixture(scope="module")
def folder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, its profile and annex; and the same less one kind of instance."""
    folder = tmp_path_factory.mktemp("diff")
    for name in ("all", "less"):
        shutil.copytree(corpus, folder / name)
    for path in sorted(p for p in (folder / "less").rglob("*") if p.is_file()):
        if pydicom.dcmread(path, force=True).get("Modality") == "SR":
            path.unlink()
    for name in ("all", "less"):
        assert run("scan", folder / name, "-o", folder / f"{name}.profile.json.gz", "--quiet").returncode == 0
        assert (
            run("build", folder / name, "-o", folder / f"{name}.annex", "--format", "json", "--quiet").returncode == 0
        )
    return folder


def test_every_kind_of_source_says_the_same(folder: Path) -> None:
    said = []
    for old, new in (
        (folder / "all", folder / "less"),
        (folder / "all.profile.json.gz", folder / "less.profile.json.gz"),
        (folder / "all.annex" / "annex.json", folder / "less.annex" / "annex.json"),
    ):
        done = run("diff", old, new, "--format", "json", "--quiet")
        assert done.returncode == 0, done.stderr
        said.append([(c["kind"], c["what"], c["path"], c["column"]) for c in json.loads(done.stdout)["changes"]])
    assert said[0] == said[1] == said[2]
    assert ("removed", "SOP Class", "", "") in said[0]


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_written_twice_the_same(name: str, folder: Path, tmp_path: Path) -> None:
    old, new = (folder / f"{side}.annex" / "annex.json" for side in ("all", "less"))
    first, second = (run("diff", old, new, "--format", name) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stdout
    file = tmp_path / f"difference.{name}"
    assert run_process("diff", old, new, "--format", name, "-o", file).returncode == 0
    assert file.read_bytes() == first.stdout
    if name == "xlsx":
        assert load_workbook(BytesIO(first.stdout)).sheetnames == ["Differences"]
    elif name != "json":
        assert b"Comprehensive" in first.stdout


def test_the_name_of_the_file_chooses_the_format(folder: Path, tmp_path: Path) -> None:
    old, new = (folder / f"{side}.annex" / "annex.json" for side in ("all", "less"))
    assert run("diff", old, new, "-o", tmp_path / "d.html").returncode == 0
    assert (tmp_path / "d.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_exit_codes(folder: Path) -> None:
    old, new = (folder / f"{side}.annex" / "annex.json" for side in ("all", "less"))
    assert run("diff", old, new).returncode == 0
    assert run("diff", old, new, "--exit-code").returncode == 1
    assert run("diff", old, old, "--exit-code").returncode == 0
    missing = run("diff", old, folder / "nowhere")
    assert missing.returncode == 2
    assert b"nowhere" in missing.stderr


def test_a_damaged_annex_is_said(folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "annex.json"
    damaged.write_text('{"format_version": 1}', encoding="utf-8")
    done = run("diff", damaged, folder / "less.annex" / "annex.json")
    assert done.returncode == 2
    assert b"annex.json" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_private_dictionary_names_what_is_read_from_instances(folder: Path, tmp_path: Path) -> None:
    """An annex built with a dictionary and the corpus read with it do not differ in names; conflicts are shown."""
    dictionary = tmp_path / "ours.csv"
    dictionary.write_text(
        "creator,group,element,vr,vm,name\n"
        "ACME CT PARAMETERS,0029,10,LO,1,Name of the filter\n"
        "SIEMENS MR HEADER,0019,0C,DS,1,b\n",
        encoding="utf-8",
    )
    profile, out = folder / "all.profile.json.gz", tmp_path / "out"
    option = ("--private-dictionary", dictionary)
    assert run("build", profile, "-o", out, "--format", "json", "--quiet", *option).returncode == 0
    without = run("diff", out / "annex.json", profile, "--exit-code")
    assert without.returncode == 1
    assert b"Name of the filter" in without.stdout
    done = run("diff", out / "annex.json", profile, "--exit-code", *option)
    assert done.returncode == 0, done.stdout
    assert b'(0019,xx0C,"SIEMENS MR HEADER"): VR DS (ours.csv), IS (PS3.15 Table E.3.10-1), IS (pydicom)' in done.stderr


def test_show_reads_an_annex_and_scan_says_what_it_needs(folder: Path) -> None:
    annex = folder / "all.annex" / "annex.json"
    shown, of_instances = run("show", annex), run("show", folder / "all", "--quiet")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == of_instances.stdout
    refused = run("scan", annex, "-o", folder / "no.profile.json.gz", "--quiet")
    assert refused.returncode == 2
    assert b"annex.json is an annex, made from instances: give those, or their profile" in refused.stderr


def test_a_folder_that_is_missing_is_named(folder: Path) -> None:
    annex = folder / "all.annex" / "annex.json"
    for name in ("changes.md", "changes.txt"):
        done = run("diff", annex, annex, "-o", folder / "none" / name)
        assert done.returncode == 2
        assert f"there is no folder {folder / 'none'}; make it first".encode() in done.stderr
