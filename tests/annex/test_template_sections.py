"""All sections of the template that annexgen writes: their numbers, titles and mandatory texts (PS3.2 N.1, N.9 to N.13)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.annex.model import Product
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Section
    from tests.shared_samples import SharedSamples

SHARED = Path(__file__).parents[3] / "shared"
EXCERPT = SHARED / "standard" / "ps3.2-2025b-excerpt.txt"

SECTIONS = {
    "N.1": "Overview",
    "N.1.1": "Content and Transfer",
    "N.1.1.1": "Structured Reporting Root Template IDs",
    "N.1.7": "Specific Character Sets",
    "N.9": "Information Object Definitions (IODs)",
    "N.9.1": "Information Shared Across Multiple IODs",
    "N.9.1.1": "Common Modules",
    "N.9.1.2": "Common Functional Group Macros",
    "N.9.1.3": "Common Private Modules",
    "N.9.1.4": "Coded Values",
    "N.10": "Structured Report Content Encoding",
    "N.12": "Mapping of Attributes",
    "N.13": "Code Set Usage",
}
OF_AN_IOD = ("Specific Modules", "Functional Group Macros", "Private Modules", "Coded Values")

_HEADING = re.compile(r"(N\.\d+(?:\.\d+)*)\.? ([^\t]*)")
_WRITTEN = re.compile(r"N\.(?:1\.1|1\.1\.1|1\.7|9|9\..*|10|10\..*|12\.1|13)")
_EXAMPLES = re.compile(
    # A row inside an example table, the sentence for an external file, the scenarios, which the template leaves to people, and
    # the second "Table N.10-6 list the measurements", which the first spells "lists".
    r"The following rows are supported for all Finding Sites|Details about the supported measurements|"
    r"- (?:UNSCHEDULED|SCHEDULED|APPEND|GROUP): |Table N\.10-6 list the measurements"
)


@pytest.fixture(scope="module")
def annexes(shared_samples: SharedSamples) -> list[Annex]:
    """The annexes of a product with images, reports, a file-set and a private IOD, and of one with a worklist."""
    named = Product("ACME Scanner", "ACME Imaging", ("1",))
    return [number(build_annex(scan([shared_samples.of(product).folder]), named)) for product in ("acme", "us")]


def titles(annex: Annex) -> dict[str, str]:
    return {section.id: section.title.removesuffix(" - N/A") for section in annex.sections}


def test_sections_have_the_template_s_numbers_and_titles(annexes: list[Annex]) -> None:
    for annex in annexes:
        found = titles(annex)
        assert {identifier: found[identifier] for identifier in SECTIONS} == SECTIONS
        assert [identifier for identifier in found if identifier in SECTIONS] == list(SECTIONS)
        iods = [one for one in found if one.startswith("N.9.") and one.count(".") == 2 and one != "N.9.1"]
        assert iods == [f"N.9.{n}" for n in range(2, len(iods) + 2)]
        for one in iods:
            inner = {name: title for name, title in found.items() if name.startswith(f"{one}.")}
            if found[one] == "Basic Directory IOD":
                assert set(inner.values()) <= {"Basic Directory IOD Coded Values"}
                continue
            assert inner == {f"{one}.{n}": f"{found[one]} {title}" for n, title in enumerate(OF_AN_IOD, 1)}


def test_private_iods_come_after_the_directory(annexes: list[Annex]) -> None:
    found = [title for name, title in titles(annexes[0]).items() if name.startswith("N.9.") and name.count(".") == 2]
    position = found.index("Basic Directory IOD")
    assert [title for title in found if title.startswith("Private IOD")] == found[position + 1 :]


def test_reports_have_their_subsections(annexes: list[Annex]) -> None:
    found = titles(annexes[0])
    reports = [name for name in found if re.fullmatch(r"N\.10\.\d+", name)]
    assert len(reports) == 7
    for name in reports:
        assert found[f"{name}.1"] == "Code Sets"
        assert found.get(f"{name}.2", "Measurement Encoding") == "Measurement Encoding"


def test_what_does_not_apply_says_so(annexes: list[Annex]) -> None:
    seen = 0
    for annex in annexes:
        for section in annex.sections:
            says = (section.title.endswith(" - N/A"), section.text == ("N/A",))
            assert says == ((not section.applicable),) * 2, section.id
            assert section.applicable or not section.tables
            seen += not section.applicable
    assert seen > 10


def test_text_stands_before_its_table(annexes: list[Annex]) -> None:
    (section,) = [s for s in annexes[0].sections if s.title == "Enhanced CT Image IOD"]
    structure, macros = section.tables
    assert section.text[0] == f"Table {structure} defines the structure of Enhanced CT Image IOD."
    assert section.text[1].startswith(
        f"Table {macros} lists the Functional group macros used in Enhanced CT Image IOD."
    )
    assert [text.partition(":")[0] for text in section.text[2:]] == ["- PER_FRAME", "- SHARED", "- CONTEXT_DEPENDENT"]


def mandatory_texts(excerpt: str) -> list[tuple[str, str]]:
    """The paragraphs of the template in regular font, with the section that they stand in.

    Left out: instructions (in brackets), tables (with tabs) and their captions.
    """
    section, depth, found = "", 0, []
    for line in excerpt.split("\n"):
        heading = _HEADING.fullmatch(line)
        if heading is not None or line.startswith("=== "):
            section, depth = heading[1] if heading else "", 0
            continue
        text = line.strip().lstrip("*")
        if not text or not _WRITTEN.fullmatch(section):
            continue
        if depth or text.startswith("["):
            depth = max(0, depth + text.count("[") - text.count("]"))
        elif "\t" not in line and not re.match(r"Table N\.\d+-\d+\. |--", line) and not _EXAMPLES.match(line):
            found.append((section, line))
    return found


def pattern_of(line: str) -> re.Pattern[str]:
    """What a paragraph of the template looks like once its placeholders, numbers and examples are filled in."""
    text = re.sub(r"^ - ", "  - ", re.sub(r"\*([A-Z_]+)\*", r"\1", line))
    parts = re.split(r"(<[^>]*>|Table N\.[\d-]+|Section N\.10\.2\.1|DICOM .*\(TID \d+\)|the \S+ .*\(TID \d+\))", text)
    fill = {0: re.escape, 1: lambda _: r"\S.*"}
    return re.compile("".join(fill[n % 2](part) for n, part in enumerate(parts)))


def test_mandatory_texts_are_there(annexes: list[Annex]) -> None:
    if not EXCERPT.is_file():
        pytest.skip("the text of PS3.2 Annex N is not here")
    corpus = SHARED / "corpora" / "siemens-prismafit-xa30"
    if not corpus.is_dir():
        pytest.skip("no corpus with shared macros and private modules is here")
    every = [*annexes, number(build_annex(scan([corpus]), Product("MR", "", ("1",))))]
    chapters: dict[str, set[str]] = {}
    for annex in every:
        for section in annex.sections:
            chapters.setdefault(_chapter(section), set()).update(section.text)
    wanted = mandatory_texts(EXCERPT.read_text(encoding="utf-8"))
    assert len(wanted) > 80
    missing = [
        (section, line)
        for section, line in wanted
        if not any(pattern_of(line).fullmatch(text) for text in chapters[".".join(section.split(".")[:2])])
    ]
    assert missing == []


def _chapter(section: Section) -> str:
    return ".".join(section.id.split(".")[:2])
