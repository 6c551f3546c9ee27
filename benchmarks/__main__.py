"""`python -m benchmarks [--write FILE] [--instances N] [--large N]`: the scan against other readers, in one table."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom

from annexgen.profile.cache import Cache
from annexgen.profile.model import Limits
from annexgen.profile.scan import scan
from benchmarks import inference
from benchmarks.corpora import ENHANCED_MR, KINDS, make

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
SHARED_FILES, SHARED_BYTES, LARGE_FILE = 24_000, 400_000_000, 100_000
"""How much two workers share out: this many files, or this many bytes where files are larger than LARGE_FILE."""
TOOLS = {"dcmdump": (), "gdcmscanner": ("-d",), "dctable": ()}


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


def best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest of some times, in seconds."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def repeated(folder: Path, links: Path) -> Path:
    """The files of a folder so many times, by hard links, that starting workers costs little beside reading them."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    files = sum(1 for _ in folder.iterdir())
    times = SHARED_BYTES // size if size // files > LARGE_FILE else SHARED_FILES // files
    for number in range(max(times, 1)):
        part = links / str(number)
        part.mkdir()
        for path in folder.iterdir():
            os.link(path, part / path.name)
    return links


def run_tool(tool: str, folder: Path) -> None:
    """Let another reader read all files, its output thrown away."""
    files = [str(path) for path in sorted(folder.iterdir())]
    if tool == "gdcmscanner":
        files = [str(folder), "-t", "0008,0018", "-t", "0008,0060", "-p"]
    elif tool == "dctable":
        files = [*files, "-k", "Modality"]
    options = [*TOOLS[tool], *files]
    subprocess.run([tool, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def peak_memory(folder: Path) -> int:
    """Peak memory in KiB of the parent process of a scan by the command line."""
    code = (
        "import sys; from annexgen.cli.main import main\n"
        "try: main(['scan', sys.argv[1], '-o', sys.argv[2], '--quiet'])\n"
        "except SystemExit: pass\n"
        # Not getrusage: its peak would be that of the process that started this one, if that was larger.
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    with tempfile.TemporaryDirectory() as out:
        arguments = [sys.executable, "-c", code, str(folder), f"{out}/a.profile.json.gz"]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True)
        if not Path(out, "a.profile.json.gz").is_file():
            raise RuntimeError(f"the scan wrote no profile: {done.stderr}")
    return int(done.stdout.split()[-1])


def measure(kind: str, folder: Path) -> list[str]:
    """One row of the table."""
    instances = scan([folder]).instances
    one = best(lambda: scan([folder]))
    with tempfile.TemporaryDirectory(dir=folder.parent) as links:
        many = repeated(folder, Path(links))
        two = best(lambda: scan([many], jobs=1), 2) / best(lambda: scan([many], jobs=2), 2)
    pydicom_walk = best(lambda: walk(folder), 1)
    row = [kind, f"{instances / one:,.0f}/s", f"{two:.2f}", f"{pydicom_walk / one:.1f}"]
    for tool in TOOLS:
        row.append(f"{best(lambda tool=tool: run_tool(tool, folder)) / one:.2f}" if shutil.which(tool) else "-")
    with tempfile.TemporaryDirectory() as made:
        cache = Cache(Path(made), "safe", Limits())
        cold = best(lambda: scan([folder], cache=cache), 1)
        row.append(f"{cold / best(lambda: scan([folder], cache=cache)):.1f}")
    return row


def main() -> None:
    """Measure, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--instances", type=int, default=1000, help="instances of each single-frame corpus")
    parser.add_argument("--large", type=int, default=10_000, help="instances of the large corpus for memory; 0: none")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the table to FILE, with machine and date")
    options = parser.parse_args()
    head = [
        "Corpus",
        "scan",
        "two workers : one",
        "pydicom walk : scan",
        *(f"{t} : scan" for t in TOOLS),
        "cold : cached",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    with tempfile.TemporaryDirectory() as made:
        for number, kind in enumerate(KINDS):
            folder = Path(made) / f"corpus{number}"
            enhanced = KINDS[kind][1] == ENHANCED_MR
            elements = make(kind, folder, max(options.instances // 100, 1) if enhanced else options.instances)
            if not elements:
                lines.append(f"| {kind}: no instance to replicate |")
                continue
            lines.append("| " + " | ".join(measure(f"{kind}, {elements:,} elements", folder)) + " |")
            print(lines[-1], file=sys.stderr)
        if options.large:
            large = Path(made) / "large"
            make("single-frame CT", large, options.large)
            small, big = peak_memory(Path(made) / "corpus0"), peak_memory(large)
            lines.append("")
            lines.append(
                f"Peak memory of the parent: {small / 1024:.0f} MiB at {options.instances:,} CT instances, "
                f"{big / 1024:.0f} MiB at {options.large:,} ({big / small:.2f} times)."
            )
    lines += ["", inference.measure().text()]
    print("\n".join(lines))
    if options.write:
        machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        today = datetime.datetime.now(datetime.UTC).date()
        text = [
            "# Performance",
            "",
            f"Measured by `make bench` on {today} ({machine}). One run, the same files, warm file cache. Ratios are times:",
            "more than 1 means that the scan with its complete profile is faster than the other reader.",
            "gdcmscanner reads two attributes of each file and stops there, so it is a bound for any reader and no equal. Two workers are",
            f"compared with one on the same files many times over ({SHARED_FILES:,} files, or {SHARED_BYTES // 10**6:,} MB where they are large).",
            "",
            *lines,
        ]
        options.write.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
