"""The element reader and pydicom agree on every element of every file: tag, VR, nesting, value bytes and what they say."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.data import data_manager
from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue

from annexgen.corpus.elements import MAXIMUM_VALUE_LENGTH, PIXEL_DATA_TAGS, RawElement
from annexgen.corpus.instance import NotReadableError, read_instance
from annexgen.corpus.values import BINARY_NUMBER_VRS, NO_TEXT, STRING_VRS, decode, encodings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
FOLDERS = sorted(path.name for path in CORPORA.iterdir() if path.is_dir()) if CORPORA.is_dir() else []
FILES = sorted(p for p in (Path(data_manager.DATA_ROOT) / "test_files").rglob("*") if p.is_file())
CHARACTER_SET = 0x00080005


def differences(
    ours: list[RawElement],
    theirs: Dataset,
    little_endian: bool,
    encodings: tuple[str, ...] = ("iso8859",),
    path: str = "",
) -> list[str]:
    """What differs between the elements of a data set as both read it."""
    found = []
    mine = {element.tag: element for element in ours if element.tag != 0xFFFCFFFC}
    raw = {int(tag): theirs.get_item(tag) for tag in theirs.keys() if tag != 0xFFFCFFFC}  # noqa: SIM118
    if set(mine) != set(raw):
        found.append(f"{path}: elements {[f'{t:08X}' for t in sorted(set(mine) ^ set(raw))]}")
    stated = mine.get(CHARACTER_SET)
    if stated is not None and isinstance(stated.value, bytes) and stated.value.strip(b" \0"):
        encodings = encodings_of(decode("CS", stated.value, (), True))
    for tag in sorted(set(mine) & set(raw)):
        element, other = mine[tag], raw[tag]
        here = f"{path}/{tag:08X}"
        if isinstance(element.value, list):
            items = theirs[tag].value
            if len(items) != len(element.value):
                found.append(f"{here}: {len(element.value)} items, pydicom {len(items)}")
            for own, item in zip(element.value, items, strict=False):
                found.extend(differences(own, item, little_endian, encodings, here))
            continue
        if element.value is None:
            if tag not in PIXEL_DATA_TAGS and element.length <= MAXIMUM_VALUE_LENGTH:
                found.append(f"{here}: value not read")
            continue
        if isinstance(other, RawDataElement) and other.value is not None and element.value != other.value:
            found.append(f"{here}: value bytes differ")
        try:
            known = theirs[tag]
        except (ValueError, TypeError, KeyError, OverflowError, NotImplementedError):
            continue  # pydicom refuses the value, and has none that could be compared.
        if known.VR not in ("UN", element.vr) and element.vr != "UN":
            found.append(f"{here}: VR {element.vr}, pydicom {known.VR}")
        elif element.vr == known.VR:
            said = decode(element.vr, element.value, encodings, little_endian)
            if not says_the_same(element.vr, said, known):
                found.append(f"{here}: {said!r}, pydicom {known.value!r}")
    return found


def says_the_same(vr: str, said: Iterable[str], known: DataElement) -> bool:
    """Whether decoded values equal those of pydicom, padding apart."""
    value = known.value
    if vr not in STRING_VRS and vr not in BINARY_NUMBER_VRS:
        return True
    values = list(value) if isinstance(value, MultiValue | list) else [] if value is None else [value]
    if vr in BINARY_NUMBER_VRS:
        return [float(f"{v:.7g}" if vr == "FL" else v) for v in values] == [float(text) for text in said]
    if vr in ("DS", "IS"):
        texts = [getattr(v, "original_string", None) or str(v) for v in values]
    else:
        texts = [str(v) for v in values]
    # Control characters never reach an output; pydicom leaves out empty component groups at the end of a name.
    padding = " \0=" if vr == "PN" else " \0"
    plain = [text.strip(padding).translate(NO_TEXT) for text in texts]
    stripped = [text.strip(padding) for text in said]
    return stripped == plain or not any([*stripped, *plain])


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
        except NotReadableError as error:
            reason = str(error)
        else:
            reason = ""
        # What pydicom reads is refused for one reason only: it names no SOP Class under which it could be counted.
        assert reason in ("", "no SOP Class UID (0008,0016)"), (source.name, reason)
        if reason:
            return False
        found = differences(instance.elements, theirs, instance.little_endian)
    # Where the file is damaged both go on as they can; then the reader must have said so.
    assert not found or instance.problems, (source.name, found[:5])
    return True


@pytest.fixture(autouse=True)
def _quiet() -> Iterable[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_files_of_pydicom() -> None:
    assert sum(check(path) for path in FILES) > 100


@pytest.mark.skipif(not FOLDERS, reason="the corpora of real instances are not beside the project")
@pytest.mark.parametrize("folder", FOLDERS)
def test_real_products(folder: str) -> None:
    files = sorted(path for path in (CORPORA / folder).rglob("*") if path.is_file())
    assert sum(check(path) for path in files) > len(files) * 0.8
