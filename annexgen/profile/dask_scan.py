"""Scans on an existing Dask cluster: batches travel to its workers, profiles are added up there in a tree."""

from __future__ import annotations

import functools
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
            parts: list[Any] = client.map(
                _count, group, values=values, device=device, salt=salt, table_set=table_set, retries=RETRIES, pure=False
            )
            summaries: list[Any] = client.map(_summary, parts, retries=RETRIES, pure=False)
            try:
                for _, (skipped, done) in as_completed(summaries, loop=client.loop, with_results=True):
                    if on_progress is not None:
                        on_progress(done)
                    if on_skip is not None:
                        for entry in skipped:
                            on_skip(entry)
                parts = client.map(_profile, parts, retries=RETRIES, pure=False)
                while len(parts) > 1:
                    shares = [parts[n : n + FAN_IN] for n in range(0, len(parts), FAN_IN)]
                    parts = client.map(merge, shares, retries=RETRIES, pure=False)
                result.add(parts[0].result())
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


def _count(
    batch: Batch, values: str, device: str, salt: bytes, table_set: TableSet
) -> tuple[Profile, list[Skipped], int]:
    """Runs on a worker: the profile of one batch, what was skipped, and how many entries there were."""
    task = Task(0, batch)
    entries: list[Skipped | None] = []
    count = functools.partial(count_device, device=device) if device else count_instance
    with tables.use(table_set), rare_collections():
        while True:
            counting = Counting(Profile(values=values, salt=salt))
            entries.clear()
            failed = read_batch(
                batch, counting, task.excluded, lambda number, file: None, entries.append, count, alone=task.alone
            )
            profile = finished(counting, alone=task.alone) if not failed else None
            if profile is not None:
                return profile, [entry for entry in entries if entry is not None], len(entries)
            to_be_read_again([] if failed else [task], task if failed else None, failed)


def _summary(part: tuple[Profile, list[Skipped], int]) -> tuple[list[Skipped], int]:
    return part[1], part[2]


def _profile(part: tuple[Profile, list[Skipped], int]) -> Profile:
    return part[0]
