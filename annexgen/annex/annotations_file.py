"""Reads `product.toml`: product facts, roles, annotations and what is said of tables."""

from __future__ import annotations

import datetime
import tomllib
from typing import TYPE_CHECKING, Any

from annexgen.annex.annotations import (
    ALL,
    COUNTS,
    ROLE_COLUMNS,
    Annotation,
    Revision,
    Seen,
    Statements,
    TableStatement,
)
from annexgen.annex.annotations_check import EDITABLE, TITLES, outside_vocabulary
from annexgen.annex.model import Product
from annexgen.profile.functional_groups import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ANNOTATION = ("sop_class", "path", "column", "text", "author", "date", "evidence")
_TABLE = ("sop_class", "of", "title", "hide", "into", "author", "date", "comment")
_REVISION = ("revision", "date", "versions", "change")
BYTE_ORDER_MARK = "\ufeff"
"""What some editors write at the beginning of UTF-8 text; it is no part of what a person says."""
_IDENTITIES = ("module:", "macro:", "private:")


class ProductFileError(ValueError):
    """A product file that cannot be understood; the message says where and why."""


def load(path: Path) -> Statements:
    """What a product file says.

    Errors: `ProductFileError`, which names the file and the place, when it is not readable, is no TOML, has an unknown key, or
    says what the vocabulary of PS3.2 Annex N does not have.
    """
    try:
        return loads(path.read_text(encoding="utf-8").removeprefix(BYTE_ORDER_MARK))
    except (OSError, UnicodeDecodeError) as error:
        raise ProductFileError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    except ProductFileError as error:
        raise ProductFileError(f"{path}: {error}") from error


