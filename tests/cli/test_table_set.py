"""`annexgen standard import` and --standard, before a command, behind it, and from the environment."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annexgen.cli.main import COMMANDS, main
from annexgen.standard import sets, tables

REFERENCE = Path(__file__).parents[2].parent / "shared" / "standard" / "reference" / "docbook"
BOOK = (
    '<book xmlns="http://docbook.org/ns/docbook" label="PS3.6" xml:id="PS3.6"><subtitle>DICOM PS3.6 2031a</subtitle>'
    "<table label='6-1'><thead><tr><th>Tag</th><th>Name</th><th>Keyword</th><th>VR</th><th>VM</th></tr></thead>"
    "<tbody><tr><td>(0010,0020)</td><td>Patient Number</td><td>PatientID</td><td>LO</td><td>1</td></tr></tbody></table>"
    "<table label='A-1'><thead><tr><th>UID Value</th><th>UID Name</th><th>UID Type</th></tr></thead>"
    "<tbody><tr><td>1.2.840.10008.1.1</td><td>Verification</td><td>SOP Class</td></tr></tbody></table></book>"
)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sets, "root", lambda: tmp_path / "data")
    return tmp_path / "data"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env={"COLUMNS": "200", "ANNEXGEN_STANDARD": None, **environment}).invoke(main, list(arguments))


@pytest.fixture
def imported(tmp_path: Path) -> str:
    (tmp_path / "part06.xml").write_text(BOOK, encoding="utf-8")
    result = run("standard", "import", str(tmp_path), "--edition", "2031a")
    assert result.exit_code == 0, result.stderr
    assert "elements" in result.stdout
    assert "--standard 2031a" in result.stderr
    return "2031a"


def test_the_set_is_chosen_before_behind_or_in_the_environment(imported: str) -> None:
    show = ("standard", "show", "TAG", "00100020")
    assert "Patient ID" in run(*show).stdout
    for result in (
        run("--standard", imported, *show),
        run(*show, "--standard", imported),
        run(*show, ANNEXGEN_STANDARD=imported),
    ):
        assert result.exit_code == 0, result.stderr
        assert "Patient Number" in result.stdout
    assert "Patient ID" in run("--standard", "bundled", *show, ANNEXGEN_STANDARD=imported).stdout
    assert "Patient ID" in run(*show).stdout


def test_every_command_has_the_option() -> None:
    def check(names: tuple[str, ...]) -> None:
        text = run(*names, "--help").stdout
        if "COMMAND [ARGS]" in text:
            below = [line.split()[0] for line in text.partition("Commands:")[2].splitlines() if line[:3].strip()]
            for name in [name for name in below if (*names, name) != ("standard", "import")]:
                check((*names, name))
        else:
            assert "--standard NAME" in text, names

    for name in COMMANDS:
        check((name,))


def test_list_names_the_sets_and_the_one_in_use(imported: str) -> None:
    for arguments, used in (((), "bundled"), (("--standard", imported), imported)):
        lines = [line.split() for line in run(*arguments, "standard", "list").stdout.splitlines()]
        in_use = {line[0]: line[1] == "yes" for line in lines if line[:1] in (["bundled"], [imported])}
        assert in_use == {"bundled": used == "bundled", imported: used == imported}


def test_an_unknown_set_is_refused_and_may_still_be_imported(imported: str, tmp_path: Path) -> None:
    result = run("standard", "list", ANNEXGEN_STANDARD="2099z")
    assert result.exit_code == 2
    assert "no table set '2099z' (there are: bundled, 2031a)" in result.stderr
    assert run("standard", "import", str(tmp_path), "--edition", "2099z", ANNEXGEN_STANDARD="2099z").exit_code == 0
    assert run("standard", "list", ANNEXGEN_STANDARD="2099z").exit_code == 0


@pytest.mark.parametrize("name", ["../2031a", "a b", ".2031a", "x" * 99])
def test_a_name_that_no_set_can_have_is_not_advised(imported: str, name: str) -> None:
    result = run("--standard", name, "standard", "list")
    assert result.exit_code == 2
    assert result.stderr.endswith("(there are: bundled, 2031a)\n")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "part06.xml").write_text(BOOK, encoding="utf-8")
    monkeypatch.setattr(tables, "digest_of", full)
    result = run("standard", "import", str(tmp_path), "--edition", "2031a")
    assert result.exit_code == 2
    assert f"{tmp_path / 'data' / '2031a'}: No space left on device; nothing was changed" in result.stderr
    assert list((tmp_path / "data" / "2031a").iterdir()) == []


def test_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "part06.xml").write_text(BOOK, encoding="utf-8")
    monkeypatch.setattr(tables, "digest_of", stop)
    result = run("standard", "import", str(tmp_path), "--edition", "2031a")
    assert (result.exit_code, result.stderr) == (130, "annexgen: stopped; nothing was changed\n")


def test_damage_ends_with_exit_code_2(imported: str, tmp_path: Path) -> None:
    (tmp_path / "part06.xml").write_text(BOOK[:300], encoding="utf-8")
    result = run("standard", "import", str(tmp_path), "--edition", "2031a")
    assert result.exit_code == 2
    assert "part06.xml: damaged or incomplete XML" in result.stderr
    assert "Traceback" not in result.output
    assert "Patient Number" in run("--standard", "2031a", "standard", "show", "TAG", "00100020").stdout


def test_an_annex_names_the_set(imported: str, corpus: Path, tmp_path: Path) -> None:
    result = run(
        *("--standard", imported, "build", str(corpus), "-o", str(tmp_path / "out")),
        *("--format", "json", "--quiet", "--jobs", "0"),
    )
    assert result.exit_code == 0, result.stderr
    annex = json.loads((tmp_path / "out" / "annex.json").read_text(encoding="utf-8"))
    assert "PS3.6 2031a (dictionary)" in annex["standard"]["edition"]
    assert annex["standard"]["edition"].endswith("imported as 2031a")
    assert "Patient Number" in json.dumps(annex)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/standard/reference/docbook is not there")
def test_published_files() -> None:
    result = run("standard", "import", str(REFERENCE), "--edition", "published")
    assert result.exit_code == 0, result.stderr
    rows = {line.split()[2]: line.split()[3] for line in result.stdout.splitlines()[1:] if line.startswith("PS3.")}
    assert rows["basic_profile"] == "655"
    assert rows["safe_private_attributes"] == "479"
    for kind, name, expected in (
        ("IOD", "ct-image", "C.8.2.1"),
        ("IOD", "1.2.840.10008.5.1.4.1.1.12.1.1", "Enhanced X-Ray Angiographic Image IOD"),
        ("MODULE", "RT Dose", ">>>>Referenced Start Control Point Index"),
        ("MACRO", "CT X-Ray Details", "C.8.15.3.9"),
        ("TAG", "ResponsiblePerson", "(0010,2297)"),
    ):
        shown = run("standard", "show", kind, name, "--standard", "published")
        assert shown.exit_code == 0, shown.stderr
        assert expected in shown.stdout, (kind, name)
