"""The summary for the terminal: right counts, and no effect of what the texts hold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.console import Console
from sample_annex import CT, SR, rich_annex

from annexgen.annex.model import Annex, Cell, Finding, Row, Skipped, Status
from annexgen.annex.numbering import number
from annexgen.render.facts import sop_class_facts, status_counts, unknown_cells
from annexgen.render.progress_of_statements import _cut, status_lines
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


def test_in_a_narrow_terminal_nothing_is_cut(annex: Annex) -> None:
    """Two private IODs differ in the end of their UIDs only."""
    uids = [f"1.3.46.670589.11.0.0.12.{n}" for n in (2, 4)]
    names = {uid: f"Private IOD {uid}" for uid in uids}
    first, second = [table for table in annex.tables if table.kind == "iod" and len(table.sop_classes) == 1][:2]
    moved = {id(t): replace(t, sop_classes=(u,)) for t, u in zip((first, second), uids, strict=True)}
    tables = tuple(moved.get(id(t), t) for t in annex.tables)
    text = shown(replace(annex, tables=tables, sop_class_names={**annex.sop_class_names, **names}), 80)
    assert "…" not in text
    for heading in ("Instances", "Modules", "Attributes", "Private", "Weak", "Unknown"):
        assert heading in text
    lines = "".join(line[:24].strip() for line in text.splitlines())
    assert all(uid in lines for uid in uids)


def test_skipped_files_are_counted_by_reason(annex: Annex) -> None:
    skipped = tuple(Skipped(f"f{n}", f"reason {min(n, 4)}") for n in range(10))
    text = shown(replace(annex, corpus=replace(annex.corpus, skipped=skipped)))
    assert "10 files skipped" in text
    assert "  6: reason 4\n  1: reason 0\n  1: reason 1\n  2 for other reasons" in re.sub(r" +\n", "\n", text)


def test_the_progress_of_statements_fits_the_terminal(annex: Annex) -> None:
    long = replace(annex.tables[-1], title="Private Module " + "NAME " * 30 + "for the last IOD")
    wide = replace(annex, tables=(*annex.tables[:-1], long))
    assert status_counts(wide)[Status.UNKNOWN]
    lines = list(status_lines(wide, 80))
    assert all(len(line) <= 80 for line in lines[2:-1])
    assert lines[-1].startswith("To answer what is open: annexgen annotate export")
    sure = {column: Cell("x") for column in long.columns}
    settled = replace(annex, tables=(replace(long, rows=(Row(sure),)),))
    assert not any("annotate export" in line for line in status_lines(settled, 80))
    assert _cut("N.9-1 Patient Module", 30) == "N.9-1 Patient Module"
    assert _cut("N.9-20 Private Module ACME CT PARAMETERS (0029) for CT Image IOD", 40) == (
        "N.9-20 Private Module ACME…CT Image IOD"
    )
