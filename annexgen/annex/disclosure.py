"""Private attributes as somebody discloses them: an annex, its workbook, Word file or page, or a plain list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.analyzers.private_information import MIXED, SAFE, UNSAFE, element_of
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annexgen.annex.model import Annex
    from annexgen.profile.paths import Step

NEEDED = ("Attribute Name", "Tag", "VR", "VM", "Identifiable Information")
"""Columns by which a table is known to list private attributes (PS3.2 Table N.9-20)."""
STATUSES = (UNSAFE, MIXED, SAFE)
"""The more cautious first: of two that are said of one attribute the first counts."""
_TAG = re.compile(r"\(?\s*([0-9A-Fa-f]{4})\s*,\s*([0-9A-Fa-fx]{4})\s*\)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))

Key = tuple[int, str, int]
"""Group, Private Creator and the last byte of the element number; all of it for elements without creator."""


@dataclass(slots=True)
class Disclosed:
    """What is disclosed of one private attribute, all places of it together."""

    vrs: set[str] = field(default_factory=set)
    vms: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    status: str = ""
    presences: set[str] = field(default_factory=set)

    def say(self, vr: str, vm: str, name: str, status: str, presence: str) -> None:
        """Add what one row says; of two statuses the more cautious counts."""
        self.vrs.update(part for part in re.split(r"[;,/ ]+", vr.upper()) if part)
        self.vms.update(filter(None, (vm.strip(),)))
        self.names.update(filter(None, (name.strip(),)))
        self.presences.update(filter(None, (presence.strip().upper(),)))
        said = status.upper().replace(" ", "")
        if said in STATUSES and (not self.status or STATUSES.index(said) < STATUSES.index(self.status)):
            self.status = said


@dataclass(slots=True)
class Disclosure:
    """All private attributes that are disclosed, and the Private Creators with their groups."""

    creators: set[tuple[int, str]] = field(default_factory=set)
    attributes: dict[Key, Disclosed] = field(default_factory=dict)

    def add(self, key: Key, vr: str, vm: str, name: str, status: str, presence: str = "") -> None:
        """Add one row that discloses an attribute, and with it its Private Creator."""
        self.creators.add(key[:2])
        self.attributes.setdefault(key, Disclosed()).say(vr, vm, name, status, presence)

    @property
    def empty(self) -> bool:
        """Whether nothing is disclosed at all."""
        return not self.creators and not self.attributes


def key_of(step: Step) -> Key:
    """The key of a private element (no Private Creator) of an element path."""
    element = int(step.element, 16) if step.creator == UNKNOWN_CREATOR else element_of(step)
    return (step.group, step.creator, element)


def disclosure_of(annex: Annex) -> Disclosure:
    """What the private modules of an annex disclose."""
    result = Disclosure()
    for table in annex.tables:
        if table.kind == "private_module":
            for row in table.rows:
                texts = {column: cell.text for column, cell in row.cells.items()}
                for path in filter(None, (row.path, *row.covers)):
                    add_path(result, path, texts if path == row.path or row.path.endswith(path) else {})
    return result


def add_path(disclosure: Disclosure, path: str, texts: Mapping[str, str]) -> None:
    """Add a row that names its element path."""
    parts = steps(path)
    if not parts or not parts[-1].private:
        return
    step = parts[-1]
    if step.is_creator:
        disclosure.creators.add((step.group, step.creator))
    else:
        disclosure.add(key_of(step), *_said(texts))


def add_table(disclosure: Disclosure, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Add a table as an annex prints it; False when it is no table of private attributes.

    Without a column of paths, the Private Creator row above says whose the attributes are: its value names the creator, and
    the marks `>` tell for which items it holds.
    """
    names = [_clean(name) for name in header]
    if not set(NEEDED) <= set(names):
        return False
    creators: dict[tuple[int, int], str] = {}
    for row in rows:
        texts = dict(zip(names, map(_clean, row), strict=False))
        if "Path" in texts:
            add_path(disclosure, texts["Path"], texts)
            continue
        match = _TAG.fullmatch(texts.get("Tag", ""))
        if match is None or not int(match[1], 16) & 1:
            continue
        group, element = int(match[1], 16), match[2].lower()
        name = texts["Attribute Name"]
        level = len(name) - len(name.lstrip(">"))
        texts["Attribute Name"] = name[level:].strip()
        for known in [place for place in creators if place[0] > level]:
            del creators[known]
        if element.startswith("00x"):
            creators[level, group] = texts.get("Value", "")
            disclosure.creators.add((group, texts.get("Value", "")))
        elif element.startswith("xx"):
            creator = creators.get((level, group), UNKNOWN_CREATOR)
            disclosure.add((group, creator, int(element[2:], 16)), *_said(texts))
        else:
            disclosure.add((group, UNKNOWN_CREATOR, int(element, 16)), *_said(texts))
    return True


def _said(texts: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    name = texts.get("Attribute Name", "").lstrip("> ")
    information = texts.get("Identifiable Information", "")
    return (texts.get("VR", ""), texts.get("VM", ""), name, information, texts.get("Presence of Attribute", ""))


def _clean(text: object) -> str:
    return "" if text is None else " ".join(str(text).translate(_INVISIBLE).split())
