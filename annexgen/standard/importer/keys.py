"""Keys of imported entries: those that the bundled tables give to the same name or section, else the name spelt as a key."""

from __future__ import annotations

import re

from annexgen.standard import tables

_CAPTION_END = re.compile(
    r"((\s+Functional Group)?\s+(Macro|Module)(\s+(Attributes?|Table|Description))*|(\s+(Attributes?|Description))+)$",
    re.I,
)
_IOD_CAPTION_END = re.compile(r"(\s+(IOD|Modules?|Table|Functional Group Macros?))+$", re.I)


def spelt(name: str) -> str:
    """A name as a key: "X-Ray 3D Angiographic Image" gives x-ray-3d-angiographic-image."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "")).strip("-")


def name_in_caption(caption: str) -> str:
    """The name of the Module or macro in the caption of its table ("Pixel Measures Macro Attributes")."""
    return _CAPTION_END.sub("", caption).strip()


def iod_in_caption(caption: str) -> str:
    """The name of the IOD in the caption of its tables ("CT Image IOD Modules")."""
    return _IOD_CAPTION_END.sub("", caption).strip()


def iod_keys(named: list[tuple[str, str]]) -> list[str]:
    """The keys of IODs from the name and section of each.

    An IOD whose name the bundled tables do not have is the bundled one of its section, unless that stands among the others:
    the Standard spells some names differently in captions.
    """
    bundled = tables.BUNDLED.names("iods")
    by_section = {section: key for key, (_, section) in bundled.items() if section}
    by_name = [spelt(name) for name, _ in named]
    taken = {key for key in by_name if key in bundled}
    keys = []
    for key, (_, section) in zip(by_name, named, strict=True):
        other = by_section.get(section)
        keys.append(other if key not in bundled and other is not None and other not in taken else key)
    return keys
