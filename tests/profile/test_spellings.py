"""Spellings: a name, an identifier or a date is found as people write it elsewhere, and what is none is not."""

from __future__ import annotations

import pytest

from annexgen.profile.identifying import whole_number
from annexgen.profile.names import name_words, speaks_of_person
from annexgen.profile.spellings import (
    forms_of_date,
    forms_of_identifier,
    parts_of_name,
    same_identifier,
    searchable,
)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("Müller-Lüdenscheidt^Anna", {"müller", "mueller", "muller", "anna", "muellerluedenscheidt"}),
        ("O'Brien^Pat", {"o'brien", "brien", "obrien", "pat"}),
        ("Ng^Ai", {"ng ai", "ai ng", "ngai", "ng, ai"}),
        ("Yamada^Tarou=山田^太郎", {"yamada", "tarou", "山田", "太郎", "山田太郎", "太郎 山田"}),
        ("李^明", {"李明", "明李"}),
        ("Zoe\u0308^x", {"zoë", "zoe"}),
    ],
)
def test_parts_of_names(name: str, spelt: set[str]) -> None:
    found = set(parts_of_name(name))
    assert spelt <= found
    assert not {part for part in found if len(part) < 2}


@pytest.mark.parametrize("name", ["Ng^Smithers", "UNKNOWN^", "Anonymous", "", "^^^", "李"])
def test_what_proves_nothing_is_no_part(name: str) -> None:
    assert set(parts_of_name(name)) <= {"smithers"}


def test_text_is_looked_through_in_its_spellings() -> None:
    assert searchable("MÜLLER").split("\n") == ["müller", "muller", "mueller"]
    assert searchable("ABC 1") == "abc 1"
    assert "yamada" in searchable("ＹＡＭＡＤＡ")


@pytest.mark.parametrize(
    "text", ["29.09.2017", "2017-09-29", "09/29/2017", "29-sep-2017", "29. september 2017", "sep 29, 2017", "20170929"]
)
def test_forms_of_dates(text: str) -> None:
    assert text in forms_of_date("20170929101112")


@pytest.mark.parametrize("text", ["", "2017", "2017.09.29", "2017092X", "２０１７０９２９"])
def test_no_dates(text: str) -> None:
    assert forms_of_date(text) == ()


def test_identifiers() -> None:
    assert set(forms_of_identifier("00-12345")) == {"00-12345", "0012345", "-12345", "12345"}
    assert forms_of_identifier("007") == ("007",)
    assert same_identifier("PAT-007 a") == same_identifier("pat007A") != same_identifier("PAT7A")
    assert same_identifier("0055") == same_identifier("55")
    assert same_identifier("---") == "---"


@pytest.mark.parametrize(
    ("number", "whole"),
    [("12.0", "12"), ("1.5", "1.5"), ("+7", "7"), ("1.9320828e+07", "19320828"), ("1e400", "1e400"), ("el", "el")],
)
def test_whole_numbers(number: str, whole: str) -> None:
    assert whole_number(number) == whole


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("checked by Kowalska at 3", True),
        ("checked by kowalska", True),
        ("Grossmueller method", True),
        ("Brown", True),
        ("brown fat", False),
        ("James Brown fat", True),
        ("先生 藤原さん", True),
        ("as Dr. Who says", True),
        ("Frau Irgendwer", True),
        ("DR chest, MR head", False),
        ("Kowalskaya", False),
        ("3.1", False),
        ("", False),
    ],
)
def test_text_that_speaks_of_a_person(text: str, speaks: bool) -> None:
    names = name_words("Kowalska^Anna\nBrown^James\nGroßmüller\nFujiwara^Norika=藤原^紀香\nUnknown")
    assert speaks_of_person(text, names) is speaks
