"""Section N.10 of the samples: the tables that PS3.2 shows as Tables N.10-1 to N.10-6."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.columns import SR_CODES, SR_CONTENT

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Table

SLIPS = {"INFERRRED FROM": "INFERRED FROM", "INFERED FROM": "INFERRED FROM"}
"""Slips of the pen in relationships of PS3.2 Tables N.10-1 and N.10-4."""
EXCERPT = Path(__file__).parents[3] / "shared" / "standard" / "ps3.2-2025b-excerpt.txt"

CAD = """
  |  |  | CONTAINER | 111036 | 4000
  | > | HAS CONCEPT MOD | CODE | 121049 | 1204
  | >> | HAS CONCEPT MOD | CODE | 121046 | 1204
! | > | CONTAINS | CONTAINER | 111028 | 4020
+ | > | CONTAINS | CONTAINER | 111028 | 4000
= row 3 of TID 4000 is the container, and includes TID 4020 below it
  | >> | CONTAINS | IMAGE |  | 4020
  | >>> | HAS ACQ CONTEXT | CODE | 111027 | 4020
  | >>> | HAS ACQ CONTEXT | CODE | 111031 | 4020
  | >>>> | HAS CONCEPT MOD | CODE | 111032 | 4020
  | >>> | HAS ACQ CONTEXT | TEXT | 111044 | 4020
  | >>> | HAS ACQ CONTEXT | TEXT | 111043 | 4020
  | >>> | HAS ACQ CONTEXT | DATE | 111060 | 4020
  | >>> | HAS ACQ CONTEXT | TIME | 111061 | 4020
  | >>> | HAS ACQ CONTEXT | DATE | 111018 | 4020
  | >>> | HAS ACQ CONTEXT | TIME | 111019 | 4020
  | >>> | HAS ACQ CONTEXT | NUM | 111026 | 4020
  | >>> | HAS ACQ CONTEXT | NUM | 111066 | 4020
  | > | CONTAINS | CODE | 111017 | 4001
  | >> | HAS PROPERTIES | TEXT | 111033 | 4002
  | >> | HAS PROPERTIES | TEXT | 111001 | 4019
  | >> | HAS PROPERTIES | TEXT | 111003 | 4019
! | >> | HAS PROPERTIES | NUM | See CID 6142 | 4002
+ | >> | HAS PROPERTIES | NUM | 111047 | 4002
= one concept name does not need its context group
  | >>> | HAS CONCEPT MOD | CODE | 272741003 | 4002
  | >>> | HAS CONCEPT MOD | CODE | 121401 | 4002
  | >> | INFERRED FROM | CONTAINER | 111034 | 4003
  | >>> | HAS CONCEPT MOD | CODE | 111056 | 4003
  | >>> | CONTAINS | CODE | 111059 | 4006
  | >>>> | HAS CONCEPT MOD | CODE | 111056 | 4006
  | >>>> | HAS PROPERTIES | TEXT | 111001 | 4019
  | >>>> | HAS PROPERTIES | TEXT | 111003 | 4019
+ | >>>> | HAS PROPERTIES | NUM | 111012 | 4006
= the samples write a Certainty of Finding
  | >>>> | HAS PROPERTIES | SCOORD | 111010 | 4021
  | >>>>> | R-SELECTED FROM | IMAGE |  | 4021
  | >>>> | HAS PROPERTIES | SCOORD | 111041 | 4021
  | >>>>> | R-SELECTED FROM | IMAGE |  | 4021
! | >>> | CONTAINS | CODE | 111059 | 4006
! | >>>> | HAS CONCEPT MOD | CODE | 111056 | 4006
! | >>>> | HAS PROPERTIES | TEXT | 111001 | 4019
! | >>>> | HAS PROPERTIES | TEXT | 111003 | 4019
! | >>> | HAS PROPERTIES | CODE | 129715009 | 4007
+ | >>>> | HAS PROPERTIES | CODE | 129715009 | 4007
= the second Single Image Finding is the same place, and Breast composition is a property of it (TID 4007)
  | > | CONTAINS | CODE | 111064 | 4000
  | >> | INFERRED FROM | CONTAINER | 111063 | 4015
  | >>> | CONTAINS | CODE | 111022 | 4017
  | >>>> | HAS PROPERTIES | TEXT | 111001 | 4019
  | >>>> | HAS PROPERTIES | TEXT | 111003 | 4019
