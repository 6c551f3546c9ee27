"""Column widths of tables on paper: room for the Standard's terms, and the rest where the texts need it most."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from annexgen.render.word_measure import CELL_MARGINS, heading_width, lines, longest_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDE_COLUMNS = 7
"""A table of so many columns asks for a page in landscape (PS3.2 Annex N preface)."""
MOST_LINES = 12
"""A text that would take more lines in its cell stands below the table (PS3.2 Annex N preface)."""

_MOST_FIXED = 0.72
# No word takes more of a page than this; it is cut instead. UIDs of the Standard fit.
_LONGEST_WORD = 2400
# Columns that people write into stay wide enough for that, also where nothing stands in them yet.
_LEAST = {
    "Attribute Name": 1600,
    "Value": 1400,
    "Values": 1800,
    "Conditions": 1700,
    "Condition": 1700,
    "Comments": 1500,
}
_LEAST_OF_OTHERS = 1000
_LEAST_BLANK = 1250
# Fonts that take the place of Arial where that is missing draw the marks of nesting so much wider.
_WIDER_FONTS = 1.45
_STEPS = (960, 480, 240, 120)

# Tags fit in wider fonts as well, which take the place of Arial where that is missing.
# Wide enough for the longest term that stands in the column, such as CONTEXT_DEPENDENT, in twentieths of a point.
_FIXED = {
    "Tag": 1220,
    "VR": 540,
    "VM": 560,
    "Identifiable Information": 1290,
    "Source": 1560,
    "Presence of Attribute": 1310,
    "Presence of Value": 1310,
    "Presence of Content Item": 1310,
    "Presence (Module)": 1310,
    "Presence": 1310,
    "Usage": 2150,
    "Reference": 1360,
    "IE": 1720,
    "NL": 620,
    "Rel with Parent": 1780,
    "VT": 1240,
    "TID": 720,
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
    "Revision": 1100,
    "Date": 1300,
    "Product Version(s)": 2200,
    "Kind": 1310,
    "Number of Codes": 1100,
    "Severity": 900,
    "Instances": 1000,
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
    "Used in": 40,
    "Message": 48,
}
_SHARE = 24


def column_widths(columns: Sequence[str], available: int, rows: Iterable[Sequence[str]] = ()) -> list[int]:
    """The width of every column; together they are `available` (twentieths of a point).

    Columns of the Standard's terms take what the longest term needs. The others share the rest so that the `rows`
    (the texts of their cells) take as few lines as possible; without texts they have fixed shares.
    """
    counted = Counter(tuple(row) for row in rows)
    texts = [{row[position] for row in counted} for position in range(len(columns))]
    words = [min(max(map(longest_word, cells), default=0) + CELL_MARGINS, _LONGEST_WORD) for cells in texts]
    if "NL" in columns:
        words[columns.index("NL")] = int(words[columns.index("NL")] * _WIDER_FONTS)
    fixed = _fixed(columns, words)
    total = sum(fixed)
    shares = [0 if width else _SHARES.get(column, _SHARE) for width, column in zip(fixed, columns, strict=True)]
    if not any(shares):
        shares = list(fixed)
        fixed = [0] * len(fixed)
    elif total > available * _MOST_FIXED:
        share = available * _MOST_FIXED / total
        fixed = [max(int(width * share), min(width, word)) for width, word in zip(fixed, words, strict=True)]
    rest = available - sum(fixed)
    widths = [width or rest * share // sum(shares) for width, share in zip(fixed, shares, strict=True)]
    widths[shares.index(max(shares))] += available - sum(widths)
    elastic = [position for position, share in enumerate(shares) if share]
    least = [_least(column, blank=not any(cells)) for column, cells in zip(columns, texts, strict=True)]
    _widen(widths, elastic, least)
    if counted and len(elastic) > 1:
        _fit(widths, elastic, least, counted)
    return widths


def is_wide(columns: Sequence[str]) -> bool:
    """Whether a table of these columns asks for landscape."""
    return len(columns) >= WIDE_COLUMNS


def _fixed(columns: Sequence[str], words: Sequence[int]) -> list[int]:
    fixed = [_FIXED.get(column, 0) for column in columns]
    # In the table of transfer syntaxes this column holds the name of the set, not abbreviations.
    if "Transfer Syntax Name" in columns and "Transfer Syntax Set" in columns:
        fixed[columns.index("Transfer Syntax Set")] = 2300
    return [max(width, word) if width else 0 for width, word in zip(fixed, words, strict=True)]


def _least(column: str, *, blank: bool) -> int:
    """The least width of a column whose width is not fixed; `blank` when its cells hold no text so far."""
    least = _LEAST.get(column, _LEAST_OF_OTHERS)
    return max(min(least, _LEAST_BLANK) if blank else least, heading_width(column))


def _widen(widths: list[int], elastic: Sequence[int], least: Sequence[int]) -> None:
    """Give columns that are narrower than their longest word what the others can spare."""
    for position in elastic:
        for donor in sorted(elastic, key=lambda one: widths[one] - least[one], reverse=True):
            missing, spare = least[position] - widths[position], widths[donor] - least[donor]
            if missing > 0 and spare > 0:
                widths[donor] -= min(missing, spare)
                widths[position] += min(missing, spare)


def _fit(widths: list[int], elastic: Sequence[int], least: Sequence[int], rows: Counter[tuple[str, ...]]) -> None:
    """Move width between the elastic columns, in ever smaller steps, as long as that saves lines."""
    others = [position for position in range(len(widths)) if position not in elastic]
    texts = [[row[position] for position in elastic] for row in rows]
    floors = [max((_lines(row[position], widths[position]) for position in others), default=1) for row in rows]
    counts = list(rows.values())

    def height(wide: Sequence[int]) -> int:
        heights = zip(texts, floors, counts, strict=True)
        return sum(
            count * max(floor, *(_lines(text, width) for text, width in zip(row, wide, strict=True)))
            for row, floor, count in heights
        )

    now, narrowest = ([values[position] for position in elastic] for values in (widths, least))
    best = height(now)
    for step in _STEPS:
        while True:
            moves = [(height(wide), wide) for wide in _moves(now, narrowest, step)]
            lowest, wide = min(moves, default=(best, now), key=lambda move: move[0])
            if lowest >= best:
                break
            best, now = lowest, wide
    for position, width in zip(elastic, now, strict=True):
        widths[position] = width


def _moves(widths: Sequence[int], least: Sequence[int], step: int) -> Iterator[list[int]]:
    """All ways to give one column a step of another's width that leaves the other its least."""
    for donor, width in enumerate(widths):
        if width - step >= least[donor]:
            for receiver in range(len(widths)):
                if receiver != donor:
                    moved = list(widths)
                    moved[donor] -= step
                    moved[receiver] += step
                    yield moved


@lru_cache(maxsize=200_000)
def _lines(text: str, width: int) -> int:
    """The lines that a text takes in its cell, one more when a word is cut; what is too long stands below the table."""
    if not text:
        return 1
    return min(lines(text, width), MOST_LINES) + (longest_word(text) > width - CELL_MARGINS)
