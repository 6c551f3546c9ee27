"""SOP Classes, Information Object Definitions, Modules and Functional Group Macros (PS3.3 Annexes A and C, PS3.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from annexgen.standard import highdicom_tables, tables, uids
from annexgen.standard.dictionary import attribute_name, tag_of

SHARED_FUNCTIONAL_GROUPS = 0x52009229
PER_FRAME_FUNCTIONAL_GROUPS = 0x52009230
MULTI_FRAME_FUNCTIONAL_GROUPS = "multi-frame-functional-groups"


@dataclass(frozen=True, slots=True)
class SopClass:
    """A SOP Class of the Standard; `iod` is None where no IOD table is known for it."""

    uid: str
    name: str
    iod: str | None
    retired: bool
    storage: bool


@dataclass(frozen=True, slots=True)
class ModuleAttribute:
    """One attribute of a Module: tags from the root to its own, and its Type ("1", "1C", "2", "2C", "3")."""

    path: tuple[int, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Module:
    """A Module with its attributes in order, children after their Sequence."""

    key: str
    name: str
    section: str
    attributes: tuple[ModuleAttribute, ...]


@dataclass(frozen=True, slots=True)
class IodModule:
    """A Module as an IOD uses it: Information Entity and usage (M, C or U)."""

    key: str
    name: str
    section: str
    ie: str
    usage: str


@dataclass(frozen=True, slots=True)
class InformationObjectDefinition:
    """An IOD with its Modules in the Standard's order."""

    key: str
    name: str
    section: str
    modules: tuple[IodModule, ...]


@dataclass(frozen=True, slots=True)
class FunctionalGroupMacro:
    """A Functional Group Macro: its root Sequence and attributes (paths start at the root)."""

    key: str
    name: str
    section: str
    root: int
    usage: str
    attributes: tuple[ModuleAttribute, ...]


@tables.per_table_set
def sop_class(uid: str) -> SopClass | None:
    """The SOP Class of a UID that PS3.6 or PS3.4 registers; None for a private one."""
    iod_key = highdicom_tables.iod_of_sop_class().get(uid)
    name = uids.uid_name(uid)
    if name is None and iod_key is None:
        return None
    return SopClass(uid, name or iod(iod_key or "").name, iod_key, uids.is_retired(uid), iod_key is not None)


@tables.per_table_set
def iod(key: str) -> InformationObjectDefinition:
    """The IOD of a key such as "ct-image".

    Raises:
        KeyError: no such IOD.
    """
    modules = []
    for entry in highdicom_tables.modules_of_iod()[key]:
        module_key = entry["key"]
        if module_key.endswith(MULTI_FRAME_FUNCTIONAL_GROUPS):
            module_key = MULTI_FRAME_FUNCTIONAL_GROUPS
        name, section = _name(module_key, "modules")
        modules.append(IodModule(module_key, name, section, entry["ie"], entry["usage"]))
    name, section = _name(key, "iods")
    return InformationObjectDefinition(key, name, section, tuple(modules))


@tables.per_table_set
def module(key: str) -> Module:
    """The Module of a key such as "general-series".

    Raises:
        KeyError: no such Module.
    """
    name, section = _name(key, "modules")
    attributes = _attributes(key)
    if key == MULTI_FRAME_FUNCTIONAL_GROUPS:
        functional_groups = (SHARED_FUNCTIONAL_GROUPS, PER_FRAME_FUNCTIONAL_GROUPS)
        attributes = tuple(a for a in attributes if a.path[0] not in functional_groups or len(a.path) == 1)
    return Module(key, name, section, attributes)


@tables.per_table_set
def _attributes(key: str) -> tuple[ModuleAttribute, ...]:
    """Attributes of a table, in pre-order; none for the Modules that IODs name but the tables do not describe."""
    children: dict[tuple[int, ...], list[ModuleAttribute]] = {}
    for entry in highdicom_tables.attributes_of_module().get(key, ()):
        path = tuple(tag_of(keyword) for keyword in (*entry["path"], entry["keyword"]))
        children.setdefault(path[:-1], []).append(ModuleAttribute(path, entry["type"] or ""))
    ordered: list[ModuleAttribute] = []

    def visit(parent: tuple[int, ...]) -> None:
        for attribute in children.get(parent, ()):
            ordered.append(attribute)
            visit(attribute.path)

    visit(())
    return tuple(ordered)


@tables.per_table_set
def _usage() -> Counter[str]:
    return Counter(m.key for key in highdicom_tables.modules_of_iod() for m in iod(key).modules)


def number_of_iods_using(module_key: str) -> int:
    """How many IODs use a Module: the fewer, the more specific it is."""
    return _usage()[module_key]


def all_modules() -> tuple[str, ...]:
    """Keys of all Modules that some IOD uses, sorted."""
    return tuple(sorted(_usage()))


@tables.per_table_set
def root_attributes(module_key: str) -> dict[int, ModuleAttribute]:
    """The attributes of a Module outside of any Sequence, by tag, in order."""
    return {a.path[0]: a for a in module(module_key).attributes if len(a.path) == 1}


@tables.per_table_set
def functional_group_macros(iod_key: str) -> tuple[FunctionalGroupMacro, ...]:
    """The Functional Group Macros that an IOD may use, in order; none for an IOD without functional groups."""
    keys = [m["key"] for m in highdicom_tables.modules_of_iod().get(iod_key, ())]
    found: dict[int, list[ModuleAttribute]] = {}
    for key in keys:
        if not key.endswith(MULTI_FRAME_FUNCTIONAL_GROUPS):
            continue
        for attribute in _attributes(key):
            if attribute.path[0] == SHARED_FUNCTIONAL_GROUPS and len(attribute.path) > 1:
                path = attribute.path[1:]
                found.setdefault(path[0], []).append(ModuleAttribute(path, attribute.type))
    return tuple(_macro(root, tuple(attributes)) for root, attributes in found.items())


@tables.per_table_set
def functional_group_macro_by_root(root: int, iod_key: str | None) -> FunctionalGroupMacro | None:
    """The macro whose Sequence is `root` in the IOD, or in any IOD when that one has none; None if there is none."""
    for key in (iod_key, *highdicom_tables.modules_of_iod()):
        for macro in functional_group_macros(key) if key else ():
            if macro.root == root:
                return macro
    return None


def _macro(root: int, attributes: tuple[ModuleAttribute, ...]) -> FunctionalGroupMacro:
    known = tables.functional_group_macro_names().get(root)
    name = known or (attribute_name(root) or f"{root:08X}").removesuffix(" Sequence")
    return FunctionalGroupMacro(f"{root:08X}", name, "", root, "", attributes)


def _name(key: str, table: str) -> tuple[str, str]:
    """Display name and PS3.3 section of a Module or IOD; from its key where the table lacks it."""
    known = tables.names(table).get(key)
    return known if known else (key.replace("-", " ").title(), "")
