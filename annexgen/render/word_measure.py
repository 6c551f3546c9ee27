"""How much room a text takes on paper: the width of its words in table text, and the lines that it fills in a column."""

from __future__ import annotations

import re
from functools import lru_cache

CELL_MARGINS = 200
"""What the cells of the annexes' tables leave free at both sides, with their borders, in twentieths of a point."""

# Advance widths of Arial in thousandths of its size, by width; what is not listed is taken as the last one says.
_ADVANCES = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckszvxy",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_ADVANCE = {ord(character): width for width, characters in _ADVANCES.items() for character in characters}
_OTHER = 600
_WIDE = 1000
_FIRST_WIDE = 0x2E80
# Table text has 8 points, of twenty parts each.
_SIZE = 8 * 20
_BOLD = 1.07
_PIECES = re.compile(r"[^\s-]*-+|[^\s-]+|\s+")


def text_width(text: str) -> int:
    """The width of a text on one line, in twentieths of a point."""
    units = sum(_ADVANCE.get(code, _OTHER if code < _FIRST_WIDE else _WIDE) for code in map(ord, text))
    return -(-units * _SIZE // 1000)


def heading_width(text: str) -> int:
    """The width that a column's heading asks for: its longest word in bold type, with the cell's margins."""
    return int(longest_word(text) * _BOLD) + CELL_MARGINS + 1


def longest_word(text: str) -> int:
    """The width of the longest piece that no line break may divide, in twentieths of a point."""
    return max((width for line in _pieces(text) for width, space in line if not space), default=0)


@lru_cache(maxsize=200_000)
def lines(text: str, width: int) -> int:
    """How many lines the text takes in a column of this width (twentieths of a point, margins included)."""
    room = max(1, width - CELL_MARGINS)
    return sum(_lines_of(pieces, room) for pieces in _pieces(text))


@lru_cache(maxsize=50_000)
def _pieces(text: str) -> tuple[tuple[tuple[int, bool], ...], ...]:
    """For each line of the text its pieces: their widths, and whether they are space that a line may end in."""
    return tuple(
        tuple((text_width(piece), piece.isspace()) for piece in _PIECES.findall(line)) for line in text.split("\n")
    )


def _lines_of(pieces: tuple[tuple[int, bool], ...], room: int) -> int:
    count, used = 1, 0
    for width, space in pieces:
        if space or used + width <= room:
            used += width
        else:
            # A word that fits in no line is cut where the line ends.
            whole, rest = divmod(width, room)
            count += (used > 0) + (whole if rest else whole - 1)
            used = rest or room
    return count
