"""Where values come from, proposed: what counts, comparisons and an attribute's role suggest for the Source column (PS3.2 N.9).

USER, QUERY and SCANNED are never proposed: no file shows a hand, a query or a scanner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import EMPTY
from annexgen.analyzers.source_roles import (
    DIRECTORY_GROUP,
    DIRECTORY_OWN,
    EXAMINATION,
    FILE_REFERENCES,
    FILE_SET_ID,
    INSTALLATION,
    OF_ITS_OWN,
    PATIENT_GROUP,
    PRODUCT,
    REFERENCE_SEQUENCES,
    REFERENCE_UIDS,
    WITH_TIME,
    WORKLIST,
)
from annexgen.corpus.values import NUMBER_VRS
from annexgen.profile.paths import parent, standard_path, steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.analyzers.links import Comparison, SopClassLinks, Spread
    from annexgen.analyzers.presence import Presence
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.profile.model import PathStatistics

_CLOCK_VRS = frozenset({"DA", "TM", "DT"})
_ID_VRS = frozenset({"LO", "SH", "CS", "AE", "ST", "LT", "UT", "UC", "IS", "DS", "FD", "FL"}) | frozenset(
    {"US", "SS", "UL", "SL", "UI", "AT", "SQ"}
)


@dataclass(frozen=True, slots=True)
class ProposedSource:
    """A value for the Source column, and why."""

    source: str
    reason: str


def propose_source(
    places: tuple[str, ...],
    statistics: PathStatistics,
    seen: Presence,
    thresholds: Thresholds,
    links: SopClassLinks | None = None,
) -> ProposedSource | None:
    """The Source that counts, comparisons and role suggest; None where they suggest nothing.

    Args:
        places: element paths of the attribute: of one in functional groups there may be two.
        statistics: values seen there.
        seen: its presence.
        thresholds: how much evidence a proposal needs.
        links: what instances and worklist say about each other, where that is known.
    """
    if seen.of_value == EMPTY:
        return ProposedSource("EMPTY", "zero-length in every instance that has it")
    parts = steps(places[0]) if places else ()
    if not parts:
        return None
    tag = parts[-1].tag
    if parts[-1].is_creator:
        return ProposedSource("FIXED", "the name of the private block")
    if tag in REFERENCE_UIDS and any(step.tag in REFERENCE_SEQUENCES for step in parts[:-1]):
        return ProposedSource("SRC_INSTANCE", "its role: it says which instances are referred to")
    if links is not None:
        found = _from_sources(places, links, thresholds) or _from_worklist(places, links, thresholds)
        if found is not None:
            return found
    if len(parts) == 1 and tag in WORKLIST:
        return _worklist_role(places[0], links)
    return _from_counts(places, statistics, seen, thresholds, links)


def propose_directory_source(path: str) -> ProposedSource | None:
    """The Source of an attribute of a directory by its role: its keys are those of the instances that it lists.

    Source: PS3.3 section F.3 and PS3.2 Table N.9-50.
    """
    parts = steps(path)
    if not parts or any(step.private for step in parts) or parts[0].tag == FILE_SET_ID:
        return None
    tag = parts[-1].tag
    if len(parts) > 1 and (tag in FILE_REFERENCES or (tag >> 16 != DIRECTORY_GROUP and tag not in DIRECTORY_OWN)):
        if any(step.tag in DIRECTORY_OWN for step in parts):
            return None
        return ProposedSource("SRC_INSTANCE", "its role: Directory Records repeat what the instances say")
    if tag >> 16 == DIRECTORY_GROUP or tag in DIRECTORY_OWN:
        return ProposedSource("GENERATED", "its role: it belongs to the directory itself")
    return None


def _from_counts(
    places: tuple[str, ...],
    statistics: PathStatistics,
    seen: Presence,
    thresholds: Thresholds,
    links: SopClassLinks | None,
) -> ProposedSource | None:
    parts = steps(places[0])
    tag = parts[-1].tag
    at_root = len(parts) == 1
    vrs = {vr for vr, _ in statistics.vrs}
    distinct = len(statistics.values)
    known = bool(distinct)
    several = statistics.overflow or distinct > 1
    own = tag in EXAMINATION or tag in WORKLIST or tag >> 16 == PATIENT_GROUP
    spread = next((links.spread[path] for path in places if path in links.spread), None) if links else None
    if at_root and tag in INSTALLATION and known and (statistics.overflow or distinct <= max(seen.devices, 1)):
        return ProposedSource("CONFIGURATION", f"its role, and {distinct} value(s) on {seen.devices} device(s)")
    if vrs & {"UI"} and several and not _well_known(statistics):
        return ProposedSource("GENERATED", "identifiers, other ones in other instances")
    if vrs & _CLOCK_VRS and several and not own:
        return ProposedSource("GENERATED", "dates or times, other ones in other instances")
    if spread is not None and several and not own and tag not in PRODUCT:
        if vrs & NUMBER_VRS and _differs_in_series(spread, thresholds):
            return ProposedSource("GENERATED", f"another one in each instance of {spread.series_distinct} series")
        installations = _installations(spread, thresholds)
        if installations:
            reason = f"one value for all that each of {installations} installations wrote, not the same for all of them"
            return ProposedSource("CONFIGURATION", reason)
    if (
        known
        and not several
        and not own
        and vrs & _ID_VRS
        and seen.studies >= thresholds.fixed_studies
        and seen.series >= thresholds.fixed_series
        and (seen.devices > 1 or "UI" not in vrs or _well_known(statistics))
    ):
        return ProposedSource("FIXED", f"one value in {seen.series} series of {seen.studies} studies")
    return None


def _worklist_role(path: str, links: SopClassLinks | None) -> ProposedSource | None:
    """What the role of an attribute suggests that a worklist returns."""
    if links is not None and path in links.compared:
        return None
    if links is not None and links.made_from_others:
        return None
    why = "no worklist is among the inputs"
    if links is not None and links.worklist_items:
        why = "none of the worklist items among the inputs belongs to these instances"
    return ProposedSource("MWL", f"its role: a Modality Worklist returns it; {why}")


def _from_worklist(places: tuple[str, ...], links: SopClassLinks, thresholds: Thresholds) -> ProposedSource | None:
    """MWL, where the value is that of the worklist item in every instance that has one."""
    best: tuple[tuple[bool, int, str], str, Comparison] | None = None
    for place in places:
        own = steps(place)[-1].tag
        if own in OF_ITS_OWN or own in INSTALLATION:  # a procedure is scheduled for a station by the station's own name
            continue
        for other, comparison in links.worklist.get(place, {}).items():
            same = steps(other)[-1].tag == own
            # Another attribute with the same value must have it more often to be no accident.
            enough = thresholds.source_values + (not same)
            if comparison.equal < max(links.compared[place], thresholds.source_instances):
                continue
            if len(comparison.values) < enough:
                continue
            rank = (not same, -len(comparison.values), other)
            if best is None or rank < best[0]:
                best = rank, other, comparison
    if best is None:
        return None
    _, other, comparison = best
    last = steps(other)[-1]
    name = f"{dictionary.attribute_name(last.tag) or ''} {last.shown_tag}".strip()
    keys = ", ".join(f"{key} ({number})" for key, number in sorted(links.keys.items()))
    return ProposedSource(
        "MWL",
        f"equal to {name} of the worklist item in all {comparison.equal} instances compared, "
        f"{len(comparison.values)} value(s); {links.matched} of {links.instances} instances matched by {keys}",
    )


def _from_sources(places: tuple[str, ...], links: SopClassLinks, thresholds: Thresholds) -> ProposedSource | None:
    """SRC_INSTANCE, where every instance refers to sources and has their value wherever that can be compared."""
    if not links.made_from_others:
        return None
    for place in places:
        comparison = links.sources.get(place)
        if comparison is None or not _always_equal(comparison, thresholds):
            continue
        tag = steps(place)[-1].tag
        if tag in OF_ITS_OWN or tag in INSTALLATION or tag in PRODUCT:
            continue
        if tag in WITH_TIME:
            time = links.sources.get(f"{parent(place)}/" * ("/" in place) + standard_path((WITH_TIME[tag],)))
            if time is None or not _always_equal(time, thresholds):
                continue
        identifying = tag in WORKLIST or tag >> 16 == PATIENT_GROUP
        if comparison.lacking > comparison.equal or (
            len(comparison.values) < thresholds.source_values and not (identifying and len(steps(place)) == 1)
        ):
            continue
        reason = (
            f"equal to the value in the instances referred to as sources, in all {comparison.equal} "
            f"instances compared, {len(comparison.values)} value(s) in {len(comparison.studies)} studies"
        )
        missing = links.instances - links.resolved
        if missing:
            reason += f"; the sources of {missing} instances are not in the corpus or not in the sample"
        return ProposedSource("SRC_INSTANCE", reason)
    return None


def _always_equal(comparison: Comparison, thresholds: Thresholds) -> bool:
    return not comparison.different and comparison.equal >= thresholds.source_instances


def source_of_items(path: str, inside: Iterable[str]) -> ProposedSource | None:
    """The Source of a Sequence that holds no code: SRC_INSTANCE where everything in its items has that.

    A list of references is made by the product, though it repeats UIDs; so is one of values from a worklist, as PS3.2 Table N.9-47
    has it for Referenced Request Sequence.

    Args:
        path: of the Sequence.
        inside: the Source of each attribute in its items.
    """
    if set(inside) == {"SRC_INSTANCE"} and not any(step.tag in REFERENCE_SEQUENCES for step in steps(path)):
        return ProposedSource("SRC_INSTANCE", "so has everything in its items")
    return None


def follows_sources(places: tuple[str, ...], links: SopClassLinks, thresholds: Thresholds) -> str:
    """Why an attribute is there exactly when its sources have it (SRC_COPY); "" when that was not seen."""
    following = links.presence.get(places[0]) if places else None
    if following is None or not links.made_from_others:
        return ""
    without = len(links.resolved_studies - following.studies)
    if following.one or min(len(following.studies), without) < thresholds.source_values:
        return ""
    return (
        f"the sources have it in all {following.both} instances compared that have it, and in none of "
        f"{links.resolved - following.both} without it"
    )


def _differs_in_series(spread: Spread, thresholds: Thresholds) -> bool:
    return spread.series_distinct >= thresholds.generated_series and not spread.series_same + spread.series_mixed


def _installations(spread: Spread, thresholds: Thresholds) -> int:
    """The number of installations that each have one value, where these differ; 0 where that was not seen."""
    if any(len(values) > 1 for values in spread.installations.values()):
        return 0
    settled = {
        installation: value
        for installation, values in spread.installations.items()
        for value, studies in values.items()
        if len(studies) >= thresholds.configuration_studies
    }
    if len(settled) < thresholds.configuration_installations:
        return 0
    of_product: dict[str, set[bytes]] = {}
    for installation, value in settled.items():
        # What differs between models is the model's, not the configuration's.
        of_product.setdefault("\x1f".join(installation.split("\x1f")[:2]), set()).add(value)
    return len(settled) if any(len(values) > 1 for values in of_product.values()) else 0


def _well_known(statistics: PathStatistics) -> bool:
    """Whether the UIDs name things of the Standard, such as SOP Classes: only those are kept in clear."""
    return all(value[0] == "=" for value in statistics.values)
