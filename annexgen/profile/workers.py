"""Worker processes that read batches: one that crashes or hangs costs the file it was reading, and nothing else.

Each worker writes which entry it reads, and since when, into memory that it shares with the parent. When the worker dies or
takes too long, the parent knows the culprit, starts another worker, and has all that the lost one had not handed in read
again without it. A crash may come of what was counted before, or of too little memory: then the batch is first read again with
every entry counted alone, and only what crashes that way is left out. A worker counts many batches into one profile before it
hands it in, since handing in costs as much as reading many files; only a scan with a cache wants the profile of each batch.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from annexgen.corpus.sources.batches import Cut
from annexgen.profile.file_ids import NO_ID
from annexgen.profile.reading import Read, Skipped, Task, to_be_read_again
from annexgen.profile.worker_process import Failed, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.corpus.sources.batches import Batch
    from annexgen.profile.worker_process import WorkerSettings

_POLL = 0.2
_STEP = 1.0
"""Seconds that count at most between two looks at a worker: whoever stops all processes for a while stops no file's time."""
HAND_IN_AFTER = 20_000
"""Entries that a worker counts before it hands its profile in: what a crash costs at most in reading again."""
_MAXIMUM_STARTS = 3
"""So many workers in a row may end before they have begun with a batch."""
_MAXIMUM_FAILURES = 64
"""A batch in which more entries than this crash or hang is given up: the machine, not the files, is the trouble."""


class WorkerError(Exception):
    """Workers cannot do their work at all; the message says why."""


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
        context.set_forkserver_preload(["annexgen.profile.worker_process", "pydicom"])
    numbered = enumerate(batches)
    again: list[Task] = []
    workers: list[Worker] = []
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

    def go_on(worker: Worker) -> None:
        """Give a free worker its next batch, or have it hand in what it holds."""
        held = sum(task.entries for task in worker.held)
        apart = each_batch or any(task.alone for task in (*worker.held, *again[-1:]))
        if worker.held and (apart or held >= HAND_IN_AFTER):
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
            workers.append(Worker(context, settings))
            workers[-1].give(task)
        last = time.monotonic()
        while any(worker.busy for worker in workers):
            busy = [worker for worker in workers if worker.busy]
            ready = wait([*(w.connection for w in busy), *(w.process.sentinel for w in busy)], timeout=_POLL)
            elapsed = min(time.monotonic() - last, _STEP)
            last = time.monotonic()
            for worker in busy:
                answer: Any = None
                if worker.connection in ready:
                    try:
                        answer = worker.connection.recv()
                    except (EOFError, ConnectionError):
                        answer = None
                if isinstance(answer, Failed):
                    # What it has counted together is lost; from now on a failure costs its own batch only.
                    again += to_be_read_again(worker.held, worker.task, answer.entries)
                    worker.task, worker.held, worker.handing_in = None, [], False
                    each_batch = True
                    go_on(worker)
                elif answer is not None and worker.handing_in:
                    worker.handing_in = False
                    tasks, worker.held = worker.held, []
                    skipped = tuple(entry for task in tasks for entry in task.skipped)
                    yield Read(tasks[0].number, answer, skipped, sum(task.entries for task in tasks))
                    go_on(worker)
                elif answer is not None and worker.task is not None:
                    task, worker.task = worker.task, None
                    task.skipped, task.entries = answer
                    advance(task, task.entries)
                    worker.held.append(task)
                    go_on(worker)
                elif (crashed := worker.process.sentinel in ready or worker.connection in ready) or worker.is_late(
                    elapsed, settings.file_timeout
                ):
                    each_batch |= worker.handing_in
                    again += _lost(worker, settings, crashed=crashed)
                    workers[workers.index(worker)] = fresh = Worker(context, settings)
                    go_on(fresh)
                elif worker.task is not None:
                    advance(worker.task, worker.done.value)
            if again:
                for worker in workers:
                    if again and not worker.busy:
                        go_on(worker)
    finally:
        for worker in workers:
            worker.stop()


def _lost(worker: Worker, settings: WorkerSettings, *, crashed: bool) -> list[Task]:
    """What is to be read again after a worker was lost, told to leave out what it failed on.

    Raises:
        WorkerError: it is no file's fault.
    """
    begun, position, done = worker.since.value > 0, worker.position.value, worker.done.value
    file = worker.file.value.decode("ascii")
    worker.stop()
    how = _how(worker.process.exitcode) if crashed else "it took too long"
    task = worker.task
    if task is None:
        if len(worker.held) == 1 and worker.held[0].alone:
            raise WorkerError(
                f"a worker ended while it handed in its counts ({how}); free memory or use fewer --jobs, then try again"
            )
        return to_be_read_again(worker.held, None, {})
    task.crashes += 1
    if task.crashes > (_MAXIMUM_FAILURES if begun else _MAXIMUM_STARTS):
        what = f"reading {task.batch.name} fails" if begun else "worker processes end before they have begun,"
        raise WorkerError(f"{what} again and again ({how}); free memory or use fewer --jobs, then try again")
    if not begun:
        return [*worker.held, task]
    reason = (
        f"the reader crashed on it ({how})"
        if crashed
        else f"it takes longer than {settings.file_timeout:g} seconds to read"
    )
    if crashed and not task.alone:
        task.alone = True
    elif done > position:
        task.batch = Cut(task.batch, done, f"the archive cannot be read (any further): {reason}")
    else:
        name = f"{task.batch.name} (entry {position + 1})"
        task.excluded[position] = Skipped(file or NO_ID, name, reason, passing=True)
    return [*worker.held, task]


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return signal.Signals(-exit_code).name
    return f"exit code {exit_code}"
