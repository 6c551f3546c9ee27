"""What a reader is told of a row that its former version had otherwise: the same words in HTML, Excel and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.changed_rows import ChangedRow, ChangedRows, ChangedTable, GoneRow
    from annexgen.annex.model import Table

BLANK = "blank"
UNDECIDED = "may be an accident of what was scanned"


def changes_of(changes: ChangedRows | None, table: str) -> ChangedTable | None:
    """What differs in a table."""
    return changes.tables.get(table) if changes is not None else None


def is_decided(changed: ChangedRow) -> bool:
    """Whether a person, or both corpora, decide one of the differences of a row."""
    columns = [""] if changed.new else [*changed.former]
    return any(not changed.is_undecided(column) for column in columns)


def in_words(changed: ChangedRow | None, table: Table) -> str:
    """The change of a row in words, column by column: "Value was 1; Comments was blank"; "" without one."""
    if changed is None:
        return ""
    if changed.new:
        return f"new{_doubt(changed, '')}"
    return "; ".join(
        f"{column} was {changed.former[column] or BLANK}{_doubt(changed, column)}"
        for column in table.columns
        if column in changed.former
    )


def gone_before(changes: ChangedTable | None, number: int) -> Iterator[GoneRow]:
    """The rows that are gone and stood before the row `number`, from 0; behind the last row, before the one that would follow."""
    return (gone for gone in (changes.gone if changes is not None else ()) if gone.before == number)


def gone_in_words(gone: GoneRow) -> str:
    """That a row is gone."""
    return f"gone ({UNDECIDED})" if gone.undecided else "gone"


def _doubt(changed: ChangedRow, column: str) -> str:
    return f" ({UNDECIDED})" if changed.is_undecided(column) else ""
