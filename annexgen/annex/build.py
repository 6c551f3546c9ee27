"""Builds the annex from a profile: all sections of N.1, N.9 and N.10 with their tables, unnumbered (PS3.2 Annex N)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from annexgen import __version__
from annexgen.analyzers.findings import remarks_of
from annexgen.analyzers.functional_groups import FunctionalGroups, functional_groups_of
from annexgen.analyzers.modules import ModulesOfSopClass, modules_of
from annexgen.analyzers.presence import ALWAYS, CONDITIONAL, Presence, presence_of_paths
from annexgen.annex import boilerplate, columns, overview
from annexgen.annex.content_tables import content_tables
from annexgen.annex.model import (
    Annex,
    Cell,
    Corpus,
    Device,
    Evidence,
    Finding,
    Product,
    Row,
    Section,
    Skipped,
    Status,
    Table,
    table_token,
)
from annexgen.annex.rows import UNKNOWN, SopClassView, attribute_rows, evidence_of, private_rows
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY
from annexgen.profile.paths import parent, standard_path, steps
from annexgen.sr.trees import ContentTree, content_trees
from annexgen.standard import EDITION, dictionary, iods

if TYPE_CHECKING:
    from annexgen.analyzers.values import Values
    from annexgen.profile.model import Profile

CODED = "coded"
"""Key of the Coded Values table that a row refers to until it is known whether the row's table is shared."""
COMMON = "common"


@dataclass(slots=True)
class _Draft:
    """A table before it is known whether it stands for one IOD or for several."""

    identity: str
    kind: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    listed: dict[str, tuple[str, str, Values]]

    def signature(self) -> tuple[object, ...]:
        """What two IODs must have in common to share the table: all that is printed."""
        rows = tuple(
            (row.path, row.covers, tuple((c, cell.text, cell.status) for c, cell in row.cells.items()))
            for row in self.rows
        )
        return (self.identity, rows, tuple(sorted((p, v[2].texts) for p, v in self.listed.items())))


@dataclass(slots=True)
class _SopClassAnnex:
    """What the section of one IOD is made from."""

    view: SopClassView
    modules: ModulesOfSopClass
    groups: FunctionalGroups
    group_view: SopClassView
    module_drafts: list[tuple[_Draft, str, str, int]] = field(default_factory=list)
    macro_drafts: list[tuple[_Draft, str, str, Presence]] = field(default_factory=list)
    private_drafts: list[tuple[_Draft, int]] = field(default_factory=list)
    private_macros: list[tuple[_Draft, str, Presence]] = field(default_factory=list)

    @property
    def instances(self) -> int:
        return self.view.profile.instances


def build_annex(profile: Profile, product: Product | None = None) -> Annex:
    """The draft annexes of everything in a profile; `annexgen.annex.numbering.number` gives it its numbers."""
    views = [_sop_class(uid, profile) for uid in sorted(profile.sop_classes)]
    directories = [v for v in views if v.view.uid == MEDIA_STORAGE_DIRECTORY]
    described = [v for v in views if v.view.uid != MEDIA_STORAGE_DIRECTORY]
    described.sort(key=lambda v: (not v.view.uid.startswith("1.2.840.10008."), bool(_trees(v)), v.view.uid))
    for one in described:
        _draft(one)
    builder = _Builder(product or _product(profile))
    builder.iods(described, directories)
    builder.contents(described)
    extended = {v.view.uid: bool(v.modules.additional or v.private_drafts or v.private_macros) for v in views}
    sections = builder.overview(profile, views, extended) + builder.sections
    return Annex(
        product=builder.product,
        corpus=_corpus(profile),
        sections=tuple(sections),
        tables=tuple(builder.tables),
        findings=tuple(_findings(profile, views)),
        edition=EDITION,
        generator=f"annexgen {__version__}",
        sop_class_names={v.view.uid: v.view.title for v in views},
    )


