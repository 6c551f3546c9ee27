"""Section N.10: one subsection for each kind of report, with its code sets and measurements (PS3.2 N.10)."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from annexgen.analyzers.content_links import compare_contents
from annexgen.analyzers.sources import propose_source
from annexgen.annex import boilerplate
from annexgen.annex.content_cells import CodeTables
from annexgen.annex.content_tables import ReportContext, content_table, measurement_table
from annexgen.annex.model import section_token, table_token
from annexgen.sr.measurements import measurement_groups
from annexgen.sr.rows import report_rows
from annexgen.sr.sources import Compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.analyzers.content_links import ContentLinks
    from annexgen.analyzers.links import SopClassLinks
    from annexgen.analyzers.sources import ProposedSource
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.drafts import SopClassDraft
    from annexgen.annex.outline import Outline
    from annexgen.profile.model import Profile
    from annexgen.sr.matching import MatchedTree


def report_sections(
    outline: Outline,
    described: list[SopClassDraft],
    thresholds: Thresholds,
    profile: Profile,
    links: Mapping[str, SopClassLinks],
) -> None:
    """Section N.10: one subsection for each kind of report.

    Args:
        outline: the sections are added to it.
        described: the SOP Classes with their reports.
        thresholds: how much evidence proposals need.
        profile: what was seen.
        links: what instances and worklist say about each other, by SOP Class UID.
    """
    reports = [(one, report) for one in described for report in one.reports]
    heading = "Structured Report Content Encoding"
    if not reports:
        outline.section("N.10", heading)
        return
    here = f"Section {section_token('N.10')}"
    outline.section(
        "N.10", heading, tuple(t.format(product=outline.product_name, content=here) for t in boilerplate.CONTENT)
    )
    reports.sort(key=lambda r: (*numeric(r[1].template), r[1].tree.title, r[0].view.uid))
    contents = compare_contents(profile.links)
    names = Counter(_name(report) for _, report in reports)
    for number, (one, report) in enumerate(reports, start=1):
        # Reports of one kind are told apart by their SOP Class, and by whether they name their template.
        title = _name(report)
        if names[title] > 1:
            title = f"{title}, {one.view.title.removesuffix(' IOD')}"
            title += ", template not named" if report.guessed else ""
        key = content_key(one.view.uid, report)
        compared = _compared(one, contents, links, thresholds)
        context = ReportContext(one.view, key, title, thresholds, profile.limits, compared)
        _report_section(outline, f"N.10.{number}", context, report)


def _compared(
    one: SopClassDraft,
    contents: Mapping[str, ContentLinks],
    links: Mapping[str, SopClassLinks],
    thresholds: Thresholds,
) -> Compared | None:
    """What the documents of a SOP Class were compared with; None where they were not."""
    uid = one.view.uid
    if uid not in contents:
        return None

    def source_of(path: str) -> ProposedSource | None:
        statistics, seen = one.view.profile.paths.get(path), one.view.presence.get(path)
        if statistics is None or seen is None:
            return None
        return propose_source((path,), statistics, seen, thresholds, links.get(uid))

    return Compared(contents[uid], source_of)


def _report_section(outline: Outline, identifier: str, context: ReportContext, report: MatchedTree) -> None:
    root = report_rows(report)
    groups = measurement_groups(root)
    title = context.title
    codes = CodeTables(context.key, title, context.view.uid, f"{identifier}.2" if groups else "")
    content = content_table(context, root, codes)
    text = boilerplate.REPORT.format(table=table_token(content.key), report=title)
    outline.section(identifier, title, (text,), (content,))
    words = (boilerplate.REPORT_CODES.format(report=title),) if codes.tables else ()
    outline.section(f"{identifier}.1", "Code Sets", words, tuple(codes.tables))
    if not groups:
        return
    by_site = any(group.sites for group in groups)
    kind = "Finding Site" if by_site else "group"
    outline.section(f"{identifier}.2", "Measurement Encoding", (boilerplate.MEASUREMENTS.format(kind=kind),))
    for position, group in enumerate(groups, start=1):
        table = measurement_table(context, position, group)
        text = boilerplate.MEASUREMENT_LABELS.format(table=table_token(table.key), product=outline.product_name)
        outline.section(f"{identifier}.2.{position}", group.title, (text,), (table,))


def _name(report: MatchedTree) -> str:
    """What a kind of report is called: its title with its root template."""
    meaning = report.tree.title.split("\x1f")[2] if report.tree.title else "Document"
    return f"{meaning} (TID {report.template.rpartition(':')[2]})" if report.template else meaning


def content_key(sop_class: str, report: MatchedTree) -> str:
    """The key of the content table of a report."""
    return f"content:{sop_class}:{report.tree.root.path}"


def numeric(tid: str) -> tuple[int, str]:
    """Orders TIDs by their number, private ones and none at the end."""
    digits = re.match(r"\d+", tid) if ":" not in tid else None
    return (int(digits[0]) if digits else 1 << 30, tid)
