"""The tables of the Standard as terminal output: one function for each kind of entry."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from annexgen.standard import (
    attribute_tables,
    confidentiality,
    context_groups,
    dictionary,
    iods,
    search,
    sets,
    tables,
    template_text,
    templates,
)
from annexgen.standard import inventory as tables_held
from annexgen.standard.editions import edition_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType

    from annexgen.standard.importer.folder import ImportedPart

OWN_FUNCTIONAL_GROUPS = f"-{iods.MULTI_FRAME_FUNCTIONAL_GROUPS}"


def table_sets() -> Table:
    """The bundled set and the imported ones, the one in use marked."""
    table = _table("Sets of tables", "Set", "In use", "Editions")
    for table_set in (tables.BUNDLED, *sets.installed()):
        with tables.use(table_set):
            editions = edition_text()
        table.add_row(table_set.name, "yes" if table_set == tables.selected() else "", Text(editions))
    return table


def imported(parts: Iterable[ImportedPart]) -> Table:
    """What an import read: rows of each table by part, beside those of the bundled tables."""
    table = _table("", "Part", "Edition", "Table", "Rows", "Bundled")
    for part in parts:
        for name, rows in part.rows.items():
            table.add_row(f"PS3.{part.part}", part.edition, name, str(rows), str(len(tables.BUNDLED.rows(name))))
    return table


def inventory() -> Table:
    """All tables with their counts and editions."""
    table = _table("Tables of the Standard", "Table", "Entries", "Rows", "Edition and columns")
    for count in (*tables_held.table_counts(), *tables_held.pydicom_counts()):
        origin = f"{count.edition} (imported)" if count.imported else count.edition
        table.add_row(count.name, str(count.entries), str(count.rows), Text(origin))
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
        return _tag(search.find_tag(word))
    if kind == "TID":
        return _template(word)
    return _context_group(word)


def _iod(key: str) -> list[RenderableType]:
    iod = iods.iod(key)
    classes = _table("SOP Classes", "UID", "Name")
    for sop_class in iods.sop_classes_of_iod(key):
        classes.add_row(sop_class.uid, sop_class.name)
    modules = _table("Modules", "IE", "Module", "Usage", "Section", "Key")
    for module in iod.modules:
        modules.add_row(module.ie, module.name, module.usage, module.section, module.key)
    parts: list[RenderableType] = [_heading(f"{iod.name} IOD", iod.section, key), classes, modules]
    macros = iods.functional_group_macros(key)
    return [*parts, _functional_groups(macros)] if macros else parts


def _functional_groups(macros: Iterable[iods.FunctionalGroupMacro]) -> Table:
    table = _table("Functional Group Macros", "Macro", "Usage", "Sequence", "Section", "Key")
    for macro in macros:
        table.add_row(macro.name, macro.usage or "?", _tag_text(macro.root), macro.section, macro.key)
    return table


def _module(key: str, expand: bool) -> list[RenderableType]:
    module = iods.module(key)
    used = [f"{iod} ({use.usage})" for iod in iods.all_iods() for use in iods.iod(iod).modules if use.key == key]
    parts: list[RenderableType] = [_heading(f"{module.name} Module", module.section, key)]
    macros = iods.functional_group_macros(key.removesuffix(OWN_FUNCTIONAL_GROUPS))
    if key.endswith(OWN_FUNCTIONAL_GROUPS) and macros:
        parts.append(_functional_groups(macros))
    elif module.attributes:
        parts.append(_attributes("module_attributes", key, expand))
    else:
        parts.append(Text("Its attributes are not in the tables."))
    return [*parts, _list("Used by", used)]


def _macro(table: str, key: str, expand: bool) -> list[RenderableType]:
    if table == "functional_group_macro_attributes":
        macro = iods.functional_group_macro(key)
        heading = _heading(f"{macro.name} Functional Group Macro", macro.section, key)
        used = [
            f"{iod} ({use or '?'})" for iod, its_key, use in tables.rows("functional_group_usage") if its_key == key
        ]
    else:
        name, section = tables.names("macros")[key]
        heading = _heading(f"{name} Macro", section, key)
        used = _including(lambda row: len(row) > 3 and row[3] == key)
    known = bool(attribute_tables.printed(table, key))
    attributes = (
        _attributes(table, key, expand) if known else Text("Its attributes stand in the tables that include it.")
    )
    return [heading, attributes, _list("Used by", used)]


def _attributes(table: str, key: str, expand: bool) -> Table:
    shown = _table("Attributes", "Attribute Name", "Tag", "Type")
    rows: Iterable[attribute_tables.ModuleAttribute | attribute_tables.Inclusion]
    rows = attribute_tables.attributes(table, key) if expand else attribute_tables.printed(table, key)
    for row in rows:
        if isinstance(row, attribute_tables.Inclusion):
            name = tables.names("macros")[row.macro][0]
            shown.add_row(Text(f"{'>' * len(row.path)}Include {name} Macro", style="italic"), "", "")
        else:
            name = dictionary.attribute_name(row.path[-1]) or ""
            shown.add_row(f"{'>' * (len(row.path) - 1)}{name}", _tag_text(row.path[-1]), row.type)
    return shown


def _tag(tag: int) -> list[RenderableType]:
    entry = dictionary.lookup(tag)
    if entry is None:
        raise search.UnknownError("element", _tag_text(tag), ())
    facts = _table("", "VR", "VM", "Keyword", "Retired", "Basic Profile (PS3.15)")
    action = confidentiality.basic_profile_action(tag) or "not treated"
    facts.add_row(entry.vr, entry.vm, entry.keyword, "yes" if entry.retired else "no", action)
    text = f"{dictionary.base_tag(tag):08X}"
    used = _including(lambda row: row[1].endswith(text) and row[2] != attribute_tables.INCLUDE)
    return [_heading(entry.name, "PS3.6", _tag_text(tag)), facts, _list("Attribute of", used)]


def _including(matches: Callable[[tuple[str, ...]], bool]) -> list[str]:
    """Keys of the Modules and macros that have a row of which `matches` is true."""
    kinds = {
        "module_attributes": "Module",
        "macro_attributes": "macro",
        "functional_group_macro_attributes": "Functional Group Macro",
    }
    return [
        f"{key} ({kind})"
        for table, kind in kinds.items()
        for key in dict.fromkeys(row[0] for row in tables.rows(table) if matches(row))
    ]


def _context_group(word: str) -> list[RenderableType]:
    number = word.upper().removeprefix("CID").strip()
    found = context_groups.context_group(number)
    if found is None:
        raise search.UnknownError("context group", word, _near_numbers("context_groups", number))
    return _record(f"CID {number}", found)


def _template(word: str) -> list[RenderableType]:
    number = word.upper().removeprefix("TID").strip()
    found = templates.template(number)
    if found is None:
        raise search.UnknownError("template", word, _near_numbers("templates", number))
    facts = _table("", "Type", "Order", "Root", "Edition", "Basis")
    kind = {True: "extensible", False: "non-extensible", None: "not known"}[found.extensible]
    order = {True: "significant", False: "not significant", None: "not known"}[found.order_significant]
    facts.add_row(kind, order, "yes" if found.root else "no", found.edition, found.basis)
    rows = _table("Rows", "Row", "NL", "Relation", "VT", "Concept Name", "VM", "Req", "Value set, units or arguments")
    for row in found.rows:
        name = f"Include TID {row.include}" if row.include else template_text.constraint(row.concept)
        relationship = f"{templates.BY_REFERENCE if row.by_reference else ''}{row.relationship}"
        rows.add_row(
            *(row.number, ">" * row.nesting, relationship, " ".join(row.value_types), Text(name)),
            *(row.multiplicity, row.requirement, Text(template_text.values(row))),
        )
    used = [f"TID {tid}" for tid in templates.templates_including(number)]
    return [_heading(found.title, "PS3.16 Annex A", f"TID {number}"), facts, rows, _list("Included by", used)]


def _near_numbers(table: str, number: str) -> tuple[str, ...]:
    """The numbers of a table that stand closest to the one asked for."""
    if not number.isdecimal():
        return ()
    known = sorted(
        {int(row[0]) for row in tables.rows(table) if row[0].isdecimal()}, key=lambda n: (abs(n - int(number)), n)
    )
    return tuple(str(n) for n in known[: search.NEAR])


def _record(title: str, record: Any) -> list[RenderableType]:
    """A record's single values in one table, and each of its lists in a table of its own."""
    facts = _table("", "", "")
    lists: list[RenderableType] = []
    for field in fields(record):
        value = getattr(record, field.name)
        label = field.name.replace("_", " ").capitalize()
        if isinstance(value, tuple) and value:
            lists.append(_rows(label, value))
        elif not isinstance(value, tuple):
            facts.add_row(label, _cell(value))
    return [_heading(title, "PS3.16", getattr(record, "name", "")), facts, *lists]


def _rows(label: str, values: tuple[Any, ...]) -> Table:
    first = values[0]
    if is_dataclass(first):
        names = [field.name for field in fields(first)]
        rows = [[getattr(value, name) for name in names] for value in values]
    else:
        rows = [list(value) if isinstance(value, tuple) else [value] for value in values]
        names = [""] * len(rows[0])
    table = _table(label, *(name.replace("_", " ").capitalize() for name in names))
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def _cell(value: Any) -> Text:
    if value is None:
        return Text("")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if is_dataclass(value):
        return Text(", ".join(str(getattr(value, field.name)) for field in fields(value)))
    return Text(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _tag_text(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _heading(name: str, section: str, key: str) -> Text:
    return Text.assemble((name, "bold"), f"  {section or 'section not known'}  {key}")


def _list(label: str, entries: list[str]) -> Text:
    return Text(f"{label}: {', '.join(entries) if entries else 'none'}")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
