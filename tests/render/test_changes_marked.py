"""Changes marked in HTML, Excel and Markdown: the same differences in each, seen and told, and nothing else of the output differs."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from lxml import etree
from sample_annex import rich_annex

from annexgen.annex.changed_rows import ChangedRows, changed_rows
from annexgen.annex.model import Annex, Cell, Row, Status, Table
from annexgen.annex.numbering import number
from annexgen.render import markdown
from annexgen.render.base import MARKING, renderer
from annexgen.render.disclosed_files import load_disclosure
from annexgen.render.excel import workbook
from annexgen.render.excel_cells import safe
from annexgen.render.excel_changes import COLUMN
from annexgen.render.excel_import import read_edits
from annexgen.render.excel_private import HEADER_ROW
from annexgen.render.excel_sheets import GONE, PRIVATE
from annexgen.render.html import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def annex() -> Annex:
    return number(rich_annex())


@pytest.fixture(scope="module")
def table(annex: Annex) -> Table:
    return next(t for t in annex.tables if t.kind == "module" and len(t.rows) > 4)


@pytest.fixture(scope="module")
def former(annex: Annex, table: Table) -> Annex:
    """A version in which a module table lacks a row, has one more, and says something else in another."""
    rows = list(table.rows)
    named = {"Attribute Name": Cell("Former History", Status.STANDARD), "Tag": Cell("(0010,21B0)")}
    lost = replace(rows[2], path="(0010,21B0)", covers=(), apart={}, level=0, cells={**rows[2].cells, **named})
    said = {"Comments": Cell("said <b> | before"), "Conditions": Cell("FORMERLY " * 90)}
    rows[3] = replace(rows[3], apart={}, cells={**rows[3].cells, **said})
    changed = replace(table, rows=(rows[0], *rows[2:4], lost, *rows[4:]))
    return replace(
        annex,
        tables=tuple(changed if t is table else t for t in annex.tables),
        product=replace(annex.product, versions=("0.9",)),
    )


@pytest.fixture(scope="module")
def changes(former: Annex, annex: Annex) -> ChangedRows:
    return changed_rows(former, annex)


def test_the_differences_are_those_of_the_former_version(changes: ChangedRows, table: Table) -> None:
    (identifier,) = changes.tables
    assert identifier == table.id
    found = changes.tables[identifier]
    assert found.rows[1].new
    assert set(found.rows[3].former) == {"Comments", "Conditions"}
    assert [gone.before for gone in found.gone] == [4]


def lines_of(text: str, table: Table) -> list[str]:
    """The lines of a table in Markdown, from its header on."""
    body = text.partition(f'<a id="table-{table.id.lower().replace(".", "-")}"></a>')[2]
    return [line for line in body.split("\n\n")[2].splitlines() if line.startswith("|")]


def test_markdown_has_a_sign_for_each_and_says_what_they_mean(annex: Annex, changes: ChangedRows, table: Table) -> None:
    plain, marked = markdown.document(annex), markdown.document(annex, changes)
    assert not re.search("[⊕Δ⊖]", plain)
    legend = next(line for line in marked.splitlines() if line.startswith("What differs from version 0.9"))
    assert all(sign in legend for sign in "⊕Δ⊖?")
    before, after = lines_of(plain, table), lines_of(marked, table)
    assert len(after) == len(before) + 1
    assert "⊕" in after[2 + 1].split(" | ")[0]
    assert "Δ" in after[2 + 3]
    assert r"~~said &lt;b> \| before~~" in after[2 + 3] or r"~~said &lt;b\> \| before~~" in after[2 + 3]
    assert after[2 + 4].startswith("| ⊖")
    assert "~~Former History~~" in after[2 + 4]
    signs = re.compile(r" ?(?:[⊕⊖]\??|Δ\?? ~~.*?~~)(?= \|)")
    without = [signs.sub("", line) for n, line in enumerate(after) if n != 6]
    assert [line.split() for line in without] == [line.split() for line in before]


def places(book: Any, table: Table) -> tuple[Any, int]:
    """The sheet of a table and the row of its header."""
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows(max_col=1):
            if str(row[0].value).startswith(f"Table {table.id}. "):
                return sheet, row[0].row + 1
    raise AssertionError


def test_excel_fills_cells_and_says_in_a_column_what_they_said(
    annex: Annex, changes: ChangedRows, table: Table
) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(annex, changes)))
    sheet, header = places(book, table)
    columns = {cell.value: cell.column for cell in sheet[header]}
    beside = [sheet.cell(header + n, columns[COLUMN]).value for n in range(1, len(table.rows) + 1)]
    assert beside[1].startswith("new")
    assert "Comments was said <b> | before" in beside[3]
    assert [bool(text) for text in beside] == [n in (1, 3) for n in range(len(table.rows))]
    for n, row in enumerate(table.rows):
        for position, column in enumerate(table.columns, 1):
            cell = sheet.cell(header + n + 1, position)
            marked = changes.tables[table.id].rows.get(n)
            wanted = marked is not None and marked.differs(column)
            edged = wanted and (position == 1 or not marked.new)
            assert (cell.border.left.style in ("medium", "mediumDashed")) == edged, (n, column)
            if wanted and row.cells[column].status in (Status.OBSERVED, Status.STANDARD):
                assert cell.fill.start_color.rgb.endswith("D9E7F7")
    listed = list(book[GONE].iter_rows(min_row=3, values_only=True))
    assert listed[0] == ("Table", "Row", "What it said", COLUMN)
    assert [row[:2] for row in listed[1:]] == [(f"Table {table.id}", "Former History")]
    assert "Tag: (0010,21B0)" in str(listed[1][2])
    contents = [str(row[1]) for row in book.worksheets[0].values if row[0] in ("changed", "gone")]
    assert len(contents) == 3


def test_the_list_of_private_attributes_is_marked_like_the_tables(annex: Annex) -> None:
    table = next(t for t in annex.tables if t.kind == "private_module" and len(t.rows) > 2)
    rows = list(table.rows)
    other = next(n for n, row in enumerate(rows) if n and "xx" in row.path and row.cells["VR"].text)
    rows[other] = replace(rows[other], apart={}, cells={**rows[other].cells, "VR": Cell("OB")})
    former = replace(annex, tables=tuple(replace(t, rows=tuple(rows)) if t is table else t for t in annex.tables))
    changes = changed_rows(former, annex)
    book = openpyxl.load_workbook(BytesIO(workbook(annex, changes)))
    sheet = book[PRIVATE]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    listed = {(row[0].value, row[columns["Path"] - 1].value): row for row in sheet.iter_rows(min_row=HEADER_ROW + 1)}
    seen = []
    for (name, path), row in listed.items():
        vr, told = row[columns["VR"] - 1], row[columns[COLUMN] - 1].value
        differs = name == f"Table {table.id}" and path == safe(rows[other].path)
        assert (vr.border.left.style in ("medium", "mediumDashed")) == differs, path
        assert bool(told) == differs, path
        seen += [told] if differs else []
    assert len(seen) == 1
    assert seen[0].startswith("VR was OB")
    plain = openpyxl.load_workbook(BytesIO(workbook(annex)))[PRIVATE]
    assert COLUMN not in [cell.value for cell in plain[HEADER_ROW]]


def test_rows_that_are_gone_are_called_by_what_they_are(annex: Annex) -> None:
    """A further value of an attribute by the attribute's name, a private attribute without a name by its path."""
    codes = next(
        t for t in annex.tables if t.kind == "coded_values" and t.rows and t.rows[0].cells["Attribute Name"].text
    )
    attribute, _, value = codes.rows[0].path.rpartition("=")
    further = replace(codes.rows[0], path=f"{attribute}={value}_FORMER", covers=(), apart={})
    further = replace(further, cells={**further.cells, "Attribute Name": Cell(), "Value/Code": Cell("FORMER")})
    private = next(t for t in annex.tables if t.kind == "private_module" and len(t.rows) > 2)
    nameless = replace(private.rows[1], path='(0099,xx7F,"FORMER")', covers=(), apart={})
    nameless = replace(nameless, cells={**nameless.cells, "Attribute Name": Cell("> "), "Tag": Cell("(0099,xx7F)")})
    more = {codes.id: further, private.id: nameless}
    tables = tuple(replace(t, rows=(*t.rows, more[t.id])) if t.id in more else t for t in annex.tables)
    changes = changed_rows(replace(annex, tables=tables), annex)
    listed = openpyxl.load_workbook(BytesIO(workbook(annex, changes)))[GONE].iter_rows(min_row=4, values_only=True)
    names = {row[0]: row[1] for row in listed}
    assert names[f"Table {codes.id}"] == codes.rows[0].cells["Attribute Name"].text
    assert names[f"Table {private.id}"] == safe(nameless.path)


