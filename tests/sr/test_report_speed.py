"""Speed of reports: a tenth of what a large report and a thousand dose reports have, in a tenth of the time they may take."""

from __future__ import annotations

from benchmarks.report_speed import dose_report, large_report, measured

MOST_FOR_50_000_ITEMS = 10
MOST_FOR_1_000_REPORTS = 60


def test_a_large_report() -> None:
    assert sum(measured([large_report(5_000)])) < MOST_FOR_50_000_ITEMS / 10


def test_many_dose_reports() -> None:
    assert sum(measured([dose_report(number) for number in range(100)])) < MOST_FOR_1_000_REPORTS / 10
