"""Scans on an existing Dask cluster: batches travel to its workers, profiles are added up there in a tree."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile, merge
from annexgen.profile.reading import (
    Skipped,
    Task,
    count_device,
    count_instance,
    finished,
    rare_collections,
    read_batch,
    to_be_read_again,
)
from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from annexgen.corpus.sources import Batch
    from annexgen.standard.tables import TableSet

RETRIES = 3
"""How often a batch is read again when the worker that read it was lost."""
FAN_IN = 8
"""How many profiles are added in one task of the tree."""
IN_FLIGHT = 10_000
"""Batches that the scheduler knows of at a time."""


class ClusterError(Exception):
    """The cluster cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Work:
    """A batch, and how it is read. When a task fails Dask logs what it was given: that must name no file, and no salt."""

    batch: Batch
    values: str
    device: str
    salt: bytes
    table_set: TableSet


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """What was counted (None where it is not asked for), what was skipped, and how many entries there were.

    A profile in memory holds text that may not be printed, and skipped files have names: neither is for a log.
    """

    profile: Profile | None
    skipped: tuple[Skipped, ...]
    entries: int


def scan_on_cluster(
    address: str,
    batches: Iterable[Batch],
    values: str = "safe",
    device: str = "",
    salt: bytes = b"",
    on_progress: Callable[[int], None] | None = None,
    on_skip: Callable[[Skipped], None] | None = None,
) -> Profile:
    """Read batches on the cluster whose scheduler is at `address`; the same profile as a scan on one machine gives.

    The workers must see the same paths or URLs as this process, and have the same version of annexgen installed. Lost
    workers are made good by reading their batches again.

    Raises:
        ClusterError: there is no cluster at the address, or it lost a batch again and again.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ClusterError("--dask needs the extra annexgen[dask]: pip install 'annexgen[dask]'") from error
    try:
        client: Any = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address} ({error})") from error
    result = Profile(values=values, salt=salt)
    table_set = tables.selected().carried()
    with client:
        for group in _groups(batches, IN_FLIGHT):
            work = [Work(batch, values, device, salt, table_set) for batch in group]
            parts: list[Any] = client.map(_count, work, retries=RETRIES, pure=False)
            summaries: list[Any] = client.map(_summary, parts, retries=RETRIES, pure=False)
            try:
                for _, part in as_completed(summaries, loop=client.loop, with_results=True):
                    if on_progress is not None:
                        on_progress(part.entries)
                    if on_skip is not None:
                        for entry in part.skipped:
                            on_skip(entry)
                while len(parts) > 1:
                    shares = [parts[n : n + FAN_IN] for n in range(0, len(parts), FAN_IN)]
                    parts = client.map(_merge, shares, retries=RETRIES, pure=False)
                result.add(parts[0].result().profile)
            except Exception as error:
                raise ClusterError(
                    f"the cluster at {address} could not finish ({type(error).__name__}); see the logs of its workers"
                ) from error
    result.withhold_names()
    return result


def _groups(batches: Iterable[Batch], size: int) -> Iterable[list[Batch]]:
    group: list[Batch] = []
    for batch in batches:
        group.append(batch)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _count(work: Work) -> Part:
    """Runs on a worker: reads one batch."""
    task = Task(0, work.batch)
    entries: list[Skipped | None] = []
    count = functools.partial(count_device, device=work.device) if work.device else count_instance
    with tables.use(work.table_set), rare_collections():
        while True:
            counting = Counting(Profile(values=work.values, salt=work.salt))
            entries.clear()
            failed = read_batch(
                work.batch, counting, task.excluded, lambda number, file: None, entries.append, count, alone=task.alone
            )
            profile = finished(counting, alone=task.alone) if not failed else None
            if profile is not None:
                return Part(profile, tuple([entry for entry in entries if entry is not None]), len(entries))
            to_be_read_again([] if failed else [task], task if failed else None, failed)


def _summary(part: Part) -> Part:
    return Part(None, part.skipped, part.entries)


def _merge(parts: list[Part]) -> Part:
    return Part(merge([part.profile for part in parts if part.profile is not None]), (), 0)
