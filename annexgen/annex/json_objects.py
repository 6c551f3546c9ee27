"""Reads the objects of a JSON document field by field: each with its type, and with its place in the message where it is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_T = TypeVar("_T")


class AnnexFormatError(ValueError):
    """The text is no annex.json of this format version; the message says where it breaks and why."""


def parsed(text: str) -> object:
    """The JSON document that a text holds; a field that stands twice and NaN or Infinity are refused.

    Raises:
        AnnexFormatError: the text is no such document.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
    except AnnexFormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise AnnexFormatError(f"not a JSON document: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise AnnexFormatError(f"not a JSON document: {name} is no number of JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise AnnexFormatError(f"the field {twice!r} stands twice in one object")
    return found


class JsonObject:
    """A JSON object being read: hands out its fields with their types and knows the place for the message."""

    def __init__(self, value: object, where: str, fields: Iterable[str]) -> None:
        self.where = where
        if not isinstance(value, dict):
            raise AnnexFormatError(f"{where or 'the document'} is not an object")
        self.value = value
        expected = set(fields)
        missing, unknown = sorted(expected - value.keys()), sorted(value.keys() - expected)
        if missing:
            raise AnnexFormatError(f"{self._at(missing[0])} is missing")
        if unknown:
            raise AnnexFormatError(f"{self._at(unknown[0])} is not known")

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def text(self, name: str) -> str:
        return text_of(self.value[name], self._at(name))

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise AnnexFormatError(f"{self._at(name)} is {value!r}, not one of {', '.join(allowed)}")
        return value

    def integer(self, name: str) -> int:
        value = self.value[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise AnnexFormatError(f"{self._at(name)} is not a count")
        return value

    def truth(self, name: str) -> bool:
        value = self.value[name]
        if not isinstance(value, bool):
            raise AnnexFormatError(f"{self._at(name)} is neither true nor false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return self.each(name, text_of)

    def each(self, name: str, read: Callable[[Any, str], _T]) -> tuple[_T, ...]:
        value = self.value[name]
        where = self._at(name)
        if not isinstance(value, list):
            raise AnnexFormatError(f"{where} is not a list")
        return tuple(read(item, f"{where}[{n}]") for n, item in enumerate(value))

    def mapping(self, name: str, read: Callable[[Any, str], _T]) -> dict[str, _T]:
        value = self.value[name]
        where = self._at(name)
        if not isinstance(value, dict):
            raise AnnexFormatError(f"{where} is not an object")
        return {key: read(item, f"{where}.{key}") for key, item in value.items()}


def text_of(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise AnnexFormatError(f"{where} is not a text")
    return value


def not_empty(value: object, where: str) -> str:
    if not (text := text_of(value, where)):
        raise AnnexFormatError(f"{where} is empty")
    return text


def number(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise AnnexFormatError(f"{where} is not a number")
    return value
