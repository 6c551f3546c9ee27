"""Runs: consecutive elements of a data set or item that came before with the same bytes, and are recognised in one comparison.

A run begins at an element header and reaches to the first element whose value is new. When a later instance agrees with its
beginning only, that becomes a run of its own; when a run keeps coming, it is now and then tried with what follows. So
in time runs reach from one attribute that differs between instances to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from annexgen.profile.sightings import Group, Part, occurrences_in

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer
    from annexgen.profile.nodes import Occurrence
    from annexgen.profile.states import Entry, State

SHORTEST_RUN = 2
LONGEST_RUN_BYTES = 1 << 15
RECENT_RUNS = 3
GROWS_AT = 8
GROWS_LATER = 8
"""A run is tried with what follows when it has come so many times, and again after so many times as many."""


class Mark(NamedTuple):
    """A place between two elements of a run: the offset from its start, how many parts, notes and parts of codes lie
    before it, and where the walk then is."""

    offset: int
    parts: int
    notes: int
    coded: int
    state: State
    last: int


@dataclass(slots=True, eq=False, kw_only=True)
class Run(Group):
    """Consecutive elements: their bytes, what they are, and the places between them, the last one at the end.

    `coded` are those of them that say part of a code, `state` and `last` where the walk is after them.
    """

    raw: bytes
    size: int
    parts: tuple[Part, ...]
    coded: tuple[Occurrence, ...]
    marks: tuple[Mark, ...]
    state: State
    last: int
    hits: int = 0
    grows_at: int = GROWS_AT


class Learning:
    """A run in the making: what the walk has come across since `entry`, up to the last mark.

    Args:
        entry: the element header that it begins with.
        position: where it begins in the bytes.
        parts: the parts found so far; and so `notes` and `coded`.
    """

    __slots__ = ("_coded", "_notes", "_parts", "_position", "entry", "marks")

    def __init__(
        self, entry: Entry, position: int, parts: list[Part], notes: list[Occurrence], coded: list[Occurrence]
    ) -> None:
        self.entry = entry
        self.marks: list[Mark] = []
        self._position = position
        self._parts = len(parts)
        self._notes = len(notes)
        self._coded = len(coded)

    def finish(self, buffer: Buffer, parts: list[Part], notes: list[Occurrence], coded: list[Occurrence]) -> int:
        """Remember the run, unless it is too short, too long or nothing new; returns how many bytes are remembered."""
        marks = self.marks
        if not marks or marks[-1].offset - self._position > LONGEST_RUN_BYTES:
            return 0
        end = marks[-1]
        known = self.entry.runs
        flat: list[Part] = []
        before = [0]
        for part in parts[self._parts : end.parts]:
            if isinstance(part, Run):
                flat.extend(part.parts)
            else:
                flat.append(part)
            before.append(len(flat))
        if len(flat) < SHORTEST_RUN:
            self.entry.fail()
            return 0
        raw = buffer[self._position : end.offset]
        if any(run.raw == raw for run in known):
            return 0
        places = [
            Mark(
                mark.offset - self._position,
                before[mark.parts - self._parts],
                mark.notes - self._notes,
                mark.coded - self._coded,
                mark.state,
                mark.last,
            )
            for mark in marks
        ]
        run = _run(raw, flat, notes[self._notes : end.notes], coded[self._coded : end.coded], places)
        self.entry.runs = [run, *known[: RECENT_RUNS - 1]]
        return len(raw)


def _run(raw: bytes, parts: list[Part], notes: list[Occurrence], coded: list[Occurrence], marks: list[Mark]) -> Run:
    return Run(
        tuple(occurrences_in(parts)),
        tuple(notes),
        raw=raw,
        size=len(raw),
        parts=tuple(parts),
        coded=tuple(coded),
        marks=tuple(marks),
        state=marks[-1].state,
        last=marks[-1].last,
    )


def other_run(entry: Entry, buffer: Buffer, position: int) -> Run | None:
    """What stands at a position, of the runs of an entry whose first one does not: another one, or the beginning of one.

    What came last is looked at first the next time.
    """
    runs = entry.runs
    for number in range(1, len(runs)):
        run = runs[number]
        if buffer[position : position + run.size] == run.raw:
            entry.runs = [run, *runs[:number], *runs[number + 1 :]]
            return run
    best, agreeing = runs[0], 0
    for run in runs:
        number = _agreeing(run, buffer, position)
        if number > agreeing:
            best, agreeing = run, number
    end = best.marks[agreeing - 1]
    if not agreeing or end.parts < SHORTEST_RUN:
        entry.fail()
        return None
    run = _run(
        best.raw[: end.offset],
        list(best.parts[: end.parts]),
        list(best.notes[: end.notes]),
        list(best.coded[: end.coded]),
        list(best.marks[:agreeing]),
    )
    entry.runs = [run, *runs[: RECENT_RUNS - 1]]
    return run


def _agreeing(run: Run, buffer: Buffer, position: int) -> int:
    """How many of the places between a run's elements lie before the first byte that differs, or behind the byte before it."""
    low, high = 0, len(run.marks)
    while low < high:
        middle = (low + high) // 2
        offset = run.marks[middle].offset
        if buffer[position : position + offset] == run.raw[:offset]:
            low = middle + 1
        else:
            high = middle
    return low
