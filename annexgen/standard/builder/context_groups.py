"""Builds the tables of context groups and codes from pydicom's tables of PS3.16 (section 7, Annexes B and D)."""

from __future__ import annotations

from typing import Any

CODES = "PS3.16 2024c (pydicom 3.0.2), codes of context groups: Coding Scheme Designator, Code Value, Code Meaning"
MEMBERS = (
    "PS3.16 2024c (pydicom 3.0.2), context groups with their codes, included groups resolved: CID, Coding Scheme Designator, "
    "Code Value"
)


def code_rows() -> list[tuple[str, str, str]]:
    """Every code of the tables: scheme, value, meaning, sorted."""
    from pydicom.sr._concepts_dict import concepts

    tables: dict[str, Any] = concepts
    found = set()
    for scheme, by_keyword in tables.items():
        for values in by_keyword.values():
            for value, (meaning, _) in values.items():
                found.add((scheme, value, meaning))
    return sorted(found)


def member_rows() -> list[tuple[str, str, str]]:
    """The codes of each context group: CID, scheme, value; CIDs in numerical order."""
    from pydicom.sr._cid_dict import cid_concepts
    from pydicom.sr._concepts_dict import concepts

    tables: dict[str, Any] = concepts
    rows = []
    for cid, by_scheme in sorted(cid_concepts.items()):
        for scheme, keywords in sorted(by_scheme.items()):
            values = set()
            for keyword in keywords:
                known = tables[scheme].get(keyword, {})
                values |= {value for value, (_, cids) in known.items() if cid in cids}
            rows += [(str(cid), scheme, value) for value in sorted(values)]
    return rows
