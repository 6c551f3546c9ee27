"""Simulated products: writes deterministic sample corpora from declarative descriptions."""

from __future__ import annotations

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.samples import SampleSummary, write_samples

__all__ = ["DescriptionError", "SampleSummary", "available_products", "write_samples"]


def available_products() -> tuple[str, ...]:
    """The names of the simulated products that `write_samples` can write, sorted."""
    from annexgen.simulator.description import available_products as available

    return available()
