"""product.toml: what it says is read and applied, the first one can be read back, a mistake is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from firmware import profile

from annexgen.annex.annotations_file import ProductFileError, load, loads
from annexgen.annex.build import build_annex
from annexgen.annex.model import Product, Status
from annexgen.annex.numbering import number
from annexgen.annex.product_file import first_product_file

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return profile(tmp_path_factory.mktemp("first"), second=False)


FILE = """
[product]
name = "Scanner"
versions = ["1", "2"]
[sop_classes.all]
scu = "Y"
[sop_classes."1.2.840.10008.5.1.4.1.1.2"]
scp = "N"
[[annotation]]
path = "(0008,0070)"
column = "Source"
text = "MWL;GENERATED"
date = 2026-03-01
"""


def test_product_facts_and_roles(first: Profile) -> None:
    annex = number(build_annex(first, statements=loads(FILE)))
    assert annex.product == Product("Scanner", "FIRM", ("1", "2"))
    cells = next(t for t in annex.tables if t.kind == "sop_classes").rows[0].cells
    assert [(cells[c].text, cells[c].status) for c in ("DIMSE SCU", "DIMSE SCP", "Archive")] == [
        ("Y", Status.CONFIRMED),
        ("N", Status.CONFIRMED),
        ("", Status.UNKNOWN),
    ]


def test_the_first_product_file_can_be_read_back(samples_profile: Profile) -> None:
    annex = build_annex(samples_profile)
    product = Product('Name "with" \\ and \x07\udcff', "Maker", ("1", "2"))
    text = first_product_file(number(replace(annex, product=product)))
    statements = loads(text)
    assert statements.product == replace(product, name='Name "with" \\ and \ufffd\ufffd')
    assert set(statements.roles) == set(annex.sop_class_names)
    assert not statements.annotations
    uncommented = "".join(
        line.removeprefix("# ") + "\n" if line.startswith("# [[") or " = " in line else line + "\n"
        for line in text.splitlines()
    )
    assert len(loads(uncommented.replace("# hide", "#hide").replace("# into", "#into")).annotations) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[product", "not TOML"),
        ("[produkt]", "'produkt' is not known"),
        ("[product]\nversions = 1", "versions is not a list"),
        ('[sop_classes.all]\nscu = "yes"', "'yes' is not one of Y, N"),
        ('[[annotation]]\npath = "p"\ncolumn = "Sorce"\ntext = "x"', "annotation 1: 'Sorce' is no column"),
        ('[[annotation]]\npath = "p"\ncolumn = "Source"\ntext = "GUESSED"', "annotation 1: 'GUESSED' is not one of"),
        ('[[annotation]]\npath = "p"\ncolumn = "Source"\ntext = ""', "Source cannot be blank"),
        ('[[annotation]]\ncolumn = "Comments"\ntext = "x"', "path is missing"),
        ('[[annotation]]\npath = "p"\ncolumn = "Module Name"\ntext = "x"', "title of a \\[\\[table\\]\\]"),
        ('[[annotation]]\npath = "p"\ncolumn = "DIMSE SCU"\ntext = "Y"', "sop_classes"),
        ('[[annotation]]\npath = "p"\ncolumn = "Comments"\ntext = "x"\ndate = "today"', "date is not a date"),
        ('[[annotation]]\npath = "p"\ncolumn = "Comments"\ntext = "x\\u0002"', "control character"),
        ('[[table]]\nof = "(0029,0010)"', "begins with none of"),
        ('[[table]]\nof = "module:a"\ninto = "macro:b"', "cannot be merged"),
        (
            '[[annotation]]\npath = "p"\ncolumn = "Comments"\ntext = "x"\n' * 2,
            "annotations 1 and 2 both say the Comments of p for all",
        ),
    ],
)
def test_a_product_file_with_a_mistake_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ProductFileError, match=message):
        loads(text)


def test_what_editors_write_before_the_text_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "product.toml"
    path.write_bytes(b'\xef\xbb\xbf[product]\r\nname = "Scanner"\r\n')
    assert load(path).product.name == "Scanner"


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000])
def test_what_no_reader_of_toml_takes_is_a_message(text: str) -> None:
    with pytest.raises(ProductFileError, match="not TOML"):
        loads(text)
