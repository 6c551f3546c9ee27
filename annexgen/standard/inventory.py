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


def table_counts() -> tuple[TableCount, ...]:
    """The counts of every table of the selected set."""
    folder = tables.selected().folder
    found = []
    for name in table_names():
        rows = tables.rows(name)
        imported = folder is not None and (folder / f"{name}.tsv").is_file()
        found.append(TableCount(name, len({row[0] for row in rows}), len(rows), tables.edition(name), imported))
    return tuple(found)
