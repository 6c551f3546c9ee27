"""`python -m benchmarks.inference [--write FILE]`: how long a build infers, beside how long it scans, by processor time.

The corpus is one MR product's, with some 500 element paths, of which a good third is conditional: on one value, on two things
together, on nothing that stands in the instance (the dearest, since every conjunction is tried), inside Sequences and private
blocks too. So what is measured is not a corpus without questions.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from annexgen.standard import dictionary, iods

if TYPE_CHECKING:
    from collections.abc import Callable

MR = "1.2.840.10008.5.1.4.1.1.4"
INSTANCES, SERIES, ROOT_ATTRIBUTES, PRIVATE_BLOCKS = 3000, 100, 150, 4
SEQUENCES = (
    "ReferencedImageSequence",
    "SourceImageSequence",
    "RequestAttributesSequence",
    "ProcedureCodeSequence",
    "DeviceSequence",
    "ReferencedStudySequence",
)
FACTORS = {
    "ScanningSequence": ["SE", "GR", "EP", "IR"],
    "MRAcquisitionType": ["2D", "3D"],
    "ScanOptions": ["FS", "SP", "PFP"],
    "BodyPartExamined": ["HEAD", "KNEE", "SPINE", "HEART"],
    "PatientPosition": ["HFS", "FFS"],
    "SequenceVariant": ["SK", "MTC", "NONE"],
}
"""What the protocol of a series chooses, and what rules speak of."""
_VALUES = {"CS": "A", "LO": "Text", "SH": "Text", "DS": "1.5", "IS": "7", "US": 7, "UL": 7, "FD": 1.5, "FL": 1.5}
_KEPT = frozenset({"SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "Modality"})


@dataclass(frozen=True, slots=True)
class Measured:
    """Processor seconds of one scan and of the inference on its profile, and what they were about."""

    instances: int
    scanning: float
    inferring: float
    paths: int
    conditional: int
    combinations: int
    conditions: int

    @property
    def ratio(self) -> float:
        """Inference : scan."""
        return self.inferring / self.scanning

    def text(self) -> str:
        """The measurement in a sentence."""
        return (
            f"Inference on {self.instances:,} instances with {self.paths} element paths, {self.conditional} rows of them conditional "
            f"({self.combinations} combinations, {self.conditions} conditions found): {self.ratio:.2f} times the scan, by processor "
            "time of one process in one run (`python -m benchmarks.inference`)."
        )


def write_corpus(folder: Path, instances: int = INSTANCES, seed: int = 1) -> None:
    """Write the corpus; which attributes are conditional, and on what, is drawn by the seed."""
    chance = random.Random(seed)
    attributes = _attributes()
    rules = {name: _rule(chance) for name in _places(attributes)}
    folder.mkdir(parents=True)
    number = 0
    for series in range(SERIES):
        factors = {name: chance.choice(values) for name, values in FACTORS.items()}
        present = {name: rule(factors, chance) for name, rule in rules.items()}
        data_set = _series(attributes, factors, present, series)
        for _ in range(instances // SERIES):
            _next_instance(data_set, present, number)
            data_set.save_as(folder / f"{number:06d}.dcm", enforce_file_format=True)
            number += 1


def measure(instances: int = INSTANCES, repeats: int = 3) -> Measured:
    """Scan and infer in this process, in turns; the best of each counts."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "corpus"
        write_corpus(folder, instances)
        scanning, inferring = [], []
        for _ in range(repeats):
            started = time.process_time()
            profile = scan([folder], jobs=0)
            scanning.append(time.process_time() - started)
            started = time.process_time()
            annex = build_annex(profile)
            inferring.append(time.process_time() - started)
    rows = [row for table in annex.tables for row in table.rows if "Conditions" in row.cells]
    sop_class = profile.sop_classes[MR]
    return Measured(
        profile.instances,
        min(scanning),
        min(inferring),
        len(sop_class.paths),
        sum(
            "CONDITIONAL" in (row.cells["Presence of Attribute"].text, row.cells["Presence of Value"].text)
            for row in rows
        ),
        len(sop_class.patterns),
        sum(" if " in row.cells["Conditions"].text for row in rows),
    )


