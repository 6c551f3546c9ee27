"""Scans sources into a profile: every file is counted, or skipped with its reason, in one process or in several."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from annexgen.corpus.sources import batches_of
from annexgen.corpus.sources.batches import Files
from annexgen.profile.model import Limits, Profile
from annexgen.profile.reading import (
    Read,
    Skipped,
    Task,
    count_device,
    count_instance,
    finished,
    rare_collections,
    read_batch,
    to_be_read_again,
)
from annexgen.profile.worker_process import WorkerSettings
from annexgen.profile.workers import HAND_IN_AFTER, read_in_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from annexgen.corpus.sources import Batch
    from annexgen.profile.cache import Cache
    from annexgen.profile.counting import Counting

SMALL_BATCHES = 16
"""How many files a batch holds while few are known: work is shared out evenly even when there is little of it."""

REMEMBERED_BATCH = 8192, 1 << 30
"""How many files an entry of the cache speaks for at most (on average a quarter), and about how many bytes: writing an entry
takes as long as reading hundreds of small files, and one changed file has those of its entry read again."""


@rare_collections()
def scan(
    sources: Sequence[str | Path],
    values: str = "safe",
    *,
    jobs: int = 0,
    file_timeout: float = 300.0,
    cache: Cache | None = None,
    device: str = "",
    salt: bytes = b"",
    on_progress: Callable[[int], None] | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Profile:
    """Read every file of the sources and count what is in it.

    Args:
        sources: files, folders, archives, DICOMDIR files and URLs (see `annexgen.corpus.sources`).
        values: "none", "safe" or "all" (docs/architecture.md, privacy).
        jobs: number of worker processes; 0 reads in this process, where a crash of the reader is a crash of this process.
        file_timeout: seconds that one file may take in a worker.
        cache: remembers batches; what is in it is not read again, and what is read goes into it as soon as it is read.
        device: count only what this device wrote (see `annexgen.profile.reading.count_device`); "" counts everything.
        salt: the secret of the hashes; without it, it follows from the corpus (docs/private.md).
        on_progress: called with the number of files read since the last call.
        on_skip: called for every file that is skipped.

    Returns:
        The profile, in memory and unsealed: the same for any number of jobs, with and without cache.

    Raises:
        SourceError: a source does not exist.
        WorkerError: worker processes cannot do their work.
    """
    names = [str(source) for source in sources]
    count = functools.partial(count_device, device=device) if device else count_instance
    secrets = _secrets(names, cache) if cache is not None else None
    everything = cache.joined(secrets) if cache is not None and secrets is not None else None
    result = Read(0, Profile(values=values, salt=salt), (), 0)
    known = cache.get(everything) if cache is not None and everything is not None else None
    if cache is not None and known is not None:
        result = known
        _report(known, on_progress, on_skip)
        _use(cache, secrets)
    else:
        for read in _read(
            names,
            WorkerSettings(values, Limits(), file_timeout, count, each_batch=cache is not None, salt=salt),
            jobs,
            cache,
            on_progress,
        ):
            result.profile.add(read.profile)
            result = Read(0, result.profile, (*result.skipped, *read.skipped), result.entries + read.entries)
            _report(read, None, on_skip)
        if cache is not None and everything is not None and _stays(result):
            cache.put(everything, result)
    if cache is not None:
        cache.prune()
    result.profile.withhold_names()
    return result.profile


def _stays(read: Read) -> bool:
    """Whether the same files give the same again; what could not be read this time is tried another time."""
    return not any(entry.passing for entry in read.skipped)


def _report(read: Read, on_progress: Callable[[int], None] | None, on_skip: Callable[[Skipped], None] | None) -> None:
    if on_progress is not None:
        on_progress(read.entries)
    if on_skip is not None:
        for entry in read.skipped:
            on_skip(entry)


def _use(cache: Cache, secrets: list[bytes] | None) -> None:
    """Note that the entries of batches are of use, which will be when one file changes."""
    for secret in secrets or ():
        cache.use(secret)


def _secrets(names: list[str], cache: Cache) -> list[bytes] | None:
    """The secrets of all batches; None when some batch cannot be remembered."""
    secrets = []
    for batch in batches_of(names, *REMEMBERED_BATCH):
        secret = cache.secret(batch)
        if secret is None:
            return None
        secrets.append(secret)
    return secrets


def _read(
    names: list[str],
    settings: WorkerSettings,
    jobs: int,
    cache: Cache | None,
    on_progress: Callable[[int], None] | None,
) -> Iterator[Read]:
    """Every batch of the sources, from the cache or read."""
    secrets: list[bytes | None] = []
    remembered: list[Read] = []

    def to_be_read() -> Iterator[Batch]:
        for batch in (
            batches_of(names, *REMEMBERED_BATCH) if cache is not None else _shared_out(batches_of(names), max(jobs, 1))
        ):
            secret = cache.secret(batch) if cache is not None else None
            known = cache.get(secret) if cache is not None and secret is not None else None
            if known is not None:
                remembered.append(known)
                if on_progress is not None:
                    on_progress(known.entries)
            else:
                secrets.append(secret)
                yield batch

    if jobs:
        fresh: Iterator[Read] = read_in_workers(to_be_read(), jobs, settings, on_progress)
    else:
        fresh = _read_here(to_be_read(), settings, on_progress)
    for read in fresh:
        while remembered:
            yield remembered.pop()
        secret = secrets[read.number]
        if cache is not None and secret is not None and _stays(read):
            cache.put(secret, read)
        yield read
    yield from remembered


def _read_here(
    batches: Iterator[Batch], settings: WorkerSettings, on_progress: Callable[[int], None] | None
) -> Iterator[Read]:
    """Batches read in this process: each on its own if the settings say so or a file made annexgen fail, else many together."""
    numbered = enumerate(batches)
    counting = settings.counting()
    held: list[Task] = []
    again: list[Task] = []
    each_batch = settings.each_batch
    while (task := again.pop() if again else _next_task(numbered)) is not None or held:
        failed = _count_task(task, counting, settings, on_progress) if task is not None else {}
        profile = None
        if task is not None and not failed:
            held.append(task)
            if not each_batch and sum(one.entries for one in held) < HAND_IN_AFTER:
                continue
        if not failed:
            profile = finished(counting, alone=held[0].alone)
        if profile is not None:
            yield _read_of(held, profile)
        else:
            again += to_be_read_again(held, task if failed else None, failed)
            each_batch = True
        held = []
        counting = settings.counting()


def _next_task(numbered: Iterator[tuple[int, Batch]]) -> Task | None:
    number, batch = next(numbered, (0, None))
    return Task(number, batch) if batch is not None else None


def _read_of(tasks: list[Task], profile: Profile) -> Read:
    skipped = tuple(entry for task in tasks for entry in task.skipped)
    return Read(tasks[0].number, profile, skipped, sum(task.entries for task in tasks))


def _count_task(
    task: Task, counting: Counting, settings: WorkerSettings, on_progress: Callable[[int], None] | None
) -> dict[int, Skipped]:
    """Read one batch in this process, and note in the task what came of it; the entries that made annexgen fail."""
    skipped: list[Skipped] = []
    task.entries = 0

    def after(entry: Skipped | None) -> None:
        task.entries += 1
        if task.entries > task.reported:
            task.reported = task.entries
            if on_progress is not None:
                on_progress(1)
        if entry is not None:
            skipped.append(entry)

    failed = read_batch(
        task.batch, counting, task.excluded, lambda number, file: None, after, settings.count, alone=task.alone
    )
    task.skipped = tuple(skipped)
    return failed


def _shared_out(batches: Iterator[Batch], jobs: int) -> Iterator[Batch]:
    """The batches; the first ones cut small, so that little work is shared out to all workers too."""
    for number, batch in enumerate(batches):
        if number < jobs and isinstance(batch, Files) and jobs > 1:
            size = max(SMALL_BATCHES, -(-len(batch.paths) // (2 * jobs)))
            for first in range(0, len(batch.paths), size):
                yield Files(batch.paths[first : first + size])
        else:
            yield batch
