"""What many tests read: the sample corpora, and what is found in the first of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from tests.shared_samples import SharedSamples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.model import Annex
    from annexgen.profile.model import Profile


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks through the whole program, which are not in a folder of their own, come first: they take longest, and the last
    of the run should be a short one, so that no worker waits for another."""
    items.sort(key=lambda item: item.path.parent != HERE)


@pytest.fixture(scope="session")
def shared_samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedSamples]:
    """The sample corpora of this run, shared by its workers; no test may change a file of them."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the folder of the run, in which each worker has its own
    samples = SharedSamples(folder / "shared-samples")
    yield samples
    assert samples.changed() == [], "a test changed a corpus that others read; let it change a copy"


@pytest.fixture(scope="session")
def corpus(shared_samples: SharedSamples) -> Path:
    """The folder of the ACME corpus with seed 1, for reading only."""
    return shared_samples.of().folder


@pytest.fixture(scope="session")
def samples_profile(corpus: Path) -> Profile:
    """What a scan of the ACME corpus counts, for reading only."""
    return scan([corpus])


@pytest.fixture(scope="session")
def samples_annex(samples_profile: Profile) -> Annex:
    """The numbered annex of the ACME corpus."""
    return number(build_annex(samples_profile))
