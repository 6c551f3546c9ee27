"""Reads a condition in the house style, and counts what contradicts it (PS3.2 Annex N preface, column Conditions).

Understood is what annexgen itself writes: "Present if Image Type (0008,0008) Value 3 is MPR." Any other sentence is a person's
and cannot be checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.analyzers.values import code_text
from annexgen.profile.functional_groups import OF_FRAMES, SHARED
from annexgen.profile.paths import parent
from annexgen.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.analyzers.combinations import Combinations

_CREATOR = r"(?:[^()]|\([^()]*\))*"
_TAG = rf"\([0-9A-F]{{4}},[0-9A-Fx]{{4}}(?:,{_CREATOR})?\)"
# Names of attributes and Private Creators may hold parentheses: Image Orientation (Patient).
_NAME = r"(?:(?!\([0-9A-F]{4},).)*?"
_HEAD = rf"the [^()]+? Module|{_NAME}{_TAG}(?: of {_NAME}{_TAG})*(?: Value \d+)?"
_CLAUSE = re.compile(rf"(?P<name>{_HEAD}) (?:(?P<state>is present|is absent)|(?P<relation>contains|is) (?P<value>.+))")
_AND = re.compile(rf" and (?=(?:{_HEAD}) (?:is|contains) )")
_SENTENCES = re.compile(
    r"(?:^|(?<=\. ))(Present|Value present|Shared) if (.+?)\.(?=$| (?:Present|Value present|Shared) if )"
)
_ONE_TAG = re.compile(rf"({_NAME})\(([0-9A-F]{{4}}),([0-9A-Fx]{{4}})(?:,({_CREATOR}))?\)")
_FUNCTIONAL_GROUPS = tuple(f"{outer}/" for outer in (SHARED, *OF_FRAMES))
_PRIVATE_CREATOR = "Private Creator "

_PRESENT, _SHARED = "Present", "Shared"


@dataclass(frozen=True, slots=True)
class Places:
    """What a condition is about, as sets of combinations: where the attribute could stand, stands, and has a value.

    `open`: where it stands, or has a value, in some items only; no condition on the instance can hold or fail there.
    """

    paths: tuple[str, ...]
    carriers: int
    present: int
    with_value: int
    open: int = 0


def counter_examples(text: str, places: Places, combinations: Combinations, modules: Mapping[str, int]) -> str | None:
    """What contradicts the condition, in words; empty when nothing does, None when it cannot be checked.

    Arguments: `modules` says where each Module, by its name, is present.
    """
    sentences = _SENTENCES.findall(text.strip())
    if not sentences or " ".join(f"{verb} if {clause}." for verb, clause in sentences) != text.strip():
        return None
    found = []
    for verb, clause in sentences:
        if verb == _SHARED:
            continue
        carriers = places.carriers if verb == _PRESENT else places.present
        standing = places.present if verb == _PRESENT else places.with_value
        holds, decided = carriers, carriers & ~places.open
        for part in _clauses(clause):
            where = _where(part, places.paths, combinations, modules)
            if where is None:
                return None
            holds &= where[0]
            decided &= ~where[1]
        there = combinations.instances(standing & decided & ~holds)
        missing = combinations.instances(holds & decided & ~standing)
        what = "it" if verb == _PRESENT else "a value"
        if there:
            found.append(f"{what} is present in {there:,} instances where the condition does not hold")
        if missing:
            found.append(f"{what} is absent in {missing:,} instances where the condition holds")
    return " and ".join(found)


def _clauses(text: str) -> list[str]:
    """The statements of a sentence that hold together; an "and" inside of a name or a value parts none."""
    found: list[str] = []
    begun = ""
    for piece in _AND.split(text):
        whole = f"{begun} and {piece}" if begun else piece
        if not _CLAUSE.fullmatch(piece):
            begun = whole
        elif begun and found and not _is_name(whole):
            # What came before it goes on with the value of the statement before.
            found[-1:] = [f"{found[-1]} and {begun}", piece]
            begun = ""
        else:
            found.append(whole)
            begun = ""
    return [*found, begun] if begun else found


def _is_name(clause: str) -> bool:
    """Whether a statement begins with the name that the Standard gives to its first attribute."""
    match = _ONE_TAG.match(clause)
    if match is None or match[4] or "x" in match[3]:
        return False
    return match[1].strip() == dictionary.attribute_name(int(match[2] + match[3], 16))


def _where(
    clause: str, beside: tuple[str, ...], combinations: Combinations, modules: Mapping[str, int]
) -> tuple[int, int] | None:
    """Where a clause holds, and where that is not known since its attribute has several values there."""
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        return None
    name, position = match["name"], 0
    if name.startswith("the ") and name.endswith(" Module"):
        mask = modules.get(name[4:-7])
        paths = []
    else:
        name, _, number = name.partition(" Value ") if re.search(r" Value \d+$", name) else (name, "", "")
        position = int(number or 0)
        paths = _candidates(_path(name), beside, combinations)
        mask = 0
        for path in paths:
            mask |= combinations.present(path)
    if match["state"]:
        if mask is None:
            return None
        return (mask if match["state"] == "is present" else combinations.everything & ~mask), 0
    values = [combinations.values[path] for path in paths if path in combinations.values]
    if paths and not values:
        return None
    told = 0
    for path in paths:
        told |= combinations.empty.get(path, 0)
    for known in values:
        for having in known.values():
            told |= having
    unknown = (mask or 0) & ~told
    return _with_value(match["relation"], match["value"], position, values, combinations.everything), unknown


def _path(name: str) -> str:
    """The element path that a sentence names, inner attributes first: "Code Value (0008,0100) of View Code Sequence (...)"."""
    found = []
    for before, group, element, creator in _ONE_TAG.findall(name):
        if element == "00xx":
            creator = before.partition(_PRIVATE_CREATOR)[2].strip()
        found.append(f'({group},{element},"{creator}")' if creator else f"({group},{element})")
    return "/".join(reversed(found))


def _candidates(path: str, beside: tuple[str, ...], combinations: Combinations) -> list[str]:
    """The paths of the corpus that are meant: in the same items, in the functional groups, or at the root."""
    for prefixes in ({f"{parent(place)}/" for place in beside if parent(place)}, _FUNCTIONAL_GROUPS, ("",)):
        paths = [f"{prefix}{path}" for prefix in sorted(prefixes) if combinations.present(f"{prefix}{path}")]
        if paths:
            return paths
    return []


def _with_value(relation: str, wanted: str, position: int, values: list[dict[str, int]], everything: int) -> int:
    negated = relation == "is" and wanted.startswith(("not ", "neither "))
    if negated:
        wanted = wanted.partition(" ")[2]
    listed = set(re.split(r", | or | nor ", wanted)) | {wanted}
    mask = 0
    for known in values:
        for raw, having in known.items():
            code = raw.count("\x1f") == 2
            shown = code_text(raw) if code else raw
            parts = shown.split("\\")
            if relation == "contains":
                matches = wanted in parts
            elif position:
                matches = len(parts) >= position and parts[position - 1] in listed
            else:
                matches = shown in listed or (code and shown in wanted)
            if matches:
                mask |= having
    return everything & ~mask if negated else mask
