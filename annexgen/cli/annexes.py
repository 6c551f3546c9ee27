"""What commands share that look at another annex: an annex.json, or the annex of a profile or of instances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from annexgen.cli.sources import fail, read_sources

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.analyzers.thresholds import Thresholds
    from annexgen.annex.annotations import Statements
    from annexgen.annex.model import Annex
    from annexgen.cli.sources import Reading
    from annexgen.standard.private_dictionary import PrivateDictionary


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
    from annexgen.annex.json_objects import AnnexFormatError
    from annexgen.annex.numbering import number
    from annexgen.annex.serialization import loads
    from annexgen.standard.private_dictionary import EMPTY

    if side.suffix == ".json" and side.is_file():
        try:
            return loads(side.read_text(encoding="utf-8"))
        except (AnnexFormatError, UnicodeDecodeError) as error:
            fail(f"{side}: {error}")
        except OSError as error:
            fail(f"{side}: {error.strerror}")
    profile = read_sources(replace(reading, sources=(str(side),)))
    return number(build_annex(profile, None, thresholds, private_dictionary or EMPTY, statements))


def of_former_version(statements: Statements | None) -> Statements | None:
    """The statements for an annex whose versions are those that its own instances name."""
    if statements is None:
        return None
    return replace(statements, product=replace(statements.product, versions=()))
