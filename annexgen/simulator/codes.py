"""Coded entries in the notation of PS3.2: `(value, scheme, "Meaning")`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annexgen.simulator.errors import DescriptionError

_CODE = re.compile(r'^\(\s*([^,()"]+?)\s*,\s*([^,()"]+?)\s*,\s*"([^"]*)"\s*\)$')
_CODES = re.compile(r'\(\s*[^,()"]+?\s*,\s*[^,()"]+?\s*,\s*"[^"]*"\s*\)')


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A coded entry: Code Value, Coding Scheme Designator, Code Meaning (PS3.3 Section 8.8)."""

    value: str
    scheme: str
    meaning: str

    def __str__(self) -> str:
        return f'({self.value}, {self.scheme}, "{self.meaning}")'


def is_code(text: object) -> bool:
    """Whether the text is one coded entry."""
    return isinstance(text, str) and _CODE.match(text.strip()) is not None


def parse_code(text: str) -> Code:
    """Read one coded entry; raises DescriptionError when the text is none."""
    found = _CODE.match(text.strip())
    if found is None:
        raise DescriptionError(f'not a code of the form (value, scheme, "Meaning"): {text!r}')
    return Code(found[1], found[2], found[3])


def parse_codes(text: str) -> tuple[Code, ...]:
    """Read coded entries separated by semicolons; raises DescriptionError when anything else is there."""
    found = _CODES.findall(text)
    if not found or _CODES.sub("", text).strip(" ;"):
        raise DescriptionError(f'not a list of codes (value, scheme, "Meaning"); ...: {text!r}')
    return tuple(parse_code(code) for code in found)
