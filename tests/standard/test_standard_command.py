"""`annexgen standard list` and `annexgen standard show`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from annexgen.cli.main import main
from annexgen.standard import inventory, search


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, ["standard", *arguments])


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
        (("MODULE", "real-time-audio-waveform-current-frame-functional-groups"), ("not in the tables",)),
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
        (("CID", "6021x"), "give a number (6023) or a name"),
        (("TAG", "(0018,008A)"), "(0018,0088); (0018,0089)"),
        (("TAG", "(0029,1010)"), "elements of an odd group are private"),
        (("IOD", "1.2.840.10008.1.1"), "no IOD is known of the SOP Class Verification SOP Class"),
        (("IOD", "qqq"), "give a key (ct-image), a name (CT Image)"),
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


@pytest.mark.parametrize("word", ["(0010,0020)", "0010,0020", "00100020", "PatientID", "patient id", "PATIENTID"])
def test_spellings_of_a_tag(word: str) -> None:
    assert search.find_tag(word) == 0x00100020


def test_every_key_finds_itself() -> None:
    from annexgen.standard import iods, tables

    for key in iods.all_iods():
        assert search.find_iod(key) == key
    for key in iods.all_modules():
        assert search.find_module(key) == key
    for key, *_ in tables.rows("functional_group_macros"):
        assert search.find_macro(key) == ("functional_group_macro_attributes", key)
