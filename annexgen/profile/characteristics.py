"""What an instance says of its own private elements: Private Data Element Characteristics Sequence (0008,0300) (PS3.3 C.12.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from annexgen.corpus.elements import NO_CREATOR, ElementReader
from annexgen.corpus.values import decode
from annexgen.profile.paths import WITHHELD

if TYPE_CHECKING:
    from annexgen.corpus.elements import Encoding, RawElement

TAG = 0x00080300
PATH = "(0008,0300)"
FACET = "characteristics"
"""Name of the facet of that Sequence that counts instances by statement (`Statement.token`)."""
_GROUP = 0x00080301
_CREATOR = 0x00080302
_STATUS = 0x00080303
_NONIDENTIFYING = 0x00080304
_ELEMENT = 0x00080308
_VM = 0x00080309
_VR = 0x0008030A
_DEFINITIONS = 0x00080310
STATUSES = ("SAFE", "UNSAFE", "MIXED")
_VALUE_REPRESENTATIONS = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One item: a Private Creator and group, its block status, the elements that are safe, and (VR, VM) by element."""

    group: int
    creator: str
    status: str
    safe: tuple[int, ...]
    definitions: tuple[tuple[int, str, str], ...]

    @property
    def token(self) -> str:
        """The statement as the text of a facet; it holds no value but the Private Creator, as element paths do."""
        safe = ",".join(f"{element:02X}" for element in self.safe)
        definitions = ",".join(f"{element:02X} {vr} {vm}" for element, vr, vm in self.definitions)
        return "\x1f".join((f"{self.group:04X}", self.creator, self.status, safe, definitions))

    @classmethod
    def of(cls, token: str) -> Statement:
        """The statement of a token."""
        group, creator, status, safe, definitions = token.split("\x1f")
        read = [definition.split(" ") for definition in definitions.split(",") if definition]
        return cls(
            int(group, 16),
            creator,
            status,
            tuple(int(element, 16) for element in safe.split(",") if element),
            tuple((int(element, 16), vr, vm) for element, vr, vm in read),
        )

    def status_of(self, element: int) -> str:
        """SAFE or UNSAFE for an element (its last byte); "" when the item has no valid status."""
        if self.status == "MIXED":
            return "SAFE" if element in self.safe else "UNSAFE"
        return self.status


def statements_of(items: list[list[RawElement]], little_endian: bool) -> list[Statement]:
    """What the items of the Sequence state; one that names no group and creator is passed over."""
    return [s for s in (_statement(item, little_endian) for item in items) if s is not None]


def facets_of(statements: list[Statement], withheld: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """The facets that statements give.

    Args:
        statements: of one instance.
        withheld: Private Creators that may not be printed.
    """
    named = [replace(s, creator=WITHHELD) if s.creator in withheld else s for s in statements]
    return tuple(dict.fromkeys((FACET, s.token) for s in named))


def facets_in(raw: bytes, encoding: Encoding) -> tuple[tuple[str, str], ...]:
    """The same for the element as it lies in a file."""
    for element in ElementReader(raw, encoding).read(0):
        if element.tag == TAG and isinstance(element.value, list):
            return facets_of(statements_of(element.value, encoding.little_endian))
    return ()


def _statement(item: list[RawElement], little_endian: bool) -> Statement | None:
    by_tag = {element.tag: element for element in item}
    groups = _numbers(by_tag.get(_GROUP), little_endian)
    creator = by_tag.get(_CREATOR)
    if not groups or creator is None or not isinstance(creator.value, bytes):
        return None
    status = _text(by_tag.get(_STATUS))
    definitions = []
    described = by_tag.get(_DEFINITIONS)
    for definition in described.value if described is not None and isinstance(described.value, list) else []:
        of = {element.tag: element for element in definition}
        elements = _numbers(of.get(_ELEMENT), little_endian)
        vr = _text(of.get(_VR))
        if elements and _VALUE_REPRESENTATIONS.fullmatch(vr):
            definitions.append((elements[0] & 0xFF, vr, multiplicity_text(_numbers(of.get(_VM), little_endian))))
    name = creator.value.decode("latin-1").strip(" \0").translate(NO_CREATOR)
    return Statement(
        groups[0],
        name,
        status if status in STATUSES else "",
        tuple(sorted({n & 0xFF for n in _numbers(by_tag.get(_NONIDENTIFYING), little_endian)})),
        tuple(sorted(definitions)),
    )


def multiplicity_text(numbers: tuple[int, ...]) -> str:
    """A Value Multiplicity as PS3.6 writes it; (1, 0, 1) is 1-n, (3, 0, 3) is 3-3n; "?" when there is none."""
    if not numbers:
        return "?"
    low, high, step = (*numbers, numbers[0], 1)[:3] if len(numbers) != 2 else (*numbers, 1)
    if high == 0:
        return f"{low}-{step if step > 1 else ''}n"
    return str(low) if low == high else f"{low}-{high}"


def multiplicity_numbers(text: str) -> tuple[int, ...]:
    """The values of Private Data Element Value Multiplicity (0008,0309) for a VM as PS3.6 writes it."""
    low, _, high = text.partition("-")
    if not low.isdigit():
        return (1, 0, 1)
    if not high:
        return (int(low),)
    if high.endswith("n"):
        return (int(low), 0, int(high[:-1] or "1"))
    return (int(low), int(high), 1)


def _numbers(element: RawElement | None, little_endian: bool) -> tuple[int, ...]:
    if element is None or not isinstance(element.value, bytes):
        return ()
    return tuple(int(v) for v in decode(element.vr, element.value, (), little_endian) if v.isdigit())


def _text(element: RawElement | None) -> str:
    if element is None or not isinstance(element.value, bytes):
        return ""
    return element.value.decode("latin-1").strip(" \0")
