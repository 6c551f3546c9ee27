"""Findings about one SOP Class: absent mandatory attributes, unknown elements, extensions, and those about values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.corpus_findings import support_remarks
from annexgen.analyzers.directory_findings import DIRECTORY_INFORMATION, directory_remarks
from annexgen.analyzers.mandatory import mandatory_remarks
from annexgen.analyzers.presence import presence_of_paths
from annexgen.analyzers.remark import Remark, counted_instances
from annexgen.analyzers.value_findings import value_remarks
from annexgen.profile.functional_groups import OF_FRAMES
from annexgen.profile.paths import standard_path, steps
from annexgen.standard import dictionary, iods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from annexgen.analyzers.functional_groups import FunctionalGroups
    from annexgen.analyzers.modules import ModulesOfSopClass
    from annexgen.analyzers.presence import Presence
    from annexgen.profile.model import SopClassProfile
    from annexgen.standard.enumerated_values import StandardValues

_CHOICES = ("SR Document Content", "Directory Information")
"""Modules whose tables list alternatives (by Value Type, by Directory Record Type), each mandatory only in its place."""
_NAMED = 4
"""So many attributes are named where a finding is about several."""


def remarks_of(
    profile: SopClassProfile,
    modules: ModulesOfSopClass,
    presence: dict[str, Presence],
    groups: FunctionalGroups,
    standard: Callable[[str], tuple[StandardValues, ...]],
) -> list[Remark]:
    """All findings about one SOP Class, in order of path; `standard`: what the Standard lists for the attribute at a path."""
    remarks: list[Remark] = []
    for path, seen in presence.items():
        parts = steps(path)
        if not parts:
            continue
        last = parts[-1]
        count, example = seen.present + seen.partial, profile.paths[path].example
        if last.private:
            if last.creator == "?":
                message = f"private element {last.shown_tag} without Private Creator"
                remarks.append(Remark("private-without-creator", "error", message, path, count, example))
        elif dictionary.lookup(last.tag) is None:
            message = f"{last.shown_tag} is not in the data dictionary"
            remarks.append(Remark("not-in-dictionary", "warning", message, path, count, example))
    remarks.extend(_extensions(profile, modules, presence))
    remarks.extend(value_remarks(profile, presence, standard))
    remarks.extend(support_remarks(profile, presence))
    for use in (use for use in modules.modules if modules.iod and not use.extension):
        for attribute in iods.module(use.key).attributes:
            remarks.extend(_mandatory(attribute, use.name, use.usage, use.instances, presence, set(use.tags)))
    remarks.extend(_missing_modules(profile, modules, presence))
    remarks.extend(_missing_macros(modules, groups, presence))
    if any(use.key == DIRECTORY_INFORMATION for use in modules.modules):
        remarks.extend(directory_remarks(profile, presence))
    return sorted(remarks, key=lambda r: (r.path, r.code))


def _extensions(
    profile: SopClassProfile, modules: ModulesOfSopClass, presence: dict[str, Presence]
) -> Iterator[Remark]:
    """What makes it a Standard Extended SOP Class: one for each borrowed Module, and one for all other attributes."""
    if modules.iod is None:
        return
    groups = [
        (f" form the {use.name} Module, which the", " does not have", use.tags)
        for use in modules.modules
        if use.extension
    ]
    if modules.additional:
        belong = " belong" if len(modules.additional) > 1 else " belongs"
        groups.append((f"{belong} to no Module of the", "", modules.additional))
    for before, after, tags in groups:
        first = standard_path((tags[0],))
        names = [f"{dictionary.attribute_name(tag) or 'unknown'} {standard_path((tag,))}" for tag in tags[:_NAMED]]
        more = f" and {len(tags) - _NAMED} more" if len(tags) > _NAMED else ""
        shown = f"{', '.join(names)}{more}"
        message = f"{shown}{before} {modules.name} IOD{after} (Standard Extended SOP Class)"
        count = max(presence[standard_path((tag,))].present for tag in tags)
        yield Remark("standard-extended", "note", message, first, count, profile.paths[first].example)


def _missing_modules(
    profile: SopClassProfile, modules: ModulesOfSopClass, presence: dict[str, Presence]
) -> Iterator[Remark]:
    """The mandatory attributes of mandatory Modules of which no instance has anything."""
    used = {use.key for use in modules.modules}
    for module in iods.iod(modules.iod).modules if modules.iod is not None else ():
        if module.usage == "M" and module.key not in used:
            for attribute in iods.module(module.key).attributes:
                if len(attribute.path) == 1:
                    yield from _mandatory(attribute, module.name, module.usage, profile.instances, presence, set())


def _missing_macros(
    modules: ModulesOfSopClass, groups: FunctionalGroups, presence: dict[str, Presence]
) -> Iterator[Remark]:
    """The mandatory Functional Group Macros that some instances with frames have neither shared nor per frame."""
    framed = {outer: s.present + s.partial - s.empty for outer in OF_FRAMES if (s := presence.get(outer)) is not None}
    if modules.iod is None or not framed:
        return
    # Instances have the one Sequence or the other, as their IOD asks for.
    frames = max(framed, key=lambda outer: framed[outer])
    there = presence_of_paths(groups.profile)
    for macro in iods.functional_group_macros(modules.iod):
        root = standard_path((macro.root,))
        seen = there.get(root)
        missing = framed[frames] - (seen.present + seen.partial if seen else 0)
        if macro.usage == "M" and missing > 0:
            message = (
                f"{dictionary.attribute_name(macro.root) or macro.name} {root}: the {macro.name} Functional Group Macro, "
                f"mandatory in the {modules.name} IOD, is absent in {counted_instances(missing)}"
            )
            yield Remark("mandatory-absent", "error", message, f"{frames}/{root}", missing)


def _mandatory(
    attribute: iods.ModuleAttribute,
    module: str,
    usage: str,
    instances: int,
    presence: dict[str, Presence],
    owned: set[int],
) -> list[Remark]:
    """Type 1 or 2 attributes that are absent, Type 1 ones that are empty (PS3.5 section 7.4)."""
    if attribute.type not in ("1", "2") or module in _CHOICES:
        return []
    path = standard_path(attribute.path)
    seen = presence.get(path)
    if len(attribute.path) == 1:
        if seen is not None and attribute.path[0] not in owned:
            return []
        missing = instances - (seen.present + seen.partial if seen else 0)
    else:
        outer = presence.get(standard_path(attribute.path[:-1]))
        if outer is None or attribute.path[0] not in owned:
            return []
        if outer.empty == outer.present + outer.partial:
            return []
        missing = seen.carriers - seen.present if seen else outer.present + outer.partial - outer.empty
    named = (
        f"{dictionary.attribute_name(attribute.path[-1]) or path} {path}, Type {attribute.type} in the {module} Module"
    )
    severity = "error" if usage == "M" else "warning"
    return [*mandatory_remarks(named, path, attribute.type, missing, seen, severity)]
