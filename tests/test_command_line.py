"""A command that runs in the test's process prints, and ends, as it does in a process of its own."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import pytest

from tests import command_line
from tests.command_line import PROGRAM, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "command",
    [
        ("--version",),
        ("--help",),
        ("build", "--help"),
        ("build",),
        ("nonsense",),
        ("show", "nowhere"),
        ("show", "-"),
        ("standard", "show", "TAG", "00100020"),
        ("scan", ".", "-o", "one.json"),
    ],
)
def test_it_is_told_as_by_a_process(command: tuple[str, ...], tmp_path: Path) -> None:
    stdin = "no/such/file\n"
    # GNU readline, which pytest loads, puts COLUMNS into the environment of processes, but not into os.environ.
    environment = dict(os.environ)
    process = subprocess.run(
        [*PROGRAM, *command],
        cwd=tmp_path,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    here = run(*command, stdin=stdin, folder=tmp_path)
    assert (here.returncode, here.stdout, here.stderr) == (process.returncode, process.stdout, process.stderr)


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that warns, logs and fails where nothing catches it."""

    def program(command: list[str], prog_name: str) -> None:
        warnings.warn("be careful", UserWarning, stacklevel=1)
        logging.getLogger("odd").warning("look here")
        logging.getLogger("odd").info("of no importance")
        sys.stdout.write(sys.stdin.read())
        raise KeyError("lost")

    monkeypatch.setattr(command_line, "main", program)


@pytest.mark.usefixtures("odd")
def test_warnings_log_and_errors_are_printed() -> None:
    streams, handlers = (sys.stdin, sys.stdout, sys.stderr), list(logging.getLogger().handlers)
    for _ in range(2):
        done = run("odd", stdin="what is read")
        assert (done.returncode, done.stdout) == (1, "what is read")
        assert "UserWarning: be careful" in done.stderr
        assert "look here" in done.stderr
        assert "importance" not in done.stderr
        assert done.stderr.startswith(__file__)
        assert done.stderr.endswith("KeyError: 'lost'\n")
        assert "Traceback" in done.stderr
    assert streams == (sys.stdin, sys.stdout, sys.stderr)
    assert handlers == list(logging.getLogger().handlers)
