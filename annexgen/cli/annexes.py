"""What commands share that look at another annex: an annex.json, or the annex of a profile or of instances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.cli.sources import fail, read_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.annotations import Statements
    from annexgen.annex.model import Annex
    from annexgen.cli.sources import Reading
    from annexgen.standard.private_dictionary import PrivateDictionary


def annex_file(sources: Sequence[str]) -> Annex | None:
    """The annex of the one source where that is a JSON file; ends the command where it is no annex.json."""
    from annexgen.annex.json_objects import AnnexFormatError
    from annexgen.annex.serialization import loads

    if len(sources) != 1 or not sources[0].endswith(".json"):
        return None
    path = Path(sources[0])
    try:
        return loads(path.read_text(encoding="utf-8"))
    except (AnnexFormatError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
    except OSError as error:
        fail(f"{path}: {error.strerror}")


def read_annex(
    side: Path,
    reading: Reading,
    statements: Statements | None,
    thresholds: Thresholds | None,
    private_dictionary: PrivateDictionary | None = None,
) -> Annex:
    """The numbered annex of `side`, an annex.json, a profile or instances; ends the command when there is none.

    What is no annex.json is read as `reading` says.
    """
    from annexgen.annex.build import build_annex
    from annexgen.annex.numbering import number
    from annexgen.standard.private_dictionary import EMPTY

    written = annex_file((str(side),)) if side.is_file() else None
    if written is not None:
        return written
    profile = read_sources(replace(reading, sources=(str(side),)))
    return number(build_annex(profile, None, thresholds, private_dictionary or EMPTY, statements))


def of_former_version(statements: Statements | None) -> Statements | None:
    """The statements for an annex whose versions are those that its own instances name."""
    if statements is None:
        return None
    return replace(statements, product=replace(statements.product, versions=()))
