"""Specific Character Sets: Defined Terms, IANA names and descriptions (PS3.3 section C.12.1.1.2)."""

from __future__ import annotations

from dataclasses import dataclass

SINGLE_BYTE = "Single-Byte Character Sets without Code Extensions"
SINGLE_BYTE_EXTENDED = "Single-Byte Character Sets with Code Extension"
MULTI_BYTE = "Multi-Byte Character Sets without Code Extensions"
MULTI_BYTE_EXTENDED = "Multi-Byte Character Sets with Code Extensions"
GROUPS = (SINGLE_BYTE, SINGLE_BYTE_EXTENDED, MULTI_BYTE, MULTI_BYTE_EXTENDED)


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """One Defined Term of Specific Character Set (0008,0005) with its group in PS3.2 Table N.1-15."""

    defined_term: str
    iana: str
    description: str
    group: str


_LATIN = (
    ("6", "ISO-646 or US-ASCII", "Default Repertoire"),
    ("100", "ISO-8859-1", "Latin Alphabet No. 1 (West Europe)"),
    ("101", "ISO-8859-2", "Latin Alphabet No. 2"),
    ("109", "ISO-8859-3", "Latin Alphabet No. 3"),
    ("110", "ISO-8859-4", "Latin Alphabet No. 4"),
    ("144", "ISO-8859-5", "Cyrillic"),
    ("127", "ISO-8859-6", "Arabic"),
    ("126", "ISO-8859-7", "Greek"),
    ("138", "ISO-8859-8", "Hebrew"),
    ("148", "ISO-8859-9", "Latin Alphabet No. 5"),
    ("203", "ISO-8859-15", "Latin Alphabet No. 9"),
    ("13", "JIS_X0201", "Japanese JIS X 0201"),
    ("166", "TIS-620", "Thai"),
)
_ALL = (
    *(CharacterSet(f"ISO_IR {n}", iana, text, SINGLE_BYTE) for n, iana, text in _LATIN),
    *(
        CharacterSet(f"ISO 2022 IR {n}", "" if n in ("6", "100") else iana, text, SINGLE_BYTE_EXTENDED)
        for n, iana, text in _LATIN
    ),
    CharacterSet("ISO_IR 192", "UTF-8", "Unicode in UTF-8 Level 3", MULTI_BYTE),
    CharacterSet("GB18030", "GB18030", "GB18030-2000 (P.R China Norm GB18030)", MULTI_BYTE),
    CharacterSet("GBK", "GBK", "GBK (P.R. China)", MULTI_BYTE),
    CharacterSet("ISO 2022 IR 87", "ISO-2022-JP", "Japanese JIS X 0208", MULTI_BYTE_EXTENDED),
    CharacterSet("ISO 2022 IR 159", "ISO-2022-JP-1", "Japanese JIS X 0212", MULTI_BYTE_EXTENDED),
    CharacterSet("ISO 2022 IR 149", "ISO-2022-KR", "Korean", MULTI_BYTE_EXTENDED),
    CharacterSet("ISO 2022 IR 58", "ISO-2022-CN", "Simplified Chinese", MULTI_BYTE_EXTENDED),
)
_BY_TERM = {entry.defined_term: entry for entry in _ALL}


def character_set(defined_term: str) -> CharacterSet | None:
    """The character set of a Defined Term; None when the Standard defines no such term."""
    return _BY_TERM.get(defined_term)


def all_character_sets() -> tuple[CharacterSet, ...]:
    """All Defined Terms in the order of Table N.1-15's groups."""
    return _ALL
