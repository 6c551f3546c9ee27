"""What is not settled about the templates in the tables: value sets that are open and why, rows that one source alone has.

Both lists are for the page that `template_coverage` writes; tests hold them against the tables and the reference facts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.standard import templates

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = tuple[tuple[str, str], ...]
"""TIDs, each with row numbers parted by blanks; 3-5 stands for 3, 4 and 5."""

OPEN_VALUES: dict[str, Rows] = {
    "The reference facts have none either: the writer chooses, or the including template": (
        *(("350", "5"), ("1005", "9"), ("1007", "3"), ("1210", "3"), ("1500", "13"), ("1603", "1 2"), ("2000", "2")),
        *(("2002", "1"), ("2010", "2"), ("3106", "1"), ("3602", "20"), ("3802", "28"), ("3830", "5 11")),
        *(("3906", "2 4"), ("3907", "4"), ("3910", "11"), ("3927", "2"), ("3990", "2 3"), ("4019", "1b 4")),
        *(("4204", "3 5 12 21"), ("4207", "8 10"), ("5016", "1c 6 7"), ("5105", "6"), ("5202", "5"), ("5204", "2")),
        *(("8182", "3 4"), ("9002", "2-4 16 17"), ("10022", "2 3 24 25")),
    ),
    "PS3.16 2025e prints none": (("2006", "2"),),
    "The row refers to another Content Item, whose value it has": (("4005", "15"), ("4006", "10"), ("4103", "13")),
    "The reference facts have a list of their own, whose codes no source at hand spells out": (
        *(("3829", "12"), ("3902", "2"), ("3911", "5"), ("3921", "2"), ("3922", "9"), ("5204", "9")),
    ),
    "One source alone has the row, without a value set": (
        *(("1419", "14b"), ("2000", "4"), ("2005", "2-4"), ("2007", "3 4")),
    ),
}
"""Rows of value type CODE without a value set, by the reason why."""

ONE_SOURCE: Rows = (
    *(("1002", "4"), ("1004", "10-12"), ("1007", "5a 5b 5c"), ("1015", "1 2"), ("1406", "1-3"), ("1410", "9b 12b 13")),
    *(("1411", "13b 16b 17"), ("1419", "14b 14c"), ("1606", "2-7"), ("1607", "3b"), ("1608", "1-3"), ("2000", "3 4")),
    *(("2005", "2-4"), ("2006", "9-22"), ("2007", "1 2 5"), ("2008", "2"), ("4005", "11-27"), ("4101", "4")),
    *(("4102", "2-14"), ("4103", "1-13"), ("4104", "3-5 7-10 13 15-17 19-24"), ("4105", "16-20"), ("4106", "1-5")),
)
"""Rows of curated templates that no second source at hand has: neither the reference facts nor an SR writer nor another page."""


def unfolded(rows: Rows) -> Iterator[tuple[str, str]]:
    """Each TID and row number by itself."""
    for tid, numbers in rows:
        for number in numbers.split():
            ends = re.fullmatch(r"(\d+)-(\d+)", number)
            found = map(str, range(int(ends[1]), int(ends[2]) + 1)) if ends else (number,)
            yield from ((tid, one) for one in found)


def rows_without_value_set() -> frozenset[tuple[str, str]]:
    """The rows of value type CODE that the tables give no value set, as TID and row number."""
    known = (found for tid in templates.all_templates() if (found := templates.template(tid)) is not None)
    return frozenset(
        (found.tid, row.number)
        for found in known
        for row in found.rows
        if "CODE" in row.value_types and not row.value_set
    )


def page_lines() -> list[str]:
    """The section of the page of templates."""
    count = sum(1 for _ in unfolded(ONE_SOURCE))
    return [
        "## What is not settled",
        "",
        f"{len(rows_without_value_set())} rows of value type CODE have no value set:",
        "",
        "| Why | Rows |",
        "|---|---|",
        *(f"| {why} | {_listed(rows)} |" for why, rows in OPEN_VALUES.items()),
        "",
        "The rows of curated templates were held against the reference facts, against what highdicom, DCMTK (dcmqi), DICOMKit,",
        "dcmjs and dwv write, and against pages of PS3.16 (2020a, 2024c to 2026a), PS3.17 and PS3.20 where they could be had.",
        f"These {count} have no second source; they are as PS3.16 2026a, or for TID 1406 and 2005 to 2008 the edition 2017, prints them:",
        "",
        f"{_listed(ONE_SOURCE)}.",
        "",
        "Not decided besides: the relationship of TID 10002 row 19; the unit mm of an angle in TID 10003C row 20, as the",
        "reference facts have it; Subject ID of TID 1007 (row 3), which is CODE here as in the reference facts and in one writer,",
        "TEXT in another one (for a fetus, TID 1008 row 3, it is TEXT everywhere). Row 19 of TID 1419 is INFERRED FROM, as DCMTK",
        "and the reference facts have it, and as PS3.3 asks for below a NUM; highdicom writes CONTAINS.",
    ]


def _listed(rows: Rows) -> str:
    return "; ".join(f"TID {tid}: {', '.join(numbers.split()).replace('-', ' to ')}" for tid, numbers in rows)
