"""Where the values of Content Items come from, proposed from counts and templates (PS3.2 N.10, column "Source")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.analyzers.sources import ProposedSource

if TYPE_CHECKING:
    from annexgen.analyzers.presence import Presence
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.profile.model import PathStatistics
    from annexgen.sr.rows import ReportRow

_IMAGE_LIBRARY = re.compile(r"(4020|160\d)")
"""Templates that describe referenced images by attributes of theirs."""
_REFERENCES = frozenset({"IMAGE", "COMPOSITE", "WAVEFORM"})
_PATIENT_CHARACTERISTICS = frozenset({("121033", "DCM"), ("121032", "DCM"), ("121031", "DCM"), ("121030", "DCM")})


def propose_content_source(
    row: ReportRow, statistics: PathStatistics, seen: Presence, thresholds: Thresholds
) -> ProposedSource | None:
    """The Source that counts and the template suggest; None where they suggest nothing.

    Args:
        row: the row.
        statistics: values seen at its places.
        seen: its presence, with the numbers of studies and series it was seen in.
        thresholds: how much evidence a proposal needs.
    """
    node = row.node
    if node.value_type == "CONTAINER":
        return None
    if seen.of_value == "EMPTY":
        return ProposedSource("EMPTY", "without a value in every document that has it")
    if node.relationship == "HAS ACQ CONTEXT" or _IMAGE_LIBRARY.fullmatch(row.assignment.template):
        return ProposedSource("SRC_INSTANCE", "it describes an instance that the report refers to")
    if node.value_type in _REFERENCES:
        return ProposedSource("SRC_INSTANCE", "it refers to an instance")
    distinct = len(statistics.values)
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
