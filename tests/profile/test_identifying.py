"""Private values that repeat what identifies their instance are counted by kind, whatever their VR; others are not."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from annexgen.profile.model import IDENTIFYING
from annexgen.profile.opaque import content_kind
from annexgen.profile.scan import scan
from tests.private_instances import CREATOR, instance, save

if TYPE_CHECKING:
    from pathlib import Path

UID = "1.2.826.0.1.3680043.10.543.1234567890"
NAME, ID, BIRTH, ACCESSION = "name of a person", "Patient ID", "birth date", "Accession Number"
DATE, OF_INSTANCE = "date of the instance", "UID of the instance"

SEQUENCE_ITEM = b"\xfe\xff\x00\xe0\x14\0\0\0\x10\0\x10\0\x0c\0\0\0"
"""The headers of an item and of Patient's Name in it, in implicit VR: they begin as UTF-16 does."""
CASES = [
    ("LO", "seen by wilhelmina today", {NAME}),
    ("SH", "PATID-77123", {ID}),
    ("LT", "id=PATID-77123;", {ID}),
    ("OB", b"\0\1\2 QUETZALCOATL \0", {NAME}),
    ("OB", b"<x>patid-77123</x>", {ID}),
    ("OB", b"\xff\xfe" + "born 1953-11-27 ".encode("utf-16-le"), {BIRTH}),
    ("UN", b"\3\4ACC990817", {ACCESSION}),
    ("UL", 19531127, {BIRTH}),
    ("IS", "20210304", {DATE}),
    ("DA", "20210304", {DATE}),
    ("DT", "20210304112233", {DATE}),
    ("LO", "2021-03-04", {DATE}),
    ("UI", UID, {OF_INSTANCE}),
    ("OB", b"ref " + UID.encode() + b" \0", {OF_INSTANCE}),
    ("UT", "x" * 70000 + " Wilhelmina ", {NAME}),
    ("OB", b"\1" * 90001 + b"wilhelmina!", {NAME}),
    ("UN", SEQUENCE_ITEM + b"Wilhelmina  ", {NAME}),
    ("OB", b"\xfe\xff" + "born 1953-11-27 ".encode("utf-16-be"), {BIRTH}),
    ("LO", "nothing of the kind", set()),
    ("US", 4711, set()),
    ("DS", "120.5", set()),
    ("DA", "20210305", set()),
    ("UI", "1.2.20210304.5", set()),
    ("OB", b"\0" * 64, set()),
    ("FD", 1.5, set()),
]


@pytest.mark.parametrize(("vr", "value", "kinds"), CASES, ids=lambda case: str(case)[:24])
@pytest.mark.parametrize("nested", [False, True])
def test_kinds(tmp_path: Path, vr: str, value: object, kinds: set[str], nested: bool) -> None:
    data_set = instance(uid=UID)
    block = data_set.private_block(0x0029, CREATOR, create=True)
    if nested:
        item = Dataset()
        item.private_block(0x0031, CREATOR, create=True).add_new(7, vr, value)
        block.add_new(1, "SQ", Sequence([item]))
        path = f'(0029,xx01,"{CREATOR}")/(0031,xx07,"{CREATOR}")'
    else:
        block.add_new(7, vr, value)
        path = f'(0029,xx07,"{CREATOR}")'
    save(data_set, tmp_path / "a.dcm")
    statistics = next(iter(scan([tmp_path]).sop_classes.values())).paths[path]
    assert dict(statistics.facets.get(IDENTIFYING, {})) == dict.fromkeys(kinds, 1)
    if kinds:
        assert statistics.lowest is None
        assert not any(count.printable for value, count in statistics.values.items() if value[0] == "=")


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
        (b'{"a": 1}', "JSON"),
        (b"plain words\0", "text"),
        (b"\xfe\xff\x00\xe0\x00\x00\x00\x00", "DICOM Sequence"),
        (bytes(128) + b"DICM", "DICOM file"),
        (b"SV10\4\3\2\1" + bytes(40), "Siemens CSA header"),
        (struct.pack("<LL", 98, 77) + b"EchoLinePosition", "Siemens CSA header"),
        (b"PK\3\4....", "ZIP archive"),
        (struct.pack("<L", 900) + gzip.compress(b"protocol", mtime=0), "gzip compressed"),
        (b"\x89PNG\r\n\x1a\n...", "PNG image"),
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (bytes(16), "zeros"),
        (b"\1\2\3\x90", "binary data"),
    ],
)
def test_content_kinds(start: bytes, kind: str) -> None:
    assert content_kind(start) == kind


def test_one_creator_in_two_blocks_stands_everywhere(tmp_path: Path) -> None:
    data_set = instance()
    for block in (0x10, 0x11):
        data_set.add_new(0x00290000 | block, "LO", CREATOR)
        data_set.add_new(0x00290005 | block << 8, "SH", "")
    save(data_set, tmp_path / "a.dcm")
    profile = next(iter(scan([tmp_path]).sop_classes.values()))
    ((shape, _),) = profile.patterns
    assert dict(shape)[f'(0029,00xx,"{CREATOR}")'] == 0
    assert dict(shape)[f'(0029,xx05,"{CREATOR}")'] == 1
    assert profile.paths[f'(0029,xx05,"{CREATOR}")'].blocks == {0x10: 1, 0x11: 1}
