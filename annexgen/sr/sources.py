"""Where the values of Content Items come from, proposed from comparisons, counts and templates (PS3.2 N.10, column "Source")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.content_links import OWN, REFERENCED, SCHEDULED, attribute_name, attribute_names, bare
from annexgen.analyzers.source_roles import INSTALLATION, OF_ITS_OWN, PRODUCT
from annexgen.analyzers.sources import ProposedSource
from annexgen.profile.content import is_code, lasting
from annexgen.profile.paths import steps
from annexgen.sr.attribute_concepts import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.analyzers.content_links import ContentLinks, Equality, PlaceComparison
    from annexgen.analyzers.presence import Presence
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.profile.model import PathStatistics
    from annexgen.sr.rows import ReportRow
    from annexgen.sr.trees import ContentNode

_IMAGE_LIBRARY = re.compile(r"(4020|160\d)")
"""Templates that describe referenced images by attributes of theirs."""
_REFERENCES = frozenset({"IMAGE", "COMPOSITE", "WAVEFORM"})
_PATIENT_CHARACTERISTICS = frozenset({("121033", "DCM"), ("121032", "DCM"), ("121031", "DCM"), ("121030", "DCM")})
_WHOSE = {
    OWN: "of the document itself",
    REFERENCED: "of the instances referred to",
    SCHEDULED: "of the worklist item",
}
_SPEAKING_OF_ITSELF = PRODUCT | INSTALLATION | OF_ITS_OWN
"""Attributes in which an instance speaks of its own product, place and time: to equal them does not say that they were copied."""
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Compared:
    """What the documents of one SOP Class were compared with, and where their own attributes come from."""

    links: ContentLinks
    source_of: Callable[[str], ProposedSource | None]
    """The Source of an attribute of the documents, by its element path."""


def propose_content_source(
    row: ReportRow,
    statistics: PathStatistics,
    seen: Presence,
    thresholds: Thresholds,
    compared: Compared | None = None,
) -> ProposedSource | None:
    """The Source that comparisons, counts and the template suggest; None where they suggest nothing.

    A proposal without a Source says why there is none.

    Args:
        row: the row.
        statistics: values seen at its places.
        seen: its presence, with the numbers of studies and series it was seen in.
        thresholds: how much evidence a proposal needs.
        compared: what instances, worklist and document say alike, where that is known.
    """
    node = row.node
    if node.value_type == "CONTAINER":
        return None
    if seen.of_value == "EMPTY":
        return ProposedSource("EMPTY", "without a value in every document that has it")
    found = _from_comparisons(row, thresholds, compared) if compared is not None else None
    if found is not None and found.source:
        return found
    return _from_role(row, compared) or _from_counts(row, statistics, seen, thresholds) or found


def _describes_instance(row: ReportRow) -> bool:
    """Whether a row speaks of an instance that the report refers to, and not of the report or what it was made with."""
    below_reference = any(s.split(".")[1] in _REFERENCES for s in row.node.path.split("/")[1:-1])
    acquisition = row.node.relationship == "HAS ACQ CONTEXT" or below_reference
    return acquisition or bool(_IMAGE_LIBRARY.fullmatch(row.assignment.template))


def _from_role(row: ReportRow, compared: Compared | None) -> ProposedSource | None:
    node = row.node
    refers = compared is None or compared.links.referring > 0
    if _describes_instance(row) and refers:
        reason = "its role: it describes an instance that the report refers to"
        if compared is not None and node.value_type not in _REFERENCES:
            reason += _disagreement(node, compared.links)
        return ProposedSource("SRC_INSTANCE", reason)
    if node.value_type in _REFERENCES:
        return ProposedSource("SRC_INSTANCE", "its role: it refers to an instance")
    return None


def _disagreement(node: ContentNode, links: ContentLinks) -> str:
    comparison = links.of(node.path, REFERENCED)
    if comparison.compared:
        return f"; no attribute of it has the same value in all {comparison.compared} documents compared"
    missing = links.documents - links.resolved
    return f"; the instances that {missing} of {links.documents} documents refer to are not in the corpus or its sample"


def _from_counts(
    row: ReportRow, statistics: PathStatistics, seen: Presence, thresholds: Thresholds
) -> ProposedSource | None:
    node = row.node
    # One code in its SCT and in its SRT form, or under two names, is one value.
    distinct = len({lasting(*v[1:].split("\x1f")[:2]) if is_code(v) else v for v in statistics.values})
    several = statistics.overflow or distinct > 1
    enough = seen.studies >= thresholds.fixed_studies and seen.series >= thresholds.fixed_series
    if distinct == 1 and not several and enough and node.value_type in ("CODE", "TEXT"):
        return ProposedSource("FIXED", f"one value in {seen.series} series of {seen.studies} studies")
    if node.value_type == "NUM" and node.key not in _PATIENT_CHARACTERISTICS and several:
        return ProposedSource("GENERATED", "a measured or computed number, other ones in other documents")
    if node.value_type in ("SCOORD", "SCOORD3D", "TCOORD"):
        return ProposedSource("GENERATED", "coordinates")
    if node.value_type in ("UIDREF", "DATE", "TIME", "DATETIME") and several:
        return ProposedSource("GENERATED", "identifiers, dates or times, other ones in other documents")
    return None


def _from_comparisons(row: ReportRow, thresholds: Thresholds, compared: Compared) -> ProposedSource | None:
    """What equals an attribute in every document compared: of the document itself, whose Source it shares, of others, or of the worklist."""
    if len(row.nodes) != 1:
        return None
    unknown = None
    describes = _describes_instance(row)
    for counterpart in (REFERENCED,) if describes else (OWN, REFERENCED, SCHEDULED):
        own = frozenset() if counterpart == OWN or describes else _SPEAKING_OF_ITSELF
        attribute = _equal_attribute(row.node, compared.links.of(row.node.path, counterpart), own, thresholds)
        if not attribute:
            continue
        equality = compared.links.of(row.node.path, counterpart).equal[attribute]
        reason = (
            f"equal to {attribute_names(attribute)} {_WHOSE[counterpart]} in all {equality.documents} documents compared, "
            f"{len(equality.values)} value(s) in {len(equality.studies)} studies"
        )
        if counterpart == OWN:
            source = compared.source_of(bare(attribute))
            if source is None:
                unknown = ProposedSource("", f"{reason}; where that comes from is not known")
                continue
            return ProposedSource(source.source, f"{reason}, which is {source.source}: {source.reason}")
        return ProposedSource("SRC_INSTANCE" if counterpart == REFERENCED else "MWL", reason)
    return unknown


def _equal_attribute(
    node: ContentNode, comparison: PlaceComparison, excluded: frozenset[int], thresholds: Thresholds
) -> str:
    """The attribute that a place equals in every document compared, and often enough to be no accident; "" for none.

    The attribute that the Standard means by the concept needs no second value, one of the same name as the concept as many as
    N.9 asks for, and any other one more.
    """
    if comparison.compared < thresholds.source_instances:
        return ""
    expected = ATTRIBUTES.get(node.key, ()) if node.key else ()
    name = _WORD.findall(node.meaning.lower())
    ranked: list[tuple[int, int, int, str]] = []
    for attribute, equality in comparison.equal.items():
        if equality.documents < comparison.compared or steps(bare(attribute))[-1].tag in excluded:
            continue
        kind = 0 if attribute in expected else 1 if _WORD.findall(attribute_name(attribute).lower()) == name else 2
        if len(equality.values) < (1, thresholds.source_values, thresholds.source_values + 1)[kind]:
            continue
        ranked.append((kind, *_rank(attribute, equality), attribute))
    return min(ranked, default=(0, 0, 0, ""))[3]


def _rank(attribute: str, equality: Equality) -> tuple[int, int]:
    return -len(equality.values), attribute.count("/")
