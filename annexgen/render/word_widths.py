"""Column widths of tables on paper: fixed ones for the Standard's terms and numbers, shares of the rest for texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE_COLUMNS = 7
"""A table of so many columns asks for a page in landscape (PS3.2 Annex N preface)."""

_MARGINS = 160
# Average width of a character of table text (Arial, 8 points) in twentieths of a point.
_CHARACTER = 86
_MOST_FIXED = 0.72

# Wide enough for the longest term that stands in the column, such as CONTEXT_DEPENDENT, in twentieths of a point.
_FIXED = {
    "Tag": 1170,
    "VR": 720,
    "VM": 640,
    "Identifiable Information": 1190,
    "Source": 1560,
    "Presence of Attribute": 1330,
    "Presence of Value": 1330,
    "Presence of Content Item": 1330,
    "Presence (Module)": 1400,
    "Presence": 1330,
    "Usage": 2150,
    "Reference": 1360,
    "IE": 1720,
    "NL": 760,
    "Rel with Parent": 1840,
    "VT": 1240,
    "TID": 960,
    "Coding Scheme Designator": 1500,
    "Code Value": 1900,
    "SOP Class UID": 2700,
    "Transfer Syntax UID": 2100,
    "Transfer Syntax Set": 1150,
    "DIMSE SCU": 620,
    "DIMSE SCP": 620,
    "DICOM Web UA": 620,
    "DICOM Web OS": 620,
    "Media FSC": 620,
    "Media FSU": 620,
    "Media FSR": 620,
    "Create": 1180,
    "Display": 900,
    "Process": 960,
    "Archive": 900,
    "Root TID": 900,
    "Function": 1500,
    "Defined Term": 1900,
    "Unit": 2400,
    "Modality Worklist": 1600,
    "MPPS": 1200,
    "Revision": 1100,
    "Date": 1300,
    "Product Version(s)": 2200,
}
_SHARES = {
    "Attribute Name": 30,
    "Module Name": 34,
    "Functional Group Macro": 34,
    "Concept Name": 34,
    "Value": 26,
    "Values": 30,
    "Value/Code": 32,
    "Conditions": 26,
    "Condition": 24,
    "Comments": 20,
    "Code Meaning": 40,
    "IANA": 20,
    "Description": 36,
    "Measurement": 30,
    "DICOM Web Service Bulkdata Media Type": 24,
    "Transfer Syntax Name": 40,
}
_SHARE = 24


def column_widths(columns: Sequence[str], available: int) -> list[int]:
    """The width of every column; together they are `available` (twentieths of a point)."""
    fixed = [_FIXED.get(column, 0) for column in columns]
    # In the table of transfer syntaxes this column holds the name of the set, not abbreviations.
    if "Transfer Syntax Name" in columns and "Transfer Syntax Set" in columns:
        fixed[columns.index("Transfer Syntax Set")] = 2300
    total = sum(fixed)
    shares = [0 if width else _SHARES.get(column, _SHARE) for width, column in zip(fixed, columns, strict=True)]
    if not any(shares):
        shares = list(fixed)
        fixed = [0] * len(fixed)
    elif total > available * _MOST_FIXED:
        fixed = [int(width * available * _MOST_FIXED / total) for width in fixed]
    rest = available - sum(fixed)
    widths = [width or rest * share // sum(shares) for width, share in zip(fixed, shares, strict=True)]
    widths[shares.index(max(shares))] += available - sum(widths)
    return widths


def lines(text: str, width: int) -> int:
    """About how many lines the text takes in a column."""
    per_line = max(1, (width - _MARGINS) // _CHARACTER)
    return sum(1 + len(line) // per_line for line in text.split("\n"))


def is_wide(columns: Sequence[str]) -> bool:
    """Whether a table of these columns asks for landscape."""
    return len(columns) >= WIDE_COLUMNS
