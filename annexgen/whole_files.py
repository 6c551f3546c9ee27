"""Writes a file whole or not at all: a full disk or an interruption leaves what was there before, and never half a file."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name beside it, then give it its name.

    A link stays one, and the file that it leads to is written. What is no file, such as /dev/stdout, is written to directly.

    Raises:
        OSError: it cannot be written; `filename` is the path, whatever part of the writing failed.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(content)
            return
        if mode is not None and not os.access(target, os.W_OK):
            # To rename over it needs no right to write to it, but who took that right away meant it.
            raise PermissionError(13, os.strerror(13))
        _replace(target, content, mode)
    except OSError as error:
        raise OSError(error.errno or 5, error.strerror or str(error), str(path)) from error


def write_whole_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, lines ended as they are.

    Raises:
        OSError: see `write_whole`.
    """
    write_whole(path, text.encode("utf-8"))


def _replace(target: Path, content: bytes, mode: int | None) -> None:
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        if mode is not None:
            with suppress(OSError):
                unfinished.chmod(stat.S_IMODE(mode))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
