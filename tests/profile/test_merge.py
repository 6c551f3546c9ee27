"""Any split of a corpus, merged in any order, gives an equal profile and the same annexes, byte for byte."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis import strategies as st

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.annex.serialization import dumps
from annexgen.corpus.sources import Files
from annexgen.profile import storage
from annexgen.profile.counting import Counting
from annexgen.profile.model import MergeError, Profile, merge
from annexgen.profile.privacy import seal
from annexgen.profile.reading import read_batch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    return sorted(path for path in corpus.rglob("*") if path.is_file())[::3]


def counted(files: list[Path]) -> Profile:
    """The profile of these files and no others; a DICOMDIR is counted, not followed."""
    counting = Counting(Profile())
    read_batch(Files(tuple(map(str, files))), counting, {}, lambda number, file: None, lambda entry: None)
    return counting.finish()


@pytest.fixture(scope="module")
def whole(files: list[Path]) -> Profile:
    return counted(files)


@given(seed=st.integers(0, 1 << 32), cuts=st.lists(st.floats(0, 1), min_size=1, max_size=3))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet)
def test_any_split_in_any_order(files: list[Path], whole: Profile, seed: int, cuts: list[float]) -> None:
    shuffled = random.Random(seed).sample(files, len(files))
    bounds = [0, *sorted(round(cut * len(files)) for cut in cuts), len(files)]
    parts = [shuffled[a:b] for a, b in itertools.pairwise(bounds) if b > a]
    merged = merge(counted(part) for part in parts)
    same = merged == whole
    assert same, (seed, cuts)
    same = dumps(number(build_annex(merged))) == dumps(number(build_annex(whole)))
    assert same, (seed, cuts)
    same = storage.dumps(seal(merged, b"s")) == storage.dumps(seal(whole, b"s"))
    assert same, (seed, cuts)


def test_written_and_read_back(whole: Profile, tmp_path: Path) -> None:
    sealed = seal(whole)
    storage.save(sealed, tmp_path / "a.profile.json.gz")
    read = storage.load(tmp_path / "a.profile.json.gz")
    assert storage.dumps(read) == storage.dumps(sealed)
    assert dumps(number(build_annex(read))) == dumps(number(build_annex(whole)))


def test_profiles_of_different_salts_are_refused(whole: Profile) -> None:
    with pytest.raises(MergeError, match="--salt-file"):
        merge([seal(whole, b"one"), seal(whole, b"two")])


def test_damaged_profile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.profile.json.gz"
    path.write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(storage.ProfileError, match=r"bad\.profile"):
        storage.load(path)


def test_no_name_or_id_reaches_profile_or_annex(files: list[Path], whole: Profile) -> None:
    import gzip

    import pydicom

    text = gzip.decompress(storage.dumps(seal(whole))).decode()
    text += dumps(number(build_annex(whole)))
    checked = 0
    for path in files:
        try:
            data_set = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            continue
        for keyword in ("PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID", "SOPInstanceUID"):
            value = str(data_set.get(keyword) or "")
            if len(value) > 3:
                checked += 1
                assert value not in text, keyword
        assert path.name not in text or len(path.name) < 6
    assert checked > 50
