"""Findings about Directory Records: types that PS3.3 does not define, keys that are absent or empty, SOP Classes of other types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.mandatory import mandatory_remarks
from annexgen.analyzers.remark import Remark
from annexgen.profile.model import PLAIN
from annexgen.profile.paths import standard_path
from annexgen.standard import dictionary, iods, uids
from annexgen.standard.directory_records import directory_record_type, record_type_of_sop_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.analyzers.presence import Presence
    from annexgen.profile.model import SopClassProfile
    from annexgen.standard.attribute_tables import ModuleAttribute

DIRECTORY_INFORMATION = "directory-information"
_RECORDS = 0x00041220
_OF_A_TYPE = f"{standard_path((_RECORDS,))}["
_RECORD_TYPE = 0x00041430
_SOP_CLASS = 0x00041510
_MANDATORY = ("1", "2")
_OF_ANY_SOP_CLASS = "PRIVATE"
"""The type whose records may refer to instances of any SOP Class (PS3.3 F.6.1)."""


def directory_remarks(profile: SopClassProfile, presence: dict[str, Presence]) -> Iterator[Remark]:
    """Findings about the DICOMDIRs of a corpus (PS3.3 F.3.2.2, F.4, F.5).

    Arguments:
        presence: of every element path; attributes of Directory Records stand under `(0004,1220)[TYPE]`.
    """
    information = iods.module(DIRECTORY_INFORMATION).attributes
    for attribute in information:
        if len(attribute.path) == 1 and attribute.type in _MANDATORY:
            path = standard_path(attribute.path)
            yield from _mandatory(path, attribute, "in the Directory Information Module", profile.instances, presence)
    of_records = [attribute for attribute in information if attribute.path[0] == _RECORDS and len(attribute.path) == 2]
    inside: dict[str, list[str]] = {}
    for path in presence:
        if path.startswith(_OF_A_TYPE):
            inside.setdefault(path.partition("]")[0].removeprefix(_OF_A_TYPE), []).append(path)
    for name, paths in sorted(inside.items()):
        outer = f"{_OF_A_TYPE}{name}]/"
        there = max(presence[path].carriers for path in paths if path.count("/") == 1)
        place = f"in Directory Records of type {name}"
        for attribute in of_records:
            if attribute.type in _MANDATORY:
                yield from _mandatory(f"{outer}{standard_path(attribute.path[1:])}", attribute, place, there, presence)
        kind = directory_record_type(name)
        if kind is None:
            path = f"{outer}{standard_path((_RECORD_TYPE,))}"
            tag = standard_path((_RECORD_TYPE,))
            message = f"Directory Record Type {tag} is {name}, which PS3.3 F.3.2.2 does not define"
            example = profile.paths[path].example if path in profile.paths else ""
            yield Remark("directory-record-type", "error", message, path, there, example)
            continue
        for attribute in kind.keys:
            holding = there
            if len(attribute.path) > 1:
                around = presence.get(f"{outer}{standard_path(attribute.path[:-1])}")
                holding = around.present + around.partial - around.empty if around else 0
            if attribute.type in _MANDATORY and holding:
                yield from _mandatory(f"{outer}{standard_path(attribute.path)}", attribute, place, holding, presence)
        if name != _OF_ANY_SOP_CLASS:
            yield from _other_type(profile, name, f"{outer}{standard_path((_SOP_CLASS,))}")


def _mandatory(
    path: str, attribute: ModuleAttribute, place: str, holding: int, presence: dict[str, Presence]
) -> Iterator[Remark]:
    """What is to be said of one attribute; absent counts where some place that should have it has not."""
    seen = presence.get(path)
    tag = attribute.path[-1]
    named = f"{dictionary.attribute_name(tag) or 'unknown'} {standard_path((tag,))}, Type {attribute.type} {place}"
    missing = (seen.carriers if seen else holding) - (seen.present if seen else 0)
    return mandatory_remarks(named, path, attribute.type, missing, seen)


def _other_type(profile: SopClassProfile, name: str, path: str) -> Iterator[Remark]:
    """SOP Classes that the records of a type refer to, although another type of record is for them."""
    statistics = profile.paths.get(path)
    for token, count in sorted(statistics.values.items()) if statistics else ():
        uid = token[1:]
        meant = record_type_of_sop_class(uid) if token[0] == PLAIN and count.printable else None
        if statistics and meant and meant != name:
            message = (
                f"Directory Records of type {name} refer to instances of {uids.uid_name(uid) or uid}; "
                f"records of type {meant} are for them (PS3.3 F.5)"
            )
            yield Remark("directory-record-sop-class", "error", message, path, count.instances, statistics.example)
