"""The editions of the Standard that the selected tables come from."""

from __future__ import annotations

from annexgen.standard import tables

_BUNDLED = {
    "3": "2026b",
    "6": "2024c with the elements of 2026b",
    "15": "2025e",
    "2": "2025b",
}
_HOLDS = {
    "3": "IODs, Modules",
    "4": "SOP Classes",
    "6": "dictionary",
    "15": "confidentiality",
    "16": "templates, context groups",
    "2": "layout",
}


def edition_text() -> str:
    """The editions of the selected tables: "PS3.3 2026b (IODs, Modules), ..."; with the name of an imported set."""
    table_set = tables.selected()
    editions = _BUNDLED | dict(table_set.parts)
    text = ", ".join(f"PS3.{part} {editions[part]} ({holds})" for part, holds in _HOLDS.items() if part in editions)
    return text if table_set == tables.BUNDLED else f"{text}; imported as {table_set.name}"
