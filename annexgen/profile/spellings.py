"""How a person's name, an identifier or a date may be spelt elsewhere: letters, scripts, separators, orders of day and month."""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_PART = 3
"""A shorter part of a name proves nothing, unless it is written in a script whose letters are syllables or words."""
SHORTEST_CODE = 5
"""An identifier without its leading zeros or its punctuation is looked for when so much is left of it."""
_SHORTEST_IN_SYLLABLES = 2
_LONGEST_IN_SYLLABLES = 6

_PARTS = re.compile(r"[\\^= ,]+")
_INSIDE_PARTS = re.compile(r"[-‐‑'’`´.·・]+")
_NO_LETTER = re.compile(r"[\W_]+")
_SYLLABLES = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_IN_SYLLABLES = re.compile(f"[{_SYLLABLES}]+")
_OF_SYLLABLES = re.compile(f"[{_SYLLABLES}\u30fb]+")
_WORDS = re.compile(rf"(?:(?![{_SYLLABLES}])[^\W\d_]){{3,}}")
_TRANSCRIBED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    }
)
_PLAIN = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
NO_NAMES = frozenset(
    {
        "unknown",
        "anonymous",
        "anonymized",
        "anonymised",
        "anon",
        "none",
        "unspecified",
        "undefined",
        "unnamed",
        "noname",
    }
)
"""What stands for a name where there is none."""
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"
)  # fmt: skip


def folded(text: str) -> str:
    """A text as it is compared: without case, and composed and full-width letters as others are."""
    return (
        text.casefold()
        if text.isascii()
        else unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    )


def searchable(text: str) -> str:
    """A text as it is looked through: folded, and beneath it with its letters without accents, and as they are transcribed."""
    if text.isascii():
        return text.casefold()
    return "\n".join(variants(folded(text)))


@functools.lru_cache(maxsize=1 << 12)
def variants(text: str) -> tuple[str, ...]:
    """A folded text, the same without accents, and with its letters transcribed (ü: ue), as far as these differ."""
    if text.isascii():
        return (text,)
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))
    return tuple(dict.fromkeys((text, plain, text.translate(_TRANSCRIBED))))


def parts_of_name(name: str) -> Iterator[str]:
    """The parts of a person's name that prove something by themselves, folded, in all their spellings.

    A part with hyphens or apostrophes is also what is between them, and itself without them. Where the parts of a name are too short,
    or written in syllables, it is also what they are together, with the family name first or last.
    """
    for component_group in folded(name).split("="):
        words = [word for word in _PARTS.split(component_group) if word and word not in NO_NAMES]
        for word in words:
            inner = [part for part in _INSIDE_PARTS.split(word) if part]
            for part in dict.fromkeys((word, *inner, "".join(inner))):
                if _proves(part):
                    yield from variants(part)
        joined = "".join(words)
        if len(words) < 2 or not (_OF_SYLLABLES.fullmatch(joined) or max(map(len, words)) < SHORTEST_PART):
            continue
        for order in (words, words[1:] + words[:1]):
            for separator in ("", " ", "_", "^", ", "):
                yield from variants(separator.join(order))


def _proves(part: str) -> bool:
    return len(part) >= (_SHORTEST_IN_SYLLABLES if _IN_SYLLABLES.fullmatch(part) else SHORTEST_PART)


def is_in_syllables(text: str) -> bool:
    """Whether a text is written in a script that sets no blanks between words."""
    return _IN_SYLLABLES.match(text) is not None


def forms_of_identifier(text: str) -> tuple[str, ...]:
    """An identifier as it is, without punctuation, and without leading zeros."""
    bare = _NO_LETTER.sub("", text)
    found = [text, *(form for form in (bare, text.lstrip("0"), bare.lstrip("0")) if len(form) >= SHORTEST_CODE)]
    return tuple(dict.fromkeys(form for form in found if form))


def same_identifier(text: str) -> str:
    """What two spellings of one identifier have in common."""
    bare = _NO_LETTER.sub("", folded(text))
    return bare.lstrip("0") or text


def forms_of_date(date: str) -> tuple[str, ...]:
    """A date as DICOM writes it, and as text usually has it, folded; nothing for what is no date."""
    digits = date[:8]
    if len(digits) < 8 or not (digits.isascii() and digits.isdigit()):
        return ()
    year, month, day = digits[:4], digits[4:6], digits[6:]
    forms = [digits]
    for mark in ("-", ".", "/"):
        forms += [mark.join((year, month, day)), mark.join((day, month, year)), mark.join((month, day, year))]
    if 1 <= int(month) <= len(_MONTHS):
        name = _MONTHS[int(month) - 1]
        for one in (name[:3], name):
            for of_day in dict.fromkeys((day, day.lstrip("0"))):
                forms += [f"{of_day}{mark}{one}{mark}{year}" for mark in ("", " ", "-")]
                forms.append(f"{of_day}. {one} {year}")
                forms += [f"{one} {of_day}, {year}", f"{one} {of_day} {year}"]
    return tuple(dict.fromkeys(forms))


def words_of_name(names: str) -> Iterator[str]:
    """The words of persons' names, one name a line, by which a text that speaks of them is found.

    A pair of words that stand together in one name is one of them, as `pairs_of_text` gives it.
    """
    for name in names.split("\n"):
        yield from (part for part in parts_of_name(name) if _WORDS.fullmatch(part) or _IN_SYLLABLES.fullmatch(part))
        for component_group in name.split("="):
            for form in variants(folded(component_group)):
                yield from _pairs_in([word for word in _WORDS.findall(form) if word not in NO_NAMES])


def plain_words(text: str) -> list[str]:
    """The words of a text as it is written, folded: those of three letters or more."""
    return _WORDS.findall(folded(text))


def words_of_text(text: str) -> Iterator[str]:
    """The words of a text that may be those of a name; of what sets no blanks all that may be a word."""
    found = searchable(text)
    yield from _WORDS.findall(found)
    for run in _IN_SYLLABLES.findall(found):
        for start in range(len(run) - 1):
            for end in range(start + _SHORTEST_IN_SYLLABLES, min(start + _LONGEST_IN_SYLLABLES, len(run)) + 1):
                yield run[start:end]


def pairs_of_text(text: str) -> Iterator[str]:
    """The words of a text that stand side by side, as `words_of_name` gives those of a name."""
    yield from _pairs_in(_WORDS.findall(searchable(text)))


def _pairs_in(words: list[str]) -> Iterator[str]:
    """Words side by side, whichever is first."""
    for one, other in pairwise(words):
        yield " ".join(sorted((one, other)))
