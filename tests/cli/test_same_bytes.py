"""The same corpus gives the same bytes in every format: whatever the order of files, the number of workers, the process."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.command_line import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("docx", "xlsx", "html", "md", "csv", "json")


def built(files: list[Path], folder: Path, jobs: int, seed: str) -> dict[str, bytes]:
    """All that a build writes. `seed` is that of Python's hashes, so that the order of a set cannot hide."""
    arguments = [part for name in FORMATS for part in ("--format", name)]
    command = [*PROGRAM, "build", "-", "-o", str(folder), "--jobs", str(jobs), "--quiet", *arguments]
    names = "\n".join(map(str, files))
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland" if seed == "1" else "UTC"}
    done = subprocess.run(command, input=names, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_format_has_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    files = sorted(path for path in corpus.rglob("*") if path.is_file())
    one = built(files, tmp_path / "one", 0, "1")
    other = built(files[::-1], tmp_path / "other", 2, "2")
    assert {"annex.docx", "annex.xlsx", "annex.html", "annex.md", "annex.json"} < set(one)
    assert len([name for name in one if name.endswith(".csv")]) > 50
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
