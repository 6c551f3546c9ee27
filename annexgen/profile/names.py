"""Which text speaks of a person, whoever's instance it stands in: it holds a word of a name in the corpus, or a form of address.

An instance does not name everybody of whom its text may speak: the operator, the physician, another patient. So the words of all
names are remembered while a corpus is scanned, as hashes.
"""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING

from annexgen.profile import spellings
from annexgen.standard import vocabulary

if TYPE_CHECKING:
    from collections.abc import Set

_ADDRESSED = re.compile(
    r"\b(?:(?:Dr|Prof|Mr|Mrs|Ms|Dott|Dra|Mme|Mlle)\.|Herrn?\b|Frau\b|Mme\b|Mlle\b) ?(?=[^\W\d_])", re.UNICODE
)
"""Titles with their point: DR and MR without one are Modalities."""


def _hash(word: str) -> bytes:
    return hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8, person=b"annexgen-names").digest()


@functools.lru_cache(maxsize=1 << 14)
def name_words(names: str) -> frozenset[bytes]:
    """Hashes of the words, and of the pairs of words, of persons' names, one name a line."""
    return frozenset(map(_hash, spellings.words_of_name(names)))


def speaks_of_person(text: str, names: Set[bytes]) -> bool:
    """Whether a text may speak of a person.

    A word that the Standard uses as well (`vocabulary`) is no name by itself: it is one where nothing but words of names is in the text,
    or where it stands beside another word of the same name.

    Args:
        text: as a file has it.
        names: what `name_words` gave for all persons.
    """
    if _ADDRESSED.search(text):
        return True
    words = spellings.plain_words(text)
    return bool(words and all(_hash(word) in names for word in words)) or holds_name(text, names)


def holds_name(text: str, names: Set[bytes]) -> bool:
    """Whether a text has a word that is a name and nothing else, or two words of one name side by side."""
    if any(_hash(word) in names and not vocabulary.is_word(word) for word in spellings.words_of_text(text)):
        return True
    return any(_hash(pair) in names for pair in spellings.pairs_of_text(text))
