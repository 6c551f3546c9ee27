"""Section N.1: the overview with its tables (PS3.2 N.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex import boilerplate, overview
from annexgen.annex.model import (
    Section,
    table_token,
)
from annexgen.annex.outline import Outline

if TYPE_CHECKING:
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.profile.model import Profile


def overview_section(
    outline: Outline, profile: Profile, views: list[SopClassDraft], extended: dict[str, bool]
) -> list[Section]:
    """Section N.1 with its tables."""
    plain = [v.view for v in views]
    trees = [(v.view, report) for v in views for report in v.reports]
    reports = {view.uid for view, _ in trees}
    storage = overview.sop_classes_table(plain, extended, reports)
    syntaxes = overview.transfer_syntaxes_table(plain)
    sets = overview.character_sets_table(profile)
    names = {"storage": table_token("sop_classes"), "syntaxes": table_token("transfer_syntaxes")}
    own = Outline(outline.product)
    own.section("N.1", "Overview", heading=True)
    text = tuple(t.format(**names) for t in boilerplate.STORAGE)
    own.section("N.1.1", "Content and Transfer", text, (storage, syntaxes))
    if trees:
        templates = overview.root_templates_table(trees)
        text = tuple(t.format(templates=table_token("root_templates")) for t in boilerplate.ROOT_TEMPLATES)
        own.section("N.1.1.1", "Structured Reporting Root Template IDs", text, (templates,))
    else:
        own.section("N.1.1.1", "Structured Reporting Root Template IDs")
    own.section("N.1.7", "Specific Character Sets", (), (sets,) if sets.rows else ())
    outline.tables[:0] = own.tables
    return own.sections
