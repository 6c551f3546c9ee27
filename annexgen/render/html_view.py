"""What the page shows, made ready for the template: escaped texts, links, classes, evidence as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from annexgen.annex.model import Status
from annexgen.render.facts import is_private, is_weak, sop_class_facts, status_counts
from annexgen.render.html_data import findings_by_row, page_data, row_id
from annexgen.render.html_tables import STATUS_CLASSES, TableView
from annexgen.render.texts import (
    DRAFT,
    SEVERITIES,
    STATUS_LEGEND,
    VALUES_WARNING,
    WEAK,
    References,
    blocks,
    depth,
    list_level,
    printable,
    product_name,
    product_title,
    quantity,
    section_label,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex


class View:
    """The page: its texts, navigation, tables and data."""

    draft = DRAFT
    weak_text = WEAK

    def __init__(self, annex: Annex, changes: ChangedRows | None = None) -> None:
        self.annex = annex
        self.changes = changes
        self.references = References(annex)
        self.tables = {table.id: table for table in annex.tables}
        self._labels: dict[tuple[str, ...], str] = {}
        self._sop_classes = [facts.uid for facts in sop_class_facts(annex)]
        self.findings_by_row = findings_by_row(annex)
        self.title = product_title(annex)
        self.name = product_name(annex)
        self.versions = ", ".join(annex.product.versions)
        self.warning = VALUES_WARNING if annex.corpus.values == "all" else ""

    # Texts

    def linked(self, text: str) -> Markup:
        """The text escaped, with links to the tables and sections that it names."""
        parts = []
        for piece in self.references.split(printable(text)):
            if piece.kind == "table":
                hint = self.tables[piece.target].title
                parts.append(Markup('<a href="#{}" title="{}">{}</a>').format(piece.target, hint, piece.text))
            elif piece.kind:
                parts.append(Markup('<a href="#{}">{}</a>').format(piece.target, piece.text))
            else:
                parts.append(escape(piece.text))
        return Markup("").join(parts)

    def paragraphs(self, texts: Sequence[str]) -> list[tuple[Markup, list[tuple[Markup, list[Markup]]]]]:
        """The texts as (paragraph, []) and ("", items of a list, each with the items below it)."""
        found: list[tuple[Markup, list[tuple[Markup, list[Markup]]]]] = []
        for text in texts:
            level = list_level(text)
            if not level:
                found.append((self.linked(text), []))
                continue
            if not found or not found[-1][1]:
                found.append((Markup(), []))
            items, words = found[-1][1], self.linked(text.partition("- ")[2])
            if level > 1 and items:
                items[-1][1].append(words)
            else:
                items.append((words, []))
        return found

    # Structure

    def sections(self) -> Iterator[dict[str, Any]]:
        """Every section with its heading level, paragraphs and tables."""
        for section in self.annex.sections:
            yield {
                "id": section.id,
                "label": section_label(section.id),
                "title": self.linked(section.title),
                "level": min(depth(section) + 1, 6),
                "applicable": section.applicable,
                "blocks": [
                    (self.paragraphs(block.texts), TableView(self.tables[block.table], self) if block.table else None)
                    for block in blocks(section)
                ],
            }

    def navigation(self) -> list[dict[str, Any]]:
        """The chapters; each has groups (its sections), each group items (deeper sections, and tables)."""
        chapters: list[dict[str, Any]] = []
        for section in self.annex.sections:
            level = depth(section)
            entry: dict[str, Any] = {
                "id": section.id,
                "label": section_label(section.id),
                "title": section.title,
                "applicable": section.applicable,
                "items": [],
                "groups": [],
            }
            tables = [
                {"id": identifier, "title": self.tables[identifier].title, "table": True, "level": level}
                for identifier in section.tables
            ]
            if level <= 1 or not chapters:
                chapters.append(entry)
                entry["items"] += tables
            elif level == 2 or not chapters[-1]["groups"]:
                chapters[-1]["groups"].append(entry)
                entry["items"] += tables
            else:
                items = chapters[-1]["groups"][-1]["items"]
                items.append({**entry, "table": False, "level": level})
                items += tables
        return chapters

    # Facts

    def corpus_facts(self) -> list[tuple[str, str]]:
        """The numbers at the top of the page."""
        corpus = self.annex.corpus
        return [
            (f"{count:,}", noun)
            for count, noun in (
                (corpus.instances, "instances"),
                (corpus.series, "series"),
                (corpus.studies, "studies"),
                (corpus.patients, "patients"),
                (len(self._sop_classes), "SOP Classes"),
                (len(self.annex.tables), "tables"),
            )
        ]

    def sop_classes(self) -> list[dict[str, Any]]:
        """Every SOP Class with its facts, its number in filters, and the table of its IOD."""
        kinds = ("iod", "directory")
        iods = {uid: table.id for table in self.annex.tables if table.kind in kinds for uid in table.sop_classes}
        return [
            {"facts": facts, "number": number, "table": iods.get(facts.uid, "")}
            for number, facts in enumerate(sop_class_facts(self.annex))
        ]

    def statuses(self) -> list[dict[str, Any]]:
        """The legend: every status with its class, meaning, number of cells and share."""
        counts = status_counts(self.annex)
        total = sum(counts.values()) or 1
        return [
            {
                "name": str(status),
                "class": STATUS_CLASSES[status] or "o",
                "meaning": STATUS_LEGEND[status],
                "count": counts[status],
                "share": f"{100 * counts[status] / total:.2f}%",
            }
            for status in Status
        ]

    def counts(self) -> dict[str, int]:
        """How many rows the filters for private, weak and findings would leave."""
        rows = [row for table in self.annex.tables for row in table.rows]
        return {
            "private": sum(map(is_private, rows)),
            "weak": sum(map(is_weak, rows)),
            "findings": len(self.findings_by_row),
            "changed": sum(len(table.rows) + len(table.gone) for table in self.changes.tables.values())
            if self.changes is not None
            else 0,
        }

    def findings(self) -> list[dict[str, Any]]:
        """The findings in the order of their severity, with the row each one is about."""
        places: dict[int, tuple[str, int]] = {}
        for place, numbers in self.findings_by_row.items():
            for number in numbers:
                places.setdefault(number, place)
        found = [
            {
                "finding": finding,
                "sop_class": self.sop_class_name(finding.sop_class),
                "message": self.linked(finding.message),
                "row": row_id(*places[number]) if number in places else "",
            }
            for number, finding in enumerate(self.annex.findings)
        ]
        return sorted(found, key=lambda item: SEVERITIES.index(item["finding"].severity))

    def severities(self) -> list[tuple[str, str]]:
        """("error", "2 errors") for every severity that occurs."""
        counts = ((name, sum(f.severity == name for f in self.annex.findings)) for name in SEVERITIES)
        return [(name, quantity(count, name)) for name, count in counts if count]

    def sop_class_name(self, uid: str) -> str:
        """The name of a SOP Class, or its UID."""
        return self.annex.sop_class_names.get(uid, uid)

    def sop_class_number(self, uid: str) -> int:
        """The number by which the page knows a SOP Class."""
        return self._sop_classes.index(uid)

    # Styles and data

    def label_class(self, columns: tuple[str, ...]) -> str:
        """The class whose style rules name these columns where rows are shown as cards."""
        return self._labels.setdefault(columns, f"k{len(self._labels)}")

    def label_rules(self) -> Markup:
        """The style rules that name the columns; to be asked for after the tables."""
        rules = []
        for columns, name in self._labels.items():
            for position, column in enumerate(columns, 2):
                text = re.sub(r'["\\<>&\n]', " ", printable(column))
                rules.append(f'.{name} td:nth-child({position})::before{{content:"{text}"}}')
        return Markup("\n".join(rules))

    def data(self) -> Markup:
        """The data for the script."""
        return page_data(self.annex, self.findings_by_row)
