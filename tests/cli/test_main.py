"""What no command expects: an interruption, a fault of annexgen, names that are no text."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from annexgen.cli.main import main


@pytest.fixture(scope="module")
def study(corpus: Path) -> Path:
    return corpus / "SIM-0001"


def test_an_interruption_is_no_answer(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 would say "different", "undisclosed" or "not final" to a script."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("annexgen.annex.build.build_annex", interrupt)
    result = CliRunner().invoke(main, ["build", str(study), "--jobs", "0", "-o", str(tmp_path / "out")])
    assert result.exit_code == 130
    assert "stopped" in result.output
    assert not (tmp_path / "out").exists()


def test_a_fault_says_where_and_holds_no_value(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("Doe^Jane")

    monkeypatch.setattr("annexgen.annex.build.build_annex", fail)
    result = CliRunner().invoke(main, ["build", str(study), "--jobs", "0", "-o", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "internal error of annexgen" in result.output
    assert "KeyError in cli/build.py:" in result.output
    assert "Doe" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_names_that_are_no_text_are_listed_read_and_told(study: Path, tmp_path: Path) -> None:
    """As `find -print0 | annexgen scan -` gives them, and as messages name them."""
    folder = os.fsencode(tmp_path) + b"/M\xfcller"
    os.mkdir(folder)  # noqa: PTH102
    source = sorted(study.rglob("*.dcm"))[0]
    for name in (b"/im\xe4ge.dcm", b"/second.dcm"):
        Path(os.fsdecode(folder + name)).write_bytes(source.read_bytes())
    Path(os.fsdecode(folder + b"/n\xf6.txt")).write_bytes(b"no DICOM")
    listed = b"\0".join(folder + name for name in (b"/im\xe4ge.dcm", b"/second.dcm", b"/n\xf6.txt"))
    output = tmp_path / "a.profile.json.gz"
    result = CliRunner().invoke(main, ["scan", "-", "--jobs", "0", "-o", str(output)], input=listed)
    assert result.exit_code == 0, result.output
    assert "2 instances" in result.output
    assert "too short" in result.output or "not DICOM" in result.output
