"""Which attributes the conditions of PS3.3 speak of: taken from the descriptions of the older edition, tags and Value numbers only."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from annexgen.standard import dictionary, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path as FilePath

CONDITIONAL = ("1C", "2C")
_MARKUP = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r"(?<=[.:]) +(?=[A-Z])")
_CONDITION = re.compile(r"\b(required|present|presence)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:[^()]{0,20}?\bValue (\d))?", re.IGNORECASE)


def rows(folder: FilePath) -> list[tuple[str, str]]:
    """Tag of an attribute, or of a Functional Group Macro's Sequence, or key of a Module; and what its conditions speak of.

    What is spoken of is a tag, followed by `:` and the number of a Value where the condition is about that one.

    Arguments:
        folder: of the older edition's JSON files.
    """
    found: dict[str, set[str]] = defaultdict(set)
    roots: dict[str, str] = {}
    known = tables.names("modules")
    for name, owner in (("module_to_attributes", "moduleId"), ("macro_to_attributes", "macroId")):
        for entry in _entries(folder, name):
            roots.setdefault(entry[owner], _tag(entry["tag"]))
            if entry["type"] in CONDITIONAL:
                found[_tag(entry["tag"])].update(_spoken_of(_sentences(entry["description"])))
    for entry in _entries(folder, "ciod_to_fg_macros"):
        if entry["macroId"] in roots:
            found[roots[entry["macroId"]]].update(_spoken_of([entry["conditionalStatement"] or ""]))
    for entry in _entries(folder, "ciod_to_modules"):
        if entry["moduleId"] in known:
            found[entry["moduleId"]].update(_spoken_of([entry["conditionalStatement"] or ""]))
    told = {key: sorted(one for one in spoken if one.partition(":")[0] != key) for key, spoken in found.items()}
    return sorted((key, " ".join(spoken)) for key, spoken in told.items() if spoken)


def _entries(folder: FilePath, name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return entries


def _tag(text: str) -> str:
    return text.strip("()").replace(",", "").upper().replace("X", "0")


def _sentences(description: str) -> Iterator[str]:
    text = " ".join(_MARKUP.sub(" ", description).split())
    return (sentence for sentence in _SENTENCE.split(text) if _CONDITION.search(sentence))


def _spoken_of(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        for group, element, number in _ATTRIBUTE.findall(sentence):
            if dictionary.lookup(int(f"{group}{element}", 16)) is not None:  # the text has misprints
                yield f"{group}{element}".upper() + (f":{number}" if number else "")
