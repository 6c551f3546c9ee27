"""File ids: short salted hashes that name files in everything written, and the way back to a path.

In memory a file is known by its content id. That one is keyed while reading where the salt is known (`--salt-file`), so that
the smallest id of a part is comparable with that of another part; else it is salted when all of the corpus is known.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.corpus.files import content_id
from annexgen.corpus.instance import NotReadableError
from annexgen.corpus.sources import batches_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from annexgen.profile.model import Profile, SopClassProfile

NO_ID = "unreadable"
"""Stands for the id of what could not even be opened."""
LENGTH = 12
"""Hexadecimal digits of a file id."""
_MODULUS = 1 << 256


def with_content(fingerprint: int, content: str) -> int:
    """The fingerprint of a corpus with one file more: a sum, so the order of files does not matter."""
    return (fingerprint + int(content, 16)) % _MODULUS


def corpus_salt(fingerprint: int) -> bytes:
    """A salt that follows from the corpus: from the first 2 KiB of all its files, of which no output holds a hash.

    So the same corpus gives the same bytes, and nobody without the corpus, every file of it, can test guesses.
    """
    return hashlib.blake2b(fingerprint.to_bytes(32, "little"), digest_size=32).digest()


def salt_of(profile: Profile) -> bytes:
    """The salt of an unsealed profile: the one it was scanned with, else that of its corpus."""
    return profile.salt or corpus_salt(profile.fingerprint)


def file_id(content: str, salt: bytes, *, keyed: bool) -> str:
    """The file id for a content id; `keyed` when that was already made with the salt."""
    if content in ("", NO_ID):
        return content
    return content[:LENGTH] if keyed else hashlib.blake2b(bytes.fromhex(content), key=salt, digest_size=6).hexdigest()


def with_file_ids(profile: Profile, salt: bytes | None = None) -> Profile:
    """The profile with file ids instead of content ids, as anything that leaves the process needs it.

    Args:
        profile: not changed; a sealed one is returned as it is.
        salt: default: `salt_of` the profile.

    Raises:
        ValueError: the profile was scanned with another salt.
    """
    if profile.salt_id:
        return profile
    used = salt_of(profile) if salt is None else salt
    if profile.salt not in (b"", used):
        raise ValueError("the profile was scanned with another salt")

    def named(content: str) -> str:
        return file_id(content, used, keyed=bool(profile.salt))

    def sop_class(one: SopClassProfile) -> SopClassProfile:
        return replace(one, paths={p: replace(s, example=named(s.example)) for p, s in one.paths.items()})

    skipped: Counter[tuple[str, str]] = Counter()
    for (content, reason), number in profile.skipped.items():
        skipped[named(content), reason] += number
    return replace(
        profile,
        sop_classes={uid: sop_class(one) for uid, one in profile.sop_classes.items()},
        problems={key: replace(p, example=named(p.example)) for key, p in profile.problems.items()},
        skipped=skipped,
    )


def located(
    identifier: str,
    sources: Sequence[str],
    salt: bytes = b"",
    on_skip: Callable[[str, str], None] | None = None,
) -> Iterator[str]:
    """The paths of the files with a file id.

    Args:
        identifier: as an output has it.
        sources: where to look; without salt exactly those that the output was made of, which are then read twice.
        salt: the one that the output was made with, if it was given one.
        on_skip: called with name and reason of what cannot be read.

    Raises:
        SourceError: a source does not exist.
    """
    used = salt
    if not salt:
        fingerprint = 0
        for _, content in _contents(sources, b"", None):
            fingerprint = with_content(fingerprint, content)
        used = corpus_salt(fingerprint)
    for name, content in _contents(sources, salt, on_skip):
        if file_id(content, used, keyed=bool(salt)) == identifier.casefold():
            yield name


def _contents(
    sources: Sequence[str], salt: bytes, on_skip: Callable[[str, str], None] | None
) -> Iterator[tuple[str, str]]:
    """Name and content id of every file that can be opened, as a scan opens them."""
    for batch in batches_of(sources):
        try:
            for entry in batch.entries():
                try:
                    with entry.open() as buffer:
                        content = content_id(buffer, salt)
                except (NotReadableError, OSError) as error:
                    if on_skip is not None:
                        on_skip(entry.name, str(error))
                else:
                    yield entry.name, content
        except NotReadableError as error:
            if on_skip is not None:
                on_skip(batch.name, str(error))
