"""Private attributes as somebody discloses them: an annex, its workbook, Word file or page, or a plain list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.analyzers.private_information import MIXED, SAFE, UNSAFE, element_of
from annexgen.annex.model import Status
from annexgen.corpus.elements import NO_CREATOR
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import steps
from annexgen.standard.private_dictionary import PrivateDictionaryError, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from annexgen.annex.model import Annex, Cell
    from annexgen.profile.paths import Step

INFORMATION = "Identifiable Information"
STATUS = "Status"
"""The column in which a CSV annex says how cells came to be: `Identifiable Information: proposed; ...`."""
GUESS = UNSAFE
"""The one status that annexgen ever proposes."""
PROPOSED = f"{INFORMATION}: {Status.PROPOSED}"
NEEDED = ("Attribute Name", "Tag", "VR", "VM", INFORMATION)
"""Columns by which a table is known to list private attributes (PS3.2 Table N.9-20)."""
STATUSES = (UNSAFE, MIXED, SAFE)
"""The more cautious first: of two that are said of one attribute the first counts."""
_TAG = re.compile(r"\(?\s*([0-9A-Fa-f]{4})\s*,\s*([0-9A-Fa-fx]{4})\s*\)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))

Key = tuple[int, str, int]
"""Group, Private Creator and the last byte of the element number; all of it for elements without creator."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one row says of a private attribute; `proposed` when its status is a guess of annexgen that nobody confirmed."""

    vr: str = ""
    vm: str = ""
    name: str = ""
    status: str = ""
    presence: str = ""
    proposed: bool = False


@dataclass(slots=True)
class Disclosed:
    """What is disclosed of one private attribute, all places of it together.

    That a row lists it discloses that it is there. `status` is what a person, the files or the Standard say of its Identifiable
    Information, "" when nobody did; a guess of annexgen is `proposed`, and no statement.
    """

    vrs: set[str] = field(default_factory=set)
    vms: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    status: str = ""
    proposed: str = ""
    presences: set[str] = field(default_factory=set)

    def say(self, saying: Saying) -> None:
        """Add what one row says; of two statuses the more cautious counts."""
        self.vrs.update(part for part in re.split(r"[;,/ ]+", saying.vr.upper()) if part)
        self.vms.update(filter(None, (saying.vm.strip(),)))
        self.names.update(filter(None, (saying.name.strip(),)))
        self.presences.update(filter(None, (saying.presence.strip().upper(),)))
        said = saying.status.upper().replace(" ", "")
        if said not in STATUSES:
            return
        if saying.proposed:
            self.proposed = said
        elif not self.status or STATUSES.index(said) < STATUSES.index(self.status):
            self.status = said


@dataclass(slots=True)
class Disclosure:
    """All private attributes that are disclosed, and the Private Creators with their groups."""

    creators: set[tuple[int, str]] = field(default_factory=set)
    attributes: dict[Key, Disclosed] = field(default_factory=dict)

    def add(self, key: Key, saying: Saying) -> None:
        """Add one row that discloses an attribute, and with it its Private Creator."""
        self.creators.add(key[:2])
        self.attributes.setdefault(key, Disclosed()).say(saying)

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
                texts[STATUS] = status_text(row.cells)
                for path in filter(None, (row.path, *row.covers)):
                    add_path(result, path, texts if path == row.path or row.path.endswith(path) else {})
    return result


def disclosure_of_dictionary(path: Path) -> Disclosure:
    """What a private dictionary (JSON, or CSV) discloses when a person names it as the documentation.

    Raises:
        ValueError: it cannot be understood; the message names the file, the place and what was expected.
    """
    try:
        dictionary = load((path,))
    except PrivateDictionaryError as error:
        raise ValueError(str(error)) from error
    result = Disclosure()
    for (creator, group, element), entries in dictionary.entries.items():
        for entry in entries:
            result.add((group, creator_of(creator), element), Saying(entry.vr, entry.vm, entry.name))
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
        disclosure.add(key_of(step), _saying(texts))


def add_table(disclosure: Disclosure, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bool:
    """Add a table as an annex prints it; False when it is no table of private attributes.

    A row without element path belongs to the Private Creator whose row stands above: its value names the creator, and the
    marks `>` tell for which items it holds.
    """
    names = [clean(name) for name in header]
    if not set(NEEDED) <= set(names):
        return False
    creators: dict[tuple[int, int], str] = {}
    for row in rows:
        written = dict(zip(names, row, strict=False))
        texts = {name: clean(text) for name, text in written.items()}
        path = str(written.get("Path") or "")
        if path:
            add_path(disclosure, path, texts)
        match = _TAG.fullmatch(texts.get("Tag", ""))
        if match is None or not int(match[1], 16) & 1:
            continue
        group, element = int(match[1], 16), match[2].lower()
        name = texts["Attribute Name"]
        level = len(name) - len(name.lstrip(">"))
        for known in [place for place in creators if place[0] > level]:
            del creators[known]
        if element.startswith("00x"):
            creators[level, group] = creator_of(written.get("Value"))
        if path:
            continue
        if element.startswith("00x"):
            disclosure.creators.add((group, creators[level, group]))
        elif element.startswith("xx"):
            creator = creators.get((level, group), UNKNOWN_CREATOR)
            disclosure.add((group, creator, int(element[2:], 16)), _saying(texts))
        else:
            disclosure.add((group, UNKNOWN_CREATOR, int(element, 16)), _saying(texts))
    return True


def status_text(cells: Mapping[str, Cell]) -> str:
    """How the Identifiable Information of a row came to be, as the column Status of a CSV annex says it."""
    cell = cells.get(INFORMATION)
    return "" if cell is None else f"{INFORMATION}: {cell.status}"


def _saying(texts: Mapping[str, str]) -> Saying:
    return Saying(
        texts.get("VR", ""),
        texts.get("VM", ""),
        texts.get("Attribute Name", "").lstrip("> "),
        texts.get(INFORMATION, ""),
        texts.get("Presence of Attribute", ""),
        PROPOSED in texts.get(STATUS, ""),
    )


def creator_of(text: object) -> str:
    """A Private Creator as element paths name it; spaces inside of it are part of it (PS3.5 section 6.2, LO)."""
    return str(text or "").translate(_INVISIBLE).strip().translate(NO_CREATOR)


def clean(text: object) -> str:
    """The text of a cell without what only its layout needs: soft hyphens, line ends, a fraction that is none."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return "" if text is None else " ".join(str(text).translate(_INVISIBLE).split())
