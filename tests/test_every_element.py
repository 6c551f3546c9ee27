"""Every element that pydicom finds stands in exactly one row of its SOP Class, with counts that agree."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.data import data_manager
from pydicom.dataset import Dataset

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

DIRECTORY = "1.2.840.10008.1.3.10"
GROUPS = ("(5200,9229)/", "(5200,9230)/")
FILES = sorted(
    path
    for pattern in ("*.dcm", "dicomdirtests/DICOMDIR*")
    for path in (Path(data_manager.DATA_ROOT) / "test_files").glob(pattern)
)


def paths_of(data_set: Dataset, prefix: str = "", directory: bool = False) -> Counter[str]:
    """Element paths of a data set by pydicom's own walk, with the number of items they stand in."""
    found: Counter[str] = Counter()
    creators: dict[tuple[int, int], str] = {}
    for element in data_set:
        tag = element.tag
        if tag.element == 0 or tag == 0xFFFCFFFC:
            continue
        if not tag.is_private:
            step = f"({tag.group:04X},{tag.element:04X})"
        elif 0x10 <= tag.element <= 0xFF:
            creators[tag.group, tag.element] = str(element.value)
            step = f'({tag.group:04X},00xx,"{element.value}")'
        else:
            creator = creators.get((tag.group, tag.element >> 8))
            last = f"xx{tag.element & 0xFF:02X}" if creator else f"{tag.element:04X}"
            step = f'({tag.group:04X},{last},"{creator or "?"}")'
        path = f"{prefix}{step}"
        found[path] += 1
        if element.VR == "SQ" and not (tag == 0x0040A730 and not prefix):
            for item in element.value:
                record = f"[{item.DirectoryRecordType}]" if directory and tag == 0x00041220 else ""
                found += paths_of(item, f"{path}{record}/", directory)
        elif element.VR == "SQ":
            for item in element.value:
                found += private_in_content(item)
    return found


def private_in_content(item: Dataset) -> Counter[str]:
    """The private elements of a Content Item and of all that stands in it, as if they stood in the items of one Sequence."""
    private = Dataset()
    found: Counter[str] = Counter()
    for element in item:
        if element.tag.is_private:
            private.add(element)
        elif element.VR == "SQ":
            for inner in element.value:
                found += private_in_content(inner)
    return found + paths_of(private, "(0040,A730)/")


def corpus_paths(folder: Path) -> dict[str, Counter[str]]:
    """For every SOP Class the number of instances that have each path."""
    found: dict[str, Counter[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data_set = pydicom.dcmread(path, stop_before_pixels=False, force=False)
            except pydicom.errors.InvalidDicomError:
                continue
            uid = str(data_set.get("SOPClassUID") or data_set.file_meta.MediaStorageSOPClassUID)
            found.setdefault(uid, Counter()).update(set(paths_of(data_set, directory=uid == DIRECTORY)))
    return found


def check(annex: Annex, expected: dict[str, Counter[str]]) -> None:
    for uid, paths in expected.items():
        rows: dict[str, list[tuple[str, object]]] = {}
        for table in annex.tables:
            if uid not in table.sop_classes or table.kind in ("sop_classes", "root_templates", "sr_content"):
                continue
            for row in table.rows:
                names = row.covers if table.kind == "macro" else (row.path, *row.covers)
                for name in filter(None, names):
                    rows.setdefault(name, []).append((table.title, row.evidence))
        for path, instances in paths.items():
            assert len(rows.get(path, [])) == 1, (uid, path, [t for t, _ in rows.get(path, [])])
            shared = any(
                uid in t.sop_classes and len(t.sop_classes) > 1 and t.title == rows[path][0][0] for t in annex.tables
            )
            evidence = rows[path][0][1]
            if not shared and not path.startswith(GROUPS) and evidence is not None and path in _own_paths(annex, uid):
                assert evidence.present + evidence.partial == instances, (uid, path)


def _own_paths(annex: Annex, uid: str) -> set[str]:
    return {row.path for table in annex.tables if uid in table.sop_classes for row in table.rows}


def annex_of(folder: Path) -> Annex:
    return number(build_annex(scan([folder])))


def test_samples(corpus: Path, samples_annex: Annex) -> None:
    check(samples_annex, corpus_paths(corpus))


def test_private_elements_of_a_directory(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    directory = pydicom.dcmread(corpus / "MEDIA1" / "DICOMDIR")
    directory.private_block(0x0009, "ACME DIRECTORY", create=True).add_new(1, "LO", "OF THE FILE-SET")
    record = directory.DirectoryRecordSequence[0]
    record.private_block(0x0011, "ACME RECORD", create=True).add_new(2, "SH", "OF A RECORD")
    directory.save_as(tmp_path / "corpus" / "DICOMDIR")
    check(annex_of(tmp_path / "corpus"), corpus_paths(tmp_path / "corpus"))


@pytest.mark.parametrize("source", FILES, ids=lambda path: path.name)
def test_pydicom_files(source: Path, tmp_path: Path) -> None:
    (tmp_path / source.name).write_bytes(source.read_bytes())
    try:
        expected = corpus_paths(tmp_path)
    except (AttributeError, KeyError, EOFError) as error:
        pytest.skip(f"pydicom cannot walk it: {error!r}")
    if "" in expected:
        pytest.skip("no SOP Class: reported as a skipped file")
    if not expected:
        pytest.skip("no DICM prefix: pydicom does not take it for DICOM")
    check(annex_of(tmp_path), expected)


CORPORA = Path(__file__).parents[2] / "shared" / "corpora"


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
@pytest.mark.parametrize(
    "name",
    ["siemens-prismafit-xa30", "philips-elitionx-5.7.1.1", "ge-signa-architect-dv28", "acuson-us-5.07"],
)
def test_real_products(name: str) -> None:
    check(annex_of(CORPORA / name), corpus_paths(CORPORA / name))
