"""What a person's word names: an entry of the tables by key, name, section, number, UID, keyword or tag; or near matches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.standard import dictionary, iods, tables, templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEAR = 5
"""How many near matches are offered."""


NAMED_BY = {
    "IOD": "a key (ct-image), a name (CT Image), a section (A.3.3), or the UID or name of a SOP Class",
    "Module": "a key (general-series), a name (General Series) or a section (C.7.3.1)",
    "macro": "a key (pixel-measures), a name (Pixel Measures), a section, or the tag or keyword of its Sequence",
    "element": "a tag (0018,0088), a keyword (SpacingBetweenSlices) or a name",
    "context group": "a number (6023), a name (Side from BI-RADS) or a UID",
    "template": "a number (1500, 10003A) or a title (Measurement Report)",
}
"""What names an entry of each kind."""


class UnknownError(LookupError):
    """No entry of the tables has the name; `near` are the most similar ones."""

    def __init__(self, kind: str, word: str, near: tuple[str, ...], why: str = "") -> None:
        super().__init__(f"no {kind} {word!r} in the tables of the Standard: {why or f'give {NAMED_BY[kind]}'}")
        self.near = near


class AmbiguousError(UnknownError):
    """Several entries of the tables have the name, or stand in the section; `near` are their numbers, or keys."""

    def __init__(
        self, kind: str, word: str, near: tuple[str, ...], message: str = "are called {}: give the number"
    ) -> None:
        LookupError.__init__(self, f"several {kind}s {message.format(repr(word))}")
        self.near = near


def find_iod(word: str) -> str:
    """The key of an IOD from its key or name, or from UID or name of one of its SOP Classes.

    Raises:
        UnknownError: there is none.
    """
    words: dict[str, str] = {}
    for uid, name, key, _ in tables.overlaid("sop_classes"):
        if key:
            words[uid] = words[name] = key
    found = iods.sop_class(word)
    if found is not None and found.iod is None:
        raise UnknownError("IOD", word, (), f"no IOD is known of the SOP Class {found.name}")
    named = tables.names("iods")
    by_section = _in_section("IOD", word, {key: section for key, (_, section) in named.items()})
    return by_section or _find("IOD", word, words | _names((key, row[0]) for key, row in named.items()))


def find_module(word: str) -> str:
    """The key of a Module from its key or name.

    Raises:
        UnknownError: there is none.
    """
    named = tables.names("modules")
    by_section = _in_section("Module", word, {key: section for key, (_, section) in named.items()})
    return by_section or _find("Module", word, _names((key, row[0]) for key, row in named.items()))


def find_macro(word: str) -> tuple[str, str]:
    """The attribute table and key of a macro from its key or name; of a Functional Group Macro also from its Sequence.

    Raises:
        UnknownError: there is none.
    """
    functional_groups = [(row[0], row[1]) for row in tables.rows("functional_group_macros")]
    words = _names((key, name) for key, name, _ in tables.rows("macros")) | _names(functional_groups)
    tag = parse_tag(word)
    if tag is None and word in dictionary.keywords():
        tag = dictionary.tag_of(word)
    macro = iods.functional_group_macro_by_root(tag, None) if tag is not None else None
    sections = {row[0]: row[2] for table in ("macros", "functional_group_macros") for row in tables.rows(table)}
    key = macro.key if macro else _in_section("macro", word, sections) or _find("macro", word, words)
    is_functional_group = any(key == known for known, _ in functional_groups)
    return ("functional_group_macro_attributes" if is_functional_group else "macro_attributes"), key


def find_tag(word: str) -> int:
    """The tag of an element from its tag in any usual spelling, its keyword or its name (PS3.6).

    Raises:
        UnknownError: PS3.6 has none.
    """
    tag = parse_tag(word)
    if tag is not None:
        return _known_tag(word, tag)
    words: dict[str, str] = {}
    for keyword in dictionary.keywords():
        known = dictionary.tag_of(keyword)
        words[dictionary.attribute_name(known) or keyword] = words[keyword] = f"{known:08X}"
    return int(_find("element", word, words), 16)


def _known_tag(word: str, tag: int) -> int:
    if dictionary.lookup(tag) is not None:
        return tag
    if tag >> 16 & 1:
        # Which block a Private Creator has reserved differs from instance to instance.
        safe = f"{tag >> 16:04X}xx{tag & 0xFF:02X}"
        near = tuple(f"{row[4]} ({row[1]})" for row in tables.rows("safe_private_attributes") if row[0] == safe)
        why = "elements of an odd group are private, and PS3.6 names none"
        raise UnknownError("element", word, near[:NEAR], f"{why}; PS3.15 Table E.3.10-1 does" if near else why)
    tags = sorted(dictionary.tag_of(keyword) for keyword in dictionary.keywords())
    closest = sorted(sorted(tags, key=lambda known: abs(known - tag))[:NEAR])
    raise UnknownError("element", word, tuple(tag_text(known) for known in closest))


def find_context_group(word: str) -> str:
    """The CID of a context group from its number, with or without CID before it, its name or its UID (PS3.16 Annex B).

    Raises:
        UnknownError: there is none; as AmbiguousError, several have the name.
    """
    groups = tables.rows("context_groups")
    by_uid = {uid: cid for cid, _, uid, *_ in groups if uid}
    if word.strip() in by_uid:
        return by_uid[word.strip()]
    return _find_numbered("context group", "CID", word, [(name, cid) for cid, name, *_ in groups])


def find_template(word: str) -> str:
    """The TID of a template from its number, with or without TID before it, or from its title (PS3.16 Annex A).

    Raises:
        UnknownError: there is none; as AmbiguousError, several have the title.
    """
    known = [found for tid in templates.all_templates() if (found := templates.template(tid))]
    return _find_numbered("template", "TID", word, [(found.title, found.tid) for found in known])


def _find_numbered(kind: str, prefix: str, word: str, named: Sequence[tuple[str, str]]) -> str:
    """The number that a word gives or that has the name; for an unknown number the closest ones are near.

    Arguments:
        named: name and number of every entry.
    """
    number = word.upper().strip().removeprefix(prefix).strip()
    known = {its_number for _, its_number in named}
    if number in known:
        return number
    if not re.fullmatch(r"[0-9]{1,9}", number):
        found = _find(kind, word, dict(named))
        name = next(name for name, its_number in named if its_number == found)
        same = tuple(its_number for its_name, its_number in named if _folded(its_name) == _folded(name))
        if len(same) > 1:
            raise AmbiguousError(kind, word, same)
        return found
    whole = sorted((int(other) for other in known if other.isdecimal()), key=lambda n: (abs(n - int(number)), n))
    raise UnknownError(kind, word, tuple(str(n) for n in whole[:NEAR]))


def tag_text(tag: int) -> str:
    """A tag as the Standard writes it; in repeating groups 50xx and 60xx the last digits of the group stay open."""
    base = dictionary.base_tag(tag)
    group = f"{base >> 24:02X}xx" if base >> 24 in (0x50, 0x60) else f"{base >> 16:04X}"
    return f"({group},{base & 0xFFFF:04X})"


def parse_tag(word: str) -> int | None:
    """The tag written as "(0018,0088)", "0018,0088", "00180088" or "0x00180088"; None for other words.

    Of repeating groups and elements ("(60xx,3000)", "(0020,31xx)") it is the first one.
    """
    digits = re.fullmatch(r"\(?\s*(?:0x)?([0-9A-F]{2}[0-9A-FX]{2})\s*,?\s*([0-9A-FX]{4})\s*\)?", word.strip(), re.I)
    return int(dictionary.first_of(digits[1] + digits[2]), 16) if digits else None


def _in_section(kind: str, word: str, sections: Mapping[str, str]) -> str | None:
    """The key of the one entry that stands in the section of PS3.3 that the word is, or below it; None where no section is meant.

    What is called after an IOD, as its functional groups are, does not count beside what all IODs share.

    Raises:
        AmbiguousError: several entries stand in the section.
    """
    wanted = word.strip().upper().removeprefix("PS3.3").strip()
    if not re.fullmatch(r"([A-Z]|[0-9]+)(\.[0-9]+[A-Z]?)+", wanted):
        return None
    there = [key for key, section in sections.items() if section.upper() == wanted]
    there = there or [key for key, section in sections.items() if section.upper().startswith(f"{wanted}.")]
    found = [key for key in sorted(there) if not any(key.endswith(f"-{other}") for other in there)]
    if len(found) > 1:
        raise AmbiguousError(kind, word, tuple(found[:NEAR]), "stand in section {}: give the key")
    return found[0] if found else None


def _names(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keys by name and by key; where two share a name, the shorter key has it: the other is called after an IOD."""
    words: dict[str, str] = {}
    by_length = sorted(entries, key=lambda entry: (len(entry[0]), entry))
    for key, name in by_length:
        words.setdefault(name, key)
    return words | {key: key for key, _ in by_length}


