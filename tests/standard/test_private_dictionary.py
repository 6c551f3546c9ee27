"""Private dictionaries: what is read, what is refused, and that nothing is overwritten."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom._private_dict import private_dictionaries

from annexgen.standard import dictionary, tables
from annexgen.standard.private_dictionary import (
    COLUMNS,
    EMPTY,
    PYDICOM,
    SAFE_PRIVATE,
    PrivateDictionaryError,
    PrivateEntry,
    load,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_pydicom_and_the_standard_know_some() -> None:
    assert EMPTY.lookup("SIEMENS MR HEADER", 0x0019, 0x0C) == (
        PrivateEntry("IS", "1", "B Value", SAFE_PRIVATE),
        PrivateEntry("IS", "1", "B_value", "pydicom"),
    )
    assert EMPTY.lookup("ACME", 0x0029, 0x01) == ()


def test_the_standard_names_what_pydicom_does_not_know() -> None:
    """Each entry of PS3.15 Table E.3.10-1 is there, and names many elements that pydicom cannot."""
    named = 0
    for tag, creator, vr, vm, meaning in tables.rows("safe_private_attributes"):
        said = EMPTY.lookup(creator, int(tag[:4], 16), int(tag[6:], 16))
        known_vr = vr if vr in dictionary.VALUE_REPRESENTATIONS else ""
        assert said[0] == PrivateEntry(known_vr, vm, meaning, SAFE_PRIVATE)
        named += not any(entry.name for entry in said[1:])
    assert named > 250


def test_what_pydicom_lists_twice_is_all_kept() -> None:
    said = EMPTY.lookup("ELSCINT1", 0x01F1, 0x26)
    assert [(entry.vr, entry.source) for entry in said] == [("DS", SAFE_PRIVATE), ("FD", "pydicom"), ("DS", "pydicom")]
    assert EMPTY.reason("ELSCINT1", 0x01F1, 0x26, "vr") == (f"private dictionary: {SAFE_PRIVATE}; but FD (pydicom)")
    assert [entry.source for entry in EMPTY.lookup("ELSCINT1", 0x00E1, 0x50)] == [SAFE_PRIVATE, "pydicom"], "alike"


def test_every_private_element_of_pydicom_is_found() -> None:
    """Those with the block 00 or 10 and those of a range of groups too; eleven name no one element."""
    found = 0
    for creator, its_entries in private_dictionaries.items():
        for mask, (vr, vm, name, _) in its_entries.items():
            if mask.endswith("xx"):
                continue
            exact = next(
                (its_entries[m] for m in (mask.replace("xx", "00"), mask.replace("xx", "10")) if m in its_entries), ()
            )
            vr, vm, name, *_ = exact or (vr, vm, name)
            group = int(mask[:4].replace("xx", "01"), 16)
            entry = next(e for e in EMPTY.lookup(creator, group, int(mask[6:], 16)) if e.source == PYDICOM)
            assert (entry.vr, entry.vm, entry.name) == (vr, vm, "" if name == "Unknown" else name), (creator, mask)
            found += 1
    assert found == 10_534


def test_a_person_comes_first_and_conflicts_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(
        "Creator,Group,Element,VR,VM,Name,Source\n"
        "SIEMENS MR HEADER,0019,xx0C,DS,1,b,\n"
        'ACME,0029,1001,LO,1-n,"Name, with comma",service manual\n',
        encoding="utf-8",
    )
    found = load([path])
    first, second, third = found.lookup("SIEMENS MR HEADER", 0x0019, 0x0C)
    assert (first.vr, first.source) == ("DS", "ours.csv")
    assert (second.source, third.source) == (SAFE_PRIVATE, "pydicom")
    assert found.lookup("ACME", 0x0029, 0x01) == (PrivateEntry("LO", "1-n", "Name, with comma", "service manual"),)
    assert [conflict.text() for conflict in found.conflicts()] == [
        '(0019,xx0C,"SIEMENS MR HEADER"): VR DS (ours.csv), IS (PS3.15 Table E.3.10-1), IS (pydicom)',
        '(0019,xx0C,"SIEMENS MR HEADER"): name b (ours.csv), B Value (PS3.15 Table E.3.10-1), B_value (pydicom)',
    ]


def test_the_reason_names_the_source_and_what_others_say(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text("creator,group,element,vr,name\nSIEMENS MR HEADER,0019,0C,IS,b\n", encoding="utf-8")
    found = load([path])
    element = ("SIEMENS MR HEADER", 0x0019, 0x0C)
    assert (
        found.reason(*element, "name")
        == f"private dictionary: ours.csv; but B Value ({SAFE_PRIVATE}), B_value (pydicom)"
    )
    assert found.reason(*element, "vr") == "private dictionary: ours.csv", "both say IS"
    assert EMPTY.reason(*element, "name") == f"private dictionary: {SAFE_PRIVATE}", "pydicom's B_value is the same"
    assert EMPTY.reason("ACME", 0x0029, 0x01, "name") == ""


def test_two_files_that_disagree(tmp_path: Path) -> None:
    for name, vr in (("a.json", "US"), ("b.json", "SS")):
        entries = [{"creator": "ACME", "group": "29", "element": "1", "VR": vr, "name": "Count"}]
        (tmp_path / name).write_text(json.dumps(entries), encoding="utf-8")
    found = load([tmp_path / "a.json", tmp_path / "b.json"])
    assert [e.vr for e in found.lookup("ACME", 0x29, 1)] == ["US", "SS"]
    assert [c.field for c in found.conflicts()] == ["vr"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("creator,group\nACME,0029\n", "no column element"),
        ("creator,group,element,colour\n", "unknown column colour"),
        ("creator,group,element\nACME,0028,01\n", r"line 2: '0028' is no private group"),
        ("creator,group,element\nACME,0029,zz\n", r"line 2: 'zz' is no element"),
        ("creator,group,element\n,0029,01\n", "line 2: no Private Creator"),
        ("creator,group,element,vr\nACME,0029,01,XX\n", "'XX' is no VR"),
        ("creator,group,element,vm\nACME,0029,01,many\n", "'many' is no VM"),
        ("creator,group,element\nACME,0029,01,a,b\n", "line 2: 5 columns"),
        ("[1]", "entry 1: expected an object"),
        ("creator,group,element,name,name\nACME,0029,01,a,b\n", "two columns name"),
        ("creator,group,element\nACME,0029,123\n", "'123' is no element"),
        ('creator,group,element\nACME,0029,"(0019,xx01)"\n', "is no element"),
        ('creator,group,element,name\nACME,0029,01,"a\nACME,0029,02,b\n', "line 3: not CSV .*quotation mark"),
        ("creator,group,element,name\nACME,0029,01,a\x1b[31m\n", "line 2: name .* control character"),
        ("creator,group,element,name\nACME,0029,01,a\0b\n", "control character"),
        (f"creator,group,element,name\nACME,0029,01,{'x' * 140_000}\n", "line 2: not CSV"),
        ("\n\ncreator,group,element\n,0029,01\n", "line 4: no Private Creator"),
        ('[{"creator": "ACME", "group": 29, "element": "01"}]', "entry 1: group is 29, expected text"),
        ('[{"creator": "ACME", "group": "29", "element": 0}]', "entry 1: element is 0, expected text"),
        ('[{"creator": true, "group": "29", "element": "01"}]', "creator is true"),
        ('[{"creator": "A", "Creator": "B", "group": "29", "element": "01"}]', "two columns creator"),
        ('[{"creator": "A\\ud800", "group": "29", "element": "01"}]', "half a character"),
        ("[" * 200_000, "not JSON"),
        ("{}", "expected a list"),
        ("[{", "not JSON"),
        ("", "no column creator"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "ours"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PrivateDictionaryError, match=message) as error:
        load([path])
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffcreator,group,element,vr,vm,name\r\nACME,0029,01,LO,1-N,a\r\n",
        "creator;group;element;vr;vm;name\nACME;0029;01;LO;1-n;a\n",
        "creator\tgroup\telement\tvr\tvm\tname\nACME\t0029\t01\tLO\t1-n\ta\n",
        "\n\nName,VR,VM,Creator,Group,Element,,\na,lo,1-n,ACME,29,1,,\n\n",
        "creator,group,element,vr,vm,name\rACME,0029,01,LO,1-n,a\r",
        '[{"creator": "ACME", "group": "0029", "element": "01", "VR": "LO", "VM": "1-n", "name": "a", "source": null}]',
    ],
)
def test_what_spreadsheets_write(text: str, tmp_path: Path) -> None:
    (tmp_path / "ours").write_bytes(text.encode("utf-8"))
    assert load([tmp_path / "ours"]).entries == {("ACME", 0x29, 1): (PrivateEntry("LO", "1-n", "a", "ours"),)}


@pytest.mark.parametrize("group", ["0029", "29", "0x29", "0X0029", " 0029 "])
@pytest.mark.parametrize(
    "element", ["0E", "e", "xx0e", "XX0E", "x0E", "0x0E", "0x100E", "100E", "000E", '"(0029,xx0E)"']
)
def test_spellings_of_a_number(group: str, element: str, tmp_path: Path) -> None:
    (tmp_path / "ours").write_text(f"creator,group,element,name\nACME,{group},{element},a\n", encoding="utf-8")
    assert list(load([tmp_path / "ours"]).entries) == [("ACME", 0x29, 0x0E)]


def test_a_vm_may_be_a_number_of_json(tmp_path: Path) -> None:
    (tmp_path / "ours").write_text('[{"creator": "A", "group": "29", "element": "1", "vm": 3}]', encoding="utf-8")
    assert load([tmp_path / "ours"]).entries["A", 0x29, 1][0].vm == "3"


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(PrivateDictionaryError, match="cannot be read"):
        load([tmp_path / "missing.csv"])
    (tmp_path / "latin").write_bytes("creator,group,element\nÄ,0029,01\n".encode("latin-1"))
    with pytest.raises(PrivateDictionaryError, match="not UTF-8"):
        load([tmp_path / "latin"])


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=12
)
entries = st.lists(
    st.tuples(
        texts,
        st.integers(4, 0x7FFF).map(lambda n: 2 * n + 1),
        st.integers(0, 255),
        st.sampled_from(sorted(dictionary.VALUE_REPRESENTATIONS)),
        texts,
    ),
    max_size=20,
)


@given(entries=entries)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_round_trip(entries: list[tuple[str, int, int, str, str]], tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for creator, group, element, vr, name in entries:
            writer.writerow([creator, f"{group:04X}", f"xx{element:02X}", vr, "1", name, "person"])
    found = load([path])
    for creator, group, element, vr, name in entries:
        assert PrivateEntry(vr, "1", name, "person") in found.lookup(creator, group, element)
    assert sum(len(kept) for kept in found.entries.values()) == len(set(entries))
