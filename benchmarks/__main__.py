"""`python -m benchmarks [FOLDER]`: the scan against a plain pydicom walk over the same files (default: the samples)."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from pathlib import Path

import pydicom

from annexgen.profile.scan import scan
from annexgen.simulator import write_samples


def walk(folder: Path) -> int:
    """Read every instance with pydicom, pixels left out, and touch the value of every element."""
    instances = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            try:
                data_set = pydicom.dcmread(path, stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            for element in data_set.iterall():
                _ = element.value
            instances += 1
    return instances


def main() -> None:
    """Print instances a second of both and their ratio."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made)
        if len(sys.argv) < 2:
            write_samples(folder)
        scan([folder])
        started = time.perf_counter()
        counted = scan([folder]).instances
        ours = counted / (time.perf_counter() - started)
        started = time.perf_counter()
        theirs = walk(folder) / (time.perf_counter() - started)
    print(f"scan, complete profile: {ours:8.0f} instances/s")
    print(f"pydicom walk          : {theirs:8.0f} instances/s")
    print(f"ratio                 : {ours / theirs:8.1f}")


if __name__ == "__main__":
    main()
