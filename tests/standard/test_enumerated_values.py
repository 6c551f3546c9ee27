"""Enumerated Values and Defined Terms: lookups, and a table whose every row makes sense."""

from __future__ import annotations

from annexgen.standard import dictionary, iods, tables
from annexgen.standard.dictionary import tag_of
from annexgen.standard.enumerated_values import standard_values


def test_values_of_an_attribute() -> None:
    (sex,) = standard_values(tag_of("PatientSex"))
    assert sex.enumerated
    assert set(sex.values) == {"M", "F", "O"}
    assert sex.source.startswith("PS3.3 ")
    assert standard_values(tag_of("PatientID")) == ()


def test_values_by_number() -> None:
    first, second = standard_values(tag_of("ImageType"))
    assert (first.number, second.number) == (1, 2)
    assert set(second.values) == {"PRIMARY", "SECONDARY"}


def test_a_modules_own_list_goes_first() -> None:
    (general,), (own,) = (standard_values(tag_of("BurnedInAnnotation"), module) for module in ("", "enhanced-ct-image"))
    assert set(general.values) == {"YES", "NO"}
    assert own.values == ("NO",)


def test_complex_values_are_those_of_spectroscopy_alone() -> None:
    for owner in ("", "enhanced-mr-image", "mr-image-frame-type"):
        assert "COMPLEX" not in standard_values(tag_of("ComplexImageComponent"), owner)[0].values
    for owner in ("mr-spectroscopy", "mr-spectroscopy-frame-type"):
        assert "COMPLEX" in standard_values(tag_of("ComplexImageComponent"), owner)[0].values


def test_repeating_groups() -> None:
    assert standard_values(0x60020040)[0].values == standard_values(0x60000040)[0].values


def test_every_row_names_what_exists() -> None:
    rows = tables.rows("enumerated_values")
    owners = {*iods.all_modules(), *(row[0] for row in tables.rows("functional_group_macros"))}
    assert len({row[0] for row in rows}) > 150
    for tag, module, number, kind, values, edition, section in rows:
        assert dictionary.lookup(int(tag.replace("xx", "00"), 16)) is not None, tag
        assert not module or module in owners, module
        assert number in ("", "1", "2", "3", "4")
        assert kind in ("E", "D")
        assert len(set(values.split("\\"))) == len(values.split("\\"))
        assert edition
        assert section
