"""The vocabulary of the Standard: words of its attributes and codes, in lower case."""

from __future__ import annotations

import pytest

from annexgen.standard import vocabulary


@pytest.mark.parametrize("word", ["head", "knee", "patient", "reconstruction", "axial", "femur"])
def test_words_of_the_standard(word: str) -> None:
    assert vocabulary.is_word(word)


@pytest.mark.parametrize("word", ["kowalska", "of", "", "HEAD", "head knee"])
def test_other_words(word: str) -> None:
    assert not vocabulary.is_word(word)
