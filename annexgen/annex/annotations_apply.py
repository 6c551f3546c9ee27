"""Applies a person's words after inference: cells as said, tables renamed, hidden or merged, and what has gone stale."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from annexgen.analyzers.combinations import Combinations
from annexgen.annex.annotations import ALL, OWN_TABLE, STALE, AnnotationIndex, Statements, unnumbered
from annexgen.annex.annotations_check import Facts
from annexgen.annex.annotations_conditions import Places
from annexgen.annex.annotations_former import FormerNames
from annexgen.annex.annotations_keys import listed_values, macro_path, row_keys
from annexgen.annex.annotations_stale import staleness
from annexgen.annex.coded_values import coded_rows
from annexgen.annex.condition_questions import anywhere, places_of
from annexgen.annex.drafts import CODED, all_drafts
from annexgen.annex.merged_rows import listed_apart, values_in
from annexgen.annex.model import TABLE_TOKEN, Cell, Finding, Status, table_token
from annexgen.profile.functional_groups import canonical
from annexgen.profile.paths import parent, standard_path, steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annexgen.annex.annotations import Annotation
    from annexgen.annex.drafts import Draft, SopClassDraft
    from annexgen.annex.model import Row, Table

NOTHING_THERE = "nothing in the corpus stands at this path with this column"
_DRAFTED = ("module", "macro", "private_module")
_PREFIX = "> "


class Person:
    """Applies the statements of one product file to one annex, and knows which of them found nothing to speak of."""

    def __init__(self, statements: Statements, drafts: Iterable[SopClassDraft]) -> None:
        self.statements = statements
        self._index = AnnotationIndex(statements.annotations)
        self._corpora = {one.view.uid: _OfSopClass(one) for one in drafts}
        self._applied: set[tuple[int, str]] = set()
        self._findings: dict[Finding, None] = {}

    def annotate_drafts(self) -> None:
        """Put what was said of attributes into the drafts, before it is decided which tables are shared."""
        if not self.statements.annotations:
            return
        for corpus in self._corpora.values():
            for draft in all_drafts(corpus.one):
                draft.rows = tuple(self._draft_row(corpus, draft, row) for row in draft.rows)

    def annotate_tables(self, tables: list[Table]) -> None:
        """Put what was said of all other rows into the tables, and roles into Table N.1-1."""
        self._find_former_names(tables)
        keys = {table.key: table.key for table in tables}
        by_key = {table.key: table for table in tables}
        for number, table in enumerate(tables):
            if table.kind == "sop_classes":
                tables[number] = replace(table, rows=tuple(map(self._roles, table.rows)))
            elif table.kind not in _DRAFTED and self.statements.annotations:
                rows = [
                    self._table_row(table, row, key.sop_classes, key.path, by_key) if key else row
                    for row, key in zip(table.rows, row_keys(table, keys), strict=True)
                ]
                tables[number] = replace(table, rows=tuple(rows))

    def _find_former_names(self, tables: Iterable[Table]) -> None:
        """Let statements that name a value by its tag speak of the row that they mean, where that can be told."""
        names = FormerNames(tables, self.statements.annotations)
        found = []
        for one in self.statements.annotations:
            resolved, reason = names.resolve(one)
            found.append(resolved)
            if reason:
                self._applied.update((one.number, uid) for uid in one.sop_classes)
                for uid in one.sop_classes:
                    self._report(one, uid, reason)
        self._index = AnnotationIndex(found)

    def findings(self) -> list[Finding]:
        """Annotations whose evidence no longer holds, and statements that found nothing to speak of."""
        absent: Counter[str] = Counter()
        for one in self.statements.annotations:
            for uid in one.sop_classes:
                if uid != ALL and uid not in self._corpora:
                    absent[uid] += 1
                elif (one.number, uid) not in self._applied:
                    self._report(one, uid, NOTHING_THERE)
        for uid, count in absent.items():
            speak = "1 annotation speaks; it stays" if count == 1 else f"{count} annotations speak; they stay"
            message = f"the corpus has no instance of this SOP Class, of which {speak} in the file"
            self._findings[Finding(STALE, "warning", message, uid, count=count)] = None
        for uid, roles in self.statements.roles.items():
            if uid != ALL and uid not in self._corpora and roles:
                message = "roles are stated for a SOP Class of which the corpus has no instance; they stay in the file"
                self._findings[Finding(STALE, "warning", message, uid)] = None
        return list(self._findings)

    def _draft_row(self, corpus: _OfSopClass, draft: Draft, row: Row) -> Row:
        path = macro_path(row) if draft.kind == "macro" else canonical(row.path)
        if row.heading or not path or not self._index.columns(path):
            return row
        entry = draft.listed.get(row.path)
        listed = tuple(r.cells["Value/Code"].text for r in coded_rows(*entry)) if entry else ()
        facts = _facts(draft.kind, path, row, listed)
        places = corpus.places(draft, row) if "Conditions" in self._index.columns(path) else None
        row = self._listing(corpus.one.view.uid, draft, row, path)
        row = self._said(row, (corpus.one.view.uid,), path, facts, corpus, places)
        if entry and not TABLE_TOKEN.search(row.cells["Value"].text):
            del draft.listed[row.path]
            value = replace(row.cells["Value"], inferred="; ".join(listed))
            row = replace(row, cells={**row.cells, "Value": value})
        name = row.cells["Attribute Name"]
        if row.path in draft.listed and name.status is Status.CONFIRMED:
            draft.listed[row.path] = (name.text.lstrip(_PREFIX), *draft.listed[row.path][1:])
        return row

    def _listing(self, uid: str, draft: Draft, row: Row, path: str) -> Row:
        """The row with its values in a table where a person refers to one: that of several IODs may list what one cell could."""
        found = self._index.find((uid,), path, "Value")
        if found is None or found[1].text != f"See {OWN_TABLE}" or row.path in draft.listed:
            return row
        values = values_in(row.cells["Value"].text)
        if not values.texts:
            return row
        draft.listed[row.path] = listed_apart(row, values)
        return replace(row, cells={**row.cells, "Value": Cell(f"See {table_token(CODED)}")})

    def _table_row(
        self, table: Table, row: Row, sop_classes: tuple[str, ...], path: str, by_key: dict[str, Table]
    ) -> Row:
        if not self._index.columns(path):
            return row
        facts = _facts(table.kind, path, row, listed_values(row, by_key))
        corpus = self._corpora.get(sop_classes[0]) if sop_classes else None
        places = corpus.places_of_table(path) if corpus and table.kind in ("iod", "functional_groups") else None
        return self._said(row, sop_classes, path, facts, corpus, places)

    def _said(
        self,
        row: Row,
        sop_classes: tuple[str, ...],
        path: str,
        facts: Facts,
        corpus: _OfSopClass | None,
        places: Places | None,
    ) -> Row:
        """The row with what was said of its cells."""
        cells = dict(row.cells)
        for column in self._index.columns(path):
            found = self._index.find(sop_classes, path, column)
            if found is None or column not in cells:
                continue
            uid, annotation = found
            self._applied.add((annotation.number, uid))
            self._applied.update((annotation.number, u) for u in (*sop_classes, ALL) if u in annotation.sop_classes)
            if not sop_classes:
                self._applied.update((annotation.number, u) for u in annotation.sop_classes)
            reasons = staleness(annotation, facts, corpus.conditions(places) if corpus and places else None)
            text, token = annotation.text, TABLE_TOKEN.search(cells[column].text)
            if OWN_TABLE in text and token is None:
                reasons.append("its values no longer stand in a table")
            text = text.replace(OWN_TABLE, token.group() if token else "the table of its values")
            if column == "Attribute Name":
                text = f"{'>' * row.level}{' ' if row.level else ''}{text}"
            stale = f"; stale: {'; '.join(reasons)}" if reasons else ""
            inferred = "" if cells[column].text == text else cells[column].text
            instead = f"; inferred was: {inferred}" if inferred.strip(_PREFIX) and not token else ""
            reason = f"stated by {annotation.by()}{stale}{instead}"
            cells[column] = Cell(text, Status.CONFIRMED, reason, inferred)
            for one in reasons:
                self._report(annotation, "" if uid == ALL else uid, one)
        return replace(row, cells=cells)

    def _roles(self, row: Row) -> Row:
        roles = {**self.statements.roles.get(ALL, {}), **self.statements.roles.get(row.path, {})}
        cells = dict(row.cells)
        for column, text in roles.items():
            if column == "SOP Class Name" and cells[column].status is Status.STANDARD:
                message = "a name is stated for a SOP Class that the Standard names; the Standard's stays"
                self._findings[Finding(STALE, "warning", message, row.path)] = None
                continue
            cells[column] = Cell(text, Status.CONFIRMED, "stated by a person", cells[column].text)
        return replace(row, cells=cells)

    def _report(self, annotation: Annotation, uid: str, reason: str) -> None:
        sop_class = "" if uid == ALL else uid
        finding = Finding(STALE, "warning", stale_message(annotation, reason), sop_class, annotation.path)
        self._findings[finding] = None


def stale_message(annotation: Annotation, reason: str) -> str:
    """What the finding about an annotation says that may no longer hold."""
    return f"{annotation.column}: {reason}; kept as said by {annotation.by()}"


class _OfSopClass:
    """What the conditions of one SOP Class are checked against."""

    def __init__(self, one: SopClassDraft) -> None:
        self.one = one

    @cached_property
    def combinations(self) -> Combinations:
        return Combinations(self.one.view.profile)

    @cached_property
    def modules(self) -> dict[str, int]:
        return {
            use.name: anywhere(self.combinations, tuple(standard_path((tag,)) for tag in use.tags))
            for use in self.one.modules.modules
        }

    def conditions(self, places: Places) -> tuple[Places, Combinations, dict[str, int]]:
        return places, self.combinations, self.modules

    def places(self, draft: Draft, row: Row) -> Places:
        """Where the attribute of a row could stand, stands and has a value, as its condition was learned."""
        combinations, paths = self.combinations, places_of(draft, row)
        own_module = None
        if draft.kind == "module" and len(steps(row.path)) == 1:
            own_module = anywhere(combinations, _roots(draft))
        carriers = lacking = partial = full = with_value = empty = 0
        for path in paths:
            could = combinations.holders(path) if own_module is None else own_module
            carriers |= could
            lacking |= could & ~combinations.present(path)
            partial |= combinations.partial.get(path, 0)
            full |= combinations.full.get(path, 0)
            with_value |= combinations.with_value.get(path, 0)
            empty |= combinations.empty.get(path, 0)
        present = full & ~lacking
        return Places(paths, carriers, present, with_value & ~empty, partial | (present & ~(with_value ^ empty)))

    def places_of_table(self, identity: str) -> Places | None:
        """Where a Module, macro or private module stands."""
        for draft in all_drafts(self.one):
            if draft.identity == identity:
                roots = _roots(draft)
                present = anywhere(self.combinations, roots)
                return Places(roots, self.combinations.everything, present, present)
        return None


def _roots(draft: Draft) -> tuple[str, ...]:
    own = tuple(path for row in draft.rows for path in places_of(draft, row))
    known = frozenset(own)
    return tuple(path for path in own if parent(path) not in known)


def _facts(kind: str, path: str, row: Row, listed: tuple[str, ...]) -> Facts:
    said = {column: unnumbered(cell.text) for column, cell in row.cells.items()}
    if "Attribute Name" in said:
        said["Attribute Name"] = said["Attribute Name"].lstrip(_PREFIX)
    return Facts(kind, path, said, {c: cell.status for c, cell in row.cells.items()}, row.evidence, listed)
