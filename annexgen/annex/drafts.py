"""Drafts: the rows of every Module, macro and private module of one SOP Class, before tables are shared (PS3.2 N.9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen.analyzers.functional_groups import FunctionalGroups, functional_groups_of
from annexgen.analyzers.modules import ModulesOfSopClass, modules_of
from annexgen.analyzers.presence import ALWAYS, CONDITIONAL, Presence, presence_of_paths
from annexgen.analyzers.private_information import statements_of
from annexgen.analyzers.value_support import series_of_values
from annexgen.annex import columns
from annexgen.annex.rows import UNKNOWN, SopClassView, attribute_rows
from annexgen.profile.functional_groups import sequence_of
from annexgen.profile.paths import standard_path, steps
from annexgen.sr.matching import MatchedTree, match
from annexgen.sr.trees import content_trees
from annexgen.standard import dictionary, iods

if TYPE_CHECKING:
    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.analyzers.values import Values
    from annexgen.annex.model import Cell, Row
    from annexgen.profile.model import Profile
    from annexgen.standard.private_dictionary import PrivateDictionary

CODED = "coded"
"""Key of the Coded Values table that a row refers to until it is known whether the row's table is shared."""
COMMON = "common"


@dataclass(slots=True)
class Draft:
    """A table before it is known whether it stands for one IOD or for several."""

    identity: str
    kind: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    listed: dict[str, tuple[str, str, Values]]
    condition: Cell = UNKNOWN
    """When the Module, macro or private module is present, where it is not always."""
    extension: bool = False
    """Whether the IOD of the Standard does not have what the table describes (Standard Extended SOP Class)."""

    def signature(self) -> tuple[object, ...]:
        """What is alike where two IODs say the same: what the corpus says in all columns but those that are joined."""
        rows = tuple(
            (
                row.path,
                row.covers,
                tuple((c, cell.found) for c, cell in row.cells.items() if c not in ("Conditions", "Source")),
            )
            for row in self.rows
        )
        return (self.identity, rows, tuple(sorted((p, v[2].texts) for p, v in self.listed.items())))


@dataclass(slots=True)
class SopClassDraft:
    """What the section of one IOD is made from."""

    view: SopClassView
    modules: ModulesOfSopClass
    groups: FunctionalGroups
    group_view: SopClassView
    module_drafts: list[tuple[Draft, str, str, int]] = field(default_factory=list)
    macro_drafts: list[tuple[Draft, str, str, Presence]] = field(default_factory=list)
    private_drafts: list[tuple[Draft, int]] = field(default_factory=list)
    private_macros: list[tuple[Draft, str, Presence]] = field(default_factory=list)
    reports: tuple[MatchedTree, ...] = ()
    """The merged trees of structured reports, matched with the templates."""

    @property
    def instances(self) -> int:
        return self.view.profile.instances


def sop_class_draft(
    uid: str, profile: Profile, private_dictionary: PrivateDictionary, thresholds: Thresholds, stated: str = ""
) -> SopClassDraft:
    """What the tables of one SOP Class are made from, without any rows yet.

    `stated` is what a person calls a private SOP Class; its IOD is called alike (PS3.2 N.9.6).
    """
    sop_class = profile.sop_classes[uid]
    modules = modules_of(uid, sop_class, thresholds)
    title = iods.iod_title(uid) or modules.name or f"Private IOD {uid}"
    if stated and not modules.name:
        title = f"{stated.removesuffix(' Storage').removesuffix(' IOD')} IOD"
    series = series_of_values(sop_class)
    owners = {standard_path((tag,)): use.key for use in modules.modules for tag in use.tags}
    groups = functional_groups_of(sop_class, profile.limits)
    macros = _macros(groups, modules.iod)
    view = SopClassView(
        uid,
        title,
        sop_class,
        presence_of_paths(sop_class),
        private_dictionary=private_dictionary,
        thresholds=thresholds,
        series=series,
        owners=owners,
        macros=macros,
        statements=statements_of(sop_class),
    )
    group_view = SopClassView(
        uid,
        title,
        groups.profile,
        presence_of_paths(groups.profile),
        private_dictionary=private_dictionary,
        thresholds=thresholds,
        series=series,
        places=groups.absolute,
        macros=macros,
        statements=view.statements,
    )
    for path, seen in group_view.presence.items():
        if len(steps(path)) == 1:
            group_view.presence[path] = replace(seen, carriers=seen.present + seen.partial)
    reports = tuple(match(tree, uid) for tree in content_trees(sop_class))
    return SopClassDraft(view, modules, groups, group_view, reports=reports)


