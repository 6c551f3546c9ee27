"""What a person's private dictionary says beside an audit: names of attributes, and where it differs from what is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annexgen.profile.nodes import UNKNOWN_CREATOR

if TYPE_CHECKING:
    from annexgen.annex.disclosure import Disclosed, Key
    from annexgen.profile.model import Range
    from annexgen.standard.private_dictionary import PrivateDictionary, PrivateEntry


def name_in(dictionary: PrivateDictionary, key: Key, disclosed: Disclosed | None) -> str:
    """What an attribute is called: as it is disclosed, else as a dictionary names it, pydicom's the last; "" without a name."""
    if disclosed is not None and disclosed.names:
        return "; ".join(sorted(disclosed.names))
    group, creator, element = key
    entry = None if creator == UNKNOWN_CREATOR else dictionary.name(creator, group, element)
    return entry.name if entry is not None else ""


def described_by(dictionary: PrivateDictionary, key: Key) -> str:
    """The end of a sentence that says which sources of a person's dictionary describe an attribute; "" when none does."""
    sources = list(dict.fromkeys(entry.source for entry in _entries(dictionary, key)))
    return f"; the private dictionary describes it ({', '.join(sources)})" if sources else ""


def differences_from(
    dictionary: PrivateDictionary, key: Key, vrs: set[str], multiplicity: Range | None, disclosed: Disclosed | None
) -> list[str]:
    """Where a person's dictionary says another VR or VM than is written, or another name than is disclosed, in words.

    Arguments: `vrs` are those that the files state, UN left out.
    """
    found = []
    for entry in _entries(dictionary, key):
        others = sorted(vrs - {entry.vr})
        if entry.vr not in ("", "UN") and others:
            found.append(
                f"VR {', '.join(others)} is written, but the private dictionary says {entry.vr} ({entry.source})"
            )
        if entry.vm and multiplicity and not within(multiplicity, entry.vm):
            written = range_text(multiplicity)
            found.append(f"VM {written} is written, but the private dictionary says {entry.vm} ({entry.source})")
        names = sorted(disclosed.names) if disclosed is not None else []
        if entry.name and names and entry.name.casefold() not in map(str.casefold, names):
            shown = "; ".join(names)
            found.append(f"is disclosed as {shown}, but the private dictionary says {entry.name} ({entry.source})")
    return found


def range_text(seen: Range) -> str:
    """A range of VM in words: 1, 2-3."""
    low, high = seen
    return str(low) if low == high else f"{low}-{high}"


def within(seen: Range, vm: str) -> bool:
    """Whether a range of VM lies in one as PS3.6 writes it; what cannot be understood contradicts nothing."""
    match = re.fullmatch(r"(\d+)(?:-(\d*)(n?))?", vm.replace(" ", ""))
    if match is None:
        return True
    low = int(match[1])
    if match[2] is None:
        return seen == (low, low)
    return low <= seen[0] and (bool(match[3]) or seen[1] <= int(match[2] or low))


def _entries(dictionary: PrivateDictionary, key: Key) -> tuple[PrivateEntry, ...]:
    """What a person says of an attribute; pydicom's entries are no documentation of the product."""
    group, creator, element = key
    return dictionary.entries.get((creator, group, element), ())
