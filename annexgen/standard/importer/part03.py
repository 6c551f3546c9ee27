"""PS3.3: IODs with their Modules and Functional Group Macros (Annex A), and the attribute tables behind them (section 10, Annex C)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.standard.importer import keys
from annexgen.standard.importer.part03_attributes import AttributeTables, Row

if TYPE_CHECKING:
    from annexgen.standard.importer.docbook import Book, Table

MODULE_COLUMNS = ("IE", "Module", "Reference", "Usage")
GROUP_COLUMNS = ("Functional Group Macro", "Section", "Usage")
ATTRIBUTES = "path of tags, Type; or: {owner} key, path of the Sequence, include, macro key"
HEADINGS = {
    "iods": "Annex A, IODs: key, name, section",
    "iod_modules": "Annex A, Modules of IODs in their order: IOD key, Module key, Information Entity, usage",
    "modules": "Annex C, Modules: key, name, section",
    "module_attributes": "Annex C, Attributes of Modules: Module key, " + ATTRIBUTES.format(owner="Module"),
    "macros": "sections 10 and C, macros that tables include: key, name, section",
    "macro_attributes": "sections 10 and C, Attributes of macros: macro key, " + ATTRIBUTES.format(owner="macro"),
    "functional_group_macros": "Annex C, Functional Group Macros: key, name, section, tag of the Sequence",
    "functional_group_macro_attributes": "Annex C, Attributes of Functional Group Macros: macro key, "
    + ATTRIBUTES.format(owner="macro"),
    "functional_group_usage": "Annex A, in the order of the tables: IOD key, macro key, usage (empty: not known)",
}


def tables_of(book: Book) -> tuple[dict[str, list[Row]], list[str]]:
    """The tables that PS3.3 gives, by name, and notes on what the file leaves open.

    Raises:
        DocBookError: the file holds no IOD, or its tables are damaged.
    """
    found: dict[str, list[Row]] = {name: [] for name in HEADINGS}
    attributes = AttributeTables(book)
    iods = [table for table in book.tables if table.columns(*MODULE_COLUMNS) is not None]
    if not iods:
        raise book.wrong("holds no table of an IOD's Modules (IE, Module, Reference, Usage); is it the whole of PS3.3?")
    names = [(keys.iod_in_caption(table.caption), table.section.number) for table in iods]
    key_of = dict(zip((table.id for table in iods), keys.iod_keys(names), strict=True))
    modules: dict[str, tuple[str, str]] = {}
    for table, (name, section) in zip(iods, names, strict=True):
        if not name:
            raise book.wrong(f"table {table.number}: its caption does not name the IOD")
        found["iods"].append((key_of[table.id], name, section))
        found["iod_modules"] += _modules(key_of[table.id], table, attributes, modules, found["module_attributes"])
    _functional_groups(book, iods, key_of, attributes, found)
    _others(attributes, modules, found)
    found["modules"] = [(key, *named) for key, named in modules.items()]
    found["macro_attributes"] = [row for rows in attributes.without_circles().values() for row in rows]
    found["macros"] = [(key, *named) for key, named in attributes.names.items()]
    for name in ("iods", "modules", "macros", "functional_group_macros"):
        found[name].sort()
    # Stable: the rows of one key keep their order.
    for name in HEADINGS:
        found[name].sort(key=lambda row: row[0])
    return found, attributes.notes


def _modules(
    iod: str, table: Table, attributes: AttributeTables, modules: dict[str, tuple[str, str]], rows: list[Row]
) -> list[Row]:
    """The rows of an IOD in `iod_modules`; Modules that were not met before are read into `modules` and `rows`."""
    found: dict[str, Row] = {}
    columns = table.columns(*MODULE_COLUMNS) or ()
    for row in table.rows:
        ie, name, reference, use = (row[n] for n in columns)
        usage = re.match(r"[MCU]\b", use.text)
        if not name.text or not reference.links:
            continue
        if usage is None:
            raise attributes.book.wrong(
                f"table {table.number}: the usage of {name.text!r} is {use.text!r}, not M, C or U"
            )
        key = keys.spelt(name.text)
        target = reference.links[0]
        if key not in modules:
            modules[key] = (name.text, target.partition("_")[2])
            described = attributes.found(target, name.text, "Module")
            if described is None:
                attributes.notes.append(
                    f"Module {name.text} ({target.partition('_')[2]}) has no attribute table in the file"
                )
            else:
                rows += attributes.rows(key, described)
        found.setdefault(key, (iod, key, ie.text, usage[0]))
    return list(found.values())


def _functional_groups(
    book: Book, iods: list[Table], key_of: dict[str, str], attributes: AttributeTables, found: dict[str, list[Row]]
) -> None:
    """The Functional Group Macros of all IODs: `functional_group_usage`, and each macro where it is met first."""
    known: dict[str, bool] = {}
    used: dict[tuple[str, str], Row] = {}
    for table in book.tables:
        columns = table.columns(*GROUP_COLUMNS)
        owner = _owner(table, iods) if columns else None
        if columns is None or owner is None:
            continue
        for row in table.rows:
            name, reference, use = (row[n] for n in columns)
            if not name.text or not reference.links:
                continue
            title = keys.name_in_caption(name.text)
            key = keys.spelt(title)
            if key not in known:
                known[key] = _functional_group_macro(key, title, reference.links[0], attributes, found)
            usage = re.match(r"[MCU]\b", use.text)
            if known[key]:
                iod = key_of[owner.id]
                used.setdefault((iod, key), (iod, key, usage[0] if usage else ""))
    found["functional_group_usage"] = list(used.values())


def _functional_group_macro(
    key: str, name: str, section: str, attributes: AttributeTables, found: dict[str, list[Row]]
) -> bool:
    """Read a macro into the tables; False where the file does not have it."""
    described = attributes.found(section, name, "Macro")
    rows = attributes.rows(key, described) if described else []
    root = next((row[1] for row in rows if row[2] != "include" and "." not in row[1]), None)
    number = section.partition("_")[2]
    if root is None:
        attributes.notes.append(f"Functional Group Macro {name} ({number}) has no Sequence in the file; it is left out")
        return False
    found["functional_group_macros"].append((key, name, number, root))
    found["functional_group_macro_attributes"] += rows
    return True


def _others(attributes: AttributeTables, modules: dict[str, tuple[str, str]], found: dict[str, list[Row]]) -> None:
    """Modules and macros that no IOD of the file leads to, such as those of normalized IODs (Annex B), by their captions.

    A macro is a Functional Group Macro where its section stands beside, or in a section beside, that of one that an IOD has.
    """
    around = tuple({row[2].rpartition(".")[0] + "." for row in found["functional_group_macros"]})
    known = {row[0] for row in found["functional_group_macros"]}
    for table in attributes.unread():
        name = keys.name_in_caption(table.caption)
        key = keys.spelt(name)
        if re.search(r"\bModule\b", table.caption):
            if key in modules:
                attributes.notes.append(f"table {table.number} is a second one of the {name} Module; left out")
                continue
            modules[key] = (name, table.section.number)
            found["module_attributes"] += attributes.rows(key, table)
        elif re.search(r"\bMacro\b", table.caption):
            if table.section.number.startswith(around) and key not in known:
                known.add(key)
                _functional_group_macro(key, name, table.section.id, attributes, found)
            else:
                attributes.read_macro(table)
        else:
            attributes.notes.append(f"table {table.number} ({table.caption[:60]!r}) is of no Module or macro; left out")


def _owner(table: Table, iods: list[Table]) -> Table | None:
    """The IOD of a table of macros: the one whose section shares the most with the table's."""

    def shared(iod: Table) -> int:
        ours, theirs = table.section.number.split("."), iod.section.number.split(".")
        return next(
            (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )

    best = max(iods, key=shared, default=None)
    return best if best is not None and shared(best) > 1 else None
