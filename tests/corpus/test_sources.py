"""Sources: folders, links, file-sets, archives, lists; what is hostile is reported and stops nothing."""

from __future__ import annotations

import io
import os
import re
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from annexgen.corpus.files import open_buffer
from annexgen.corpus.instance import NotReadableError
from annexgen.corpus.sources import SourceError, batches, batches_of
from annexgen.corpus.sources.find import read_list
from annexgen.profile.cache import Cache
from annexgen.profile.model import Limits
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import dumps

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.profile.reading import Skipped


def names(*sources: Path | str) -> list[str]:
    return [entry.name for batch in batches_of([str(s) for s in sources]) for entry in batch.entries()]


def sealed(*sources: Path) -> bytes:
    profile = scan(sources)
    return dumps(seal(profile))


def skips(*sources: Path) -> list[Skipped]:
    skipped: list[Skipped] = []
    scan(sources, on_skip=skipped.append)
    return skipped


def reasons(*sources: Path) -> dict[str, str]:
    return {Path(entry.name).name: entry.reason for entry in skips(*sources)}


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b/2", "a/1", "a/c/3", "0"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [str(Path(n).relative_to(tmp_path)) for n in names(tmp_path)] == ["0", "a/1", "a/c/3", "b/2"]


def test_large_folders_come_in_batches(tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:03d}").write_bytes(b"x")
    sizes = [len(list(batch.entries())) for batch in batches_of([str(tmp_path)], size=10)]
    assert sum(sizes) == 25
    assert max(sizes) <= 10
    assert len(sizes) < 12


