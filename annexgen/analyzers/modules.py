"""Which Modules an IOD's instances have, and which Module documents each attribute (PS3.3 Annexes A and C)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.extensions import borrowed_modules
from annexgen.analyzers.presence import ALWAYS, CONDITIONAL
from annexgen.analyzers.thresholds import Thresholds
from annexgen.profile.paths import steps
from annexgen.standard import iods
from annexgen.standard.dictionary import base_tag

if TYPE_CHECKING:
    from annexgen.profile.model import SopClassProfile

COMMON_MODULE_FROM = 15
"""A Module that this many IODs use may describe instances of a SOP Class that the Standard does not define."""


@dataclass(frozen=True, slots=True)
class ModuleUse:
    """A Module as the product's instances of one SOP Class use it.

    `extension` says that the IOD of the Standard does not have the Module (Standard Extended SOP Class, PS3.4 and PS3.2
    section 7.3).
    """

    key: str
    name: str
    ie: str
    usage: str
    tags: tuple[int, ...]
    """Root attributes that it documents, in the Standard's order."""
    presence: str
    instances: int
    extension: bool = False


@dataclass(frozen=True, slots=True)
class ModulesOfSopClass:
    """All Modules of one SOP Class, by Information Entity, and the root attributes that belong to none."""

    iod: str | None
    name: str
    modules: tuple[ModuleUse, ...]
    additional: tuple[int, ...]

    @property
    def extended(self) -> bool:
        """Whether instances hold standard root attributes that the IOD does not have."""
        return bool(self.additional) or any(use.extension for use in self.modules)


def modules_of(uid: str, profile: SopClassProfile, thresholds: Thresholds | None = None) -> ModulesOfSopClass:
    """Assign every standard root attribute to one Module.

    In an instance an optional Module is present when an attribute is there that no other Module of the IOD explains;
    mandatory ones always are. An attribute goes to the most specific Module (the one that fewest IODs use) of those that
    are present in every instance that has it; where none is, to the most specific one, which it makes present.
    What no Module of the IOD explains may form Modules of other IODs (`borrowed_modules`).
    """
    known = iods.sop_class(uid)
    iod_key = known.iod if known else None
    candidates = _candidates(iod_key)
    holding = _holding(profile)
    everything = (1 << len(profile.patterns)) - 1
    explaining = {tag: [m for m in candidates if base_tag(tag) in iods.root_attributes(m.key)] for tag in holding}
    present = {m.key: everything if m.usage == "M" else 0 for m in candidates}
    for tag, modules in explaining.items():
        if len(modules) == 1:
            present[modules[0].key] |= holding[tag]
    owner: dict[int, str] = {}
    for tag, modules in explaining.items():
        if modules:
            eligible = [m for m in modules if not holding[tag] & ~present[m.key]] or modules
            owner[tag] = min(eligible, key=lambda m: (iods.number_of_iods_using(m.key), m.key)).key
    outside = {tag: mask for tag, mask in holding.items() if tag not in owner}
    borrowed = borrowed_modules(outside, set(holding), {m.key for m in candidates}, thresholds or Thresholds())
    owner |= {tag: module.key for module, tags in borrowed for tag in tags}
    instances = [sum(origins.values()) for origins in profile.patterns.values()]
    used = set(owner.values())
    uses = [_use(module, owner, holding, instances) for module in candidates if module.key in used]
    extension = iod_key is not None
    uses += [_use(module, owner, holding, instances, extension=extension) for module, _ in borrowed]
    name = iods.iod(iod_key).name if iod_key else known.name if known else ""
    return ModulesOfSopClass(
        iod_key, name, _by_entity(uses, [m.ie for m in candidates]), tuple(sorted(outside.keys() - owner.keys()))
    )


def _candidates(iod_key: str | None) -> list[iods.IodModule]:
    if iod_key is not None:
        return list(iods.iod(iod_key).modules)
    found: dict[str, iods.IodModule] = {}
    # An imported set of tables may hold a few IODs only.
    known = iods.all_iods()
    for key in (key for key in ("enhanced-mr-image", "mr-image", "comprehensive-sr") if key in known):
        for module in iods.iod(key).modules:
            if iods.number_of_iods_using(module.key) >= COMMON_MODULE_FROM:
                found.setdefault(module.key, iods.IodModule(module.key, module.name, module.section, module.ie, "U"))
    return list(found.values())


def _holding(profile: SopClassProfile) -> dict[int, int]:
    """Every standard root attribute, by tag, with the set of combinations (one bit each) that have it."""
    tags = {path: steps(path)[0].tag for path in profile.paths if len(steps(path)) == 1 and not steps(path)[0].private}
    holding = dict.fromkeys(sorted(tags.values()), 0)
    for number, (shape, _) in enumerate(profile.patterns):
        bit = 1 << number
        for path, _ in shape:
            tag = tags.get(path)
            if tag is not None:
                holding[tag] |= bit
    return holding


def _use(
    module: iods.IodModule,
    owner: dict[int, str],
    holding: dict[int, int],
    instances: list[int],
    *,
    extension: bool = False,
) -> ModuleUse:
    order = {tag: number for number, tag in enumerate(iods.root_attributes(module.key))}
    owned = (tag for tag, key in owner.items() if key == module.key)
    tags = tuple(sorted(owned, key=lambda tag: (order[base_tag(tag)], tag)))
    mask = 0
    for tag in tags:
        mask |= holding[tag]
    seen = sum(count for number, count in enumerate(instances) if mask >> number & 1)
    presence = ALWAYS if seen == sum(instances) else CONDITIONAL
    return ModuleUse(module.key, module.name, module.ie, module.usage, tags, presence, seen, extension)


def _by_entity(uses: list[ModuleUse], entities: list[str]) -> tuple[ModuleUse, ...]:
    """Borrowed Modules after the IOD's own of the same Information Entity; of another IOD's entity, after the last one."""
    order = list(dict.fromkeys(entities))
    placed = [use if use.ie in order or not order else replace(use, ie=order[-1]) for use in uses]
    return tuple(sorted(placed, key=lambda use: order.index(use.ie) if order else 0))
