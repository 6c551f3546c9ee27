"""PS3.15 2025e: actions of the Basic Profile (Table E.1-1) and safe private attributes (Table E.3.10-1)."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables


@dataclass(frozen=True, slots=True)
class SafePrivateAttribute:
    """A private attribute that PS3.15 Table E.3.10-1 lists as safe."""

    vr: str
    vm: str
    meaning: str


@tables.per_table_set
def _actions() -> dict[str, str]:
    return {tag: action for tag, action, _ in tables.rows("basic_profile")}


@tables.per_table_set
def basic_profile_action(tag: int) -> str | None:
    """The Basic Profile's action for a standard attribute ("X", "Z", "D", "U", ...); None when it is not treated."""
    actions = _actions()
    text = f"{tag:08X}"
    return actions.get(text) or actions.get(f"{text[:2]}xx{text[4:]}") or actions.get(f"{text[:2]}xxxxxx")


@tables.per_table_set
def _safe() -> dict[tuple[str, str], SafePrivateAttribute]:
    return {
        (creator, tag): SafePrivateAttribute(vr, vm, meaning)
        for tag, creator, vr, vm, meaning in tables.rows("safe_private_attributes")
    }


def safe_private_attribute(creator: str, group: int, element: int) -> SafePrivateAttribute | None:
    """The entry of Table E.3.10-1 for a private attribute; `element` is the last byte of the element number."""
    return _safe().get((creator, f"{group:04X}xx{element:02X}"))
