"""Values that look like marks, markup, formulas or paths come out as text, and every element keeps its row."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import openpyxl
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.render.base import FORMATS, renderer

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "\x02table:sop_classes\x03",
    "\u27e6table:nothing\u27e7",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "=1+1",
    "| a | b |\n# heading",
    "A\x1fB\x1fC",
    "(0010,0010)[IMAGE]/",
)


def written(folder: Path) -> None:
    """Instances of three patients with hostile text wherever a product may put its own."""
    for patient in range(3):
        for index, text in enumerate(HOSTILE):
            data_set = Dataset()
            data_set.SOPClassUID = CTImageStorage
            data_set.SOPInstanceUID = generate_uid(entropy_srcs=[str(patient), str(index)])
            data_set.StudyInstanceUID = generate_uid(entropy_srcs=["study", str(patient)])
            data_set.SeriesInstanceUID = generate_uid(entropy_srcs=["series", str(patient), str(index)])
            data_set.PatientID = f"PATIENT-{patient}"
            data_set.Modality = "CT"
            data_set.Manufacturer = text
            data_set.SeriesDescription = text
            code = Dataset()
            code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = f"C{index}", "99ACME", text
            data_set.AnatomicRegionSequence = [code]
            data_set.add_new(0x00110010, "LO", f'AC"ME {text[:40]}')
            data_set.add_new(0x00111001, "LO", text)
            data_set.file_meta = FileMetaDataset()
            data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                data_set.save_as(folder / f"{patient}-{index}.dcm", enforce_file_format=True)


@pytest.mark.parametrize("values", ["safe", "all"])
def test_hostile_values_stay_text(tmp_path: Path, values: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "out").mkdir()
    written(tmp_path / "corpus")
    profile = scan([tmp_path / "corpus"], values)
    assert profile.instances == 3 * len(HOSTILE)
    annex = number(build_annex(profile))
    for name in FORMATS:
        renderer(name).render(annex, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "annex.json").read_text(encoding="utf-8"))
    paths = [row["path"] for table in document["tables"] for row in table["rows"] if "(0011,xx01" in row["path"]]
    creators = {path for path in profile.sop_classes[CTImageStorage].paths if "(0011,xx01" in path}
    assert sorted(paths) == sorted(creators)
    assert len(creators) == len(HOSTILE)
    text = (tmp_path / "out" / "annex.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "\x02" not in text
    book = openpyxl.load_workbook(tmp_path / "out" / "annex.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
