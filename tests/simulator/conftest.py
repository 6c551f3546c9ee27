"""The corpus that the tests of the simulator read, with its truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.simulator import SampleSummary
    from tests.shared_samples import SharedSamples


@dataclass(frozen=True, slots=True)
class Corpus:
    """A written corpus: its folder, its truth, and what the writer said about it."""

    folder: Path
    truth: dict[str, Any]
    summary: SampleSummary


@pytest.fixture(scope="session")
def acme(shared_samples: SharedSamples) -> Corpus:
    """The ACME corpus with seed 1."""
    summary = shared_samples.of()
    return Corpus(summary.folder, json.loads(summary.truth.read_text(encoding="utf-8")), summary)
