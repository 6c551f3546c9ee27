"""Sample corpora that are written once for all tests and workers of a run, to be read only."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from typing import TYPE_CHECKING

from annexgen.simulator import SampleSummary, write_samples

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 600.0
"""Seconds to wait for another worker that writes the same corpus."""

Stamp = dict[str, tuple[int, int]]
"""Size and time of the last change of every file, by its path."""


class SharedSamples:
    """The corpora of a run, in one folder that all its workers know: the first that asks for one writes it.

    Writing a corpus takes a hundred times as long as finding it written, and more than reading it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[Path, Stamp] = {}

    def of(self, product: str = "acme", seed: int = 1, firmware: str = "") -> SampleSummary:
        """The corpus that `write_samples` writes when it is given the same; a test that changes files copies it first."""
        place = self._folder / "-".join(filter(None, (product, str(seed), firmware)))
        self._make(place, product, seed, firmware)
        if place not in self._stamps:
            self._stamps[place] = stamp(place)
        told = json.loads((place / "summary.json").read_text(encoding="utf-8"))
        return SampleSummary(**told, folder=place / "corpus", truth=place / "corpus.truth.json")

    def changed(self) -> list[str]:
        """Every file of a corpus that is another than when this worker first saw it, is gone, or is new."""
        return sorted(
            f"{place / path}"
            for place, before in self._stamps.items()
            for path in {path for path, _ in before.items() ^ stamp(place).items()}
        )

    def _make(self, place: Path, product: str, seed: int, firmware: str) -> None:
        """Write a corpus unless it is there; whole or not at all, and by one worker only."""
        being_written = place.with_name(f"{place.name}.part")
        self._folder.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + PATIENCE
        while not place.exists():
            try:
                being_written.mkdir()
            except FileExistsError:
                assert time.monotonic() < until, f"{being_written}: another worker began to write it and did not finish"
                time.sleep(0.1)
                continue
            if place.exists():  # finished by another between the two looks
                being_written.rmdir()
                return
            try:
                self._write(being_written, product, seed, firmware)
            except BaseException:
                shutil.rmtree(being_written)
                raise
            being_written.rename(place)

    def _write(self, folder: Path, product: str, seed: int, firmware: str) -> None:
        summary = write_samples(folder / "corpus", seed, product, firmware=firmware)
        told = {
            field.name: getattr(summary, field.name)
            for field in dataclasses.fields(summary)
            if field.name not in ("folder", "truth")
        }
        (folder / "summary.json").write_text(json.dumps(told), encoding="utf-8")


def stamp(folder: Path) -> Stamp:
    """What shows that a file was written anew."""
    return {
        path.relative_to(folder).as_posix(): (status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
        for status in (path.stat(),)
    }
