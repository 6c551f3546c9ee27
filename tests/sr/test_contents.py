"""Content tables cell by cell: conditions, values, context groups, measurements, sources, outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report_content import COMPREHENSIVE_SR, Code, document, item

from annexgen.annex.build import build_annex
from annexgen.annex.model import Status
from annexgen.annex.numbering import number
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from annexgen.render.html import page

if TYPE_CHECKING:
    from pydicom import Dataset

    from annexgen.annex.model import Annex, Row, Table

TITLE = ("111036", "DCM", "Mammography CAD Report")
SUMMARY = ("111017", "DCM", "CAD Processing and Findings Summary")
REPORT = ("126000", "DCM", "Imaging Measurement Report")
MEASUREMENTS = ("126010", "DCM", "Imaging Measurements")
GROUP = ("125007", "DCM", "Measurement Group")
SITE = ("363698007", "SCT", "Finding Site")
METHOD = ("370129005", "SCT", "Measurement Method")
LUNG, LIVER = ("39607008", "SCT", "Lung"), ("10200004", "SCT", "Liver")
KIND, NOTE = ("K", "99ACME", "Kind"), ("N", "99ACME", "Note")
ROUND, OVAL = ("R", "99ACME", "Round"), ("O", "99ACME", "Oval")


def annex_of(*roots: Dataset) -> Annex:
    counting = Counting(Profile())
    for position, root in enumerate(roots):
        counting.count(document(root, patient=f"P{position}"), f"{position:06d}")
    return number(build_annex(counting.finish()))


def content(annex: Annex) -> Table:
    (table,) = [t for t in annex.tables if t.kind == "sr_content"]
    return table


def row(annex: Annex, meaning: str) -> Row:
    (found,) = [r for r in content(annex).rows if f'"{meaning}"' in r.cells["Concept Name"].text]
    return found


def group(*below: Dataset, site: Code | None = None) -> Dataset:
    sites = [item("HAS CONCEPT MOD", "CODE", SITE, site)] if site else []
    return item("CONTAINS", "CONTAINER", GROUP, below=[*sites, *below], template="1501")


def report(*groups: Dataset) -> Dataset:
    return item(
        "", "CONTAINER", REPORT, below=[item("CONTAINS", "CONTAINER", MEASUREMENTS, below=groups)], template="1500"
    )


def test_a_neighbour_decides() -> None:
    def one(kind: Code) -> Dataset:
        noted = [item("CONTAINS", "TEXT", NOTE, "x")] if kind == ROUND else []
        return item(
            "CONTAINS", "CONTAINER", GROUP, below=[item("CONTAINS", "CODE", KIND, kind), *noted], template="1501"
        )

    annex = annex_of(*[report(one(kind), one(ROUND), one(OVAL)) for kind in (ROUND, OVAL) * 3])
    cell = row(annex, "Note").cells["Comments"]
    assert cell.text.startswith('Present if (K, 99ACME, "Kind") is (R, 99ACME, "Round").')
    assert cell.status is Status.PROPOSED
    assert row(annex, "Note").cells["Presence of Content Item"].text == "CONDITIONAL"


def test_the_code_of_the_item_above_decides() -> None:
    def root(kind: Code) -> Dataset:
        noted = [item("HAS PROPERTIES", "TEXT", NOTE, "x")] if kind == ROUND else []
        return item("", "CONTAINER", REPORT, below=[item("CONTAINS", "CODE", KIND, kind, noted)], template="1500")

    annex = annex_of(*[root(kind) for kind in (ROUND, OVAL) * 8])
    assert (
        row(annex, "Note").cells["Comments"].text.startswith('Present if (K, 99ACME, "Kind") is (R, 99ACME, "Round").')
    )


def test_what_nothing_explains_is_counted_only() -> None:
    def root(*, noted: bool) -> Dataset:
        kind = item("CONTAINS", "CODE", KIND, ROUND, [item("HAS PROPERTIES", "TEXT", NOTE, "x")] if noted else [])
        return item("", "CONTAINER", REPORT, below=[kind], template="1500")

    annex = annex_of(*[root(noted=bool(n % 2)) for n in range(8)])
    assert row(annex, "Note").cells["Comments"].text == "in 4 of 8 parents"


def test_more_than_two_codes_are_a_context_group_or_a_table() -> None:
    summaries = [("111241", "All algorithms succeeded; without findings"), ("111242", "x"), ("111244", "y")]
    roots = [
        item(
            "",
            "CONTAINER",
            TITLE,
            below=[
                item("CONTAINS", "CODE", SUMMARY, (value, "DCM", meaning)),
                item("CONTAINS", "CODE", KIND, (f"K{n}", "99ACME", f"kind {n}")),
            ],
            template="4000",
        )
        for n, (value, meaning) in enumerate(summaries)
    ]
    annex = annex_of(*roots)
    assert row(annex, SUMMARY[2]).cells["Values"].text.startswith('See CID 6047 "CAD Processing and Finding Summary"')
    shown = row(annex, "Kind").cells["Values"].text
    table = annex.table(shown.removeprefix("See Table "))
    assert [r.cells["Code Value"].text for r in table.rows] == ["K0", "K1", "K2"]


def test_a_context_group_that_many_codes_extend_says_how_many() -> None:
    known = ("111241", "111242", "111244", "111245")
    codes = [(value, "DCM", value) for value in known] + [(f"S{n}", "99ACME", f"own {n}") for n in range(3)]
    below = [item("CONTAINS", "CODE", SUMMARY, code) for code in codes]
    annex = annex_of(*[item("", "CONTAINER", TITLE, below=[one], template="4000") for one in below])
    shown = row(annex, SUMMARY[2]).cells["Values"].text
    assert ", extended by 3 codes; the codes supported are in Table" in shown


def test_measurements_are_listed_by_finding_site_with_modifiers_and_units() -> None:
    def measured(value: str, method: Code | None = None) -> Dataset:
        below = [item("HAS CONCEPT MOD", "CODE", METHOD, method)] if method else []
        return item("CONTAINS", "NUM", (value, "99ACME", f"Measurement {value}"), "1.5", below)

    first = group(measured("A", ("M", "99ACME", "Manual")), measured("B"), measured("C"), site=LUNG)
    annex = annex_of(report(first, group(measured("A"), site=LIVER)))
    tables = {t.title: t for t in annex.tables if t.kind == "sr_measurements"}
    assert sorted(tables) == ["Liver Measurements", "Lung Measurements"]
    lines = [[c.text for c in r.cells.values()] for r in tables["Lung Measurements"].rows if not r.heading]
    assert lines[0] == [
        "",
        '(A, 99ACME, "Measurement A")',
        '(370129005, SCT, "Measurement Method")',
        '(M, 99ACME, "Manual")',
        '(mm, UCUM, "mm")',
    ]
    assert [line[1] for line in lines] == [f'({n}, 99ACME, "Measurement {n}")' for n in "ABC"]
    joined = [r for r in content(annex).rows if r.cells["VT"].text == "NUM"]
    assert len(joined) == 1
    assert joined[0].cells["Concept Name"].text.startswith("See Section N.10.1.2 for measurements")
    assert len({joined[0].path, *joined[0].covers}) == 3
    assert joined[0].cells["Presence of Content Item"].text == "ALWAYS"
    assert joined[0].evidence is not None
    assert joined[0].evidence.items == 4


def test_a_root_template_that_nobody_names_is_proposed() -> None:
    root = report(group(site=LUNG))
    del root.ContentTemplateSequence
    annex = annex_of(root)
    cell = annex.table("N.1-3").rows[0].cells["Root TID"]
    assert (cell.text, cell.status) == ("1500", Status.PROPOSED)
    assert annex.table("N.1-3").sop_classes == (COMPREHENSIVE_SR,)


def test_the_outline_counts_and_names_templates() -> None:
    text = page(annex_of(report(group(site=LUNG), group(site=LIVER))))
    start = text.index('<details class="tree">')
    outline = text[start : text.index('<div class="scroll">', start)]
    assert outline.count("<details") == 4
    assert "Measurement Group" in outline
    assert '<span class="tid">TID 1501</span>' in outline
    assert ">2 + 2</a>" in outline


def test_a_condition_names_the_exception_where_that_is_shorter() -> None:
    kinds = [(f"K{n}", "99ACME", f"kind {n}") for n in range(4)]

    def one(kind: Code) -> Dataset:
        noted = [item("CONTAINS", "TEXT", NOTE, "x")] if kind != kinds[3] else []
        return group(item("CONTAINS", "CODE", KIND, kind), *noted)

    annex = annex_of(*[report(*map(one, kinds)) for _ in range(5)])
    assert row(annex, "Note").cells["Comments"].text == 'Present if (K, 99ACME, "Kind") is not (K3, 99ACME, "kind 3").'


def test_what_one_document_does_is_no_condition() -> None:
    def one(kind: Code) -> Dataset:
        noted = [item("CONTAINS", "TEXT", NOTE, "x")] if kind == ROUND else []
        return group(item("CONTAINS", "CODE", KIND, kind), *noted)

    annex = annex_of(report(*[one(kind) for kind in (ROUND, OVAL) * 20]))
    assert row(annex, "Note").cells["Comments"].text == "in 20 of 40 parents"


def test_two_names_of_one_code_are_one_value() -> None:
    names = [("R", "99ACME", "Round"), ("R", "99ACME", "round shape")] * 2
    annex = annex_of(*[report(group(item("CONTAINS", "CODE", KIND, name))) for name in names])
    found = row(annex, "Kind")
    assert found.cells["Values"].text == '(R, 99ACME, "Round")'
    assert found.cells["Source"].text == "FIXED"
