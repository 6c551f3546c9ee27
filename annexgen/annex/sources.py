"""Fills in the Source of drafts: what is proposed, or unknown (PS3.2 N.9, column "Source")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.sources import propose_source
from annexgen.annex.drafts import all_drafts
from annexgen.annex.model import Cell, Status

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.annex.model import Row
    from annexgen.annex.rows import SopClassView


def propose_sources(one: SopClassDraft, thresholds: Thresholds) -> None:
    """Replace the open Sources of one SOP Class by proposals."""
    for draft in all_drafts(one):
        view = one.group_view if draft.kind == "macro" else one.view

        def proposed(row: Row, view: SopClassView = view) -> Row:
            cell = row.cells.get("Source")
            if cell is None or cell.status is Status.CONFIRMED or row.path not in view.profile.paths:
                return row
            found = propose_source(row.path, view.profile.paths[row.path], view.presence[row.path], thresholds)
            if found is None:
                return row
            return replace(row, cells={**row.cells, "Source": Cell(found.source, Status.PROPOSED, found.reason)})

        draft.rows = tuple(proposed(row) for row in draft.rows)
