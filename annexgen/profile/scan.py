"""Scans sources into a profile: every file is counted, or skipped with its reason, in one process or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.corpus.sources import batches_of
from annexgen.profile.counting import Counting
from annexgen.profile.model import Limits, Profile
from annexgen.profile.reading import Skipped, read_batch
from annexgen.profile.workers import WorkerSettings, read_in_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from annexgen.corpus.sources import Batch

SMALL_BATCHES = 16
"""How many files a batch holds while few are known: work is shared out evenly even when there is little of it."""


def scan(
    sources: Sequence[str | Path],
    values: str = "safe",
    *,
    jobs: int = 0,
    file_timeout: float = 300.0,
    on_progress: Callable[[int], None] | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Profile:
    """Read every file of the sources and count what is in it.

    Args:
        sources: files, folders, archives, DICOMDIR files and URLs (see `annexgen.corpus.sources`).
        values: "none", "safe" or "all" (docs/architecture.md, privacy).
        jobs: number of worker processes; 0 reads in this process, where a crash of the reader is a crash of this process.
        file_timeout: seconds that one file may take in a worker.
        on_progress: called with the number of files read since the last call.
        on_skip: called for every file that is skipped.

    Returns:
        The profile, in memory and unsealed: the same for any number of jobs.

    Raises:
        SourceError: a source does not exist.
        WorkerError: worker processes cannot do their work.
    """
    batches = batches_of([str(source) for source in sources])
    profile = Profile(values=values)
    if jobs == 0:
        counting = Counting(profile)

        def after(skipped: Skipped | None) -> None:
            if on_progress is not None:
                on_progress(1)
            if skipped is not None and on_skip is not None:
                on_skip(skipped)

        for batch in batches:
            read_batch(batch, counting, {}, lambda number, file: None, after)
        return counting.finish()
    settings = WorkerSettings(values, Limits(), file_timeout)
    for _, part in read_in_workers(_shared_out(batches, jobs), jobs, settings, on_progress, on_skip):
        profile.add(part)
    return profile


def _shared_out(batches: Iterator[Batch], jobs: int) -> Iterator[Batch]:
    """The batches; the first ones cut small, so that little work is shared out to all workers too."""
    from annexgen.corpus.sources.batches import Files

    for number, batch in enumerate(batches):
        if number < jobs and isinstance(batch, Files):
            size = max(SMALL_BATCHES, -(-len(batch.paths) // (2 * jobs)))
            for first in range(0, len(batch.paths), size):
                yield Files(batch.paths[first : first + size])
        else:
            yield batch
