"""Progress of a scan on standard error: a bar on a terminal, a plain line now and then elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress

SHOWN_AFTER = 1.0
PLAIN_EVERY = 10.0
"""Seconds: what is done sooner shows nothing, and how often a plain line is written."""


class Shown(Protocol):
    """What a scan reports to."""

    def advance(self, files: int) -> None:
        """So many more files were read."""

    def skip(self) -> None:
        """One more file was skipped."""


@contextmanager
def progress(sources: Sequence[str], *, quiet: bool) -> Iterator[Shown]:
    """The progress of reading `sources`."""
    if quiet:
        yield _Silent()
    elif sys.stderr.isatty():
        with _Bar(sources) as bar:
            yield bar
    else:
        yield _Lines()


class _Silent:
    def advance(self, files: int) -> None:
        pass

    def skip(self) -> None:
        pass


class _Lines:
    """A plain line every few seconds."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._files = self._skipped = 0

    def advance(self, files: int) -> None:
        self._files += files
        now = time.monotonic()
        if now - self._last >= PLAIN_EVERY:
            self._last = now
            rate = self._files / (now - self._start)
            click.echo(f"read {self._files:,} files, {rate:,.0f} a second, {self._skipped:,} skipped", err=True)

    def skip(self) -> None:
        self._skipped += 1


class _Bar:
    """A bar with files, rate, time left and skipped files; the files are counted beside the reading."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self._skipped = 0
        self._start = time.monotonic()
        self._bar: Progress | None = None
        self._files = 0
        self._total: int | None = None
        self._stopped = threading.Event()

    def __enter__(self) -> _Bar:
        threading.Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._bar is not None:
            self._bar.stop()

    def _count(self) -> None:
        from annexgen.corpus.sources import SourceError, batches_of
        from annexgen.corpus.sources.batches import Files

        total = 0
        try:
            for batch in batches_of(self._sources):
                if self._stopped.is_set():
                    return
                total += len(batch.paths) if isinstance(batch, Files) else 0
        except (SourceError, OSError):
            # The reading comes to the same place, and says so.
            return
        self._total = total

    def advance(self, files: int) -> None:
        self._files += files
        if self._bar is None:
            if time.monotonic() - self._start < SHOWN_AFTER:
                return
            self._bar = self._made()
        speed = self._files / (time.monotonic() - self._start)
        total = max(self._total, self._files) if self._total else None
        self._bar.update(
            self._bar.task_ids[0], completed=self._files, total=total, speed=f"{speed:,.0f}", skipped=self._skipped
        )

    def skip(self) -> None:
        self._skipped += 1
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], skipped=self._skipped)

    def _made(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        bar = Progress(
            TextColumn("Reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("files, {task.fields[speed]}/s,"),
            TimeRemainingColumn(),
            TextColumn("left, {task.fields[skipped]} skipped"),
            console=Console(stderr=True),
            transient=True,
        )
        bar.add_task("Reading", total=None, speed="0", skipped=0)
        bar.start()
        return bar
