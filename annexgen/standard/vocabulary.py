"""The words that the Standard itself uses: in names of attributes and Modules, and in the meanings of codes (PS3.3, PS3.6, PS3.16)."""

from __future__ import annotations

import re
from itertools import chain

from annexgen.standard import dictionary, tables

_WORDS = re.compile(r"[^\W\d_]{3,}")


def is_word(word: str) -> bool:
    """Whether a word, in lower case, is one that the Standard uses. A text with it need not speak of a person of that name."""
    return word in _words()


@tables.per_table_set
def _words() -> frozenset[str]:
    texts = chain(
        dictionary.attribute_names(),
        (row[0] for row in tables.names("modules").values()),
        (row[-1] for row in tables.rows("codes")),
        (row[-1] for row in tables.rows("context_group_codes")),
    )
    return frozenset(chain.from_iterable(_WORDS.findall(text.casefold()) for text in texts))
