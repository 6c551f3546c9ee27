"""Opens files as buffers, and tells by which hash of its content a file is known (never its name)."""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import stat
from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from annexgen.corpus.elements import Buffer

_HEAD = 1 << 11
_MEMORY_MAP_FROM = 1 << 16
# A pipe that nobody writes to would be waited for.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def open_buffer(path: str | Path) -> AbstractContextManager[Buffer]:
    """The content of a file as a buffer: small files as bytes, large ones as a memory map of which little is touched.

    Plain system calls: a stream makes five more of them for each file.

    Raises:
        OSError: the file cannot be opened or read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        size = state.st_size
        if size >= _MEMORY_MAP_FROM:
            return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        content = os.read(descriptor, size)
        while len(content) < size and (more := os.read(descriptor, size - len(content))):
            content += more
    finally:
        os.close(descriptor)
    return nullcontext(content)


def content_id(buffer: Buffer, salt: bytes = b"") -> str:
    """What a file is known by in memory: a hash of its first 2 KiB and its size, keyed with the salt if one is known.

    It is the same wherever the file lies and silent about its name; the SOP Instance UID in the first 2 KiB makes it distinct
    for each instance. What is written is its file id (`annexgen.profile.file_ids`).
    """
    digest = hashlib.blake2b(bytes(buffer[:_HEAD]), key=salt_key(salt), digest_size=32, person=b"annexgen-file")
    digest.update(len(buffer).to_bytes(8, "little"))
    return digest.hexdigest()


def salt_key(salt: bytes) -> bytes:
    """The salt as the key of a hash: a salt of any length counts in full."""
    return salt if len(salt) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(salt).digest()
