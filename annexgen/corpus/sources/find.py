"""Finds what a source holds: folders are walked, archives opened, file-sets followed, lists and URLs resolved."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.corpus.instance import NotReadableError
from annexgen.corpus.sources.batches import (
    ARCHIVE_SUFFIXES,
    MAXIMUM_MEMBERS,
    Batch,
    Files,
    Missing,
    Remote,
    TarMembers,
    ZipMembers,
)
from annexgen.corpus.sources.file_sets import NOT_THERE, OUTSIDE, may_be_directory_file, referenced_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annexgen.corpus.sources.file_sets import AbsentFile

BATCH_SIZE = 256
STANDARD_INPUT = "-"

EXTRAS = {"s3": "remote", "http": "remote", "https": "remote", "gs": "gs", "gcs": "gs", "az": "az", "abfs": "az"}
"""Which extra brings what reads the URLs of a scheme."""


class SourceError(Exception):
    """A source that cannot be read at all; the message names it and says what to do."""


def batches_of(sources: Iterable[str], size: int = BATCH_SIZE, weight: int = 0) -> Iterator[Batch]:
    """Everything that the sources hold, in batches of up to `size` entries.

    Args:
        sources: paths of files, folders, archives (.zip, .tar, .tar.gz, ...) and DICOMDIR files; URLs (s3://, https://, ...).
        size: how many files a batch holds at most.
        weight: end batches by the names and sizes of files, after about a quarter of `size` files or so many bytes, and
            earlier than `size` nearly always, so that one file more or less changes few batches; 0: by their number.

    Raises:
        SourceError: a source does not exist or may not be listed.
    """
    chosen = list(dict.fromkeys(sources))
    yield from _grouped(_Finder(chosen).all(), size, weight)


def _grouped(found: Iterator[str | Batch], size: int, weight: int) -> Iterator[Batch]:
    files: list[str] = []
    for one in found:
        if isinstance(one, str):
            files.append(one)
            if len(files) == size or (weight and _is_boundary(one, size, weight)):
                yield Files(tuple(files))
                files = []
        else:
            yield one
    if files:
        yield Files(tuple(files))


def _is_boundary(path: str, size: int, weight: int) -> bool:
    """Whether a batch ends with a file, by its name and size alone."""
    try:
        share = 4 / size + os.stat(path).st_size / weight  # noqa: PTH116 - Path would cost more than the rest
    except OSError:
        return True
    return zlib.crc32(os.fsencode(path)) < share * (1 << 32)


class _Finder:
    """Walks sources; every folder and every linked file once, however it is reached."""

    def __init__(self, sources: list[str]) -> None:
        self._sources = sources
        self._roots = [os.path.realpath(s) for s in sources if "://" not in s and Path(s).is_dir()]
        self._folders: set[str] = set()
        self._linked: set[str] = set()
        self._files: set[str] | None = None
        self._missing: set[str] = set()

    def all(self) -> Iterator[str | Batch]:
        # First of all: a source that is not there shall not be found after hours of reading the others.
        for source in self._sources:
            _check(source)
        for source in self._sources:
            if "://" in source:
                yield from _remote(source)
            elif Path(source).is_dir():
                yield from self._folder(source)
            elif not self._roots or not self._is_inside(os.path.realpath(source)):
                yield from self._file(source, follow=True)

    def _folder(self, folder: str) -> Iterator[str | Batch]:
        real = os.path.realpath(folder)
        if real in self._folders:
            return
        self._folders.add(real)
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            reason = f"cannot be listed ({error.strerror})"
            if folder in self._sources:
                raise SourceError(f"{folder}: {reason}") from error
            yield Missing((folder,), f"a folder that {reason}")
            return
        for entry in entries:
            if entry.is_symlink():
                yield from self._link(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                yield from self._folder(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield from self._file(entry.path)

    def _link(self, path: str) -> Iterator[str | Batch]:
        """What a link leads to, unless it is found without the link."""
        real = os.path.realpath(path)
        if self._is_inside(real) or real in self._linked:
            return
        self._linked.add(real)
        if Path(real).is_dir():
            yield from self._folder(path)
        elif Path(real).is_file():
            yield from self._file(path)

    def _file(self, path: str, *, follow: bool = False) -> Iterator[str | Batch]:
        name = path.lower()
        if name.endswith(".zip"):
            yield from _zip(path)
        elif name.endswith(ARCHIVE_SUFFIXES):
            yield TarMembers(path)
        else:
            yield path
            if may_be_directory_file(os.path.basename(name)):  # noqa: PTH119 - a Path for every file is slow
                yield from self._file_set(path, follow=follow)

    def _file_set(self, path: str, *, follow: bool) -> Iterator[str | Batch]:
        """The files that a DICOMDIR refers to, but for those that are found without it, and those that are not there.

        Arguments: `follow` is false in a folder, where all that is there is found without the DICOMDIR.
        """
        if self._files is None:
            self._files = {os.path.realpath(s) for s in self._sources if "://" not in s and Path(s).is_file()}
        try:
            found = referenced_files(Path(path))
        except (NotReadableError, OSError):
            # It says so itself when it is read.
            return
        if found is None:
            return
        for file in found.present if follow else ():
            real = os.path.realpath(file)
            if real not in self._files and not self._is_inside(real):
                self._files.add(real)
                yield str(file)
        yield from self._not_there(found.missing, NOT_THERE)
        yield from self._not_there(found.outside, OUTSIDE)

    def _not_there(self, files: tuple[AbsentFile, ...], reason: str) -> Iterator[Batch]:
        """Files that are named, each once however many copies of the DICOMDIR name it."""
        new = tuple(file for file in files if file.path not in self._missing)
        self._missing.update(file.path for file in new)
        if new:
            yield Missing(tuple(file.shown for file in new), reason)

    def _is_inside(self, real: str) -> bool:
        return any(real == root or real.startswith(f"{root}{os.sep}") for root in self._roots)


def _check(source: str) -> None:
    """Refuse what is no source.

    Raises:
        SourceError: it is not there, may not be listed, or is neither a file nor a folder.
    """
    if "://" in source:
        return
    path = Path(source)
    try:
        if path.is_dir():
            with os.scandir(source):
                return
        if not path.is_file():
            what = "neither a file nor a folder" if path.exists() else "no such file or folder"
            raise SourceError(f"{source}: {what}")
    except OSError as error:
        raise SourceError(f"{source}: cannot be {'listed' if path.is_dir() else 'read'} ({error.strerror})") from error


def _zip(path: str) -> Iterator[Batch]:
    """A ZIP archive in batches; one that is damaged is one batch, which says so when it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            count = len(archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        yield ZipMembers(path, 0, 0)
        return
    if count > MAXIMUM_MEMBERS:
        yield Missing((path,), f"an archive with more than {MAXIMUM_MEMBERS:,} members")
        return
    for first in range(0, count, BATCH_SIZE):
        yield ZipMembers(path, first, min(first + BATCH_SIZE, count))


def _remote(url: str) -> Iterator[Batch]:
    """The objects below a URL, or the one that it names."""
    try:
        import fsspec
    except ImportError as error:
        raise SourceError(
            f"{url}: reading URLs needs the extra annexgen[remote]: pip install 'annexgen[remote]'"
        ) from error
    scheme = url.partition("://")[0]
    try:
        system, path = fsspec.core.url_to_fs(url)
        names = [path] if scheme in ("http", "https") and not url.endswith("/") else sorted(system.find(path))
    except (OSError, ValueError, ImportError) as error:
        extra = EXTRAS.get(scheme)
        if isinstance(error, ImportError) and extra:
            raise SourceError(
                f"{url}: reading {scheme}:// needs the extra annexgen[{extra}]: pip install 'annexgen[{extra}]'"
            ) from error
        raise SourceError(f"{url}: cannot be listed ({error})") from error
    if not names:
        raise SourceError(f"{url}: nothing is there")
    urls = [name if "://" in name else f"{scheme}://{name}" for name in names]
    for first in range(0, len(urls), BATCH_SIZE):
        yield Remote(tuple(urls[first : first + BATCH_SIZE]))


def read_list(text: str) -> list[str]:
    """The paths of a list, one a line, or separated by NUL characters (as `find -print0` writes them)."""
    parts = text.split("\0") if "\0" in text else text.splitlines()
    return [part for part in parts if part.strip()]
