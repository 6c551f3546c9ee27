"""Section N.9: Information Object Definitions, shared parts first, then IOD after IOD (PS3.2 N.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.analyzers.functional_groups import USAGE_BOTH
from annexgen.analyzers.presence import ALWAYS, CONDITIONAL, Presence
from annexgen.annex import boilerplate, columns
from annexgen.annex.coded_values import coded_section, placed
from annexgen.annex.directory_section import directory_section
from annexgen.annex.drafts import (
    COMMON,
    Draft,
    SopClassDraft,
)
from annexgen.annex.model import (
    Cell,
    Evidence,
    Row,
    Status,
    Table,
    section_token,
    table_token,
)
from annexgen.annex.rows import evidence_of
from annexgen.annex.sharing import SharedTables, shared_tables, table_of
from annexgen.profile.functional_groups import OF_FRAMES, sequence_of
from annexgen.profile.paths import steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.merged_rows import Listed
    from annexgen.annex.outline import Outline
    from annexgen.profile.model import Limits

STANDARD_UIDS = "1.2.840.10008."
_CALLED = {OF_FRAMES[0]: f"Per-frame Functional Groups Sequence {OF_FRAMES[0]}"}
"""As PS3.2 writes it."""
EXTENSION = " (extension)"
"""Marks a Module that the IOD of the Standard does not have."""


def iod_sections(
    outline: Outline,
    described: list[SopClassDraft],
    directories: list[SopClassDraft],
    thresholds: Thresholds,
    limits: Limits,
) -> None:
    """Section N.9."""
    shared = shared_tables(described, thresholds)
    names = {
        "product": outline.product_name,
        "own": outline.product.name or "product",
        "storage": table_token("sop_classes"),
        "coercion": f"Section {section_token('N.5.2.5.2')}",
    }
    text = tuple(t.format(**names) for t in boilerplate.IODS)
    outline.section("N.9", "Information Object Definitions (IODs)", text)
    common = {kind: [t for t in shared.tables if t.kind == kind] for kind in ("module", "macro", "private_module")}
    outline.section("N.9.1", "Information Shared Across Multiple IODs", heading=bool(shared.tables))
    modules = tuple(common["module"])
    first_last = (table_token(modules[0].key), table_token(modules[-1].key)) if modules else ("", "")
    text = (boilerplate.COMMON_MODULES.format(first=first_last[0], last=first_last[1]),) if modules else ()
    outline.section("N.9.1.1", "Common Modules", text, modules)
    frames = _frames_text([one for one in described if any(one.view.uid in t.sop_classes for t in common["macro"])])
    for number, title, kind, words in (
        (2, "Common Functional Group Macros", "macro", boilerplate.COMMON_MACROS),
        (3, "Common Private Modules", "private_module", boilerplate.COMMON_PRIVATE),
    ):
        tables = tuple(common[kind])
        outline.section(f"N.9.1.{number}", title, (words.format(frames=frames),) if tables else (), tables)
    coded_section(outline, "N.9.1.4", COMMON, "Values and Code Sets shared across IODs", "", shared.listed, ())
    number = 2
    standard = [one for one in described if one.view.uid.startswith(STANDARD_UIDS)]
    private = [one for one in described if one not in standard]
    for one in standard:
        _iod_section(outline, f"N.9.{number}", one, shared)
        number += 1
    directory_section(outline, f"N.9.{number}", directories, limits)
    for one in private:
        number += 1
        _iod_section(outline, f"N.9.{number}", one, shared)


def _iod_section(outline: Outline, identifier: str, one: SopClassDraft, shared: SharedTables) -> None:
    """The section of one IOD with its four subsections."""
    title, uid = one.view.title, one.view.uid
    iod_rows: list[Row] = []
    specific: list[Table] = []
    macros: list[Table] = []
    private: list[Table] = []
    listed: dict[tuple[str, str], Listed] = {}

    def place(draft: Draft, into: list[Table]) -> str:
        key, table = table_of(draft, one, shared)
        if table is not None and all(table.key != known.key for known in into):
            into.append(table)
            listed.update(placed(key, draft.kind, draft.rows, draft.listed))
        return key

    last_entity = ""
    image_entity = one.module_drafts[-1][1] if one.module_drafts else ""
    entities = [*one.module_drafts, *((d, image_entity, "", n) for d, n in one.private_drafts)]
    for draft, ie, presence, instances in entities:
        key = place(draft, private if draft.kind == "private_module" else specific)
        state = presence or (ALWAYS if instances == one.instances else CONDITIONAL)
        cells = {
            "IE": Cell("" if ie == last_entity else ie, Status.STANDARD),
            "Module Name": Cell(
                f"{draft.title}{EXTENSION * draft.extension}",
                Status.STANDARD if draft.kind == "module" else Status.OBSERVED,
            ),
            "Presence (Module)": Cell(state),
            "Condition": draft.condition if state == CONDITIONAL else Cell(""),
            "Reference": Cell(table_token(key)),
        }
        last_entity = ie
        evidence = _module_evidence(draft, instances, one.instances)
        iod_rows.append(Row(cells, evidence=evidence, reference=key))
    iod_table = Table(f"iod:{uid}", "iod", title, columns.IOD, tuple(iod_rows), (uid,))
    group_rows: list[Row] = []
    for draft, name, usage, seen in one.macro_drafts:
        key = place(draft, macros)
        shown = f"{name}{EXTENSION * draft.extension}"
        group_rows.append(_group_row(shown, usage, seen, one.instances, key, draft))
    for draft, usage, seen in one.private_macros:
        key = place(draft, private)
        group_rows.append(_group_row(draft.title, usage, seen, one.instances, key, draft))
    text = [boilerplate.STRUCTURE.format(table=table_token(iod_table.key), iod=title)]
    if any(draft.extension for draft, *_ in one.module_drafts):
        text.append(
            f'What is marked "{EXTENSION.strip()}" is not part of the {title} of the DICOM Standard: the instances belong to a '
            "Standard Extended SOP Class."
        )
    tables = [iod_table]
    if group_rows:
        key = f"groups:{uid}"
        names = {"table": table_token(key), "iod": title, "frames": _frames_text([one])}
        text.extend(t.format(**names) for t in boilerplate.USAGE)
        group_title = f"Functional Group Macros used in {title}"
        tables.append(
            Table(
                key,
                "functional_groups",
                group_title,
                columns.FUNCTIONAL_GROUPS,
                tuple(group_rows),
                (uid,),
            )
        )
    outline.section(identifier, title, tuple(text), tuple(tables))
    for number, (name, words, found) in enumerate(
        (
            ("Specific Modules", boilerplate.REPORT_MODULES if one.reports else boilerplate.SPECIFIC_MODULES, specific),
            ("Functional Group Macros", boilerplate.SPECIFIC_MACROS, macros),
            ("Private Modules", _private_words(one, private), private),
        ),
        start=1,
    ):
        text = [words.format(iod=title)] if found else []
        outline.section(f"{identifier}.{number}", f"{title} {name}", tuple(text), tuple(found))
    coded_section(outline, f"{identifier}.4", uid, f"Values and Code Sets for {title}", title, listed, (uid,))


def _frames_text(described: list[SopClassDraft]) -> str:
    """The Sequences that hold what is of single frames in these IODs; Per-frame Functional Groups where none has any."""
    used = {sequence_of(path) for one in described for found in one.groups.absolute.values() for path in found}
    shown = [path for path in OF_FRAMES if path in used] or [OF_FRAMES[0]]
    named = [_CALLED.get(path) or f"{dictionary.attribute_name(steps(path)[0].tag)} {path}" for path in shown]
    return " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _private_words(one: SopClassDraft, tables: list[Table]) -> str:
    """How the section of private Modules begins, for one table or several, and for a private IOD (PS3.2 N.9.2.3, N.9.6.3)."""
    if not tables or not one.view.uid.startswith(STANDARD_UIDS):
        return boilerplate.PRIVATE_IOD_MODULES
    words = boilerplate.PRIVATE_MODULE if len(tables) == 1 else boilerplate.PRIVATE_MODULES
    return words.replace("{first}", table_token(tables[0].key)).replace("{last}", table_token(tables[-1].key))


def _module_evidence(draft: Draft, instances: int, carriers: int) -> Evidence | None:
    """Evidence of a Module: that of its most frequent row, counted over all instances."""
    found = [row.evidence for row in draft.rows if row.evidence is not None]
    if not found:
        return None
    most = max(found, key=lambda e: (e.present + e.partial, e.series))
    return replace(most, carriers=carriers, present=instances, partial=0, with_value=0, empty=0)


def _group_row(name: str, usage: str, seen: Presence, instances: int, key: str, draft: Draft) -> Row:
    state = ALWAYS if seen.present == instances else CONDITIONAL
    cells = {
        "Functional Group Macro": Cell(name, Status.STANDARD if draft.kind == "macro" else Status.OBSERVED),
        "Presence": Cell(state),
        "Condition": draft.condition if state == CONDITIONAL or usage == USAGE_BOTH else Cell(""),
        "Usage": Cell(usage),
        "Reference": Cell(table_token(key)),
    }
    example = next((row.evidence.example for row in draft.rows if row.evidence), "")
    return Row(cells, evidence=replace(evidence_of(seen, example), carriers=instances), reference=key)
