"""Reads one batch into a counting: every entry is counted, or skipped with its reason."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.files import content_id
from annexgen.corpus.instance import NotReadableError
from annexgen.profile.file_ids import NO_ID
from annexgen.profile.privacy import PRODUCT_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources.batches import Batch
    from annexgen.profile.counting import Counting
    from annexgen.profile.model import Profile


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was not counted: its content id, its name (for the terminal only), and why."""

    file: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """A batch that was read: its number, its profile (unsealed), what was skipped, and how many entries there were."""

    number: int
    profile: Profile
    skipped: tuple[Skipped, ...]
    entries: int


def count_instance(buffer: Buffer, file: str, counting: Counting) -> None:
    """Read one file and count it.

    Raises:
        NotReadableError: it is no DICOM instance that can be counted.
    """
    counting.count(buffer, file)


def count_device(buffer: Buffer, file: str, counting: Counting, device: str) -> None:
    """Read one file and count it if `device` is part of its Manufacturer, Manufacturer's Model Name or Software Versions.

    What names no device at all, such as a DICOMDIR, is counted.

    Raises:
        NotReadableError: it is no DICOM instance that can be counted, or was written by another device.
    """
    instance = read_any(buffer)
    names = [
        element.value.decode("latin-1").strip(" \0").casefold()
        for element in instance.elements
        if element.tag in PRODUCT_TAGS and isinstance(element.value, bytes)
    ]
    if any(names) and not any(device.casefold() in name for name in names):
        raise NotReadableError("written by another device")
    counting.add(instance, file)


def read_batch(
    batch: Batch,
    counting: Counting,
    excluded: Mapping[int, Skipped],
    before: Callable[[int, str], None],
    after: Callable[[Skipped | None], None],
    count: Callable[[Buffer, str, Counting], None] = count_instance,
) -> None:
    """Count the entries of a batch.

    Args:
        batch: what to read.
        counting: counts are added to it.
        excluded: entries, by number, that an earlier attempt failed on; they are skipped without being opened.
        before: called with number and content id before an entry is read, the id "" before it is opened.
        after: called after each entry, with why it was skipped if it was.
        count: reads one buffer and counts it.
    """
    number = -1
    try:
        for number, entry in enumerate(batch.entries()):
            if number in excluded:
                if excluded[number].file != NO_ID:
                    counting.note_file(excluded[number].file)
                counting.skip(excluded[number].file, excluded[number].reason)
                after(excluded[number])
                continue
            identifier = ""
            before(number, identifier)
            try:
                with entry.open() as buffer:
                    identifier = content_id(buffer, counting.profile.salt)
                    counting.note_file(identifier)
                    before(number, identifier)
                    count(buffer, identifier, counting)
            except (NotReadableError, OSError) as error:
                skipped = Skipped(identifier or NO_ID, entry.name, _reason(error))
                counting.skip(skipped.file, skipped.reason)
                after(skipped)
            else:
                after(None)
    except NotReadableError as error:
        skipped = Skipped(NO_ID, batch.name, str(error))
        counting.skip(skipped.file, skipped.reason)
        after(skipped)


def _reason(error: NotReadableError | OSError) -> str:
    """Why, without the file's name, since it is written into profiles."""
    return str(error) if isinstance(error, NotReadableError) else f"cannot be read: {error.strerror}"


_OBJECTS_BETWEEN_COLLECTIONS = 100_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Have Python look for cyclic garbage less often: counting makes many objects that stay, and next to no such garbage.

    It is meant for the whole of a scan: at its end Python looks through all that was made meanwhile.
    """
    young, *older = gc.get_threshold()
    gc.set_threshold(young and max(young, _OBJECTS_BETWEEN_COLLECTIONS), *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
