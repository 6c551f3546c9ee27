"""Elements, context groups and templates as terminal output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from annexgen.cli.standard_layout import empty_table, first_line, listing
from annexgen.standard import (
    attribute_tables,
    confidentiality,
    context_groups,
    dictionary,
    search,
    tables,
    template_text,
    templates,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

TABLES_OF_ATTRIBUTES = {
    "module_attributes": ("modules", "Module"),
    "macro_attributes": ("macros", "macro"),
    "functional_group_macro_attributes": ("functional_group_macros", "Functional Group Macro"),
}
"""Tables of attributes: the table with the names of their keys, and what a key is."""

FILE_META_INFORMATION = 0x0002


def element(tag: int) -> list[RenderableType]:
    """What PS3.6 and PS3.15 say of an element, and the Modules and macros that it is an attribute of."""
    entry = dictionary.lookup(tag)
    if entry is None:
        raise search.UnknownError("element", search.tag_text(tag), ())
    facts = empty_table("", "VR", "VM", "Keyword", "Retired")
    facts.add_row(entry.vr, entry.vm or "not known", entry.keyword, "yes" if entry.retired else "no")
    return [first_line(entry.name, "PS3.6", search.tag_text(tag)), facts, _confidentiality(tag), _attribute_of(tag)]


def _confidentiality(tag: int) -> Text:
    """The element's row of PS3.15 Table E.1-1."""
    found = confidentiality.confidentiality_of(tag)
    if found is None:
        return Text("Confidentiality (PS3.15 Table E.1-1): not treated")
    options = "".join(f"; {name}: {action}" for name, action in found.options.items())
    return Text(f"Confidentiality (PS3.15 Table E.1-1): Basic Profile: {found.basic}{options}")


def _attribute_of(tag: int) -> Table | Text:
    """Where the tables list the element, each place with its Type and the Sequences that it stands in."""
    text = f"{dictionary.base_tag(tag):08X}"
    shown = empty_table("Attribute of", "Name", "Section", "Type", "In")
    for name, (named_in, kind) in TABLES_OF_ATTRIBUTES.items():
        names = {row[0]: (row[1], row[2]) for row in tables.rows(named_in)}
        for row in tables.rows(name):
            if row[2] == attribute_tables.INCLUDE or not row[1].endswith(text):
                continue
            its_name, section = names.get(row[0], (row[0], ""))
            inside = [dictionary.attribute_name(int(part, 16)) or part for part in row[1].split(".")[:-1]]
            shown.add_row(f"{its_name} {kind}", section, row[2], " > ".join(inside))
    if shown.row_count:
        return shown
    if tag >> 16 == FILE_META_INFORMATION:
        return Text("Attribute of: File Meta Information (PS3.10 section 7.1)")
    return Text("Attribute of: no Module or macro in the tables")


def context_group(cid: str) -> list[RenderableType]:
    """A context group with its codes, and the templates that name it."""
    found = context_groups.context_group(cid)
    if found is None:
        raise search.UnknownError("context group", cid, ())
    facts = empty_table("", "Type", "Version", "UID")
    facts.add_row(_extensible(found.extensible), found.version, found.uid)
    parts: list[RenderableType] = [first_line(found.name, "PS3.16 Annex B", f"CID {cid}"), facts]
    if found.codes:
        codes = empty_table(f"Codes ({len(found.codes)})", "Coding Scheme Designator", "Code Value", "Code Meaning")
        for code in found.codes:
            codes.add_row(code.scheme, code.value, code.meaning)
        parts.append(codes)
    else:
        parts.append(Text("Its codes are not in the tables."))
    return [*parts, listing("Named by", [f"TID {tid}" for tid in templates.templates_naming(cid)])]


def template(tid: str) -> list[RenderableType]:
    """A template with its rows, and the templates that include it."""
    found = templates.template(tid)
    if found is None:
        raise search.UnknownError("template", tid, ())
    facts = empty_table("", "Type", "Order", "Root", "Edition", "Basis")
    order = {True: "significant", False: "not significant", None: "not known"}[found.order_significant]
    facts.add_row(_extensible(found.extensible), order, "yes" if found.root else "no", found.edition, found.basis)
    rows = empty_table(
        "Rows", "Row", "NL", "Relation", "VT", "Concept Name", "VM", "Req", "Value set, units or arguments"
    )
    for row in found.rows:
        name = f"Include TID {row.include}" if row.include else template_text.constraint(row.concept)
        relationship = f"{templates.BY_REFERENCE if row.by_reference else ''}{row.relationship}"
        rows.add_row(
            *(row.number, ">" * row.nesting, relationship, " ".join(row.value_types), name),
            *(row.multiplicity, row.requirement, template_text.values(row)),
        )
    used = [f"TID {other}" for other in templates.templates_including(tid)]
    return [first_line(found.title, "PS3.16 Annex A", f"TID {tid}"), facts, rows, listing("Included by", used)]


def _extensible(flag: bool | None) -> str:
    return {True: "extensible", False: "non-extensible", None: "not known"}[flag]