def test_a_marked_workbook_is_read_back_like_any_other(annex: Annex, changes: ChangedRows) -> None:
    data = workbook(annex, changes)
    assert data == workbook(annex, changes)
    assert not read_edits(data).taken
    book = openpyxl.load_workbook(BytesIO(data))
    sheet, header = places(book, annex.table(next(iter(changes.tables))))
    columns = {cell.value: cell.column for cell in sheet[header]}
    sheet.cell(header + 4, columns["Comments"]).value = "said by a person"
    buffer = BytesIO()
    book.save(buffer)
    assert [(edit.column, edit.text) for edit in read_edits(buffer.getvalue()).taken] == [
        ("Comments", "said by a person")
    ]


def rows_of(text: str, table: Table) -> list[Any]:
    root = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    (found,) = root.xpath(f'//div[@id="{table.id}"]//tbody')
    return list(found)


def test_html_marks_cells_with_a_text_alternative(annex: Annex, changes: ChangedRows, table: Table) -> None:
    rows = rows_of(page(annex, changes), table)
    labels = [row.find("td/a").get("aria-label") for row in rows if row.get("id")]
    assert re.search(", new", labels[1])
    assert re.search(", changed", labels[3])
    assert not any(re.search("new|changed", label) for n, label in enumerate(labels) if n not in (1, 3))
    gone = rows[4]
    assert gone.get("id") is None
    assert gone.get("class").split()[:2] == ["gone", "d"]
    assert "".join(gone[0].itertext()).startswith("Row of the former version, gone")
    assert [former.text for former in gone.iter("del")][:2] == ["Former History", "(0010,21B0)"]
    comments = rows[3][1 + table.columns.index("Comments")]
    assert "".join(comments.find("del").itertext()) == "; before: said <b> | before"
    assert {"dc", "dq"} & set(comments.get("class").split())


