"""Where functional groups stand: the Sequences at the root of an instance whose items hold them (PS3.3 C.7.6.16, C.7.6.27, C.7.6.29)."""

from __future__ import annotations

from annexgen.profile.paths import standard_path
from annexgen.standard import iods

SHARED = standard_path((iods.SHARED_FUNCTIONAL_GROUPS,))
OF_FRAMES = tuple(standard_path((tag,)) for tag in iods.FUNCTIONAL_GROUPS_OF_FRAMES)
"""The Sequences whose items are of single frames: of each, of those selected, or of the current one."""
_SELECTED_FRAME_NUMBER = standard_path((iods.SELECTED_FRAME_FUNCTIONAL_GROUPS, 0x30020100))
"""Says of which frame an item is. It is an attribute of the Sparse Multi-frame Functional Groups Module, not of a macro."""
_LENGTH = len(SHARED) + 1
_PREFIXES = frozenset(f"{outer}/" for outer in (SHARED, *OF_FRAMES))


def sequence_of(path: str) -> str:
    """The path of the Sequence whose functional groups an attribute is in; empty where it is in none."""
    prefix = path[:_LENGTH]
    return prefix[:-1] if prefix in _PREFIXES and path != _SELECTED_FRAME_NUMBER else ""


def relative_path(path: str) -> str:
    """The path of an attribute as frames have it: without the Sequence of the functional groups that it is in."""
    return path[_LENGTH:] if sequence_of(path) else path


def canonical(path: str) -> str:
    """The path of an attribute as if the functional groups that it is in were shared by all frames."""
    return f"{SHARED}/{path[_LENGTH:]}" if sequence_of(path) else path
