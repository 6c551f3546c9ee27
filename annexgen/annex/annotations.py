"""A person's words: what `product.toml` says about the product, its SOP Classes, tables and single cells."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.annex.model import TABLE_TOKEN, Product
from annexgen.profile.functional_groups import canonical

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

ALL = "all"
"""The SOP Class of a statement that speaks for every SOP Class."""

OWN_TABLE = "{table}"
"""What a stated text says for the table that lists the values of the attribute itself; its number may change."""

ROLE_COLUMNS = {
    "name": "SOP Class Name",
    "scu": "DIMSE SCU",
    "scp": "DIMSE SCP",
    "ua": "DICOM Web UA",
    "os": "DICOM Web OS",
    "fsc": "Media FSC",
    "fsu": "Media FSU",
    "fsr": "Media FSR",
    "create": "Create",
    "display": "Display",
    "process": "Process",
    "archive": "Archive",
}
"""Keys of a table `[sop_classes."UID"]` and the columns of Table N.1-1 that they fill (PS3.2 N.1.1)."""

STALE = "stale-annotation"
"""The code of findings about what a person said and may no longer hold."""

COUNTS = ("carriers", "present", "partial", "with_value", "empty")

_NUMBERED = re.compile(r"Table (?:N\.\d+|[A-E]|\d+)-\d+(?![\w-])")


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence when something was said: fingerprints of the cell's text and of its values, and the counts then."""

    said: str = ""
    values: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person says of one column of the rows at `path`, for the SOP Classes `sop_classes` (or ALL alone).

    `path` is an element path, a content item path, or the identity of a table (`module:KEY`, `macro:PATH`,
    `private:GGGG:CREATOR`) for its row in the IOD's own tables. `number` is its position in the file, from 1.
    """

    sop_classes: tuple[str, ...]
    path: str
    column: str
    text: str
    author: str = ""
    date: datetime.date | None = None
    seen: Seen | None = None
    number: int = 0

    def by(self) -> str:
        """Who said it and when, as far as it is known: "A. Author on 2026-03-01"."""
        name = self.author or "a person"
        return f"{name} on {self.date.isoformat()}" if self.date else name


@dataclass(frozen=True, slots=True)
class TableStatement:
    """What a person says of the table `of`: another title, not to be shown, or merged into the table `into`."""

    sop_classes: tuple[str, ...]
    of: str
    title: str = ""
    hide: bool = False
    into: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of the document (PS3.2 N.3.1): the product versions it applies to and what changed; empty is not known."""

    versions: tuple[str, ...]
    revision: str = ""
    date: datetime.date | None = None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a product file says; `roles` by SOP Class UID (or ALL) and column of Table N.1-1.

    `revisions` stand in the order of the revision history.
    """

    product: Product = field(default_factory=Product)
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    annotations: tuple[Annotation, ...] = ()
    tables: tuple[TableStatement, ...] = ()
    revisions: tuple[Revision, ...] = ()


class AnnotationIndex:
    """Finds the annotation for a cell; one that names the SOP Class goes before one for all."""

    def __init__(self, annotations: Iterable[Annotation]) -> None:
        self._by_path: dict[str, dict[str, dict[str, Annotation]]] = {}
        for one in annotations:
            columns = self._by_path.setdefault(canonical(one.path), {})
            for uid in one.sop_classes:
                columns.setdefault(one.column, {})[uid] = one

    def columns(self, path: str) -> list[str]:
        """The columns of the rows at a path that something is said of."""
        return list(self._by_path.get(path, {}))

    def find(self, sop_classes: tuple[str, ...], path: str, column: str) -> tuple[str, Annotation] | None:
        """The annotation for a cell of these SOP Classes, with the one that it was found for; () takes any."""
        said = self._by_path.get(path, {}).get(column, {})
        for uid in sop_classes:
            if uid in said:
                return uid, said[uid]
        if ALL in said:
            return (sop_classes or (ALL,))[0], said[ALL]
        if not sop_classes and said:
            uid = min(said)
            return uid, said[uid]
        return None


def fingerprint(text: str) -> str:
    """A short digest of a cell's text, the same whatever number the tables that it names have."""
    return hashlib.blake2b(unnumbered(text).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def unnumbered(text: str) -> str:
    """The text with OWN_TABLE in place of a table's number or token."""
    return _NUMBERED.sub(OWN_TABLE, TABLE_TOKEN.sub(OWN_TABLE, text))