def _macros(groups: FunctionalGroups, iod: str | None) -> dict[str, str]:
    """The Functional Group Macro of each Sequence: by its path in the instance, and by its path among the functional groups."""
    found: dict[str, str] = {}
    for root in groups.usage:
        step = steps(root)[-1]
        macro = None if step.private else iods.functional_group_macro_by_root(step.tag, iod)
        if macro is not None:
            found |= dict.fromkeys((root, *groups.absolute[root]), macro.key)
    return found


def draft_tables(one: SopClassDraft) -> None:
    """Rows of every Module and Functional Group Macro of one SOP Class."""
    view = one.view
    for use in one.modules.modules:
        paths = [standard_path((tag,)) for tag in use.tags]
        for path in paths:
            view.presence[path] = replace(view.presence[path], carriers=use.instances)
        rows = _without_groups(attribute_rows(view, paths, CODED))
        draft = new_draft(view, f"module:{use.key}", "module", f"{use.name} Module", columns.ATTRIBUTE, rows)
        draft.extension = use.extension
        one.module_drafts.append((draft, use.ie, use.presence, use.instances))
    if one.modules.additional:
        paths = [standard_path((tag,)) for tag in one.modules.additional]
        rows = _without_groups(attribute_rows(view, paths, CODED))
        title = "Additional Attributes"
        draft = new_draft(view, "module:additional", "module", title, columns.ATTRIBUTE, rows)
        draft.extension = one.modules.iod is not None
        present = max(view.presence[p].present for p in paths)
        state = ALWAYS if any(view.presence[p].of_attribute == ALWAYS for p in paths) else CONDITIONAL
        one.module_drafts.append((draft, "", state, present))
    _draft_macros(one)


def _without_groups(rows: list[Row]) -> tuple[Row, ...]:
    """The rows of a module, functional groups left to the macro tables."""
    return tuple(row for row in rows if not sequence_of(row.path))


def new_draft(
    view: SopClassView, identity: str, kind: str, title: str, names: tuple[str, ...], rows: tuple[Row, ...]
) -> Draft:
    listed = {row.path: view.listed[row.path] for row in rows if row.path in view.listed}
    return Draft(identity, kind, title, names, rows, listed)


def _draft_macros(one: SopClassDraft) -> None:
    view = one.group_view
    known = {m.root: n for n, m in enumerate(iods.functional_group_macros(one.modules.iod or ""))}
    roots = [p for p in one.groups.usage if len(steps(p)) == 1 and not steps(p)[-1].private]
    for root in sorted(roots, key=lambda p: (known.get(steps(p)[0].tag, 1 << 30), p)):
        tag = steps(root)[0].tag
        macro = iods.functional_group_macro_by_root(tag, one.modules.iod)
        name = macro.name if macro else (dictionary.attribute_name(tag) or root).removesuffix(" Sequence")
        rows = tuple(covering(row, one.groups) for row in attribute_rows(view, [root], CODED))
        title = f"{name} Functional Group Macro"
        draft = new_draft(view, f"macro:{root}", "macro", title, columns.ATTRIBUTE, rows)
        draft.extension = bool(known) and tag not in known
        one.macro_drafts.append((draft, name, one.groups.usage[root], view.presence[root]))


def covering(row: Row, groups: FunctionalGroups, *, absolute: bool = False) -> Row:
    """A row of the one view of functional groups, covering the element paths that it stands for."""
    places = groups.absolute[row.path] + tuple(p for c in row.covers for p in groups.absolute[c])
    return replace(row, path=places[0], covers=places[1:]) if absolute else replace(row, covers=places)


def all_drafts(one: SopClassDraft) -> list[Draft]:
    """All drafts of a SOP Class, each once: a private module may stand in a functional group and elsewhere."""
    drafts = [entry[0] for entry in one.module_drafts]
    drafts += [entry[0] for entry in one.macro_drafts]
    drafts += [entry[0] for entry in one.private_drafts]
    drafts += [entry[0] for entry in one.private_macros]
    return list({draft.identity: draft for draft in drafts}.values())
