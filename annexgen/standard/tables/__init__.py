"""The tables of the Standard as text, one fact a line: the bundled set, and sets that a person imported over it.

Each file `NAME.tsv` begins with comment lines naming edition and section; columns are separated by tabs. A table set is a folder
of such files; what a set lacks is read from the bundled one. Which set applies is a context, chosen once by the command
line (`--standard NAME`): every lookup of `annexgen.standard` answers from it.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TableSet:
    """A set of tables: its name, and its folder (None: the bundled set alone)."""

    name: str
    folder: Path | None = None

    def text(self, table: str) -> str:
        """The text of a table, from this set or else from the bundled one.

        Raises:
            FileNotFoundError: neither has it.
        """
        if self.folder is not None and (path := self.folder / f"{table}.tsv").is_file():
            return path.read_text(encoding="utf-8")
        return resources.files(__name__).joinpath(f"{table}.tsv").read_text(encoding="utf-8")


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


def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table of the selected set, as tuples of columns; lines that start with # are comments.

    Raises:
        FileNotFoundError: there is no such table.
    """
    return _rows(selected(), name)


@functools.cache
def _rows(table_set: TableSet, name: str) -> tuple[tuple[str, ...], ...]:
    text = table_set.text(name)
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


def edition(name: str) -> str:
    """The first comment line of a table: edition and section."""
    return selected().text(name).partition("\n")[0].removeprefix("#").strip()


def names(name: str) -> dict[str, tuple[str, str]]:
    """Display name and PS3.3 section by key, of the tables `modules` and `iods`."""
    return {key: (display, section) for key, display, section in rows(name)}
