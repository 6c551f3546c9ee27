"""Findings about mandatory attributes, the same for Modules and Directory Records: absent ones, and ones without value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.remark import Remark, counted_instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.analyzers.presence import Presence


def mandatory_remarks(
    named: str, path: str, type_: str, missing: int, seen: Presence | None, severity: str = "error"
) -> Iterator[Remark]:
    """A Type 1 or 2 attribute that is absent, and a Type 1 one that has no value (PS3.5 section 7.4).

    Arguments:
        named: the attribute in words: name, tag, and where it stands.
        missing: in how many instances it is absent, from one place at least.
        seen: its presence, None where no instance has it.
        severity: of its absence; a value that is missing is always an error.
    """
    if missing > 0:
        yield Remark("mandatory-absent", severity, f"{named}, is absent in {counted_instances(missing)}", path, missing)
    empty = seen.present + seen.partial - seen.with_value if seen is not None and type_ == "1" else 0
    if empty > 0:
        yield Remark("mandatory-empty", "error", f"{named}, has no value in {counted_instances(empty)}", path, empty)
