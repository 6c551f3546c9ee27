"""Builds the annex from a profile: all sections of N.1, N.9 and N.10 with their tables, unnumbered (PS3.2 Annex N)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen import __version__
from annexgen.analyzers.links import compare
from annexgen.analyzers.thresholds import Thresholds
from annexgen.annex.annotations import Statements
from annexgen.annex.annotations_apply import Person
from annexgen.annex.annotations_tables import apply_to_tables
from annexgen.annex.code_set_section import code_set_section
from annexgen.annex.conditions import learn_conditions
from annexgen.annex.corpus_facts import corpus_of, findings_of, in_order, product_of, stated_product, stated_versions
from annexgen.annex.drafts import (
    draft_tables,
    sop_class_draft,
)
from annexgen.annex.iod_sections import iod_sections
from annexgen.annex.mapping_section import mapping_section
from annexgen.annex.model import (
    Annex,
    Product,
)
from annexgen.annex.outline import Outline
from annexgen.annex.overview_section import overview_section
from annexgen.annex.private_drafts import draft_private
from annexgen.annex.report_sections import report_sections
from annexgen.annex.sources import propose_sources
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY
from annexgen.profile.privacy import publishable
from annexgen.standard.editions import edition_text
from annexgen.standard.private_dictionary import EMPTY, PrivateDictionary

if TYPE_CHECKING:
    from annexgen.profile.model import Profile


def build_annex(
    profile: Profile,
    product: Product | None = None,
    thresholds: Thresholds | None = None,
    private_dictionary: PrivateDictionary = EMPTY,
    statements: Statements | None = None,
) -> Annex:
    """The draft annexes of everything in a profile; `annexgen.annex.numbering.number` gives it its numbers.

    What a person says in `statements` goes before what was inferred.
    """
    profile = publishable(profile)
    statements = statements or Statements()
    thresholds = thresholds or Thresholds()
    views = [
        sop_class_draft(
            uid, profile, private_dictionary, thresholds, statements.roles.get(uid, {}).get("SOP Class Name", "")
        )
        for uid in sorted(profile.sop_classes)
    ]
    directories = [v for v in views if v.view.uid == MEDIA_STORAGE_DIRECTORY]
    described = [v for v in views if v.view.uid != MEDIA_STORAGE_DIRECTORY]
    described.sort(key=lambda v: (not v.view.uid.startswith("1.2.840.10008."), bool(v.reports), v.view.uid))
    for one in described:
        draft_tables(one)
    links = compare(profile.links)
    for one in views:
        draft_private(one)
    learn_conditions(views, thresholds)
    for one in views:
        propose_sources(one, thresholds, links.get(one.view.uid))
    extended = {v.view.uid: bool(v.modules.extended or v.private_drafts or v.private_macros) for v in views}
    person = Person(statements, views)
    person.annotate_drafts()
    told = apply_to_tables(statements.tables, views)
    told += stated_versions(statements.product, profile)
    outline = Outline(stated_product(statements.product, product or product_of(profile)))
    iod_sections(outline, described, directories, thresholds, profile.limits)
    report_sections(outline, described, thresholds, profile, links)
    mapping_section(outline, links)
    code_set_section(outline, profile, {v.view.uid: v.view.title for v in views})
    sections = overview_section(outline, profile, views, extended) + outline.sections
    person.annotate_tables(outline.tables)
    return Annex(
        product=outline.product,
        corpus=corpus_of(profile),
        sections=tuple(sections),
        tables=tuple(outline.tables),
        findings=tuple(in_order([*findings_of(profile, views), *told, *person.findings()])),
        edition=edition_text(),
        generator=f"annexgen {__version__}",
        thresholds=thresholds.as_numbers(),
        sop_class_names={v.view.uid: v.view.title for v in views},
    )
