"""What conditions of PS3.3 speak of, looked up by attribute, macro and Module."""

from __future__ import annotations

import pytest

from annexgen.standard import tables
from annexgen.standard.condition_attributes import SpokenOf, of_attribute, of_module
from annexgen.standard.dictionary import lookup
from annexgen.standard.iods import iod_title

FRAME_TYPE, IMAGE_TYPE = SpokenOf(0x00089007, 1), SpokenOf(0x00080008, 1)


@pytest.mark.parametrize(
    ("tag", "spoken"),
    [
        (0x00189079, {FRAME_TYPE, SpokenOf(0x00189009)}),  # Inversion Times, C.8.13.5.3
        (0x00280006, {SpokenOf(0x00280002)}),  # Planar Configuration, C.7.6.3
        (0x00189076, {SpokenOf(0x00189075)}),  # Diffusion Gradient Direction Sequence, C.8.13.5.9
        (0x00189117, {IMAGE_TYPE, SpokenOf(0x00089209)}),  # the MR Diffusion macro, Table A.36-2
        (0x00100010, set()),  # Patient's Name, Type 2
    ],
)
def test_of_attributes_and_macros(tag: int, spoken: set[SpokenOf]) -> None:
    assert of_attribute(tag) == spoken


def test_of_modules() -> None:
    assert of_module("rt-beams") == {SpokenOf(0x300A0080)}
    assert of_module("patient") == frozenset()


def test_every_entry_is_known() -> None:
    known_modules = tables.names("modules")
    for key, spoken in tables.rows("condition_attributes"):
        assert key in known_modules or len(key) == 8, key
        for one in spoken.split():
            assert lookup(int(one[:8], 16)) is not None, one
            assert one[:8] != key


def test_an_iod_of_several_sop_classes_is_called_after_them() -> None:
    assert iod_title("1.2.840.10008.5.1.4.1.1.2") == "CT Image IOD"
    assert iod_title("1.2.840.10008.5.1.4.1.1.1.2.1") == "Digital Mammography X-Ray Image IOD - For Processing"
    assert iod_title("1.2.840.10008.5.1.4.1.1.66.4") == "Segmentation IOD"
    assert iod_title("1.2.3.4") is None
