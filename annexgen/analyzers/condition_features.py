"""What conditions may speak of: partitions of the combinations by value or presence, with a prior weight for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.condition_model import FUNCTIONAL_GROUPS
from annexgen.corpus.values import BINARY_NUMBER_VRS
from annexgen.profile.paths import parent, steps

if TYPE_CHECKING:
    from annexgen.analyzers.combinations import Combinations
    from annexgen.profile.model import SopClassProfile

NEVER = frozenset({0x00080005, 0x00080016, 0x00200010, 0x00200011, 0x00200012, 0x00200013, 0x00280106, 0x00280107})
"""Tags that number, encode or measure an instance and so explain nothing about it: character set, Series, Acquisition and
Instance Number, Study ID, Smallest and Largest Image Pixel Value."""

PREFERRED = frozenset(
    {
        0x00080008,  # Image Type
        0x00080060,  # Modality
        0x00080068,  # Presentation Intent Type
        0x00089007,  # Frame Type
        0x00089205,  # Pixel Presentation
        0x00089209,  # Acquisition Contrast
        0x00180010,  # Contrast/Bolus Agent
        0x00180020,  # Scanning Sequence
        0x00180021,  # Sequence Variant
        0x00180022,  # Scan Options
        0x00180023,  # MR Acquisition Type
        0x00181000,  # Device Serial Number
        0x00189008,  # Echo Pulse Sequence
        0x00189018,  # Echo Planar Pulse Sequence
        0x00189075,  # Diffusion Directionality
        0x00189077,  # Parallel Acquisition
        0x00189081,  # Partial Fourier
        0x00189302,  # Acquisition Type
        0x00200060,  # Laterality
        0x00282110,  # Lossy Image Compression
        0x00100040,  # Patient's Sex
    }
)
"""Attributes that conditions of PS3.3 Annex C speak of."""

OUTCOMES = frozenset(
    {
        0x00089206,  # Volumetric Properties
        0x00089207,  # Volume Based Calculation Technique
        0x00189004,  # Content Qualification
    }
)
"""Attributes that qualify the image that came of it: hardly anything is written because of them."""

OUTCOME_ITSELF = 16.0
"""How many times less plausible it is that a condition speaks of one than of what it follows from."""

PIXEL_ENCODING = frozenset({0x00280002, 0x00280004})
"""Samples per Pixel and Photometric Interpretation: what they decide is in their own group (PS3.3 Section C.7.6.3)."""

PIXEL_ENCODING_ELSEWHERE = 4.0
"""How many times less plausible it is that they decide about anything else."""

ORIENTATION = frozenset({0x00200020})
"""Patient Orientation: how the image lies, which follows from what is imaged, such as Image Laterality and View Position."""

ORIENTATION_ITSELF = 4.0
"""How many times less plausible it is that a condition speaks of it than of what it follows from."""

FIXED_POSITIONS = 2
"""So many Values of Image Type and Frame Type have their position in every IOD (PS3.3 Section C.7.6.1.1.2). A later one has a meaning
of its own where no value of it stands at another position too, as those do that a product appends one after the other."""

FLOATING = frozenset({"FD", "FL", "DS", "OF", "OD"})
NUMERIC = FLOATING | BINARY_NUMBER_VRS | {"IS"}


@dataclass(frozen=True, slots=True)
class Partition:
    """One way to divide the combinations: by the values of a path (or one of its positions), or by a presence.

    `masks` maps each value to where it occurs; for presence the single key "" to where the path or Module stands.
    `kind` is "value", "contains" or "presence"; `numeric` and `whole` (all values of a multi-valued attribute at once) may
    be named with one value only. `neighbourhood` names the private block or the Sequence around the path, "" at the root.
    """

    path: str
    kind: str
    masks: dict[str, int]
    weight: float
    position: int = 0
    module: str = ""
    one_value: bool = False
    neighbourhood: str = ""

    @property
    def tag(self) -> int:
        """The tag whose values or presence it is about; 0 for a Module."""
        return steps(self.path)[-1].tag if self.path else 0


def neighbourhood_of(path: str) -> str:
    """The private block, or else the Sequence, in which a path stands; "" at the root.

    A functional group is the same neighbourhood whether it is shared or per frame.
    """
    parts = steps(path)
    if not parts:
        return ""
    outer = parent(path)
    if parts[0].tag in FUNCTIONAL_GROUPS and len(parts) > 2:
        outer = outer.partition("/")[2]
    if parts[-1].private:
        return f"{outer}/{parts[-1].group:04X}:{parts[-1].creator}"
    return outer


def partitions_of(
    combinations: Combinations, profile: SopClassProfile, modules: dict[str, int] | None = None
) -> list[Partition]:
    """Every partition that divides the combinations at all, sorted by path."""
    found: list[Partition] = []
    for path, masks in sorted(combinations.values.items()):
        prior = _weight(path, profile)
        if not prior:
            continue
        if len(masks) > 1 or combinations.full.get(path, 0) != combinations.everything:
            several = any("\\" in value for value in masks)
            numeric = bool(_vrs(path, profile) & NUMERIC)
            found.append(
                Partition(
                    path,
                    "value",
                    masks,
                    prior * (0.2 if several else 1.0),
                    one_value=several or numeric,
                    neighbourhood=neighbourhood_of(path),
                )
            )
        if any("\\" in value for value in masks) and not _vrs(path, profile) & NUMERIC:
            found.extend(_positions(path, masks, prior))
    for path in sorted({*combinations.full, *combinations.partial}):
        mask = combinations.present(path)
        if mask != combinations.everything and path.startswith("(") and _may_be_named(path):
            found.append(
                Partition(path, "presence", {"": mask}, 0.3 * place_weight(path), neighbourhood=neighbourhood_of(path))
            )
    for name, mask in sorted((modules or {}).items()):
        if mask != combinations.everything:
            found.append(Partition("", "presence", {"": mask}, 0.3, module=name))
    return found


def has_positions(path: str) -> bool:
    """Whether it is Image Type or Frame Type: the positions of their Values have a meaning."""
    return path == "(0008,0008)" or path.endswith("(0008,9007)")


def _positions(path: str, masks: dict[str, int], prior: float) -> list[Partition]:
    """Value n of Image Type or Frame Type, whose positions have a meaning, and whether a value is among several."""
    by_position: dict[int, dict[str, int]] = {}
    among: dict[str, int] = {}
    for text, mask in masks.items():
        for position, value in enumerate(text.split("\\"), start=1):
            known = by_position.setdefault(position, {})
            known[value] = known.get(value, 0) | mask
            among[value] = among.get(value, 0) | mask
    image_type = has_positions(path)
    wandering = {
        value
        for position, values in by_position.items()
        for value in values
        if value and any(value in others for number, others in by_position.items() if number != position)
    }
    found = [
        Partition(
            path,
            "value",
            values,
            prior * 1.5,
            position,
            neighbourhood=neighbourhood_of(path),
        )
        for position, values in sorted(by_position.items())
        if len(values) > 1 and image_type and (position <= FIXED_POSITIONS or not wandering & values.keys())
    ]
    found.extend(
        Partition(
            path,
            "contains",
            {value: mask},
            prior * (0.5 if image_type else 0.9),
            neighbourhood=neighbourhood_of(path),
        )
        for value, mask in sorted(among.items())
        if value
    )
    return found


def _weight(path: str, profile: SopClassProfile) -> float:
    """How plausible it is that a condition speaks of the values of a path; 0: never."""
    if not _may_be_named(path) or steps(path)[-1].is_creator:
        return 0.0
    vrs = _vrs(path, profile)
    if vrs & FLOATING:
        kind = 0.1
    elif vrs & NUMERIC:
        kind = 0.6
    elif "CS" in vrs:
        kind = 4.0
    elif "SQ" in vrs:
        kind = 3.0  # a code string is more readily named than a coded Sequence that says the same
    else:
        kind = 1.5
    tag = steps(path)[-1].tag
    if tag in PIXEL_ENCODING:
        kind /= PIXEL_ENCODING_ELSEWHERE
    if tag in ORIENTATION:
        kind /= ORIENTATION_ITSELF
    if tag in OUTCOMES:
        kind /= OUTCOME_ITSELF
    return kind * place_weight(path) * (3.0 if tag in PREFERRED else 1.0)


def place_weight(path: str) -> float:
    """How plausible it is that a condition speaks of something in that place, 1 at the root."""
    parts = steps(path)
    if len(parts) > 2 and parts[0].tag in FUNCTIONAL_GROUPS:
        parts = parts[1:]  # a functional group is seen as what stands in it
    private = 0.15 if any(step.private for step in parts) else 1.0
    return float(private * 0.4 ** (len(parts) - 1))


def _vrs(path: str, profile: SopClassProfile) -> set[str]:
    return {vr for vr, _ in profile.paths[path].vrs}


def _may_be_named(path: str) -> bool:
    parts = steps(path)
    return bool(parts) and parts[-1].tag not in NEVER and not any(step.record_type for step in parts)


def total_weight(partitions: list[Partition]) -> float:
    """The weight of all that divides differently: what always comes together is one explanation, not several."""
    distinct: dict[frozenset[int], float] = {}
    for partition in partitions:
        key = frozenset(partition.masks.values())
        distinct[key] = max(distinct.get(key, 0.0), partition.weight)
    return sum(distinct.values()) or 1.0
