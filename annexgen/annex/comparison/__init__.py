"""What changed from one annex to another, in the annex's own terms, ranked by what it means to a receiver."""

from annexgen.annex.comparison.compare import compare
from annexgen.annex.comparison.model import Change, Comparison, Side, Weight

__all__ = ["Change", "Comparison", "Side", "Weight", "compare"]
