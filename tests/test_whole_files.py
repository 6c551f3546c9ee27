"""Files are written whole or not at all; messages name the file, whatever part of the writing failed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from annexgen.cli.main import main
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import save
from annexgen.whole_files import write_whole, write_whole_text


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes a few bytes of every file, and then no more; the system names no file then."""
    real = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        real(path, content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("w") as file:
        file.write("what a person wrote")
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_whole(path, b"something else, and longer")
    assert caught.value.filename == str(path)
    assert path.read_text() == "what a person wrote"
    with pytest.raises(OSError, match="No space left on device"):
        write_whole(tmp_path / "new.txt", b"something new")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"], "nothing half written is left"


def test_an_interruption_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")

    def interrupt(path: Path, content: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole_text(path, "after")
    assert path.read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_link_stays_one_and_rights_stay(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "a.txt"
    target.write_bytes(b"before")
    target.chmod(0o640)
    (tmp_path / "link.txt").symlink_to(target)
    write_whole(tmp_path / "link.txt", b"after")
    assert (tmp_path / "link.txt").is_symlink()
    assert target.read_bytes() == b"after"
    assert target.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in target.parent.iterdir()] == ["a.txt"]


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    write_whole(Path(os.devnull), b"gone")
    assert not Path(os.devnull).is_file()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, b"a folder")


def test_a_file_that_may_not_be_written_to_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"


@pytest.mark.parametrize("command", ["scan", "build", "merge", "export"])
def test_a_full_disk_is_told_with_the_name_of_the_file(
    command: str, corpus: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    study = corpus / "SIM-0001"
    profile = tmp_path / "a.profile.json.gz"
    save(seal(scan([study])), profile)
    arguments = {
        "scan": ["scan", study, "--jobs", 0, "-o", tmp_path / "b.profile.json.gz"],
        "merge": ["merge", profile, "-o", tmp_path / "b.profile.json.gz"],
        "build": ["build", profile, "--format", "md", "-o", tmp_path / "out"],
        "export": ["annotate", "export", profile, "-o", tmp_path / "questions.xlsx"],
    }[command]
    name = {"build": "annex.json", "export": "questions.xlsx"}.get(command, "b.profile.json.gz")
    request.getfixturevalue("full_disk")
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 2
    assert f"{name}: No space left on device" in result.output
    assert not [path for path in tmp_path.rglob("*") if path.name.removeprefix(".").startswith(name)]
