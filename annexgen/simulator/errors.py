"""The one error of this package: a description of a product that cannot be followed."""

from __future__ import annotations


class DescriptionError(ValueError):
    """A description of a simulated product is wrong; the message names the place in the description."""
