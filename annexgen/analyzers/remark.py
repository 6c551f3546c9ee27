"""One finding about a SOP Class, before the annex lists it, and how its message counts."""

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


def counted_instances(number: int) -> str:
    """A number of instances in words: "1 instance", "1,200 instances"."""
    return "1 instance" if number == 1 else f"{number:,} instances"
