"""The keys of Directory Records, held against the records that pydicom writes (PS3.3 section F.5)."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.fileset import DIRECTORY_RECORDERS

from annexgen.standard import dictionary
from annexgen.standard.directory_records import directory_record_type, directory_record_types

INSTANCE_NUMBER = 0x00200013
DEMANDED_BESIDE_THE_STANDARD = {"RAW DATA": {INSTANCE_NUMBER}}
"""pydicom writes no record of Raw Data without Instance Number, which is Type 2 (PS3.3 Table F.5-28)."""
OF_EVERY_RECORD = 0x0004
VALUES = {
    "SQ": [Dataset()],
    "DA": "20200101",
    "TM": "120000",
    "DT": "20200101",
    "UI": "1.2.3",
    "IS": "1",
    "US": 1,
    "FD": 1.0,
    "UL": 1,
}


def _keys(name: str) -> dict[int, str]:
    kind = directory_record_type(name)
    assert kind is not None
    return {key.path[0]: key.type for key in kind.keys if len(key.path) == 1}


@pytest.mark.parametrize("name", sorted(DIRECTORY_RECORDERS))
def test_an_instance_with_the_mandatory_keys_is_enough_for_a_record(name: str) -> None:
    keys = _keys(name)
    instance = Dataset()
    for tag, requirement in keys.items():
        if requirement in ("1", "1C") or tag in DEMANDED_BESIDE_THE_STANDARD.get(name, ()):
            entry = dictionary.lookup(tag)
            assert entry is not None
            instance.add_new(tag, entry.vr, VALUES.get(entry.vr, "1"))

    record = DIRECTORY_RECORDERS[name](instance)

    written = {int(element.tag) for element in record if element.tag.group != OF_EVERY_RECORD}
    assert written <= keys.keys()


def test_every_type_but_three_is_one_that_pydicom_writes() -> None:
    # ANNOTATION and INVENTORY are newer than pydicom's list, PRIVATE has no keys to write.
    assert set(directory_record_types()) - DIRECTORY_RECORDERS.keys() == {"ANNOTATION", "INVENTORY", "PRIVATE"}


def test_keys_of_an_inventory() -> None:
    assert list(_keys("INVENTORY").items()) == [
        (0x00080005, "1C"),
        (0x00080023, "1"),
        (0x00080033, "1"),
        (0x00080401, "2"),
        (0x00080403, "1"),
        (0x00080400, "2"),
        (0x00080426, "1"),
        (0x00080428, "1"),
    ]


def test_keys_inside_of_sequences() -> None:
    kind = directory_record_type("PRESENTATION")
    assert kind is not None
    inside = {key.path: key.type for key in kind.keys}
    assert inside[0x00700402, 0x00081115, 0x00081140, 0x00081155] == "1"
    assert inside[0x00081115, 0x00081140, 0x00081150] == "1"
    kind = directory_record_type("SR DOCUMENT")
    assert kind is not None
    assert (0x0040A043, 0x00080119) in {key.path for key in kind.keys}
