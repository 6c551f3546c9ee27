"""Coding Schemes: what a Coding Scheme Designator stands for, and whether it is private or retired (PS3.16 section 8)."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables

PRIVATE_PREFIX = "99"
"""A Coding Scheme Designator that begins so is private (PS3.16 section 8.2)."""


@dataclass(frozen=True, slots=True)
class CodingScheme:
    """One Coding Scheme that the Standard lists; `retired` when DICOM no longer uses it (SNOMED RT style codes)."""

    designator: str
    name: str
    retired: bool


@tables.per_table_set
def _by_designator() -> dict[str, CodingScheme]:
    rows = tables.rows("coding_schemes")
    return {designator: CodingScheme(designator, name, retired == "1") for designator, name, retired in rows}


def coding_scheme(designator: str) -> CodingScheme | None:
    """The Coding Scheme of a Coding Scheme Designator (0008,0102); None when the Standard does not list it."""
    return _by_designator().get(designator)


def is_private(designator: str) -> bool:
    """Whether a designator is private: it begins with 99, and is not one that the Standard lists (99SDM)."""
    return designator.startswith(PRIVATE_PREFIX) and coding_scheme(designator) is None
