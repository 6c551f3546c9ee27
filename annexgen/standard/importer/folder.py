"""A folder of the Standard's DocBook files made into a table set: all of it, or nothing and the old set stays."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.standard import attribute_tables, context_groups, dictionary, iods, sets, tables, templates
from annexgen.standard.importer import docbook, part03, part04, part06, part15, part16
from annexgen.standard.importer.docbook import DocBookError

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[str, ...]
PARTS = ("3", "4", "6", "15", "16")
UNFINISHED = "unfinished-"
YOUNG = 3600.0
"""Seconds for which what an import left is not removed by the next one."""

_FILE = re.compile(r"part(\d\d)\b.*\.xml|part(\d\d)_.*\.xml", re.I)


@dataclass(frozen=True, slots=True)
class ImportedPart:
    """What one file gave: part of the Standard, edition, file, rows by table, and notes on what it leaves open."""

    part: str
    edition: str
    path: Path
    rows: Mapping[str, int]
    notes: tuple[str, ...]


def import_folder(source: Path, name: str) -> tuple[ImportedPart, ...]:
    """Make the table set `name` of the DocBook files in and below a folder; a set of that name is replaced when all went well.

    Raises:
        DocBookError: no file of the Standard is there, or one is damaged; nothing was changed.
        SetError: the name cannot be used.
        OSError: the set cannot be written.
    """
    sets.check_name(name)
    with tables.use(tables.BUNDLED):
        texts, parts = _tables_of(files_of(source), name)
    place = sets.root() / name
    place.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=place))
    try:
        for table, text in texts.items():
            (unfinished / f"{table}.tsv").write_text(text, encoding="utf-8", newline="\n")
        digest = tables.digest_of(unfinished)
        _check(tables.TableSet(name, unfinished, digest))
        _put(unfinished, place, digest, {part.part: part.edition for part in parts})
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return parts


def files_of(source: Path) -> dict[str, Path]:
    """The file of each part that is read, in and below a folder; or a single file.

    Raises:
        DocBookError: none is there, or a part is there twice.
    """
    if not source.exists():
        raise DocBookError(f"{source}: there is no such folder")
    found: dict[str, Path] = {}
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        named = _FILE.fullmatch(path.name)
        part = str(int(named[1] or named[2])) if named else ""
        if part not in PARTS or not path.is_file():
            continue
        if part in found:
            raise DocBookError(
                f"{source}: PS3.{part} is there twice, {found[part]} and {path}; name the folder of one edition"
            )
        found[part] = path
    if not found:
        wanted = ", ".join(f"part{int(part):02}.xml" for part in PARTS)
        raise DocBookError(f"{source}: holds none of {wanted} (the DocBook of the Standard)")
    return {part: found[part] for part in PARTS if part in found}


def _tables_of(files: Mapping[str, Path], name: str) -> tuple[dict[str, str], tuple[ImportedPart, ...]]:
    """The text of every table, and what each part gave."""
    texts: dict[str, str] = {}
    parts = []
    known_iods = tables.names("iods")
    for part, path in files.items():
        book = docbook.read(path, part)
        if part == "3":
            found, notes = part03.tables_of(book)
            known_iods = {key: (title, section) for key, title, section in found["iods"]}
        elif part == "4":
            found, notes = part04.tables_of(book, known_iods)
        elif part == "6":
            found, notes = part06.tables_of(book)
        elif part == "15":
            found, notes = part15.tables_of(book)
        else:
            found, notes = part16.tables_of(book)
        edition = book.edition or name
        headings = {**part03.HEADINGS, **part04.HEADINGS, **part06.HEADINGS, **part15.HEADINGS, **part16.HEADINGS}
        for table, rows in found.items():
            texts[table] = _text(f"PS3.{part} {edition} {headings[table]}", rows)
        counts = {table: len(rows) for table, rows in found.items()}
        parts.append(ImportedPart(part, edition, path, counts, tuple(dict.fromkeys(notes))))
    return texts, tuple(parts)


def _text(heading: str, rows: list[Row]) -> str:
    return "".join((f"# {heading}\n", *("\t".join(row) + "\n" for row in rows)))


def _check(table_set: tables.TableSet) -> None:
    """Look everything up once, so that a set that is put in place answers every question."""
    with tables.use(table_set):
        for key in iods.all_iods():
            iods.iod(key)
            iods.functional_group_macros(key)
        for key in tables.names("modules"):
            iods.module(key)
        for key in tables.names("macros"):
            attribute_tables.attributes("macro_attributes", key)
        for row in tables.overlaid("sop_classes"):
            iods.sop_class(row[0])
        dictionary.keywords()
        for cid in context_groups.all_context_groups():
            context_groups.context_group(cid)
        for tid in templates.all_templates():
            templates.template(tid)


def _put(finished: Path, place: Path, digest: str, editions: dict[str, str]) -> None:
    """Make the tables in a folder those of the set at `place`: at once, when its description is replaced."""
    before = _digest_in(place)
    content = place / digest
    os.chmod(finished, 0o755)  # noqa: PTH101 - temporary folders are private, a set is not
    if content.exists() and tables.digest_of(content) != digest:
        shutil.rmtree(content)
    try:
        finished.rename(content)
    except OSError:
        # Another import has put the same tables there meanwhile, or an earlier one had.
        if not content.is_dir() or tables.digest_of(content) != digest:
            raise
    description = finished.with_suffix(".json")
    try:
        text = json.dumps({"format": sets.FORMAT, "parts": editions, "digest": digest}, indent=1)
        description.write_text(text + "\n", encoding="utf-8")
        description.replace(place / sets.DESCRIPTION)
    finally:
        description.unlink(missing_ok=True)
    _clear(place, {digest, before})


def _digest_in(place: Path) -> str:
    """The digest of the tables of a set; empty where there is no set, or a damaged one."""
    try:
        return str(json.loads((place / sets.DESCRIPTION).read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _clear(place: Path, kept: set[str]) -> None:
    """Remove what earlier imports left: the tables before the last, which a command may still read, and unfinished ones.

    What is younger may be another import's that is not finished yet.
    """
    oldest = time.time() - YOUNG
    for left in place.iterdir():
        # Another import may be removing the same.
        with contextlib.suppress(FileNotFoundError):
            if left.name in (*kept, sets.DESCRIPTION) or left.stat().st_mtime > oldest:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            elif left.name.startswith(UNFINISHED) or left.suffix == ".tsv":
                left.unlink(missing_ok=True)
