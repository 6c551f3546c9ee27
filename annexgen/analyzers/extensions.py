"""Standard Extended use: Modules of other IODs that attributes outside the IOD form together (PS3.2 section 7.3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.standard import iods, tables
from annexgen.standard.dictionary import base_tag

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds

_REAL_WORLD = ("C.2.", "C.3.", "C.4.")
"""Sections of PS3.3 with the Modules of patients, visits and procedures, which no composite IOD has but worklists do."""
_GROUPING = (iods.SHARED_FUNCTIONAL_GROUPS, *iods.FUNCTIONAL_GROUPS_OF_FRAMES, 0x0040A730)
"""Attributes that say nothing about which Module they were borrowed from: they hold what other tables describe."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a Module would explain: attributes together in one instance, and its mandatory ones, there and missing."""

    module: str
    tags: frozenset[int]
    together: int
    mandatory: int
    missing: int

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Smaller is better: explains most, mandatory attributes counting twice; then the more specific one."""
        weight = self.together + self.mandatory - self.missing
        return (-weight, -self.together, iods.number_of_iods_using(self.module), self.module)


def borrowed_modules(
    outside: dict[int, int], roots: set[int], own: set[str], thresholds: Thresholds
) -> list[tuple[iods.IodModule, tuple[int, ...]]]:
    """Modules that root attributes outside the IOD form, each with the attributes that it explains.

    A Module is taken when at least `extension_attributes` of the attributes stand together in one instance and make up
    `extension_share` of what its table lists at the root (or two of them half of it), and no more of its Type 1 and 2
    attributes are missing than are there. The one that explains most comes first; what it explains counts for no other.

    Arguments:
        outside: root attributes that no Module of the IOD explains, each with the combinations that have it, as a bit mask.
        roots: all root attributes of the SOP Class.
        own: keys of the Modules of the IOD.
    """
    left = dict(outside)
    bases = {base_tag(tag) for tag in roots}
    found: list[tuple[iods.IodModule, tuple[int, ...]]] = []
    while len(left) > 1:
        listed: dict[int, list[int]] = {}
        for tag in left:
            if tag not in _GROUPING:
                listed.setdefault(base_tag(tag), []).append(tag)
        claims = [_claim(key, left, listed, bases) for key in _lendable() if key not in own]
        passing = [claim for claim in claims if _passes(claim, thresholds)]
        if not passing:
            break
        best = min(passing, key=lambda claim: claim.rank)
        found.append((_as_borrowed(best.module), tuple(sorted(best.tags))))
        left = {tag: mask for tag, mask in left.items() if tag not in best.tags}
    return found


def _claim(module: str, left: dict[int, int], listed: dict[int, list[int]], bases: set[int]) -> _Claim:
    """What a Module claims of the attributes `left`; `listed` has them by the tag under which tables list them."""
    shared = iods.root_attributes(module).keys() & listed.keys()
    tags = frozenset(tag for base in shared for tag in listed[base])
    needed = _needed(module)
    return _Claim(module, tags, _most_together([left[tag] for tag in tags]), len(needed & shared), len(needed - bases))


@tables.per_table_set
def _needed(module: str) -> frozenset[int]:
    """The root attributes of Type 1 and 2 of a Module."""
    return frozenset(tag for tag, attribute in iods.root_attributes(module).items() if attribute.type in ("1", "2"))


def _most_together(masks: list[int]) -> int:
    """The largest number of masks that one combination is in."""
    counts: Counter[int] = Counter(masks)
    union = 0
    for mask in counts:
        union |= mask
    best = 0
    while union:
        low = union & -union
        holding = [mask for mask in counts if mask & low]
        best = max(best, sum(counts[mask] for mask in holding))
        alike = union
        for mask in counts:
            alike &= mask if mask & low else ~mask
        union &= ~alike
    return best


def _passes(claim: _Claim, thresholds: Thresholds) -> bool:
    listed = len(iods.root_attributes(claim.module))
    enough = claim.together >= thresholds.extension_attributes and claim.together >= thresholds.extension_share * listed
    return claim.missing <= claim.mandatory and (enough or (claim.together > 1 and 2 * claim.together >= listed))


@tables.per_table_set
def _lendable() -> tuple[str, ...]:
    """Modules that may be borrowed: those of composite IODs, and those of patients, visits and procedures."""
    names = tables.names("modules")
    used = set(iods.all_modules())
    return tuple(
        key
        for key in sorted(used | names.keys())
        if (key in used or names[key][1].startswith(_REAL_WORLD)) and not key.endswith("functional-groups")
    )


def _as_borrowed(key: str) -> iods.IodModule:
    module = iods.module(key)
    return iods.IodModule(key, module.name, module.section, _entity(key), "U")


@tables.per_table_set
def _entity(key: str) -> str:
    """The Information Entity under which most IODs have a Module; for one of no IOD, most of its attributes."""
    uses = Counter(ie for _, module, ie, _ in tables.rows("iod_modules") if module == key)
    if not uses:
        attributes = iods.root_attributes(key).keys()
        for _, module, ie, _ in sorted({("", row[1], row[2], "") for row in tables.rows("iod_modules")}):
            uses[ie] += len(attributes & iods.root_attributes(module).keys())
    return min(uses, key=lambda ie: (-uses[ie], ie))
