"""Descriptions: what rules, expressions and content trees mean, and which mistakes are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydicom
import pytest

from annexgen.simulator import DescriptionError
from annexgen.simulator.content_rules import parse_content
from annexgen.simulator.description import parse_description
from annexgen.simulator.expressions import Facts, parse
from annexgen.simulator.paths import parse_path
from annexgen.simulator.samples import write_product

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """
format = 1
[product]
name = "Small"
manufacturer = "Nobody"
uid_root = "1.2.3"
implementation_class_uid = "1.2.3.1"
implementation_version_name = "SMALL"
[layout]
folder = "{patient.id}"
file = "{series.id}-{instance.index}"
[[devices]]
id = "d"
version = "1"
[[private_blocks]]
creator = "SMALL"
group = "0011"
blocks = [{ when = "series.id == 'B'", block = "2A" }, { block = "10" }]
[sop_classes.any]
uid = "1.2.3.4"
modules = ["any"]
CONTENT
[modules.any]
SOPClassUID = { from = "sop_class.uid" }
SOPInstanceUID = { from = "instance.uid" }
RULES
[[patients]]
id = "P"
[[patients.studies]]
id = "S"
date = "20240229"
device = "d"
[[patients.studies.series]]
id = "A"
sop_class = "any"
instances = 3
[[patients.studies.series]]
id = "B"
sop_class = "any"
flag = true
numbers = [1, 2]
instances = [{ own = "x" }, {}]
"""


def written(folder: Path, rules: str, content: str = "", seed: int = 1) -> dict[str, pydicom.Dataset]:
    """The files that a small description with these rules gives, by name."""
    text = SMALL.replace("RULES", rules).replace("CONTENT", content)
    write_product(parse_description(text, "small"), folder / f"out{seed}", seed)
    return {path.name: pydicom.dcmread(path) for path in sorted((folder / f"out{seed}" / "P").iterdir())}


def values(files: dict[str, pydicom.Dataset], keyword: str) -> list[Any]:
    return [data_set.get(keyword, "absent") for data_set in files.values()]


def test_first_alternative_that_holds_is_followed(tmp_path: Path) -> None:
    rules = """
    PatientSex = [{ value = "M", when = "series.id == 'A'" }, { value = "F", when = "instance.own" }]
    """
    assert values(written(tmp_path, rules), "PatientSex") == ["M", "M", "M", "F", "absent"]


def test_condition_of_a_module_binds_its_rules(tmp_path: Path) -> None:
    rules = """when = "series.flag"\nPatientComments = { value = "x", when = "instance.index == 2" }"""
    files = written(tmp_path, rules)
    assert values(files, "PatientComments") == ["absent"] * 4 + ["x"]
    assert values(files, "SOPClassUID") == ["absent"] * 3 + ["1.2.3.4"] * 2


def test_empty_without_value_and_missing_fact(tmp_path: Path) -> None:
    rules = """
    PatientComments = { value = "x", empty = "instance.index == 2" }
    PatientBirthDate = {}
    PatientID = { from = "instance.own" }
    """
    files = written(tmp_path, rules)
    assert values(files, "PatientComments") == ["x", "", "x", "x", ""]
    assert values(files, "PatientBirthDate") == [""] * 5
    assert values(files, "PatientID") == ["", "", "", "x", ""]


def test_drawn_values_stay_the_same_within_their_scope(tmp_path: Path) -> None:
    rules = """
    KVP = { range = [1, 1000000], per = "series" }
    Exposure = { range = [1, 1000000] }
    XRayTubeCurrent = { range = [1, 1000000], per = "patient" }
    """
    files = written(tmp_path, rules)
    assert len(set(values(files, "KVP"))) == 2
    assert len(set(values(files, "Exposure"))) == 5
    assert len(set(values(files, "XRayTubeCurrent"))) == 1
    assert values(written(tmp_path, rules, seed=2), "Exposure") != values(files, "Exposure")


def test_a_new_rule_leaves_other_values_as_they_were(tmp_path: Path) -> None:
    one = written(tmp_path, "Exposure = { range = [1, 1000000] }")
    two = written(tmp_path / "other", "KVP = { range = [1, 9] }\nExposure = { range = [1, 1000000] }")
    assert values(one, "Exposure") == values(two, "Exposure")


def test_numbers_dates_and_texts(tmp_path: Path) -> None:
    rules = """
    SliceThickness = { value = 2.50, decimals = 1 }
    PixelSpacing = { range = [0.25, 0.75], count = 2 }
    WindowCenter = [1, 2]
    StudyDate = { date = [1, 1] }
    StudyDescription = { text = "{series.id}-{instance.index:03d}" }
    SeriesInstanceUID = { uid = "{series.id}" }
    """
    files = written(tmp_path, rules)
    first = files["A-1"]
    assert str(first.SliceThickness) == "2.5"
    assert len(first.PixelSpacing) == 2
    assert all(0.25 <= number <= 0.75 for number in first.PixelSpacing)
    assert list(first.WindowCenter) == [1, 2]
    assert first.StudyDate == "20240301"
    assert first.StudyDescription == "A-001"
    assert len(set(values(files, "SeriesInstanceUID"))) == 2


def test_sequences_items_codes_and_private_elements(tmp_path: Path) -> None:
    rules = """
    ProcedureCodeSequence = { value = '(1, 99X, "One")' }
    "RequestAttributesSequence/RequestedProcedureID" = { value = "r" }
    ReferencedImageSequence = { each = "series.numbers", when = "series.flag" }
    "ReferencedImageSequence/ReferencedFrameNumber" = { from = "item" }
    '(0011,xx01,"SMALL")' = { vr = "SQ", items = "instance.index - 1" }
    '(0011,xx01,"SMALL")/(0011,xx02,"SMALL")' = { vr = "US", from = "item.index * 10 + item.count" }
    """
    files = written(tmp_path, rules)
    assert files["A-1"].ProcedureCodeSequence[0].CodeMeaning == "One"
    assert files["A-1"].RequestAttributesSequence[0].RequestedProcedureID == "r"
    assert "ReferencedImageSequence" not in files["A-1"]
    assert [item.ReferencedFrameNumber for item in files["B-1"].ReferencedImageSequence] == [1, 2]
    assert len(files["A-1"][0x0011, 0x1001].value) == 0
    assert [item[0x0011, 0x1002].value for item in files["A-3"][0x0011, 0x1001].value] == [12, 22]
    assert files["B-2"][0x0011, 0x002A].value == "SMALL"
    assert files["B-2"][0x0011, 0x2A01].value[0][0x0011, 0x2A02].value == 11


def test_a_condition_may_ask_for_an_attribute_planned_before(tmp_path: Path) -> None:
    rules = """
    ImageType = { from = "['DERIVED' if series.flag else 'ORIGINAL', 'PRIMARY']" }
    PatientComments = { value = "x", when = "ImageType[1] == 'DERIVED'" }
    """
    assert values(written(tmp_path, rules), "PatientComments") == ["absent"] * 3 + ["x"] * 2
    later = """
    PatientComments = { value = "x", when = "ImageType[1] == 'DERIVED'" }
    ImageType = ["ORIGINAL"]
    """
    with pytest.raises(DescriptionError, match="ImageType is planned later"):
        written(tmp_path / "later", later)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ('NoKeyword = "x"', "no keyword of PS3.6: 'NoKeyword'"),
        ('PatientID = { valu = "x" }', "PatientID: a rule cannot have valu"),
        ('PatientID = { value = "x", from = "patient.id" }', "cannot have value, from"),
        ('PatientID = { range = [1, 2], per = "week" }', "per = 'week'"),
        ("'(0011,xx01,\"SMALL\")' = { value = 1 }", "needs a vr"),
        ('\'(0011,xx01,"OTHER")\' = { vr = "US", value = 1 }', "no private block is declared for 'OTHER'"),
        ('PatientID = { from = "patient.name" }', "series A.*no patient has a fact 'name'"),
        ('PatientID = { from = "person.name" }', "nothing is called 'person'"),
        ('PatientID = { from = "__import__(1)" }', "no function '__import__'"),
        ('PatientID = { from = "[x for x in y]" }', "ListComp is not allowed"),
        ('ProcedureCodeSequence = { value = "x" }', "values of a Sequence must be codes"),
        ('PatientID = { from = "1 +" }', "expression '1 \\+'"),
    ],
)
def test_mistakes_in_rules_are_refused(tmp_path: Path, rules: str, message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        written(tmp_path, rules)


def test_unknown_sections_and_formats_are_refused() -> None:
    with pytest.raises(DescriptionError, match="format = 2"):
        parse_description("format = 2", "x")
    with pytest.raises(DescriptionError, match="unknown section wrong"):
        parse_description("format = 1\nwrong = 1", "x")
    with pytest.raises(DescriptionError, match="'product' is missing"):
        parse_description("format = 1", "x")


CONTENT = """content = "tree"
[content.tree]
tree = '''
| CONTAINER | (1, 99X, "Root") | | template 99
> CONTAINS | NUM | (2, 99X, "N") | [=pair] (mm, UCUM, "mm") | each pair in [series.numbers]; when pair; id 'n'
> CONTAINS | TEXT | (3, 99X, "Text") | {series.id} of {patient.id} | id 't'
>> R-INFERRED FROM | | | #'n' | when series.numbers
> CONTAINS | SCOORD | (4, 99X, "Point") | POINT [1.0 ... 2.0] |
'''
"""


def test_content_tree_is_written_with_references(tmp_path: Path) -> None:
    files = written(tmp_path, "", CONTENT)
    plain, full = files["A-1"], files["B-1"]
    assert [item.ValueType for item in plain.ContentSequence] == ["TEXT", "SCOORD"]
    assert [item.ValueType for item in full.ContentSequence] == ["NUM", "TEXT", "SCOORD"]
    assert full.ContentTemplateSequence[0].TemplateIdentifier == "99"
    assert 1 <= full.ContentSequence[0].MeasuredValueSequence[0].NumericValue <= 2
    assert full.ContentSequence[1].TextValue == "B of P"
    reference = full.ContentSequence[1].ContentSequence[0]
    assert list(reference.ReferencedContentItemIdentifier) == [1, 1]
    assert len(full.ContentSequence[2].GraphicData) == 2


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("", "empty content tree"),
        ('| CONTAINER | (1, 99X, "R") | |\n>> CONTAINS | TEXT | | x |', "nested where nothing holds it"),
        ('| CONTAINER | (1, 99X, "R") | |\n> HOLDS | TEXT | | x |', "no relationship is called 'HOLDS'"),
        ('| CONTAINER | (1, 99X, "R") | |\n> CONTAINS | WORD | | x |', "no Value Type is called 'WORD'"),
        ('| CONTAINER | (1, 99X, "R") | |\n> CONTAINS | TEXT | | x | maybe', "no option is called 'maybe'"),
        ('| CONTAINER | (1, 99X, "R") | |\n> R-CONTAINS | | | x |', "a by-reference relationship"),
    ],
)
def test_mistakes_in_content_trees_are_refused(tree: str, message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        parse_content(tree, "content.x")


def test_a_reference_without_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="no Content Item has the id 'z'"):
        written(tmp_path, "", CONTENT.replace("#'n'", "#'z'"))


def test_paths_are_split_outside_of_private_creators() -> None:
    steps = parse_path('(0029,xx43,"A/B C")/PatientID')
    assert [step.key for step in steps] == ['(0029,xx43,"A/B C")', "(0010,0020)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("series.a + 1 if series.a > 2 else -1", 4),
        ("series.a in (1, 3) and not series.b", True),
        ("1 < series.a <= 3", True),
        ("series.b or 'none'", "none"),
        ("series.c[2]", "y"),
        ("series.c[9]", None),
        ("series.a // 2 * 10 % 7", 3),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    class Scope:
        def lookup(self, name: str) -> Facts:
            return Facts(name, {"a": 3, "c": ["x", "y"]}, frozenset("abc"))

        def function(self, name: str) -> Any:
            raise AssertionError(name)

    assert parse(text).evaluate(Scope()) == expected


def test_chance_copies_and_bytes(tmp_path: Path) -> None:
    rules = """
    PatientComments = { value = "x", when = "chance(0.5, 'series')" }
    StudyID = { text = "{instance.index}" }
    AccessionNumber = { copy = "StudyID" }
    StudyDescription = { copy = "PatientName" }
    '(0011,xx03,"SMALL")' = { vr = "OB", hex = "0A0B" }
    '(0011,xx04,"SMALL")' = { vr = "UN", bytes = "2 * instance.index" }
    """
    files = written(tmp_path, rules)
    comments = values(files, "PatientComments")
    assert len(set(comments[:3])) == len(set(comments[3:])) == 1
    drawn = {tuple(values(written(tmp_path, rules, seed=seed), "PatientComments")) for seed in range(2, 12)}
    assert len(drawn) > 1
    assert values(files, "AccessionNumber") == values(files, "StudyID") == ["1", "2", "3", "1", "2"]
    assert values(files, "StudyDescription") == ["absent"] * 5
    assert files["A-1"][0x0011, 0x1003].value == b"\x0a\x0b"
    assert [len(files[f"A-{n}"][0x0011, 0x1004].value) for n in (1, 2, 3)] == [2, 4, 6]
