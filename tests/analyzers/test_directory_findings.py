"""Findings about Directory Records: on a file-set that is damaged on purpose, and against what dciodvfy finds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from annexgen.standard import dictionary
from tests.oracles import DCIODVFY, NO_DCIODVFY

if TYPE_CHECKING:
    from collections.abc import Callable

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
CODES = ("mandatory-absent", "mandatory-empty", "directory-record-type", "directory-record-sop-class")
DIRECTORY = "1.2.840.10008.1.3.10"


@pytest.fixture(scope="module")
def directory(corpus: Path) -> Path:
    """The DICOMDIR of the samples."""
    return next(iter(sorted(corpus.rglob("DICOMDIR"))))


def findings(file: Path) -> list[tuple[str, str, str]]:
    """Code, path and message of the findings about directories in the annex of one file."""
    annex = build_annex(scan([file]))
    return [(f.code, f.path, f.message) for f in annex.findings if f.code in CODES and f.sop_class == DIRECTORY]


def records(data_set: pydicom.Dataset, record_type: str) -> list[pydicom.Dataset]:
    return [item for item in data_set.DirectoryRecordSequence if item.DirectoryRecordType == record_type]


def _without(keyword: str, record_type: str) -> Callable[[pydicom.Dataset], None]:
    def damage(data_set: pydicom.Dataset) -> None:
        delattr(records(data_set, record_type)[0], keyword)

    return damage


def _without_value(keyword: str, record_type: str) -> Callable[[pydicom.Dataset], None]:
    def damage(data_set: pydicom.Dataset) -> None:
        records(data_set, record_type)[0][keyword].value = None

    return damage


def _consistency_flag(data_set: pydicom.Dataset) -> None:
    del data_set.FileSetConsistencyFlag


def _unknown_type(data_set: pydicom.Dataset) -> None:
    records(data_set, "IMAGE")[0].DirectoryRecordType = "PICTURE"


def _report_as_image(data_set: pydicom.Dataset) -> None:
    records(data_set, "IMAGE")[0].ReferencedSOPClassUIDInFile = "1.2.840.10008.5.1.4.1.1.88.33"


def _private_record(data_set: pydicom.Dataset) -> None:
    records(data_set, "IMAGE")[0].DirectoryRecordType = "PRIVATE"


FAULTS = [
    (
        _without("InstanceNumber", "IMAGE"),
        "mandatory-absent",
        "(0004,1220)[IMAGE]/(0020,0013)",
        "Instance Number (0020,0013), Type 1 in Directory Records of type IMAGE, is absent in 1 instance",
    ),
    (
        _without_value("StudyDate", "STUDY"),
        "mandatory-empty",
        "(0004,1220)[STUDY]/(0008,0020)",
        "Study Date (0008,0020), Type 1 in Directory Records of type STUDY, has no value in 1 instance",
    ),
    (
        _without("RecordInUseFlag", "SERIES"),
        "mandatory-absent",
        "(0004,1220)[SERIES]/(0004,1410)",
        "Record In-use Flag (0004,1410), Type 1 in Directory Records of type SERIES, is absent in 1 instance",
    ),
    (
        _consistency_flag,
        "mandatory-absent",
        "(0004,1212)",
        "File-set Consistency Flag (0004,1212), Type 1 in the Directory Information Module, is absent in 1 instance",
    ),
    (
        _unknown_type,
        "directory-record-type",
        "(0004,1220)[PICTURE]/(0004,1430)",
        "Directory Record Type (0004,1430) is PICTURE, which PS3.3 F.3.2.2 does not define",
    ),
    (
        _report_as_image,
        "directory-record-sop-class",
        "(0004,1220)[IMAGE]/(0004,1510)",
        "Directory Records of type IMAGE refer to instances of Comprehensive SR Storage; records of type SR DOCUMENT are for "
        "them (PS3.3 F.5)",
    ),
]


def test_a_sound_directory_has_none(directory: Path) -> None:
    assert findings(directory) == []


@pytest.mark.parametrize(("damage", "code", "path", "message"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_each_fault_is_one_finding(
    directory: Path, tmp_path: Path, damage: Callable[[pydicom.Dataset], None], code: str, path: str, message: str
) -> None:
    data_set = pydicom.dcmread(directory)
    damage(data_set)
    data_set.save_as(tmp_path / "DICOMDIR")
    assert findings(tmp_path / "DICOMDIR") == [(code, path, message)]


def test_private_records_may_refer_to_anything(directory: Path, tmp_path: Path) -> None:
    data_set = pydicom.dcmread(directory)
    _private_record(data_set)
    data_set.save_as(tmp_path / "DICOMDIR")
    assert not [finding for finding in findings(tmp_path / "DICOMDIR") if finding[0] == "directory-record-sop-class"]


ERROR = re.compile(r"Error - (Missing|Empty) attribute (?:\(no value\) )?Type [12] Required Element=<(\w+)>")
UNKNOWN_TYPE = re.compile(
    r"Error - Unrecognized enumerated value <(\w+)> for value 1 of attribute <Directory Record Type>"
)


def theirs(file: Path) -> set[tuple[str, str]]:
    """The faults of Directory Records that dciodvfy names: code of the finding, and keyword or type."""
    result = subprocess.run([DCIODVFY, str(file)], capture_output=True, check=False)
    text = (result.stdout + result.stderr).decode("latin-1")
    kinds = {"Missing": "mandatory-absent", "Empty": "mandatory-empty"}
    return {(kinds[kind], name.casefold()) for kind, name in ERROR.findall(text)} | {
        ("directory-record-type", name.casefold()) for name in UNKNOWN_TYPE.findall(text)
    }


def ours(file: Path) -> set[tuple[str, str]]:
    """The same of our findings, but for SOP Classes of other types, which dciodvfy does not judge."""
    found = set()
    for code, path, _ in findings(file):
        if code == "directory-record-type":
            found.add((code, path.partition("[")[2].partition("]")[0].casefold()))
        elif code != "directory-record-sop-class":
            entry = dictionary.lookup(int(path[-10:-1].replace(",", ""), 16))
            assert entry is not None
            found.add((code, entry.keyword.casefold()))
    return found


def compare(file: Path) -> int:
    """How many faults of a DICOMDIR both find."""
    assert ours(file) == theirs(file), file
    return len(theirs(file))


@pytest.mark.skipif(not DCIODVFY, reason=NO_DCIODVFY)
def test_dciodvfy_finds_the_same_faults(directory: Path, tmp_path: Path) -> None:
    agreed = 0
    for number, (damage, code, *_) in enumerate(FAULTS):
        if code == "directory-record-sop-class":
            continue
        data_set = pydicom.dcmread(directory)
        damage(data_set)
        data_set.save_as(tmp_path / f"DICOMDIR{number}")
        agreed += compare(tmp_path / f"DICOMDIR{number}")
    assert agreed == len(FAULTS) - 1


@pytest.mark.skipif(not DCIODVFY, reason=NO_DCIODVFY)
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_dciodvfy_finds_the_same_faults_in_real_directories() -> None:
    files = [path for path in CORPORA.rglob("*") if path.is_file() and "dicomdir" in path.name.casefold()]
    assert sum(compare(file) for file in sorted(files)) > 10
    assert len(files) > 15
