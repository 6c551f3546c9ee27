"""File ids are salted, the same for any split of a corpus, and lead back to a path only with the salt."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.annex.serialization import dumps as annex_text
from annexgen.corpus.files import content_id, salt_key
from annexgen.profile import storage
from annexgen.profile.cache import Cache
from annexgen.profile.file_ids import corpus_salt, file_id, located, salt_of, with_file_ids
from annexgen.profile.model import Limits, MergeError, Profile, merge
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from tests.private_instances import CREATOR, instance, save

if TYPE_CHECKING:
    from pathlib import Path

SALT = b"a salt for these tests"
PATIENTS = 9


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine patients who share a text that differs inside an instance, and a file that is no instance."""
    folder = tmp_path_factory.mktemp("corpus")
    for index in range(PATIENTS):
        data_set = instance(index)
        data_set.PatientID, data_set.PatientName = f"ID-{index}", f"Wilhelmina{index}^Testperson"
        data_set.private_block(0x0029, CREATOR, create=True).add_new(1, "CS", "ON" if index % 2 else "OFF")
        save(data_set, folder / f"{index}.dcm")
    (folder / "notes.txt").write_text("no instance", encoding="utf-8")
    return folder


def ids_in(profile: Profile) -> set[str]:
    """All file ids of a profile."""
    found = {statistics.example for one in profile.sop_classes.values() for statistics in one.paths.values()}
    return found | {file for file, _ in profile.skipped} | {problems.example for problems in profile.problems.values()}


def test_ids_are_short_and_no_hash_of_the_file_alone(corpus: Path) -> None:
    profile = scan([corpus])
    unsalted = {content_id(path.read_bytes()) for path in corpus.iterdir()}
    assert ids_in(profile) <= unsalted
    for sealed in (seal(profile), seal(scan([corpus], salt=SALT)), with_file_ids(profile)):
        assert all(re.fullmatch("[0-9a-f]{12}", identifier) for identifier in ids_in(sealed))
        for content in unsalted:
            bare = hashlib.blake2b(bytes.fromhex(content), digest_size=6).hexdigest()
            assert not {content[:12], bare} & ids_in(sealed)


def test_an_annex_built_directly_has_the_ids_of_the_profile(corpus: Path) -> None:
    for salt in (b"", SALT):
        profile = scan([corpus], salt=salt)
        document = annex_text(number(build_annex(profile)))
        assert all(f'"{identifier}"' in document for identifier in ids_in(seal(profile)))
        assert not any(content in document for content in ids_in(profile))


def test_no_salt_is_written(corpus: Path) -> None:
    profile = scan([corpus], salt=SALT)
    for salt, one in ((SALT, profile), (salt_of(scan([corpus])), scan([corpus]))):
        for written in (repr(storage.document_of(seal(one))), annex_text(number(build_annex(one))), repr(one)):
            assert salt.hex() not in written
            assert salt.decode("latin-1") not in written
            assert salt_key(salt).hex() not in written


def test_another_corpus_or_salt_gives_other_ids(corpus: Path) -> None:
    whole, part = seal(scan([corpus])), seal(scan([corpus / f"{n}.dcm" for n in range(PATIENTS)]))
    keyed, other = seal(scan([corpus], salt=SALT)), seal(scan([corpus], salt=SALT[::-1]))
    sets = [ids_in(one) for one in (whole, part, keyed, other)]
    assert all(not one & another for n, one in enumerate(sets) for another in sets[n + 1 :])


def test_salts_of_any_length_count_in_full() -> None:
    long = b"x" * 64
    assert content_id(b"data", long + b"1") != content_id(b"data", long + b"2")
    assert seal(Profile(), long + b"1").salt_id != seal(Profile(), long + b"2").salt_id


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_written_parts_merge_to_the_whole(corpus: Path, parts: int) -> None:
    """Also the file ids and the patients remembered for a value, of whom only the two with the smallest keys are."""
    files = sorted(corpus.iterdir(), reverse=True)
    sealed = [seal(scan(files[n::parts], salt=SALT)) for n in range(parts)]
    assert storage.dumps(merge(sealed)) == storage.dumps(seal(scan([corpus], salt=SALT)))


def test_a_cache_is_of_one_salt(corpus: Path, tmp_path: Path) -> None:
    def cached(salt: bytes) -> bytes:
        read: list[int] = []
        cache = Cache(tmp_path, "safe", Limits(), salt=salt)
        profile = scan([corpus], cache=cache, salt=salt, on_progress=read.append)
        return storage.dumps(seal(profile))

    for salt in (b"", SALT, SALT, b""):
        assert cached(salt) == storage.dumps(seal(scan([corpus], salt=salt)))


def test_workers_give_the_same_ids(corpus: Path) -> None:
    assert storage.dumps(seal(scan([corpus], salt=SALT, jobs=2))) == storage.dumps(seal(scan([corpus], salt=SALT)))


def test_profiles_of_different_salts_are_not_mixed_in_memory(corpus: Path) -> None:
    with pytest.raises(MergeError, match="salts"):
        merge([scan([corpus], salt=SALT), scan([corpus])])
    with pytest.raises(ValueError, match="another salt"):
        seal(scan([corpus], salt=SALT), SALT[::-1])


def test_every_file_is_located(corpus: Path) -> None:
    salt = salt_of(scan([corpus]))
    for path in corpus.iterdir():
        unkeyed, keyed = content_id(path.read_bytes()), content_id(path.read_bytes(), SALT)
        assert list(located(file_id(unkeyed, salt, keyed=False), [str(corpus)])) == [str(path)]
        assert list(located(file_id(keyed, SALT, keyed=True), [str(corpus)], SALT)) == [str(path)]
        assert list(located(file_id(keyed, SALT, keyed=True), [str(path)], SALT)) == [str(path)]


def test_nothing_is_located_without_all_files_or_the_salt(corpus: Path) -> None:
    path = corpus / "3.dcm"
    identifier = file_id(content_id(path.read_bytes()), salt_of(scan([corpus])), keyed=False)
    keyed = file_id(content_id(path.read_bytes(), SALT), SALT, keyed=True)
    assert list(located(identifier, [str(path)])) == []
    assert list(located(keyed, [str(corpus)])) == []
    assert list(located(identifier, [str(corpus)], corpus_salt(0))) == []


def test_what_cannot_be_read_counts_for_neither_salt(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "1.dcm").write_bytes((corpus / "1.dcm").read_bytes())
    (folder / "cut.zip").write_bytes(b"PK\3\4 no archive")
    (folder / "dangling.dcm").symlink_to(folder / "nowhere")
    passed: list[str] = []
    for identifier in ids_in(seal(scan([folder]))):
        assert identifier == "unreadable" or list(
            located(identifier, [str(folder)], b"", lambda *told: passed.append(told[0]))
        )
