"""Large reports and many reports cost in proportion to their Content Items: calls are counted, so that no machine is too slow for it."""

from __future__ import annotations

import cProfile
from typing import TYPE_CHECKING

import pytest

from benchmarks.report_speed import dose_report, large_report, measured

if TYPE_CHECKING:
    from collections.abc import Callable

ITEMS, REPORTS = 250, 5
TIMES = 4
MOST = TIMES * 1.1


def _one(size: int) -> list[bytes]:
    return [large_report(size * ITEMS)]


def _many(size: int) -> list[bytes]:
    return [dose_report(number) for number in range(size * REPORTS)]


def calls(files: list[bytes]) -> int:
    """How many calls of functions it takes to scan the files and to build the annex."""
    profile = cProfile.Profile()
    profile.enable()
    measured(files)
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("files", [_one, _many], ids=["one report", "many reports"])
def test_the_work_grows_no_faster_than_the_content_items(files: Callable[[int], list[bytes]]) -> None:
    measured(files(1))
    assert calls(files(TIMES)) < MOST * calls(files(1))
