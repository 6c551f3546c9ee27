"""Worker processes that read batches: one that crashes or hangs costs the file it was reading, and nothing else.

Each worker writes which entry it reads, and since when, into memory that it shares with the parent. When the worker dies or
takes too long, the parent knows the culprit, starts another worker, and has all that the lost one had not handed in read
again without it. A worker counts many batches into one profile before it hands it in, since handing in costs as
much as reading many files; only a scan with a cache wants the profile of each batch.
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
from annexgen.profile.file_ids import NO_ID
from annexgen.profile.model import Limits, Profile
from annexgen.profile.reading import Read, Skipped, Task, count_instance, rare_collections, read_batch
from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources.batches import Batch
    from annexgen.standard.tables import TableSet

_CONTENT_ID_LENGTH = 65
_POLL = 0.2
HAND_IN_AFTER = 20_000
"""Entries that a worker counts before it hands its profile in: what a crash costs at most in reading again."""
_MAXIMUM_FAILURES = 64
"""A batch in which more entries than this crash or hang is given up: the machine, not the files, is the trouble."""


class WorkerError(Exception):
    """Workers cannot do their work at all; the message says why."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What every worker is told: what to keep, how long one file may take (seconds), how a buffer is counted, which tables of
    the Standard apply, and the salt of the hashes if one was given.

    `each_batch`: hand in the profile of every batch on its own.
    """

    values: str
    limits: Limits
    file_timeout: float = 300.0
    count: Callable[[Buffer, str, Counting], None] = count_instance
    each_batch: bool = False
    table_set: TableSet = field(default_factory=tables.selected)
    salt: bytes = field(default=b"", repr=False)

    def counting(self) -> Counting:
        """A counting of nothing yet."""
        return Counting(Profile(values=self.values, limits=self.limits, salt=self.salt))


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a worker answers when annexgen failed on some entries of a batch: which; it has begun to count anew."""

    entries: dict[int, Skipped]


class _Worker:
    """One process with its pipe and the shared memory that tells what it is doing."""

    def __init__(self, context: Any, settings: WorkerSettings) -> None:
        self.connection, theirs = context.Pipe()
        self.position = context.RawValue("q", -1)
        self.since = context.RawValue("d", 0.0)
        self.done = context.RawValue("q", 0)
        self.file = context.RawArray("c", _CONTENT_ID_LENGTH)
        self.task: Task | None = None
        self.held: list[Task] = []
        self.handing_in = False
        self.process = context.Process(
            target=_work, args=(theirs, settings, self.position, self.since, self.done, self.file), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, task: Task) -> None:
        self.task = task
        self.position.value = -1
        self.since.value = time.monotonic()
        self.done.value = 0
        self.connection.send((task.batch, task.excluded))

    def ask(self) -> None:
        """Ask for the profile of all that it holds."""
        self.handing_in = True
        self.connection.send(None)

    @property
    def busy(self) -> bool:
        return self.task is not None or self.handing_in

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
    again: list[Task] = []
    workers: list[_Worker] = []
    each_batch = settings.each_batch

    def next_task() -> Task | None:
        if again:
            return again.pop()
        number, batch = next(numbered, (0, None))
        return Task(number, batch) if batch is not None else None

    def advance(task: Task, done: int) -> None:
        step = done - task.reported
        if step > 0:
            task.reported = done
            if on_progress is not None:
                on_progress(step)

    def go_on(worker: _Worker) -> None:
        """Give a free worker its next batch, or have it hand in what it holds."""
        held = sum(task.entries for task in worker.held)
        if worker.held and (each_batch or held >= HAND_IN_AFTER):
            worker.ask()
            return
        task = next_task()
        if task is not None:
            worker.give(task)
        elif worker.held:
            worker.ask()

    try:
        for _ in range(jobs):
            task = next_task()
            if task is None:
                break
            workers.append(_Worker(context, settings))
            workers[-1].give(task)
        while any(worker.busy for worker in workers):
            busy = [worker for worker in workers if worker.busy]
            ready = wait([*(w.connection for w in busy), *(w.process.sentinel for w in busy)], timeout=_POLL)
            for worker in busy:
                answer: Any = None
                if worker.connection in ready:
                    try:
                        answer = worker.connection.recv()
                    except (EOFError, ConnectionError):
                        answer = None
                if answer is not None and worker.handing_in:
                    worker.handing_in = False
                    tasks, worker.held = worker.held, []
                    skipped = tuple(entry for task in tasks for entry in task.skipped)
                    yield Read(tasks[0].number, answer, skipped, sum(task.entries for task in tasks))
                    go_on(worker)
                elif isinstance(answer, _Failed) and worker.task is not None:
                    # What it has counted together with them is lost; from now on a failure costs its own batch only.
                    task, worker.task = worker.task, None
                    task.excluded |= answer.entries
                    again += [*worker.held, task]
                    worker.held = []
                    each_batch = True
                    go_on(worker)
                elif answer is not None and worker.task is not None:
                    task, worker.task = worker.task, None
                    task.skipped, task.entries = answer
                    advance(task, task.entries)
                    worker.held.append(task)
                    go_on(worker)
                elif worker.process.sentinel in ready or worker.connection in ready:
                    again.extend(worker.held)
                    workers[workers.index(worker)] = _replace(context, worker, settings, crashed=True)
                elif worker.task is not None:
                    if time.monotonic() - worker.since.value > settings.file_timeout:
                        again.extend(worker.held)
                        workers[workers.index(worker)] = _replace(context, worker, settings, crashed=False)
                    else:
                        advance(worker.task, worker.done.value)
            if again:
                for worker in workers:
                    if again and not worker.busy:
                        go_on(worker)
    finally:
        for worker in workers:
            worker.stop()


def _replace(context: Any, worker: _Worker, settings: WorkerSettings, *, crashed: bool) -> _Worker:
    """A new worker for the batch of one that failed, told to leave out what the other one failed on."""
    position, file = worker.position.value, worker.file.value.decode("ascii")
    worker.stop()
    task = worker.task
    if task is None:
        raise WorkerError(
            f"a worker ended while it handed in its counts ({_how(worker.process.exitcode)}); free memory or use fewer --jobs"
        )
    if position < 0 or task.crashes >= _MAXIMUM_FAILURES:
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
    task.crashes += 1
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
    with tables.use(settings.table_set), rare_collections():
        _serve(connection, settings, position, since, done, file)


def _serve(
    connection: Connection, settings: WorkerSettings, position: Any, since: Any, done: Any, file: Any
) -> None:  # pragma: no cover - runs in another process

    def before(number: int, identifier: str) -> None:
        file.value = identifier.encode("ascii")
        position.value = number
        since.value = time.monotonic()

    counting = settings.counting()
    while True:
        try:
            given = connection.recv()
        except (EOFError, OSError):
            return
        if given is None:
            connection.send(counting.finish())
            counting = settings.counting()
            continue
        batch, excluded = given
        skipped: list[Skipped] = []

        def after(entry: Skipped | None, skipped: list[Skipped] = skipped) -> None:
            done.value += 1
            since.value = time.monotonic()
            if entry is not None:
                skipped.append(entry)

        failed = read_batch(batch, counting, excluded, before, after, settings.count)
        if failed:
            counting = settings.counting()
            connection.send(_Failed(failed))
        else:
            connection.send((tuple(skipped), done.value))
