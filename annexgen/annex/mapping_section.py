"""Section N.12: which attributes of worklist items instances take over, as far as both are in the corpus (PS3.2 N.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.source_roles import WORKLIST
from annexgen.annex import boilerplate, columns
from annexgen.annex.model import Cell, Row, Status, Table, table_token
from annexgen.annex.rows import UNKNOWN
from annexgen.profile.paths import steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from annexgen.analyzers.links import SopClassLinks
    from annexgen.annex.outline import Outline

SECTION = "N.12"
TITLE = "Mapping of Attributes"
TOP = "TOP"
REQUESTS: list[list[int]] = [[], [0x00400275], [0x0040A370]]
"""Where instances hold what was requested: at the root, in Request Attributes and in Referenced Request Sequence."""
SCENARIOS = (
    "- SCHEDULED: instances that belong to a worklist item among the inputs.",
    "- UNSCHEDULED: instances that belong to none of them.",
)
MORE_TAGS = frozenset({0x00200010, 0x00081030, 0x00400254, 0x00400006})
"""Study ID, Study Description, Performed Procedure Step Description, Scheduled Performing Physician's Name: often taken over."""


def mapping_section(outline: Outline, links: dict[str, SopClassLinks]) -> None:
    """Section N.12 with the table of what instances take over; without worklist items among the inputs it is left to people.

    Args:
        outline: the section is added to it.
        links: what instances and worklist say about each other, by SOP Class UID.
    """
    matched = {uid: one for uid, one in sorted(links.items()) if one.matched and not one.made_from_others}
    rows = _rows(list(matched.values()))
    if not rows:
        outline.section(SECTION, TITLE)
        return
    outline.section(SECTION, TITLE, heading=True)
    table = Table(
        "mapping",
        "mapping",
        "Mapping of Attributes from Modality Worklist to Instance and MPPS",
        columns.MAPPING,
        tuple(rows),
        tuple(matched),
    )
    text = (
        boilerplate.MAPPING.format(table=table_token("mapping")),
        boilerplate.MAPPING_SCENARIOS,
        *SCENARIOS,
        *boilerplate.MAPPING_COLUMNS,
    )
    outline.section(f"{SECTION}.1", "Mapping Between Modality Worklist Instances and MPPS", text, (table,))


def _rows(links: list[SopClassLinks]) -> list[Row]:
    tags = WORKLIST | MORE_TAGS
    found = {
        path
        for one in links
        for path in one.compared
        if steps(path)[-1].tag in tags and [step.tag for step in steps(path)[:-1]] in REQUESTS
    }
    rows: list[Row] = []
    for path in sorted(found, key=lambda p: (steps(p)[-1].tag, p)):
        last = steps(path)[-1]
        rows.append(
            _row(
                path,
                {
                    "Attribute Name": Cell(dictionary.attribute_name(last.tag) or "", Status.STANDARD),
                    "Tag": Cell(last.shown_tag, Status.STANDARD),
                    "Scenario": Cell("SCHEDULED"),
                    "Image Value Source": _scheduled(path, links),
                },
            )
        )
        unscheduled = _unscheduled(path, links)
        if unscheduled is not None:
            rows.append(_row(path, {"Scenario": Cell("UNSCHEDULED"), "Image Value Source": unscheduled}, named=False))
    return rows


def _row(path: str, cells: dict[str, Cell], *, named: bool = True) -> Row:
    outer = steps(path)[:-1]
    destination = outer[-1].shown_tag if outer else TOP
    cells["Image Destination"] = Cell(destination)
    cells["MPPS Value Source"] = cells["MPPS Destination"] = UNKNOWN
    return Row(cells, path if named else "")


def _scheduled(path: str, links: list[SopClassLinks]) -> Cell:
    """MWL where the value is always that of the worklist item; its tag where it is another attribute of the item."""
    compared = sum(one.compared[path] for one in links)
    equal: dict[str, int] = {}
    values: dict[str, set[bytes]] = {}
    for one in links:
        for other, comparison in one.worklist.get(path, {}).items():
            equal[other] = equal.get(other, 0) + comparison.equal
            values.setdefault(other, set()).update(comparison.values)
    own = steps(path)[-1].tag
    ranked = sorted(equal, key=lambda other: (-equal[other], steps(other)[-1].tag != own, -len(values[other]), other))
    best = ranked[0] if ranked else ""
    if not best or not equal[best]:
        return Cell("", Status.UNKNOWN, f"differs from the worklist item in all {compared} instances compared")
    last = steps(best)[-1]
    reason = f"equal in {equal[best]} of {compared} instances compared, {len(values[best])} value(s)"
    if equal[best] < compared or (last.tag != own and len(values[best]) < 2):
        return Cell("", Status.UNKNOWN, f"{last.shown_tag} of the worklist item is {reason}")
    return Cell("MWL" if last.tag == own else f"MWL {last.shown_tag}", Status.PROPOSED, reason)


def _unscheduled(path: str, links: list[SopClassLinks]) -> Cell | None:
    """What instances without worklist item have; None where there are none."""
    empty = sum(one.unmatched_empty[path] for one in links)
    filled = sum(one.unmatched_with_value[path] for one in links)
    if not empty and not filled:
        return None
    if not filled:
        return Cell(
            "EMPTY", Status.PROPOSED, f"zero-length in all {empty} instances without worklist item that have it"
        )
    return Cell(
        "", Status.UNKNOWN, f"{filled} instances without worklist item have a value, {empty} have it zero-length"
    )
