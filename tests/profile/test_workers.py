"""Worker processes: the same bytes for any number, and a crash or a hang costs one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from annexgen.corpus.sources import Files, batches_of
from annexgen.profile.model import Limits, Profile
from annexgen.profile.privacy import seal
from annexgen.profile.reading import Skipped, count_instance
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps
from annexgen.profile.worker_process import WorkerSettings
from annexgen.profile.workers import WorkerError, read_in_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from annexgen.corpus.elements import Buffer
    from annexgen.corpus.sources import Entry
    from annexgen.profile.counting import Counting

CRASH, HANG, EXHAUST = b"ANNEXGEN-CRASH", b"ANNEXGEN-HANG", b"ANNEXGEN-EXHAUST"


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


def slow_start() -> Callable[[Buffer, str, Counting], None]:
    """What a process on a slow machine waits for before it can begin."""
    time.sleep(4)
    return count_instance


class SlowStart:
    """A reader that takes long to come to a process."""

    def __call__(self, buffer: Buffer, file: str, counting: Counting) -> None:
        raise AssertionError("it is another one in the process")

    def __reduce__(self) -> tuple[Callable[[], object], tuple[()]]:
        return slow_start, ()


@dataclass(frozen=True)
class Lost:
    """An archive in which the reader is lost after some entries: it hangs or dies."""

    inner: Files
    after: int
    deadly: bool

    @property
    def name(self) -> str:
        return "lost.tar"

    def entries(self) -> Iterator[Entry]:
        yield from islice(self.inner.entries(), self.after)
        if self.deadly:
            os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(600)


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


def test_the_time_that_a_process_takes_to_begin_is_no_file_s(corpus: Path) -> None:
    settings = WorkerSettings("safe", Limits(), file_timeout=2.0, count=SlowStart())
    parts = list(read_in_workers(batches_of([str(corpus / "SIM-0001")]), 2, settings))
    assert not [entry for part in parts for entry in part.skipped]
    assert sum(part.profile.instances for part in parts) == scan([corpus / "SIM-0001"]).instances


def test_a_process_has_loaded_what_it_needs_before_its_first_file() -> None:
    """Else the first file waits for the dictionaries, and would be blamed for it on a slow machine."""
    code = """
import sys
from annexgen.profile.model import Limits
from annexgen.profile.worker_process import WorkerSettings, warm_up
profile = warm_up(WorkerSettings("safe", Limits()))
assert profile.instances == 2 and not profile.problems, profile
before = set(sys.modules)
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from pathlib import Path
counting = Counting(Profile())
for path in sys.argv[1:]:
    counting.count(Path(path).read_bytes(), "0" * 64)
assert counting.finish().instances == len(sys.argv) - 1
late = {name for name in set(sys.modules) - before if not name.startswith("encodings.")}
assert not late, late
"""
    from pydicom.data import get_testdata_file

    files = [str(get_testdata_file(name)) for name in ("CT_small.dcm", "DICOMDIR", "test-SR.dcm", "image_dfl.dcm")]
    done = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_time_that_the_parent_takes_is_no_file_s(corpus: Path) -> None:
    """Who stops the terminal, or all processes, for a while, finds no file blamed for it."""
    waits = iter([4.0, 4.0])
    settings = WorkerSettings("safe", Limits(), file_timeout=2.0)
    skipped: list[Skipped] = []
    for part in read_in_workers(batches_of([str(corpus)], 20), 2, settings, lambda done: time.sleep(next(waits, 0.0))):
        skipped.extend(part.skipped)
    assert not [entry for entry in skipped if "longer than" in entry.reason]


@pytest.mark.parametrize(("after", "deadly"), [(0, False), (5, False), (0, True), (5, True)])
def test_a_reader_lost_between_entries_keeps_those_before(corpus: Path, after: int, deadly: bool) -> None:
    paths = tuple(sorted(str(path) for path in (corpus / "SIM-0001").rglob("*.dcm")))[:10]
    others = tuple(sorted(str(path) for path in (corpus / "SIM-0002").rglob("*.dcm")))[:10]
    settings = WorkerSettings("safe", Limits(), file_timeout=8.0)
    profile, skipped = Profile(), list[Skipped]()
    for part in read_in_workers(iter([Lost(Files(paths), after, deadly), Files(others)]), 1, settings):
        profile.add(part.profile)
        skipped.extend(part.skipped)
    reason = "the reader crashed on it (SIGSEGV)" if deadly else "it takes longer than 8 seconds to read"
    assert [(entry.name, entry.reason) for entry in skipped] == [
        ("lost.tar", f"the archive cannot be read (any further): {reason}")
    ]
    assert profile.sop_classes == scan([*paths[:after], *others]).sop_classes


def test_a_pipe_that_nobody_writes_to_is_no_file(corpus: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert scan([corpus / "SIM-0001", tmp_path]).sop_classes == scan([corpus / "SIM-0001"]).sop_classes


def test_a_machine_on_which_nothing_works(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annexgen.profile.workers._MAXIMUM_FAILURES", 6)
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
