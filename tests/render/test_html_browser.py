"""annex.html in headless Chromium: search, filters, drawer, links, keyboard, narrow screens, paper, accessibility."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sample_annex import rich_annex

from annexgen.annex.numbering import number
from annexgen.render.html import HtmlRenderer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from annexgen.annex.model import Annex, Row, Table

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with (
        sync_api.sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("html")
    return HtmlRenderer().render(number(rich_annex()), folder).as_uri()


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, opened anew; any request to a network and any error in the console fails the test."""
    options = {"viewport": {"width": 1440, "height": 900}, "bypass_csp": True, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    page = context.new_page()
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda event: requests.append(event.url))
    page.on("console", lambda event: errors.append(event.text) if event.type in ("error", "warning") else None)
    page.on("pageerror", lambda event: errors.append(str(event)))
    page.goto(address)
    yield page
    context.close()
    assert requests == [address]
    assert errors == []


def rows_of(annex: Annex) -> list[tuple[Table, int, Row]]:
    return [(t, n, row) for t in annex.tables for n, row in enumerate(t.rows, 1) if not row.heading]


def shown(page: Page) -> set[str]:
    """The ids of the rows that are shown."""
    found: list[str] = page.eval_on_selector_all(
        ".tbl tbody tr[id]:not(.h)", "rows => rows.filter(r => !r.closest('[hidden]')).map(r => r.id)"
    )
    return set(found)


def wait_for_filter(page: Page) -> None:
    page.wait_for_function(
        "document.body.classList.contains('filtered') && document.getElementById('found').textContent"
    )


def texts(table: Table, row: Row) -> str:
    return re.sub(r"\s+", " ", " ".join(row.cells[c].text for c in table.columns if c in row.cells)).lower()


def test_every_row_is_shown_at_first(page: Page, annex: Annex) -> None:
    assert shown(page) == {f"{table.id}-r{n}" for table, n, _ in rows_of(annex)}


@pytest.mark.parametrize("words", ["pixel spacing", "0028,0030", "(0008,0008)"])
def test_search_leaves_the_rows_with_the_words(page: Page, annex: Annex, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    wait_for_filter(page)
    expected = {
        f"{table.id}-r{n}"
        for table, n, row in rows_of(annex)
        if all(word in texts(table, row) for word in words.split())
    }
    assert expected
    assert expected <= shown(page) < {f"{table.id}-r{n}" for table, n, _ in rows_of(annex)}
    page.keyboard.press("Escape")
    page.wait_for_function("!document.body.classList.contains('filtered')")


def test_nothing_found_says_so_and_can_be_undone(page: Page) -> None:
    everything = shown(page)
    page.fill("#q", "no such attribute anywhere")
    wait_for_filter(page)
    assert shown(page) == set()
    assert page.is_visible("#nothing")
    page.click("#nothing button")
    assert shown(page) == everything


def test_presence_filter(page: Page, annex: Annex) -> None:
    for option, column, value in (
        ("0 CONDITIONAL", "Presence of Attribute", "CONDITIONAL"),
        ("1 EMPTY", "Presence of Value", "EMPTY"),
    ):
        page.select_option("#presence", option)
        wait_for_filter(page)
        attribute_rows = {
            f"{table.id}-r{n}"
            for table, n, row in rows_of(annex)
            if column in table.columns and row.cells[column].text == value
        }
        with_column = {f"{table.id}-r{n}" for table, n, _ in rows_of(annex) if column in table.columns}
        assert attribute_rows
        assert shown(page) & with_column == attribute_rows


def test_status_and_private_filters(page: Page, annex: Annex) -> None:
    page.click("[data-status=u]")
    wait_for_filter(page)
    expected = {
        f"{table.id}-r{n}" for table, n, row in rows_of(annex) if any(c.status == "unknown" for c in row.cells.values())
    }
    assert shown(page) == expected
    page.click("#clear")
    page.click("[data-flag=v]")
    wait_for_filter(page)
    private = shown(page)
    assert private
    assert all("xx" in (page.text_content(f"[id='{identifier}']") or "") for identifier in private)


def test_weak_and_findings_filters(page: Page, annex: Annex) -> None:
    page.click("[data-flag=w]")
    wait_for_filter(page)
    weak = {f"{table.id}-r{n}" for table, n, row in rows_of(annex) if row.evidence is not None and row.evidence.weak}
    assert weak
    assert shown(page) == weak
    page.click("#clear")
    page.click("[data-flag=f]")
    wait_for_filter(page)
    found = shown(page)
    linked = page.eval_on_selector_all("#findings a[href]", "links => links.map(a => a.getAttribute('href').slice(1))")
    assert found
    assert found == {target for target in linked if "-r" in target}


def test_sop_class_filter(page: Page, annex: Annex) -> None:
    option = page.locator("#iod option").nth(1)
    page.select_option("#iod", option.get_attribute("value"))
    wait_for_filter(page)
    names = {annex.sop_class_names.get(uid, uid): uid for table in annex.tables for uid in table.sop_classes}
    uid = names[option.text_content() or ""]
    assert shown(page) == {f"{t.id}-r{n}" for t, n, _ in rows_of(annex) if uid in t.sop_classes}


def test_the_drawer_shows_the_evidence_of_a_row(page: Page, annex: Annex) -> None:
    table, row_number, row = next(entry for entry in rows_of(annex) if entry[2].evidence and entry[2].path)
    assert row.evidence is not None
    page.click(f"[id='{table.id}-r{row_number}'] td:nth-child(2)")
    drawer = page.locator("#drawer")
    assert drawer.is_visible()
    text = drawer.inner_text()
    assert row.path in text
    assert f"{row.evidence.present + row.evidence.partial:,} of {row.evidence.carriers:,}" in text
    page.keyboard.press("ArrowDown")
    assert drawer.inner_text() != text
    page.keyboard.press("Escape")
    assert not drawer.is_visible()


def test_by_keyboard_alone(page: Page, annex: Annex) -> None:
    table, row_number, _ = next(entry for entry in rows_of(annex) if entry[2].evidence)
    link = page.locator(f"[id='{table.id}-r{row_number}'] td.g a")
    link.focus()
    page.keyboard.press("Enter")
    assert page.locator("#drawer").is_visible()
    assert page.evaluate("document.activeElement.id") == "drawer-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('tr').id") == f"{table.id}-r{row_number}"


