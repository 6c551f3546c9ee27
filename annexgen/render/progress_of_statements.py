"""How much of what a person should state is confirmed, in lines of text: in all, by column, by table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.annex.annotations import STALE
from annexgen.annex.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.model import Annex

_OPEN = (Status.CONFIRMED, Status.PROPOSED, Status.UNKNOWN)
_NUMBERS = "  confirmed  proposed   unknown"
_LEAST_TITLE = 24


def status_lines(annex: Annex, columns: int = 100) -> Iterator[str]:
    """The lines, in so many `columns`: counted are the cells that inference cannot settle: confirmed, proposed or unknown.

    The last line says what to do where something is open.
    """
    by_column: dict[str, Counter[Status]] = {}
    by_table: dict[str, Counter[Status]] = {}
    for table in annex.tables:
        for row in table.rows:
            for column, cell in row.cells.items():
                if cell.status in _OPEN and not row.heading:
                    by_column.setdefault(column, Counter())[cell.status] += 1
                    by_table.setdefault(f"{table.id} {table.title}", Counter())[cell.status] += 1
    total = sum(by_column.values(), Counter[Status]())
    cells = sum(total.values())
    share = f" ({100 * total[Status.CONFIRMED] // cells} %)" if cells else ""
    yield (
        f"{total[Status.CONFIRMED]:,} of {cells:,} cells that need a person are confirmed{share}; "
        f"{total[Status.PROPOSED]:,} are proposed, {total[Status.UNKNOWN]:,} unknown"
    )
    stale = sum(finding.code == STALE for finding in annex.findings)
    if stale:
        yield f"{stale:,} statements may no longer hold (findings {STALE})"
    most = max(_LEAST_TITLE, columns - len(_NUMBERS) - 1)
    for title, counts in (("Column", by_column), ("Table", by_table)):
        names = {name: _cut(name, most) for name in counts}
        width = max([len(title), *map(len, names.values())])
        yield ""
        yield f"{title:{width}}{_NUMBERS}"
        for name, count in counts.items():
            numbers = (f"{count[status]:>8,}" for status in _OPEN)
            yield f"{names[name]:{width}}   {'  '.join(numbers)}"
    if total[Status.PROPOSED] or total[Status.UNKNOWN]:
        yield ""
        yield "To answer what is open: annexgen annotate export SOURCES -o questions.xlsx, or fill in annex.xlsx"


def _cut(name: str, most: int) -> str:
    """The name in so many characters; where it is longer, its number and title begin it, and the end says which one it is."""
    if len(name) <= most:
        return name
    end = (most - 1) // 3
    return f"{name[: most - 1 - end].rstrip()}…{name[-end:].lstrip()}"
