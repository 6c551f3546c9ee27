"""The project's own tables of the Standard as text, one fact a line; each file names its edition and section."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table, as tuples of columns; lines that start with # are comments."""
    text = resources.files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@functools.cache
def names(name: str) -> dict[str, tuple[str, str]]:
    """Display name and PS3.3 section by key, of the tables `modules` and `iods`."""
    return {key: (display, section) for key, display, section in rows(name)}


@functools.cache
def functional_group_macro_names() -> dict[int, str]:
    """Names of Functional Group Macros by the tag of their Sequence, where the name is not the Sequence's."""
    return {int(tag, 16): name for tag, name in rows("functional_group_macros")}
