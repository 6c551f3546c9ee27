"""The cache: no file is read twice, nothing stale or damaged is believed, and it tells nothing to who finds it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.corpus.sources import Files, batches, batches_of
from annexgen.profile import cache
from annexgen.profile.cache import Cache
from annexgen.profile.counting import Counting
from annexgen.profile.model import Limits, Profile
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps

if TYPE_CHECKING:
    from annexgen.corpus.elements import Buffer
    from annexgen.profile.reading import Skipped


@pytest.fixture
def changed_corpus(corpus: Path, tmp_path: Path) -> Path:
    """A corpus of its own for a test that changes it."""
    shutil.copytree(corpus, tmp_path / "corpus")
    return tmp_path / "corpus"


def sealed(profile: Profile) -> bytes:
    return dumps(seal(profile))


class Reads:
    """Counts the files that are really read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = 0
        real = Counting.count

        def counted(counting: Counting, buffer: Buffer, file: str) -> None:
            self.number += 1
            real(counting, buffer, file)

        monkeypatch.setattr(Counting, "count", counted)

    def since(self) -> int:
        number, self.number = self.number, 0
        return number


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


def cached(folder: Path, kept_in: Path, **options: object) -> bytes:
    damage: list[str] = []
    kept = Cache(kept_in, "safe", Limits(), on_damage=damage.append, **options)  # type: ignore[arg-type]
    return sealed(scan([folder], cache=kept))


def test_nothing_is_read_twice(corpus: Path, tmp_path: Path, reads: Reads) -> None:
    expected = sealed(scan([corpus]))
    files = reads.since()
    assert cached(corpus, tmp_path / "cache") == expected
    assert reads.since() == files
    assert cached(corpus, tmp_path / "cache") == expected
    assert reads.since() == 0


