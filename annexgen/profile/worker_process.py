"""One worker process: what it is told, what it does, and the shared memory by which it is watched."""

from __future__ import annotations

import signal
import struct
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annexgen.corpus.fallback import read_any
from annexgen.profile.counting import Counting
from annexgen.profile.model import Limits, Profile
from annexgen.profile.reading import Skipped, Task, count_instance, finished, rare_collections, read_batch
from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from annexgen.corpus.elements import Buffer
    from annexgen.standard.tables import TableSet

_CONTENT_ID_LENGTH = 65
_START_TIMEOUT = 300.0
"""Seconds in which a process must have begun: an import from a slow disk takes long, and is no file's fault."""
_HAND_IN_TIMEOUT = 900.0
"""Seconds in which a worker must have handed in what it counted."""


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
class Failed:
    """What a worker answers when annexgen failed on some entries of a batch: which; it has begun to count anew.

    None of them when it failed on what it was asked to hand in.
    """

    entries: dict[int, Skipped]


class Worker:
    """One process with its pipe and the shared memory that tells what it is doing."""

    def __init__(self, context: Any, settings: WorkerSettings) -> None:
        self.connection, theirs = context.Pipe()
        self.position = context.RawValue("q", -1)
        self.since = context.RawValue("d", 0.0)
        self.done = context.RawValue("q", 0)
        self.file = context.RawArray("c", _CONTENT_ID_LENGTH)
        self.seen = self.waited = 0.0
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
        self.since.value = 0.0
        self.done.value = 0
        self._tell((task.batch, task.excluded, task.alone))

    def ask(self) -> None:
        """Ask for the profile of all that it holds."""
        self.handing_in = True
        self._tell(self.held[0].alone)

    def _tell(self, what: object) -> None:
        self.seen, self.waited = self.since.value, 0.0
        # One that died while it had nothing to do is found by its sentinel.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(what)

    @property
    def busy(self) -> bool:
        return self.task is not None or self.handing_in

    def is_late(self, elapsed: float, file_timeout: float) -> bool:
        """Whether it takes too long for a file, or to hand in, or to begin at all; `elapsed`: seconds since the last call."""
        since = self.since.value
        if since != self.seen:
            self.seen, self.waited = since, 0.0
        elif not self.connection.poll():
            self.waited += elapsed
        return self.waited > (_HAND_IN_TIMEOUT if self.handing_in else file_timeout if since else _START_TIMEOUT)

    def stop(self) -> None:
        self.connection.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


def _element(tag: int, vr: bytes, value: bytes) -> bytes:
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    value += b" " * (len(value) & 1)
    return head + (struct.pack("<HL", 0, len(value)) if vr == b"SQ" else struct.pack("<H", len(value))) + value


_CODE_SEQUENCE = _element(
    0x00081032, b"SQ", struct.pack("<HHL", 0xFFFE, 0xE000, 14) + _element(0x00080100, b"SH", b"CODE-1")
)
_SMALL_INSTANCE = (
    bytes(128)
    + b"DICM"
    + _element(0x00020010, b"UI", b"1.2.840.10008.1.2.1\0")
    + _element(0x00080005, b"CS", b"ISO_IR 100")
    + _element(0x00080016, b"UI", b"1.2.840.10008.5.1.4.1.1.7\0")
    + _element(0x00080018, b"UI", b"1.2.3\0")
    + _CODE_SEQUENCE
    + _element(0x00100010, b"PN", b"A^B")
    + _element(0x00290010, b"LO", b"CREATOR")
    + _element(0x00291001, b"LO", b"TEXT")
)


def warm_up(settings: WorkerSettings) -> Profile:
    """Have all loaded that the first file of a process would wait for, dictionaries above all: it shall not count as its time."""
    counting = settings.counting()
    counting.count(_SMALL_INSTANCE, "0" * 64)
    counting.add(read_any(_SMALL_INSTANCE), "0" * 64)
    return counting.finish()


def _work(
    connection: Connection, settings: WorkerSettings, position: Any, since: Any, done: Any, file: Any
) -> None:  # pragma: no cover - runs in another process
    """The life of a worker: batches in, profiles out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tables.use(settings.table_set), rare_collections():
        warm_up(settings)
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
        if isinstance(given, bool):
            profile = finished(counting, alone=given)
            connection.send(profile if profile is not None else Failed({}))
            counting = settings.counting()
            continue
        since.value = time.monotonic()
        batch, excluded, alone = given
        skipped: list[Skipped] = []

        def after(entry: Skipped | None, skipped: list[Skipped] = skipped) -> None:
            done.value += 1
            since.value = time.monotonic()
            if entry is not None:
                skipped.append(entry)

        failed = read_batch(batch, counting, excluded, before, after, settings.count, alone=alone)
        if failed:
            counting = settings.counting()
            connection.send(Failed(failed))
        else:
            connection.send((tuple(skipped), done.value))
