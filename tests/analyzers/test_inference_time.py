"""Inference takes less processor time than the scan, on 3,000 instances with some 500 element paths."""

from __future__ import annotations

from benchmarks.inference import measure


def test_less_time_than_the_scan() -> None:
    found = measure(3000, repeats=1)
    assert found.instances == 3000
    assert found.paths > 450
    assert found.conditional > 150
    assert found.conditions > 100
    assert found.ratio < 1, f"inference {found.inferring:.2f} s, scan {found.scanning:.2f} s"
