"""Thresholds of the inferences, in one place; what was used is echoed into the annex."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much evidence an inference needs.

    Evidence for a condition is counted in series: a series whose instances all have the attribute, or all lack it, counts
    once on that side; a series with both counts on either side once for each instance, up to
    `condition_within_series`, since nothing that is constant in the series can explain it.

    `condition_evidence`: how much of it a condition needs on either side; a conjunction also needs it for each of its parts
    failing alone.
    `condition_margin`: bits by which the evidence must exceed what it takes to write the condition down, so that one
    in 2^margin statements of chance would pass.
    `condition_values`: how many values a condition may name.
    `condition_runners_up`: how many other statements that hold as well are named in the evidence.
    `fixed_studies`, `fixed_series`: studies and series in which a value must be the same before it is proposed as FIXED.
    """

    condition_evidence: int = 2
    condition_within_series: int = 8
    condition_margin: float = 4.0
    condition_values: int = 4
    condition_runners_up: int = 3
    fixed_studies: int = 2
    fixed_series: int = 3
