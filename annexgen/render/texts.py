"""What all formats say in the same words, and how they find references in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.annex.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.annex.model import Annex, Evidence, Row, Section, Table

DRAFT = (
    "These are draft annexes, derived from instances. A conformance statement is what a person has checked, "
    "completed and signed."
)
VALUES_WARNING = (
    "Warning: this document was made with all values. It may hold identifying values of patients and must be "
    "handled like the instances themselves."
)
STATUS_LEGEND = {
    Status.OBSERVED: "counted in the corpus",
    Status.STANDARD: "fixed by the Standard",
    Status.PROPOSED: "a guess from the evidence, to be checked",
    Status.CONFIRMED: "stated by a person",
    Status.UNKNOWN: "not known, to be completed",
}
WEAK = "weak evidence: too few instances, series or patients to generalize"
SEVERITIES = ("error", "warning", "note")

_REFERENCE = re.compile(
    r"\bTable (?P<table>(?:N\.\d+|[A-E]|\d+)-\d+)(?![\w-])"
    r"|\b(?:Section|Annex(?= [A-E](?!\w))) (?P<section>(?:N|[A-E]|\d+)(?:\.\d+)*)(?!\w)"
)
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Control characters, surrogates without a partner and non-characters: no format can carry them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs of a section, and the id of the table that stands below them; none below the last ones."""

    texts: tuple[str, ...]
    table: str = ""


def blocks(section: Section) -> Iterator[Block]:
    """The section in the template's order: what begins with the name of one of its tables stands right before that table.

    Source: PS3.2 N.9.3, where Table N.9-29 is introduced between Tables N.9-28 and N.9-29.
    """
    texts: list[str] = []
    tables = list(section.tables)
    for text in section.text:
        named = _REFERENCE.match(text)
        if named is not None and named["table"] in tables:
            while tables[0] != named["table"]:
                yield Block(tuple(texts), tables.pop(0))
                texts = []
        texts.append(text)
    for table in tables:
        yield Block(tuple(texts), table)
        texts = []
    if texts:
        yield Block(tuple(texts))


def leads_to(table: Table, row: Row, column: str) -> str:
    """The id of the table that a cell as a whole leads to: from a root template to its content (PS3.2 N.1.1.1)."""
    leads = table.kind == "root_templates" and column == "Root TID" and row.cells[column].text
    return row.reference if leads else ""


def list_level(text: str) -> int:
    """How deep a paragraph stands in a list: 1 for "- ...", 2 for "  - ...", 0 for one in none."""
    return next((level for level, mark in ((1, "- "), (2, "  - ")) if text.startswith(mark)), 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: plain, or a reference to a table or section of the annex."""

    text: str
    kind: str = ""
    target: str = ""


class References:
    """Finds "Table N.9-24" and "Section N.9.2" in texts, as far as the annex has them."""

    def __init__(self, annex: Annex) -> None:
        self._targets = {
            "table": {table.id for table in annex.tables},
            "section": {section.id for section in annex.sections},
        }

    def split(self, text: str) -> Iterator[Piece]:
        """The text in pieces; put together they are the text again."""
        position = 0
        for match in _REFERENCE.finditer(text):
            kind = str(match.lastgroup)
            if match[kind] not in self._targets[kind]:
                continue
            if match.start() > position:
                yield Piece(text[position : match.start()])
            yield Piece(match.group(), kind, match[kind])
            position = match.end()
        if position < len(text):
            yield Piece(text[position:])


def printable(text: str) -> str:
    """The text with \\n as its only line end, and U+FFFD for every character that no format can carry."""
    return _UNPRINTABLE.sub("\ufffd", _LINE_END.sub("\n", text))


def depth(section: Section) -> int:
    """1 for a chapter (N.9, Annex A, 1), 2 for a section in it, in both numberings."""
    return section.id.count(".") + (0 if section.id.startswith("N.") else 1)


def section_label(identifier: str) -> str:
    """How the section's number is shown: Annex A for A, else the number itself."""
    return f"Annex {identifier}" if re.fullmatch("[A-Z]", identifier) else identifier


def quantity(count: int, noun: str) -> str:
    """A count and its noun: 1 patient, 12,000 instances, 2 studies."""
    if count == 1:
        return f"1 {noun}"
    plural = {"study": "studies", "series": "series", "SOP Class": "SOP Classes"}.get(noun, noun + "s")
    return f"{count:,} {plural}"


def corpus_counts(annex: Annex) -> str:
    """412 instances of 9 series, 3 studies, 2 patients."""
    corpus = annex.corpus
    parts = (
        quantity(corpus.series, "series"),
        quantity(corpus.studies, "study"),
        quantity(corpus.patients, "patient"),
    )
    return f"{quantity(corpus.instances, 'instance')} of {', '.join(parts)}"


def product_name(annex: Annex) -> str:
    """The product with its manufacturer, as far as they are known."""
    product = annex.product
    name = " ".join(filter(None, (product.manufacturer, product.name)))
    return name or "unnamed product"


def product_title(annex: Annex) -> str:
    """The product with its versions."""
    versions = ", ".join(annex.product.versions)
    return f"{product_name(annex)} {versions}" if versions else product_name(annex)


def evidence_sentence(evidence: Evidence) -> str:
    """What a row was counted over, in one sentence."""
    text = f"present in {evidence.present:,} of {quantity(evidence.carriers, 'instance')}"
    if evidence.partial:
        text += f", in some items only in {evidence.partial:,}"
    text += f"; with a value in {evidence.with_value:,}, empty in {evidence.empty:,}; "
    return text + ", ".join(
        (
            quantity(evidence.series, "series"),
            quantity(evidence.studies, "study"),
            quantity(evidence.patients, "patient"),
            quantity(evidence.devices, "device"),
        )
    )


def template_number(section: Section) -> tuple[str, ...]:
    """The section's number in the template without its N: ("9", "2", "1") for N.9.2.1 and for A.2.1."""
    first, *rest = section.id.split(".")
    if first == "N":
        return tuple(rest)
    letters = {"A": "9", "B": "10", "C": "11", "D": "12", "E": "13"}
    return (letters.get(first, first), *rest)
