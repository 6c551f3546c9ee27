"""What names things, but holds what identifies the patient of its instance: Private Creators, codes, types; replaced while counting.

Element paths hold Private Creators and Directory Record Types, and the places of Content Items hold codes, Value Types, relationships
and templates, so these cannot wait as hashes until all is counted. In an instance whose identifying value they hold they are counted under another name.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from annexgen.profile import content
from annexgen.profile.nodes import CODE_MACRO_TAGS
from annexgen.profile.paths import WITHHELD
from annexgen.standard import confidentiality, context_groups, dictionary
from annexgen.standard.directory_records import directory_record_types

if TYPE_CHECKING:
    from annexgen.corpus.elements import RawElement
    from annexgen.profile.identity import Identity

_SCHEME_TAGS = frozenset({0x00080102, 0x00080103})
_TERM_TAGS = frozenset(
    {content.VALUE_TYPE, content.RELATIONSHIP, 0x0040A050, 0x00700023, 0x0040A130, 0x0040DB00, 0x00080105}
)
"""Value Type, Relationship Type, Continuity of Content, Graphic Type, Temporal Range Type, Template Identifier, Mapping Resource."""
_TERMS = frozenset(
    (
        *content.VALUE_TAGS,
        "CONTAINER",
        "SEPARATE",
        "CONTINUOUS",
        "DCMR",
        "CONTAINS",
        "HAS OBS CONTEXT",
        "HAS ACQ CONTEXT",
        "HAS CONCEPT MOD",
        "HAS PROPERTIES",
        "INFERRED FROM",
        "SELECTED FROM",
        "POINT",
        "MULTIPOINT",
        "POLYLINE",
        "CIRCLE",
        "ELLIPSE",
        "POLYGON",
        "ELLIPSOID",
        "SEGMENT",
        "MULTISEGMENT",
        "BEGIN",
        "END",
    )
)
"""PS3.3 sections C.17.3.2.1, C.17.3.2.4, C.18.6.1.2, C.18.9.1.2 and C.18.7.1.1."""
_OF_TEMPLATE = re.compile(r"[0-9]{1,5}[A-Z]?")
"""The number of a template of PS3.16."""


def withheld_creators(creators: frozenset[str], identity: Identity) -> frozenset[str]:
    """Those Private Creators and Directory Record Types that hold an identifying value of their instance.

    What dictionaries and the Standard list never does.
    """
    return frozenset([c for c in creators if identity.named_in(c) and not _is_listed(c)])


@functools.lru_cache(maxsize=1 << 12)
def _is_listed(creator: str) -> bool:
    return (
        dictionary.is_private_creator(creator)
        or confidentiality.is_safe_private_creator(creator)
        or creator in directory_record_types()
    )


def has_code(elements: list[RawElement]) -> bool:
    """Whether a data set has attributes of the code macro, at any depth."""
    return any(
        element.tag in CODE_MACRO_TAGS
        or (isinstance(element.value, list) and any(has_code(item) for item in element.value))
        for element in elements
    )


def is_withheld_code(token: str, identity: Identity) -> bool:
    """Whether a code (`content.token_of`) holds an identifying value of its instance.

    Codes of PS3.16 never do with the meaning that PS3.16 gives them; what a product writes as their meaning may.
    """
    value, scheme, meaning = token.split("\x1f")
    meanings = context_groups.meanings_of(value, scheme)
    if meaning in meanings:
        return False
    return identity.named_in(meaning if meanings else "\n".join((value, scheme, meaning)))


def is_withheld_term(text: str, identity: Identity) -> bool:
    """Whether a code string that places in a document are named by holds an identifying value; terms of the Standard never do."""
    return text not in _TERMS and not _OF_TEMPLATE.fullmatch(text) and identity.is_named(text)


def without_withheld_names(elements: list[RawElement], text: content.Text, identity: Identity) -> list[RawElement]:
    """The elements of a document, with other values in the codes and terms that hold an identifying value of their instance.

    Args:
        elements: not changed, and returned as they are when there is no such value.
        text: how values are decoded.
        identity: of the instance.
    """
    found = elements
    for number, element in enumerate(elements):
        if isinstance(element.value, list):
            items = [without_withheld_names(item, text, identity) for item in element.value]
            if any(new is not old for new, old in zip(items, element.value, strict=True)):
                found = list(elements) if found is elements else found
                found[number] = element._replace(value=items)
        elif element.tag in _TERM_TAGS and is_withheld_term("\\".join(text(element)), identity):
            found = list(elements) if found is elements else found
            found[number] = element._replace(value=WITHHELD.encode("ascii"))
    code = content.code_of(elements, text)
    if code is None or not is_withheld_code(content.token_of(code), identity):
        return found
    kept = () if identity.named_in(code[1]) else _SCHEME_TAGS
    return [
        e._replace(value=WITHHELD.encode("ascii")) if e.tag in CODE_MACRO_TAGS and e.tag not in kept else e
        for e in found
    ]
