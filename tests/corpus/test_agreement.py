"""The element reader and pydicom agree on every element: tag, VR, nesting, value bytes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.data import data_manager
from pydicom.dataelem import RawDataElement

from annexgen.corpus.elements import MAXIMUM_VALUE_LENGTH, PIXEL_DATA_TAGS, RawElement
from annexgen.corpus.instance import NotReadableError, read_instance

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
FILES = sorted(p for p in (Path(data_manager.DATA_ROOT) / "test_files").rglob("*") if p.is_file())


def differences(ours: list[RawElement], theirs: Dataset, path: str = "") -> list[str]:
    """What differs between the elements of a data set as both read it."""
    found = []
    mine = {element.tag: element for element in ours if element.tag != 0xFFFCFFFC}
    raw = {int(tag): theirs.get_item(tag) for tag in theirs.keys() if tag != 0xFFFCFFFC}  # noqa: SIM118
    if set(mine) != set(raw):
        found.append(f"{path}: elements {[f'{t:08X}' for t in sorted(set(mine) ^ set(raw))]}")
    for tag in sorted(set(mine) & set(raw)):
        element, other = mine[tag], raw[tag]
        here = f"{path}/{tag:08X}"
        if isinstance(element.value, list):
            items = theirs[tag].value
            if len(items) != len(element.value):
                found.append(f"{here}: {len(element.value)} items, pydicom {len(items)}")
            for own, item in zip(element.value, items, strict=False):
                found.extend(differences(own, item, here))
        elif isinstance(other, RawDataElement):
            if other.VR is not None and other.VR != "UN" and element.vr != other.VR and element.vr_origin == "file":
                found.append(f"{here}: VR {element.vr}, pydicom {other.VR}")
            if element.value is None:
                skipped = tag in PIXEL_DATA_TAGS or element.length > MAXIMUM_VALUE_LENGTH
                if not skipped:
                    found.append(f"{here}: value not read")
            elif other.value is not None and element.value != other.value:
                found.append(f"{here}: value bytes differ")
    return found


def check(source: Path) -> bool:
    """Compare one file; False when pydicom or the reader does not take it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = pydicom.dcmread(source)
        except (pydicom.errors.InvalidDicomError, EOFError, AttributeError, KeyError, NotImplementedError):
            return False
        try:
            instance = read_instance(source.read_bytes())
        except NotReadableError:
            return False
        found = differences(instance.elements, theirs)
    # Where the file is damaged both go on as they can; then the reader must have said so.
    assert not found or instance.problems, (source.name, found[:5])
    return True


def test_files_of_pydicom() -> None:
    assert sum(check(path) for path in FILES) > 100


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_real_products() -> None:
    files = sorted(path for path in CORPORA.glob("*/**/*") if path.is_file())
    assert sum(check(path) for path in files[::3]) > 300
