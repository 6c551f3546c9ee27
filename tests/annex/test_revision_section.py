"""Section N.3.1: the revision history from stated revisions and from the comparison with the former version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from two_versions import CT, write

from annexgen.annex.annotations_file import ProductFileError, loads
from annexgen.annex.build import build_annex
from annexgen.annex.comparison import compare
from annexgen.annex.model import Status
from annexgen.annex.numbering import number
from annexgen.annex.revision_section import NOT_SEEN, with_revisions
from annexgen.annex.serialization import dumps
from annexgen.annex.serialization import loads as annex_of_text
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset
    from two_versions import Place

    from annexgen.annex.annotations import Statements
    from annexgen.annex.model import Annex, Row, Table

HISTORY = """
[[revision]]
revision = "1.0"
date = 2026-03-01
versions = ["0.9"]
change = "First version."
"""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Annex, Annex]:
    """The unnumbered annexes of two versions: the second has another private attribute, and no Filter Type in CT."""
    folder = tmp_path_factory.mktemp("revisions")

    def second(data: Dataset, place: Place) -> None:
        data.SoftwareVersions = "2.0"
        if place.sop_class == CT:
            del data.FilterType
            data.private_block(0x0029, "ACME NEW", create=True).add_new(0x01, "LO", "new")

    before = build_annex(scan([write(folder / "one")]))
    return before, build_annex(scan([write(folder / "two", second)]))


def history(annex: Annex, text: str = "", former: Annex | None = None) -> tuple[Annex, Table]:
    """The numbered annex with its revision history."""
    statements: Statements | None = loads(text) if text else None
    numbered = number(with_revisions(annex, statements, number(former) if former else None))
    return numbered, numbered.table("revisions")


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells.values()]


def test_without_revisions_and_without_a_former_version_nothing_changes(versions: tuple[Annex, Annex]) -> None:
    assert with_revisions(versions[1], loads('[product]\nname = "Two"')) == versions[1]


def test_a_new_version_has_a_row_of_its_own(versions: tuple[Annex, Annex]) -> None:
    before, after = versions
    annex, table = history(after, HISTORY, before)
    assert table.id == "N.3-1"
    assert [section.id for section in annex.sections if section.id.startswith("N.3")] == ["N.3", "N.3.1"]
    first, second = table.rows
    assert texts(first) == ["1.0", "2026-03-01", "0.9", "First version."]
    assert {cell.status for cell in first.cells.values()} == {Status.CONFIRMED}
    revision, date, version, change = second.cells.values()
    assert (revision.status, date.status) == (Status.UNKNOWN, Status.UNKNOWN)
    assert (version.text, version.status) == ("2.0", Status.OBSERVED)
    assert change.status is Status.PROPOSED
    new, gone, counts = change.text.split("\n")
    assert new.startswith('New: Private Creator (0029,00xx,"ACME NEW"); private attribute (0029,xx01,"ACME NEW")')
    assert gone == "No longer used: attribute Filter Type (0018,1160)."
    assert counts.startswith("3 of these may affect receivers.")


def test_what_is_gone_is_listed(versions: tuple[Annex, Annex]) -> None:
    before, after = versions
    annex, _ = history(after, "", before)
    (section,) = (one for one in annex.sections if one.id == "N.3.1")
    assert section.text == (
        "These are no longer used since version 1.0:",
        "- attribute Filter Type (0018,1160) (CT Image IOD)",
    )


def test_what_too_little_was_read_for_is_a_finding_and_not_listed(tmp_path: Path) -> None:
    def rare(data: Dataset, place: Place) -> None:
        if place.sop_class == CT and place.series == 1:
            data.ImageComments = "now and then"

    before = build_annex(scan([write(tmp_path / "one", rare)]))
    annex, table = history(build_annex(scan([write(tmp_path / "two")])), "", before)
    (section,) = (one for one in annex.sections if one.id == "N.3.1")
    assert section.text == ()
    assert table.rows[0].cells["Change"].text == "No changes."
    (finding,) = (one for one in annex.findings if one.code == NOT_SEEN)
    assert (finding.sop_class, finding.count) == (CT, 1)
    assert "Image Comments (0020,4000)" in finding.message


def test_a_person_states_the_row_of_this_version(versions: tuple[Annex, Annex]) -> None:
    before, after = versions
    text = HISTORY + '[[revision]]\nrevision = "2.0"\nversions = ["2.0"]\n'
    _, table = history(after, text, before)
    assert [row.cells["Revision"].text for row in table.rows] == ["1.0", "2.0"]
    assert table.rows[1].cells["Date"].status is Status.UNKNOWN
    assert table.rows[1].cells["Change"].status is Status.PROPOSED
    _, table = history(after, text + 'change = "Two is out."\n', before)
    change = table.rows[1].cells["Change"]
    assert (change.text, change.status) == ("Two is out.", Status.CONFIRMED)
    assert change.inferred.startswith("New: Private Creator")


def test_stated_revisions_stand_without_a_comparison(versions: tuple[Annex, Annex]) -> None:
    _, table = history(versions[1], HISTORY)
    assert [texts(row) for row in table.rows] == [["1.0", "2026-03-01", "0.9", "First version."]]


def test_published_numbering_and_reading_back(versions: tuple[Annex, Annex]) -> None:
    before, after = versions
    annex = number(with_revisions(after, None, number(before)), "published")
    assert annex.table("3-1").kind == "revisions"
    assert annex_of_text(dumps(annex)) == annex


def test_the_history_itself_is_no_difference(versions: tuple[Annex, Annex]) -> None:
    before, after = versions
    annex, _ = history(after, HISTORY, before)
    assert compare(annex, number(after)).changes == ()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('revision = "1.0"', "revision 1: versions is missing"),
        ('versions = ["1"]\ndate = "today"', "revision 1: date is not a date such as 2026-03-01"),
        ('versions = ["1"]\nauthor = "A"', "revision 1: 'author' is not known"),
    ],
)
def test_a_revision_that_cannot_be_understood(entry: str, message: str) -> None:
    with pytest.raises(ProductFileError, match=re.escape(message)):
        loads(f"[[revision]]\n{entry}\n")
