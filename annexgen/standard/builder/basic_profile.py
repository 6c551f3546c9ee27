"""What dicom-anonymizer knows of PS3.15 Table E.1-1: the Basic Profile's actions of a newer edition than the curated table's."""

from __future__ import annotations

import re
import runpy
from importlib import util
from pathlib import Path

from annexgen.standard import tables
from annexgen.standard.builder import sources

EDITION = "2026c"
"""The edition that dicom-anonymizer 2.1.0 has."""

ACTIONS = {
    **{"D_TAGS": "D", "Z_TAGS": "Z", "X_TAGS": "X", "U_TAGS": "U", "Z_D_TAGS": "Z/D", "X_Z_TAGS": "X/Z"},
    **{"X_D_TAGS": "X/D", "X_Z_D_TAGS": "X/Z/D", "X_Z_U_STAR_TAGS": "X/Z/U*"},
}
"""The package's lists of attributes, and the action that each stands for."""


_NAMED = re.compile(r"^\s*\(([0-9A-Fa-fxX, ]+)\),\s*#\s*(.+?)\s*$", re.MULTILINE)
"""A tag of the package's lists with the attribute's name, which stands there as a comment."""


def actions() -> dict[str, str]:
    """The Basic Profile's action by tag, as Table E.1-1 writes the tag ("00100010", "50xxxxxx").

    Raises:
        MissingPackageError: dicom-anonymizer is not installed, or is of another edition.
    """
    lists = runpy.run_path(str(_file()))
    return {_text(*tag): action for name, action in ACTIONS.items() for tag in lists[name]}


def newer_rows() -> list[tuple[str, str, str]]:
    """Attributes that the newer edition treats and the curated table lacks: tag, action, name; sorted.

    Raises:
        MissingPackageError: dicom-anonymizer is not installed, or is of another edition.
    """
    curated = {row[0] for row in tables.BUNDLED.rows("basic_profile")}
    names = {
        _text(*(int(number, 16) for number in tag.split(","))): name
        for tag, name in _NAMED.findall(_file().read_text(encoding="utf-8"))
    }
    return sorted((tag, action, names[tag]) for tag, action in actions().items() if tag not in curated)


def _file() -> Path:
    package = util.find_spec("dicomanonymizer")
    folder = Path(package.origin).parent if package is not None and package.origin is not None else None
    file = folder / "dicom_anonymization_databases" / f"dicomfields_{EDITION}.py" if folder else None
    if file is None or not file.is_file():
        raise sources.MissingPackageError(
            f"dicom-anonymizer 2.1.0, which has Table E.1-1 of {EDITION}, is not installed: "
            "pip install dicom-anonymizer==2.1.0"
        )
    return file


def _text(group: int, element: int, group_mask: int = 0xFFFF, element_mask: int = 0xFFFF) -> str:
    digits = zip(f"{group:04X}{element:04X}", f"{group_mask:04X}{element_mask:04X}", strict=True)
    return "".join(digit if mask == "F" else "x" for digit, mask in digits)
