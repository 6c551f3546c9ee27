"""Round trip through a workbook: exactly the edits come back, whatever was done to the rows."""

from __future__ import annotations

import datetime
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from two_iods import two_iods

from annexgen.annex.annotations import unnumbered
from annexgen.annex.annotations_check import EDITABLE, TITLES, may_be_said
from annexgen.annex.annotations_edits import apply_edits
from annexgen.annex.annotations_file import loads
from annexgen.annex.annotations_keys import row_keys
from annexgen.annex.build import build_annex
from annexgen.annex.columns import VOCABULARY
from annexgen.annex.model import Annex, Status
from annexgen.annex.numbering import number
from annexgen.annex.open_questions import open_questions
from annexgen.annex.product_file import first_product_file
from annexgen.annex.serialization import dumps
from annexgen.render.excel import workbook
from annexgen.render.excel_import import read_edits
from annexgen.render.excel_keys import WorkbookError, key_in, read_records
from annexgen.render.excel_questions import questions_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet

    from annexgen.annex.annotations_records import Record
    from annexgen.profile.model import Profile

DAY = datetime.date(2026, 3, 1)
CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED = "1.2.840.10008.5.1.4.1.1.2.1"
SOMETIMES = '(0029,xx03,"TWO 1")'
NAMED = '(0029,xx01,"TWO 1")'


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return two_iods(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def annex(corpus: Profile) -> Annex:
    return number(build_annex(corpus))


@pytest.fixture(scope="module")
def written(annex: Annex) -> bytes:
    return workbook(annex)


def rebuilt(corpus: Profile, text: str) -> Annex:
    return number(build_annex(corpus, statements=loads(text)))


def said(annex: Annex) -> dict[tuple[str, str, str], str]:
    """What every cell says, by SOP Class, path and column: the same however tables are shared and numbered."""
    ids = {table.id: table.key for table in annex.tables}
    return {
        (uid, key.path, column): unnumbered(cell.text).lstrip("> ")
        for table in annex.tables
        for row, key in zip(table.rows, row_keys(table, ids), strict=True)
        if key is not None
        for uid in key.sop_classes or ("all",)
        for column, cell in row.cells.items()
        if column not in ("IE", "Reference")
    }


def lines(book: Workbook) -> Iterator[tuple[Worksheet, int, int]]:
    """Every row of a table sheet that is known by a key: sheet, row, number of the record."""
    for sheet in book.worksheets:
        if sheet.title in ("annexgen", "Private attributes"):
            continue
        for cells in sheet.iter_rows():
            for cell in cells:
                key = key_in(cell.value)
                if key and key[0] == "row":
                    yield sheet, cell.row, int(key[1])


def put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    cell.value = text
    if text:
        cell.data_type = "s"


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def place(book: Workbook, path: str, column: str, kind: str = "") -> tuple[Worksheet, int, int]:
    """The cell of a column of the first row with this path."""
    kept = read_records(book)
    for sheet, row, n in lines(book):
        record = kept[n]
        if record.path == path and column in record.cells and kind in record.kind:
            return sheet, row, list(record.cells).index(column) + 1
    raise AssertionError((path, column))


def edited(written: bytes, *changes: tuple[str, str, object]) -> tuple[bytes, list[str]]:
    """The workbook with other texts at (path, column), and the addresses."""
    book = load_workbook(BytesIO(written))
    places = []
    for path, column, text in changes:
        sheet, row, position = place(book, path, column)
        sheet.cell(row, position).value = text
        places.append(f"{sheet.title}!{sheet.cell(row, position).coordinate}")
    return saved(book), places


PROSE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda text: text.strip() == text and not text.startswith(">"))


def texts(column: str) -> st.SearchStrategy[str]:
    words = VOCABULARY.get(column)
    if column == "Source":
        return st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map("; ".join)
    return st.sampled_from(words) if words else PROSE