def _sop_class(uid: str, profile: Profile) -> _SopClassAnnex:
    sop_class = profile.sop_classes[uid]
    modules = modules_of(uid, sop_class)
    title = f"{modules.name} IOD" if modules.iod else modules.name or f"Private IOD {uid}"
    view = SopClassView(uid, title, sop_class, presence_of_paths(sop_class))
    groups = functional_groups_of(sop_class, profile.limits)
    group_view = SopClassView(uid, title, groups.profile, presence_of_paths(groups.profile))
    for path, seen in group_view.presence.items():
        if len(steps(path)) == 1:
            group_view.presence[path] = replace(seen, carriers=seen.present + seen.partial)
    return _SopClassAnnex(view, modules, groups, group_view)


def _draft(one: _SopClassAnnex) -> None:
    """Rows of every Module, macro and private module of one SOP Class."""
    view = one.view
    for use in one.modules.modules:
        paths = [standard_path((tag,)) for tag in use.tags]
        for path in paths:
            view.presence[path] = replace(view.presence[path], carriers=use.instances)
        rows = _without_groups(attribute_rows(view, paths, CODED))
        draft = _new_draft(view, f"module:{use.key}", "module", f"{use.name} Module", columns.ATTRIBUTE, rows)
        one.module_drafts.append((draft, use.ie, use.presence, use.instances))
    if one.modules.additional:
        paths = [standard_path((tag,)) for tag in one.modules.additional]
        rows = _without_groups(attribute_rows(view, paths, CODED))
        title = "Additional Attributes"
        draft = _new_draft(view, "module:additional", "module", title, columns.ATTRIBUTE, rows)
        present = max(view.presence[p].present for p in paths)
        state = ALWAYS if any(view.presence[p].of_attribute == ALWAYS for p in paths) else CONDITIONAL
        one.module_drafts.append((draft, "", state, present))
    _draft_macros(one)
    _draft_private(one)


def _without_groups(rows: list[Row]) -> tuple[Row, ...]:
    """The rows of a module, functional groups left to the macro tables."""
    outer = tuple(
        f"({tag >> 16:04X},{tag & 0xFFFF:04X})/"
        for tag in (iods.SHARED_FUNCTIONAL_GROUPS, iods.PER_FRAME_FUNCTIONAL_GROUPS)
    )
    return tuple(row for row in rows if not row.path.startswith(outer))


def _new_draft(
    view: SopClassView, identity: str, kind: str, title: str, names: tuple[str, ...], rows: tuple[Row, ...]
) -> _Draft:
    listed = {row.path: view.listed[row.path] for row in rows if row.path in view.listed}
    return _Draft(identity, kind, title, names, rows, listed)


def _draft_macros(one: _SopClassAnnex) -> None:
    view = one.group_view
    known = {m.root: n for n, m in enumerate(iods.functional_group_macros(one.modules.iod or ""))}
    roots = [p for p in one.groups.usage if len(steps(p)) == 1 and not steps(p)[-1].private]
    for root in sorted(roots, key=lambda p: (known.get(steps(p)[0].tag, 1 << 30), p)):
        tag = steps(root)[0].tag
        macro = iods.functional_group_macro_by_root(tag, one.modules.iod)
        name = macro.name if macro else (dictionary.attribute_name(tag) or root).removesuffix(" Sequence")
        rows = tuple(_covering(row, one.groups) for row in attribute_rows(view, [root], CODED))
        title = f"{name} Functional Group Macro"
        draft = _new_draft(view, f"macro:{root}", "macro", title, columns.ATTRIBUTE, rows)
        one.macro_drafts.append((draft, name, one.groups.usage[root], view.presence[root]))


def _covering(row: Row, groups: FunctionalGroups, *, absolute: bool = False) -> Row:
    """A row of the one view of functional groups, covering the element paths that it stands for."""
    places = groups.absolute[row.path] + tuple(p for c in row.covers for p in groups.absolute[c])
    return replace(row, path=places[0], covers=places[1:]) if absolute else replace(row, covers=places)


