"""Basic Directory IOD: the rows of Table N.9-50 from DICOMDIRs, counted against pydicom's own reading."""

from __future__ import annotations

import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom import data as data_manager

from annexgen.annex.build import build_annex
from annexgen.annex.directory_section import record_type_title
from annexgen.annex.numbering import number
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY
from annexgen.profile.scan import scan
from annexgen.standard.directory_records import directory_record_types

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Row, Table

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
DIRECTORY_KEYS = [
    "(0004,1400)",
    "(0004,1410)",
    "(0004,1420)",
    "(0004,1430)",
    "(0004,1500)",
    "(0004,1510)",
    "(0004,1511)",
    "(0004,1512)",
]
"""What Table N.9-50 lists of a Directory Record before the keys of the types."""


def directory_of(folder: Path) -> tuple[Annex, Table]:
    annex = number(build_annex(scan([folder])))
    (table,) = [table for table in annex.tables if table.kind == "directory"]
    return annex, table


def directories_in(folder: Path) -> list[pydicom.Dataset]:
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data_set = pydicom.dcmread(path)
            except pydicom.errors.InvalidDicomError:
                continue
            if data_set.file_meta.get("MediaStorageSOPClassUID") == MEDIA_STORAGE_DIRECTORY:
                found.append(data_set)
    return found


def captioned(table: Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        if row.heading:
            found[row.cells["Attribute Name"].text] = []
        else:
            found[list(found)[-1]].append(row)
    return found


@pytest.fixture(scope="module")
def media(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    for name in ("MEDIA1", "MEDIA2"):
        (folder / "media" / name).mkdir(parents=True)
        shutil.copy(corpus / name / "DICOMDIR", folder / "media" / name / "DICOMDIR")
    return folder / "media"


def check(folder: Path) -> None:
    """The rows are those of Table N.9-50 in its order, and each is counted as pydicom counts."""
    directories = directories_in(folder)
    assert directories
    _, table = directory_of(folder)
    parts = captioned(table)
    types = {str(record.DirectoryRecordType) for one in directories for record in one.DirectoryRecordSequence}
    known = [name for name in directory_record_types() if name in types]
    names = [*known, *sorted(types - set(known))]
    assert list(parts) == [
        "File Set Identification Module",
        "Directory Information Module",
        *(f"{record_type_title(name)} Keys" for name in names),
    ]
    rows = parts["Directory Information Module"]
    tags = [row.cells["Tag"].text for row in rows if row.level == 0]
    assert tags[-1] == "(0004,1220)"
    assert tags == sorted(tags)
    inner = [row for row in rows if row.level == 1]
    assert [row.cells["Tag"].text for row in inner][:4] == DIRECTORY_KEYS[:4]
    assert rows.index(inner[0]) == len(tags)
    for row in inner:
        tag = int(row.path[-10:-1].replace(",", ""), 16)
        states = Counter(_state([r for r in one.DirectoryRecordSequence], tag) for one in directories)  # noqa: C416
        evidence = row.evidence
        assert evidence is not None
        assert (evidence.carriers, evidence.present, evidence.partial) == (
            len(directories) - states["no records"],
            states["full"],
            states["partial"],
        ), row.path
        assert row.cells["Presence of Attribute"].text == (
            "ALWAYS" if not states["partial"] + states["none"] else "CONDITIONAL"
        )
        condition = row.cells["Conditions"].text
        if condition:
            holding = {
                str(record.DirectoryRecordType)
                for one in directories
                for record in one.DirectoryRecordSequence
                if tag in record
            }
            said = condition.removeprefix("Present if Directory Record Type (0004,1430) is ").removesuffix(".")
            assert set(said.replace(" or ", ", ").split(", ")) == holding
    for name in names:
        records = [r for one in directories for r in one.DirectoryRecordSequence if r.DirectoryRecordType == name]
        expected = {
            f"({element.tag.group:04X},{element.tag.element:04X})"
            for record in records
            for element in record
            if element.tag.group != 4 and not element.tag.is_private and element.tag.element
        }
        found = [row.cells["Tag"].text for row in parts[f"{record_type_title(name)} Keys"] if row.level == 1]
        assert set(found) == expected, name
        assert len(found) == len(expected), name


def _state(records: list[pydicom.Dataset], tag: int) -> str:
    holding = sum(tag in record for record in records)
    if not records:
        return "no records"
    return "full" if holding == len(records) else "partial" if holding else "none"


def test_samples(media: Path) -> None:
    check(media)
    _, table = directory_of(media)
    rows = {row.path: row for row in table.rows}
    assert [row.cells["Tag"].text for row in captioned(table)["Directory Information Module"][4:]] == DIRECTORY_KEYS
    assert rows["(0004,1220)/(0004,1500)"].cells["Conditions"].text == (
        "Present if Directory Record Type (0004,1430) is IMAGE, SR DOCUMENT or KEY OBJECT DOC."
    )
    assert rows["(0004,1220)/(0004,1420)"].cells["Value"].text == ""
    sources = {tag: rows[f"(0004,1220)/{tag}"].cells["Source"].text for tag in DIRECTORY_KEYS}
    assert sources == dict.fromkeys(DIRECTORY_KEYS[:5], "GENERATED") | dict.fromkeys(DIRECTORY_KEYS[5:], "SRC_INSTANCE")
    patient = [row.cells["Tag"].text for row in captioned(table)["Patient Keys"]]
    assert patient[:3] == ["(0008,0005)", "(0010,0010)", "(0010,0020)"]


def test_values_of_all_types_are_listed_together(media: Path) -> None:
    annex, table = directory_of(media)
    (cell,) = [row.cells["Value"] for row in table.rows if row.path == "(0004,1220)/(0004,1430)"]
    (coded,) = [one for one in annex.tables if f"See Table {one.id}" == cell.text]
    first = [row.cells["Tag"].text for row in coded.rows].index("(0004,1430)")
    values = [row.cells["Value/Code"].text for row in coded.rows[first : first + 6]]
    assert values == ["IMAGE", "KEY OBJECT DOC", "PATIENT", "SERIES", "SR DOCUMENT", "STUDY"]


def test_a_type_that_the_standard_does_not_list_comes_last(media: Path, tmp_path: Path) -> None:
    directory = pydicom.dcmread(media / "MEDIA1" / "DICOMDIR")
    directory.DirectoryRecordSequence[-1].DirectoryRecordType = "ACME THING"
    directory.save_as(tmp_path / "DICOMDIR")
    check(tmp_path)
    _, table = directory_of(tmp_path)
    assert list(captioned(table))[-1] == "Acme Thing Keys"


def test_directories_of_pydicom(tmp_path: Path) -> None:
    source = Path(data_manager.DATA_ROOT) / "test_files" / "dicomdirtests"
    for name in ("DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-reordered"):
        shutil.copy(source / name, tmp_path / name)
    check(tmp_path)


@pytest.mark.parametrize("name", ["siemens-terrax-xa60", "philips-ingenuity-ct-4.1"])
def test_real_directories(name: str, tmp_path: Path) -> None:
    if not (CORPORA / name).is_dir():
        pytest.skip("the corpora of real products are not here")
    for position, one in enumerate(sorted((CORPORA / name).rglob("*"))):
        if one.is_file() and MEDIA_STORAGE_DIRECTORY.encode() in one.read_bytes()[:2048]:
            shutil.copy(one, tmp_path / str(position))
    check(tmp_path)
