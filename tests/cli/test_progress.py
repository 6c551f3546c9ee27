"""Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shared_samples import SharedSamples

PROGRAM = """
import sys
from annexgen.cli import progress
progress.SHOWN_AFTER = progress.PLAIN_EVERY = 0.0
from annexgen.cli.main import main
main(sys.argv[1:], prog_name="annexgen")
"""
"""The command line, as it is after the first seconds of a long scan."""


@pytest.fixture(scope="module")
def corpus(shared_samples: SharedSamples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("progress") / "corpus"
    shutil.copytree(shared_samples.of("ct").folder, folder)
    (folder / "notes.txt").write_text("no instance", encoding="utf-8")
    return folder


def command(corpus: Path, *options: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "scan", str(corpus), "-o", f"{corpus}.profile.json.gz", *options]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_has_a_bar_with_files_rate_time_left_and_skipped(corpus: Path) -> None:
    import pty

    screen, terminal = pty.openpty()
    wide = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shown = b""
    with subprocess.Popen(command(corpus), stdout=subprocess.DEVNULL, stderr=terminal, env=wide) as process:
        os.close(terminal)
        while True:
            try:
                piece = os.read(screen, 4096)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            shown += piece
    os.close(screen)
    assert process.returncode == 0
    text = shown.decode("utf-8", "replace")
    assert "Reading" in text
    assert "files," in text
    assert "/s," in text
    assert "left," in text
    assert "1 skipped" in text


def test_elsewhere_there_are_plain_lines(corpus: Path) -> None:
    done = subprocess.run(command(corpus), capture_output=True, text=True, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("read ")]
    assert lines
    assert all("files," in line and " a second, " in line and line.endswith(" skipped") for line in lines)
    assert "\x1b" not in done.stderr


def test_quiet_says_nothing_on_standard_error(corpus: Path) -> None:
    done = subprocess.run(command(corpus, "--quiet"), capture_output=True, text=True, check=True)
    assert "read " not in done.stderr
    assert "skipped" not in done.stderr
