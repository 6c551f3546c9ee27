"""The corpus that the tests of the simulator read, written once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from annexgen.simulator import SampleSummary, write_samples

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Corpus:
    """A written corpus: its folder, its truth, and what the writer said about it."""

    folder: Path
    truth: dict[str, Any]
    summary: SampleSummary


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The ACME corpus with seed 1."""
    folder = tmp_path_factory.mktemp("acme")
    summary = write_samples(folder)
    return Corpus(folder, json.loads(summary.truth.read_text(encoding="utf-8")), summary)
