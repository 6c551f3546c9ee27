"""The cells that only private modules have: VR, VM and Identifiable Information (PS3.2 Table N.9-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.private_information import Origin, element_of, information_of
from annexgen.annex.model import Cell, Status
from annexgen.corpus.elements import FROM_DICTIONARY, FROM_FILE, UNKNOWN_VR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.analyzers.private_information import Statements
    from annexgen.profile.model import PathStatistics, SopClassProfile
    from annexgen.profile.paths import Step
    from annexgen.standard.private_dictionary import PrivateDictionary

_STATUS = {Origin.FILE: Status.OBSERVED, Origin.STANDARD: Status.STANDARD, Origin.VALUES: Status.PROPOSED}
_ORIGINS = {
    FROM_DICTIONARY: "from a dictionary, where a file does not say it",
    FROM_FILE: "as files say",
    UNKNOWN_VR: "where neither a file nor a dictionary says it",
}


def private_cells(
    path: str,
    step: Step,
    profile: SopClassProfile,
    children: Mapping[str, list[str]],
    statements: Statements,
    private_dictionary: PrivateDictionary,
) -> dict[str, Cell]:
    """VR with where it is from, VM, and Identifiable Information with the reason, of a row of a private module."""
    statistics = profile.paths[path]
    low, high = statistics.value_multiplicity or (1, 1)
    found = information_of(path, profile, children, statements)
    information = Cell("", Status.OBSERVED if step.is_creator else Status.UNKNOWN)
    if found is not None:
        information = Cell(found.text, _STATUS[found.origin], found.reason)
    return {
        "VR": _vr(step, statistics, private_dictionary),
        "VM": Cell(str(low) if low == high else f"{low}-{high}"),
        "Identifiable Information": information,
    }


def _vr(step: Step, statistics: PathStatistics, private_dictionary: PrivateDictionary) -> Cell:
    vrs = sorted({vr for vr, _ in statistics.vrs})
    origins = sorted({origin for _, origin in statistics.vrs})
    if step.is_creator:
        return Cell("; ".join(vrs), reason=_blocks(statistics))
    if origins == [UNKNOWN_VR] and step.private and step.creator != "?":
        element = (step.creator, step.group, element_of(step))
        entry = private_dictionary.vr(*element)
        if entry:
            reason = f"{private_dictionary.reason(*element, 'vr')}; the files do not say it"
            return Cell(entry.vr, Status.PROPOSED, reason)
    if origins == [FROM_FILE]:
        return Cell("; ".join(vrs))
    by_origin = ((origin, "; ".join(vr for vr in vrs if (vr, origin) in statistics.vrs)) for origin in origins)
    return Cell("; ".join(vrs), Status.PROPOSED, "; ".join(f"{said} {_ORIGINS[origin]}" for origin, said in by_origin))


def _blocks(statistics: PathStatistics) -> str:
    """The blocks that a Private Creator has reserved."""
    blocks = [f"{block:02X}" for block in sorted(statistics.blocks)]
    return f"block {blocks[0]}" if len(blocks) == 1 else f"blocks {', '.join(blocks)}" if blocks else ""
