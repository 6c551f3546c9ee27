"""Private dictionaries: what is read, what is refused, and that nothing is overwritten."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annexgen.standard.private_dictionary import (
    COLUMNS,
    EMPTY,
    VRS,
    PrivateDictionaryError,
    PrivateEntry,
    load,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_pydicom_knows_some() -> None:
    (entry,) = EMPTY.lookup("SIEMENS MR HEADER", 0x0019, 0x0C)
    assert entry == PrivateEntry("IS", "1", "B_value", "pydicom")
    assert EMPTY.lookup("ACME", 0x0029, 0x01) == ()


def test_a_person_comes_first_and_conflicts_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(
        "Creator,Group,Element,VR,VM,Name,Source\n"
        "SIEMENS MR HEADER,0019,xx0C,DS,1,b,\n"
        'ACME,0029,1001,LO,1-n,"Name, with comma",service manual\n',
        encoding="utf-8",
    )
    found = load([path])
    first, second = found.lookup("SIEMENS MR HEADER", 0x0019, 0x0C)
    assert (first.vr, first.source) == ("DS", "ours.csv")
    assert second.source == "pydicom"
    assert found.lookup("ACME", 0x0029, 0x01) == (PrivateEntry("LO", "1-n", "Name, with comma", "service manual"),)
    assert [conflict.text() for conflict in found.conflicts()] == [
        '(0019,xx0C,"SIEMENS MR HEADER"): VR DS (ours.csv), IS (pydicom)',
        '(0019,xx0C,"SIEMENS MR HEADER"): name b (ours.csv), B_value (pydicom)',
    ]


def test_the_reason_names_the_source_and_what_others_say(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text("creator,group,element,vr,name\nSIEMENS MR HEADER,0019,0C,IS,b\n", encoding="utf-8")
    found = load([path])
    element = ("SIEMENS MR HEADER", 0x0019, 0x0C)
    assert found.reason(*element, "name") == "private dictionary: ours.csv; but B_value (pydicom)"
    assert found.reason(*element, "vr") == "private dictionary: ours.csv", "both say IS"
    assert EMPTY.reason(*element, "name") == "private dictionary: pydicom"
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
        st.sampled_from(sorted(VRS)),
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
