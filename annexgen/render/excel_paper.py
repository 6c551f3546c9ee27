"""The workbook on paper: widths with which its tables can be read on one page across, and the setup of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

PAPER_WIDTH = 784
"""Points between the margins of A4 in landscape."""
POINTS_OF_A_UNIT = 5.25
"""What a unit of a column's width takes on paper before the sheet is scaled to the page."""

_A4 = 9
_MARGIN = 0.4
_HEADER_MARGIN = 0.2
_BOTTOM_MARGIN = 0.6
_FOOTER_SIZE = 8
# Of the widths that a printed page allows, most go to texts; the Standard's terms get what the longest of them needs.
_WIDTHS = {
    "Attribute Name": 32,
    "Module Name": 38,
    "Functional Group Macro": 38,
    "Concept Name": 40,
    "Code Meaning": 80,
    "SOP Class Name": 34,
    "SOP Class UID": 28,
    "Transfer Syntax Name": 34,
    "Transfer Syntax UID": 28,
    "Tag": 13,
    "VR": 6,
    "VM": 7,
    "NL": 7,
    "Rel with Parent": 18,
    "VT": 12,
    "IE": 16,
    "TID": 13,
    "Identifiable Information": 13,
    "Presence of Attribute": 14,
    "Presence of Value": 14,
    "Presence of Content Item": 14,
    "DIMSE SCU": 8,
    "DIMSE SCP": 8,
    "DICOM Web UA": 8,
    "DICOM Web OS": 8,
    "Media FSC": 8,
    "Media FSU": 8,
    "Media FSR": 8,
    "Create": 15,
    "Display": 9,
    "Process": 9,
    "Archive": 9,
    "Value": 28,
    "Values": 38,
    "Value/Code": 40,
    "Condition": 34,
    "Conditions": 32,
    "Comments": 24,
    "Measurement": 38,
    "Modifier Concept": 34,
    "Modifier Value": 38,
    "Unit": 30,
    "Label": 24,
    "Used in": 60,
    "Description": 40,
    "Revision": 16,
    "Date": 14,
    "Product Version(s)": 24,
    "Change": 90,
}
_DEFAULT_WIDTH = 16


def width_of(column: str) -> int:
    """The width of a column of the annexes' tables."""
    return _WIDTHS.get(column, _DEFAULT_WIDTH)


def scale(widths: Sequence[float]) -> float:
    """By how much columns of these widths shrink on paper; 1 where they fit as they are."""
    return min(1.0, PAPER_WIDTH / (POINTS_OF_A_UNIT * sum(widths)))


def print_setup(target: Worksheet, title: str = "", repeated: int = 0) -> None:
    """Fit the sheet to the width of a page of A4 in landscape, and leave the lines to the tables.

    Every page repeats the first `repeated` rows, and says below what it belongs to (`title`, the sheet, its number).
    """
    from openpyxl.worksheet.page import PageMargins
    from openpyxl.worksheet.properties import PageSetupProperties

    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = _A4
    target.page_setup.fitToHeight = 0
    target.page_margins = PageMargins(
        left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=_BOTTOM_MARGIN, header=_HEADER_MARGIN, footer=_HEADER_MARGIN
    )
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.sheet_view.showGridLines = False
    if repeated:
        target.print_title_rows = f"1:{repeated}"
    # An ampersand begins a code in what a page says at its foot.
    for part, text in (("left", title.replace("&", "&&")), ("center", "&A"), ("right", "Page &P of &N")):
        item = getattr(target.oddFooter, part)
        item.text, item.size = text, _FOOTER_SIZE
