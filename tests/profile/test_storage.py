"""Stored profiles: what comes back, what is refused, and that no identifying value is in the bytes."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.profile.model import MergeError, Profile, merge
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import ProfileError, dumps, load, save

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def profile(corpus: Path) -> Profile:
    return scan([corpus])


def test_round_trip(profile: Profile, tmp_path: Path) -> None:
    sealed = seal(profile, b"salt")
    save(sealed, tmp_path / "a.profile.json.gz")
    again = load(tmp_path / "a.profile.json.gz")
    assert again.sop_classes == sealed.sop_classes
    assert dumps(again) == dumps(sealed)


def test_an_unsealed_profile_is_never_written(profile: Profile, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only a sealed profile"):
        save(profile, tmp_path / "a.profile.json.gz")
    assert not list(tmp_path.iterdir())


def test_the_same_corpus_gives_the_same_bytes(corpus: Path, profile: Profile) -> None:
    other = scan(sorted(corpus.iterdir(), reverse=True))
    assert dumps(seal(other)) == dumps(seal(profile))


def test_no_identifying_value_is_in_a_profile(corpus: Path, profile: Profile) -> None:
    text = gzip.decompress(dumps(seal(profile, b"salt"))).decode("utf-8")
    secrets: set[str] = set()
    for path in corpus.rglob("*"):
        if not path.is_file() or path.suffix == ".json" or path.name == "DICOMDIR":
            continue
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        for keyword in ("PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID", "SOPInstanceUID"):
            secrets.add(str(data_set.get(keyword, "")))
        secrets.add(path.name)
    secrets = {secret for secret in secrets if len(secret) > 3}
    assert len(secrets) > 200
    found = sorted(secret for secret in secrets if secret in text)
    assert not found, found


def test_other_salts_and_other_values_are_not_merged(corpus: Path, profile: Profile) -> None:
    with pytest.raises(MergeError, match="--salt-file"):
        merge([seal(profile, b"one"), seal(profile, b"two")])
    with pytest.raises(MergeError, match="--values none"):
        merge([scan([corpus / "SIM-0001"], values="none"), scan([corpus / "SIM-0002"])])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable profile"),
        (b"\x1f\x8b\x08\x00", "not a readable profile"),
        (b'{"format": "something else"}', "profile"),
        (gzip.compress(b'{"format": "annexgen profile", "format_version": 99}'), "99"),
        (gzip.compress(b'{"format": "annexgen profile", "format_version": 1}'), "profile"),
    ],
    ids=["empty", "cut", "other", "newer", "hollow"],
)
def test_what_is_no_profile_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.profile.json.gz"
    path.write_bytes(content)
    with pytest.raises(ProfileError, match=message) as error:
        load(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("cut", [10, 100, 1000])
def test_a_truncated_profile_is_refused(profile: Profile, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "x.profile.json.gz"
    path.write_bytes(dumps(seal(profile, b"salt"))[:-cut])
    with pytest.raises(ProfileError):
        load(path)


def test_a_profile_with_parts_of_the_wrong_kind_is_refused(profile: Profile, tmp_path: Path) -> None:
    document = json.loads(gzip.decompress(dumps(seal(profile, b"salt"))))
    for key in ("limits", "sop_classes", "problems", "skipped"):
        path = tmp_path / "x.profile.json.gz"
        path.write_bytes(gzip.compress(json.dumps({**document, key: 7}).encode()))
        with pytest.raises(ProfileError):
            load(path)


def test_every_damage_is_a_message(profile: Profile, tmp_path: Path) -> None:
    """Flipped bits of the packed bytes, lists in lists, a salt or limits that no scan writes."""
    path = tmp_path / "a.profile.json.gz"
    content = dumps(seal(profile))
    for place in range(12, len(content), max(len(content) // 150, 1)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        with pytest.raises(ProfileError):
            load(path)
    path.write_bytes(b"[" * 100_000)
    with pytest.raises(ProfileError, match="not a readable profile"):
        load(path)
    document = json.loads(gzip.decompress(content))
    for change in ({"salt_id": ""}, {"values": "everything"}, {"limits": document["limits"] | {"patients": "many"}}):
        path.write_text(json.dumps(document | change), encoding="utf-8")
        with pytest.raises(ProfileError, match="damaged profile"):
            load(path)
