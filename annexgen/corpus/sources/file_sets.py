"""File-sets: the files that a DICOMDIR refers to (PS3.10 section 8, PS3.3 Annex F)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.files import open_buffer
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY, NotReadableError

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.corpus.elements import RawElement

DIRECTORY_RECORD_SEQUENCE = 0x00041220
REFERENCED_FILE_ID = 0x00041500


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


def is_directory_file(path: Path) -> bool:
    """Whether a file is a DICOMDIR: by its File Meta Information, whatever its name."""
    try:
        with open_buffer(path) as buffer:
            return read_any(buffer).sop_class == MEDIA_STORAGE_DIRECTORY
    except (NotReadableError, OSError):
        return False


def referenced_files(directory: Path) -> ReferencedFiles:
    """The files that the records of a DICOMDIR refer to, in sorted order.

    File IDs are upper case (PS3.10 section 8.2); a disk may hold the names in lower case.

    Raises:
        NotReadableError: the file is no DICOMDIR.
        OSError: it cannot be opened.
    """
    with open_buffer(directory) as buffer:
        elements = read_any(buffer).elements
    ids: dict[tuple[str, ...], int] = {}
    for number, item in enumerate(_items(elements, DIRECTORY_RECORD_SEQUENCE), 1):
        for element in item:
            if element.tag == REFERENCED_FILE_ID and isinstance(element.value, bytes) and element.value:
                text = element.value.decode("latin-1").strip(" \0")
                ids.setdefault(tuple(part.strip() for part in text.split("\\")), number)
    present, missing, outside = [], [], []
    root = directory.parent
    for parts in sorted(ids):
        record = f"record {ids[parts]} of {directory.name}"
        if any(part in ("", ".", "..") or "/" in part for part in parts):
            outside.append(AbsentFile(f"{directory}: {'/'.join(parts)}", f"{root} ({record})"))
        elif (found := _find(root, parts)) is not None:
            present.append(found)
        else:
            missing.append(AbsentFile(str(root.joinpath(*parts)), f"{_deepest(root, parts)} ({record})"))
    return ReferencedFiles(tuple(present), tuple(missing), tuple(outside))


def _items(elements: list[RawElement], tag: int) -> list[list[RawElement]]:
    for element in elements:
        if element.tag == tag and isinstance(element.value, list):
            return element.value
    return []


def _find(folder: Path, parts: tuple[str, ...]) -> Path | None:
    path = folder
    for part in parts:
        for name in (part, part.lower()):
            if _exists(path / name):
                path = path / name
                break
        else:
            return None
    return path if path.is_file() else None


def _deepest(folder: Path, parts: tuple[str, ...]) -> Path:
    """The folder on the way to a file that is not there, as far as it is there."""
    for part in parts[:-1]:
        below = next((folder / name for name in (part, part.lower()) if _exists(folder / name)), None)
        if below is None:
            break
        folder = below
    return folder


def _exists(path: Path) -> bool:
    """Whether something is there under a name out of a file, which may be none that the disk can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
