"""Section N.10 of the samples: the tables that PS3.2 shows as Tables N.10-1 to N.10-6."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.columns import SR_CODES, SR_CONTENT
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.simulator.samples import write_samples

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Table

CAD = """
 | | CONTAINER | 111036 | 4000
> | HAS CONCEPT MOD | CODE | 121049 | 1204
>> | HAS CONCEPT MOD | CODE | 121046 | 1204
> | CONTAINS | CONTAINER | 111028 | 4000
>> | CONTAINS | IMAGE | | 4020
>>> | HAS ACQ CONTEXT | CODE | 111027 | 4020
>>> | HAS ACQ CONTEXT | CODE | 111031 | 4020
>>>> | HAS CONCEPT MOD | CODE | 111032 | 4020
>>> | HAS ACQ CONTEXT | TEXT | 111044 | 4020
>>> | HAS ACQ CONTEXT | TEXT | 111043 | 4020
>>> | HAS ACQ CONTEXT | DATE | 111060 | 4020
>>> | HAS ACQ CONTEXT | TIME | 111061 | 4020
>>> | HAS ACQ CONTEXT | DATE | 111018 | 4020
>>> | HAS ACQ CONTEXT | TIME | 111019 | 4020
>>> | HAS ACQ CONTEXT | NUM | 111026 | 4020
>>> | HAS ACQ CONTEXT | NUM | 111066 | 4020
> | CONTAINS | CODE | 111017 | 4001
>> | HAS PROPERTIES | TEXT | 111033 | 4002
>> | HAS PROPERTIES | TEXT | 111001 | 4019
>> | HAS PROPERTIES | TEXT | 111003 | 4019
>> | HAS PROPERTIES | NUM | 111047 | 4002
>>> | HAS CONCEPT MOD | CODE | 272741003 | 4002
>>> | HAS CONCEPT MOD | CODE | 121401 | 4002
>> | INFERRED FROM | CONTAINER | 111034 | 4003
>>> | HAS CONCEPT MOD | CODE | 111056 | 4003
>>> | CONTAINS | CODE | 111059 | 4006
>>>> | HAS CONCEPT MOD | CODE | 111056 | 4006
>>>> | HAS PROPERTIES | TEXT | 111001 | 4019
>>>> | HAS PROPERTIES | TEXT | 111003 | 4019
>>>> | HAS PROPERTIES | CODE | 129715009 | 4007
>>>> | HAS PROPERTIES | NUM | 111012 | 4006
>>>> | HAS PROPERTIES | SCOORD | 111010 | 4021
>>>>> | R-SELECTED FROM | IMAGE | | 4021
>>>> | HAS PROPERTIES | SCOORD | 111041 | 4021
>>>>> | R-SELECTED FROM | IMAGE | | 4021
> | CONTAINS | CODE | 111064 | 4000
>> | INFERRED FROM | CONTAINER | 111063 | 4015
>>> | CONTAINS | CODE | 111022 | 4017
>>>> | HAS PROPERTIES | TEXT | 111001 | 4019
>>>> | HAS PROPERTIES | TEXT | 111003 | 4019
>>>> | R-SELECTED FROM | IMAGE | | 4017
> | CONTAINS | CODE | 111065 | 4000
>> | INFERRED FROM | CONTAINER | 111062 | 4016
>>> | CONTAINS | CODE | 111004 | 4018
>>>> | HAS PROPERTIES | TEXT | 111001 | 4019
>>>> | HAS PROPERTIES | TEXT | 111003 | 4019
>>>> | R-SELECTED FROM | IMAGE | | 4018
"""
"""PS3.2 Table N.10-1 as the samples have it: nesting, relationship, Value Type, Code Value of the concept name, TID."""

ECHO = """
 | | CONTAINER | 125200 | 5200
> | HAS CONCEPT MOD | CODE | 121049 | 1204
>> | HAS CONCEPT MOD | CODE | 121046 | 1204
> | HAS OBS CONTEXT | CODE | 121005 | 1002
> | HAS OBS CONTEXT | PNAME | 121008 | 1003
> | CONTAINS | CONTAINER | 121118 | 5201
>> | CONTAINS | NUM | 121033 | 5201
>> | CONTAINS | CODE | 121032 | 5201
>> | CONTAINS | NUM | 8277-6 | 5201
>>> | INFERRED FROM | CODE | 8278-4 | 5201
> | CONTAINS | CONTAINER | 59776-5 | 5202
>> | HAS CONCEPT MOD | CODE | 363698007 | 5202
>> | CONTAINS | CONTAINER | 125007 | 5202
>>> | CONTAINS | NUM | See Section | 300
>>>> | HAS CONCEPT MOD | CODE | 370129005 | 301
>>>> | HAS CONCEPT MOD | CODE | 363698007 | 301
>>>> | HAS CONCEPT MOD | CODE | 121401 | 301
>>>> | HAS CONCEPT MOD | CODE | 260674002 | 5203
>>>> | HAS CONCEPT MOD | CODE | 272518008 | 5203
>>>> | HAS CONCEPT MOD | CODE | 399264008 | 5203
>>>> | HAS CONCEPT MOD | CODE | 111031 | 5203
"""
"""PS3.2 Table N.10-4 as the samples have it; the modifiers come in no order of their own."""


@pytest.fixture(scope="module")
def annex(tmp_path_factory: pytest.TempPathFactory) -> Annex:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return number(build_annex(scan([folder])))


def content_of(annex: Annex, template: str) -> Table:
    (found,) = [t for t in annex.tables if t.kind == "sr_content" and t.title.endswith(f"(TID {template})")]
    return found


def lines_of(table: Table) -> list[tuple[str, ...]]:
    found = []
    for row in table.rows:
        concept = row.cells["Concept Name"].text
        shown = "See Section" if concept.startswith("See Section") else concept.partition(",")[0].lstrip("(")
        cells = [row.cells[column].text for column in ("NL", "Rel with Parent", "VT")]
        found.append((*cells, shown, row.cells["TID"].text))
    return found


def told(text: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split("|")) for line in text.strip("\n").splitlines()]


def test_the_mammography_report_is_table_n_10_1(annex: Annex) -> None:
    table = content_of(annex, "4000")
    assert table.columns == SR_CONTENT
    assert lines_of(table) == told(CAD)


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


def test_the_echocardiography_report_is_table_n_10_4(annex: Annex) -> None:
    table = content_of(annex, "5200")
    lines, expected = lines_of(table), told(ECHO)
    assert lines[:14] == expected[:14]
    assert sorted(lines[14:]) == sorted(expected[14:])


def test_its_measurements_are_tables_n_10_5_and_n_10_6(annex: Annex) -> None:
    tables = {t.title: t for t in annex.tables if t.kind == "sr_measurements"}
    left = tables["Left Ventricle Measurements"]
    assert [row.heading for row in left.rows[:2]] == [True, False]
    assert '(87878005, SCT, "Left Ventricle")' in left.rows[0].cells["Label"].text
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
