"""Corpora that are shared: written once, whole or not at all, and a changed file is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from annexgen.simulator import SampleSummary
from tests import shared_samples
from tests.shared_samples import SharedSamples

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, str]]:
    """A writer that is quick; the list tells what it was asked for."""
    asked: list[tuple[int, str, str]] = []

    def write(folder: Path, seed: int, product: str, firmware: str) -> SampleSummary:
        asked.append((seed, product, firmware))
        folder.mkdir()
        truth = folder.with_name("corpus.truth.json")
        for file in (truth, folder / "a.dcm", folder / "b.dcm"):
            file.write_text(product, encoding="utf-8")
        if product == "broken":
            raise KeyError(product)
        return SampleSummary(folder, product, seed, 2, 2, 0, 1, 1, 1, 1, truth)

    monkeypatch.setattr(shared_samples, "write_samples", write)
    return asked


def test_workers_share_what_one_of_them_writes(written: list[tuple[int, str, str]], tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet" / "there"
    with ThreadPoolExecutor(8) as workers:
        found = list(workers.map(lambda _: SharedSamples(folder).of("ct", 3, "F5.0"), range(8)))
    assert written == [(3, "ct", "F5.0")]
    assert found == found[:1] * 8
    assert (found[0].product, found[0].seed, found[0].files) == ("ct", 3, 2)
    assert [path.name for path in sorted(found[0].folder.iterdir())] == ["a.dcm", "b.dcm"]
    assert found[0].truth.read_text(encoding="utf-8") == "ct"
    assert SharedSamples(folder).of("ct", 3).folder != found[0].folder


@pytest.mark.usefixtures("written")
def test_what_is_not_finished_is_not_found(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyError):
            SharedSamples(tmp_path).of("broken")
        assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("written")
def test_a_worker_that_never_finishes_is_not_waited_for_endlessly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_samples, "PATIENCE", 0.2)
    (tmp_path / "ct-1.part").mkdir()
    with pytest.raises(AssertionError, match="another worker began"):
        SharedSamples(tmp_path).of("ct")


@pytest.mark.usefixtures("written")
def test_every_change_is_told(tmp_path: Path) -> None:
    samples = SharedSamples(tmp_path)
    folder = samples.of("ct").folder
    samples.of("us")
    assert samples.changed() == []
    (folder / "a.dcm").write_text("another", encoding="utf-8")
    (folder / "b.dcm").unlink()
    (folder / "c.dcm").write_text("new", encoding="utf-8")
    assert samples.changed() == [str(folder / name) for name in ("a.dcm", "b.dcm", "c.dcm")]
