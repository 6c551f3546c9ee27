"""Builds the tables of context groups and codes from pydicom's tables of PS3.16 (section 7, Annexes B and D)."""

from __future__ import annotations

from typing import Any

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u00ad\u2060\ufeff"))
"""Characters that the published Code Meanings hold for the line breaks of their pages."""

CODES = "PS3.16 2024c (pydicom 3.0.2), codes of context groups: Coding Scheme Designator, Code Value, Code Meaning"
MEMBERS = (
    "PS3.16 2024c (pydicom 3.0.2), context groups with their codes, included groups resolved: CID, Coding Scheme Designator, "
    "Code Value, Code Meaning in the group"
)


def code_rows() -> list[tuple[str, str, str]]:
    """Every code of the tables: scheme, value, meaning, sorted."""
    from pydicom.sr._concepts_dict import concepts

    tables: dict[str, Any] = concepts
    found = set()
    for scheme, by_keyword in tables.items():
        for values in by_keyword.values():
            for value, (meaning, _) in values.items():
                found.add((scheme, _value(value), _meaning(meaning)))
    return sorted(found)


def member_rows() -> list[tuple[str, str, str, str]]:
    """The codes of each context group: CID, scheme, value, the group's meaning of it; CIDs in numerical order."""
    from pydicom.sr._cid_dict import cid_concepts
    from pydicom.sr._concepts_dict import concepts

    tables: dict[str, Any] = concepts
    rows = []
    for cid, by_scheme in sorted(cid_concepts.items()):
        for scheme, keywords in sorted(by_scheme.items()):
            meanings: dict[str, str] = {}
            for keyword in keywords:
                for value, (meaning, cids) in tables[scheme].get(keyword, {}).items():
                    # A keyword is made of a meaning: of the several that a code has, each names the groups that say so.
                    if cid in cids:
                        meanings[_value(value)] = _meaning(meaning)
            rows += [(str(cid), scheme, value, meaning) for value, meaning in sorted(meanings.items())]
    return rows


def _value(text: str) -> str:
    """A Code Value, which holds no space: one is printed with one by mistake (CID 3227, "2: 33792")."""
    return "".join(text.split())


def _meaning(text: str) -> str:
    return text.translate(INVISIBLE)
