"""Which values the Standard allows or names: Enumerated Values and Defined Terms of Attributes (PS3.3 section 7.4 and Annex C)."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables
from annexgen.standard.dictionary import base_tag


@dataclass(frozen=True, slots=True)
class StandardValues:
    """Values of an attribute that the Standard lists.

    `enumerated` tells Enumerated Values, beside which there are no others, from Defined Terms, which may be extended.
    `number` is the Value that they are about (1 for the first), None for any. `source` names edition and section.
    """

    enumerated: bool
    number: int | None
    values: tuple[str, ...]
    source: str


@tables.per_table_set
def _table() -> dict[tuple[str, str], tuple[StandardValues, ...]]:
    found: dict[tuple[str, str], list[StandardValues]] = {}
    for tag, module, number, kind, values, edition, section in tables.rows("enumerated_values"):
        one = StandardValues(
            kind == "E", int(number) if number else None, tuple(values.split("\\")), f"PS3.3 {edition} {section}"
        )
        found.setdefault((tag, module), []).append(one)
    return {key: tuple(entries) for key, entries in found.items()}


def standard_values(tag: int, module: str = "") -> tuple[StandardValues, ...]:
    """What the Standard lists for an attribute, by number of the Value; nothing for those that the table does not hold.

    Arguments:
        tag: of the attribute, repeating groups included.
        module: key of the Module or Functional Group Macro that describes it, whose own list goes before the general one.
    """
    base = f"{base_tag(tag):08X}"
    name = f"{base[:2]}xx{base[4:]}" if tag >> 24 in (0x50, 0x60) else base
    table = _table()
    return table.get((name, module)) or table.get((name, "")) or ()