def _draft_private(one: _SopClassAnnex) -> None:
    """One private module for each Private Creator and group; what stands in standard Sequences under a caption."""
    entries: dict[tuple[int, str], dict[tuple[int, str], list[str]]] = {}
    functional_groups = tuple(f"({t >> 16:04X},{t & 0xFFFF:04X})" for t in (0x52009229, 0x52009230))
    for number, view in enumerate((one.view, one.group_view)):
        for path in view.profile.paths:
            parts = steps(path)
            if not parts or not parts[-1].private or any(p.private for p in parts[:-1]):
                continue
            if number == 0 and path.startswith(functional_groups):
                continue
            key = (parts[-1].group, parts[-1].creator)
            entries.setdefault(key, {}).setdefault((number, parent(path)), []).append(path)
    for (group, creator), contexts in sorted(entries.items()):
        rows: list[Row] = []
        listed: dict[str, tuple[str, str, Values]] = {}
        instances = 0
        for number, context in sorted(contexts):
            view = (one.view, one.group_view)[number]
            paths = contexts[number, context]
            if not context:
                holders = view.presence[min(paths, key=lambda p: (not steps(p)[-1].is_creator, p))]
                for path in paths:
                    holding = holders.present + holders.partial
                    most = max(view.presence[p].present + view.presence[p].partial for p in paths)
                    view.presence[path] = replace(view.presence[path], carriers=max(holding, most))
                instances = max(instances, max(view.presence[p].carriers for p in paths))
            else:
                instances = max(instances, max(view.presence[p].present + view.presence[p].partial for p in paths))
            caption = _caption(number, context)
            if caption:
                rows.append(Row({"Attribute Name": Cell(caption, Status.STANDARD)}, heading=True))
            found = private_rows(view, paths, CODED, len(steps(context)) if context else 0)
            if number:
                for row in found:
                    if row.path in view.listed:
                        listed[one.groups.absolute[row.path][0]] = view.listed[row.path]
                found = [_covering(row, one.groups, absolute=True) for row in found]
            else:
                listed.update({row.path: view.listed[row.path] for row in found if row.path in view.listed})
            rows.extend(found)
        title = f"Private Module {creator if creator != '?' else 'without Private Creator'} ({group:04X})"
        identity = f"private:{group:04X}:{creator}"
        draft = _Draft(identity, "private_module", title, columns.PRIVATE, tuple(rows), listed)
        if any(number == 0 or context for number, context in contexts):
            one.private_drafts.append((draft, instances))
        if (1, "") in contexts:
            roots = [p for p in contexts[1, ""] if not steps(p)[-1].is_creator] or contexts[1, ""]
            usages = {one.groups.usage[p] for p in roots}
            usage = usages.pop() if len(usages) == 1 else "CONTEXT_DEPENDENT"
            seen = max((one.group_view.presence[p] for p in roots), key=lambda s: s.present + s.partial)
            one.private_macros.append((draft, usage, seen))


def _caption(number: int, context: str) -> str:
    """The caption over private attributes that stand inside a standard Sequence."""
    names = [f"{dictionary.attribute_name(s.tag) or 'Sequence'} {s.shown_tag}" for s in steps(context)]
    if number == 0:
        return f"In {' > '.join(names)}" if names else ""
    return f"In the functional groups, {' > '.join(names)}" if names else "In the functional groups"


