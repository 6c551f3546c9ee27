"""Writes the first `product.toml` of a product: what the instances say, and empty places for what no file shows.

Names of private attributes out of a person's dictionary stand there as comments: they are proposals until a person confirms them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.annotations import ROLE_COLUMNS
from annexgen.annex.annotations_records import records
from annexgen.annex.model import Status
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import steps
from annexgen.standard.private_dictionary import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.annex.model import Annex
    from annexgen.standard.private_dictionary import PrivateDictionary

_HEAD = """\
# What a person says of the product, for annexgen build --product. Everything here goes before what was inferred.
# Keep this file under version control; `annexgen annotate import` adds to it and keeps your comments and order.

[product]
# As the instances name it; correct what is wrong.
"""
_ROLES = """
# Table N.1-1, one table for each SOP Class: "Y" or "N", "" is not known yet. [sop_classes.all] speaks for all of them.
#   scu, scp            DIMSE services: sends, receives
#   ua, os              DICOM Web services: User Agent, Origin Server
#   fsc, fsu, fsr       media: File-set Creator, Updater, Reader
#   display, process, archive   how instances are used
#   name                what a private SOP Class is called; its IOD gets the same name
# Create (S, SE, SP, P) follows from the instances; `create` states it otherwise.
"""
_TAIL = """
# Annotations, one for each cell. sop_class: a UID, a list of UIDs or "all". path: an element path, a path of a content item, or
# module:KEY, macro:PATH, private:GROUP:CREATOR for the row of a whole table. column: as in the table's header.
#
# [[annotation]]
# sop_class = "all"
# path = "(0008,0070)"
# column = "Source"
# text = "FIXED"
# author = "A. Author"
# date = 2026-03-01
#
# Revision history of the document (N.3.1), the oldest first. annexgen build --compare-to adds the row of a new version.
#
# [[revision]]
# revision = "1.0"
# date = 2026-03-01
# versions = ["VA20B"]
# change = "First version of the document."
#
# Tables: another title for a private module, a table that is not to be shown, or one that is merged into another.
#
# [[table]]
# of = "private:0029:ACME CT PARAMETERS"
# title = "Private Module Acme CT Parameters"
# # hide = true
# # into = "private:0019:ACME CT PARAMETERS"
"""
_NAMES = """
# Names of private attributes that the private dictionary gives. They are proposals: take the "# " of an entry away to confirm it.
"""


def first_product_file(annex: Annex, dictionary: PrivateDictionary = EMPTY) -> str:
    """The text of a product file for an annex, commented, SOP Classes in the order of their UIDs.

    Arguments: `annex` is numbered, and was made with `dictionary`.
    """
    product = annex.product
    lines = [_HEAD]
    lines.append(f"name = {_quoted(product.name)}\n")
    lines.append(f"manufacturer = {_quoted(product.manufacturer)}\n")
    lines.append(f"versions = [{', '.join(map(_quoted, product.versions))}]\n")
    lines.append(_roles(annex.sop_class_names))
    lines.append(_TAIL)
    names = names_of_private_attributes(annex, dictionary)
    if names:
        lines.append(_NAMES)
    lines.extend(
        "#\n# [[annotation]]\n"
        f'# sop_class = "all"\n# path = {_quoted(path)}\n# column = "Attribute Name"\n# text = {_quoted(name)}\n'
        for path, name in names.items()
    )
    return "".join(lines)


def names_of_private_attributes(annex: Annex, dictionary: PrivateDictionary) -> dict[str, str]:
    """The proposed names that a person's dictionary gives to private attributes, by the path that annotations name them with."""
    found: dict[str, str] = {}
    for _, row, record in records(annex):
        cell = row.cells.get("Attribute Name")
        if record is None or cell is None or cell.status is not Status.PROPOSED or not record.path.startswith("("):
            continue
        step = steps(record.path)[-1]
        if not step.private or step.is_creator or step.creator == UNKNOWN_CREATOR:
            continue
        entries = dictionary.entries.get((step.creator, step.group, int(step.element[-2:], 16)), ())
        if any(entry.name for entry in entries):
            found[record.path] = cell.text.lstrip("> ")
    return found


def _roles(sop_class_names: Mapping[str, str]) -> str:
    lines = [_ROLES]
    for uid in sorted(sop_class_names, key=lambda u: tuple(int(p) if p.isdigit() else 0 for p in u.split("."))):
        lines.append(f"\n[sop_classes.{_quoted(uid)}] # {_one_line(sop_class_names[uid])}\n")
        lines.extend(f'{key} = ""\n' for key in ROLE_COLUMNS if key not in ("name", "create"))
        if not uid.startswith("1.2.840.10008."):
            lines.append('name = ""\n')
    return "".join(lines)


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{_scalar(c):08X}" for c in escaped) + '"'


def _scalar(character: str) -> int:
    """The code point; U+FFFD for control characters and for surrogates, which TOML cannot hold."""
    code = ord(character)
    return 0xFFFD if code < 32 or 0xD800 <= code <= 0xDFFF else code


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
