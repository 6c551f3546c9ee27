"""Everything that looks random: UIDs and random numbers that follow from seed, product and a key alone.

Every decision draws from a generator of its own, keyed by what is decided, so that a rule added to a
description leaves all other values as they were.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

_UID_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Answers which UID and which random generator belong to a key.

    Args:
        seed: the number the caller chose; another seed gives other values everywhere.
        product: the identifier of the product's description.
        uid_root: the root of every UID that the product creates (PS3.5 Section 9.1).
    """

    seed: int
    product: str
    uid_root: str

    def uid(self, key: str) -> str:
        """The UID that belongs to `key`: the root and one component of digits, at most 64 characters."""
        digest = hashlib.sha256(f"{self.seed}|{self.product}|uid|{key}".encode()).digest()
        component = int.from_bytes(digest[:16], "big") % 10**_UID_DIGITS
        return f"{self.uid_root}.{component or 1}"

    def random(self, *key: object) -> random.Random:
        """A generator whose sequence follows from the key, on every machine and Python version."""
        return random.Random(f"{self.seed}|{self.product}|" + "|".join(str(part) for part in key))
