"""One finding about a SOP Class, before the annex lists it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding about a path of a SOP Class; `count` is of instances."""

    code: str
    severity: str
    message: str
    path: str
    count: int
    example: str = ""
