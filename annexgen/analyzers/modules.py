"""Which Modules an IOD's instances have, and which Module documents each attribute (PS3.3 Annexes A and C)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import ALWAYS, CONDITIONAL
from annexgen.profile.paths import steps
from annexgen.standard import iods
from annexgen.standard.dictionary import base_tag

if TYPE_CHECKING:
    from annexgen.profile.model import SopClassProfile

COMMON_MODULE_FROM = 15
"""A Module that this many IODs use may describe instances of a SOP Class that the Standard does not define."""


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """A Module as the product's instances of one SOP Class use it."""

    key: str
    name: str
    ie: str
    usage: str
    tags: tuple[int, ...]
    """Root attributes that it documents, in the Standard's order."""
    presence: str
    instances: int


@dataclass(frozen=True, slots=True)
class ModulesOfSopClass:
    """All Modules of one SOP Class, and the root attributes that belong to none of its IOD."""

    iod: str | None
    name: str
    modules: tuple[ModuleUse, ...]
    additional: tuple[int, ...]


def modules_of(uid: str, profile: SopClassProfile) -> ModulesOfSopClass:
    """Assign every standard root attribute to the most specific Module that is present.

    A Module is present in an instance when an attribute that no other Module of the IOD explains is there; what only
    absent Modules explain goes to the mandatory or the most specific of them.
    """
    known = iods.sop_class(uid)
    iod_key = known.iod if known else None
    candidates = _candidates(iod_key)
    roots = {steps(path)[0].tag for path in profile.paths if len(steps(path)) == 1 and not steps(path)[0].private}
    explaining = {tag: [m for m in candidates if base_tag(tag) in iods.root_attributes(m.key)] for tag in roots}
    present = {m.key for m in candidates if m.usage == "M"}
    present |= {modules[0].key for modules in explaining.values() if len(modules) == 1}
    owner: dict[int, str] = {}
    for tag in sorted(roots):
        modules = explaining[tag]
        if not modules:
            continue
        eligible = [m for m in modules if m.key in present] or modules
        owner[tag] = min(eligible, key=lambda m: (iods.number_of_iods_using(m.key), m.key)).key
    presence = _presence(profile, owner)
    uses = []
    total = profile.instances
    for module in candidates:
        order = {tag: number for number, tag in enumerate(iods.root_attributes(module.key))}
        owned = (tag for tag, key in owner.items() if key == module.key)
        tags = tuple(sorted(owned, key=lambda tag: (order[base_tag(tag)], tag)))
        if not tags:
            continue
        seen = presence[module.key]
        uses.append(
            ModuleUse(
                module.key,
                module.name,
                module.ie,
                module.usage,
                tags,
                ALWAYS if seen == total else CONDITIONAL,
                seen,
            )
        )
    name = iods.iod(iod_key).name if iod_key else known.name if known else ""
    return ModulesOfSopClass(iod_key, name, tuple(uses), tuple(sorted(roots - owner.keys())))


def _candidates(iod_key: str | None) -> list[iods.IodModule]:
    if iod_key is not None:
        return list(iods.iod(iod_key).modules)
    found: dict[str, iods.IodModule] = {}
    for key in ("enhanced-mr-image", "mr-image", "comprehensive-sr"):
        for module in iods.iod(key).modules:
            if iods.number_of_iods_using(module.key) >= COMMON_MODULE_FROM:
                found.setdefault(module.key, iods.IodModule(module.key, module.name, module.section, module.ie, "U"))
    return list(found.values())


def _presence(profile: SopClassProfile, owner: dict[int, str]) -> dict[str, int]:
    """In how many instances each Module has at least one of its attributes."""
    module_of_path = {f"({tag >> 16:04X},{tag & 0xFFFF:04X})": module for tag, module in owner.items()}
    counts: dict[str, int] = dict.fromkeys(owner.values(), 0)
    for (shape, _), origins in profile.patterns.items():
        number = sum(origins.values())
        for module in {module_of_path[path] for path, _ in shape if path in module_of_path}:
            counts[module] += number
    return counts
