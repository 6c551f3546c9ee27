"""Worker processes: the same bytes for any number, and a crash or a hang costs one file."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from annexgen.corpus.sources import batches_of
from annexgen.profile.model import Limits, Profile
from annexgen.profile.privacy import seal
from annexgen.profile.reading import Skipped, count_instance
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps
from annexgen.profile.workers import WorkerError, WorkerSettings, read_in_workers
from annexgen.simulator import write_samples

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.corpus.elements import Buffer
    from annexgen.profile.counting import Counting

CRASH, HANG, EXHAUST = b"ANNEXGEN-CRASH", b"ANNEXGEN-HANG", b"ANNEXGEN-EXHAUST"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_samples(folder)
    return folder


def fragile(buffer: Buffer, file: str, counting: Counting) -> None:
    """A reader that dies or hangs on files that say so."""
    head = bytes(buffer[:32])
    if head.startswith(CRASH):
        os.kill(os.getpid(), signal.SIGSEGV)
    if head.startswith(EXHAUST):
        os._exit(137)
    if head.startswith(HANG):
        time.sleep(600)
    count_instance(buffer, file, counting)


def always_dead(buffer: Buffer, file: str, counting: Counting) -> None:
    os._exit(3)


def sealed(profile: Profile) -> bytes:
    return dumps(seal(profile))


def test_the_number_of_jobs_does_not_matter(corpus: Path) -> None:
    expected = sealed(scan([corpus]))
    for jobs in (1, 2, 4):
        counted: list[int] = []
        assert sealed(scan([corpus], jobs=jobs, on_progress=counted.append)) == expected
        assert sum(counted) == sum(path.is_file() for path in corpus.rglob("*"))


def test_a_crash_and_a_hang_cost_one_file_each(corpus: Path, tmp_path: Path) -> None:
    names = {"crash": CRASH, "hang": HANG, "exhaust": EXHAUST}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    skipped: list[Skipped] = []
    settings = WorkerSettings("safe", Limits(), file_timeout=8.0, count=fragile)
    profile = Profile()
    for read in read_in_workers(batches_of([str(corpus), str(tmp_path)], 40), 2, settings):
        profile.add(read.profile)
        skipped.extend(read.skipped)
    alone = scan([corpus])
    assert profile.sop_classes == alone.sop_classes
    found = sorted(entry.reason for entry in skipped if "not DICOM" not in entry.reason)
    assert found == [
        "it takes longer than 8 seconds to read",
        "the reader crashed on it (SIGSEGV)",
        "the reader crashed on it (exit code 137)",
    ]
    assert all(len(file) == 64 for file, reason in profile.skipped if "crashed" in reason or "longer" in reason)


def test_a_pipe_that_nobody_writes_to_is_no_file(corpus: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert scan([corpus / "SIM-0001", tmp_path]).sop_classes == scan([corpus / "SIM-0001"]).sop_classes


def test_a_machine_on_which_nothing_works(corpus: Path) -> None:
    settings = WorkerSettings("safe", Limits(), count=always_dead)
    with pytest.raises(WorkerError, match="fails again and again"):
        list(read_in_workers(batches_of([str(corpus)]), 1, settings))


def test_stopping_leaves_no_process_behind(corpus: Path) -> None:
    import multiprocessing

    parts = read_in_workers(batches_of([str(corpus)], 16), 2, WorkerSettings("safe", Limits()))
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("jobs", [0, 2])
def test_a_folder_without_files_is_an_empty_profile(tmp_path: Path, jobs: int) -> None:
    assert scan([tmp_path], jobs=jobs) == Profile()
