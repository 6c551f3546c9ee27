"""Context groups: which codes a CID holds, and which groups hold some codes (PS3.16 section 7 and Annex B)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

CodeKey = tuple[str, str]
"""Code Value and Coding Scheme Designator."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its meaning."""

    value: str
    scheme: str
    meaning: str

    @property
    def key(self) -> CodeKey:
        """What identifies the code."""
        return self.value, self.scheme


@dataclass(frozen=True, slots=True)
class ContextGroup:
    """A context group; `codes` is empty for those whose codes no table here lists, `extensible` None where it is not known."""

    cid: str
    name: str
    uid: str
    extensible: bool | None
    version: str
    codes: tuple[Code, ...]


@tables.per_table_set
def _known() -> dict[str, tuple[str, str, bool | None, str]]:
    return {
        cid: (name, uid, {"1": True, "0": False}.get(extensible), version)
        for cid, name, uid, extensible, version in tables.rows("context_groups")
    }


@tables.per_table_set
def _members() -> dict[str, dict[CodeKey, str]]:
    """The codes of each group, with the meaning that the group gives to each."""
    found: dict[str, dict[CodeKey, str]] = {}
    for cid, scheme, value, meaning in tables.rows("context_group_codes"):
        found.setdefault(cid, {})[value, scheme] = meaning
    return found


@tables.per_table_set
def _meanings() -> dict[CodeKey, tuple[str, ...]]:
    found: dict[CodeKey, tuple[str, ...]] = {}
    for scheme, value, meaning in tables.rows("codes"):
        found[value, scheme] = (*found.get((value, scheme), ()), meaning)
    return found


def all_context_groups() -> tuple[str, ...]:
    """The CIDs of all context groups, in numerical order."""
    return tuple(_known())


@tables.per_table_set
def context_group(cid: str) -> ContextGroup | None:
    """The context group of a CID such as "6023"; None when PS3.16 has no such group."""
    known = _known().get(cid)
    if known is None:
        return None
    codes = tuple(Code(value, scheme, meaning) for (value, scheme), meaning in _members().get(cid, {}).items())
    name, uid, extensible, version = known
    return ContextGroup(cid, name, uid, extensible, version, codes)


def reference_text(cid: str) -> str:
    """How a statement refers to a group: See CID 6023 "Side from BI-RADS" (PS3.2 Annex N).

    Raises:
        KeyError: there is no such group.
    """
    return f'See CID {cid} "{_known()[cid][0]}"'


def meanings_of(value: str, scheme: str) -> tuple[str, ...]:
    """The meanings that PS3.16 gives to a code, in either scheme where it was renamed, sorted; none for unknown codes.

    Its context groups and its list of definitions (Annex D) may word the meaning of one code differently.
    """
    meanings = _meanings()
    return next((meanings[key] for key in equivalents((value, scheme)) if key in meanings), ())


@tables.per_table_set
def _to_sct() -> dict[str, str]:
    return dict(_mapping()["SRT"])


@tables.per_table_set
def _to_srt() -> dict[str, str]:
    return dict(_mapping()["SCT"])


def _mapping() -> dict[str, dict[str, str]]:
    from pydicom.sr._snomed_dict import mapping

    return mapping


def equivalents(key: CodeKey) -> tuple[CodeKey, ...]:
    """A code and its other form: SNOMED RT (SRT, SNM3) codes have an SCT form and the other way round (PS3.16 section 8)."""
    value, scheme = key
    if scheme in ("SRT", "SNM3", "99SDM"):
        other = _to_sct().get(value)
        return (key, (other, "SCT")) if other else (key,)
    if scheme == "SCT":
        other = _to_srt().get(value)
        return (key, (other, "SRT")) if other else (key,)
    return (key,)


def canonical(key: CodeKey) -> CodeKey:
    """The form in which codes are compared: SCT where there is one."""
    return next((form for form in equivalents(key) if form[1] == "SCT"), key)


@tables.per_table_set
def _canonical_members(cid: str) -> frozenset[CodeKey]:
    return frozenset(canonical(key) for key in _members().get(cid, {}))


@tables.per_table_set
def _groups_of() -> dict[CodeKey, frozenset[str]]:
    found: dict[CodeKey, set[str]] = {}
    for cid, keys in _members().items():
        for key in keys:
            found.setdefault(canonical(key), set()).add(cid)
    return {key: frozenset(cids) for key, cids in found.items()}


def missing_from(cid: str, codes: Iterable[CodeKey]) -> tuple[CodeKey, ...]:
    """Those of the codes that a group does not hold, SRT and SCT forms being one, in the order given."""
    members = _canonical_members(cid)
    return tuple(key for key in codes if canonical(key) not in members)


def groups_containing(codes: Iterable[CodeKey]) -> tuple[str, ...]:
    """The groups that hold all of the codes, smallest first, those of one size in numerical order; none for no codes."""
    groups: frozenset[str] | None = None
    for key in codes:
        having = _groups_of().get(canonical(key), frozenset())
        groups = having if groups is None else groups & having
        if not groups:
            return ()
    return tuple(sorted(groups or (), key=lambda cid: (len(_canonical_members(cid)), int(cid))))