def test_without_a_former_version_nothing_of_the_page_differs(annex: Annex) -> None:
    text = page(annex)
    assert 'data-flag="d"' not in text
    assert "<del" not in text
    nothing = page(annex, ChangedRows("version 0.9", {}))
    assert "nothing differs from version 0.9" in nothing
    assert re.search(r'data-flag="d" aria-pressed="false" disabled', nothing)


def test_what_is_gone_or_was_said_before_is_not_disclosed(tmp_path: Path, annex: Annex) -> None:
    """An audit that reads a marked page sees what the page says now."""
    private = next(t for t in annex.tables if t.kind == "private_module" and len(t.rows) > 2)
    rows = list(private.rows)
    last = next(n for n in range(len(rows) - 1, 0, -1) if "xx" in rows[n].path and not rows[n].heading)
    more = replace(rows[last], path='(0099,xx7F,"FORMER")', covers=(), apart={}, level=0)
    more = replace(more, cells={**more.cells, "Tag": Cell("(0099,xx7F)"), "VR": Cell("FD")})
    rows[last] = replace(rows[last], apart={}, cells={**rows[last].cells, "VR": Cell("OB")})
    former = replace(
        annex,
        tables=tuple(replace(t, rows=(*rows, more)) if t is private else t for t in annex.tables),
    )
    changes = changed_rows(former, annex)
    assert changes.tables[private.id].gone
    for form in ("html", "xlsx"):
        (tmp_path / "plain").mkdir(exist_ok=True)
        plain = load_disclosure(renderer(form).render(annex, tmp_path / "plain"))
        marked = load_disclosure(renderer(form, changes).render(annex, tmp_path))
        assert marked == plain, form
    assert {"md", "html", "xlsx"} == MARKING


@pytest.fixture
def shown(annex: Annex, changes: ChangedRows, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    path = renderer("html", changes).render(annex, tmp_path)
    with (
        sync_api.sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        opened = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "bypass_csp": True, **request.param}
        )
        tab = opened.new_page()
        tab.goto(path.as_uri())
        yield tab


@pytest.mark.parametrize(
    "shown",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}],
    indirect=True,
    ids=["light", "dark", "narrow"],
)
def test_changed_rows_alone_can_be_shown_and_axe_finds_no_violation(shown: Any, table: Table) -> None:
    if not shown.locator("#chips").is_visible():
        shown.click("#more")
    assert shown.locator(".tbl tr.gone:visible").count() == 1
    shown.add_style_tag(content=".tbl{content-visibility:visible!important}")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    found = axe.run(shown).response["violations"]
    assert [f"{v['id']}: {node['target']}" for v in found for node in v["nodes"][:3]] == []
    shown.click('.chip[data-flag="d"]')
    assert shown.inner_text("#found") == "3 rows in 1 table"
    assert shown.locator(".tbl tbody tr:not(.h):visible").count() == 3
    shown.click('.chip[data-status="p"]')
    shown.click('.chip[data-flag="d"]')
    assert shown.locator(".tbl tr.gone:visible").count() == 0, "no filter but this one speaks of rows that are gone"


@pytest.mark.parametrize("shown", [{}], indirect=True, ids=["light"])
def test_presence_is_filtered_by_what_is_said_now(shown: Any, annex: Annex, changes: ChangedRows, table: Table) -> None:
    row = table.rows[3]
    shown.locator(f'[id="{table.id}-r4"] td').nth(1).click()
    told = shown.inner_text("#drawer-body")
    assert "before: said <b> | before" in told
    presence = row.cells["Presence of Attribute"].text
    shown.select_option("#presence", f"0 {presence}")
    shown.wait_for_timeout(200)
    assert shown.locator(f'[id="{table.id}-r4"]').is_visible()
    assert isinstance(row, Row)
