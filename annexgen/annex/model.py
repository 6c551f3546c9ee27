"""The document model: an annex is sections, tables, rows and cells, each cell with a status and evidence.

The same classes hold the annex before and after numbering. Before, cells name other tables by key inside a token
(`table_token`); `annexgen.annex.numbering.number` gives every table its id and replaces the tokens. annex.json
(`annexgen.annex.serialization`) and every renderer see the numbered form only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT_VERSION = 1

TABLE_TOKEN = re.compile("\x02(table|section):([^\x03]*)\x03")


def table_token(key: str) -> str:
    """The token that stands in a text for "Table N.9-x" until the tables are numbered."""
    return f"\x02table:{key}\x03"


def section_token(key: str) -> str:
    """The token that stands in a text for the number of the section `key` (its id in template numbering)."""
    return f"\x02section:{key}\x03"


class Status(StrEnum):
    """How a cell came to be; the five are never confused."""

    OBSERVED = "observed"
    STANDARD = "standard"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, how it came to be and, for a proposal, the reason.

    `inferred` is what the corpus and the Standard say where a person's text stands (status CONFIRMED).
    """

    text: str = ""
    status: Status = Status.OBSERVED
    reason: str = ""
    inferred: str = ""

    @property
    def found(self) -> str:
        """What the corpus and the Standard say, whether or not a person has said something of it."""
        return self.inferred or self.text


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a row was counted over; the unit is the instance (see docs/architecture.md, what is counted).

    `items` counts the Content Items that a row of a report stands for; 0 in other rows.
    """

    carriers: int = 0
    present: int = 0
    partial: int = 0
    with_value: int = 0
    empty: int = 0
    series: int = 0
    studies: int = 0
    patients: int = 0
    devices: int = 0
    weak: bool = False
    example: str = ""
    items: int = 0


@dataclass(frozen=True, slots=True)
class Apart:
    """How a row that several SOP Classes share is for one of them, where it differs; without cells it has no such row."""

    cells: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    closed: bool = True
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `path` is the element path or content item path it documents, `covers` further paths it speaks for.

    A row with `heading` is a caption inside the table (its first cell spans all columns) and documents no path.
    `level` is the nesting depth, already spelt out as `>` in the first cell. `reference` is the key (after numbering:
    the id) of the table the row points to. `values` are the values that its Value cell lists or refers to, `closed` whether
    no others are to be expected. `apart` says by SOP Class UID where a shared row differs from what it is for that one.
    """

    cells: Mapping[str, Cell]
    path: str = ""
    covers: tuple[str, ...] = ()
    level: int = 0
    heading: bool = False
    evidence: Evidence | None = None
    reference: str = ""
    values: tuple[str, ...] = ()
    closed: bool = True
    apart: Mapping[str, Apart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key` is its lasting internal name; `id` (e.g. "N.9-24") is given by numbering."""

    key: str
    kind: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sop_classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section: `text` are its paragraphs ("- " starts a list item, "  - " one below it), `tables` the keys (later
    ids) of its tables. A paragraph that begins with a table's name introduces that table (`render.texts.blocks`).

    A section that does not apply has `applicable` False; its title ends in " - N/A" and its only text is "N/A".
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    applicable: bool = True

    @property
    def depth(self) -> int:
        """1 for N.9, 2 for N.9.1, and so on."""
        return self.id.count(".")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know before publishing. `severity` is error, warning or note."""

    code: str
    severity: str
    message: str
    sop_class: str = ""
    path: str = ""
    count: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """The product that the annexes are about; empty fields are unknown."""

    name: str = ""
    manufacturer: str = ""
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """One combination of Manufacturer, Manufacturer's Model Name and Software Versions with its instances."""

    manufacturer: str
    model: str
    versions: str
    instances: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not counted: its file id (never its name) and the reason."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was read."""

    instances: int = 0
    series: int = 0
    studies: int = 0
    patients: int = 0
    devices: tuple[Device, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    values: str = "safe"


@dataclass(frozen=True, slots=True)
class Annex:
    """The draft annexes of one product: everything that any output format shows."""

    product: Product
    corpus: Corpus
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    edition: str
    generator: str
    sop_class_names: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def table(self, identifier: str) -> Table:
        """The table with this id or key; KeyError when there is none."""
        for table in self.tables:
            if identifier in (table.id, table.key):
                return table
        raise KeyError(identifier)
