"""Makes the corpora that are measured: series replicated from real instances, or from the samples where there are none."""

from __future__ import annotations

import copy
import random
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
from pydicom.multival import MultiValue
from pydicom.uid import generate_uid

from annexgen.simulator import write_samples

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

REAL = Path(__file__).parents[2] / "shared" / "corpora"
CT, MR, ENHANCED_MR = (f"1.2.840.10008.5.1.4.1.1.{number}" for number in ("2", "4", "4.1"))
KINDS = {
    "single-frame CT": ("philips-ingenuity-ct-4.1", CT),
    "single-frame MR": ("ge-signa-architect-dv28", MR),
    "private-heavy MR": ("philips-elitionx-5.7.1.2", MR),
    "500-frame enhanced MR": ("siemens-prismafit-xa30", ENHANCED_MR),
}
SERIES = 10
FRAMES = 500
_TIMES = ("ContentTime", "AcquisitionTime", "InstanceCreationTime")
_NUMBERS = ("SliceLocation", "TriggerTime", "WindowCenter", "WindowWidth")
_PIXEL_VALUES = ("SmallestImagePixelValue", "LargestImagePixelValue")


def make(kind: str, folder: Path, instances: int) -> int:
    """Write a corpus of a kind; returns its number of elements per instance, or 0 when nothing can be replicated."""
    name, sop_class = KINDS[kind]
    with tempfile.TemporaryDirectory() as made:
        source = REAL / name
        if not source.is_dir():
            source = Path(made) / "corpus"
            write_samples(source)
        originals = _originals(source, sop_class)
    if not originals:
        return 0
    chance = random.Random(kind)
    folder.mkdir(parents=True)
    for number in range(instances):
        data_set = originals[number * len(originals) // instances]
        _vary(data_set, f"{kind} {number}", number, chance)
        data_set.save_as(folder / f"{number:06d}.dcm")
    return sum(1 for _ in originals[0].iterall())


def _originals(source: Path, sop_class: str) -> list[Dataset]:
    found: list[Dataset] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            try:
                data_set = pydicom.dcmread(path)
            except pydicom.errors.InvalidDicomError:
                continue
            if data_set.get("SOPClassUID") == sop_class and len(found) < SERIES:
                if sop_class == ENHANCED_MR:
                    _lengthen(data_set)
                found.append(data_set)
    return found


def _lengthen(data_set: Dataset) -> None:
    frames = data_set.PerFrameFunctionalGroupsSequence
    data_set.PerFrameFunctionalGroupsSequence = [copy.deepcopy(frames[n % len(frames)]) for n in range(FRAMES)]
    data_set.NumberOfFrames = FRAMES


def _vary(data_set: Dataset, seed: str, number: int, chance: random.Random) -> None:
    """Change what differs between the slices of a series."""
    data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[seed])
    data_set.InstanceNumber = number % 200 + 1
    for keyword in _TIMES:
        if keyword in data_set:
            setattr(data_set, keyword, f"{100000 + number % 60}.{chance.randrange(10**6):06d}")
    for keyword in _NUMBERS:
        if keyword in data_set and not isinstance(data_set[keyword].value, MultiValue):
            setattr(data_set, keyword, round(chance.uniform(1, 2000), 3))
    for keyword in _PIXEL_VALUES:
        if keyword in data_set:
            setattr(data_set, keyword, chance.randrange(4000))
    if "ImagePositionPatient" in data_set:
        data_set.ImagePositionPatient = [round(chance.uniform(-200, 200), 5) for _ in range(3)]
    for frame in data_set.get("PerFrameFunctionalGroupsSequence", ()):
        for item in frame.get("PlanePositionSequence", ()):
            item.ImagePositionPatient = [round(chance.uniform(-200, 200), 5) for _ in range(3)]