! | >>>>> | R-SELECTED FROM | IMAGE |  | 4021
+ | >>>> | R-SELECTED FROM | IMAGE |  | 4017
= nothing stands below Algorithm Version (TID 4019); the images are row 3 of TID 4017
  | > | CONTAINS | CODE | 111065 | 4000
  | >> | INFERRED FROM | CONTAINER | 111062 | 4016
  | >>> | CONTAINS | CODE | 111004 | 4018
  | >>>> | HAS PROPERTIES | TEXT | 111001 | 4019
  | >>>> | HAS PROPERTIES | TEXT | 111003 | 4019
! | >>>>> | R-HAS PROPERTIES | IMAGE |  | 4021
+ | >>>> | R-SELECTED FROM | IMAGE |  | 4018
= nothing stands below Algorithm Version (TID 4019); the images are row 3 of TID 4018
"""
"""PS3.2 Table N.10-1: nesting, relationship, Value Type, Code Value of the concept name, TID. Rows marked "!" are there only, rows
marked "+" in the samples' annex only, for the reason behind "="."""

ECHO = """
  |  |  | CONTAINER | 125200 | 5200
  | > | HAS CONCEPT MOD | CODE | 121049 | 1204
  | >> | HAS CONCEPT MOD | CODE | 121046 | 1204
  | > | HAS OBS CONTEXT | CODE | 121005 | 1002
  | > | HAS OBS CONTEXT | PNAME | 121008 | 1003
  | > | CONTAINS | CONTAINER | 121118 | 5201
! | >> | CONTAINS | NUM | 121118 | 5201
+ | >> | CONTAINS | NUM | 121033 | 5201
= Subject Age is 121033
  | >> | CONTAINS | CODE | 121032 | 5201
  | >> | CONTAINS | NUM | 8277-6 | 5201
  | >>> | INFERRED FROM | CODE | 8278-4 | 5201
  | > | CONTAINS | CONTAINER | 59776-5 | 5202
  | >> | HAS CONCEPT MOD | CODE | 363698007 | 5202
  | >> | CONTAINS | CONTAINER | 125007 | 5202
  | >>> | CONTAINS | NUM | See Section | 300
! | >>>> | HAS CONCEPT MOD | CODE | 370129005 | 300
! | >>>> | HAS CONCEPT MOD | CODE | 363698007 | 300
+ | >>>> | HAS CONCEPT MOD | CODE | 370129005 | 301
+ | >>>> | HAS CONCEPT MOD | CODE | 363698007 | 301
= TID 300 includes TID 301 Measurement Content, which has these rows
! | >>>> | HAS CONCEPT MOD | CODE | 26067400 | 5203
+ | >>>> | HAS CONCEPT MOD | CODE | 260674002 | 5203
= Flow Direction is 260674002
! | >>>> | HAS CONCEPT MOD | CODE | 272517003 | 5203
= the samples do not write a Respiratory Cycle Point
  | >>>> | HAS CONCEPT MOD | CODE | 272518008 | 5203
  | >>>> | HAS CONCEPT MOD | CODE | 399264008 | 5203
+ | >>>> | HAS CONCEPT MOD | CODE | 121401 | 301
= the samples write a Derivation
  | >>>> | HAS CONCEPT MOD | CODE | 111031 | 5203
"""
"""PS3.2 Table N.10-4 in the same way."""


@pytest.fixture(scope="module")
def annex(samples_annex: Annex) -> Annex:
    return samples_annex


def content_of(annex: Annex, template: str) -> Table:
    (found,) = [t for t in annex.tables if t.kind == "sr_content" and t.title.endswith(f"(TID {template})")]
    return found


def lines_of(table: Table) -> list[tuple[str, ...]]:
    return [line_of(*(row.cells[column].text for column in (*SR_CONTENT[:4], "TID")), row.level) for row in table.rows]


def line_of(
    nesting: str, relationship: str, value_type: str, concept: str, template: str, level: int = -1
) -> tuple[str, ...]:
    """A row as it is compared: of the concept name its Code Value, or where it is listed."""
    assert level in (-1, len(nesting))
    listed = re.match(r"See (?:Section|CID \d+)", concept)
    code = re.search(r"\(([^,]+),", concept)
    shown = listed[0] if listed else code[1] if code else ""
    return nesting, SLIPS.get(relationship, relationship), value_type, shown, template


