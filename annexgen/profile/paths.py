"""Element paths: how a place in the data set is named, and how such a name is taken apart (docs/architecture.md)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

WITHHELD = "WITHHELD"
"""Stands for a Private Creator, or for the parts of a code, that holds an identifying value of its instance."""
_STEP = re.compile(r'\(([0-9A-F]{4}),([0-9A-Fx]{4})(?:,"([^"]*)")?\)(?:\[([^\]]*)\])?(?:/|$)')


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an element path: group, element ("0010", "xx43", "00xx"), Private Creator, Directory Record Type."""

    group: int
    element: str
    creator: str = ""
    record_type: str = ""

    @property
    def private(self) -> bool:
        """Whether it is a private element or a Private Creator element."""
        return bool(self.group & 1)

    @property
    def is_creator(self) -> bool:
        """Whether it is a Private Creator element."""
        return self.element == "00xx"

    @property
    def tag(self) -> int:
        """The tag of a standard element; 0 for a private one."""
        return 0 if self.private else self.group << 16 | int(self.element, 16)

    @property
    def shown_tag(self) -> str:
        """The tag as the annexes print it: (0029,xx43)."""
        return f"({self.group:04X},{self.element})"


@functools.lru_cache(maxsize=1 << 16)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of an element path, outermost first; none for the path of a Content Item."""
    if not path.startswith("("):
        return ()
    return tuple(Step(int(m[1], 16), m[2], m[3] or "", m[4] or "") for m in _STEP.finditer(path))


@functools.lru_cache(maxsize=1 << 16)
def parent(path: str) -> str:
    """The path of the Sequence around an element ("" at the root), its Directory Record Type kept."""
    matches = list(_STEP.finditer(path))
    return path[: matches[-1].start()].removesuffix("/") if len(matches) > 1 else ""


def standard_path(tags: tuple[int, ...]) -> str:
    """The element path of standard tags."""
    return "/".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in tags)
