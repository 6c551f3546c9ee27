"""What helps to review and fill in a table of the workbook: filters of its own and drop-downs with the Standard's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.columns import VOCABULARY
from annexgen.render.excel_keys import ALL_PROPOSALS, CONFIRM

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.model import Table


def add_filter(target: Worksheet, name: str, header: int, rows: int, width: int) -> None:
    """Make the `rows` lines below the header line a table that can be filtered and sorted on its own."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    table = Table(displayName=name, ref=f"A{header}:{get_column_letter(width)}{header + rows}")
    table.tableStyleInfo = TableStyleInfo(name=None, showRowStripes=False)
    target.add_table(table)


class Choices:
    """The drop-downs of one sheet: one for each vocabulary, over the cells of all tables that use it."""

    def __init__(self, target: Worksheet) -> None:
        self._target = target
        self._by_column: dict[str, DataValidation] = {}

    def offer(self, table: Table, first: int) -> None:
        """Offer its words in every column of the table that has a vocabulary; `first` is the row below the header."""
        from openpyxl.utils import get_column_letter

        last = first + len(table.rows) - 1
        for position, column in enumerate(table.columns, 1):
            words = VOCABULARY.get(column)
            if words and last >= first:
                letter = get_column_letter(position)
                self._validation(column, words).add(f"{letter}{first}:{letter}{last}")

    def offer_confirmation(self, first: int, rows: int, column: int) -> None:
        """Offer to confirm the proposals of a row as they stand; `column` is that of the confirmations."""
        from openpyxl.utils import get_column_letter

        if rows:
            letter = get_column_letter(column)
            self._validation(CONFIRM, (ALL_PROPOSALS,)).add(f"{letter}{first}:{letter}{first + rows - 1}")

    def _validation(self, column: str, words: tuple[str, ...]) -> DataValidation:
        from openpyxl.worksheet.datavalidation import DataValidation

        if column not in self._by_column:
            made = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
            # Several sources may stand in one cell: "MWL; USER".
            made.showErrorMessage = False
            made.showInputMessage = False
            self._by_column[column] = made
            self._target.add_data_validation(made)
        return self._by_column[column]
