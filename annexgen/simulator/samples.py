"""Writes the corpus of a simulated product, and the truth about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.simulator.errors import DescriptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annexgen.simulator.description import ProductDescription

TRUTH_ENDING = ".truth.json"


def truth_beside(folder: Path) -> Path:
    """Where the truth about the corpus in a folder is written: beside the folder, so that the corpus is all that is in it."""
    real = folder.resolve() if folder.name in ("", "..") else folder
    return real.with_name(real.name + TRUTH_ENDING)


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written: `files` counts instances and DICOMDIRs, not the truth."""

    folder: Path
    product: str
    seed: int
    files: int
    instances: int
    directories: int
    series: int
    studies: int
    patients: int
    sop_classes: int
    truth: Path


def write_samples(
    folder: Path,
    seed: int = 1,
    product: str = "acme",
    progress: Callable[[int, int], None] | None = None,
    firmware: str = "",
    truth_file: Path | None = None,
) -> SampleSummary:
    """Write the corpus of a simulated product into a folder; the same seed gives the same bytes.

    Args:
        folder: made when missing; it must be empty, so that the corpus is all that is there.
        seed: another seed gives other UIDs, dates and values, and draws the rules that a description leaves open.
        product: the name of a description (see `available_products`).
        progress: called with the number of instances written and of all instances.
        firmware: a later version of the product that its description declares: the same patients, examined with it.
        truth_file: where to write what the product's description says is in the corpus; without it, beside the folder, as
            `FOLDER.truth.json` (`truth_beside`).

    Raises:
        DescriptionError: there is no such product or firmware, or its description cannot be followed.
        FileExistsError: the folder holds something already.
    """
    from annexgen.simulator.description import load

    return write_product(load(product, seed, firmware), folder, seed, progress, truth_file)


def write_product(
    description: ProductDescription,
    folder: Path,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    truth_file: Path | None = None,
) -> SampleSummary:
    """Write the corpus of a description that is read already (see `write_samples`)."""
    from annexgen.simulator.corpus import plan_corpus
    from annexgen.simulator.encoding import build_data_set, write_file
    from annexgen.simulator.file_sets import write_file_set
    from annexgen.simulator.identifiers import Identifiers
    from annexgen.simulator.truth import truth
    from annexgen.simulator.worklist import write_worklist

    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    identifiers = Identifiers(seed, description.identifier, description.product["uid_root"])
    implementation = (
        description.product["implementation_class_uid"],
        description.product["implementation_version_name"],
    )
    planned, worklist = plan_corpus(description, identifiers)
    names = [instance.file_name for instance in planned if not instance.file_set]
    if len(set(names)) != len(names):
        raise DescriptionError("the layout gives two instances the same file name")
    done = 0
    for instance in planned:
        if not instance.file_set:
            write_file(build_data_set(instance, implementation), folder / instance.file_name)
            done += 1
            if progress is not None:
                progress(done, len(planned))
    directories = []
    for file_set in description.file_sets:
        members = [instance for instance in planned if instance.file_set == file_set.folder]
        directories.append(write_file_set(folder, file_set, members, description, identifiers, implementation))
        done += len(members)
        if progress is not None:
            progress(done, len(planned))
    write_worklist(worklist, folder, identifiers, implementation)
    told = truth(description, seed, [*planned, *directories], len(worklist))
    truth_file = truth_file or truth_beside(folder)
    truth_file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return SampleSummary(
        folder=folder,
        product=description.identifier,
        seed=seed,
        files=told["files"],
        instances=told["instances"],
        directories=told["directories"],
        series=told["series"],
        studies=told["studies"],
        patients=told["patients"],
        sop_classes=len({instance.sop_class_uid for instance in planned}),
        truth=truth_file,
    )
