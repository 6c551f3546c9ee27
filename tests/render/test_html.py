"""annex.html: one page without a network, every cell as it is, live links, colors one can read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from sample_annex import NASTY, rich_annex

from annexgen.annex.model import Annex, Cell, Row, Status
from annexgen.annex.numbering import number
from annexgen.render.facts import is_private, is_private_creator
from annexgen.render.html import page
from annexgen.render.html_tables import TableView
from annexgen.render.html_view import View
from annexgen.render.texts import VALUES_WARNING, printable

if TYPE_CHECKING:
    from annexgen.annex.model import Table

VOID = {"meta", "input", "br", "col", "link", "img", "hr"}
OPTIONAL_URLS = ("src", "href", "action", "data", "poster", "srcset", "formaction", "background", "ping")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def all(self, tag: str = "") -> list[Element]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if tag in ("", child.tag):
                    found.append(child)
                found += child.all(tag)
        return found

    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


class Tree(HTMLParser):
    """A strict reader: an element that is not closed in order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root", {})
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert [element.tag for element in self.open] == ["#root"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, (tag, [element.tag for element in self.open])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@pytest.fixture(scope="module")
def text(annex: Annex) -> str:
    return page(annex)


@pytest.fixture(scope="module")
def elements(text: str) -> list[Element]:
    return Tree(text).root.all()


@pytest.fixture(scope="module")
def by_id(elements: list[Element]) -> dict[str, Element]:
    return {element.attributes["id"]: element for element in elements if "id" in element.attributes}


@pytest.fixture(scope="module")
def data(by_id: dict[str, Element]) -> Any:
    return json.loads(by_id["data"].text())


def cells(by_id: dict[str, Element], table: Table, position: int) -> list[Element]:
    """The cells of a row without the number."""
    return by_id[f"{table.id}-r{position}"].all("td")[1:]


def test_every_cell_is_shown_as_it_is(annex: Annex, by_id: dict[str, Element]) -> None:
    classes = {Status.STANDARD: "s", Status.PROPOSED: "p", Status.CONFIRMED: "c", Status.UNKNOWN: "u"}
    for table in annex.tables:
        for position, row in enumerate(table.rows, 1):
            if row.heading:
                shown = by_id[f"{table.id}-r{position}"]
                assert "h" in shown.classes()
                assert shown.text() == row.cells[table.columns[0]].text
                continue
            shown_cells = cells(by_id, table, position)
            assert len(shown_cells) == len(table.columns)
            for column, shown in zip(table.columns, shown_cells, strict=True):
                cell = row.cells[column]
                assert shown.text().strip() == printable(cell.text).strip()
                expected = {classes[cell.status]} if cell.status in classes else set()
                assert shown.classes() & set(classes.values()) == expected


def test_headers_name_the_columns(annex: Annex, by_id: dict[str, Element]) -> None:
    for table in annex.tables:
        lines = by_id[table.id].all("thead")[0].all("tr")
        width = sum(int(cell.attributes.get("colspan", "1")) for cell in lines[0].all("th"))
        assert width == len(table.columns) + 1
        assert len(lines) == (2 if table.kind in ("sop_classes", "root_templates", "sr_measurements") else 1)
        if len(lines) == 1:
            assert [cell.text() for cell in lines[0].all("th")] == ["Evidence", *table.columns]
    lower = by_id["N.1-1"].all("thead")[0].all("tr")[1]
    assert [cell.text() for cell in lower.all("th")][2:6] == ["SCU", "SCP", "UA", "OS"]


@pytest.mark.parametrize("scheme", ["template", "published"])
def test_every_link_leads_somewhere(scheme: str) -> None:
    found = Tree(page(number(rich_annex(), scheme))).root.all()
    ids = [element.attributes["id"] for element in found if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = [element.attributes["href"] for element in found if element.tag == "a"]
    assert len(links) > 100
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)
    for name in ("aria-controls", "aria-labelledby", "for"):
        wanted = {element.attributes[name] for element in found if name in element.attributes}
        assert wanted <= set(ids)


def test_every_table_and_section_is_in_the_navigation(annex: Annex, by_id: dict[str, Element]) -> None:
    targets = {element.attributes["href"] for element in by_id["nav"].all("a")}
    assert {f"#{table.id}" for table in annex.tables} <= targets
    assert {f"#{section.id}" for section in annex.sections} <= targets


def test_the_page_needs_no_network(text: str, elements: list[Element]) -> None:
    for element in elements:
        assert element.tag not in (
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "audio",
            "video",
        )
        for name in OPTIONAL_URLS:
            value = element.attributes.get(name, "#")
            assert value.startswith("#"), (element.tag, name, value)
        for name in element.attributes:
            assert not name.startswith("on"), (element.tag, name)
    code = "".join(
        element.text() for element in elements if element.tag in ("style", "script") and not element.attributes
    )
    assert len(code) > 20_000
    assert not re.search(r"url\(|@import|https?:|//\w|fetch\(|XMLHttpRequest|innerHTML|eval\(|WebSocket|import\(", code)
    policy = next(e for e in elements if e.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'")


def test_evidence_and_reasons_are_in_the_page(annex: Annex, data: Any) -> None:
    for table in annex.tables:
        columns, rows = data["tables"][table.id]
        assert columns == list(table.columns)
        assert len(rows) == len(table.rows)
        for row, entry in zip(table.rows, rows, strict=True):
            if row.heading:
                assert entry == 0
                continue
            path, covers, evidence, reasons, _ = entry
            assert (path, covers) == (row.path, list(row.covers))
            assert reasons == {
                str(n): printable(row.cells[column].reason)
                for n, column in enumerate(columns)
                if row.cells[column].reason
            }
            if row.evidence is None:
                assert evidence == 0
            else:
                assert evidence[:4] == [
                    row.evidence.carriers,
                    row.evidence.present,
                    row.evidence.partial,
                    row.evidence.with_value,
                ]
                assert evidence[9:] == [int(row.evidence.weak), row.evidence.example]


def test_rows_are_marked(annex: Annex, by_id: dict[str, Element], data: Any) -> None:
    marked = {"w": 0, "v": 0, "f": 0}
    for table in annex.tables:
        for position, row in enumerate(table.rows, 1):
            classes = by_id[f"{table.id}-r{position}"].classes()
            assert ("w" in classes) == (row.evidence is not None and row.evidence.weak)
            assert ("v" in classes) == (table.kind == "private_module")
            for name in marked:
                marked[name] += name in classes
    assert all(marked.values())
    about = data["tables"]["N.9-7"][1][2][4]
    assert [data["findings"][n][1] for n in about] == ["RETIRED_ATTRIBUTE"]


def test_findings_lead_to_their_rows(by_id: dict[str, Element]) -> None:
    links = {link.text(): link.attributes["href"] for link in by_id["findings"].all("a")}
    assert links["(0020,1041)"] == "#N.9-7-r3"
    assert links["Table N.9-8"] == "#N.9-8"


def test_nothing_of_the_template_is_left(text: str) -> None:
    rest = text.replace(NASTY["braces"], "")
    assert rest != text
    assert not re.search(r"\{\{|\{%|\{#[\s-]", rest)
    assert "\x02" not in text


def test_the_same_annex_gives_the_same_bytes(annex: Annex, text: str) -> None:
    assert page(annex) == text
    assert text.encode("utf-8")


def test_the_warning_stands_in_the_page(text: str) -> None:
    assert VALUES_WARNING not in text
    assert VALUES_WARNING in page(number(rich_annex("all")))


def test_an_annex_without_anything_is_a_page(annex: Annex) -> None:
    empty = replace(annex, sections=(), tables=(), findings=(), corpus=replace(annex.corpus, devices=(), skipped=()))
    shown = Tree(page(empty)).root.text()
    assert "No SOP Class." in shown
    assert "None." in shown


@pytest.mark.parametrize(
    ("path", "private", "creator"),
    [
        ("(0028,0030)", False, False),
        ('(0029,xx43,"ACME CT PARAMETERS")', True, False),
        ('(0029,00xx,"ACME CT")', True, True),
        ('(5200,9230)/(0021,xxFE,"SIEMENS MR SDI 02")/(0021,xx01,"SIEMENS MR SDI 02")', True, False),
        ('(0021,xxFE,"ACME/CT (1)")/(0028,0030)', False, False),
        ('(0021,xxFE,"ACME/CT (1)")', True, False),
        ('(0009,xx01,"?")', True, False),
        ("DCM:126000/CONTAINS.NUM.SCT:410668003", False, False),
        ("", False, False),
    ],
)
def test_what_is_private(path: str, private: bool, creator: bool) -> None:
    row = Row({}, path)
    assert (is_private(row), is_private_creator(row)) == (private, creator)


def _palettes() -> list[tuple[str, dict[str, str]]]:
    style = files("annexgen.templates").joinpath("annex.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root\{(.*?)\}", style, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", block)) for block in blocks]
    light, dark = (palette for palette in found[:2])
    paper = next(palette for palette in found[2:] if palette)
    return [("light", light), ("dark", light | dark), ("paper", light | paper)]


def _luminance(color: str) -> float:
    digits = color.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("name", "palette"), _palettes())
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("ink", "mute", "link") for ground in ("bg", "side", "hover", "sel")),
        ("ink", "prop"),
        ("link", "prop"),
        ("ink", "mark"),
        ("soft", "bg"),
        ("soft", "line2"),
        ("conf", "bg"),
        ("conf", "sel"),
        ("err", "err-bg"),
        ("warn", "warn-bg"),
        ("mute", "hatch-bg"),
    ],
)
def test_texts_have_the_contrast_of_wcag_aa(name: str, palette: dict[str, str], ink: str, ground: str) -> None:
    light, dark = sorted((_luminance(palette[ink]), _luminance(palette[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ink, ground)


def test_private_templates_have_room(annex: Annex) -> None:
    """The name of a private template is not broken letter by letter."""
    table = next(t for t in annex.tables if t.kind == "sr_content")
    position = table.columns.index("TID")
    row = replace(table.rows[0], cells={**table.rows[0].cells, "TID": Cell("99_3000 (99SMS_CTMR)")})
    other = replace(table, rows=(row, *table.rows[1:]))
    widths = [TableView(t, View(annex)).widths[position] for t in (table, other)]
    assert float(widths[1].rstrip("%")) > 1.5 * float(widths[0].rstrip("%"))
