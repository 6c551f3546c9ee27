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
_TITLE = 60


def status_lines(annex: Annex) -> Iterator[str]:
    """The lines: counted are the cells that inference cannot settle, which are confirmed, proposed or unknown."""
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
    for title, counts in (("Column", by_column), ("Table", by_table)):
        width = max([len(title), *(len(name[:_TITLE]) for name in counts)])
        yield ""
        yield f"{title:{width}}  confirmed  proposed   unknown"
        for name, count in counts.items():
            numbers = (f"{count[status]:>8,}" for status in _OPEN)
            yield f"{name[:_TITLE]:{width}}   {'  '.join(numbers)}"
