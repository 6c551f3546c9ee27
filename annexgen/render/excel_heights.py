"""Heights of the workbook's rows: enough for the texts in their columns, and free to grow when somebody writes into them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from annexgen.render.texts import printable
from annexgen.render.word_measure import CELL_MARGINS, lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet.dimensions import RowDimension
    from openpyxl.worksheet.worksheet import Worksheet

MOST_LINES = 12
"""A text of more lines is read in the formula bar."""

_LINE = 13.5
_LEAST = 15.0
# A unit of column width in twentieths of a point, as wide as it is for the type that `lines` measures.
_UNIT = 94
_PADDING = 60
_BOLD = 0.9


def fit(target: Worksheet, row: int, texts: Iterable[tuple[str, float]], *, bold: bool = False) -> None:
    """Make a row high enough for its texts, each with the width of its column.

    Spreadsheet programs do not agree on what they do with rows that name no height; a height that is not called the
    user's own still follows the texts that are written into the row.
    """
    most = 1
    for text, width in texts:
        room = int(width * _UNIT * (_BOLD if bold else 1)) - _PADDING + CELL_MARGINS
        if len(text) > width / 2:
            most = max(most, lines(printable(text), room))
    height = max(_LEAST, _LINE * min(most, MOST_LINES) + 1.5)
    target.row_dimensions[row] = _fitted()(target, index=row, ht=height)


@lru_cache(maxsize=1)
def _fitted() -> type[RowDimension]:
    from openpyxl.worksheet.dimensions import RowDimension

    class Fitted(RowDimension):
        """A row whose height nobody chose."""

        @property
        def customHeight(self) -> bool:  # noqa: N802 - the name in the schema
            return False

    return Fitted