def _attributes() -> list[tuple[int, str]]:
    """Root attributes of the MR Image IOD and their VR, in the order of its Modules, as many as are wanted."""
    found: dict[int, str] = {}
    for module in iods.iod("mr-image").modules:
        for tag in iods.root_attributes(module.key):
            entry = dictionary.lookup(tag)
            keyword = entry.keyword if entry else ""
            if (
                entry
                and entry.vr in _VALUES
                and not entry.retired
                and keyword not in FACTORS
                and 0x00080008 < tag < 0x50000000
            ):
                found.setdefault(tag, entry.vr)
    return sorted(found.items())[:ROOT_ATTRIBUTES]


def _places(attributes: list[tuple[int, str]]) -> list[str]:
    nested = [f"{sequence} {tag}" for sequence in range(len(SEQUENCES)) for tag, _ in attributes[:20]]
    return [
        *(str(tag) for tag, _ in attributes),
        *nested,
        *(f"{b:02X} {e:02X}" for b in range(PRIVATE_BLOCKS) for e in range(50)),
    ]


def _rule(chance: random.Random) -> Callable[[dict[str, str], random.Random], bool]:
    """Whether an attribute stands in a series of such factors: always, on a value, on two, or by chance."""
    kind = chance.random()
    first, second = chance.sample(sorted(FACTORS), 2)
    one, other = chance.choice(FACTORS[first]), chance.choice(FACTORS[second])
    if kind < 0.6:
        return lambda _factors, _chance: True
    if kind < 0.75:
        return lambda factors, _chance: factors[first] == one
    if kind < 0.9:
        return lambda factors, _chance: factors[first] == one and factors[second] == other
    return lambda _factors, by_series: by_series.random() < 0.5


def _series(
    attributes: list[tuple[int, str]], factors: dict[str, str], present: dict[str, bool], series: int
) -> Dataset:
    """What all instances of a series have."""
    data_set = Dataset()
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data_set.file_meta.MediaStorageSOPClassUID = UID(MR)
    for tag, vr in attributes:
        if present[str(tag)]:
            data_set.add_new(tag, vr, _VALUES[vr])
    for position, keyword in enumerate(SEQUENCES):
        item = Dataset()
        for tag, vr in attributes[:20]:
            if present[f"{position} {tag}"]:
                item.add_new(tag, vr, _VALUES[vr])
        setattr(data_set, keyword, [item])
    for block in range(PRIVATE_BLOCKS):
        private = data_set.private_block(0x0029 + 2 * block, f"BENCHMARK {block}", create=True)
        for element in range(50):
            if present[f"{block:02X} {element:02X}"]:
                private.add_new(element, "DS", str(series % 7))
    for keyword, value in factors.items():
        setattr(data_set, keyword, value)
    data_set.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    data_set.Modality, data_set.PatientID = "MR", f"BENCH-{series // 10}"
    data_set.SOPClassUID = MR
    data_set.StudyInstanceUID = generate_uid(entropy_srcs=["study", str(series // 3)])
    data_set.SeriesInstanceUID = generate_uid(entropy_srcs=["series", str(series)])
    return data_set


def _next_instance(data_set: Dataset, present: dict[str, bool], number: int) -> None:
    """Change what differs between the instances of a series: some twenty attributes."""
    for block in range(PRIVATE_BLOCKS):
        private = data_set.private_block(0x0029 + 2 * block, f"BENCHMARK {block}")
        for element in range(0, 50, 10):
            if present[f"{block:02X} {element:02X}"]:
                private[element].value = str(number)
    uid = generate_uid(entropy_srcs=["instance", str(number)])
    data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = uid
    data_set.InstanceNumber = number % 30 + 1


def main() -> None:
    """Measure, print, and end with 1 when inference takes longer than the scan."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--instances", type=int, default=INSTANCES)
    found = measure(parser.parse_args().instances)
    print(found.text())
    print(f"scan {found.scanning:.2f} s, inference {found.inferring:.2f} s; Python {platform.python_version()}")
    sys.exit(0 if found.ratio < 1 else 1)


if __name__ == "__main__":
    main()
