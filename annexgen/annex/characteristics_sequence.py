"""A ready Private Data Element Characteristics Sequence (0008,0300) from the private modules of an annex (PS3.3 C.12.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annexgen.analyzers.private_information import MIXED, SAFE, UNSAFE, element_of
from annexgen.profile.characteristics import multiplicity_numbers
from annexgen.profile.nodes import UNKNOWN_CREATOR
from annexgen.profile.paths import WITHHELD, steps

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Row

_ACTIONS = {"UI": "U", "PN": "Z", "DA": "Z", "DT": "Z", "TM": "Z"}
"""What to do with an element that may identify, by VR; all others are removed (PS3.15 section E.1.1)."""
_NOT_CONFORMING = re.compile(r"[^0-9A-Za-z]+")


@dataclass(slots=True)
class _Element:
    vrs: set[str] = field(default_factory=set)
    multiplicities: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    name: str = ""
    description: str = ""
    items: int = 1

    @property
    def vr(self) -> str:
        """The VR to state; UN where the files and dictionaries do not agree on one."""
        known = self.vrs - {"UN"}
        return known.pop() if len(known) == 1 else "UN"


def characteristics(annex: Annex) -> dict[str, Any]:
    """The Sequence in the DICOM JSON Model (PS3.18 Annex F): an item for each Private Creator and group.

    Elements that nobody called SAFE may identify: a block all of whose elements are SAFE is SAFE, one with none is UNSAFE, and
    any other is MIXED.
    """
    blocks: dict[tuple[int, str], dict[int, _Element]] = {}
    for table in annex.tables:
        if table.kind == "private_module":
            for row in table.rows:
                _add(row, blocks)
    items = [_item(group, creator, blocks[group, creator]) for group, creator in sorted(blocks)]
    return {"00080300": {"vr": "SQ", "Value": items}}


def _add(row: Row, blocks: dict[tuple[int, str], dict[int, _Element]]) -> None:
    parts = steps(row.path)
    if not parts or not parts[-1].private or parts[-1].creator in (UNKNOWN_CREATOR, WITHHELD):
        return
    step = parts[-1]
    block = blocks.setdefault((step.group, step.creator), {})
    if step.is_creator:
        return
    element = block.setdefault(element_of(step), _Element())
    texts = {column: cell.text for column, cell in row.cells.items()}
    element.vrs.update(filter(None, re.split(r"[; ]+", texts.get("VR", ""))))
    element.multiplicities.update(filter(None, (texts.get("VM", ""),)))
    element.statuses.add(texts.get("Identifiable Information", ""))
    element.name = element.name or texts.get("Attribute Name", "").lstrip("> ")
    element.description = element.description or texts.get("Comments", "")


def _item(group: int, creator: str, elements: dict[int, _Element]) -> dict[str, Any]:
    safe = [number for number in sorted(elements) if elements[number].statuses == {SAFE}]
    identifying = [number for number in sorted(elements) if number not in safe]
    status = MIXED if safe and identifying else SAFE if safe else UNSAFE
    item: dict[str, Any] = {
        "00080301": {"vr": "US", "Value": [group]},
        "00080302": {"vr": "LO", "Value": [creator]},
        "00080303": {"vr": "CS", "Value": [status]},
    }
    if status == MIXED:
        item["00080304"] = {"vr": "US", "Value": safe}
    if identifying:
        actions: dict[str, list[int]] = {}
        for number in identifying:
            actions.setdefault(_ACTIONS.get(elements[number].vr, "X"), []).append(number)
        item["00080305"] = {
            "vr": "SQ",
            "Value": [
                {"00080306": {"vr": "US", "Value": numbers}, "00080307": {"vr": "CS", "Value": [action]}}
                for action, numbers in sorted(actions.items())
            ],
        }
    if elements:
        definitions = [_definition(number, elements[number]) for number in sorted(elements)]
        item["00080310"] = {"vr": "SQ", "Value": definitions}
    return item


def _definition(number: int, element: _Element) -> dict[str, Any]:
    name = element.name or f"Private Data Element {number:02X}"
    definition: dict[str, Any] = {
        "00080308": {"vr": "US", "Value": [number]},
        "00080309": {"vr": "UL", "Value": list(_multiplicity(element.multiplicities))},
        "0008030A": {"vr": "CS", "Value": [element.vr]},
    }
    if element.vr == "SQ":
        definition["0008030B"] = {"vr": "UL", "Value": [0, 0]}
    definition["0008030C"] = {"vr": "UC", "Value": [name]}
    definition["0008030D"] = {"vr": "UC", "Value": [_keyword(name)]}
    if element.description:
        definition["0008030E"] = {"vr": "UT", "Value": [element.description]}
    return definition


def _multiplicity(texts: set[str]) -> tuple[int, ...]:
    """One VM that holds all that was said."""
    numbers = [multiplicity_numbers(text) for text in sorted(texts)] or [(1,)]
    if len(set(numbers)) == 1:
        return numbers[0]
    low = min(n[0] for n in numbers)
    highest = [n[1] if len(n) > 1 else n[0] for n in numbers]
    return (low, 0 if 0 in highest else max(highest), 1)


def _keyword(name: str) -> str:
    """A keyword as PS3.6 makes them: the words of the name joined."""
    words = _NOT_CONFORMING.sub(" ", name).split()
    keyword = "".join(word[:1].upper() + word[1:] for word in words)
    return keyword if keyword[:1].isalpha() else f"Private{keyword}"
