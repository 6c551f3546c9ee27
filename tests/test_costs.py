"""What docs/scale.md says of costs follows from the rates that docs/performance.md says were measured."""

from __future__ import annotations

from benchmarks.costs import DOCS, duration, rates, table


def test_the_costs_follow_from_the_measured_rates() -> None:
    performance = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert len(rates(performance)) == 4
    assert table(performance) in (DOCS / "scale.md").read_text(encoding="utf-8")


def test_durations() -> None:
    assert [duration(s) for s in (0.1, 119, 121, 7_000, 8_000, 200_000)] == [
        "1 s",
        "119 s",
        "3 min",
        "117 min",
        "3 h",
        "3 days",
    ]
