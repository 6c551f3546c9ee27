"""Element paths: keywords, tags and private elements with their Private Creator.

An element path names a place in a data set without item numbers and without the private block:
`(5200,9229)/(0028,9110)/(0028,0030)`, `(0029,xx43,"ACME CT PARAMETERS")`; a Private Creator element itself is
`(0029,00xx,"ACME CT PARAMETERS")` (blocks: PS3.5 Section 7.8.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from annexgen.simulator.errors import DescriptionError

_STEP = re.compile(r'\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)|\(([0-9A-Fa-f]{4}),xx([0-9A-Fa-f]{2}),"([^"]+)"\)|(\w+)')
SHARED_FUNCTIONAL_GROUPS = "(5200,9229)"
PER_FRAME_FUNCTIONAL_GROUPS = "(5200,9230)"
CONTENT_SEQUENCE = "(0040,A730)"
DIRECTORY_RECORD_SEQUENCE = "(0004,1220)"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an element path; `element` is the last byte when there is a Private Creator."""

    group: int
    element: int
    creator: str = ""

    @property
    def key(self) -> str:
        """The step as it stands in an element path."""
        if self.creator:
            return f'({self.group:04X},xx{self.element:02X},"{self.creator}")'
        return f"({self.group:04X},{self.element:04X})"

    @property
    def creator_key(self) -> str:
        """The step of the Private Creator element that this private element needs."""
        return f'({self.group:04X},00xx,"{self.creator}")'

    def tag(self, block: int = 0) -> int:
        """The tag, with the private block where there is a Private Creator."""
        if self.creator:
            return self.group << 16 | block << 8 | self.element
        return self.group << 16 | self.element


@cache
def parse_step(text: str) -> Step:
    """Read one step: a keyword of PS3.6, a tag, or a private element.

    Raises:
        DescriptionError: the text is no step, or the keyword is not in PS3.6.
    """
    found = _STEP.fullmatch(text.strip())
    if found is None:
        raise DescriptionError(f"not a step of an element path: {text!r}")
    group, element, private_group, byte, creator, keyword = found.groups()
    if group:
        return Step(int(group, 16), int(element, 16))
    if private_group:
        return Step(int(private_group, 16), int(byte, 16), creator)
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    if tag is None:
        raise DescriptionError(f"no keyword of PS3.6: {keyword!r}")
    return Step(tag >> 16, tag & 0xFFFF)


@cache
def parse_path(text: str) -> tuple[Step, ...]:
    """Read an element path, its steps separated by slashes (a slash may stand in a Private Creator)."""
    steps = re.split(r'/(?=(?:[^"]*"[^"]*")*[^"]*$)', text)
    return tuple(parse_step(step) for step in steps)


def value_representation(step: Step) -> str:
    """The VR of a public element as PS3.6 has it (may be ambiguous, as "US or SS"), or "" when unknown."""
    if step.creator:
        return ""
    from pydicom.datadict import dictionary_VR

    try:
        return str(dictionary_VR(step.tag()))
    except KeyError:
        return ""
