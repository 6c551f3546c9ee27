"""annexgen's command line in the test's own process: its exit code, and all that it would print as a process of its own.

A process of its own costs a second before it does anything. The tests of the README, the guide and the pipeline start annexgen
so, every command at least once; where that is not what a test is about, the command runs here.
"""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
import traceback
import warnings
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from annexgen.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = [sys.executable, "-c", "from annexgen.cli.main import main; main(prog_name='annexgen')"]
"""The beginning of the command line of a process of its own."""


def run(*arguments: object, stdin: str = "", folder: Path | None = None) -> CompletedProcess[str]:
    """Run a command, in a folder if one is given; an error that it lets through is told as Python tells it."""
    done = run_bytes(*arguments, stdin=stdin, folder=folder)
    return CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def run_bytes(*arguments: object, stdin: str = "", folder: Path | None = None) -> CompletedProcess[bytes]:
    """The same, with what is printed as bytes."""
    command = list(map(str, arguments))
    printed, errors = io.BytesIO(), io.BytesIO()
    with contextlib.chdir(folder) if folder is not None else contextlib.nullcontext(), _standing_in(stdin):
        sys.stdout = io.TextIOWrapper(printed, "utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(errors, "utf-8", errors="backslashreplace", write_through=True)
        with _warnings_printed(), _log_printed():
            code = _exit_code(command)
        sys.stdout.flush()
        sys.stderr.flush()
        return CompletedProcess(["annexgen", *command], code, printed.getvalue(), errors.getvalue())


def run_process(*arguments: object) -> CompletedProcess[str]:
    """Run a command in a process of its own, which orders sets in another way than this one."""
    return subprocess.run([*PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)


def _exit_code(command: list[str]) -> int:
    try:
        main(command, prog_name="annexgen")
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        sys.stderr.write(f"{left.code}\n")
    except Exception:  # noqa: BLE001  # as Python itself: it is told, and the exit code is 1
        traceback.print_exc()
    return 1


@contextlib.contextmanager
def _standing_in(stdin: str) -> Iterator[None]:
    """Gives the command its input, and gives back the streams of the test afterwards."""
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams


@contextlib.contextmanager
def _warnings_printed() -> Iterator[None]:
    """Warnings are printed, as Python prints them, and not kept by pytest."""

    def printed(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object, **__: object
    ) -> None:
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))

    with warnings.catch_warnings():
        warnings.resetwarnings()
        for ignored in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", ignored)
        warnings.showwarning = printed
        yield


class _LastResort(logging.StreamHandler[io.TextIOBase]):
    """Prints what is logged by who has no handler, as Python does where nothing is set up."""

    def emit(self, record: logging.LogRecord) -> None:
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger is not None and logger.parent is not None:
            if logger.handlers:
                return
            logger = logger.parent
        super().emit(record)


@contextlib.contextmanager
def _log_printed() -> Iterator[None]:
    handler = _LastResort(sys.stderr)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