def test_a_deep_link_opens_its_row(page: Page, address: str, annex: Annex) -> None:
    table, row_number, _ = rows_of(annex)[-1]
    page.evaluate("hash => { location.hash = hash }", f"{table.id}-r{row_number}")
    page.wait_for_selector("#drawer:not([hidden])")
    assert page.text_content("#drawer-table") == f"Table {table.id}, row {row_number}"


def test_every_link_of_the_page_has_its_target(page: Page) -> None:
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        ".filter(h => !h.startsWith('#') || !document.getElementById(decodeURIComponent(h.slice(1))))"
    )
    assert lost == []


@pytest.mark.parametrize(
    "page",
    [{"viewport": {"width": width, "height": 500}} for width in (800, 1280, 1500)],
    indirect=True,
    ids=["800", "1280", "1500"],
)
def test_the_header_of_a_long_table_stays_in_sight(page: Page) -> None:
    page.add_style_tag(content=".tbl tbody td{height:200px!important}")
    table = page.locator(".tbl:has(tbody tr:nth-child(5))").first
    table.evaluate(
        "t => window.scrollTo(0, scrollY + t.querySelectorAll('tbody tr')[3].getBoundingClientRect().top - 300)"
    )
    page.wait_for_function(
        """t => { const head = t.querySelector('thead').getBoundingClientRect();
        const bar = document.getElementById('bar').getBoundingClientRect().bottom;
        return t.querySelector('tbody tr').getBoundingClientRect().bottom < bar && Math.abs(head.top - bar) < 3; }""",
        arg=table.element_handle(),
    )
    identifier = table.get_attribute("id")
    content = "th => getComputedStyle(th, '::after').content"
    assert str(identifier) in table.locator("thead th.g").first.evaluate(content)


def test_what_was_found_stays_in_sight_when_the_search_is_cleared(page: Page, annex: Annex) -> None:
    table, row_number, row = rows_of(annex)[-1]
    page.fill("#q", row.cells[table.columns[0]].text[:20] or table.title)
    wait_for_filter(page)
    found = f"[id='{table.id}-r{row_number}']"
    page.click(f"{found} td:nth-child(2)")
    page.click("#clear")
    page.wait_for_function(
        "r => r.getBoundingClientRect().top > 0 && r.getBoundingClientRect().bottom < innerHeight",
        arg=page.query_selector(found),
    )


def test_one_study_is_no_studies(page: Page, annex: Annex) -> None:
    table, row_number, _ = next(e for e in rows_of(annex) if e[2].evidence and e[2].evidence.studies == 1)
    page.click(f"[id='{table.id}-r{row_number}'] td:nth-child(2)")
    assert page.locator("#drawer .spread dt").all_inner_texts() == ["series", "study", "patient", "device"]


NARROW = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_readable_at_390_pixels(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#menu")
    page.wait_for_function("document.activeElement.closest('#nav')")
    page.keyboard.press("Escape")
    page.click("#more")
    assert page.is_visible("[data-status=u]")


@pytest.mark.parametrize(
    "page",
    [{"viewport": {"width": width, "height": 900}} for width in (800, 1345, 1400, 1800)],
    indirect=True,
    ids=["800", "1345", "1400", "1800"],
)
def test_tags_and_terms_are_whole_at_any_width(page: Page) -> None:
    page.add_style_tag(content=".tbl{content-visibility:visible!important}")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("td.tag, td.t")].filter(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            const words = range.getBoundingClientRect(), own = cell.getBoundingClientRect();
            const term = /^[A-Z]+$/.test(cell.textContent);
            return words.right > own.right + 1 || (term && range.getClientRects().length > 1);
        }).map(cell => cell.textContent)"""
    )
    assert cut == []


def test_on_paper_only_the_annexes_remain(page: Page) -> None:
    page.emulate_media(media="print")
    for selector in ("#bar", "#nav", "#drawer"):
        assert not page.is_visible(selector)
    assert page.is_visible(".tbl")


@pytest.mark.parametrize(
    "page",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, NARROW, {**NARROW, "color_scheme": "dark"}],
    indirect=True,
    ids=["light", "dark", "narrow", "narrow and dark"],
)
def test_axe_finds_no_violation(page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()

    def violations() -> list[str]:
        response = axe.run(page).response["violations"]
        return [f"{v['id']}: {node['target']}" for v in response for node in v["nodes"][:3]]

    # Rows outside the window are not laid out until they are needed; axe can only judge what is.
    page.add_style_tag(content=".tbl{content-visibility:visible!important}")
    assert violations() == []
    page.locator(".tbl tbody td.g a").first.focus()
    page.keyboard.press("Enter")
    assert violations() == []
