"""What the tables hold: number of entries and rows of each, and the edition and section that it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from annexgen.standard import tables


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table: its rows, the distinct entries in its first column, its heading, and whether an imported set brought it."""

    name: str
    entries: int
    rows: int
    edition: str
    imported: bool


def table_names() -> tuple[str, ...]:
    """The names of all tables of the selected set and of the bundled one under it, sorted."""
    bundled = (file.name for file in resources.files(tables).iterdir())
    folder = tables.selected().folder
    imported = (file.name for file in folder.iterdir()) if folder else ()
    return tuple(sorted({name.removesuffix(".tsv") for name in (*bundled, *imported) if name.endswith(".tsv")}))


def pydicom_counts() -> tuple[TableCount, ...]:
    """The counts of what is looked up in pydicom: elements, UIDs, and private elements by Private Creator."""
    from pydicom import __version__, _dicom_dict
    from pydicom._private_dict import private_dictionaries
    from pydicom._uid_dict import UID_dictionary

    source = f"pydicom {__version__}"
    elements = len(_dicom_dict.DicomDictionary) + len(_dicom_dict.RepeatersDictionary)
    private = sum(len(entries) for entries in private_dictionaries.values())
    return (
        TableCount("dictionary", elements, elements, f"PS3.6 2024c ({source}), Data Elements", False),
        TableCount("uid_dictionary", len(UID_dictionary), len(UID_dictionary), f"PS3.6 2024c ({source}), UIDs", False),
        TableCount(
            "private_dictionary", len(private_dictionaries), private, f"{source}, private elements by creator", False
        ),
    )


def table_counts() -> tuple[TableCount, ...]:
    """The counts of every table of the selected set."""
    folder = tables.selected().folder
    found = []
    for name in table_names():
        rows = tables.rows(name)
        imported = folder is not None and (folder / f"{name}.tsv").is_file()
        found.append(TableCount(name, len({row[0] for row in rows}), len(rows), tables.edition(name), imported))
    return tuple(found)