def loads(text: str) -> Statements:
    """What the text of a product file says; errors as of `load`."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Beside what is no TOML: numbers of thousands of digits, and lists in lists in lists.
        raise ProductFileError(f"not TOML: {error}") from error
    _known(document, ("product", "revision", "sop_classes", "annotation", "table"), "the file")
    annotations = tuple(_annotation(e, n) for n, e in enumerate(_entries(document, "annotation"), 1))
    _once(annotations)
    return Statements(
        product=_product(_table(document.get("product", {}), "[product]")),
        roles=_roles(_table(document.get("sop_classes", {}), "[sop_classes]")),
        annotations=annotations,
        tables=tuple(_statement(e, n) for n, e in enumerate(_entries(document, "table"), 1)),
        revisions=tuple(_revision(e, n) for n, e in enumerate(_entries(document, "revision"), 1)),
    )


def _product(entry: dict[str, Any]) -> Product:
    where = "[product]"
    _known(entry, ("name", "manufacturer", "versions"), where)
    return Product(_text(entry, "name", where), _text(entry, "manufacturer", where), _versions(entry, where))


def _versions(entry: dict[str, Any], where: str) -> tuple[str, ...]:
    versions = entry.get("versions", [])
    if not isinstance(versions, list) or not all(isinstance(v, str) for v in versions):
        raise ProductFileError(f"{where}: versions is not a list of texts")
    return tuple(v for v in versions if v.strip())


def _roles(entries: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for uid, entry in entries.items():
        where = f'[sop_classes."{uid}"]'
        roles = _table(entry, where)
        _known(roles, ROLE_COLUMNS, where)
        found[uid] = {}
        for key, column in ROLE_COLUMNS.items():
            text = _text(roles, key, where)
            wrong = outside_vocabulary(column, text) if text and key != "name" else ""
            if wrong:
                raise ProductFileError(f"{where}: {key}: {wrong}")
            if text:
                found[uid][column] = text
    return found


def _annotation(entry: dict[str, Any], number: int) -> Annotation:
    where = f"annotation {number}"
    _known(entry, _ANNOTATION, where)
    column, text = _text(entry, "column", where), _text(entry, "text", where)
    if column in TITLES:
        raise ProductFileError(f"{where}: the {column} is the title of a table: write it as title of a [[table]]")
    if column in ROLE_COLUMNS.values():
        raise ProductFileError(f'{where}: the {column} of a SOP Class is written in [sop_classes."UID"]')
    if column not in EDITABLE:
        raise ProductFileError(f"{where}: {column!r} is no column that a person can fill in")
    wrong = outside_vocabulary(column, text)
    if wrong:
        raise ProductFileError(f"{where}: {wrong}")
    path = _text(entry, "path", where)
    if not path:
        raise ProductFileError(f"{where}: path is missing")
    return Annotation(
        _sop_classes(entry, where),
        path,
        column,
        text,
        _text(entry, "author", where),
        _date(entry, where),
        _seen(entry.get("evidence"), where),
        number,
    )


def _seen(entry: object, where: str) -> Seen | None:
    if entry is None:
        return None
    evidence = _table(entry, f"{where}: evidence")
    _known(evidence, ("said", "values", *COUNTS), f"{where}: evidence")
    counts = {name: evidence[name] for name in COUNTS if name in evidence}
    if not all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in counts.values()):
        raise ProductFileError(f"{where}: evidence holds what is no count")
    return Seen(_text(evidence, "said", where), _text(evidence, "values", where), counts)


def _revision(entry: dict[str, Any], number: int) -> Revision:
    where = f"revision {number}"
    _known(entry, _REVISION, where)
    versions = _versions(entry, where)
    if not versions:
        raise ProductFileError(f"{where}: versions is missing: the product versions that it applies to")
    return Revision(versions, _text(entry, "revision", where), _date(entry, where), _text(entry, "change", where))


def _date(entry: dict[str, Any], where: str) -> datetime.date | None:
    date = entry.get("date")
    if date is None or (isinstance(date, datetime.date) and not isinstance(date, datetime.datetime)):
        return date
    raise ProductFileError(f"{where}: date is not a date such as 2026-03-01")


def _statement(entry: dict[str, Any], number: int) -> TableStatement:
    where = f"table {number}"
    _known(entry, _TABLE, where)
    of, into, hide = _text(entry, "of", where), _text(entry, "into", where), entry.get("hide", False)
    for name, identity in (("of", of), ("into", into)):
        if identity and not identity.startswith(_IDENTITIES):
            raise ProductFileError(
                f"{where}: {name} is {identity!r}, which begins with none of {', '.join(_IDENTITIES)}"
            )
    if not of:
        raise ProductFileError(f"{where}: of is missing")
    if not isinstance(hide, bool):
        raise ProductFileError(f"{where}: hide is neither true nor false")
    if into and (hide or into == of or into.partition(":")[0] != of.partition(":")[0]):
        raise ProductFileError(
            f"{where}: {of} cannot be merged into {into} (another table of the same kind, not hidden)"
        )
    return TableStatement(_sop_classes(entry, where), of, _text(entry, "title", where), hide, into, number)


def _sop_classes(entry: dict[str, Any], where: str) -> tuple[str, ...]:
    value = entry.get("sop_class", ALL)
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n for n in names):
        raise ProductFileError(f'{where}: sop_class is not a UID, a list of UIDs or "all"')
    if ALL in names and len(names) > 1:
        raise ProductFileError(f'{where}: sop_class names UIDs beside "all"')
    return tuple(dict.fromkeys(names))


def _once(annotations: Iterable[Annotation]) -> None:
    """Refuse two annotations for the same cell."""
    known: dict[tuple[str, str, str], int] = {}
    for one in annotations:
        for uid in one.sop_classes:
            first = known.setdefault((uid, canonical(one.path), one.column), one.number)
            if first != one.number:
                raise ProductFileError(
                    f"annotations {first} and {one.number} both say the {one.column} of {one.path} for {uid}"
                )


def _entries(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise ProductFileError(f"{name} is written [[{name}]], once for each")
    return [_table(entry, f"{name} {n}") for n, entry in enumerate(entries, 1)]


def _known(entry: dict[str, Any], names: Iterable[str], where: str) -> None:
    stray = [key for key in entry if key not in names]
    if stray:
        raise ProductFileError(f"{where}: {stray[0]!r} is not known; known: {', '.join(names)}")


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProductFileError(f"{where} is not a table")
    return value


def _text(entry: dict[str, Any], name: str, where: str) -> str:
    value = entry.get(name, "")
    if not isinstance(value, str):
        raise ProductFileError(f"{where}: {name} is not a text")
    if any(ord(character) < 32 and character not in "\n\t" for character in value):
        raise ProductFileError(f"{where}: {name} holds a control character")
    return value.strip()
