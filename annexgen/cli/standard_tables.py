"""The tables of the Standard as terminal output: what there is, and IODs, Modules and macros one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from annexgen.cli import standard_terms
from annexgen.cli.standard_layout import empty_table, first_line, listing
from annexgen.standard import attribute_tables, dictionary, iods, search, sets, tables
from annexgen.standard import inventory as tables_held
from annexgen.standard.editions import edition_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType
    from rich.table import Table

    from annexgen.standard.importer.folder import ImportedPart

COLUMNS_OF_A_HEADING = re.compile(r":(?![^(]*\)).*")
"""What the heading of a table says of its columns: what follows the first colon outside of parentheses."""

ROOM_FOR_NAMES = 60
"""Columns of a terminal in which the names of tables stand unbroken beside what they are."""

OWN_FUNCTIONAL_GROUPS = re.compile(r"-(multi|current)-frame-functional-groups$")
"""How the key of a Module ends that stands for an IOD's own functional groups."""


def table_sets() -> Table:
    """The bundled set and the imported ones, the one in use marked."""
    table = empty_table("Sets of tables", "Set", "In use", "Editions")
    for table_set in (tables.BUNDLED, *sets.installed()):
        with tables.use(table_set):
            editions = edition_text()
        table.add_row(table_set.name, "yes" if table_set == tables.selected() else "", editions)
    return table


def imported(parts: Iterable[ImportedPart]) -> Table:
    """What an import read: rows of each table by part, beside those of the bundled tables."""
    table = empty_table("", "Part", "Edition", "Table", "Rows", "Bundled")
    for part in parts:
        for name, rows in part.rows.items():
            table.add_row(f"PS3.{part.part}", part.edition, name, str(rows), str(len(tables.BUNDLED.rows(name))))
    return table


def inventory() -> Table:
    """All tables with their counts and editions."""
    from rich.console import Console

    table = empty_table("Tables of the Standard", "Table", "Entries", "Rows", "Edition, section and content")
    # A name that is broken cannot be searched for; in a terminal that is narrower still, it would push out the rest.
    table.columns[0].no_wrap = Console().width >= ROOM_FOR_NAMES
    for count in (*tables_held.table_counts(), *tables_held.pydicom_counts()):
        source = COLUMNS_OF_A_HEADING.sub("", count.edition)
        origin = f"{source} (imported)" if count.imported else source
        table.add_row(count.name, str(count.entries), str(count.rows), origin)
    return table


def show(kind: str, word: str, expand: bool) -> list[RenderableType]:
    """What is known of the entry of a kind ("IOD", "MODULE", "MACRO", "TAG", "CID", "TID") that a word names.

    Raises:
        UnknownError: the tables hold none.
    """
    if kind == "IOD":
        return _iod(search.find_iod(word))
    if kind == "MODULE":
        return _module(search.find_module(word), expand)
    if kind == "MACRO":
        return _macro(*search.find_macro(word), expand)
    if kind == "TAG":
        return standard_terms.element(search.find_tag(word))
    if kind == "TID":
        return standard_terms.template(search.find_template(word))
    return standard_terms.context_group(search.find_context_group(word))


def _iod(key: str) -> list[RenderableType]:
    iod = iods.iod(key)
    classes = empty_table("SOP Classes", "UID", "Name")
    for sop_class in iods.sop_classes_of_iod(key):
        classes.add_row(sop_class.uid, sop_class.name)
    modules = empty_table("Modules", "IE", "Module", "Usage", "Section", "Key")
    for module in iod.modules:
        modules.add_row(module.ie, module.name, module.usage, module.section, module.key)
    parts: list[RenderableType] = [first_line(f"{iod.name} IOD", iod.section, key), classes, modules]
    macros = iods.functional_group_macros(key)
    return [*parts, _functional_groups(macros)] if macros else parts


def _functional_groups(macros: Iterable[iods.FunctionalGroupMacro]) -> Table:
    table = empty_table("Functional Group Macros", "Macro", "Usage", "Sequence", "Section", "Key")
    for macro in macros:
        table.add_row(macro.name, macro.usage or "?", search.tag_text(macro.root), macro.section, macro.key)
    return table


def _module(key: str, expand: bool) -> list[RenderableType]:
    module = iods.module(key)
    used = [f"{iod} ({use.usage})" for iod in iods.all_iods() for use in iods.iod(iod).modules if use.key == key]
    parts: list[RenderableType] = [first_line(f"{module.name} Module", module.section, key)]
    macros = (
        iods.functional_group_macros(OWN_FUNCTIONAL_GROUPS.sub("", key)) if OWN_FUNCTIONAL_GROUPS.search(key) else ()
    )
    if macros:
        parts.append(_functional_groups(macros))
    elif module.attributes:
        parts.append(_attributes("module_attributes", key, expand))
    else:
        parts.append(Text("Its attributes are not in the tables."))
    return [*parts, listing("Used by", used)]


def _macro(table: str, key: str, expand: bool) -> list[RenderableType]:
    if table == "functional_group_macro_attributes":
        macro = iods.functional_group_macro(key)
        heading = first_line(f"{macro.name} Functional Group Macro", macro.section, key)
        used = [
            f"{iod} ({use or '?'})" for iod, its_key, use in tables.rows("functional_group_usage") if its_key == key
        ]
    else:
        name, section = tables.names("macros")[key]
        heading = first_line(f"{name} Macro", section, key)
        used = _including(lambda row: len(row) > 3 and row[3] == key)
    others = _sharing_its_sequence(key) if table == "functional_group_macro_attributes" else []
    known = bool(attribute_tables.printed(table, key))
    attributes = (
        _attributes(table, key, expand) if known else Text("Its attributes stand in the tables that include it.")
    )
    shared = [listing("Macros with the same Sequence", others)] if others else []
    return [heading, attributes, *shared, listing("Used by", used)]


def _sharing_its_sequence(key: str) -> list[str]:
    """The other Functional Group Macros of which an IOD uses one under the Sequence of this one."""
    roots = {its_key: root for its_key, _, _, root in tables.rows("functional_group_macros")}
    return [other for other, root in roots.items() if root == roots[key] and other != key]


def _attributes(table: str, key: str, expand: bool) -> Table:
    shown = empty_table("Attributes", "Attribute Name", "Tag", "Type")
    rows: Iterable[attribute_tables.ModuleAttribute | attribute_tables.Inclusion]
    rows = attribute_tables.attributes(table, key) if expand else attribute_tables.printed(table, key)
    for row in rows:
        if isinstance(row, attribute_tables.Inclusion):
            name = tables.names("macros")[row.macro][0]
            shown.add_row(Text(f"{'>' * len(row.path)}Include {name} Macro", style="italic"), "", "")
        else:
            name = dictionary.attribute_name(row.path[-1]) or ""
            shown.add_row(f"{'>' * (len(row.path) - 1)}{name}", search.tag_text(row.path[-1]), row.type)
    return shown


def _including(matches: Callable[[tuple[str, ...]], bool]) -> list[str]:
    """Keys of the Modules and macros that have a row of which `matches` is true."""
    return [
        f"{key} ({kind})"
        for name, (_, kind) in standard_terms.TABLES_OF_ATTRIBUTES.items()
        for key in dict.fromkeys(row[0] for row in tables.rows(name) if matches(row))
    ]
