"""A fault of annexgen itself on a file costs that file only, and is told; the same for any number of workers."""

from __future__ import annotations

import os
import signal
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.cli.sources import faults
from annexgen.corpus.files import content_id
from annexgen.corpus.sources import batches_of
from annexgen.corpus.sources.batches import ZipMembers
from annexgen.profile.cache import Cache
from annexgen.profile.counting import Counting
from annexgen.profile.model import Limits, Profile
from annexgen.profile.privacy import seal
from annexgen.profile.reading import Read, Skipped, count_instance, read_batch
from annexgen.profile.scan import _read_here, scan
from annexgen.profile.storage import dumps
from annexgen.profile.worker_process import WorkerSettings
from annexgen.profile.workers import read_in_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.instance import Opened
    from annexgen.corpus.sources import Batch

FAULT = b"ANNEXGEN-FAULT"


def sealed(profile: Profile) -> bytes:
    return dumps(seal(profile))


def faulty(buffer: Buffer, file: str, counting: Counting) -> None:
    """A reader that counts a file that says so, and then fails on it as a program with a fault does."""
    count_instance(buffer, file, counting)
    if FAULT in bytes(buffer[:128]):
        raise IndexError("a value of Doe^Jane")


def always_faulty(buffer: Buffer, file: str, counting: Counting) -> None:
    raise KeyError("a value of Doe^Jane")


class Broken:
    """What makes the hand-in fail of all that is counted together with it."""

    def flush(self) -> None:
        raise IndexError("a value of Doe^Jane")


