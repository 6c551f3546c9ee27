"""A workbook of open questions only, the most valuable first, to be answered and imported."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from annexgen.annex.columns import VOCABULARY
from annexgen.annex.model import Status
from annexgen.render.excel_cells import put, register_styles, span, status_style
from annexgen.render.excel_heights import fit
from annexgen.render.excel_import import ANSWER, QUESTIONS_KIND
from annexgen.render.excel_keys import CONFIRM, header_key, row_key, write_records
from annexgen.render.excel_paper import print_setup
from annexgen.render.packages import without_dates
from annexgen.render.texts import evidence_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annexgen.annex.model import Annex
    from annexgen.annex.open_questions import Question

_COLUMNS = ("No.", "Row", "Tag", "Column", ANSWER, CONFIRM, "Why", "Evidence", "SOP Classes", "Tables", "Path")
_WIDTHS = (6, 32, 13, 18, 34, 9, 40, 32, 26, 18, 40)
_LAST_PRINTED = _COLUMNS.index("SOP Classes") + 1
_HEADER = 4
_TO_DO = "Write the answer, or x in Confirm where the proposal is right. Leave the rest as it is."


def questions_workbook(annex: Annex, questions: Sequence[Question]) -> bytes:
    """The workbook's bytes: one line for each question; a proposal stands in the column Answer, to be confirmed or changed."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    register_styles(book)
    sheet = book.worksheets[0]
    sheet.title = "Open questions"
    key = len(_COLUMNS) + 1
    put(sheet, 1, 1, f"{len(questions):,} open questions, the most valuable first", "annex title")
    span(sheet, 2, 1, _LAST_PRINTED, _TO_DO, "annex text")
    for position, (title, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True), 1):
        put(sheet, _HEADER, position, title, "annex header")
        sheet.column_dimensions[get_column_letter(position)].width = width
    put(sheet, _HEADER, key, header_key(QUESTIONS_KIND), "annex evidence")
    sheet.column_dimensions[get_column_letter(key)].hidden = True
    choices: dict[tuple[str, ...], DataValidation] = {}
    answer = get_column_letter(_COLUMNS.index(ANSWER) + 1)
    for number, question in enumerate(questions):
        record, row = question.record, _HEADER + 1 + number
        cell = record.cells[record.question]
        tag = record.cells["Tag"].text if "Tag" in record.cells else ""
        names = "; ".join(annex.sop_class_names.get(uid, uid) for uid in record.sop_classes)
        evidence = evidence_sentence(record.evidence) if record.evidence else ""
        texts = (question.name, tag, record.question, cell.text, "", question.reason, evidence, names)
        tables = ", ".join(question.tables)
        put(sheet, row, 1, number + 1, "annex plain")
        fit(sheet, row, zip((*texts, tables), _WIDTHS[1:], strict=False))
        for position, text in enumerate((*texts, tables, record.path), 2):
            asked = _COLUMNS[position - 1] == ANSWER
            put(sheet, row, position, text, status_style(cell.status) if asked else "annex plain")
        put(sheet, row, key, row_key(number), "annex evidence")
        words = VOCABULARY.get(record.question)
        if words:
            if words not in choices:
                choices[words] = DataValidation("list", formula1=f'"{",".join(words)}"', showErrorMessage=False)
                sheet.add_data_validation(choices[words])
            choices[words].add(f"{answer}{row}")
    sheet.freeze_panes = f"C{_HEADER + 1}"
    sheet.auto_filter.ref = f"A{_HEADER}:{get_column_letter(key)}{_HEADER + max(1, len(questions))}"
    sheet.print_area = f"A1:{get_column_letter(_LAST_PRINTED)}{_HEADER + max(1, len(questions))}"
    print_setup(sheet, repeated=_HEADER)
    write_records(book, (question.record for question in questions))
    book.properties.creator = "annexgen"
    buffer = BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue())


def counted(questions: Sequence[Question]) -> tuple[int, int]:
    """How many questions are unknown, and how many are proposals to be confirmed."""
    unknown = sum(q.record.cells[q.record.question].status is Status.UNKNOWN for q in questions)
    return unknown, len(questions) - unknown
