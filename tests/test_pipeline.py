"""docs/pipeline.sh as a build server runs it: the same version passes, a new private element stops the release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

SCRIPT = Path(__file__).parents[1] / "docs" / "pipeline.sh"
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")


@pytest.fixture(scope="module")
def desk(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A command annexgen, a corpus, and what is published of it."""
    desk = tmp_path_factory.mktemp("pipeline")
    command = desk / "bin" / "annexgen"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from annexgen.cli.main import main; main()" "$@"\n')
    command.chmod(0o755)
    shutil.copytree(corpus, desk / "one")
    done = run(desk, "annexgen", "build", "one", "-o", "published", "--format", "json", "--quiet")
    assert done.returncode == 0, done.stderr
    return desk


def run(desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{desk / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, check=False)


def test_the_same_version_has_no_differences(desk: Path) -> None:
    done = run(desk, "bash", str(SCRIPT), "one", "published/annex.json", "same")
    assert done.returncode in (0, 1), done.stderr
    assert (desk / "same" / "changes.md").read_text(encoding="utf-8").rstrip().endswith("No differences.")
    assert (desk / "same" / "annexes" / "annex.docx").is_file()
    assert "undisclosed" not in "".join(c.name for c in (desk / "same" / "audit").iterdir())


def test_a_new_private_element_stops_the_release(desk: Path) -> None:
    shutil.copytree(desk / "one", desk / "two")
    changed = 0
    for path in sorted(p for p in (desk / "two").rglob("*") if p.is_file()):
        data = pydicom.dcmread(path, force=True)
        if data.get("Modality") == "CT" and data.get("SOPClassUID") == "1.2.840.10008.5.1.4.1.1.2":
            data.private_block(0x0029, "ACME NEW", create=True).add_new(0x01, "LO", "new")
            data.save_as(path)
            changed += 1
    assert changed
    done = run(desk, "bash", str(SCRIPT), "two", "published/annex.json", "next")
    assert done.returncode == 1, done.stderr
    assert '(0029,xx01,"ACME NEW")' in (desk / "next" / "changes.md").read_text(encoding="utf-8")
    assert "ACME NEW" in (desk / "next" / "audit.txt").read_text(encoding="utf-8")


def test_what_cannot_be_read_is_exit_code_2(desk: Path) -> None:
    assert run(desk, "bash", str(SCRIPT), "one").returncode == 2
    done = run(desk, "bash", str(SCRIPT), "nowhere", "published/annex.json", "bad")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
