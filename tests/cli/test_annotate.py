"""init, annotate and build --product: the guide's commands as it writes them, messages and exit codes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from tests import command_line

if TYPE_CHECKING:
    from subprocess import CompletedProcess

GUIDE = Path(__file__).parents[2] / "docs" / "annotations.md"


def run(folder: Path, *arguments: object) -> CompletedProcess[str]:
    return command_line.run(*arguments, folder=folder)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the guide's commands were run, one after the other."""
    folder = tmp_path_factory.mktemp("desk")
    blocks = re.findall(r"^```\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("annexgen ")]
    assert len(commands) == 8
    for command in commands:
        result = run(folder, *shlex.split(command)[1:])
        assert result.returncode == 0, (command, result.stderr)
    return folder


def answered(desk: Path, name: str, text: str) -> tuple[Path, str]:
    """A copy of the workbook with another Source of Patient's Name, and the cell's address."""
    book = load_workbook(desk / "annexes" / "annex.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_col=4):
            if row[1].value == "(0010,0010)" and sheet.title.startswith("Common"):
                row[2].value = text
                book.save(desk / name)
                return desk / name, f"{sheet.title}!{row[2].coordinate}"
    raise AssertionError


def test_init_never_overwrites(desk: Path) -> None:
    before = (desk / "product.toml").read_bytes()
    result = run(desk, "init", "corpus", "-o", "product.toml", "--quiet")
    assert result.returncode == 2
    assert "product.toml exists and is not overwritten" in result.stderr
    assert (desk / "product.toml").read_bytes() == before


def test_an_unedited_workbook_leaves_the_file_as_it_is(desk: Path) -> None:
    before = (desk / "product.toml").read_bytes()
    crlf = desk / "crlf.toml"
    crlf.write_bytes(before.replace(b"\n", b"\r\n"))
    for name in ("product.toml", "crlf.toml"):
        changed = (desk / name).read_bytes()
        result = run(desk, "annotate", "import", "annexes/annex.xlsx", "-o", name)
        assert (result.returncode, "0 statements changed, 0 refused" in result.stderr) == (0, True)
        assert (desk / name).read_bytes() == changed


def test_an_edit_is_taken_applied_and_the_next_import_changes_nothing(desk: Path) -> None:
    book, _ = answered(desk, "edited.xlsx", "MWL; USER")
    own = desk / "own.toml"
    own.write_bytes((desk / "product.toml").read_bytes().replace(b"\n", b"\r\n"))
    result = run(desk, "annotate", "import", book, "-o", own, "--author", "B. Author", "--date", "2026-03-01")
    assert result.returncode == 0, result.stderr
    written = own.read_bytes()
    assert written.startswith((desk / "product.toml").read_bytes().replace(b"\n", b"\r\n").rstrip())
    assert b'author = "B. Author"\r\ndate = 2026-03-01\r\n' in written
    assert run(desk, "build", "corpus", "-o", "second", "--product", own, "--format", "xlsx").returncode == 0
    assert run(desk, "annotate", "import", "second/annex.xlsx", "-o", own).returncode == 0
    assert own.read_bytes() == written
    status = run(desk, "annotate", "status", "second/annex.json")
    assert status.returncode == 0
    assert re.match(r"1 of [\d,]+ cells that need a person are confirmed", status.stdout)


def test_what_is_refused_has_an_address_and_exit_code_1(desk: Path) -> None:
    book, place = answered(desk, "wrong.xlsx", "WORKLIST")
    result = run(desk, "annotate", "import", book, "-o", "refused.toml")
    assert result.returncode == 1
    assert f"{place}: 'WORKLIST' is not one of FIXED" in result.stderr
    assert not (desk / "refused.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "corpus", "-o", "x", "--product", "none.toml", "--quiet"), "none.toml: No such file"),
        (("build", "corpus", "-o", "x", "--product", "broken.toml", "--quiet"), "broken.toml: not TOML"),
        (("annotate", "import", "broken.toml", "-o", "y.toml"), "broken.toml: not an Excel workbook"),
        (("annotate", "import", "annexes/annex.xlsx", "-o", "broken.toml"), "broken.toml: not TOML"),
        (("annotate", "status", "annexes/annex.json", "--product", "product.toml"), "has its statements already"),
        (("annotate", "status", "no.json"), "no.json: No such file"),
    ],
)
def test_what_cannot_be_read_ends_with_exit_code_2(desk: Path, arguments: tuple[str, ...], message: str) -> None:
    (desk / "broken.toml").write_text("[product", encoding="utf-8")
    result = run(desk, *arguments)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_build_says_what_is_missing_and_what_is_stale(desk: Path) -> None:
    (desk / "stale.toml").write_text(
        '[[annotation]]\npath = "(0010,0010)"\ncolumn = "Source"\ntext = "EMPTY"\n', encoding="utf-8"
    )
    result = run(desk, "build", "corpus", "-o", "third", "--product", "stale.toml", "--format", "json")
    assert result.returncode == 0
    assert re.search(r"^  product: name", result.stderr, re.M)
    assert re.search(r"^  DIMSE SCU: 9 in Table N\.1-1$", result.stderr, re.M)
    assert re.search(r"\d+ statements of stale\.toml may no longer hold", result.stderr)


def test_conditions_are_checked_against_instances(desk: Path) -> None:
    """The first open Conditions cell of a CT table says what holds nowhere; with --corpus it is refused with its address."""
    book = load_workbook(desk / "annexes" / "annex.xlsx")
    places = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_col=8):
            if sheet.title == "CT Image IOD modules" and row[3].value == "CONDITIONAL" and not places:
                row[6].value = "Present if Modality (0008,0060) is absent."
                places.append(f"{sheet.title}!{row[6].coordinate}")
    book.save(desk / "condition.xlsx")
    taken = run(desk, "annotate", "import", "condition.xlsx", "-o", "taken.toml")
    assert taken.returncode == 0, taken.stderr
    assert "note: 1 condition was not checked against instances: name them with --corpus" in taken.stderr
    for corpus in ("corpus", "corpus.profile.json.gz"):
        if not (desk / corpus).exists():
            assert run(desk, "scan", "corpus", "-o", corpus, "--quiet").returncode == 0
        refused = run(desk, "annotate", "import", "condition.xlsx", "-o", "refused.toml", "--corpus", corpus)
        assert refused.returncode == 1
        assert re.match(
            rf"{places[0]}: it is present in \d+ instances where the condition does not hold$", refused.stderr, re.M
        )
        assert "0 statements changed, 1 refused" in refused.stderr
        assert not (desk / "refused.toml").exists()
