"""The importer on parts as large as the published ones: made here, since no whole PS3.3 and PS3.16 may be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import docbook_fragments as fragments
import pytest
from docbook_fragments import cell, row, section, table, xref

if TYPE_CHECKING:
    from collections.abc import Iterator

PROSE = "The Standard describes here what the Attribute means, when it is required, and which Values it has. " * 6
IODS, MODULES, ATTRIBUTES = 180, 450, 40
"""About what PS3.3 holds; a Module has 20 Attributes on average, and some hundred macros are beside them."""
GROUPS, CODES, TEMPLATES, ROWS = 1450, 14, 420, 16
ELEMENTS = 5300

SECONDS, MEGABYTES = 30.0, 600.0
"""What a person may have to wait for, of processor time, and what a small machine has left."""

# getrusage would count the peak of the test process too, from which this one is forked; VmHWM is its own.
PROGRAM = r"""
import re, sys, time
from pathlib import Path
from annexgen.standard import iods, sets, tables, templates
from annexgen.standard.importer.folder import import_folder
parts = import_folder(Path(sys.argv[1]), "large")
with tables.use(sets.load("large")):
    counts = len(iods.all_iods()), len(templates.all_templates()), len(iods.iod("image-7").modules)
status = Path("/proc/self/status").read_text(encoding="ascii")
print(time.process_time(), int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024, *counts)
"""


def part_03() -> Iterator[str]:
    for n in range(IODS):
        rows = (
            row("Image", f"Piece {(n * 7 + m) % MODULES}", xref(f"sect_C.{(n * 7 + m) % MODULES + 10}"), "M")
            for m in range(24)
        )
        yield section(
            f"A.{n + 2}", f"Image {n}", table(f"A.{n + 2}-1", f"Image {n} IOD Modules", fragments.MODULES, *rows)
        )
    for n in range(MODULES):
        rows = (
            row(f"Attribute {m}", f"({n * 2 + 0x1000:04X},{m * 4:04X})", "1C", f"<emphasis>{PROSE}</emphasis>")
            for m in range(ATTRIBUTES)
        )
        caption = f"Piece {n} Module Attributes"
        yield section(f"C.{n + 10}", f"Piece {n} Module", table(f"C.{n + 10}-1", caption, fragments.ATTRIBUTES, *rows))


def part_06() -> Iterator[str]:
    heading = ("Tag", "Name", "Keyword", "VR", "VM", "")
    rows = (
        row(f"({n // 256 + 0x1000:04X},{n % 256:04X})", f"Name {n}", f"Name{n}", "LO", "1", "") for n in range(ELEMENTS)
    )
    yield section("6", "Registry", table("6-1", "Registry of DICOM Data Elements", heading, *rows))
    uids = ("UID Value", "UID Name", "UID Keyword", "UID Type", "Part")
    yield section(
        "A", "UIDs", table("A-1", "UID Values", uids, row("1.2.840.10008.1.1", "Verification", "", "SOP Class", ""))
    )


def part_16() -> Iterator[str]:
    for n in range(TEMPLATES):
        rows = (
            row(str(m + 1), ">" * min(m, 3), "CONTAINS", "CODE", f'EV (L{m}, 99LAN, "Item {m}")')[: -len("</tr>")]
            + row("1", "U", PROSE, f"<para>D{xref(f'sect_CID_{m + 1}')}</para>")[len("<tr>") :]
            for m in range(ROWS)
        )
        said = fragments.properties(Type="Extensible", Order="Significant", Root="No")
        yield fragments.template(str(n + 300), f"Template {n}", said, *rows) + cell(PROSE * 4).replace("td", "note")
    for n in range(GROUPS):
        rows = (row("99LAN", f"L{m}", f"Item {m}") for m in range(CODES))
        yield fragments.context_group(str(n + 1), f"Group {n}", fragments.properties(Type="Extensible"), *rows)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a program's peak memory")
def test_an_edition_of_full_size_is_imported_within_half_a_minute(tmp_path: Path) -> None:
    parts = {"part03": part_03(), "part06": part_06(), "part16": part_16()}
    folder = fragments.write(
        tmp_path / "xml", **{name: fragments.book(name[-2:].lstrip("0"), *content) for name, content in parts.items()}
    )
    assert (folder / "part03.xml").stat().st_size > 15_000_000
    assert (folder / "part16.xml").stat().st_size > 8_000_000
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")},
    )
    seconds, megabytes, *counts = map(float, result.stdout.split())
    assert counts == [IODS, TEMPLATES, 24]
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