class _Builder:
    """Collects sections and tables in order."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.sections: list[Section] = []
        self.tables: list[Table] = []
        self.product_name = product.name or "the product"

    def section(self, identifier: str, title: str, text: tuple[str, ...] = (), tables: tuple[Table, ...] = ()) -> None:
        """Add a section; without text and tables it does not apply."""
        self.tables.extend(tables)
        applicable = bool(text or tables)
        self.sections.append(
            Section(
                identifier,
                title if applicable else f"{title} - N/A",
                text if applicable else ("N/A",),
                tuple(t.key for t in tables),
                applicable,
            )
        )

    def overview(self, profile: Profile, views: list[_SopClassAnnex], extended: dict[str, bool]) -> list[Section]:
        """Section N.1 with its tables."""
        plain = [v.view for v in views]
        trees = [(v.view, tree) for v in views for tree in _trees(v)]
        reports = {view.uid for view, _ in trees}
        storage = overview.sop_classes_table(plain, extended, reports)
        syntaxes = overview.transfer_syntaxes_table(plain)
        sets = overview.character_sets_table(profile)
        names = {"storage": table_token("sop_classes"), "syntaxes": table_token("transfer_syntaxes")}
        own = _Builder(self.product)
        own.section("N.1", "Overview", ("Draft annexes: a person reviews, completes and signs the statement.",))
        text = tuple(t.format(**names) for t in boilerplate.STORAGE)
        own.section("N.1.1", "Content and Transfer", text, (storage, syntaxes))
        if trees:
            templates = overview.root_templates_table(trees)
            text = tuple(t.format(templates=table_token("root_templates")) for t in boilerplate.ROOT_TEMPLATES)
            own.section("N.1.1.1", "Structured Reporting Root Template IDs", text, (templates,))
        else:
            own.section("N.1.1.1", "Structured Reporting Root Template IDs")
        own.section("N.1.7", "Specific Character Sets", (), (sets,))
        self.tables[:0] = own.tables
        return own.sections

    def iods(self, described: list[_SopClassAnnex], directories: list[_SopClassAnnex]) -> None:
        """Section N.9."""
        shared = self._shared(described)
        names = {"product": self.product_name, "own": self.product.name or "product"}
        text = tuple(t.format(storage=table_token("sop_classes"), **names) for t in boilerplate.IODS)
        self.section("N.9", "Information Object Definitions (IODs)", text)
        common = {
            kind: [t for t in shared.values() if t.kind == kind] for kind in ("module", "macro", "private_module")
        }
        any_shared = tuple(shared.values())
        self.section("N.9.1", "Information Shared Across Multiple IODs", ("",) if any_shared else ())
        modules = tuple(common["module"])
        first_last = (table_token(modules[0].key), table_token(modules[-1].key)) if modules else ("", "")
        text = (boilerplate.COMMON_MODULES.format(first=first_last[0], last=first_last[1]),) if modules else ()
        self.section("N.9.1.1", "Common Modules", text, modules)
        for number, title, kind, words in (
            (2, "Common Functional Group Macros", "macro", boilerplate.COMMON_MACROS),
            (3, "Common Private Modules", "private_module", boilerplate.COMMON_PRIVATE),
        ):
            tables = tuple(common[kind])
            self.section(f"N.9.1.{number}", title, (words,) if tables else (), tables)
        self._coded("N.9.1.4", COMMON, "Values and Code Sets shared across IODs", "", self._shared_listed, ())
        number = 2
        standard = [one for one in described if one.view.uid.startswith("1.2.840.10008.")]
        private = [one for one in described if one not in standard]
        for one in standard:
            self._iod(f"N.9.{number}", one, shared)
            number += 1
        self._directory(f"N.9.{number}", directories)
        for one in private:
            number += 1
            self._iod(f"N.9.{number}", one, shared)

    def _shared(self, described: list[_SopClassAnnex]) -> dict[tuple[object, ...], Table]:
        """Tables whose printed rows are the same for at least two SOP Classes, by signature."""
        groups: dict[tuple[object, ...], list[tuple[_SopClassAnnex, _Draft]]] = {}
        for one in described:
            for draft in _drafts(one):
                groups.setdefault(draft.signature(), []).append((one, draft))
        best: dict[str, int] = {}
        for signature, members in groups.items():
            best[str(signature[0])] = max(best.get(str(signature[0]), 0), len(members))
        shared: dict[tuple[object, ...], Table] = {}
        self._shared_listed: dict[str, tuple[str, str, Values]] = {}
        taken: set[str] = set()
        order = {"module": 0, "macro": 1, "private_module": 2}
        for signature, members in sorted(groups.items(), key=lambda g: order[g[1][0][1].kind]):
            identity = str(signature[0])
            if len(members) < 2 or len(members) < best[identity] or identity in taken:
                continue
            taken.add(identity)
            draft = members[0][1]
            rows = tuple(_joined([m[1].rows[n] for m in members]) for n in range(len(draft.rows)))
            sop_classes = tuple(sorted(m[0].view.uid for m in members))
            key = f"{COMMON}:{identity}"
            shared[signature] = Table(
                key, draft.kind, draft.title, draft.columns, _coded_in(rows, f"{CODED}:{COMMON}"), sop_classes
            )
            self._shared_listed.update(draft.listed)
        return shared

    def _table_of(
        self, draft: _Draft, one: _SopClassAnnex, shared: dict[tuple[object, ...], Table]
    ) -> tuple[str, Table | None]:
        """Key of the table that documents a draft, and the table itself when it belongs to this IOD alone."""
        table = shared.get(draft.signature())
        if table is not None:
            return table.key, None
        uid = one.view.uid
        key = f"{uid}:{draft.identity}"
        title = f"{draft.title} for {one.view.title}"
        rows = _coded_in(draft.rows, f"{CODED}:{uid}")
        return key, Table(key, draft.kind, title, draft.columns, rows, (uid,))

    def _iod(self, identifier: str, one: _SopClassAnnex, shared: dict[tuple[object, ...], Table]) -> None:
        """The section of one IOD with its four subsections."""
        title, uid = one.view.title, one.view.uid
        iod_rows: list[Row] = []
        specific: list[Table] = []
        macros: list[Table] = []
        private: list[Table] = []
        listed: dict[str, tuple[str, str, Values]] = {}

        def place(draft: _Draft, into: list[Table]) -> str:
            key, table = self._table_of(draft, one, shared)
            if table is not None and all(table.key != known.key for known in into):
                into.append(table)
                listed.update(draft.listed)
            return key

        last_entity = ""
        image_entity = one.module_drafts[-1][1] if one.module_drafts else ""
        entities = [*one.module_drafts, *((d, image_entity, "", n) for d, n in one.private_drafts)]
        for draft, ie, presence, instances in entities:
            key = place(draft, private if draft.kind == "private_module" else specific)
            state = presence or (ALWAYS if instances == one.instances else CONDITIONAL)
            cells = {
                "IE": Cell("" if ie == last_entity else ie, Status.STANDARD),
                "Module Name": Cell(draft.title, Status.STANDARD if draft.kind == "module" else Status.OBSERVED),
                "Presence (Module)": Cell(state),
                "Condition": UNKNOWN if state == CONDITIONAL else Cell(""),
                "Reference": Cell(table_token(key)),
            }
            last_entity = ie
            evidence = _module_evidence(draft, instances, one.instances)
            iod_rows.append(Row(cells, evidence=evidence, reference=key))
        iod_table = Table(f"iod:{uid}", "iod", title, columns.IOD, tuple(iod_rows), (uid,))
        group_rows: list[Row] = []
        for draft, name, usage, seen in one.macro_drafts:
            key = place(draft, macros)
            group_rows.append(_group_row(name, usage, seen, one.instances, key, draft))
        for draft, usage, seen in one.private_macros:
            key = place(draft, private)
            group_rows.append(_group_row(draft.title, usage, seen, one.instances, key, draft))
        text = [f"{table_token(iod_table.key)} defines the structure of {title}."]
        tables = [iod_table]
        if group_rows:
            key = f"groups:{uid}"
            names = {"table": table_token(key), "iod": title}
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
        self.section(identifier, title, tuple(text), tuple(tables))
        for number, (name, words, found) in enumerate(
            (
                (
                    "Specific Modules",
                    f"The following tables list Modules and Attributes specific for {title}:",
                    specific,
                ),
                (
                    "Functional Group Macros",
                    f"The tables below list functional group macros and Attributes for {title}:",
                    macros,
                ),
                (
                    "Private Modules",
                    f"The tables below list private Modules and Attributes for {title}:",
                    private,
                ),
            ),
            start=1,
        ):
            self.section(f"{identifier}.{number}", f"{title} {name}", (words,) if found else (), tuple(found))
        self._coded(f"{identifier}.4", uid, f"Values and Code Sets for {title}", title, listed, (uid,))

    def _coded(
        self,
        identifier: str,
        owner: str,
        caption: str,
        title: str,
        listed: dict[str, tuple[str, str, Values]],
        sop_classes: tuple[str, ...],
    ) -> None:
        """The subsection of Coded Values; values of Image Type are split by their position (PS3.2 Table N.9-27)."""
        heading = f"{title} Coded Values" if title else "Coded Values"
        rows: list[Row] = []
        for name, tag, values in listed.values():
            rows.extend(_coded_rows(name, tag, values))
        if not rows:
            self.section(identifier, heading)
            return
        key = f"{CODED}:{owner}"
        text = boilerplate.CODED_VALUES.format(table=table_token(key), iod=f" for {title}" if title else "")
        table = Table(key, "coded_values", caption, columns.CODED_VALUES, tuple(rows), sop_classes)
        self.section(identifier, heading, (text,), (table,))

    def _directory(self, identifier: str, directories: list[_SopClassAnnex]) -> None:
        """Section "Basic Directory IOD" (PS3.2 Table N.9-50)."""
        title = "Basic Directory IOD"
        if not directories:
            self.section(identifier, title)
            return
        one = directories[0]
        view = one.view
        rows: list[Row] = []
        records = "(0004,1220)"
        top = [p for p in view.children.get("", ()) if not steps(p)[-1].private]
        for caption, chosen in (
            ("File Set Identification Module", [p for p in top if p < "(0004,1200)"]),
            ("Directory Information Module", [p for p in top if p >= "(0004,1200)"]),
        ):
            rows.append(Row({"Attribute Name": Cell(caption, Status.STANDARD)}, heading=True))
            rows.extend(attribute_rows(view, sorted(chosen), f"{CODED}:{view.uid}"))
        covered: set[str] = set()
        types = sorted(
            {p for p in view.children if p.startswith(f"{records}[") and p.count("]") == 1 and p.endswith("]")}
        )
        for record in types:
            caption = f"{record.removeprefix(f'{records}[').removesuffix(']')} Keys"
            rows.append(Row({"Attribute Name": Cell(caption)}, heading=True))
            for row in attribute_rows(view, sorted(view.children[record]), f"{CODED}:{view.uid}", 1):
                plain = [_unqualified(p) for p in (row.path, *row.covers)]
                first = tuple(p for p in plain if p not in covered)
                covered.update(first)
                rows.append(replace(row, covers=row.covers + first))
        table = Table("directory", "directory", title, columns.ATTRIBUTE, tuple(rows), (view.uid,))
        private = [draft for draft, _ in one.private_drafts]
        tables = [table, *(self._table_of(draft, one, {})[1] for draft in private)]
        text = f"{table_token('directory')} defines the structure of the Basic Directory IOD."
        self.section(identifier, title, (text,), tuple(t for t in tables if t is not None))
        if view.listed:
            self._coded(
                f"{identifier}.1",
                view.uid,
                f"Values and Code Sets for {title}",
                title,
                view.listed,
                (view.uid,),
            )

    def contents(self, described: list[_SopClassAnnex]) -> None:
        """Section N.10: one subsection for each kind of report."""
        trees = [(one, tree) for one in described for tree in _trees(one)]
        heading = "Structured Report Content Encoding"
        if not trees:
            self.section("N.10", heading)
            return
        self.section("N.10", heading, tuple(t.format(product=self.product_name) for t in boilerplate.CONTENT))
        trees.sort(
            key=lambda t: (
                int(t[1].template) if t[1].template.isdigit() else 1 << 30,
                t[1].title,
                t[0].view.uid,
            )
        )
        for number, (one, tree) in enumerate(trees, start=1):
            meaning = tree.title.split("\x1f")[2] if tree.title else "Document"
            title = f"{meaning} (TID {tree.template})" if tree.template else meaning
            tables = content_tables(one.view, tree, title)
            text = f"{table_token(tables[0].key)} shows the encoding of content of a DICOM {title}."
            identifier = f"N.10.{number}"
            self.section(identifier, title, (text,), (tables[0],))
            codes = tuple(tables[1:])
            words = (f"The following tables list specific code sets referenced from the {title}.",) if codes else ()
            self.section(f"{identifier}.1", "Code Sets", words, codes)


def _trees(one: _SopClassAnnex) -> tuple[ContentTree, ...]:
    return content_trees(one.view.profile)


def _drafts(one: _SopClassAnnex) -> list[_Draft]:
    """All drafts of a SOP Class, each once: a private module may stand in a functional group and elsewhere."""
    drafts = [entry[0] for entry in one.module_drafts]
    drafts += [entry[0] for entry in one.macro_drafts]
    drafts += [entry[0] for entry in one.private_drafts]
    drafts += [entry[0] for entry in one.private_macros]
    return list({draft.identity: draft for draft in drafts}.values())


def _coded_in(rows: tuple[Row, ...], key: str) -> tuple[Row, ...]:
    """The rows with their references to Coded Values pointing to the table of that key."""
    token, target = table_token(CODED), table_token(key)
    changed = []
    for row in rows:
        value = row.cells.get("Value")
        if value is not None and token in value.text:
            cells = dict(row.cells)
            cells["Value"] = replace(value, text=value.text.replace(token, target))
            row = replace(row, cells=cells)
        changed.append(row)
    return tuple(changed)


def _joined(rows: list[Row]) -> Row:
    """One row for several SOP Classes: instances add up; series, studies and patients are at least the largest."""
    evidence = [row.evidence for row in rows if row.evidence is not None]
    if not evidence:
        return rows[0]
    studies = max(e.studies for e in evidence)
    joined = Evidence(
        carriers=sum(e.carriers for e in evidence),
        present=sum(e.present for e in evidence),
        partial=sum(e.partial for e in evidence),
        with_value=sum(e.with_value for e in evidence),
        empty=sum(e.empty for e in evidence),
        series=max(e.series for e in evidence),
        studies=studies,
        patients=max(e.patients for e in evidence),
        devices=max(e.devices for e in evidence),
        weak=all(e.weak for e in evidence),
        example=min(e.example for e in evidence),
    )
    return replace(rows[0], evidence=joined)


def _module_evidence(draft: _Draft, instances: int, carriers: int) -> Evidence | None:
    """Evidence of a Module: that of its most frequent row, counted over all instances."""
    found = [row.evidence for row in draft.rows if row.evidence is not None]
    if not found:
        return None
    most = max(found, key=lambda e: (e.present + e.partial, e.series))
    return replace(most, carriers=carriers, present=instances, partial=0, with_value=0, empty=0)


def _group_row(name: str, usage: str, seen: Presence, instances: int, key: str, draft: _Draft) -> Row:
    having = seen.present + seen.partial
    state = ALWAYS if having == instances else CONDITIONAL
    cells = {
        "Functional Group Macro": Cell(name, Status.STANDARD if draft.kind == "macro" else Status.OBSERVED),
        "Presence": Cell(state),
        "Condition": UNKNOWN if state == CONDITIONAL else Cell(""),
        "Usage": Cell(usage),
        "Reference": Cell(table_token(key)),
    }
    example = next((row.evidence.example for row in draft.rows if row.evidence), "")
    return Row(cells, evidence=replace(evidence_of(seen, example), carriers=instances), reference=key)


def _coded_rows(name: str, tag: str, values: Values) -> list[Row]:
    """Rows of Coded Values for one attribute; the values of Image Type by position."""
    entries: list[tuple[str, str]] = []
    if tag == "(0008,0008)":
        by_position: dict[int, set[str]] = {}
        for text in values.texts:
            for position, value in enumerate(text.split("\\"), start=1):
                by_position.setdefault(position, set()).add(value)
        for position in sorted(by_position):
            found = sorted(by_position[position])
            entries.extend((v, f"Value for Value {position}" if n == 0 else "") for n, v in enumerate(found) if v)
    else:
        entries = [(text, "") for text in values.texts]
    comment = "" if values.complete else "Further values occur"
    rows = []
    for number, (text, condition) in enumerate(entries):
        cells = {
            "Attribute Name": Cell(name if number == 0 else "", Status.STANDARD),
            "Tag": Cell(tag if number == 0 else ""),
            "Value/Code": Cell(text.replace("\u27e6", "")),
            "Condition": Cell(condition),
            "Comments": Cell(comment if number == 0 else ""),
        }
        rows.append(Row(cells))
    return rows


def _unqualified(path: str) -> str:
    return path.partition("[")[0] + path.partition("]")[2]


def _product(profile: Profile) -> Product:
    devices = _devices(profile)
    if len({(d.manufacturer, d.model) for d in devices if d.model}) == 1:
        named = [d for d in devices if d.model]
        return Product(named[0].model, named[0].manufacturer, tuple(sorted({d.versions for d in named if d.versions})))
    return Product()


def _devices(profile: Profile) -> tuple[Device, ...]:
    counts: Counter[str] = Counter()
    for origin, number in profile.origins():
        counts[origin[3]] += number
    parts = ((*device.split("\x1f"), "", "")[:3] for device in sorted(counts))
    return tuple(
        Device(manufacturer, model, versions, counts["\x1f".join((manufacturer, model, versions))])
        for manufacturer, model, versions in parts
    )


def _corpus(profile: Profile) -> Corpus:
    origins = {origin for origin, _ in profile.origins()}
    return Corpus(
        instances=profile.instances,
        series=len({o[2] for o in origins if o[2]}),
        studies=len({o[1] for o in origins if o[1]}),
        patients=len({o[0] for o in origins if o[0]}),
        devices=_devices(profile),
        skipped=tuple(Skipped(file, reason) for (file, reason), n in sorted(profile.skipped.items()) for _ in range(n)),
        values=profile.values,
    )


def _findings(profile: Profile, views: list[_SopClassAnnex]) -> list[Finding]:
    findings: list[Finding] = []
    for reason, number in sorted(Counter(r for (_, r), n in profile.skipped.items() for _ in range(n)).items()):
        example = min(file for file, r in profile.skipped if r == reason)
        findings.append(
            Finding(
                "unreadable-file",
                "warning",
                f"{number} files not counted: {reason}",
                count=number,
                example=example,
            )
        )
    for (code, uid, path, message), problems in sorted(profile.problems.items()):
        findings.append(Finding(code, "warning", message, uid, path, problems.instances, problems.example))
    for one in views:
        for remark in remarks_of(one.view.profile, one.modules, one.view.presence):
            findings.append(
                Finding(
                    remark.code,
                    remark.severity,
                    remark.message,
                    one.view.uid,
                    remark.path,
                    remark.count,
                    remark.example,
                )
            )
    severity = {"error": 0, "warning": 1, "note": 2}
    return sorted(findings, key=lambda f: (severity[f.severity], f.code, f.sop_class, f.path, f.message))
