"""Whether two corpora decide a difference, or too little was seen for it to be more than an accident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annexgen.annex.comparison.facts import Fact
    from annexgen.annex.model import Evidence


@dataclass(frozen=True, slots=True)
class Certainty:
    """When a difference counts as decided.

    `chance`: a difference that the same product would show with at least this probability, given how many series were
    seen, is weak. `series`: below this number of series (of studies or patients for what describes these) on a side everything
    new or gone there is weak. `studies`: the same for SOP Classes, in studies.
    """

    chance: float = 0.05
    series: int = 3
    studies: int = 3


def share(evidence: Evidence | None) -> float:
    """In which share of the instances that could have it a thing was seen."""
    if evidence is None or not evidence.carriers:
        return 0.0
    return (evidence.present + evidence.partial) / evidence.carriers


def weak_sop_class(other_studies: int, certainty: Certainty) -> str:
    """Why a SOP Class on one side alone may be an accident: the other corpus holds too few studies to have everything."""
    if other_studies >= certainty.studies:
        return ""
    return f"only {'1 study' if other_studies == 1 else f'{other_studies} studies'} on the side that lacks it"


def weak_appearance(fact: Fact, others: int, certainty: Certainty) -> str:
    """Why the presence of a thing on one side alone may be an accident; empty where it is none.

    `others` are the observations of its SOP Class on the side that lacks it (series; studies or patients for what describes
    these): had it been as frequent there, it would be absent from all of them with the probability (1 - share) to the power
    of their number.
    """
    if others == 0:
        return ""
    if others < certainty.series:
        return f"only {_counted(others, fact.unit)} on the side that lacks it"
    frequency = share(fact.evidence)
    chance = (1 - frequency) ** others
    if fact.evidence is not None and chance >= certainty.chance:
        return (
            f"it stands in {100 * frequency:.3g} % of the instances on one side, and {_counted(others, fact.unit)} on the "
            f"other would all lack it by accident with a chance of {100 * chance:.2g} %"
        )
    return ""


def weak_presence(always: Fact, sometimes: Fact, column: str, certainty: Certainty) -> str:
    """Why ALWAYS on one side and not on the other may be an accident of few observations; empty where it is none."""
    if always.evidence is None or sometimes.evidence is None:
        return ""
    number = always.units
    if number < certainty.series:
        return f"ALWAYS was seen in {_counted(number, always.unit)} only"
    if 0 < sometimes.units < certainty.series:
        return f"only {_counted(sometimes.units, sometimes.unit)} on the other side"
    frequency = _frequency(sometimes.evidence, column)
    chance = frequency**number
    if chance >= certainty.chance:
        return (
            f"on the other side it holds for {100 * frequency:.3g} % of the instances, and {_counted(number, always.unit)} "
            f"would all show it by accident with a chance of {100 * chance:.2g} %"
        )
    return ""


def weak_values(old: Fact, new: Fact, certainty: Certainty) -> str:
    """Why other values may be an accident: the list was open, or few series were seen."""
    if not old.closed:
        return "the list of values was not closed before"
    few = [fact.units for fact in (old, new) if fact.evidence is not None]
    if few and min(few) < certainty.series:
        return f"only {_counted(min(few), old.unit)} on one side"
    return ""


def _frequency(evidence: Evidence, column: str) -> float:
    if column == "Presence of Value":
        having = evidence.present + evidence.partial
        return evidence.with_value / having if having else 0.0
    return evidence.present / evidence.carriers if evidence.carriers else 0.0


def _counted(number: int, unit: str) -> str:
    plural = {"series": "series", "study": "studies", "patient": "patients"}[unit]
    return f"{number} {unit if number == 1 else plural}"