def shuffle(book: Workbook, moves: list[tuple[int, int]]) -> None:
    """Swap whole rows on their sheets, as sorting does."""
    known = [(sheet, row) for sheet, row, _ in lines(book)]
    for one, other in moves:
        first, second = known[one % len(known)], known[other % len(known)]
        if first[0] is not second[0]:
            continue
        for column in range(1, first[0].max_column + 1):
            a, b = first[0].cell(first[1], column), second[0].cell(second[1], column)
            if not isinstance(a, MergedCell) and not isinstance(b, MergedCell):
                a.value, b.value = b.value, a.value
                a.data_type, b.data_type = "s" if a.value is not None else "n", "s" if b.value is not None else "n"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_edit_at_random_import_and_rebuild(corpus: Profile, annex: Annex, written: bytes, data: st.DataObject) -> None:
    book = load_workbook(BytesIO(written))
    kept = read_records(book)
    rows = list(lines(book))
    wanted: dict[tuple[str, str, str], str] = {}
    touched: set[tuple[str, int]] = set()
    edited_kinds: set[str] = set()
    no_longer_listed: set[tuple[str, str]] = set()
    for sheet, row, n in data.draw(st.lists(st.sampled_from(rows), max_size=12, unique_by=lambda r: r[2])):
        record = kept[n]
        columns = [c for c in record.cells if c in EDITABLE and c not in TITLES]
        column = data.draw(st.sampled_from(columns)) if columns else ""
        text = data.draw(texts(column)) if column else ""
        if not column or may_be_said(column, text, record.facts()):
            continue
        # Where a person replaces "See Table ...", that table goes, and with it what is said of its rows.
        of_table = "list" if "See Table" in str(record.cells[column]) else record.kind
        if {of_table, *edited_kinds} >= {"list", "coded_values"}:
            continue
        edited_kinds.add(of_table)
        if of_table == "list" and column == "Value":
            no_longer_listed |= {(uid, record.cells["Tag"].text) for uid in record.sop_classes}
        put(sheet, row, list(record.cells).index(column) + 1, text)
        touched.add((sheet.title, row))
        wanted |= {(uid, record.path, column): text for uid in record.sop_classes or ("all",)}
    unedited = [r for r in rows if (r[0].title, r[1]) not in touched]
    for sheet, row, _ in data.draw(st.lists(st.sampled_from(unedited), max_size=3)):
        for cell in sheet[row]:
            if not isinstance(cell, MergedCell):
                cell.value = None
    shuffle(book, data.draw(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=10)))
    edits = read_edits(saved(book))
    assert not edits.refused
    text = apply_edits(first_product_file(annex), edits.taken, "A", DAY).text
    after = rebuilt(corpus, text)
    kept_rows = {key: t for key, t in said(annex).items() if (key[0], key[1].partition("=")[0]) not in no_longer_listed}
    kept_rows |= {key: t for key, t in said(annex).items() if "=" not in key[1]}
    expected = {**kept_rows, **wanted}
    assert said(after) == expected
    again = read_edits(workbook(after))
    assert not again.taken
    assert not again.refused
    assert apply_edits(text, edits.taken, "B", datetime.date(2027, 1, 1)).text == text


def test_an_unedited_workbook_changes_nothing(written: bytes) -> None:
    edits = read_edits(written)
    assert not edits.taken
    assert not edits.refused
    text = "# mine\n\n[product]\nname = 'x' # here\n"
    assert apply_edits(text, edits.taken).text == text


