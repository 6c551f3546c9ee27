"""The Basic Directory: types of Directory Records, their keys, and the type that refers to a SOP Class (PS3.3 Annex F)."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables
from annexgen.standard.attribute_tables import ModuleAttribute, attributes


@dataclass(frozen=True, slots=True)
class DirectoryRecordType:
    """A type of Directory Record: where it may stand, and the keys of its records in order.

    `root` says whether it may stand in the root Directory Entity, `lower_level` names the types of the records below it.
    """

    name: str
    section: str
    root: bool
    lower_level: tuple[str, ...]
    keys: tuple[ModuleAttribute, ...]


@tables.per_table_set
def directory_record_type(name: str) -> DirectoryRecordType | None:
    """The type of a Directory Record Type (0004,1430) such as "SR DOCUMENT"; None when PS3.3 F.3.2.2 defines none such."""
    for record_type, section, root, lower_level in tables.rows("directory_record_types"):
        if record_type == name:
            below = tuple(lower_level.split(", ")) if lower_level else ()
            return DirectoryRecordType(name, section, root == "1", below, attributes("directory_record_keys", name))
    return None


def directory_record_types() -> tuple[str, ...]:
    """The names of all types, in the Standard's order (PS3.3 Table F.4-1)."""
    return tuple(row[0] for row in tables.rows("directory_record_types"))


@tables.per_table_set
def _record_type_by_sop_class() -> dict[str, str]:
    return {row[0]: row[1] for row in tables.rows("directory_sop_classes")}


def record_type_of_sop_class(uid: str) -> str | None:
    """The Directory Record Type that refers to instances of a SOP Class; None when the Standard names none."""
    return _record_type_by_sop_class().get(uid)
