"""`annexgen standard list` and `annexgen standard show`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from annexgen.cli.main import main
from annexgen.standard import context_groups, dictionary, inventory, search, tables, templates


def run(*arguments: str, columns: int = 200) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, ["standard", *arguments])


def test_list_prints_every_table_with_its_counts() -> None:
    result = run("list")
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    for table in inventory.table_counts():
        assert any(line[:3] == [table.name, str(table.entries), str(table.rows)] for line in lines), table.name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("IOD", "ct-image"), ("CT Image IOD", "1.2.840.10008.5.1.4.1.1.2", "general-series")),
        (("IOD", "1.2.840.10008.5.1.4.1.1.4.1"), ("Enhanced MR Image IOD", "Pixel Measures", "(0028,9110)")),
        (("iod", "CT", "Image", "Storage"), ("CT Image IOD",)),
        (("MODULE", "General Series"), ("C.7.3.1", "Series Instance UID", "(0020,000E)", "ct-image (M)")),
        (("MODULE", "enhanced-ct-image-multi-frame-functional-groups"), ("CT Exposure",)),
        (("MODULE", "Montage Activation"), ("C.39.5", ">Montage Activation Time Offset", "(0040,B038)")),
        (
            ("MODULE", "real-time-audio-waveform-current-frame-functional-groups"),
            ("Functional Group Macros", "Time of Frame"),
        ),
        (("MODULE", "C.7.3.1"), ("General Series Module",)),
        (
            ("MODULE", "PS3.3 c.7.6.16"),
            ("Multi-frame Functional Groups Module", "Per-Frame Functional Groups Sequence"),
        ),
        (("IOD", "A.3"), ("CT Image IOD", "A.3.3")),
        (("MACRO", "PixelMeasuresSequence"), ("Pixel Measures Functional Group Macro",)),
        (("MACRO", "C.7.6.16.2.1"), ("Pixel Measures Functional Group Macro",)),
        (("MACRO", "8.8"), ("Code Sequence Macro",)),
        (("MACRO", "Metal Artifact Reduction"), ("C.8.15.3.15", "(0018,9391)", "enhanced-ct-image (U)")),
        (("MACRO", "Montage Channel"), ("C.39.7", ">Channel Weight", "Include Waveform Filter Characteristics Macro")),
        (("MACRO", "pixel-measures"), ("C.7.6.16.2.1", ">Pixel Spacing", "enhanced-mr-image (M)")),
        (("MACRO", "(0028,9110)"), ("Pixel Measures",)),
        (("MACRO", "Code Sequence"), ("Include Basic Code Sequence Macro",)),
        (("MACRO", "Code Sequence", "--expand"), ("Code Value", "(0008,0100)")),
        (("TAG", "(0018,0088)"), ("Spacing Between Slices", "SpacingBetweenSlices", "Image Plane Module", "C.7.6.2")),
        (("TAG", "PatientID"), ("Patient ID", "(0010,0020)", "LO", "Basic Profile: Z/D", "Other Patient IDs Sequence")),
        (("TAG", "DeviceSerialNumber"), ("Basic Profile: X/Z/D; Retain Device Identity: K",)),
        (("TAG", "60023000"), ("Overlay Data", "(60xx,3000)", "Overlay Plane Module")),
        (("TAG", "TransferSyntaxUID"), ("File Meta Information",)),
        (("CID", "6023"), ("Side from BI-RADS", "PS3.16 Annex B", "non-extensible", "63762007", "Named by: none")),
        (("CID", "CID 6022"), ("Named by: TID 4000, TID 4002",)),
        (("CID", "acquisition", "modality"), ("CID 29", "extensible")),
        (("TID", "Measurement Report"), ("TID 1500",)),
        (("CID", "3502"), ("[wood'U]", "[PRU]")),
        (("CID", "3745"), ("Calculation Method", "CID 3745")),
        (("CID", "1.2.840.10008.6.1.353"), ("CID 6023",)),
        (("MACRO", "(0028,9132)"), ("Macros with the same Sequence: frame-voi-lut-with-lut",)),
        (("MACRO", "Pixel Measures Functional Group Macro"), ("C.7.6.16.2.1",)),
        (("MODULE", "GeneralSeries"), ("C.7.3.1",)),
        (("IOD", "CTImageStorage"), ("CT Image IOD",)),
        (("TAG", "ZonalMap"), ("Zonal Map",)),
        (("TAG", "CoefficientCoding"), ("Coefficient Coding",)),
        (("TAG", "00060001"), ("Current Frame Functional Groups Sequence",)),
        (("TID", "1501"), ("Measurement Group", '(112039, DCM, "Tracking Identifier")', "Included by: TID 1500")),
        (("tid", "TID 1400"), ("Linear Measurement", "GRAPHIC TYPE = {POLYLINE, CIRCLE, ELLIPSE}")),
    ],
)
def test_show(arguments: tuple[str, ...], expected: tuple[str, ...]) -> None:
    result = run("show", *arguments)
    assert result.exit_code == 0, result.output
    for text in expected:
        assert text in result.stdout


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("IOD", "ct imge"), "ct-image"),
        (("MODULE", "general serie"), "general-series"),
        (("MACRO", "pixel measurs"), "pixel-measures"),
        (("TAG", "PatietID"), "PatientID"),
        (("TID", "1499"), "1500; 1501"),
        (("TID", "mesurement report"), "Measurement Report"),
        (("CID", "6021x"), "give a number (6023), a name"),
        (("TAG", "(0018,008A)"), "(0018,0088); (0018,0089)"),
        (("TAG", "(0029,1010)"), "elements of an odd group are private"),
        (("TAG", "(0019,100C)"), "PS3.15 Table E.3.10-1 does\nNear matches: B Value (SIEMENS MR HEADER)"),
        (("MODULE", "C.7.3"), "give the key\nNear matches: clinical-trial-series; enhanced-series; general-series"),
        (("MODULE", "C.99"), "give a key (general-series)"),
        (("IOD", "DX"), "Near matches: digital-x-ray-image"),
        (("IOD", "ko"), "Near matches: key-object-selection-document"),
        (("IOD", "1.2.840.10008.1.1"), "no IOD is known of the SOP Class Verification SOP Class"),
        (("IOD", "qqq"), "give a key (ct-image), a name (CT Image)"),
        (("CID", "Calculation Method"), "give the number\nNear matches: 3745; 6140"),
        (("CID", "9" * 5000), "no context group"),
        (("TAG", "slice thick"), "Slice Thickness; Line Thickness"),
    ],
)
def test_an_unknown_name_ends_with_near_matches(arguments: tuple[str, ...], near: str) -> None:
    result = run("show", *arguments)
    assert result.exit_code == 2
    assert arguments[1] in result.stderr
    assert near in result.stderr
    assert not result.stdout


def test_an_unknown_tag_and_kind() -> None:
    assert run("show", "TAG", "(0011,0011)").exit_code == 2
    assert run("show", "VERB", "x").exit_code == 2


@pytest.mark.parametrize("word", ["", "  ", "*", "-"])
@pytest.mark.parametrize("kind", ["IOD", "MODULE", "MACRO", "TAG", "CID", "TID"])
def test_a_word_without_letters_is_near_to_nothing(kind: str, word: str) -> None:
    result = run("show", kind, "--", word)
    assert result.exit_code == 2
    assert "Near matches" not in result.stderr


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize(
    "arguments",
    [
        ("IOD", "enhanced-mr-image"),
        ("MODULE", "breast-tomosynthesis-acquisition"),
        ("MODULE", "c-arm-photon-electron-delivery-device", "--expand"),
        ("MACRO", "attribute-value"),
        ("TAG", "(0018,1400)"),
        ("TAG", "(0028,2112)"),
        ("CID", "7181"),
        ("TID", "1501"),
    ],
)
def test_a_narrow_terminal_loses_nothing(arguments: tuple[str, ...], columns: int) -> None:
    """The same characters stand in the lines of a narrow terminal as in those of a wide one."""
    narrow = run("show", *arguments, columns=columns).stdout
    assert max(map(len, narrow.splitlines())) <= columns
    assert sorted("".join(narrow.split())) == sorted("".join(run("show", *arguments, columns=2000).stdout.split()))


def test_every_row_is_one_line_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    result = CliRunner().invoke(main, ["standard", "show", "IOD", "enhanced-mr-image"])
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["Image", "Enhanced", "MR", "Image", "M", "C.8.13.1", "enhanced-mr-image"] in lines
    assert "\x1b" not in result.stdout


def test_a_terminal_without_the_letters_shows_their_numbers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from annexgen.cli.main import main; main()", "standard", "show", "CID", "3035"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"EEG Annotation \\u2013 Neurophysiologic Enumeration")


def test_list_keeps_the_names_of_tables_whole() -> None:
    for columns in (60, 80):
        lines = run("list", columns=columns).stdout.splitlines()
        for name in inventory.table_names():
            assert any(line.split()[:1] == [name] for line in lines), (name, columns)


def test_every_code_of_every_group_is_printed_as_it_is() -> None:
    """Brackets, as in units, are text."""
    for cid in context_groups.all_context_groups():
        group = context_groups.context_group(cid)
        assert group is not None
        if any("[" in code.value + code.meaning for code in group.codes):
            shown = run("show", "CID", cid, columns=500).stdout
            for code in group.codes:
                assert code.value in shown
                assert code.meaning in shown


@pytest.mark.parametrize(
    "word",
    [
        *("(0010,0020)", "0010,0020", "00100020", "PatientID", "patient id", "PATIENTID"),
        *("0x00100020", "( 0010 , 0020 )", "0010 0020", "PatientId", " (0010, 0020) "),
    ],
)
def test_spellings_of_a_tag(word: str) -> None:
    assert search.find_tag(word) == 0x00100020


@pytest.mark.parametrize("word", ["(60xx,3000)", "60xx3000", "60XX,3000", "OverlayData", "Overlay Data"])
def test_spellings_of_a_repeating_group(word: str) -> None:
    assert search.find_tag(word) == 0x60003000


def test_every_keyword_names_an_element_of_that_keyword() -> None:
    for keyword in dictionary.keywords():
        entry = dictionary.lookup(dictionary.tag_of(keyword))
        assert entry is not None
        assert entry.keyword == keyword or not entry.keyword


def test_every_number_finds_itself() -> None:
    for cid in (*context_groups.all_context_groups()[::20], "3745"):
        assert search.find_context_group(cid) == cid
    for tid in templates.all_templates():
        assert search.find_template(tid) == tid


def test_every_key_finds_itself() -> None:
    from annexgen.standard import iods

    for key in iods.all_iods():
        assert search.find_iod(key) == key
    for key in iods.all_modules():
        assert search.find_module(key) == key
    for key, *_ in tables.rows("functional_group_macros"):
        assert search.find_macro(key) == ("functional_group_macro_attributes", key)