def test_skipped_files_are_remembered(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no instance", encoding="utf-8")
    found = []
    for _ in range(2):
        skipped: list[Skipped] = []
        scan(
            [corpus, tmp_path / "notes.txt"], cache=Cache(tmp_path / "cache", "safe", Limits()), on_skip=skipped.append
        )
        found.append(skipped)
    assert found[0] == found[1]
    assert [Path(entry.name).name for entry in found[0]] == ["notes.txt"]


@pytest.mark.parametrize("whole", [True, False])
def test_what_could_not_be_read_this_time_is_tried_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    """A right that was missing, a share that was away, a time that ran out: nothing of the file has changed when it is readable."""
    expected = sealed(scan([corpus]))
    victim = sorted(corpus.rglob("*.dcm"))[3]
    if not whole:
        monkeypatch.setattr(Cache, "joined", lambda kept, secrets: None)
    real = batches.open_buffer

    def refuse(path: str) -> object:
        if path == str(victim):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(batches, "open_buffer", refuse)
    skipped: list[Skipped] = []
    scan([corpus], cache=Cache(tmp_path / "cache", "safe", Limits()), on_skip=skipped.append)
    assert [entry.reason for entry in skipped] == ["cannot be read: Permission denied"]
    monkeypatch.setattr(batches, "open_buffer", real)
    assert cached(corpus, tmp_path / "cache") == expected


def test_changed_moved_added_and_removed_files_are_noticed(changed_corpus: Path, tmp_path: Path, reads: Reads) -> None:
    files = sorted(p for p in changed_corpus.rglob("*.dcm"))
    cached(changed_corpus, tmp_path / "cache")

    def check() -> None:
        reads.since()
        assert cached(changed_corpus, tmp_path / "cache") == sealed(scan([changed_corpus]))

    data_set = pydicom.dcmread(files[0])
    data_set.Manufacturer = "Somebody Else"
    data_set.save_as(files[0])
    check()
    files[1].rename(files[1].with_name("ZZZ.dcm"))
    check()
    shutil.copy(files[2], changed_corpus / "copy.dcm")
    check()
    files[3].unlink()
    check()


def test_one_more_file_costs_one_batch(
    corpus: Path, tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = (256, 1 << 30)
    monkeypatch.setattr("annexgen.profile.scan.REMEMBERED_BATCH", sizes)
    source = tmp_path / "source.dcm"
    shutil.copy(next(corpus.rglob("*.dcm")), source)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(2000):
        os.link(source, many / f"{number:05d}.dcm")
    # Names decide, and the folder of the test has another one each time.
    monkeypatch.chdir(tmp_path)
    before = list(batches_of(["many"], *sizes))
    assert len(before) > 10
    cached(Path("many"), tmp_path / "cache")
    os.link(source, many / "00000a.dcm")
    changed = set(batches_of(["many"], *sizes)) - set(before)
    assert len(changed) <= 2
    reads.since()
    cached(Path("many"), tmp_path / "cache")
    assert reads.since() == sum(len(batch.paths) for batch in changed if isinstance(batch, Files))


def test_by_content_a_new_time_is_no_change(changed_corpus: Path, tmp_path: Path, reads: Reads) -> None:
    cached(changed_corpus, tmp_path / "cache", content=True)
    for path in changed_corpus.rglob("*.dcm"):
        os.utime(path, (1, 1))
    reads.since()
    cached(changed_corpus, tmp_path / "cache", content=True)
    assert reads.since() == 0


def test_damage_is_reported_and_never_believed(corpus: Path, tmp_path: Path) -> None:
    expected = cached(corpus, tmp_path / "cache")
    entries = sorted((tmp_path / "cache").iterdir())
    for number, path in enumerate(entries):
        content = bytearray(path.read_bytes())
        if number % 2:
            content[len(content) // 2] ^= 1
        else:
            del content[-100:]
        path.write_bytes(content)
    damage: list[str] = []
    kept = Cache(tmp_path / "cache", "safe", Limits(), on_damage=damage.append)
    assert sealed(scan([corpus], cache=kept)) == expected
    assert len(damage) == len(entries)
    assert cached(corpus, tmp_path / "cache") == expected


def test_other_settings_are_other_entries(corpus: Path, tmp_path: Path) -> None:
    cached(corpus, tmp_path / "cache")
    kept = Cache(tmp_path / "cache", "none", Limits())
    assert sealed(scan([corpus], "none", cache=kept)) == sealed(scan([corpus], "none"))


def test_the_cache_tells_nothing(corpus: Path, tmp_path: Path) -> None:
    cached(corpus, tmp_path / "cache")
    content = b"".join(path.read_bytes() + path.name.encode() for path in (tmp_path / "cache").iterdir())
    secrets = {path.name for path in corpus.rglob("*")}
    for path in corpus.rglob("*.dcm"):
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        secrets |= {str(e.value) for e in data_set if e.VR in ("PN", "LO", "UI", "SH") and len(str(e.value)) > 5}
    assert len(secrets) > 300
    assert not [secret for secret in secrets if len(secret) > 5 and secret.encode() in content]


def test_workers_and_cache_together(corpus: Path, tmp_path: Path) -> None:
    expected = sealed(scan([corpus]))
    kept = Cache(tmp_path / "cache", "safe", Limits())
    assert sealed(scan([corpus], jobs=2, cache=kept)) == expected
    assert sealed(scan([corpus], jobs=2, cache=kept)) == expected


def test_entries_that_are_of_no_use_are_removed(
    corpus: Path, tmp_path: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    cached(corpus / "SIM-0001", folder)
    of_gone = set(folder.iterdir())
    (folder / ("0" * 32 + ".4711")).write_bytes(b"left by a scan that was killed")
    (folder / "notes.txt").write_text("somebody else's")
    cached(corpus, folder)
    of_all = set(folder.glob("*.part")) - of_gone
    long_ago = time.time() - 91 * 86400
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    cached(corpus, folder)
    assert set(folder.iterdir()) == of_all | {folder / "notes.txt"}
    reads.since()
    cached(corpus, folder)
    assert reads.since() == 0
    monkeypatch.setattr(cache, "MAXIMUM_BYTES", max(path.stat().st_size for path in of_all))
    cached(corpus, folder)
    assert len(set(folder.glob("*.part"))) == 1


def test_a_cache_that_cannot_be_cleaned_up_costs_no_scan(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    kept = Cache(tmp_path / "cache", "safe", Limits(), on_damage=told.append)
    expected = sealed(scan([corpus]))
    monkeypatch.setattr(cache, "MAXIMUM_BYTES", 0)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert sealed(scan([corpus], cache=kept)) == expected
    assert told == ["the cache cannot be cleaned up (Permission denied); the scan does not need it to be"]


def test_another_scan_may_clean_up_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    kept = Cache(tmp_path, "safe", Limits(), on_damage=told.append)
    for number in range(3):
        (tmp_path / f"{number:032x}.part").write_bytes(b"x")
    listed = os.scandir

    class Vanishing:
        """A folder whose entries are gone when they are looked at."""

        def __init__(self, folder: Path) -> None:
            self._listing = listed(folder)

        def __enter__(self) -> list[os.DirEntry[str]]:
            entries = list(self._listing)
            for entry in entries:
                Path(entry.path).unlink()
            return entries

        def __exit__(self, *_: object) -> None:
            self._listing.close()

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", Vanishing)
        kept.prune()
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_or_read_costs_no_scan(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up on the way is told once, and leaves no half entry."""
    expected = sealed(scan([corpus]))
    real = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        real(path, content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    damage: list[str] = []
    kept = Cache(tmp_path / "cache", "safe", Limits(), on_damage=damage.append)
    assert sealed(scan([corpus], cache=kept)) == expected
    assert damage == ["the cache cannot be written (No space left on device); the scan goes on and remembers no more"]
    assert not list((tmp_path / "cache").iterdir())
    monkeypatch.setattr(Path, "write_bytes", real)
    assert cached(corpus, tmp_path / "cache") == expected

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert cached(corpus, tmp_path / "cache") == expected
