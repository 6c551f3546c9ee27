"""Where values come from, proposed: what counts and an attribute's role suggest for the Source column (PS3.2 N.9).

USER, QUERY and SCANNED are never proposed: no file shows a hand, a query or a scanner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import EMPTY
from annexgen.profile.paths import steps

if TYPE_CHECKING:
    from annexgen.analyzers.presence import Presence
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.profile.model import PathStatistics

WORKLIST = frozenset(
    {
        0x00100010,  # Patient's Name
        0x00100020,  # Patient ID
        0x00100021,  # Issuer of Patient ID
        0x00100024,  # Issuer of Patient ID Qualifiers Sequence
        0x00100030,  # Patient's Birth Date
        0x00100032,  # Patient's Birth Time
        0x00100040,  # Patient's Sex
        0x00101000,  # Other Patient IDs
        0x00101020,  # Patient's Size
        0x00101030,  # Patient's Weight
        0x00102000,  # Medical Alerts
        0x00102110,  # Allergies
        0x001021C0,  # Pregnancy Status
        0x00080050,  # Accession Number
        0x00080051,  # Issuer of Accession Number Sequence
        0x00080090,  # Referring Physician's Name
        0x0020000D,  # Study Instance UID
        0x00321032,  # Requesting Physician
        0x00321033,  # Requesting Service
        0x00321060,  # Requested Procedure Description
        0x00321064,  # Requested Procedure Code Sequence
        0x00400007,  # Scheduled Procedure Step Description
        0x00400008,  # Scheduled Protocol Code Sequence
        0x00400009,  # Scheduled Procedure Step ID
        0x00401001,  # Requested Procedure ID
    }
)
"""Attributes that PS3.4 Table K.6-1 has a Modality Worklist return, and that images take over."""

INSTALLATION = frozenset(
    {
        0x00080080,  # Institution Name
        0x00080081,  # Institution Address
        0x00080082,  # Institution Code Sequence
        0x00081010,  # Station Name
        0x00081040,  # Institutional Department Name
        0x00181000,  # Device Serial Number
        0x00400241,  # Performed Station AE Title
        0x00400242,  # Performed Station Name
        0x00400243,  # Performed Location
    }
)
"""Attributes that say where a device stands: the same for all that it writes, and another for each installation."""

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
    path: str, statistics: PathStatistics, seen: Presence, thresholds: Thresholds
) -> ProposedSource | None:
    """The Source that counts and role suggest; None where they suggest nothing.

    Args:
        path: element path.
        statistics: values seen at the path.
        seen: its presence.
        thresholds: how much evidence a proposal needs.
    """
    if seen.of_value == EMPTY:
        return ProposedSource("EMPTY", "zero-length in every instance that has it")
    parts = steps(path)
    if not parts:
        return None
    tag = parts[-1].tag
    vrs = {vr for vr, _ in statistics.vrs}
    distinct = len(statistics.values)
    known = bool(distinct) and not (len(parts) > 1 and vrs == {"SQ"})
    several = statistics.overflow or distinct > 1
    if parts[-1].is_creator:
        return ProposedSource("FIXED", "the name of the private block")
    if len(parts) == 1 and tag in WORKLIST:
        return ProposedSource("MWL", "its role: a Modality Worklist returns it; no worklist is among the inputs")
    if len(parts) == 1 and tag in INSTALLATION and known and (statistics.overflow or distinct <= max(seen.devices, 1)):
        return ProposedSource("CONFIGURATION", f"its role, and {distinct} value(s) on {seen.devices} device(s)")
    if vrs & {"UI"} and several and not _well_known(statistics):
        return ProposedSource("GENERATED", "identifiers, other ones in other instances")
    if vrs & _CLOCK_VRS and several:
        return ProposedSource("GENERATED", "dates or times, other ones in other instances")
    if (
        known
        and not several
        and vrs & _ID_VRS
        and seen.studies >= thresholds.fixed_studies
        and seen.series >= thresholds.fixed_series
    ):
        return ProposedSource("FIXED", f"one value in {seen.series} series of {seen.studies} studies")
    return None


def _well_known(statistics: PathStatistics) -> bool:
    """Whether the UIDs name things of the Standard, such as SOP Classes: only those are kept in clear."""
    return all(value[0] == "=" for value in statistics.values)
