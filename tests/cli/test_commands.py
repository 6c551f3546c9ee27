"""The command line: results, messages and exit codes, as a user meets them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from annexgen.annex.serialization import schema
from tests.command_line import run, run_process


def test_build_writes_all_formats(corpus: Path, tmp_path: Path) -> None:
    result = run("build", corpus, "-o", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        f"annex.{kind}" for kind in ("json", "md", "html", "xlsx", "docx")
    }
    document = json.loads((tmp_path / "out" / "annex.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema())
    assert document["corpus"]["instances"] == 160


def test_scan_then_build_gives_the_same_annex(corpus: Path, tmp_path: Path) -> None:
    assert run("scan", corpus, "-o", tmp_path / "a.profile.json.gz").returncode == 0
    assert run("build", tmp_path / "a.profile.json.gz", "-o", tmp_path / "one", "--quiet").returncode == 0
    assert run_process("build", corpus, "-o", tmp_path / "two", "--quiet").returncode == 0
    for name in ("annex.json", "annex.md", "annex.html", "annex.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_show_names_the_sop_classes(corpus: Path) -> None:
    result = run("show", corpus)
    assert result.returncode == 0
    assert "CT Image" in result.stdout


def test_locate_finds_the_file_of_an_id(corpus: Path, tmp_path: Path) -> None:
    run("build", corpus, "-o", tmp_path, "--format", "md", "--quiet")
    document = json.loads((tmp_path / "annex.json").read_text(encoding="utf-8"))
    example = next(row["evidence"]["example"] for row in document["tables"][0]["rows"])
    result = run("locate", example, corpus)
    assert result.returncode == 0
    assert Path(result.stdout.strip()).is_file()
    assert run("locate", "000000000000", corpus).returncode == 1


@pytest.mark.parametrize("kind", ["empty", "missing", "text"])
def test_nothing_readable_is_exit_code_2(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    if kind != "missing":
        folder.mkdir()
    if kind == "text":
        (folder / "notes.txt").write_text("nothing to see here, certainly not DICOM\n" * 8)
    result = run("build", folder, "-o", tmp_path / "out")
    assert result.returncode == 2
    assert str(folder) in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_files_do_not_stop_the_rest(corpus: Path, tmp_path: Path) -> None:
    import pydicom

    instances = sorted(p for p in corpus.rglob("IM*") if p.is_file())[:3]
    folder = tmp_path / "source"
    folder.mkdir()
    shutil.copy(instances[0], folder / "good")
    whole = instances[1].read_bytes()
    (folder / "truncated").write_bytes(whole[: whole.index(b"\x28\x00\x10\x00") + 9])
    (folder / "nobody").write_bytes(whole[: whole.index(b"\x10\x00\x20\x00") + 9])
    (folder / "empty").write_bytes(b"")
    data_set = pydicom.dcmread(instances[2])
    del data_set.SOPClassUID
    del data_set.file_meta.MediaStorageSOPClassUID
    data_set.save_as(folder / "no_class", enforce_file_format=False)
    result = run("build", folder, "-o", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "no SOP Class UID" in result.stderr
    assert "empty file" in result.stderr
    assert "nobody: cut off before it says whose it is" in result.stderr
    document = json.loads((tmp_path / "out" / "annex.json").read_text(encoding="utf-8"))
    assert document["corpus"]["instances"] == 2
    assert {f["code"] for f in document["findings"]} >= {"truncated", "unreadable-file"}


def test_help_answers_fast() -> None:
    """Processor time of the least of five, so that what else the machine does counts little."""

    resource = pytest.importorskip("resource", reason="the processor time of a command is not told on this system")

    def seconds(program: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        assert not program.endswith("main()") or "Usage: annexgen" in result.stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return float(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    python = min(seconds("pass") for _ in range(5))
    program = "import sys; sys.argv = ['annexgen', '--help']; from annexgen.cli.main import main; main()"
    assert min(seconds(program) for _ in range(5)) - python < 0.3


def test_a_private_dictionary_names_elements_and_shows_conflicts(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text(
        "creator,group,element,vr,vm,name,source\n"
        "ACME CT PARAMETERS,0029,10,LO,1,Name of the filter,service manual\n"
        "SIEMENS MR HEADER,0019,0C,DS,1,b,\n",
        encoding="utf-8",
    )
    result = run(
        "build", corpus, "-o", tmp_path / "out", "--format", "md", "--private-dictionary", tmp_path / "ours.csv"
    )
    assert result.returncode == 0, result.stderr
    assert (
        '(0019,xx0C,"SIEMENS MR HEADER"): VR DS (ours.csv), IS (PS3.15 Table E.3.10-1), IS (pydicom)' in result.stderr
    )
    document = json.loads((tmp_path / "out" / "annex.json").read_text(encoding="utf-8"))
    rows = [
        row
        for table in document["tables"]
        for row in table["rows"]
        if row["path"] == '(0029,xx10,"ACME CT PARAMETERS")'
    ]
    assert [row["cells"]["Attribute Name"] for row in rows] == ["Name of the filter"]
    assert rows[0]["status"]["Attribute Name"] == "proposed"
    assert "service manual" in rows[0]["reasons"]["Attribute Name"]
    (tmp_path / "bad.csv").write_text("creator,group\n", encoding="utf-8")
    for command in (("build", corpus, "-o", tmp_path / "out"), ("show", corpus)):
        result = run(*command, "--private-dictionary", tmp_path / "bad.csv")
        assert result.returncode == 2
        assert "bad.csv: no column element" in result.stderr


def test_show_takes_a_private_dictionary(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.json").write_text(
        '[{"creator": "ACME CT PARAMETERS", "group": "0029", "element": "10", "name": "Name of the filter"},'
        ' {"creator": "SIEMENS MR HEADER", "group": "0019", "element": "0C", "VR": "DS"}]',
        encoding="utf-8",
    )
    without = run("show", corpus)
    result = run("show", corpus, "--private-dictionary", tmp_path / "ours.json")
    assert result.returncode == 0, result.stderr
    assert (
        '(0019,xx0C,"SIEMENS MR HEADER"): VR DS (ours.json), IS (PS3.15 Table E.3.10-1), IS (pydicom)' in result.stderr
    )
    assert result.stdout != without.stdout, "fewer names are unknown"
