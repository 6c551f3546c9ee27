"""Scanning from the command line: jobs, cache, lists, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from annexgen.cli.sources import NAMED_FILES, skipped_lines
from annexgen.profile.reading import Skipped
from tests.command_line import PROGRAM, run

if TYPE_CHECKING:
    from pathlib import Path


def gone(group: int) -> bool:
    """Whether all processes of a group end within five seconds."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_jobs_cache_and_lists_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    files = "\n".join(str(path) for path in sorted(corpus.rglob("*")) if path.is_file())
    ways = {
        "one": (["--jobs", 1, corpus], ""),
        "two": (["--jobs", 2, corpus], ""),
        "none": (["--jobs", 0, corpus], ""),
        "cold": (["--cache", tmp_path / "cache", corpus], ""),
        "warm": (["--cache", tmp_path / "cache", corpus], ""),
        "list": (["-"], files),
    }
    for name, (arguments, stdin) in ways.items():
        result = run("scan", *arguments, "-o", tmp_path / f"{name}.profile.json.gz", stdin=stdin)
        assert result.returncode == 0, result.stderr
    assert len({path.read_bytes() for path in tmp_path.glob("*.gz")}) == 1


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    result = run("scan", "-", "-o", tmp_path / "a.profile.json.gz", stdin="\n")
    assert result.returncode == 2
    assert "no DICOM instance found in an empty list (0 files looked at)" in result.stderr


def test_a_device_that_wrote_nothing(corpus: Path, tmp_path: Path) -> None:
    result = run("scan", corpus, "--device", "Nobody", "--quiet", "-o", tmp_path / "a.profile.json.gz")
    assert result.returncode == 2
    assert "Software Versions hold 'Nobody'" in result.stderr
    assert not (tmp_path / "a.profile.json.gz").exists()


def test_a_cluster_that_is_not_there(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra annexgen[dask] is not installed")
    result = run("scan", corpus, "--dask", "tcp://127.0.0.1:9", "-o", tmp_path / "a.profile.json.gz")
    assert result.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal are another thing on Windows")
def test_ctrl_c_stops_cleanly_and_goes_on_where_it_was(corpus: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.zip"
    files = sorted(corpus.rglob("*.dcm"))
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(6000):
            archive.write(files[number % len(files)], f"{number:05d}.dcm")
    command = [*PROGRAM, "scan", str(many), "--jobs", "2", "--cache", str(tmp_path / "cache"), "-o"]
    process = subprocess.Popen(
        [*command, str(tmp_path / "a.profile.json.gz")], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not list((tmp_path / "cache").glob("*.part")) and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "stopped; nothing was written; run it again with the same --cache to go on" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "a.profile.json.gz").exists()
    assert gone(process.pid)
    done = len(list((tmp_path / "cache").glob("*.part")))
    assert done > 0
    assert run(*command[3:], tmp_path / "b.profile.json.gz").returncode == 0
    assert len(list((tmp_path / "cache").glob("*.part"))) > done


@pytest.mark.parametrize("command", ["scan", "merge"])
def test_a_profile_is_written_under_a_name_by_which_it_is_known(tmp_path: Path, command: str) -> None:
    result = run(command, tmp_path, "-o", tmp_path / "one.json")
    assert result.returncode == 2
    assert "ends with .profile.json.gz" in " ".join(result.stderr.split())
    assert "one.profile.json.gz" in "".join(result.stderr.split())
    assert not list(tmp_path.iterdir())


def test_many_skipped_files_of_one_reason_hide_no_other() -> None:
    few = [Skipped("", f"{n:03d}", "gone") for n in range(NAMED_FILES)]
    assert skipped_lines(few[::-1]) == [f"skipped {n:03d}: gone" for n in range(NAMED_FILES)]
    many = [Skipped("", f"{n:03d}", "gone") for n in range(400)]
    assert skipped_lines([*many, Skipped("", "999", "damaged"), Skipped("", "998", "empty")]) == [
        "skipped 999: damaged",
        "skipped 998: empty",
        *[f"skipped {n:03d}: gone" for n in range(5)],
        "skipped 395 more: gone",
        "402 files skipped; all are listed in the output",
    ]
    lines = skipped_lines([Skipped("", f"{n:03d}", f"damaged at {n:03d}") for n in range(400)])
    assert lines[NAMED_FILES:] == [
        "skipped 380 more files for other reasons",
        "400 files skipped; all are listed in the output",
    ]
