"""What names things, but holds what identifies the patient of its instance: Private Creators and codes, replaced while counting.

Element paths hold Private Creators, and the places of Content Items hold codes, so these cannot wait as hashes until all is
counted. In an instance whose identifying value they hold they are counted under another name.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from annexgen.profile import content
from annexgen.profile.nodes import CODE_MACRO_TAGS
from annexgen.profile.paths import WITHHELD
from annexgen.standard import confidentiality, context_groups, dictionary

if TYPE_CHECKING:
    from annexgen.corpus.elements import RawElement
    from annexgen.profile.identity import Identity

_SCHEME_TAGS = frozenset({0x00080102, 0x00080103})


def withheld_creators(creators: frozenset[str], identity: Identity) -> frozenset[str]:
    """Those Private Creators that hold an identifying value of their instance; what dictionaries list never does."""
    return frozenset([c for c in creators if identity.named_in(c) and not _is_listed(c)])


@functools.lru_cache(maxsize=1 << 12)
def _is_listed(creator: str) -> bool:
    return dictionary.is_private_creator(creator) or confidentiality.is_safe_private_creator(creator)


def is_withheld_code(token: str, identity: Identity) -> bool:
    """Whether a code (`content.token_of`) holds an identifying value of its instance; codes of PS3.16 never do."""
    value, scheme, meaning = token.split("\x1f")
    return identity.named_in("\n".join((value, scheme, meaning))) and not context_groups.meanings_of(value, scheme)


def without_withheld_codes(elements: list[RawElement], text: content.Text, identity: Identity) -> list[RawElement]:
    """The elements of a data set, with other values in the codes that hold an identifying value of their instance.

    Args:
        elements: not changed, and returned as they are when there is no such code.
        text: how values are decoded.
        identity: of the instance.
    """
    found = elements
    for number, element in enumerate(elements):
        if isinstance(element.value, list):
            items = [without_withheld_codes(item, text, identity) for item in element.value]
            if any(new is not old for new, old in zip(items, element.value, strict=True)):
                found = list(elements) if found is elements else found
                found[number] = element._replace(value=items)
    code = content.code_of(elements, text)
    if code is None or not is_withheld_code(content.token_of(code), identity):
        return found
    kept = () if identity.named_in(code[1]) else _SCHEME_TAGS
    return [
        e._replace(value=WITHHELD.encode("ascii")) if e.tag in CODE_MACRO_TAGS and e.tag not in kept else e
        for e in found
    ]
