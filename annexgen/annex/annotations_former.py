"""Statements about Coded Values from a time when a row was named by its tag and value, not by its element path."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.annex.annotations import ALL
from annexgen.annex.annotations_keys import attribute_of, by_tag, row_keys
from annexgen.profile.functional_groups import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annexgen.annex.annotations import Annotation
    from annexgen.annex.model import Table


class FormerNames:
    """Says which row of Coded Values a statement means that names it by its tag: `(0008,0104)=X` or, the second one, `(0008,0104)=X#2`.

    A tag with a value names a row when one attribute alone has it in all that the statement speaks of.
    """

    def __init__(self, tables: Iterable[Table], annotations: Iterable[Annotation]) -> None:
        self._rows: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """By the former name: the names that rows have now, each with the SOP Classes that have it."""
        self._now: set[str] = set()
        for table in tables:
            if table.kind != "coded_values":
                continue
            keys: Mapping[str, str] = {}
            for key in filter(None, row_keys(table, keys)):
                self._now.add(key.path)
                self._rows[by_tag(key.path)][key.path] |= set(key.sop_classes or (ALL,))
        self._said = {
            (canonical(one.path), one.column, uid): one.number for one in annotations for uid in one.sop_classes
        }

    def resolve(self, annotation: Annotation) -> tuple[Annotation, str]:
        """The statement with the name that its row has now; as it is, with the reason, where that cannot be told."""
        attribute = attribute_of(annotation.path)[0]
        if not attribute or "/" in attribute or canonical(annotation.path) in self._now:
            return annotation, ""
        found = self._meant(annotation, annotation.path)
        if not found:
            # A number told attributes of one tag apart; it may name the only one that is left.
            name, _, number = annotation.path.rpartition("#")
            found = self._meant(annotation, name) if number.isdecimal() else []
        if not found:
            return annotation, ""
        if len(found) > 1:
            return (
                annotation,
                f"it names a value by the tag alone, and {' and '.join(found)} have it: name one of these",
            )
        later = {self._said.get((found[0], annotation.column, uid)) for uid in annotation.sop_classes} - {None}
        if later:
            numbers = " and ".join(map(str, sorted(filter(None, later))))
            return annotation, f"annotation {numbers} says it of {found[0]}, and counts"
        return replace(annotation, path=found[0]), ""

    def _meant(self, annotation: Annotation, name: str) -> list[str]:
        """The rows, by their names now, that once had a name and are of a SOP Class that the statement speaks for."""
        asked = set(annotation.sop_classes)
        return sorted(
            path
            for path, classes in self._rows.get(name, {}).items()
            if ALL in asked or ALL in classes or asked & classes
        )
