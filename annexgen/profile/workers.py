"""Worker processes that read batches: one that crashes or hangs costs the file it was reading, and nothing else.

Each worker writes which entry it reads, and since when, into memory that it shares with the parent. When the worker dies or
takes too long, the parent knows the culprit, starts another worker, and has the batch read again without it.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from annexgen.profile.counting import Counting
from annexgen.profile.model import Limits, Profile
from annexgen.profile.reading import NO_ID, Read, Skipped, count_instance, read_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources.batches import Batch

_FILE_ID_LENGTH = 16
_POLL = 0.2
_MAXIMUM_FAILURES = 64
"""A batch in which more entries than this crash or hang is given up: the machine, not the files, is the trouble."""


class WorkerError(Exception):
    """Workers cannot do their work at all; the message says why."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What every worker is told: what to keep, how long one file may take (seconds), and how a buffer is counted."""

    values: str
    limits: Limits
    file_timeout: float = 300.0
    count: Callable[[Buffer, str, Counting], None] = count_instance


@dataclass(slots=True)
class _Task:
    number: int
    batch: Batch
    excluded: dict[int, Skipped] = field(default_factory=dict)


class _Worker:
    """One process with its pipe and the shared memory that tells what it is doing."""

    def __init__(self, context: Any, settings: WorkerSettings) -> None:
        self.connection, theirs = context.Pipe()
        self.position = context.RawValue("q", -1)
        self.since = context.RawValue("d", 0.0)
        self.done = context.RawValue("q", 0)
        self.file = context.RawArray("c", _FILE_ID_LENGTH)
        self.task: _Task | None = None
        self.process = context.Process(
            target=_work, args=(theirs, settings, self.position, self.since, self.done, self.file), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, task: _Task) -> None:
        self.task = task
        self.position.value = -1
        self.since.value = time.monotonic()
        self.done.value = 0
        self.connection.send((task.batch, task.excluded))

    def stop(self) -> None:
        self.connection.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


def read_in_workers(
    batches: Iterator[Batch],
    jobs: int,
    settings: WorkerSettings,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Read]:
    """Read batches in `jobs` processes; yields each batch as it is finished.

    Args:
        batches: what to read; asked for as workers become free.
        jobs: number of processes.
        settings: for every worker.
        on_progress: called with the number of entries read since the last call.

    Raises:
        WorkerError: workers die without reading anything.
    """
    context = multiprocessing.get_context("forkserver" if sys.platform != "win32" else "spawn")
    if sys.platform != "win32":
        context.set_forkserver_preload(["annexgen.profile.workers"])
    numbered = enumerate(batches)
    again: list[_Task] = []
    workers: list[_Worker] = []
    reported: dict[int, int] = {}

    def next_task() -> _Task | None:
        if again:
            return again.pop()
        number, batch = next(numbered, (0, None))
        return _Task(number, batch) if batch is not None else None

    def advance(task: _Task, done: int) -> None:
        step = done - reported.get(task.number, 0)
        if step > 0:
            reported[task.number] = done
            if on_progress is not None:
                on_progress(step)

    try:
        for _ in range(jobs):
            task = next_task()
            if task is None:
                break
            workers.append(_Worker(context, settings))
            workers[-1].give(task)
        while any(worker.task for worker in workers):
            busy = [worker for worker in workers if worker.task]
            ready = wait([*(w.connection for w in busy), *(w.process.sentinel for w in busy)], timeout=_POLL)
            for worker in busy:
                task = worker.task
                assert task is not None
                result: tuple[Profile, list[Skipped], int] | None = None
                if worker.connection in ready:
                    try:
                        result = worker.connection.recv()
                    except EOFError:
                        result = None
                if result is not None:
                    profile, skipped, done = result
                    advance(task, done)
                    reported.pop(task.number, None)
                    yield Read(task.number, profile, tuple(skipped), done)
                    worker.task = next_task()
                    if worker.task:
                        worker.give(worker.task)
                    continue
                crashed = worker.process.sentinel in ready or worker.connection in ready
                late = time.monotonic() - worker.since.value > settings.file_timeout
                if crashed or late:
                    workers[workers.index(worker)] = _replace(context, worker, task, settings, crashed=crashed)
                else:
                    advance(task, worker.done.value)
    finally:
        for worker in workers:
            worker.stop()


def _replace(context: Any, worker: _Worker, task: _Task, settings: WorkerSettings, *, crashed: bool) -> _Worker:
    """A new worker for the batch of one that failed, told to leave out what the other one failed on."""
    position, file = worker.position.value, worker.file.value.decode("ascii")
    worker.stop()
    if position < 0 or len(task.excluded) >= _MAXIMUM_FAILURES:
        code = worker.process.exitcode
        raise WorkerError(
            f"reading {task.batch.name} fails again and again (exit code {code}); "
            "free memory or use fewer --jobs, then try again"
        )
    reason = (
        f"the reader crashed on it ({_how(worker.process.exitcode)})"
        if crashed
        else f"it takes longer than {settings.file_timeout:g} seconds to read"
    )
    task.excluded[position] = Skipped(file or NO_ID, f"{task.batch.name} (entry {position + 1})", reason)
    fresh = _Worker(context, settings)
    fresh.give(task)
    return fresh


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return signal.Signals(-exit_code).name
    return f"exit code {exit_code}"


def _work(
    connection: Connection, settings: WorkerSettings, position: Any, since: Any, done: Any, file: Any
) -> None:  # pragma: no cover - runs in another process
    """The life of a worker: batches in, profiles out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def before(number: int, identifier: str) -> None:
        file.value = identifier.encode("ascii")
        position.value = number
        since.value = time.monotonic()

    while True:
        try:
            batch, excluded = connection.recv()
        except (EOFError, OSError):
            return
        counting = Counting(Profile(values=settings.values, limits=settings.limits))
        skipped: list[Skipped] = []

        def after(entry: Skipped | None, skipped: list[Skipped] = skipped) -> None:
            done.value += 1
            since.value = time.monotonic()
            if entry is not None:
                skipped.append(entry)

        read_batch(batch, counting, excluded, before, after, settings.count)
        connection.send((counting.finish(), skipped, done.value))
