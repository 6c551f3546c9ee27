"""Puts the annexes into a statement that people maintain, and leaves everything else in it as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.render.texts import quantity, section_label
from annexgen.render.word_blocks import text
from annexgen.render.word_body import parts
from annexgen.render.word_fill import Filling, fill
from annexgen.render.word_package import Package
from annexgen.render.word_places import FRONT, HOW_TO_MARK, WHOLE, find_places, mark_name, missing
from annexgen.render.word_styles import Styles

if TYPE_CHECKING:
    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex
    from annexgen.render.word_empty import Emptied

_PUBLISHED = re.compile(r"(?:(?:Annex|Appendix)\s+)?[A-E]\b[\s.:–-]|\d+\.\d")
_HOW = {"bookmark": "its bookmark", "control": "its content control", "heading": "its heading"}


@dataclass(frozen=True, slots=True)
class Inserted:
    """The new statement, what was put where, and what a person should look at."""

    content: bytes
    places: tuple[str, ...]
    remarks: tuple[str, ...]


def insert(
    annex: Annex, statement: bytes, name: str, *, final: bool = False, changes: ChangedRows | None = None
) -> Inserted:
    """A copy of the statement with the annexes in their places; `name` is what messages call it.

    Places are bookmarks or content controls named annexgen_N_9 and so on; without any, the headings that read
    like the sections' titles. What stands there is replaced; comments on it, and bookmarks that other text
    refers to, move to the caption or heading that reads the same.
    Errors: `word_xml.WordError` when it is no Word document, has no place, or a place cannot be replaced.
    """
    package = Package(statement, name)
    wanted = parts(annex)
    places = [p for p in find_places(package.body, wanted, Styles(package), name) if p.key not in FRONT]
    if not places:
        raise missing(wanted, name)
    emptied = fill(package, annex, places, Filling(final=final, legend=True, changes=changes))
    found = {one.place.part.key for one in emptied if one.place.part is not None}
    remarks = [remark for one in emptied for remark in _remarks(one)]
    absent = [part for part in wanted if part.key not in found]
    if absent and not any(one.place.key == WHOLE for one in emptied):
        titles = ", ".join(f"{section_label(part.head.id)} {part.head.title}" for part in absent)
        names = ", ".join(mark_name(part) for part in absent)
        remarks.append(f"no place was found for {titles}. {HOW_TO_MARK.format(names=names)}")
    remarks.append("to bring the table of contents and page numbers up to date, press Ctrl+A and F9 in Word")
    return Inserted(package.to_bytes(), tuple(_description(one) for one in emptied), tuple(remarks))


def _description(one: Emptied) -> str:
    part = one.place.part
    what = "all annexes" if part is None else f"{section_label(part.head.id)} {part.head.title}"
    return f"{what}: found by {_HOW[one.place.how]}"


def _remarks(one: Emptied) -> list[str]:
    where = _description(one).partition(":")[0]
    found = []
    if one.kept.changes:
        found.append(
            f"{where}: {quantity(one.kept.changes, 'tracked change')} in the replaced text went with it; "
            "your statement still has them"
        )
    if one.kept.comments:
        found.append(f"{where}: {quantity(one.kept.comments, 'comment')} on the replaced text moved to the new text")
    if one.attached.lost:
        found.append(
            f"{where}: {quantity(one.attached.lost, 'comment or bookmark')} found no caption or heading like its own and "
            "stands at the heading now"
        )
    part, heading = one.place.part, one.place.heading
    if part is not None and heading is not None:
        words = text(heading)
        if ("N/A" in words) is part.head.applicable:
            found.append(f'{where}: your heading reads "{words}", but the section is "{part.head.title}"')
        if _PUBLISHED.match(words) and part.head.id.startswith("N."):
            found.append(f'{where}: your heading reads "{words}": --numbering published gives numbers to match')
    return found
