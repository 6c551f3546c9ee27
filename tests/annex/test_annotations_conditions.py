"""Conditions in annexgen's own words are read back as they were written, whatever names and values hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.sequence import Sequence
from two_versions import CT, Place, code, write

from annexgen.analyzers.combinations import Combinations
from annexgen.analyzers.condition_model import Literal
from annexgen.annex.annotations_conditions import Places, counter_examples
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from annexgen.profile.model import Profile

CREATOR = "ACME (ONE), OLD"
LITERALS = {
    "a name with parentheses": Literal("(0020,0037)", "present"),
    "a private creator with parentheses and a comma": Literal(f'(0029,xx01,"{CREATOR}")', "is", ("AND",)),
    "a private creator itself": Literal(f'(0029,00xx,"{CREATOR}")', "present"),
    "a name with and": Literal("(0018,9323)", "present"),
    "one of several values": Literal("(0018,5100)", "is", ("HFS", "HFP")),
    "neither of two values": Literal("(0018,5100)", "is not", ("FFS", "FFP")),
    "a code with and": Literal("(0008,2218)", "is", ("69536005\x1fSCT\x1fHead (upper) and neck and more",)),
    "Value n": Literal("(0008,0008)", "is", ("AXIAL",), position=3),
    "absent": Literal("(0018,1160)", "absent"),
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A corpus in which all of the statements hold for axial images, and for no others."""

    def change(data: Dataset, place: Place) -> None:
        if place.sop_class != CT:
            return
        data.PatientPosition = ("HFS", "HFP")[place.series % 4 // 2] if place.axial else "FFS"
        region = (
            code("69536005", "SCT", "Head (upper) and neck and more") if place.axial else code("61685007", "SCT", "Leg")
        )
        data.AnatomicRegionSequence = Sequence([region])
        if place.axial:
            data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            data.ExposureModulationType = "NONE"
            data.private_block(0x0029, CREATOR, create=True).add_new(0x01, "CS", "AND")
            del data.FilterType

    return scan([write(tmp_path_factory.mktemp("conditions") / "one", change)])


def places(combinations: Combinations) -> Places:
    """Where Slice Location stands: in axial images."""
    present = combinations.present("(0020,1041)")
    return Places(("(0020,1041)",), combinations.everything, present, present)


@pytest.fixture(scope="module")
def combinations(profile: Profile) -> Combinations:
    return Combinations(next(one for uid, one in profile.sop_classes.items() if uid == CT))


@pytest.mark.parametrize("what", LITERALS)
def test_what_is_written_is_read_back(what: str, combinations: Combinations) -> None:
    alone = LITERALS[what]
    assert counter_examples(f"Present if {alone.text()}.", places(combinations), combinations, {}) == ""
    for other in LITERALS.values():
        text = f"Present if {alone.text()} and {other.text()}."
        assert counter_examples(text, places(combinations), combinations, {}) == "", text


def test_counter_examples_are_counted_behind_parentheses(combinations: Combinations) -> None:
    said = "Present if Image Orientation (Patient) (0020,0037) is absent."
    found = counter_examples(said, places(combinations), combinations, {})
    assert found == (
        "it is present in 16 instances where the condition does not hold and it is absent in 16 instances where the "
        "condition holds"
    )
    only = "Present if Patient Position (0018,5100) is HFS."
    assert counter_examples(only, places(combinations), combinations, {}) == (
        "it is present in 8 instances where the condition does not hold"
    )


@pytest.mark.parametrize(
    "said", ["Present if the moon is full.", "Present if the patient (adult) agrees and is awake."]
)
def test_a_persons_own_words_cannot_be_checked(said: str, combinations: Combinations) -> None:
    assert counter_examples(said, places(combinations), combinations, {}) is None
