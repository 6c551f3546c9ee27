"""What is in memory of one SOP Class while its instances are counted, and what waits to be counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.profile.frames import Frames
from annexgen.profile.layout import Layouts
from annexgen.profile.model import SopClassProfile
from annexgen.profile.nodes import Node
from annexgen.profile.sightings import Sightings

if TYPE_CHECKING:
    from annexgen.profile.frames import Frame
    from annexgen.profile.identity import Identity
    from annexgen.profile.model import Discriminators, Limits, Origin, Shape
    from annexgen.profile.nodes import Occurrence
    from annexgen.profile.sightings import Group, Sighting


@dataclass(slots=True, eq=False)
class ShapeCell:
    """A shape with the smallest file id of its instances."""

    shape: Shape
    example: str


@dataclass(slots=True, eq=False)
class PatternCell:
    """Where instances with the same combination are counted, and where each layout of their frames is noted."""

    origins: Counter[Origin]
    shape: ShapeCell
    values: Discriminators
    references: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    creators: frozenset[str]
    frames: dict[Frame, set[Origin]] = field(default_factory=dict)


@dataclass(slots=True)
class CountedClass:
    """What is in memory of one SOP Class, and what waits to be counted."""

    profile: SopClassProfile
    root: Node
    sightings: Sightings
    frames: Frames
    layouts: Layouts
    pending: Counter[Sighting | Group] = field(default_factory=Counter)
    identities: dict[tuple[Occurrence, ...], Identity] = field(default_factory=dict)
    identifying: set[tuple[Node, str]] = field(default_factory=set)
    matches: Counter[tuple[Node, str]] = field(default_factory=Counter)
    held: int = 0
    """Bytes of private values that wait with their sightings."""
    patterns: dict[tuple[int, ...], PatternCell] = field(default_factory=dict)
    """By the numbers of single sightings."""
    grouped: dict[tuple[int, ...], PatternCell] = field(default_factory=dict)
    """The same by the numbers of sightings and groups."""
    shapes: dict[tuple[object, ...], ShapeCell] = field(default_factory=dict)
    occurrences: dict[tuple[object, ...], Occurrence] = field(default_factory=dict)


def new_class(limits: Limits, policy: str) -> CountedClass:
    """A SOP Class of which nothing was counted yet; `policy` says which values are kept."""
    root = Node("", 0, 0, None)
    sightings = Sightings(limits.text_length, policy)
    frames = Frames(limits.text_length)
    return CountedClass(SopClassProfile(), root, sightings, frames, Layouts(root, sightings, frames, policy))
