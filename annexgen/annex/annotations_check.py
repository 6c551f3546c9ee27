"""What a person may say of a cell: the vocabulary of PS3.2 Annex N, and what the corpus contradicts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.annex.columns import MAPPING_SOURCES, VOCABULARY
from annexgen.annex.model import Evidence, Status
from annexgen.profile.paths import steps
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

LISTS = ("Source", "Function")
"""Columns that may hold several words of their vocabulary."""
FREE = ("Value", "Values", "Conditions", "Condition", "Comments", "TID", "Name", "Label")
NAMES = (
    "Attribute Name",
    "SOP Class Name",
    "Transfer Syntax Name",
    "DICOM Web Service Bulkdata Media Type",
    "Coding Scheme",
    "Kind",
)
"""Columns that a person may fill where the Standard does not."""
TITLES = ("Module Name", "Functional Group Macro")
"""Columns that show the title of another table; for a private module a person may change it."""
MAY_BE_BLANK = ("Value", "Values", "Conditions", "Condition", "Comments")
MAPPED = ("Image Value Source", "MPPS Value Source")
"""Columns of the mapping from the worklist (PS3.2 N.12.1): a word, and a tag where the value is that of another attribute."""
DESTINATION = "MPPS Destination"
EDITABLE = tuple(dict.fromkeys((*VOCABULARY, *FREE, *NAMES, *TITLES, "VR", "VM", *MAPPED, DESTINATION)))

_VM = re.compile(r"(\d+)(?:-(\d+|n|\d+n))?")
_TAG = r"\([0-9A-F]{4},[0-9A-Fx]{4}\)"
_MAPPED = re.compile(rf"({'|'.join(MAPPING_SOURCES)})(?: {_TAG})?")
_DESTINATION = re.compile(rf"TOP|N/A|{_TAG}")
_RANGE = re.compile(r"\[(-?[\d.eE+-]+) \.\.\. (-?[\d.eE+-]+)\]")
_TERM = re.compile(r"[A-Z0-9_ .+\-/\\^]+|\(.+, .+, \".*\"\)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the corpus says of a row: the texts that inference gave, the counts, and the values that a table lists."""

    kind: str
    path: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    status: Mapping[str, Status] = field(default_factory=dict)
    evidence: Evidence | None = None
    values: tuple[str, ...] = ()


def outside_vocabulary(column: str, text: str) -> str:
    """Why a column may not say this, whatever the corpus holds; empty when it may."""
    allowed = VOCABULARY.get(column)
    if not text:
        return "" if column in MAY_BE_BLANK else f"{column} cannot be blank"
    if any(ord(c) < 32 and c not in "\n\t" for c in text):
        return "it holds a control character"
    if allowed is not None:
        parts = [part.strip() for part in text.split(";")] if column in LISTS else [text]
        wrong = [part for part in parts if part not in allowed]
        if wrong:
            return f"{wrong[0]!r} is not one of {', '.join(allowed)}"
        if len(set(parts)) < len(parts):
            return "it names a value twice"
    if column in (*MAPPED, DESTINATION):
        return _of_mapping(column, text)
    if column == "VR":
        wrong = [part for part in re.split(r";\s*", text) if part not in dictionary.VALUE_REPRESENTATIONS]
        return f"{wrong[0]!r} is no VR" if wrong else ""
    if column == "VM" and not _VM.fullmatch(text):
        return f"{text!r} is no VM such as 1, 1-3 or 1-n"
    return ""


def _of_mapping(column: str, text: str) -> str:
    form = _DESTINATION if column == DESTINATION else _MAPPED
    wrong = next((part for part in re.split(r";\s*", text) if not form.fullmatch(part)), None)
    if wrong is None:
        return ""
    if column == DESTINATION:
        return f"{wrong!r} is neither TOP, N/A nor the tag of a Sequence such as (0040,0270)"
    return f"{wrong!r} is not one of {', '.join(MAPPING_SOURCES)}, with or without a tag such as (0040,1001)"


def contradiction(column: str, text: str, facts: Facts) -> str:
    """Why a text contradicts what was counted; empty when it does not, or when the counts cannot tell."""
    seen = facts.evidence
    if column in ("Attribute Name", *TITLES):
        return _of_name(column, facts)
    if column in NAMES:
        fixed = facts.status.get(column) is Status.STANDARD
        return f"{column} is the Standard's" if fixed and text != facts.said.get(column) else ""
    if column == "Source":
        return _of_source(text, facts)
    if column in ("Presence of Attribute", "Presence (Module)", "Presence"):
        if text == "ALWAYS" and seen and seen.present < seen.carriers:
            return f"it is absent or incomplete in {seen.carriers - seen.present:,} of {seen.carriers:,} instances"
    elif column == "Presence of Content Item":
        if text == "ALWAYS" and seen and seen.present < seen.carriers:
            return f"it is absent in {seen.carriers - seen.present:,} of {seen.carriers:,} instances"
    elif column == "Presence of Value":
        return _of_value_presence(text, seen)
    elif column == "Usage":
        said = facts.said.get(column, "")
        if said and text not in (said, "CONTEXT_DEPENDENT"):
            return f"it is {said} in the corpus"
    elif column in ("VR", "VM"):
        return _of_representation(column, text, facts)
    elif column == "Create":
        said = facts.said.get(column, "")
        if text == "S" and said == "SE":
            return "the instances hold attributes outside the IOD"
    elif column in ("Value", "Values"):
        return _of_values(text, facts.said.get(column, ""), facts.values)
    return ""


