"""The tables of the Standard as text, one fact a line: the bundled set, and sets that a person imported over it.

Each file `NAME.tsv` begins with comment lines naming edition and section; columns are separated by tabs. A table set is a folder
of such files; what a set lacks is read from the bundled one. Which set applies is a context, chosen once by the command
line (`--standard NAME`): every lookup of `annexgen.standard` answers from it.
"""

from __future__ import annotations

import functools
import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

P = ParamSpec("P")
R = TypeVar("R")


Row = tuple[str, ...]
READING = ("basic_profile", "elements", "safe_private_attributes", "uids")
"""The tables that reading instances rests on: the privacy rule, VRs and well-known UIDs."""


@dataclass(frozen=True, slots=True)
class TableSet:
    """A set of tables: its name, and its folder (None: the bundled set alone).

    `parts` are the parts of the Standard that it was made from, with the edition of each ("3": "2025e"). `digest` stands for the
    content. `texts` are tables that the set holds itself, for a machine that has no such folder.
    """

    name: str
    folder: Path | None = None
    digest: str = ""
    parts: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    texts: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    def text(self, table: str) -> str:
        """The text of a table, from this set or else from the bundled one.

        Raises:
            FileNotFoundError: neither has it, or the set's folder is not there any more.
        """
        for name, text in self.texts:
            if name == table:
                return text
        if self.folder is not None and (path := self.folder / f"{table}.tsv").is_file():
            return path.read_text(encoding="utf-8")
        if self.folder is not None and not self.folder.is_dir():
            # The bundled table in its place would be another edition than those that were read before.
            raise FileNotFoundError(f"the tables of the set {self.name} are gone from {self.folder}; start again")
        return resources.files(__name__).joinpath(f"{table}.tsv").read_text(encoding="utf-8")

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table of this set or else of the bundled one, as tuples of columns.

        Raises:
            FileNotFoundError: neither has it.
        """
        return _rows(self, table)

    def names(self, table: str) -> dict[str, tuple[str, str]]:
        """Display name and PS3.3 section by key, of the tables `modules`, `macros` and `iods`; not to be changed."""
        return _names(self, table)

    def held(self) -> tuple[str, ...]:
        """The names of the tables in this set's own folder, sorted."""
        return tuple(sorted(file.stem for file in self.folder.glob("*.tsv"))) if self.folder is not None else ()

    def carried(self) -> TableSet:
        """This set with what reading instances needs in itself: it may travel to a machine without its folder."""
        if self.folder is None:
            return self
        return replace(
            self, folder=None, texts=tuple((name, self.text(name)) for name in READING if name in self.held())
        )


def digest_of(folder: Path) -> str:
    """A digest of the tables in a folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.glob("*.tsv")):
        digest.update(b"%s\0%d\0" % (file.name.encode(), file.stat().st_size))
        digest.update(file.read_bytes())
    return digest.hexdigest()


BUNDLED = TableSet("bundled")
_selected: ContextVar[TableSet] = ContextVar("annexgen_standard_tables", default=BUNDLED)


def selected() -> TableSet:
    """The table set that lookups answer from."""
    return _selected.get()


@contextmanager
def use(table_set: TableSet) -> Iterator[None]:
    """Answer all lookups from `table_set` while the context lasts."""
    token = _selected.set(table_set)
    try:
        yield
    finally:
        _selected.reset(token)


def per_table_set(function: Callable[P, R]) -> Callable[P, R]:
    """Cache a lookup's answers for each table set apart; positional, hashable arguments only."""
    answers: dict[tuple[object, ...], R] = {}

    @functools.wraps(function)
    def lookup(*arguments: P.args, **named: P.kwargs) -> R:
        key = (selected(), *arguments)
        if key not in answers:
            answers[key] = function(*arguments, **named)
        return answers[key]

    return lookup


def rows(name: str) -> tuple[Row, ...]:
    """The rows of a table of the selected set, as tuples of columns; lines that start with # are comments.

    Raises:
        FileNotFoundError: there is no such table.
    """
    return selected().rows(name)


@functools.cache
def _rows(table_set: TableSet, name: str) -> tuple[Row, ...]:
    text = table_set.text(name)
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@functools.cache
def _names(table_set: TableSet, table: str) -> dict[str, tuple[str, str]]:
    return {key: (display, section) for key, display, section in _rows(table_set, table)}


@per_table_set
def overlaid(name: str) -> tuple[Row, ...]:
    """The rows of a registry of the selected set, and those of the bundled one for entries (first column) that it lacks, sorted.

    An older or partial edition takes nothing away from what is known of UIDs, elements, and what is to be protected.
    """
    own = rows(name)
    if selected() == BUNDLED:
        return own
    known = {row[0] for row in own}
    return tuple(sorted((*own, *(row for row in BUNDLED.rows(name) if row[0] not in known))))


def edition(name: str) -> str:
    """The first comment line of a table: edition and section."""
    return selected().text(name).partition("\n")[0].removeprefix("#").strip()


def names(name: str) -> dict[str, tuple[str, str]]:
    """Display name and PS3.3 section by key, of the tables `modules`, `macros` and `iods`."""
    return selected().names(name)
