"""Every column against what simulated products were told to write: the small version of `python -m benchmarks.accuracy`."""

from __future__ import annotations

import pytest

from annexgen.simulator import available_products
from annexgen.simulator.plan import PlannedElement, PlannedInstance, PlannedItem
from benchmarks.accuracy import BARS, Tally, measure
from benchmarks.deciding import Question, can_decide
from benchmarks.planned import PlannedInstances


@pytest.mark.parametrize("product", available_products())
def test_one_seed_of_each_product(product: str) -> None:
    tally = Tally()
    measure(product, 1, tally)
    for column, (precision, recall) in BARS.items():
        score = tally.scores.get(column)
        if score is not None:
            # One corpus has few questions: a single miss may not fall below the bar of many corpora.
            assert score.precision >= precision or score.wrong <= 1, (column, tally.shown)
            assert score.recall >= recall or score.missed <= 1, (column, tally.shown)


def planned(rows: list[tuple[str, str, bool]]) -> PlannedInstances:
    """Instances of a patient each, given as Body Part Examined, Patient Position, and whether Slice Location stands."""
    instances = []
    for number, (part, position, there) in enumerate(rows):
        elements = {
            "(0018,0015)": PlannedElement("(0018,0015)", 0x00180015, "CS", (part,)),
            "(0018,5100)": PlannedElement("(0018,5100)", 0x00185100, "CS", (position,)),
        }
        if there:
            elements["(0020,1041)"] = PlannedElement("(0020,1041)", 0x00201041, "DS", ("1",))
        name = str(number)
        instances.append(PlannedInstance("ct", "1.2", name, "", "", "", name, name, name, PlannedItem(elements)))
    return PlannedInstances(instances)


def asked(known: PlannedInstances) -> tuple[int, int]:
    return known.everything, known.present("(0020,1041)")


def test_a_competitor_leaves_a_question_undecided() -> None:
    universe = planned([(part, at, part == "HEAD") for part in ("HEAD", "KNEE") for at in ("HFS", "FFS")] * 10)
    apart = planned([("HEAD", "HFS", True), ("HEAD", "FFS", True), ("KNEE", "HFS", False), ("KNEE", "FFS", False)] * 5)
    together = planned([("HEAD", "HFS", True), ("KNEE", "FFS", False)] * 10)
    few = planned([("HEAD", "HFS", True), ("HEAD", "FFS", True), ("KNEE", "HFS", False), ("KNEE", "FFS", False)])
    own = ("(0020,1041)",)
    for corpus, expected in ((apart, True), (together, False), (few, False)):
        assert can_decide(Question(asked(corpus), asked(universe), own), corpus, universe) is expected