def told(text: str, without: str) -> list[tuple[str, ...]]:
    """The rows of a comparison but those with a mark."""
    lines = [line for line in text.strip("\n").splitlines() if line[0] not in f"={without}"]
    return [tuple(part.strip() for part in line.split("|")[1:]) for line in lines]


def published(name: str) -> list[tuple[str, ...]]:
    """The rows of a content table as PS3.2 has it."""
    text = EXCERPT.read_text(encoding="utf-8")
    start = text.index(f"{name}. ", text.index(f"\n{name}. "))
    rows = []
    for line in text[start : text.index("\nN.10.", start)].splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) >= 7 and cells[0] != "NL":
            rows.append(line_of(*cells[:4], cells[7] if len(cells) > 7 else cells[6]))
    return rows


@pytest.mark.parametrize(("template", "comparison"), [("4000", CAD), ("5200", ECHO)])
def test_reports_are_tables_n_10_1_and_n_10_4_but_for_stated_differences(
    annex: Annex, template: str, comparison: str
) -> None:
    table = content_of(annex, template)
    assert table.columns == SR_CONTENT
    assert lines_of(table) == told(comparison, without="!")


@pytest.mark.skipif(not EXCERPT.is_file(), reason="the text of PS3.2 is not in ../shared")
@pytest.mark.parametrize(("name", "comparison"), [("Table N.10-1", CAD), ("Table N.10-4", ECHO)])
def test_the_rows_compared_with_are_those_of_the_standard(name: str, comparison: str) -> None:
    assert published(name) == told(comparison, without="+")


@pytest.mark.parametrize("comparison", [CAD, ECHO])
def test_every_difference_has_its_reason(comparison: str) -> None:
    marks = "".join(line[0] for line in comparison.strip("\n").splitlines())
    assert not re.search(r"[!+](?![!+=])", marks)


def test_its_code_sets_are_tables_n_10_2_and_n_10_3(annex: Annex) -> None:
    report = content_of(annex, "4000")
    sets = {t.title.rpartition(" - ")[2]: t for t in annex.tables if t.kind == "sr_codes" and report.title in t.title}
    modifiers = sets["Image View Modifier Codes"]
    assert modifiers.columns == SR_CODES
    found = [tuple(cell.text for cell in row.cells.values()) for row in modifiers.rows]
    assert ("SCT", "399161006", "Cleavage") in found
    assert found == sorted(found)
    findings = [row.cells["Code Value"].text for row in sets["Single Image Finding Codes"].rows]
    assert {"129793001", "129770007", "129769006"} <= set(findings)
    for row in report.rows:
        if "111032" in row.cells["Concept Name"].text:
            assert modifiers.id in row.cells["Values"].text
            assert row.cells["Values"].text.startswith('See CID 4015 "View Modifier for Mammography"')


def test_its_measurements_are_tables_n_10_5_and_n_10_6(annex: Annex) -> None:
    tables = {t.title: t for t in annex.tables if t.kind == "sr_measurements"}
    left = tables["Left Ventricle Measurements"]
    assert [row.heading for row in left.rows[:2]] == [True, False]
    site = '(363698007, SCT, "Finding Site"): (87878005, SCT, "Left Ventricle")'
    assert left.rows[0].cells["Label"].text == f"Echo Section (TID 5202) - Left Ventricle, {site}"
    assert "Right Ventricle Measurements" in tables
    measured = [row for row in left.rows if not row.heading and row.cells["Measurement"].text]
    (index,) = [
        n for n, row in enumerate(left.rows) if "54993008" in row.cells.get("Measurement", row.cells["Label"]).text
    ]
    cardiac = [left.rows[index]]
    for row in left.rows[index + 1 :]:
        if row.cells["Measurement"].text:
            break
        cardiac.append(row)
    modifiers = {(row.cells["Modifier Concept"].text, row.cells["Modifier Value"].text) for row in cardiac}
    assert ('(399264008, SCT, "Image Mode")', '(399064001, SCT, "2D mode")') in modifiers
    assert "UCUM" in cardiac[0].cells["Unit"].text
    assert len(measured) > 4


def test_root_templates_come_in_ascending_order(annex: Annex) -> None:
    table = annex.table("N.1-3")
    numbers = [int(row.cells["Root TID"].text) for row in table.rows if row.cells["Root TID"].text]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 10001
    for row in table.rows:
        assert annex.table(row.reference).kind == "sr_content"
