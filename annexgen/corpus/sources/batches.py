"""Batches: what one process reads in one go. They name where the bytes are, hold none, and travel between processes."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from annexgen.corpus.files import open_buffer
from annexgen.corpus.instance import NotReadableError

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from annexgen.corpus.elements import Buffer

MAXIMUM_MEMBER_SIZE = 1 << 30
"""Larger members of archives are not unpacked: they would have to be held in memory."""
MAXIMUM_MEMBERS = 1_000_000
MAXIMUM_RATIO = 200
"""A member that is more than this many times larger than what it is packed into, and large, is taken for a bomb."""
RATIO_FROM = 100 << 20

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
ARCHIVE_SUFFIXES = (".zip", *TAR_SUFFIXES)

ARCHIVE_ERRORS = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to read: how it is called on the terminal, and how it is opened."""

    name: str
    open: Callable[[], AbstractContextManager[Buffer]]


class Batch(Protocol):
    """Some entries that are read one after the other."""

    def entries(self) -> Iterator[Entry]:
        """The entries, always in the same order.

        Raises:
            NotReadableError: what holds the entries cannot be read (any further).
        """

    @property
    def name(self) -> str:
        """What holds the entries, for messages on the terminal."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files of a disk."""

    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        """The folder of the first file."""
        return str(Path(self.paths[0]).parent)

    def entries(self) -> Iterator[Entry]:
        """Each file."""
        for path in self.paths:
            yield Entry(path, partial(open_buffer, path))


@dataclass(frozen=True, slots=True)
class Missing:
    """Files that a DICOMDIR names and that are not there; `reasons` says so for each."""

    paths: tuple[str, ...]
    reason: str

    @property
    def name(self) -> str:
        """The first of them."""
        return self.paths[0]

    def entries(self) -> Iterator[Entry]:
        """Each file; opening it fails with the reason."""

        @contextmanager
        def refuse() -> Iterator[Buffer]:
            raise NotReadableError(self.reason)
            yield b""

        for path in self.paths:
            yield Entry(path, refuse)


@dataclass(frozen=True, slots=True)
class Cut:
    """The first entries of a batch, and why there are no more: the reader was lost between two of them."""

    batch: Batch
    count: int
    reason: str

    @property
    def name(self) -> str:
        """That of the batch."""
        return self.batch.name

    def entries(self) -> Iterator[Entry]:
        """The first entries; the one after them is not looked for."""
        yield from islice(self.batch.entries(), self.count)
        raise NotReadableError(self.reason)


@dataclass(frozen=True, slots=True)
class ZipMembers:
    """Members of a ZIP archive, by their number in it."""

    archive: str
    first: int
    last: int

    @property
    def name(self) -> str:
        """The archive."""
        return self.archive

    def entries(self) -> Iterator[Entry]:
        """Each member that is a file, unpacked in memory one at a time."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                for member in archive.infolist()[self.first : self.last]:
                    if not member.is_dir():
                        yield Entry(
                            f"{self.archive}: {member.filename}",
                            partial(_zip_member, archive, member),
                        )
        except (*ARCHIVE_ERRORS, OSError) as error:
            raise NotReadableError(f"the archive cannot be read: {_why(error)}") from error


@contextmanager
def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Buffer]:
    _refuse_bomb(member.file_size, member.compress_size)
    if member.flag_bits & 1:
        raise NotReadableError("a member of an archive that is encrypted; unpack it with its password first")
    try:
        with archive.open(member) as stream:
            content = _bounded(stream)
    except (*ARCHIVE_ERRORS, OSError, RuntimeError) as error:
        raise NotReadableError(f"a damaged member of an archive: {_why(error)}") from error
    yield content


@dataclass(frozen=True, slots=True)
class TarMembers:
    """All members of a TAR archive, packed or not, read from its beginning to its end."""

    archive: str

    @property
    def name(self) -> str:
        """The archive."""
        return self.archive

    def entries(self) -> Iterator[Entry]:
        """Each member that is a file; links and devices are passed over."""
        try:
            packed = Path(self.archive).stat().st_size
            unpacked = members = 0
            with tarfile.open(self.archive, "r|*") as archive:
                for member in archive:
                    members += 1
                    if members > MAXIMUM_MEMBERS:
                        raise NotReadableError(f"an archive with more than {MAXIMUM_MEMBERS:,} members")
                    unpacked += member.size
                    if member.isfile():
                        yield Entry(
                            f"{self.archive}: {member.name}",
                            partial(_tar_member, archive, member, unpacked, packed),
                        )
                    # Passing over the rest of a bomb would unpack it all the same.
                    _refuse_bomb(unpacked, packed)
        except (*ARCHIVE_ERRORS, OSError) as error:
            raise NotReadableError(f"the archive cannot be read (any further): {_why(error)}") from error


@contextmanager
def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, unpacked: int, packed: int) -> Iterator[Buffer]:
    _refuse_bomb(member.size, 0)
    _refuse_bomb(unpacked, packed)
    try:
        stream = archive.extractfile(member)
        content = _bounded(stream) if stream is not None else b""
    except (*ARCHIVE_ERRORS, OSError) as error:
        raise NotReadableError(f"a damaged member of an archive: {_why(error)}") from error
    yield content


@dataclass(frozen=True, slots=True)
class Remote:
    """Objects that fsspec reads: S3, Google Cloud, Azure, HTTP."""

    urls: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first of them."""
        return self.urls[0]

    def entries(self) -> Iterator[Entry]:
        """Each object, read whole."""
        for url in self.urls:
            yield Entry(url, partial(_remote, url))


@contextmanager
def _remote(url: str) -> Iterator[Buffer]:
    import fsspec

    try:
        with fsspec.open(url, "rb") as stream:
            content = _bounded(stream)
    except (OSError, ValueError, ImportError) as error:
        raise NotReadableError(f"cannot be fetched: {type(error).__name__}") from error
    yield content


def _why(error: Exception) -> str:
    """What is wrong with an archive, without names of files: a reason is written, and names may be those of patients."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    before_names = re.split(r"['\"]", str(error), maxsplit=1)[0]
    return re.sub(r"(?: for file)?\W*(?:\bb)?$", "", before_names) or type(error).__name__


def _refuse_bomb(size: int, packed: int) -> None:
    if packed == 0 and size > MAXIMUM_MEMBER_SIZE:
        raise NotReadableError(
            f"a member of an archive with more than {MAXIMUM_MEMBER_SIZE >> 20} MiB; unpack it first"
        )
    if packed and size > RATIO_FROM and size > packed * MAXIMUM_RATIO:
        raise NotReadableError(f"an archive that unpacks to more than {MAXIMUM_RATIO} times its size")


def _bounded(stream: IO[bytes] | io.BufferedIOBase) -> bytes:
    content = stream.read(MAXIMUM_MEMBER_SIZE + 1)
    if len(content) > MAXIMUM_MEMBER_SIZE:
        raise NotReadableError(f"more than {MAXIMUM_MEMBER_SIZE >> 20} MiB; unpack or download it first")
    return content