def _find(kind: str, word: str, words: Mapping[str, str]) -> str:
    """The key that a word names: as it stands, without the kind's name behind it, with "image" behind it, or without spaces."""
    wanted = _folded(word)
    if word in words:
        return words[word]
    if not wanted:
        raise UnknownError(kind, word, ())
    folded = {_folded(known): known for known in words}
    without_kind = wanted.removesuffix(f" {kind.lower()}")
    for candidate in (wanted, without_kind, without_kind.removesuffix(" functional group"), f"{wanted} image"):
        if candidate in folded:
            return words[folded[candidate]]
    squeezed = wanted.replace(" ", "")
    joined = {words[known] for text, known in folded.items() if text.replace(" ", "") == squeezed}
    if len(joined) == 1:
        return joined.pop()
    raise UnknownError(kind, word, _near(kind, wanted, folded, words))


def _near(kind: str, wanted: str, folded: Mapping[str, str], words: Mapping[str, str]) -> tuple[str, ...]:
    """What names the entries most similar to a word: keys, or of entries without keys one name of each."""
    from difflib import SequenceMatcher

    matcher: SequenceMatcher[str] = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    scored: list[tuple[float, str]] = []
    for candidate, known in folded.items():
        matcher.set_seq1(candidate)
        abbreviated = _abbreviates(wanted, candidate)
        if abbreviated or wanted in candidate or matcher.quick_ratio() > 0.6:
            scored.append((-matcher.ratio() - (wanted in candidate) - 2 * abbreviated, known))
    scored.sort()
    by_key = kind in ("IOD", "Module", "macro")
    near: dict[str, str] = {}
    for _, known in scored[: 4 * NEAR]:
        near.setdefault(words[known], words[known] if by_key else known)
    return tuple(near.values())[:NEAR]


def _abbreviates(wanted: str, candidate: str) -> bool:
    """Whether a word such as "dx" or "cr" begins the initials of a name: Digital X-Ray Image, Computed Radiography Image."""
    words = candidate.split()
    return 1 < len(wanted) <= len(words) and "".join(word[0] for word in words).startswith(wanted)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9.]+", text.lower()))
