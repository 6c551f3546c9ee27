"""Which of several conditions that hold is chosen: what PS3.3 speaks of, plain values, no residual ones, none after the other."""

from __future__ import annotations

import pytest

from annexgen.analyzers.condition_model import Condition, NotFound
from annexgen.analyzers.conditions import Learner
from tests.analyzers.test_conditions import ACQUISITION, IMAGE_TYPE, SCAN_OPTIONS, SPACING, learned, profile_of, varied

MODIFIER = "(0018,9115)"
INVERSION_RECOVERY, PARALLEL, INVERSION_TIMES = (f"{MODIFIER}/(0018,{e})" for e in ("9009", "9077", "9079"))
PRESENTATION, DESCRIPTOR, DATA = "(0008,9205)", "(0028,1101)", "(0028,1201)"
OPTIONS = {"2D": "FS\\SP", "3D": "FS"}


def test_what_ps3_3_speaks_of_goes_before_what_only_comes_with_it() -> None:
    """Inversion Times is required where Inversion Recovery is YES (PS3.3 Section C.8.13.5.3); the protocol sets both."""
    instances = varied(20)
    for number, (_, values) in enumerate(instances):
        on = number // 3 % 4 == 0
        values |= {MODIFIER: "x", INVERSION_RECOVERY: "YES" if on else "NO", PARALLEL: "YES" if on else "NO"}
        if on:
            values[INVERSION_TIMES] = "100"
    assert learned(instances, INVERSION_TIMES) == "Inversion Recovery (0018,9009) is YES"


@pytest.mark.parametrize("series", [(1, 6), (2, 1)])
def test_what_ps3_3_speaks_of_still_needs_evidence(series: tuple[int, int]) -> None:
    instances = [
        (
            f"{on} {number} series",
            {MODIFIER: "x", INVERSION_RECOVERY: on} | ({INVERSION_TIMES: "1"} if on == "YES" else {}),
        )
        for on, count in zip(("YES", "NO"), series, strict=True)
        for number in range(count)
        for _ in range(3)
    ]
    assert isinstance(Learner(profile_of([*instances])).attribute((INVERSION_TIMES,)), NotFound)


def test_a_residual_value_goes_behind_another_statement() -> None:
    instances = varied(30)
    for _, values in instances:
        two = values[ACQUISITION] == "2D"
        values[IMAGE_TYPE] = "\\".join(("ORIGINAL", "PRIMARY", "OTHER" if two else "EPI"))
        values[SCAN_OPTIONS] = "FS\\MP" if two else "FS"
        del values[ACQUISITION]
        if two:
            values[SPACING] = "3"
    assert learned(instances) == "Scan Options (0018,0022) contains MP"


def test_a_position_means_nothing_where_its_values_stand_at_others_too() -> None:
    instances = varied(30)
    for number, (_, values) in enumerate(instances):
        here = number // 3 % 3 == 0
        values[IMAGE_TYPE] = "\\".join(("ORIGINAL", "PRIMARY", *(("M", "ND") if here else ("M", "MB", "ND"))))
        if here:
            values[SPACING] = "3"
    answer = Learner(profile_of(instances)).attribute((SPACING,))
    assert "Value 4" not in (answer.text() if isinstance(answer, Condition) else str(answer))


def test_several_values_are_never_named_one_after_the_other() -> None:
    instances = varied(30)
    for _, values in instances:
        values[SCAN_OPTIONS] = OPTIONS[str(values.pop(ACQUISITION))]
        if values[SCAN_OPTIONS] == "FS":
            values[SPACING] = "3"
    answer = Learner(profile_of(instances)).attribute((SPACING,))
    assert not isinstance(answer, Condition) or "\\" not in answer.text()


def test_what_a_whole_group_follows_from_goes_before_the_company_in_it() -> None:
    """The data of a palette come with its descriptor (PS3.3 Section C.7.6.3.1.6): both follow from Pixel Presentation."""
    instances = varied(12)
    for number, (_, values) in enumerate(instances):
        colour = number // 3 % 3 == 0
        values[PRESENTATION] = "COLOR" if colour else "MONOCHROME"
        if colour:
            values |= {DESCRIPTOR: "256", DATA: "x", "(0028,1202)": "x"}
    for path in (DESCRIPTOR, DATA, "(0028,1202)"):
        assert learned(instances, path) == "Pixel Presentation (0008,9205) is COLOR"


def test_a_qualification_explains_only_what_nothing_else_does() -> None:
    instances = varied(40)
    for _, values in instances:
        two = values[ACQUISITION] == "2D"
        values["(0018,9004)"] = "RESEARCH" if two else "PRODUCT"
        if two:
            values[SPACING] = "3"
    assert learned(instances) == "MR Acquisition Type (0018,0023) is 2D"
    for _, values in instances:
        del values[ACQUISITION]
    assert learned(instances) == "Content Qualification (0018,9004) is RESEARCH"
