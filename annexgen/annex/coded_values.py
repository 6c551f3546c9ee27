"""Coded Values: the subsection that lists the values that rows refer to (PS3.2 N.9.1.4, Table N.9-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex import boilerplate, columns
from annexgen.annex.annotations_keys import coded_path, macro_path
from annexgen.annex.drafts import (
    CODED,
)
from annexgen.annex.model import (
    Cell,
    Row,
    Status,
    Table,
    table_token,
)
from annexgen.profile.functional_groups import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annexgen.analyzers.values import Values
    from annexgen.annex.merged_rows import Listed
    from annexgen.annex.outline import Outline


def coded_section(
    outline: Outline,
    identifier: str,
    owner: str,
    caption: str,
    title: str,
    listed: Mapping[tuple[str, str], Listed],
    sop_classes: tuple[str, ...],
) -> None:
    """The subsection of Coded Values; values of Image Type are split by their position (PS3.2 Table N.9-27).

    Arguments: `listed` by the table that refers to the values and the element path of their attribute (`placed`).
    """
    heading = f"{title} Coded Values" if title else "Coded Values"
    rows: list[Row] = []
    for (_, path), entry in listed.items():
        rows.extend(coded_rows(*entry, path))
    if not rows:
        outline.section(identifier, heading)
        return
    key = f"{CODED}:{owner}"
    text = boilerplate.CODED_VALUES.format(table=table_token(key), end=f" for {title}:" if title else ".")
    table = Table(key, "coded_values", caption, columns.CODED_VALUES, tuple(rows), sop_classes)
    outline.section(identifier, heading, (text,), (table,))


def placed(key: str, kind: str, rows: Iterable[Row], listed: Mapping[str, Listed]) -> dict[tuple[str, str], Listed]:
    """The listed values of the table `key`, by the table and by the element path that annotations name the attribute with.

    Arguments: `listed` by the path of the row, which is relative in a table of the kind `macro`.
    """
    places = {row.path: macro_path(row) for row in rows if row.path in listed} if kind == "macro" else {}
    return {(key, places.get(path) or canonical(path)): entry for path, entry in listed.items()}


def coded_rows(name: str, tag: str, values: Values, path: str = "") -> list[Row]:
    """Rows of Coded Values for one attribute, those whose position has a meaning by position.

    Arguments: `path` is the element path of the attribute, for the paths of the rows.
    """
    entries: list[tuple[str, str]] = []
    for position, found in enumerate(values.positions, start=1):
        entries.extend((v, f"Value for Value {position}" if n == 0 else "") for n, v in enumerate(found))
    only = {text: f"for {iods}" for text, iods in values.only}
    entries = [(text, "; ".join(filter(None, (where, only.get(text))))) for text, where in entries or _plain(values)]
    comments = ["One or more of these"] if values.together else []
    if not values.complete:
        comments.append("Further values occur")
    elif not values.closed:
        comments.append("Further values may occur")
    comment = "; ".join(comments)
    rows = []
    for number, (text, condition) in enumerate(entries):
        cells = {
            "Attribute Name": Cell(name if number == 0 else "", Status.STANDARD),
            "Tag": Cell(tag if number == 0 else ""),
            "Value/Code": Cell(text),
            "Condition": Cell(condition),
            "Comments": Cell(comment if number == 0 else "", reason=values.reason if number == 0 else ""),
        }
        rows.append(Row(cells, path=coded_path(path, text) if path else ""))
    return rows


def _plain(values: Values) -> list[tuple[str, str]]:
    return [(text, "") for text in values.texts]