def test_rebuilding_is_a_fixed_point(corpus: Profile, written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    for sheet, row, _ in list(lines(book)):
        header = next(c for r in range(row, 0, -1) for c in sheet[r] if c.value == "Confirm")
        sheet.cell(row, header.column).value = "all"
    edits = read_edits(saved(book))
    assert edits.taken
    assert all("for each IOD" in one.reason for one in edits.refused)
    text = apply_edits("", edits.taken, "A", DAY).text
    first = rebuilt(corpus, text)
    assert not [f for f in first.findings if f.code == "stale-annotation"]
    assert not read_edits(workbook(first)).taken
    assert dumps(rebuilt(corpus, apply_edits(text, read_edits(workbook(first)).taken).text)) == dumps(first)
    proposed = {c for t in first.tables for r in t.rows for c, x in r.cells.items() if x.status is Status.PROPOSED}
    assert proposed <= {"Conditions", "Create", "VR"}


def test_an_edit_of_a_shared_row_is_kept_for_each_of_its_sop_classes(corpus: Profile, written: bytes) -> None:
    book, _ = edited(written, ("(0010,0010)", "Source", "MWL; USER"))
    edits = read_edits(book)
    assert edits.taken[0].sop_classes == (CT, ENHANCED)
    text = apply_edits("", edits.taken, "A. Author", DAY).text
    assert f'sop_class = ["{CT}", "{ENHANCED}"]' in text
    unshared = f'{text}\n[[annotation]]\nsop_class = "{CT}"\npath = "(0010,0020)"\ncolumn = "Comments"\ntext = "own"\n'
    cells = said(rebuilt(corpus, unshared))
    assert cells[CT, "(0010,0010)", "Source"] == cells[ENHANCED, "(0010,0010)", "Source"] == "MWL; USER"


@pytest.mark.parametrize(
    ("path", "column", "text", "reason"),
    [
        ("(0010,0010)", "Source", "WORKLIST", "'WORKLIST' is not one of"),
        (SOMETIMES, "Presence of Attribute", "ALWAYS", "absent or incomplete in"),
        ("(0018,1210)", "Value", "K0; K1", "the corpus has K2"),
        ("(0010,0010)", "Attribute Name", "Name", "the Standard's"),
        ("(0010,0010)", "Tag", "(0010,0011)", "no longer shows what it was written for"),
        (NAMED, "Identifiable Information", "yes", "not one of SAFE, UNSAFE"),
        (NAMED, "VR", "DS", "the files say CS"),
        (CT, "DIMSE SCU", "maybe", "not one of Y, N"),
        ("(0010,0010)", "Comments", "=1+1", "it is a formula"),
        ("(0010,0010)", "Comments", datetime.datetime(2026, 3, 1), "Excel made a date of it"),
    ],
)
def test_what_cannot_be_is_refused_with_the_address(
    written: bytes, path: str, column: str, text: object, reason: str
) -> None:
    if path == CT:
        book = load_workbook(BytesIO(written))
        kept = read_records(book)
        sheet, row, _ = next(x for x in lines(book) if kept[x[2]].kind == "sop_classes")
        sheet.cell(row, 4).value = text
        data, places = saved(book), [f"{sheet.title}!D{row}"]
    else:
        data, places = edited(written, (path, column, text), ("(0020,000D)", "Comments", "kept"))
    edits = read_edits(data)
    assert [(one.place, reason in one.reason) for one in edits.refused] == [(places[0], True)]
    assert [one.text for one in edits.taken] == ([] if path == CT else ["kept"])


def test_roles_titles_and_names(corpus: Profile, annex: Annex, written: bytes) -> None:
    data, _ = edited(written, (NAMED, "Attribute Name", "Two Mode"))
    book = load_workbook(BytesIO(data))
    kept = read_records(book)
    for sheet, row, n in lines(book):
        if kept[n].kind == "sop_classes":
            sheet.cell(row, 4).value = "Y"
        if kept[n].kind == "iod" and kept[n].path == "private:0029:TWO 1":
            sheet.cell(row, 2).value = "Private Module Two"
    edits = read_edits(saved(book))
    assert not edits.refused
    original = first_product_file(annex)
    text = apply_edits(original, edits.taken, "A", DAY).text
    after = rebuilt(corpus, text)
    assert {r.cells["DIMSE SCU"].text for t in after.tables if t.kind == "sop_classes" for r in t.rows} == {"Y"}
    assert any(t.title.startswith("Private Module Two") for t in after.tables)
    assert said(after)[CT, NAMED, "Attribute Name"] == "Two Mode"
    kept_lines = [line for line in original.splitlines() if line not in text.splitlines()]
    assert set(kept_lines) <= {'scu = ""'}


def test_clearing_a_confirmed_cell_takes_the_statement_back(corpus: Profile, annex: Annex) -> None:
    text = f'# top\n[[annotation]] # mine\nsop_class = "{CT}"\npath = \'{NAMED}\'\ncolumn = "Comments"\ntext = "x"\n'
    data, _ = edited(workbook(rebuilt(corpus, text)), (NAMED, "Comments", None))
    after = apply_edits(text, read_edits(data).taken).text
    assert "annotation" not in after
    assert after.startswith("# top")
    assert said(rebuilt(corpus, after)) == said(annex)


def test_the_value_that_names_its_own_table_keeps_no_number(corpus: Profile, written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    sheet, row, column = place(book, "(0018,1210)", "Value")
    before = str(sheet.cell(row, column).value)
    assert before.startswith("See Table ")
    sheet.cell(row, column).value = f"{before}; others on request"
    text = apply_edits("", read_edits(saved(book)).taken).text
    assert "See {table}; others on request" in text
    values = {r.cells["Value"].text for t in rebuilt(corpus, text).tables for r in t.rows if r.path == "(0018,1210)"}
    assert f"{before}; others on request" in values


def test_a_row_that_stands_twice_must_not_say_two_things(written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    sheet, row, column = place(book, "(0010,0010)", "Comments")
    last = sheet.max_row + 2
    for position in range(1, sheet.max_column + 1):
        sheet.cell(last, position).value = sheet.cell(row, position).value
    sheet.cell(row, column).value = "one"
    assert [e.text for e in read_edits(saved(book)).taken] == ["one"]
    sheet.cell(last, column).value = "other"
    edits = read_edits(saved(book))
    assert not edits.taken
    assert "says different things" in edits.refused[0].reason


def test_inserted_columns_do_no_harm(written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    sheet, row, column = place(book, "(0010,0010)", "Comments")
    sheet.cell(row, column).value = "seen"
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.insert_cols(3)
    edits = read_edits(saved(book))
    assert [e.text for e in edits.taken] == ["seen"]
    assert not edits.refused


def test_the_sheet_of_private_attributes_can_be_edited_too(written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    sheet = next(s for s in book.worksheets if any(c.value == "annexgen:header:*" for r in s.iter_rows() for c in r))
    header = next(r for r in sheet.iter_rows() if any(c.value == "annexgen:header:*" for c in r))
    columns = {c.value: c.column for c in header}
    line = next(r for r in sheet.iter_rows() if r[columns["Path"] - 1].value == NAMED)
    line[columns["Identifiable Information"] - 1].value = "SAFE"
    edits = read_edits(saved(book))
    assert [(e.path, e.column, e.text) for e in edits.taken] == [(NAMED, "Identifiable Information", "SAFE")]


def test_open_questions_are_ranked_and_come_back(corpus: Profile, annex: Annex) -> None:
    questions = open_questions(annex)
    open_cells = {Status.UNKNOWN, Status.PROPOSED}
    assert all(q.record.cells[q.record.question].status in open_cells for q in questions)
    assert [q.worth for q in questions] == sorted((q.worth for q in questions), reverse=True)
    assert questions[0].record.kind == "sop_classes" or questions[0].record.question == "Identifiable Information"
    assert all(q.name for q in questions)
    data = questions_workbook(annex, questions)
    assert data == questions_workbook(annex, questions)
    assert not read_edits(data).taken
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    answers: dict[int, str] = {}
    for row, question in enumerate(questions, 5):
        record: Record = question.record
        if record.question == "Source" and not record.cells["Source"].text:
            sheet.cell(row, 5).value = answers[row] = "USER"
        elif record.cells[record.question].status is Status.PROPOSED:
            sheet.cell(row, 6).value = "x"
            answers[row] = record.cells[record.question].text
    edits = read_edits(saved(book))
    assert not edits.refused
    # An answer for SOP Classes of different evidence is one edit for each group of them, none named twice.
    asked = {(questions[row - 5].record.path, questions[row - 5].record.question) for row in answers}
    assert {(edit.path, edit.column) for edit in edits.taken} == asked
    for row, text in answers.items():
        record = questions[row - 5].record
        of_row = [e for e in edits.taken if (e.path, e.column) == (record.path, record.question)]
        of_row = [e for e in of_row if set(e.sop_classes) <= set(record.sop_classes or ("all",))]
        named = [uid for edit in of_row for uid in edit.sop_classes]
        assert named
        assert len(named) == len(set(named))
        assert {edit.text for edit in of_row} == {text}
    after = rebuilt(corpus, apply_edits("", edits.taken, "A", DAY).text)
    assert not [f for f in after.findings if f.code == "stale-annotation"]
    left = open_questions(after)
    assert not [q for q in left if q.record.question == "Source"]
    assert all(q.record.cells[q.record.question].status is Status.UNKNOWN for q in left)


def test_other_workbooks_are_refused() -> None:
    with pytest.raises(WorkbookError, match="not an Excel workbook"):
        read_edits(b"no workbook")
    word = BytesIO()
    Document().save(word)
    with pytest.raises(WorkbookError, match="not an Excel workbook"):
        read_edits(word.getvalue())
    with pytest.raises(WorkbookError, match="not a workbook that annexgen wrote"):
        read_edits(saved(Workbook()))
    book = Workbook()
    book.create_sheet("annexgen").append(["annexgen workbook 0"])
    with pytest.raises(WorkbookError, match="another version"):
        read_edits(saved(book))
    book["annexgen"].cell(1, 1).value = "annexgen workbook 1"
    book["annexgen"].append(["{}"])
    with pytest.raises(WorkbookError, match="damaged"):
        read_edits(saved(book))


def table_sheet(book: Workbook) -> tuple[Worksheet, int, int]:
    """The first sheet with a table that has Comments: with its first row that has a key, and the column Comments."""
    for sheet in book.worksheets:
        comments = None
        for cells in sheet.iter_rows():
            texts = [cell.value for cell in cells]
            comments = texts.index("Comments") + 1 if "Comments" in texts else comments
            if comments and any(key_in(text) and key_in(text)[0] == "row" for text in texts):  # type: ignore[index]
                return sheet, cells[0].row, comments
    raise AssertionError("no table has Comments")


def test_rows_that_lost_their_key_are_told(written: bytes) -> None:
    """Who removes the hidden column does not find his words passed over in silence; who removes rows or sheets does no harm."""
    book = load_workbook(BytesIO(written))
    sheet, row, comments = table_sheet(book)
    sheet.cell(row, comments).value = "Written by hand"
    keys = next(cell.column for cell in sheet[row] if key_in(cell.value))
    sheet.delete_cols(keys)
    edits = read_edits(saved(book))
    assert [(one.place.partition("!")[0], "lost the hidden key" in one.reason) for one in edits.refused] == [
        (sheet.title, True)
    ]
    for other in book.sheetnames:
        if other not in (sheet.title, "annexgen"):
            del book[other]
    with pytest.raises(WorkbookError, match="no row has its hidden key any more"):
        read_edits(saved(book))
    book = load_workbook(BytesIO(written))
    title = table_sheet(book)[0].title
    del book[title]
    assert read_edits(saved(book)) == read_edits(written)


def test_merged_cells_are_told_and_the_rest_of_the_row_is_taken(written: bytes) -> None:
    book = load_workbook(BytesIO(written))
    sheet, row, comments = table_sheet(book)
    for place in (row, row + 1):
        sheet.cell(place, comments).value = "Written by hand"
    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=comments, end_column=comments)
    edits = read_edits(saved(book))
    assert {edit.text for edit in edits.taken} == {"Written by hand"}
    assert {edit.place for edit in edits.taken} == {f"{sheet.title}!{sheet.cell(row, comments).coordinate}"}
    assert [(one.place, one.reason) for one in edits.refused] == [
        (
            f"{sheet.title}!{sheet.cell(row + 1, comments).coordinate}",
            "it is merged with another cell: unmerge them, and write what each should say",
        )
    ]


def test_a_damaged_workbook_is_refused(written: bytes) -> None:
    with zipfile.ZipFile(BytesIO(written)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for damaged in ("xl/workbook.xml", next(name for name in parts if name.startswith("xl/worksheets/"))):
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content[: len(content) // 2] if name == damaged else content)
        with pytest.raises(WorkbookError, match="a damaged Excel workbook"):
            read_edits(buffer.getvalue())
