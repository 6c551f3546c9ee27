"""The summary of an annex for the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from annexgen.render.facts import is_weak, sop_class_facts, unknown_cells
from annexgen.render.texts import (
    SEVERITIES,
    VALUES_WARNING,
    corpus_counts,
    printable,
    product_title,
    quantity,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Group, RenderableType
    from rich.table import Table
    from rich.text import Text

    from annexgen.annex.model import Annex, Finding

_SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
_MOST_FINDINGS = 20
_MOST_REASONS = 3


def summary(annex: Annex) -> Group:
    """What `annexgen show` prints: the corpus, counts per SOP Class, what is weak, unknown, and the findings.

    The texts of the annex are printed as they are: markup in them has no effect.
    """
    from rich.console import Group

    return Group(*_parts(annex))


def _parts(annex: Annex) -> Iterator[RenderableType]:
    yield _text(product_title(annex), "bold")
    yield _text(corpus_counts(annex))
    yield from _skipped(annex)
    if annex.corpus.values == "all":
        yield _text(VALUES_WARNING, "bold red")
    yield _text("")
    yield _sop_classes(annex)
    yield _text("")
    yield from _to_do(annex)
    yield _text("")
    yield from _findings(annex)


def _skipped(annex: Annex) -> Iterator[Text]:
    """How many files were skipped, and for what reasons; the most frequent first."""
    skipped = annex.corpus.skipped
    if not skipped:
        return
    yield _text(f"{quantity(len(skipped), 'file')} skipped", "yellow")
    reasons = Counter(entry.reason for entry in skipped)
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    for reason, count in ordered[:_MOST_REASONS]:
        yield _text(f"  {count:,}: {reason}", "dim")
    if len(ordered) > _MOST_REASONS:
        yield _text(f"  {sum(count for _, count in ordered[_MOST_REASONS:]):,} for other reasons", "dim")


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(printable(text), style=style)


def _table(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column)
    return table


def _sop_classes(annex: Annex) -> Table:
    counts = ("Instances", "Modules", "Attributes", "Private", "Weak", "Unknown")
    table = _table("SOP Class", *counts)
    # In a narrow terminal names take more lines; no count is cut, and no UID loses the end by which it differs.
    table.columns[0].overflow = "fold"
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
        column.min_width = len(str(column.header))
    for facts in sop_class_facts(annex):
        numbers = (facts.instances, facts.modules, facts.attributes, facts.private_attributes)
        table.add_row(
            _text(facts.name),
            *(_text(f"{number:,}") for number in numbers),
            _text(f"{facts.weak:,}", "yellow" if facts.weak else ""),
            _text(f"{facts.unknown:,}", "cyan" if facts.unknown else ""),
        )
    return table


def _to_do(annex: Annex) -> Iterator[RenderableType]:
    weak = sum(is_weak(row) for table in annex.tables for row in table.rows)
    rows = sum(not row.heading for table in annex.tables for row in table.rows)
    yield _text(f"Weak evidence: {weak:,} of {quantity(rows, 'row')}", "yellow" if weak else "")
    unknown = unknown_cells(annex)
    if unknown:
        columns = ", ".join(f"{column} {count:,}" for column, count in unknown.items())
        yield _text(f"To be completed: {quantity(sum(unknown.values()), 'cell')} ({columns})")
    else:
        yield _text("To be completed: nothing")


def _findings(annex: Annex) -> Iterator[RenderableType]:
    findings = annex.findings
    if not findings:
        yield _text("Findings: none")
        return
    counts = [(severity, sum(f.severity == severity for f in findings)) for severity in SEVERITIES]
    yield _text("Findings: " + ", ".join(quantity(count, severity) for severity, count in counts if count))
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    for finding in ordered[:_MOST_FINDINGS]:
        yield from _finding(finding, annex.sop_class_names.get(finding.sop_class, finding.sop_class))
    if len(findings) > _MOST_FINDINGS:
        yield _text(f"and {quantity(len(findings) - _MOST_FINDINGS, 'more finding')}", "dim")


def _finding(finding: Finding, sop_class: str) -> Iterator[RenderableType]:
    """One finding: code, SOP Class and count, below them the message and the path, so that all is read in a narrow terminal."""
    from rich.padding import Padding
    from rich.text import Text

    count = f"({finding.count:,})" if finding.count else ""
    about = " ".join(filter(None, (f"  {printable(sop_class)}" if sop_class else " ", count)))
    severity = (finding.severity, _SEVERITY_STYLES[finding.severity])
    yield Text.assemble(severity, "  ", (printable(finding.code), "bold"), about.rstrip())
    yield Padding(_text(finding.message), (0, 0, 0, 4))
    if finding.path:
        yield Padding(_text(finding.path, "dim"), (0, 0, 0, 4))
