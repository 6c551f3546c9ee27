"""Batches: what one process reads in one go. They name where the bytes are, hold none, and travel between processes."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from annexgen.corpus.files import open_buffer
from annexgen.corpus.instance import NotReadableError
from annexgen.corpus.sources.file_sets import NOT_THERE, OUTSIDE, absent_members, file_ids_in, may_be_directory_file

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources.file_sets import FileIds

    Opener = Callable[[], AbstractContextManager[Buffer]]

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
    open: Opener


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
        for path in self.paths:
            yield Entry(path, partial(_refused, self.reason))


@contextmanager
def _refused(reason: str) -> Iterator[Buffer]:
    raise NotReadableError(reason)
    yield b""


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
        """Each member that is a file, unpacked in memory one at a time; last what DICOMDIRs name and is not in the archive."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                for member in archive.infolist()[self.first : self.last]:
                    if not member.is_dir():
                        yield Entry(
                            f"{self.archive}: {member.filename}",
                            partial(_zip_member, archive, member),
                        )
                yield from self._absent(archive)
        except (*ARCHIVE_ERRORS, OSError) as error:
            raise NotReadableError(f"the archive cannot be read: {_why(error)}") from error

    def _absent(self, archive: zipfile.ZipFile) -> Iterator[Entry]:
        """What all DICOMDIRs of the archive name and is not in it, with the batch that has the last of them."""
        files = [(number, one) for number, one in enumerate(archive.infolist()) if not one.is_dir()]
        named = [(number, one) for number, one in files if _may_be_directory_file(one.filename)]
        if not named or not self.first <= named[-1][0] < self.last:
            return
        directories = {}
        for _, member in named:
            with suppress(NotReadableError), _zip_member(archive, member) as content:
                directories[member.filename] = file_ids_in(content)
        yield from _absent(self.archive, directories, (one.filename for _, one in files))


def _may_be_directory_file(member: str) -> bool:
    return may_be_directory_file(member.replace("\\", "/").rpartition("/")[2])


def _absent(archive: str, directories: Mapping[str, FileIds | None], members: Iterable[str]) -> Iterator[Entry]:
    """What DICOMDIRs in an archive name and is not in it, as entries that cannot be opened."""
    known = {name: ids for name, ids in directories.items() if ids}
    if known:
        missing, outside = absent_members(archive, known, members)
        for names, reason in ((missing, NOT_THERE), (outside, OUTSIDE)):
            for name in names:
                yield Entry(name, partial(_refused, reason))


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
        """Each member that is a file; links and devices are passed over. Last what DICOMDIRs name and is not in the archive."""
        directories: dict[str, FileIds | None] = {}
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
                        opened: Opener = partial(_tar_member, archive, member, unpacked, packed)
                        if _may_be_directory_file(member.name):
                            # It can be read once only, and what it names may come later.
                            opened, directories[member.name] = _held(opened)
                        yield Entry(f"{self.archive}: {member.name}", opened)
                    # Passing over the rest of a bomb would unpack it all the same.
                    _refuse_bomb(unpacked, packed)
                yield from _absent(
                    self.archive, directories, (one.name for one in archive.getmembers() if one.isfile())
                )
        except (*ARCHIVE_ERRORS, OSError) as error:
            raise NotReadableError(f"the archive cannot be read (any further): {_why(error)}") from error


def _held(opened: Opener) -> tuple[Opener, FileIds | None]:
    """A member that is read now, to be opened later; and what it names if it is a DICOMDIR."""
    try:
        with opened() as content:
            pass
    except NotReadableError as error:
        return partial(_refused, str(error)), None

    def held() -> AbstractContextManager[Buffer]:
        return nullcontext(content)

    try:
        return held, file_ids_in(content)
    except NotReadableError:
        return held, None


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
