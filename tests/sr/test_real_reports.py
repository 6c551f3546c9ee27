"""Real reports: every Content Item lies in exactly one row, nearly all have a template, and PixelMed names the same one."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pydicom
import pytest
from report_content import walk

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from benchmarks.report_templates import JAR, compare

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LEAST_ASSIGNED = 0.97
LEAST_BY_ROW = 0.8
LEAST_AGREEMENT = 0.95

needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="no real corpora in ../shared")


def files_of(name: str) -> list[Path]:
    return sorted(path for path in (CORPORA / name).rglob("*") if path.is_file())


@needs_corpora
@pytest.mark.parametrize("name", ["dose-sr-all", "tid1500-all"])
def test_every_content_item_lies_in_exactly_one_row(name: str) -> None:
    expected: dict[str, Counter[str]] = {}
    for path in files_of(name):
        document = pydicom.dcmread(path, force=True)
        expected.setdefault(document.SOPClassUID, Counter()).update(place for place, _ in walk(document))
    annex = build_annex(scan([CORPORA / name]))
    found: dict[str, Counter[str]] = {}
    for table in annex.tables:
        if table.kind != "sr_content":
            continue
        (uid,) = table.sop_classes
        for row in table.rows:
            places = (row.path, *row.covers)
            assert row.evidence is not None
            assert row.evidence.items == sum(expected[uid][place] for place in places)
            assert not found.setdefault(uid, Counter()).keys() & set(places)
            found[uid].update({place: expected[uid][place] for place in places})
    assert found == expected
    assert sum(counts.total() for counts in found.values()) > 500


@needs_corpora
@pytest.mark.parametrize("name", ["dose-sr-all", "tid1500-all"])
def test_nearly_all_content_items_have_a_template(name: str) -> None:
    result = compare(files_of(name), None, 0, None)
    assert result.items - result.none >= LEAST_ASSIGNED * result.items
    assert result.by_row >= LEAST_BY_ROW * result.items


@needs_corpora
@pytest.mark.skipif(not (JAR.exists() and shutil.which("java")), reason="libpixelmed-java or java is not installed")
@pytest.mark.parametrize(
    "name",
    ["dose-sr-all/pypi-OpenREM-0.10.0/test_files/CT-RDSR-Philips_BigBore4DCT.dcm"],
)
def test_pixelmed_names_the_same_templates(name: str) -> None:
    result = compare([CORPORA / name], JAR, 300, None)
    assert result.both > 10
    assert result.same >= LEAST_AGREEMENT * result.both