def may_be_said(column: str, text: str, facts: Facts) -> str:
    """Why a person may not say this; empty when they may."""
    if column not in EDITABLE:
        return f"{column or 'this column'} shows what was counted, or what the Standard fixes, and cannot be changed"
    if column in ("VR", "VM", "Identifiable Information") and not is_private(facts.path):
        return f"{column} of a standard attribute is the Standard's"
    return outside_vocabulary(column, text) or contradiction(column, text, facts)


def is_private(path: str) -> bool:
    """Whether a path ends in a private attribute (not its Private Creator)."""
    parts = steps(path) if path.startswith("(") else ()
    return bool(parts) and parts[-1].private and not parts[-1].is_creator


def _of_name(column: str, facts: Facts) -> str:
    if column in TITLES:
        return "" if facts.path.startswith("private:") else f"{column} is the Standard's"
    if is_private(facts.path):
        return ""
    parts = steps(facts.path) if facts.path.startswith("(") else ()
    known = bool(parts) and (parts[-1].is_creator or bool(dictionary.attribute_name(parts[-1].tag)))
    return "the name of a standard attribute is the Standard's" if known else ""


def _of_source(text: str, facts: Facts) -> str:
    sources = {part.strip() for part in text.split(";")}
    seen = facts.evidence
    if "EMPTY" in sources and seen and not seen.empty and seen.with_value:
        return f"it has a value in all {seen.with_value:,} instances that have it"
    if sources == {"EMPTY"} and seen and seen.with_value:
        return f"it has a value in {seen.with_value:,} instances"
    if sources == {"FIXED"}:
        said = facts.said.get("Value", facts.said.get("Values", ""))
        several = _RANGE.fullmatch(said) or "; " in said or len(facts.values) > 1
        if several:
            return "its value is not the same in all instances"
    return ""


def _of_value_presence(text: str, seen: Evidence | None) -> str:
    if seen is None:
        return ""
    having = seen.present + seen.partial
    if text == "ALWAYS" and seen.with_value < having:
        return f"it is without value in {having - seen.with_value:,} of {having:,} instances that have it"
    if text == "EMPTY" and seen.empty < having:
        return f"it has a value in {having - seen.empty:,} instances"
    return ""


def _of_representation(column: str, text: str, facts: Facts) -> str:
    said = facts.said.get(column, "")
    if column == "VR":
        fixed = facts.status.get(column) is Status.OBSERVED
        missing = set(re.split(r";\s*", said)) - set(re.split(r";\s*", text))
        return f"the files say {said}" if fixed and said and missing else ""
    stated, counted = _VM.fullmatch(text), _VM.fullmatch(said)
    if stated is None or counted is None:
        return ""
    low, high = int(counted[1]), int(counted[2] or counted[1])
    most = stated[2] or stated[1]
    if low < int(stated[1]) or ("n" not in most and high > int(most)):
        return f"the corpus has {said}"
    return ""


def _of_values(text: str, said: str, listed: tuple[str, ...]) -> str:
    """Whether a stated list or range leaves out a value that was seen; a text in plain words cannot be compared."""
    observed = observed_values(said, listed)
    pieces = [piece for piece in text.split("; ") if piece]
    if not pieces or not observed or not comparable(text, observed):
        return ""
    for value in observed:
        bounds = _RANGE.fullmatch(value)
        for one in bounds.groups() if bounds else (value,):
            if not any(_holds(piece, one) for piece in pieces):
                return f"the corpus has {one}"
    return ""


def observed_values(said: str, listed: tuple[str, ...]) -> tuple[str, ...]:
    """The values that a Value cell speaks of: its own, or those of the table that it refers to; sorted."""
    found = listed if said.startswith("See ") else tuple(v for v in said.removeprefix("e.g. ").split("; ") if v)
    return tuple(sorted(set(found)))


def comparable(text: str, observed: tuple[str, ...]) -> bool:
    """Whether a stated text is a list of values, and not a description in words."""
    return all(
        piece in observed or _RANGE.fullmatch(piece) or _TERM.fullmatch(piece) for piece in text.split("; ") if piece
    )


def _holds(piece: str, value: str) -> bool:
    if piece == value:
        return True
    bounds, number = _RANGE.fullmatch(piece), _number(value)
    if number is None:
        return False
    if bounds:
        low, high = _number(bounds[1]), _number(bounds[2])
        return low is not None and high is not None and low <= number <= high
    return _number(piece) == number


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