class Deadly:
    """What kills the process at hand-in, as too little memory does."""

    def flush(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def late(buffer: Buffer, file: str, counting: Counting) -> None:
    """A reader with a fault that shows on another file, or at the end: nobody can tell by then which file is at fault."""
    if isinstance(counting._links, Broken):
        raise KeyError("a value of Doe^Jane")
    late_at_the_end(buffer, file, counting)


def late_at_the_end(buffer: Buffer, file: str, counting: Counting) -> None:
    """A reader with a fault that shows only when all is handed in."""
    count_instance(buffer, file, counting)
    if FAULT in bytes(buffer[:128]):
        counting._links = Broken()  # type: ignore[assignment]


def deadly_at_the_end(buffer: Buffer, file: str, counting: Counting) -> None:
    """The same, with a process that dies of it."""
    count_instance(buffer, file, counting)
    if FAULT in bytes(buffer[:128]):
        counting._links = Deadly()  # type: ignore[assignment]


def read_here(batches: Iterator[Batch], settings: WorkerSettings, progress: Callable[[int], None]) -> Iterator[Read]:
    return _read_here(batches, settings, progress)


def read_by_two(batches: Iterator[Batch], settings: WorkerSettings, progress: Callable[[int], None]) -> Iterator[Read]:
    return read_in_workers(batches, 2, settings, progress)


@pytest.mark.parametrize("read", [read_here, read_by_two])
@pytest.mark.parametrize(("size", "each_batch"), [(3, False), (40, True), (1000, False)])
def test_a_fault_costs_one_file_each_and_counts_nothing_of_it(
    corpus: Path, tmp_path: Path, read: Callable[..., Iterator[Read]], size: int, each_batch: bool
) -> None:
    """The faulty files are instances that were counted before the fault; nothing of them is left in the profile."""
    sound = sorted(path for path in corpus.rglob("*.dcm"))[:90]
    faulty_files = []
    for position, path in enumerate(sound[::10]):
        faulty_files.append(tmp_path / f"{position}.dcm")
        content = path.read_bytes()
        faulty_files[-1].write_bytes(FAULT.ljust(128, b"\0") + content[128:])
    mixed = [str(p) for pair in zip(sound, [*faulty_files, *sound[len(faulty_files) :]], strict=True) for p in pair]
    names = list(dict.fromkeys(mixed))
    settings = WorkerSettings("safe", Limits(), count=faulty, each_batch=each_batch)
    profile, skipped, counted = Profile(), list[Skipped](), list[int]()
    for part in read(batches_of(names, size), settings, counted.append):
        profile.add(part.profile)
        skipped.extend(part.skipped)
    assert sorted(entry.name for entry in skipped) == sorted(map(str, faulty_files))
    assert {entry.reason for entry in skipped} == {"internal error of annexgen (IndexError)"}
    assert profile.sop_classes == scan(sound).sop_classes
    assert profile.links == scan(sound).links
    assert sum(profile.skipped.values()) == len(faulty_files)
    assert sum(counted) == len(names), "progress counts a file once, however often it is read"


@pytest.mark.parametrize(
    ("read", "count", "reason"),
    [
        (read_here, late, "internal error of annexgen (IndexError)"),
        (read_here, late_at_the_end, "internal error of annexgen (IndexError)"),
        (read_by_two, late, "internal error of annexgen (IndexError)"),
        (read_by_two, late_at_the_end, "internal error of annexgen (IndexError)"),
        (read_by_two, deadly_at_the_end, "the reader crashed on it (SIGKILL)"),
    ],
)
def test_a_fault_that_shows_late_costs_the_file_that_is_at_fault(
    corpus: Path, tmp_path: Path, read: Callable[..., Iterator[Read]], count: Callable[..., None], reason: str
) -> None:
    """Also when all that was counted is handed in at the end: every other file is counted, those that came after it too."""
    sound = sorted(path for path in corpus.rglob("*.dcm"))[:60]
    at_fault = [tmp_path / "1.dcm", tmp_path / "2.dcm"]
    for path, model in zip(at_fault, sound, strict=False):
        path.write_bytes(FAULT.ljust(128, b"\0") + model.read_bytes()[128:])
    names = [str(p) for p in (*sound[:5], at_fault[0], *sound[5:30], at_fault[1], *sound[30:])]
    profile, skipped, counted = Profile(), list[Skipped](), list[int]()
    for part in read(batches_of(names, 20), WorkerSettings("safe", Limits(), count=count), counted.append):
        profile.add(part.profile)
        skipped.extend(part.skipped)
    assert [entry.reason for entry in skipped] == [reason, reason]
    assert {entry.file for entry in skipped} == {content_id(path.read_bytes()) for path in at_fault}
    alone = scan(sound)
    assert (profile.sop_classes, profile.links) == (alone.sop_classes, alone.links)
    assert sum(counted) == len(names)


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_fault_on_every_file_ends_no_scan(corpus: Path, jobs: int) -> None:
    """More faults than a batch may have crashes: no process dies of them, and no value is told."""
    settings = WorkerSettings("safe", Limits(), count=always_faulty)
    batches = batches_of([str(corpus)])
    parts = list(_read_here(batches, settings, None) if jobs == 0 else read_in_workers(batches, jobs, settings))
    skipped = [entry for part in parts for entry in part.skipped]
    assert len(skipped) == sum(path.is_file() for path in corpus.rglob("*"))
    assert {entry.reason for entry in skipped} == {"internal error of annexgen (KeyError)"}


def test_a_fault_is_the_same_finding_and_the_same_bytes_for_any_number_of_jobs(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fast walk itself fails on one file, in this process and (by a faulty count) in workers."""
    victim = content_id(sorted(corpus.rglob("*.dcm"))[5].read_bytes())
    real = Counting._count_regular

    def fails(counting: Counting, opened: Opened, file: str) -> None:
        if file == victim:
            raise RecursionError("a value of Doe^Jane")
        real(counting, opened, file)

    monkeypatch.setattr(Counting, "_count_regular", fails)
    skipped: list[Skipped] = []
    here = scan([corpus], on_skip=skipped.append)
    assert [entry.reason for entry in skipped if "not DICOM" not in entry.reason] == [
        "internal error of annexgen (RecursionError)"
    ]
    findings = {f.code: f for f in number(build_annex(here)).findings}
    assert findings["internal-error"].severity == "error"
    assert findings["internal-error"].count == 1
    assert "Doe" not in str(findings["internal-error"]) + sealed(here).decode("latin-1")
    assert faults(skipped)[0].startswith("annexgen: internal error of annexgen on 1 file, not counted")
    assert faults(skipped)[1].endswith("internal error of annexgen (RecursionError)")
    cached = scan([corpus], cache=Cache(tmp_path / "cache", "safe", Limits()))
    assert sealed(cached) == sealed(here)


def test_an_archive_on_which_annexgen_fails_loses_what_comes_after(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(sorted(corpus.rglob("*.dcm"))[0], "0.dcm")

    def fails(archive: object) -> None:
        raise struct.error("a value of Doe^Jane")

    monkeypatch.setattr(zipfile.ZipFile, "infolist", fails)
    batch = ZipMembers(str(tmp_path / "a.zip"), 0, 1)
    counting = Counting(Profile())
    skipped: list[Skipped | None] = []
    assert not read_batch(batch, counting, {}, lambda number, file: None, skipped.append)
    assert [(entry.name, entry.reason) for entry in skipped if entry] == [
        (str(tmp_path / "a.zip"), "internal error of annexgen (error)")
    ]


def test_what_is_counted_is_handed_in_now_and_then(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the batches that are held, to be read again after a fault, do not grow with the corpus."""
    whole = sealed(scan([corpus]))
    monkeypatch.setattr("annexgen.profile.scan.HAND_IN_AFTER", 40)
    batches = batches_of([str(corpus)], 16)
    parts = list(_read_here(batches, WorkerSettings("safe", Limits()), None))
    assert len(parts) > 1
    assert sealed(scan([corpus])) == whole
