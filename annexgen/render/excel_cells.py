"""The cells of the workbook: styles by name, and texts that can never act as formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from annexgen.annex.model import Status
from annexgen.render.texts import printable

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import NamedStyle, Side
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
INK, MUTED, LINK, RULE, HEAD = "1F2933", "6B7680", "0B5CAD", "D3DAE0", "E8EDF1"
CHANGED, CHANGED_FILL = "1F5FA8", "D9E7F7"
MAX_TEXT = 32_767
CUT = " … [cut here; annex.json has the whole text]"

# Excel reads _x0041_ in a stored text as the character A.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A text that begins so would be a formula or a command once it is edited or exported.
_ACTIVE = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def register_styles(workbook: Workbook) -> None:
    """Give the workbook the styles that `put` names."""
    for style in _styles():
        workbook.add_named_style(style)


def status_style(status: Status) -> str:
    """The name of the style of a cell with this status."""
    return f"annex {status}"


def put(sheet: Worksheet, row: int, column: int, value: str | int, style: str) -> Cell:
    """Write a text or a count; texts stay texts whatever they begin with."""
    cell = cast("Cell", sheet.cell(row, column))
    cell.style = style
    if isinstance(value, int):
        cell.value = value
        return cell
    text = safe(value)
    if text:
        cell.value = text
        cell.data_type = "s"
        if _ACTIVE.match(text):
            cell.quotePrefix = True
    return cell


def link(cell: Cell, sheet: str, target: str) -> None:
    """Make the cell a link to the cell `target` of a sheet of the workbook."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{target}")


def span(target: Worksheet, row: int, column: int, width: int, text: str, style: str) -> None:
    """Write one text across several columns."""
    for position in range(column + 1, column + width):
        put(target, row, position, "", style)
    put(target, row, column, text, style)
    if width > 1:
        target.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + width - 1)


def side(*, decided: bool) -> Side:
    """The line at the left of a cell that differs; dashed where the difference may be an accident."""
    from openpyxl.styles import Side

    return Side("medium" if decided else "mediumDashed", color=CHANGED)


def safe(text: str) -> str:
    """The text as a cell can hold it: printable, no longer than Excel allows, without Excel's own escapes."""
    text = printable(text)
    if _length(text) > MAX_TEXT:
        text = text[: MAX_TEXT - len(CUT)]
        while _length(text) > MAX_TEXT - len(CUT):
            text = text[: len(text) // 2]
        text += CUT
    return _ESCAPE.sub("_x005F_", text)


def _length(text: str) -> int:
    """The length as Excel counts it, in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _styles() -> list[NamedStyle]:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    rule = Side("thin", color=RULE)
    box = Border(left=rule, right=rule, top=rule, bottom=rule)
    wrap = Alignment(vertical="top", wrap_text=True)
    solid = {
        Status.PROPOSED: "FFF3D6",
        Status.CONFIRMED: "DDF1E1",
    }

    def style(name: str, font: Font, fill: PatternFill | None = None, border: Border | None = None) -> NamedStyle:
        made = NamedStyle(name, font=font, alignment=wrap)
        if fill is not None:
            made.fill = fill
        if border is not None:
            made.border = border
        return made

    def filled(color: str) -> PatternFill:
        return PatternFill("solid", start_color=color, end_color=color)

    plain = Font(FONT, 10, color=INK)
    muted = Font(FONT, 10, color=MUTED)
    made = [
        style("annex title", Font(FONT, 18, bold=True, color=INK)),
        style("annex section", Font(FONT, 13, bold=True, color=INK)),
        style("annex caption", Font(FONT, 11, bold=True, color=INK)),
        style("annex header", Font(FONT, 10, bold=True, color=INK), filled(HEAD), box),
        style("annex evidence header", Font(FONT, 9, bold=True, color=MUTED), filled("F5F7F9"), box),
        style("annex gap", Font(FONT, 8, color="FFFFFF")),
        style("annex evidence", Font(FONT, 9, color=MUTED), None, box),
        style("annex weak", Font(FONT, 9, bold=True, color="9A3412"), filled("FDEBDD"), box),
        style("annex heading", Font(FONT, 10, bold=True, color=INK), filled("F1F4F7"), box),
        style("annex text", plain),
        style("annex muted", muted),
        style("annex warning", Font(FONT, 10, bold=True, color="9B1C1C"), filled("FDE8E8")),
        style("annex link", Font(FONT, 10, color=LINK, underline="single")),
        style("annex plain", plain, None, box),
        style("annex error", Font(FONT, 10, bold=True, color="9B1C1C"), filled("FDE8E8"), box),
        style("annex note", muted, None, box),
    ]
    made[0].alignment = made[1].alignment = made[2].alignment = Alignment(vertical="center")
    for name, decided in (("annex changed", True), ("annex undecided", False)):
        edge = Border(left=side(decided=decided), right=rule, top=rule, bottom=rule)
        made.append(style(name, plain, filled(CHANGED_FILL), edge))
    made.append(style("annex gone", Font(FONT, 10, color=MUTED, strike=True), None, box))
    for status in Status:
        if status is Status.UNKNOWN:
            hatched = PatternFill("lightUp", start_color="B8C1CA", end_color="FFFFFF")
            made.append(style(status_style(status), plain, hatched, box))
        else:
            font = muted if status is Status.STANDARD else plain
            fill = filled(solid[status]) if status in solid else None
            made.append(style(status_style(status), font, fill, box))
    return made
