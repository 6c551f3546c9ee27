"""The summary for the terminal: right counts, and no effect of what the texts hold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.console import Console
from sample_annex import CT, SR, rich_annex

from annexgen.annex.model import Annex, Finding, Status
from annexgen.annex.numbering import number
from annexgen.render.facts import sop_class_facts, status_counts, unknown_cells
from annexgen.render.terminal import summary


def shown(annex: Annex, width: int = 160) -> str:
    console = Console(width=width, record=True, color_system=None, file=None, quiet=False)
    with console.capture() as capture:
        console.print(summary(annex))
    return capture.get()


def test_counts_per_sop_class(annex: Annex) -> None:
    facts = {fact.uid: fact for fact in sop_class_facts(annex)}
    ct = facts[CT]
    assert (ct.name, ct.instances, ct.modules) == ("CT Image Storage", 412, 6)
    kinds = ("module", "macro", "private_module")
    rows = [row for t in annex.tables if CT in t.sop_classes and t.kind in kinds for row in t.rows]
    assert ct.attributes == len(rows)
    assert ct.private_attributes == 3
    assert facts[SR].instances == 4
    assert facts[SR].weak == 5
    line = next(line for line in shown(annex).splitlines() if line.strip().startswith("CT Image Storage"))
    assert [int(n) for n in re.findall(r"\d+", line)] == [412, 6, len(rows), 3, ct.weak, ct.unknown]


def test_what_is_unknown(annex: Annex) -> None:
    unknown = unknown_cells(annex)
    assert next(iter(unknown)) == "Source"
    assert unknown["Identifiable Information"] == 1
    total = sum(c.status is Status.UNKNOWN for t in annex.tables for r in t.rows for c in r.cells.values())
    assert sum(unknown.values()) == total == status_counts(annex)[Status.UNKNOWN]
    assert f"To be completed: {total} cells (Source {unknown['Source']}, " in shown(annex)


def test_findings_by_severity(annex: Annex) -> None:
    text = shown(annex)
    assert "Findings: 1 error, 1 warning, 2 notes" in text
    assert text.index("PRIVATE_WITHOUT_CREATOR") < text.index("RETIRED_ATTRIBUTE") < text.index("NO_PLACE")
    assert "Findings: none" in shown(replace(annex, findings=()))


def test_long_lists_of_findings_are_cut(annex: Annex) -> None:
    many = (*(Finding(f"CODE{n:03}", "note", "x") for n in range(50)), Finding("LAST", "error", "x"))
    text = shown(replace(annex, findings=many))
    assert "and 31 more findings" in text
    assert "LAST" in text


def test_markup_in_texts_has_no_effect(annex: Annex) -> None:
    nasty = replace(annex, findings=(Finding("X", "error", "[bold red]x[/] \x1b[31m [/nonsense]"),))
    text = shown(nasty)
    assert "[bold red]x[/]" in text
    assert "[/nonsense]" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("values", ["safe", "all"])
def test_the_warning(values: str) -> None:
    assert ("It may hold identifying values" in shown(number(rich_annex(values)))) == (values == "all")


def test_skipped_files_and_corpus(annex: Annex) -> None:
    text = shown(annex)
    assert "452 instances of 11 series, 4 studies, 2 patients" in text
    assert "2 files skipped" in text