def test_links_are_followed_once_and_never_in_circles(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    (inside / "deep").mkdir(parents=True)
    outside.mkdir()
    (inside / "one").write_bytes(b"1")
    (outside / "two").write_bytes(b"2")
    (inside / "deep" / "back").symlink_to(inside)
    (inside / "again").symlink_to(inside / "one")
    (inside / "there").symlink_to(outside)
    (inside / "there too").symlink_to(outside)
    (outside / "home").symlink_to(inside)
    (inside / "nowhere").symlink_to(tmp_path / "missing")
    assert sorted(Path(name).name for name in names(inside)) == ["one", "two"]


def test_what_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder"):
        names(tmp_path / "missing")


def test_a_file_set_is_followed(corpus: Path, tmp_path: Path) -> None:
    found = names(corpus / "MEDIA1" / "DICOMDIR")
    assert len(found) > 10
    assert all(Path(name).is_file() for name in found)
    assert sorted(found) == sorted(str(p) for p in (corpus / "MEDIA1").rglob("*") if p.is_file())


def test_no_file_is_found_twice(corpus: Path) -> None:
    media = corpus / "MEDIA1"
    files = sorted(str(path) for path in media.rglob("*") if path.is_file())
    assert sorted(names(*files)) == files
    assert sorted(names(media, media / "DICOMDIR", media)) == files


def test_missing_files_of_a_file_set_are_reported(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "DICOMDIR").write_bytes((corpus / "MEDIA1" / "DICOMDIR").read_bytes())
    found = reasons(tmp_path / "DICOMDIR")
    assert len(found) > 10
    assert set(found.values()) == {"named by the DICOMDIR, but not in the file-set"}


def test_missing_files_of_a_file_set_in_a_folder_are_reported(corpus: Path, tmp_path: Path) -> None:
    """As with the DICOMDIR itself, each once; what is there is counted once, whoever names it."""
    media = tmp_path / "corpus" / "media"
    shutil.copytree(corpus / "MEDIA1", media)
    shutil.copy(media / "DICOMDIR", media / "DICOMDIR.BAK")
    there = sorted(p for p in media.rglob("*") if p.is_file())
    gone = [p for p in there if not p.name.startswith("DICOMDIR")][:3]
    for path in gone:
        path.unlink()
    for sources in ([tmp_path / "corpus"], [tmp_path / "corpus", media / "DICOMDIR"], [media, tmp_path / "corpus"]):
        found = skips(*sources)
        assert all(re.fullmatch(r".* \(record \d+ of DICOMDIR(?:\.BAK)?\)", entry.name) for entry in found)
        assert sorted(entry.name.partition(" (")[0] for entry in found) == sorted(str(path.parent) for path in gone)
        assert not any(path.name in entry.name for path in gone for entry in found), "a File ID may identify"
        assert {entry.reason for entry in found} == {"named by the DICOMDIR, but not in the file-set"}
        left = [name for name in names(*sources) if "(record" not in name]
        assert sorted(left) == sorted(str(path) for path in there if path not in gone)
    (tmp_path / "there").symlink_to(tmp_path / "corpus")
    assert len(skips(tmp_path)) == len(gone)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("below", ["", "export/media/"])
@pytest.mark.parametrize("written", [str.upper, str.lower])
def test_missing_files_of_a_file_set_in_an_archive_are_reported(
    corpus: Path, tmp_path: Path, kind: str, below: str, written: Callable[[str], str]
) -> None:
    """As in a folder: the same profile, each once though two copies of the DICOMDIR name it, and no File ID is told."""
    media = tmp_path / "media"
    shutil.copytree(corpus / "MEDIA1", media)
    shutil.copy(media / "DICOMDIR", media / "DICOMDIR.BAK")
    there = sorted(p for p in media.rglob("*") if p.is_file())
    gone = [p for p in there if not p.name.startswith("DICOMDIR")][:3]
    for path in gone:
        path.unlink()
    archive = tmp_path / f"a.{kind}"
    names_in = {below + written(path.relative_to(media).as_posix()): path for path in there if path not in gone}
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            for name, path in names_in.items():
                packed.write(path, name)
    else:
        with tarfile.open(archive, "w:gz" if kind == "tar.gz" else "w") as packed_tar:
            for name, path in names_in.items():
                packed_tar.add(path, f"./{name}")
    found = skips(archive)
    assert len(found) == len(gone)
    assert {entry.reason for entry in found} == {"named by the DICOMDIR, but not in the file-set"}
    assert all(
        re.fullmatch(rf"{re.escape(str(archive))}: .*\(record \d+ of dicomdir(\.bak)?\)", entry.name, re.IGNORECASE)
        for entry in found
    )
    assert not any(path.name.lower() in entry.name.lower() for path in gone for entry in found)
    assert sealed(archive) == sealed(media)
    profiles = {jobs: dumps(seal(scan([archive], jobs=jobs))) for jobs in (0, 2)}
    assert profiles[0] == profiles[2]


def test_a_file_set_of_an_archive_in_many_batches_is_looked_at_once(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annexgen.corpus.sources.find.BATCH_SIZE", 4)
    content = (corpus / "MEDIA1" / "DICOMDIR").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/DICOMDIR", content)
        for path in sorted((corpus / "SIM-0001").rglob("*.dcm"))[:10]:
            archive.write(path, path.relative_to(corpus))
        archive.writestr("b/DICOMDIR", b"no DICOMDIR at all")
        archive.writestr("last", b"x")
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "DICOMDIR").write_bytes(content)
    expected = sum("not in the file-set" in entry.reason for entry in skips(tmp_path / "in"))
    assert expected > 10
    assert sum("not in the file-set" in entry.reason for entry in skips(tmp_path / "a.zip")) == expected


def test_a_damaged_tar_does_not_call_missing_what_may_come_after(corpus: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for path in sorted(path for path in (corpus / "MEDIA1").rglob("*") if path.is_file()):
            archive.add(path, path.relative_to(corpus))
    content = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(content[: len(content) // 2])
    assert not [entry for entry in skips(tmp_path / "a.tar") if "DICOMDIR" in entry.reason]


def test_a_profile_counts_missing_files_and_does_not_name_them(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "copied").mkdir()
    shutil.copy(corpus / "MEDIA1" / "DICOMDIR", tmp_path / "copied" / "DICOMDIR")
    number = len(skips(tmp_path / "copied"))
    assert number > 10
    expected = sealed(tmp_path / "copied" / "DICOMDIR")
    assert sealed(tmp_path) == expected
    profile = scan([tmp_path])
    assert list(profile.skipped.values()) == [number], "one entry for all of them"
    cache = Cache(tmp_path.parent / f"{tmp_path.name}-cache", "safe", Limits())
    assert cache.secret(batches.Missing(("a",), "gone")) not in (None, cache.secret(batches.Missing(("b",), "gone")))
    for _ in range(2):
        entries: list[Skipped] = []
        again = scan([tmp_path], cache=cache, on_skip=entries.append)
        assert dumps(seal(again)) == expected
        assert len(entries) == number


def test_file_ids_that_no_disk_can_have_are_missing(tmp_path: Path) -> None:
    data_set = Dataset()
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    data_set.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data_set.DirectoryRecordSequence = []
    for part in (b"A" * 5000, b"B\0C", b"\xff\xfe", b".."):
        record = Dataset()
        record.add(RawDataElement(Tag(0x00041500), "CS", len(part), part, 0, False, True))
        data_set.DirectoryRecordSequence.append(record)
    data_set.save_as(tmp_path / "DICOMDIR", enforce_file_format=True)
    assert sorted(entry.reason for entry in skips(tmp_path)) == [
        "named by the DICOMDIR outside of the file-set",
        *["named by the DICOMDIR, but not in the file-set"] * 3,
    ]


def test_archives_give_the_same_profile(corpus: Path, tmp_path: Path) -> None:
    files = sorted(p for p in (corpus / "SIM-0001").rglob("*") if p.is_file())
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(corpus))
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.xz", "w:xz"), ("a.tar.bz2", "w:bz2")):
        with tarfile.open(tmp_path / name, mode) as tar:
            for path in files:
                tar.add(path, path.relative_to(corpus))
    expected = sealed(corpus / "SIM-0001")
    for name in ("a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2"):
        assert sealed(tmp_path / name) == expected, name


def test_damaged_archives_lose_only_what_is_damaged(corpus: Path, tmp_path: Path) -> None:
    files = sorted(p for p in (corpus / "SIM-0001").rglob("*") if p.is_file())[:10]
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        for path in files:
            tar.add(path, path.name)
    content = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(content[: len(content) * 2 // 3])
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 no archive at all")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        for path in files:
            archive.write(path, path.relative_to(corpus))
    packed = bytearray((tmp_path / "c.zip").read_bytes())
    packed[2000] ^= 0xFF
    (tmp_path / "c.zip").write_bytes(packed)
    skipped: list[Skipped] = []
    profile = scan([tmp_path], on_skip=skipped.append)
    assert profile.instances >= len(files)
    texts = [entry.reason for entry in skipped]
    assert any("cannot be read (any further)" in text for text in texts), texts
    assert any("the archive cannot be read" in text and "zip" in text.lower() for text in texts), texts
    assert any("damaged member" in text for text in texts), texts


def test_no_reason_holds_a_name(corpus: Path, tmp_path: Path) -> None:
    """A reason is written into profiles and annexes, and names of files and members may be those of patients."""
    source = next(p for p in (corpus / "SIM-0001").rglob("*.dcm"))
    for name in ("checksum", "header", "bytes"):
        with zipfile.ZipFile(tmp_path / f"DOE-JANE-{name}.zip", "w") as archive:
            archive.write(source, f"DOE-JANE-{name}.dcm")
            archive.write(source, "sound.dcm")
    path = tmp_path / "DOE-JANE-checksum.zip"
    content = bytearray(path.read_bytes())
    content[1000] ^= 0xFF
    path.write_bytes(content)
    path = tmp_path / "DOE-JANE-header.zip"
    path.write_bytes(path.read_bytes().replace(b"DOE-JANE", b"DOE-JOHN", 1))
    path = tmp_path / "DOE-JANE-bytes.zip"
    path.write_bytes(path.read_bytes()[:-5])
    (tmp_path / "DOE-JANE-gone.tar").write_bytes(b"no archive")
    skipped = skips(tmp_path)
    assert sorted(entry.reason for entry in skipped) == [
        "a damaged member of an archive: Bad CRC-32",
        "a damaged member of an archive: File name in directory",
        "the archive cannot be read (any further): truncated header",
        "the archive cannot be read: File is not a zip file",
    ]
    (tmp_path / "DOE-JANE-checksum.zip").unlink()
    batch = batches.ZipMembers(str(tmp_path / "DOE-JANE-checksum.zip"), 0, 2)
    with pytest.raises(NotReadableError, match=r"^the archive cannot be read: No such file or directory$"):
        next(batch.entries())


def test_bombs_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "RATIO_FROM", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(4 << 20))
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("zeros")
        member.size = 4 << 20
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    opened = 0
    for batch in batches_of([str(tmp_path)]):
        entries = batch.entries()
        with pytest.raises(NotReadableError, match="times its size"), next(entries).open():
            opened += 1
        if batch.name.endswith(".tar.gz"):
            # Passing over the member would unpack it too.
            with pytest.raises(NotReadableError, match="times its size"):
                next(entries)
    assert opened == 0


def test_large_and_encrypted_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAXIMUM_MEMBER_SIZE", 1000)
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        archive.writestr("large", bytes(range(256)) * 8)
    assert "unpack" in reasons(tmp_path / "large.zip")["large.zip: large"]
    content = bytearray((tmp_path / "large.zip").read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    (tmp_path / "large.zip").write_bytes(content)
    monkeypatch.setattr(batches, "MAXIMUM_MEMBER_SIZE", 1 << 20)
    assert "encrypted" in reasons(tmp_path / "large.zip")["large.zip: large"]


def test_names_in_archives_lead_nowhere(corpus: Path, tmp_path: Path) -> None:
    source = next(p for p in (corpus / "SIM-0001").rglob("*") if p.is_file())
    (tmp_path / "in").mkdir()
    with tarfile.open(tmp_path / "in" / "a.tar", "w") as tar:
        tar.add(source, "../../escaped")
        link = tarfile.TarInfo("link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/hostname"
        tar.addfile(link)
    assert scan([tmp_path / "in" / "a.tar"]).instances == 1
    assert {p.name for p in tmp_path.rglob("*")} == {"in", "a.tar"}


def test_lists_of_paths() -> None:
    assert read_list("a\nb c\n\n") == ["a", "b c"]
    assert read_list("a\0b\nc\0") == ["a", "b\nc"]


def test_a_folder_that_cannot_be_listed_stops_nothing(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    (tmp_path / "in" / "closed").mkdir(parents=True)
    source = next(p for p in (corpus / "SIM-0001").rglob("*") if p.is_file())
    (tmp_path / "in" / "open.dcm").write_bytes(source.read_bytes())
    listed = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert reasons(tmp_path / "in") == {"closed": "a folder that cannot be listed (Permission denied)"}
    with pytest.raises(SourceError, match=r"cannot be listed \(Permission denied\)"):
        names(tmp_path / "in" / "closed")


@pytest.mark.parametrize(("url", "extra"), [("gs://bucket/a", "gs"), ("az://bucket/a", "az")])
def test_a_missing_extra_is_named(url: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec", reason="the extra annexgen[remote] is not installed")

    def absent(url: str) -> None:
        raise ImportError("not installed")

    monkeypatch.setattr(fsspec.core, "url_to_fs", absent)
    with pytest.raises(SourceError, match=rf"pip install 'annexgen\[{extra}\]'"):
        names(url)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_or_socket_is_no_source_and_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        names(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        # It may become one after it was found.
        open_buffer(tmp_path / "pipe")


def test_a_source_that_is_not_there_is_told_before_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(SourceError, match="no such file or folder"):
        next(batches_of([str(tmp_path / "file"), str(tmp_path / "gone")], size=1))
