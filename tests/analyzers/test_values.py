"""Values: lists that may be called closed and those that may not, ranges, Value by Value, context groups."""

from __future__ import annotations

from collections import Counter

import pytest

from annexgen.analyzers.thresholds import Thresholds
from annexgen.analyzers.value_support import Support, series_of_values, support_of
from annexgen.analyzers.values import Values, closed_list, values_of
from annexgen.profile.model import FULL_VALUE, PathStatistics, SopClassProfile, ValueCount
from annexgen.standard.context_groups import context_group
from annexgen.standard.dictionary import tag_of
from annexgen.standard.enumerated_values import standard_values

PATH = "(0018,1210)"


def seen_in(series: list[str | None], vr: str = "CS") -> tuple[PathStatistics, Support]:
    """What is known of a path whose value in each of several series is given; three instances in each."""
    profile = SopClassProfile()
    statistics = PathStatistics(vrs=Counter({(vr, "file"): 3 * len(series)}))
    for number, value in enumerate(series):
        if value is not None:
            pattern = (((PATH, FULL_VALUE),), ((PATH, value),))
            origins = profile.patterns.setdefault(pattern, Counter())
            origins["patient", "study", f"series {number}", "device"] += 3
            statistics.values.setdefault(f"={value}", ValueCount()).add(ValueCount(3, ("patient",)), 2)
    return statistics, support_of(statistics, (PATH,), series_of_values(profile), 1)


def values(series: list[str | None], multiplicity: str = "1", keyword: str = "ConvolutionKernel") -> Values:
    statistics, support = seen_in(series)
    return values_of(statistics, support, standard_values(tag_of(keyword)), multiplicity)


@pytest.mark.parametrize(
    ("counts", "series", "closed"),
    [
        ([5, 5], 10, True),
        ([2, 2], 4, False),  # too few series
        ([8, 1], 9, False),  # one series in nine brought a new value
        ([29, 1], 30, True),  # one in thirty
        ([27, 1, 1, 1], 30, False),  # three singletons: more are to be expected
        ([3] * 8, 24, True),
        ([2] * 12, 24, False),  # two for each value are too few
    ],
)
def test_closed_lists(counts: list[int], series: int, closed: bool) -> None:
    support = Support("series", frozenset(range(series)), {})
    answer, reason = closed_list(counts, support, Thresholds())
    assert answer is closed
    assert str(series) in reason


def test_a_constant_is_no_list() -> None:
    assert values(["SOFT"]).text == "SOFT"


def test_a_list_that_is_not_closed_says_so() -> None:
    assert values(["SOFT", "LUNG"]).text == "e.g. LUNG; SOFT"
    assert values(["SOFT", "LUNG"] * 6).text == "LUNG; SOFT"


def test_instances_of_one_series_are_no_independent_evidence() -> None:
    statistics, support = seen_in(["SOFT", "LUNG"])
    assert sum(count.instances for count in statistics.values.values()) == 6
    assert len(support.units) == 2


def test_values_that_differ_inside_an_instance_count_by_patient() -> None:
    statistics = PathStatistics(vrs=Counter({("CS", "file"): 9}))
    statistics.values = {"=A": ValueCount(9, ("p1", "p2")), "=B": ValueCount(9, ("p1",))}
    support = support_of(statistics, (PATH,), {}, 30)
    assert support.unit == "patients"
    assert (len(support.units), len(support.seen["A"]), len(support.seen["B"])) == (30, 2, 1)


def test_all_enumerated_values_are_a_closed_list() -> None:
    found = values(["YES", "NO"], keyword="BurnedInAnnotation")
    assert found.text == "NO; YES"
    assert "PS3.3" in found.reason
    assert values(["M", "F"], keyword="PatientSex").text == "e.g. F; M"


def test_numbers_that_the_standard_enumerates_are_a_list() -> None:
    statistics = PathStatistics(vrs=Counter({("US", "file"): 2}), lowest=0, highest=1)
    statistics.values = {"=0": ValueCount(1), "=1": ValueCount(1)}
    assert values_of(statistics, None, standard_values(tag_of("PixelRepresentation"))).text == "0; 1"
    assert values_of(statistics).text == "[0 ... 1]"


def test_image_type_is_split_by_value() -> None:
    kinds = ["ORIGINAL\\PRIMARY\\AXIAL", "ORIGINAL\\PRIMARY\\LOCALIZER", "DERIVED\\SECONDARY\\AXIAL\\MPR"]
    found = values([*kinds], "2-n", "ImageType")
    assert found.listed
    assert found.positions == (("DERIVED", "ORIGINAL"), ("PRIMARY", "SECONDARY"), ("AXIAL", "LOCALIZER"), ("MPR",))
    assert not found.closed
    assert values(kinds * 5, "2-n", "ImageType").closed


def test_values_without_position_are_listed_one_by_one() -> None:
    found = values(["FS\\SP", "FS", "SP\\PFP"] * 4, "1-n")
    assert found.texts == ("FS", "PFP", "SP")
    assert found.together
    assert found.closed


def test_private_code_strings_stay_as_they_are() -> None:
    assert values(["A\\B", "A"] * 5, "").texts == ("A", "A\\B")


def test_hidden_values_leave_a_list_open() -> None:
    statistics, support = seen_in(["SOFT", "LUNG"] * 6)
    statistics.values["#0123"] = ValueCount(3)
    assert values_of(statistics, support).text == "e.g. LUNG; SOFT"


def test_all_codes_of_a_context_group_are_the_group() -> None:
    group = context_group("6023")
    assert group is not None
    tokens = [f"{code.value}\x1f{code.scheme}\x1f{code.meaning}" for code in group.codes]
    assert len(tokens) > 2
    found = values([*tokens])
    assert found.text.startswith("See CID ")
    assert not found.listed
    assert values(tokens[:-1]).context_group != group.cid
