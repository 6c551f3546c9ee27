"""Conditions of one attribute agree over the IODs of a product where one of them fits all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner
from annexgen.annex.condition_questions import Question, agreed
from tests.analyzers.test_conditions import profile_of

if TYPE_CHECKING:
    from annexgen.annex.condition_questions import Answer

FILTER, LATERALITY, THICKNESS = "(0018,7050)", "(0020,0062)", "(0018,7052)"
DRAFT: Any = SimpleNamespace(identity="module:x-ray-acquisition-dose")
Instances = list[tuple[str, dict[str, str | None]]]


def series(*kinds: tuple[str, str, int], present: tuple[tuple[str, str], ...]) -> Instances:
    """So many series of three instances with each filter and laterality, with the thickness where it is `present`."""
    return [
        (
            f"{metal} {side} {number}",
            {FILTER: metal, LATERALITY: side} | ({THICKNESS: "1"} if (metal, side) in present else {}),
        )
        for metal, side, count in kinds
        for number in range(count)
        for _ in range(3)
    ]


BOTH_SIDES = series(
    ("SILVER", "R", 8), ("SILVER", "L", 8), ("RHODIUM", "R", 8), ("RHODIUM", "L", 8), present=(("SILVER", "R"),)
)
RIGHT_SILVER = series(("SILVER", "R", 8), ("RHODIUM", "L", 8), ("RHODIUM", "R", 8), present=(("SILVER", "R"),))
FEW = series(("SILVER", "R", 1), ("SILVER", "L", 1), ("RHODIUM", "R", 1), present=(("SILVER", "R"),))
OTHER_RULE = series(
    ("SILVER", "R", 8), ("RHODIUM", "R", 8), ("SILVER", "L", 8), present=(("SILVER", "R"), ("RHODIUM", "R"))
)


def answers(*corpora: Instances) -> list[Answer]:
    asked = []
    for number, instances in enumerate(corpora):
        learner = Learner(profile_of(instances))
        sides = learner.sides_of_attribute((THICKNESS,))
        question = Question(DRAFT, None, "attribute", (THICKNESS,), (), sides, learner.attribute((THICKNESS,)))
        asked.append((f"IOD {number}", learner, [question]))
    return [questions[0].answer for questions in agreed(asked)]


def text(answer: Answer) -> str:
    assert isinstance(answer, Condition), answer
    return answer.text(THICKNESS)


def test_what_another_iod_contradicts_gives_way_to_what_fits_both() -> None:
    assert text(answers(RIGHT_SILVER)[0]) == "Filter Material (0018,7050) is SILVER"
    first, second = answers(BOTH_SIDES, RIGHT_SILVER)
    assert set(text(first).split(" and ")) == {
        "Filter Material (0018,7050) is SILVER",
        "Image Laterality (0020,0062) is R",
    }
    assert text(second) == text(first)
    assert isinstance(second, Condition)
    assert second.with_series == 8
    assert "and holds in IOD 0 too" in second.reason()


def test_what_few_series_cannot_tell_another_iod_tells() -> None:
    assert isinstance(answers(FEW)[0], NotFound)
    first, second = answers(BOTH_SIDES, FEW)
    assert text(second) == text(first)


def test_two_rules_stay_two() -> None:
    assert text(answers(OTHER_RULE)[0]) == "Image Laterality (0020,0062) is R"
    first, second = answers(BOTH_SIDES, OTHER_RULE)
    assert text(first) != text(second)
    assert text(second) == "Image Laterality (0020,0062) is R"
