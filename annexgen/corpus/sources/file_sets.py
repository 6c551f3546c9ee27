"""File-sets: the files that a DICOMDIR refers to (PS3.10 section 8, PS3.3 Annex F)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.files import open_buffer
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from annexgen.corpus.elements import Buffer, RawElement

DIRECTORY_RECORD_SEQUENCE = 0x00041220
REFERENCED_FILE_ID = 0x00041500
DIRECTORY_NAME = "DICOMDIR"
"""How PS3.10 section 8.6 names the DICOMDIR of a file-set."""
NOT_THERE = "named by the DICOMDIR, but not in the file-set"
OUTSIDE = "named by the DICOMDIR outside of the file-set"

FileIds = dict[tuple[str, ...], int]
"""Referenced File IDs, and the number of the first Directory Record that has each."""


@dataclass(frozen=True, slots=True)
class AbsentFile:
    """A file that a DICOMDIR names and that is not there.

    `path` is where it would be. It tells what a value of the DICOMDIR says, which may identify a patient; `shown` names for the
    terminal the record that refers to it, and the folder that is there.
    """

    path: str
    shown: str


@dataclass(frozen=True, slots=True)
class ReferencedFiles:
    """The files of a file-set: found, not found, and named outside of it."""

    present: tuple[Path, ...]
    missing: tuple[AbsentFile, ...]
    outside: tuple[AbsentFile, ...]


def may_be_directory_file(name: str) -> bool:
    """Whether a file may be a DICOMDIR by the last part of its name; copies of one are often called DICOMDIR.BAK and the like."""
    return name.upper().startswith(DIRECTORY_NAME)


def file_ids_in(buffer: Buffer) -> FileIds | None:
    """The files that the records of a DICOMDIR refer to; None when the content is no DICOMDIR.

    Raises:
        NotReadableError: the content cannot be read.
    """
    instance = read_any(buffer)
    if instance.sop_class != MEDIA_STORAGE_DIRECTORY:
        return None
    ids: FileIds = {}
    for number, item in enumerate(_items(instance.elements, DIRECTORY_RECORD_SEQUENCE), 1):
        for element in item:
            if element.tag == REFERENCED_FILE_ID and isinstance(element.value, bytes) and element.value:
                text = element.value.decode("latin-1").strip(" \0")
                ids.setdefault(tuple(part.strip() for part in text.split("\\")), number)
    return ids


def referenced_files(directory: Path) -> ReferencedFiles | None:
    """The files that the records of a DICOMDIR on a disk refer to, in sorted order; None when it is no DICOMDIR.

    Raises:
        NotReadableError: the file cannot be read.
        OSError: it cannot be opened.
    """
    with open_buffer(directory) as buffer:
        ids = file_ids_in(buffer)
    if ids is None:
        return None
    present, missing, outside = [], [], []
    root = directory.parent
    for parts in sorted(ids):
        record = f"record {ids[parts]} of {directory.name}"
        if _is_outside(parts):
            outside.append(AbsentFile(f"{directory}: {'/'.join(parts)}", f"{root} ({record})"))
            continue
        way = _way(parts, lambda names: _exists(root.joinpath(*names)))
        if len(way) == len(parts) and root.joinpath(*way).is_file():
            present.append(root.joinpath(*way))
        else:
            folder = root.joinpath(*way[: len(parts) - 1])
            missing.append(AbsentFile(str(root.joinpath(*parts)), f"{folder} ({record})"))
    return ReferencedFiles(tuple(present), tuple(missing), tuple(outside))


def absent_members(
    archive: str, directories: Mapping[str, FileIds], members: Iterable[str]
) -> tuple[list[str], list[str]]:
    """What the DICOMDIRs in an archive refer to and is not in it: not there, and outside of the file-set.

    Args:
        archive: its name, for the terminal.
        directories: the File IDs in each DICOMDIR, by its name in the archive.
        members: the names of all files in the archive.

    Returns:
        For each file that is absent, once however many copies of a DICOMDIR name it, what names it on the terminal.
    """
    files = {_parts(name) for name in members}
    there = files | {name[:length] for name in files for length in range(1, len(name))}
    missing: dict[tuple[str, ...], str] = {}
    outside: dict[tuple[str, ...], str] = {}
    for directory in sorted(directories):
        *root, name = _parts(directory)
        for parts, number in sorted(directories[directory].items()):
            way = _way(parts, there.__contains__, tuple(root))
            if _is_outside(parts):
                told, folder = outside, "/".join(root)
            elif way in files and len(way) == len(root) + len(parts):
                continue
            else:
                told, folder = missing, "/".join(way[: len(root) + len(parts) - 1])
            told.setdefault((*root, *parts), f"{archive}: {folder}{' ' * bool(folder)}(record {number} of {name})")
    return list(missing.values()), list(outside.values())


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a member's name; some programs write backslashes, or begin with a dot."""
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def _is_outside(parts: tuple[str, ...]) -> bool:
    return any(part in ("", ".", "..") or "/" in part for part in parts)


def _way(
    parts: tuple[str, ...], is_there: Callable[[tuple[str, ...]], bool], root: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The names on the way from the root of a file-set to a file, as far as they are there.

    File IDs are upper case (PS3.10 section 8.2); a disk may hold the names in lower case.
    """
    way = root
    for part in parts:
        found = next((name for name in (part, part.lower()) if is_there((*way, name))), None)
        if found is None:
            break
        way = (*way, found)
    return way


def _items(elements: list[RawElement], tag: int) -> list[list[RawElement]]:
    for element in elements:
        if element.tag == tag and isinstance(element.value, list):
            return element.value
    return []


def _exists(path: Path) -> bool:
    """Whether something is there under a name out of a file, which may be none that the disk can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
