"""Reads one batch into a counting: every entry is counted, or skipped with its reason.

An entry on which annexgen itself fails leaves a counting of which nobody knows what was counted, nor is it said that this entry is
the one at fault: entries are counted together, and may be added to the profile long after they were read. So whoever called reads the
batch again with every entry counted *alone*: then a fault is the fault of one entry, `read_batch` says which entries these are, and
the batch is read once more without them.
"""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.corpus.fallback import read_any
from annexgen.corpus.files import content_id
from annexgen.corpus.instance import NotReadableError
from annexgen.profile.counting import Counting
from annexgen.profile.file_ids import NO_ID
from annexgen.profile.model import Profile
from annexgen.profile.privacy import PRODUCT_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources.batches import Batch, Entry

INTERNAL_ERROR = "internal error of annexgen"
"""How the reason begins where a file was skipped through a fault of annexgen; which one is for its developers to find."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was not counted: its content id, its name (for the terminal only), and why.

    `passing`: the reason is not in the entry's content, so it may be read another time: it is not remembered.
    """

    file: str
    name: str
    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A batch that was read: its number, its profile (unsealed), what was skipped, and how many entries there were."""

    number: int
    profile: Profile
    skipped: tuple[Skipped, ...]
    entries: int


@dataclass(slots=True)
class Task:
    """A batch to be read: what of it is left out, and what the last attempt told of it.

    `alone`: its entries are counted one by one. `reported`: entries of which progress was told, however often they are read.
    """

    number: int
    batch: Batch
    excluded: dict[int, Skipped] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    entries: int = 0
    reported: int = 0
    crashes: int = 0
    alone: bool = False


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
    *,
    alone: bool = False,
) -> dict[int, Skipped]:
    """Count the entries of a batch.

    Args:
        batch: what to read.
        counting: counts are added to it.
        excluded: entries, by number, that an earlier attempt failed on; they are skipped without being opened.
        before: called with number and content id before an entry is read, the id "" before it is opened.
        after: called after each entry, with why it was skipped if it was.
        count: reads one buffer and counts it.
        alone: count every entry on its own and add it to the profile at once, which is slow.

    Returns:
        The entries, by number, on which annexgen itself failed. If there are any, the counting is of no use any more, nor is
        anything that was counted into it before: read it all again (`to_be_read_again`). Unless they are counted alone, it ends with the first.
    """
    failed: dict[int, Skipped] = {}
    for number, entry in enumerate(_entries(batch)):
        if number in excluded:
            if excluded[number].file != NO_ID:
                counting.note_file(excluded[number].file)
            counting.skip(excluded[number].file, excluded[number].reason)
            after(excluded[number])
            continue
        if isinstance(entry, NotReadableError):
            skipped = Skipped(NO_ID, batch.name, str(entry), _is_passing(entry))
            counting.skip(skipped.file, skipped.reason)
            after(skipped)
            break
        identifier = ""
        before(number, identifier)
        try:
            with entry.open() as buffer:
                identifier = content_id(buffer, counting.profile.salt)
                counting.note_file(identifier)
                before(number, identifier)
                if alone:
                    _count_alone(buffer, identifier, counting, count)
                else:
                    count(buffer, identifier, counting)
        except (NotReadableError, OSError) as error:
            skipped = Skipped(identifier or NO_ID, entry.name, _reason(error), _is_passing(error))
            counting.skip(skipped.file, skipped.reason)
            after(skipped)
        except Exception as error:  # noqa: BLE001 - a fault of annexgen, whatever it is, costs this file only, and is reported
            failed[number] = Skipped(identifier or NO_ID, entry.name, _fault(error), passing=True)
            if not alone:
                return failed
            after(failed[number])
        else:
            after(None)
    return failed


def _entries(batch: Batch) -> Iterator[Entry | NotReadableError]:
    """The entries of a batch, and last why there are no more, if what holds them cannot be read any further."""
    try:
        yield from batch.entries()
    except NotReadableError as error:
        yield error
    except Exception as error:  # noqa: BLE001 - as above; what was read before it is sound
        yield NotReadableError(_fault(error))


def _count_alone(buffer: Buffer, file: str, counting: Counting, count: Callable[[Buffer, str, Counting], None]) -> None:
    """Count one entry with nothing else, and add it to the profile only when all of it is counted."""
    kept = counting.profile
    one = Counting(Profile(values=kept.values, limits=kept.limits, salt=kept.salt))
    count(buffer, file, one)
    kept.add(one.finish())


def finished(counting: Counting, *, alone: bool) -> Profile | None:
    """The profile of all that was counted; None when annexgen itself fails on that, and it is to be read again.

    `alone`: every entry was counted on its own, so nothing waits to be counted.
    """
    if alone:
        return counting.profile
    try:
        return counting.finish()
    except Exception as error:  # noqa: BLE001 - as above; which entry it is shows when they are counted alone
        _fault(error)
        return None


def to_be_read_again(held: list[Task], task: Task | None, failed: Mapping[int, Skipped]) -> list[Task]:
    """The batches that a fault of annexgen lost, told how they are read now, each into a counting of its own.

    Args:
        held: batches that were counted together.
        task: the batch that was counted into it when the fault came; None when they were to be handed in.
        failed: the entries of `task` that failed.
    """
    if task is None:
        if len(held) == 1:
            held[0].alone = True
        return held
    if task.alone:
        task.excluded |= failed
    task.alone = True
    return [*held, task]


def _fault(error: Exception) -> str:
    """What a fault of annexgen is called; its message may hold values, so it goes to the log of developers only."""
    _LOG.debug("reading failed", exc_info=error)
    return f"{INTERNAL_ERROR} ({type(error).__name__})"


def _reason(error: NotReadableError | OSError) -> str:
    """Why, without the file's name, since it is written into profiles."""
    return (
        str(error)
        if isinstance(error, NotReadableError)
        else f"cannot be read: {error.strerror or type(error).__name__}"
    )


def _is_passing(error: NotReadableError | OSError) -> bool:
    """Whether an entry that cannot be read now may be read another time: what failed is not its content."""
    if isinstance(error, OSError) or str(error).startswith(INTERNAL_ERROR):
        return True
    # What is packed wrongly is an OSError too (gzip.BadGzipFile), without a number of the operating system.
    return isinstance(error.__cause__, OSError) and error.__cause__.errno is not None


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
