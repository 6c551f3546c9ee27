"""Tables N.1-1 and N.1-2: the sets of transfer syntaxes that SOP Classes are written in, with their media types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, generate_uid

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex, Table

CT, SR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.33"
VIDEO = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
# The set, and the media type in Table N.1-2 of the template.
IMAGES = {
    "1.2.840.10008.1.2": ("U", "N/A"),
    "1.2.840.10008.1.2.1": ("U", "application/octet-stream"),
    "1.2.840.10008.1.2.2": ("U", "N/A"),
    "1.2.840.10008.1.2.4.70": ("LL", "image/jpeg"),
    "1.2.840.10008.1.2.4.90": ("LL", "image/jp2"),
    "1.2.840.10008.1.2.5": ("LL", "image/x-dicom-rle"),
    "1.2.840.10008.1.2.4.50": ("L", "image/jpeg"),
    "1.2.840.10008.1.2.4.51": ("L", "image/jpeg"),
    "1.2.840.10008.1.2.4.91": ("L", "image/jp2"),
}
VIDEOS = {
    "1.2.840.10008.1.2.4.100": ("V", "video/mpeg2"),
    "1.2.840.10008.1.2.4.101": ("V", "video/mpeg2"),
    "1.2.840.10008.1.2.4.102": ("V", "video/mp4"),
    "1.2.840.10008.1.2.4.103": ("V", "video/mp4"),
    "1.2.840.10008.1.2.4.104": ("V", "video/mp4"),
}
NAMES = {
    "LL": "Lossless Compressed Transfer Syntax Set (LL)",
    "L": "Lossy Compressed Transfer Syntax Set (L)",
    "NI": "Non-Image Transfer Syntax Set (NI)",
    "U": "Uncompressed Transfer Syntax Set (U)",
    "V": "Video Transfer Syntax Set (V)",
}


def write(folder: Path, sop_class: str, syntax: str, *, pixels: bool) -> None:
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = sop_class, generate_uid(entropy_srcs=[sop_class, syntax])
    data_set.PatientID, data_set.StudyInstanceUID, data_set.SeriesInstanceUID = "1", "1.2.3", "1.2.3.4"
    uid = UID(syntax)
    if pixels:
        data_set.BitsAllocated = 16
        data_set.add_new(
            0x7FE00010, "OB" if uid.is_compressed else "OW", encapsulate([b"\0\0"]) if uid.is_compressed else b"\0\0"
        )
        data_set["PixelData"].is_undefined_length = uid.is_compressed
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = uid
    data_set.file_meta.MediaStorageSOPClassUID = sop_class
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    data_set.save_as(folder / f"{sop_class}-{syntax}.dcm", enforce_file_format=True)


@pytest.fixture(scope="module")
def annex(tmp_path_factory: pytest.TempPathFactory) -> Annex:
    folder = tmp_path_factory.mktemp("corpus")
    for syntax in IMAGES:
        write(folder, CT, syntax, pixels=True)
    for syntax in VIDEOS:
        write(folder, VIDEO, syntax, pixels=True)
    write(folder, SR, "1.2.840.10008.1.2.1", pixels=False)
    return number(build_annex(scan([folder])))


def table_of(annex: Annex, kind: str) -> Table:
    (table,) = [table for table in annex.tables if table.kind == kind]
    return table


def test_every_transfer_syntax_stands_in_its_set_with_its_media_type(annex: Annex) -> None:
    table = table_of(annex, "transfer_syntaxes")
    assert table.id == "N.1-2"
    found: dict[str, tuple[str, str]] = {}
    captions = []
    for row in table.rows:
        caption = row.cells["Transfer Syntax Set"].text
        captions += [caption] if caption else []
        code = next(code for code, name in NAMES.items() if name == captions[-1])
        media = row.cells["DICOM Web Service Bulkdata Media Type"].text
        if code != "NI":
            found[row.cells["Transfer Syntax UID"].text] = (code, media)
        assert row.cells["Transfer Syntax Name"].text
    assert found == IMAGES | VIDEOS
    # The template's order of the sets.
    assert captions == list(NAMES.values())


def test_sop_classes_name_their_sets(annex: Annex) -> None:
    rows = {row.path: row.cells["Transfer Syntax Set"].text for row in table_of(annex, "sop_classes").rows}
    assert {uid: set(text.split("; ")) for uid, text in rows.items()} == {
        CT: {"U", "LL", "L"},
        VIDEO: {"V"},
        SR: {"NI"},
    }
