"""Opens files as buffers, and gives each its file id, which names it in everything written (never its name)."""

from __future__ import annotations

import hashlib
import mmap
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from annexgen.corpus.elements import Buffer

_HEAD = 1 << 11
_MEMORY_MAP_FROM = 1 << 16


@contextmanager
def open_buffer(path: Path) -> Iterator[Buffer]:
    """The content of a file as a buffer: small files as bytes, large ones as a memory map of which little is touched.

    Raises:
        OSError: the file cannot be opened or read.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size < _MEMORY_MAP_FROM:
            yield stream.read()
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def file_id(buffer: Buffer, salt: bytes = b"") -> str:
    """A short id of a file by its content: the same wherever the file lies, and silent about its name.

    It is a keyed hash of the first 2 KiB and the size; the SOP Instance UID in there makes it distinct for each
    instance.
    """
    digest = hashlib.blake2b(bytes(buffer[:_HEAD]), digest_size=6, key=salt[:64], person=b"annexgen-file")
    digest.update(len(buffer).to_bytes(8, "little"))
    return digest.hexdigest()
