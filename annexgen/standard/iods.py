"""SOP Classes, Information Object Definitions, Modules and Functional Group Macros (PS3.3 Annexes A and C, PS3.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from annexgen.standard import tables, uids
from annexgen.standard.attribute_tables import ModuleAttribute, attributes, rows_of

__all__ = ["ModuleAttribute"]

SHARED_FUNCTIONAL_GROUPS = 0x52009229
PER_FRAME_FUNCTIONAL_GROUPS = 0x52009230
SELECTED_FRAME_FUNCTIONAL_GROUPS = 0x30020101
CURRENT_FRAME_FUNCTIONAL_GROUPS = 0x00060001
FUNCTIONAL_GROUPS_OF_FRAMES = (
    PER_FRAME_FUNCTIONAL_GROUPS,
    SELECTED_FRAME_FUNCTIONAL_GROUPS,
    CURRENT_FRAME_FUNCTIONAL_GROUPS,
)
"""The Sequences that hold the functional groups of single frames (PS3.3 C.7.6.16, C.7.6.29, C.7.6.27)."""
MULTI_FRAME_FUNCTIONAL_GROUPS = "multi-frame-functional-groups"
REAL_TIME_COMMUNICATION = "1.2.840.10008.10."
"""What the UIDs of SOP Classes of real-time communication begin with (PS3.22)."""


@dataclass(frozen=True, slots=True)
class SopClass:
    """A SOP Class of the Standard; `iod` is None where no IOD table is known for it."""

    uid: str
    name: str
    iod: str | None
    retired: bool
    storage: bool


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
    """A Functional Group Macro: its root Sequence and attributes (paths start at the root).

    `usage` is that of the IOD it was asked for: M, C or U; empty where no IOD was named or its table is not known.
    """

    key: str
    name: str
    section: str
    root: int
    usage: str
    attributes: tuple[ModuleAttribute, ...]


@tables.per_table_set
def sop_class(uid: str) -> SopClass | None:
    """The SOP Class of a UID that PS3.6 or PS3.4 registers; None for a private one and for other UIDs."""
    row = _sop_classes().get(uid)
    if row is not None:
        _, name, iod_key, retired = row
        # An imported set may list a SOP Class of PS3.4 whose IOD its PS3.3 does not have.
        known_key = iod_key if iod_key in tables.names("iods") else None
        storage = not uid.startswith(REAL_TIME_COMMUNICATION)
        return SopClass(uid, name or uids.uid_name(uid) or uid, known_key, retired == "1", storage)
    if uids.uid_type(uid) not in uids.SOP_CLASS_TYPES:
        return None
    return SopClass(uid, uids.uid_name(uid) or "", None, uids.is_retired(uid), False)


def iod_title(uid: str) -> str | None:
    """What the IOD of a SOP Class is called in headings, such as CT Image IOD; None where the Standard knows none.

    An IOD that several SOP Classes have is called after them: Digital X-Ray Image IOD - For Processing.
    """
    known = sop_class(uid)
    if known is None or known.iod is None:
        return None
    several = len(sop_classes_of_iod(known.iod)) > 1
    return known.name.replace(" Storage", " IOD", 1) if several else f"{iod(known.iod).name} IOD"


@tables.per_table_set
def _sop_classes() -> dict[str, tables.Row]:
    return {row[0]: row for row in tables.overlaid("sop_classes")}


@tables.per_table_set
def sop_classes_of_iod(iod_key: str) -> tuple[SopClass, ...]:
    """The SOP Classes that an IOD defines, by UID (PS3.4 Annex B)."""
    found = [sop_class(uid) for uid, _, key, _ in tables.overlaid("sop_classes") if key == iod_key]
    return tuple(entry for entry in found if entry)


@tables.per_table_set
def iod(key: str) -> InformationObjectDefinition:
    """The IOD of a key such as "ct-image" (PS3.3 Annex A).

    Raises:
        KeyError: no such IOD.
    """
    name, section = tables.names("iods")[key]
    names = tables.names("modules")
    modules = tuple(
        IodModule(module_key, *(names.get(module_key) or _unnamed(module_key)), ie, usage)
        for _, module_key, ie, usage in rows_of("iod_modules", key)
    )
    return InformationObjectDefinition(key, name, section, modules)


def _unnamed(key: str) -> tuple[str, str]:
    """Name and section of a Module that an IOD uses and no table of the set describes: the key spelt out."""
    return key.replace("-", " ").title(), ""


def all_iods() -> tuple[str, ...]:
    """Keys of all IODs, sorted."""
    return tuple(sorted(tables.names("iods")))


@tables.per_table_set
def module(key: str) -> Module:
    """The Module of a key such as "general-series" (PS3.3 Annex C).

    The Multi-frame Functional Groups Module ends at its two Sequences: what stands in them is the macros'. A few Modules are
    known by name only and have no attributes.

    Raises:
        KeyError: no such Module.
    """
    known = tables.names("modules").get(key)
    if known is None and key not in _usage():
        raise KeyError(key)
    name, section = known or _unnamed(key)
    return Module(key, name, section, attributes("module_attributes", key))


@tables.per_table_set
def _usage() -> Counter[str]:
    return Counter(module_key for module_key, _ in {(row[1], row[0]) for row in tables.rows("iod_modules")})


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
    """The Functional Group Macros that an IOD may use, in the Standard's order; none for an IOD without functional groups."""
    return tuple(functional_group_macro(key, usage) for _, key, usage in rows_of("functional_group_usage", iod_key))


@tables.per_table_set
def functional_group_macro(key: str, usage: str = "") -> FunctionalGroupMacro:
    """The Functional Group Macro of a key such as "pixel-measures", with the usage that an IOD makes of it.

    Raises:
        KeyError: no such macro.
    """
    name, section, root = _functional_group_macros()[key]
    return FunctionalGroupMacro(key, name, section, root, usage, attributes("functional_group_macro_attributes", key))


@tables.per_table_set
def functional_group_macro_by_root(root: int, iod_key: str | None) -> FunctionalGroupMacro | None:
    """The macro whose Sequence is `root` in the IOD, else the one that most IODs use under that Sequence; None if none."""
    for macro in functional_group_macros(iod_key) if iod_key else ():
        if macro.root == root:
            return macro
    used = Counter(key for _, key, _ in tables.rows("functional_group_usage"))
    candidates = [key for key, (_, _, its_root) in _functional_group_macros().items() if its_root == root]
    return functional_group_macro(min(candidates, key=lambda key: (-used[key], key))) if candidates else None


@tables.per_table_set
def _functional_group_macros() -> dict[str, tuple[str, str, int]]:
    return {key: (name, section, int(tag, 16)) for key, name, section, tag in tables.rows("functional_group_macros")}
