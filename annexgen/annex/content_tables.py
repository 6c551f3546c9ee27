"""The tables of N.10: content of structured reports row by row, code sets and measurements (PS3.2 Tables N.10-1 to N.10-6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.presence import ALWAYS, CONDITIONAL, EMPTY, Presence
from annexgen.analyzers.values import code_text
from annexgen.annex.columns import SR_CONTENT, SR_MEASUREMENTS
from annexgen.annex.content_cells import (
    CodeTables,
    comment_text,
    concept_cell,
    listed_codes,
    template_cell,
    template_title,
    value_cell,
)
from annexgen.annex.model import Cell, Row, Status, Table
from annexgen.annex.rows import UNKNOWN, SopClassView, evidence_of
from annexgen.profile.content import FINDING_SITE
from annexgen.sr.conditions import learn_condition
from annexgen.sr.sources import propose_content_source

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.profile.model import Limits, PathStatistics
    from annexgen.sr.measurements import MeasurementGroup
    from annexgen.sr.rows import ReportRow
    from annexgen.sr.sources import Compared


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What the tables of one report are made with; `key` is the key of its content table."""

    view: SopClassView
    key: str
    title: str
    thresholds: Thresholds
    limits: Limits
    compared: Compared | None = None
    """What is known of where the values come from."""


def content_table(context: ReportContext, root: ReportRow, codes: CodeTables) -> Table:
    """The content table of one report; tables for sets of more than two codes are added to `codes`."""
    rows: list[Row] = []
    stack: list[tuple[ReportRow, ReportRow | None]] = [(root, None)]
    while stack:
        row, above = stack.pop()
        rows.append(_row(context, row, above, codes))
        stack.extend((child, row) for child in reversed(row.children))
    return Table(context.key, "sr_content", context.title, SR_CONTENT, tuple(rows), (context.view.uid,))


def _row(context: ReportContext, row: ReportRow, above: ReportRow | None, codes: CodeTables) -> Row:
    statistics = row.statistics(context.limits)
    seen = _presence(context.view, row)
    condition = None
    if above is not None and not row.always:
        condition = learn_condition(row, above, seen, context.thresholds)
    of_item = EMPTY if seen.of_value == EMPTY else ALWAYS if above is None or row.always else CONDITIONAL
    comments = comment_text(row, statistics, condition)
    reason = ""
    if condition is not None:
        reason = f"it holds for all of {condition.having} items with it and {condition.lacking} without it"
    cells = {
        "NL": Cell(">" * row.level),
        "Rel with Parent": Cell(row.node.relationship),
        "VT": Cell(row.node.value_type),
        "Concept Name": concept_cell(row, codes),
        "Source": _source_cell(context, row, statistics, seen),
        "Presence of Content Item": Cell(of_item),
        "Values": value_cell(row, statistics, codes),
        "TID": template_cell(row),
        "Comments": Cell(comments, Status.PROPOSED if condition else Status.OBSERVED, reason),
    }
    evidence = replace(evidence_of(seen, statistics.example), items=row.items)
    listed = listed_codes(row, statistics)
    return Row(cells, row.paths[0], row.paths[1:], row.level, evidence=evidence, values=listed)


def _source_cell(context: ReportContext, row: ReportRow, statistics: PathStatistics, seen: Presence) -> Cell:
    if row.node.value_type == "CONTAINER":
        return Cell("")
    source = propose_content_source(row, statistics, seen, context.thresholds, context.compared)
    if source is None:
        return UNKNOWN
    return Cell(source.source, Status.PROPOSED if source.source else Status.UNKNOWN, source.reason)


def _presence(view: SopClassView, row: ReportRow) -> Presence:
    """The evidence of a row, in instances: of one place as counted, of joined places together."""
    if len(row.nodes) == 1:
        seen = view.presence[row.paths[0]]
        return seen if row.level else _root_presence(seen)
    own = set(row.paths)
    carriers = max(view.presence[path].carriers for path in own)
    present = partial = with_value = empty = 0
    origins: set[tuple[str, str, str, str]] = set()
    for (shape, _), found in view.profile.patterns.items():
        states = [state for path, state in shape if path in own]
        if not states:
            continue
        number = sum(found.values())
        if row.always or any(state < 3 for state in states):
            present += number
        else:
            partial += number
        with_value += number if all(state % 3 == 0 for state in states) else 0
        empty += number if all(state % 3 == 1 for state in states) else 0
        origins.update(found)
    return Presence(
        carriers=max(carriers, present + partial),
        present=present,
        partial=partial,
        with_value=with_value,
        empty=empty,
        patients=len({o[0] for o in origins if o[0]}),
        studies=len({o[1] for o in origins}),
        series=len({o[2] for o in origins}),
        devices=len({o[3] for o in origins}),
    )


def _root_presence(seen: Presence) -> Presence:
    """A document has its own root, whatever other documents have theirs."""
    return Presence(
        seen.present,
        seen.present,
        seen.partial,
        seen.with_value,
        seen.empty,
        seen.series,
        seen.studies,
        seen.patients,
        seen.devices,
    )


def measurement_table(context: ReportContext, number: int, group: MeasurementGroup) -> Table:
    """The measurements of one Finding Site or group, a line for each modifier (PS3.2 Tables N.10-5 and N.10-6)."""
    caption = _caption(group)
    rows = [Row({"Label": Cell(caption)}, heading=True)]
    for entry in group.entries:
        for line, (concept, value) in enumerate(entry.modifiers or (("", ""),)):
            first = line == 0
            cells = {
                "Label": Cell("", Status.UNKNOWN, "what the product calls it on its screen") if first else Cell(""),
                "Measurement": Cell(code_text(entry.concept) if first and entry.concept else ""),
                "Modifier Concept": Cell(code_text(concept) if concept else ""),
                "Modifier Value": Cell(code_text(value) if value else ""),
                "Unit": Cell(code_text(entry.unit) if first and entry.unit else ""),
            }
            rows.append(Row(cells))
    title = f"{group.title} Measurements"
    notes = () if group.complete else ("Further measurements occur: there are too many combinations to list.",)
    key = f"{context.key}:measurements:{number}"
    return Table(key, "sr_measurements", title, SR_MEASUREMENTS, tuple(rows), (context.view.uid,), notes)


def _caption(group: MeasurementGroup) -> str:
    """What the first line of a measurement table says: the template, and the Finding Sites or the group (PS3.2 Table N.10-5)."""
    title = template_title(group.template)
    template = f"{title} (TID {group.template.rpartition(':')[2]})".strip() if group.template else ""
    codes = "; ".join(code_text(code) for code in group.sites or (group.group,) if code)
    if group.sites:
        codes = f'{group.title}, ({FINDING_SITE[0]}, {FINDING_SITE[1]}, "Finding Site"): {codes}'
    return " - ".join(filter(None, (template, codes))) or group.title
