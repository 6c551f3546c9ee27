"""Instances on which the element reader fails are read by pydicom, with the same result and a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.data import data_manager

from annexgen.corpus import fallback
from annexgen.corpus.elements import ElementReader, RawElement
from annexgen.corpus.fallback import read_any, read_with_pydicom
from annexgen.corpus.instance import NotReadableError, read_instance
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile

FOLDER = Path(data_manager.DATA_ROOT) / "test_files"
FILES = sorted(p for p in FOLDER.glob("*.dcm") if 0 < p.stat().st_size < 100_000)


def plain(elements: list[RawElement]) -> list[tuple[object, ...]]:
    """What both readers must agree in: offsets differ, and pydicom replaces some UN without saying so."""
    return [
        (e.tag, e.vr, [plain(item) for item in e.value] if isinstance(e.value, list) else e.value, e.start)
        for e in elements
    ]


def test_the_same_elements() -> None:
    compared = 0
    for path in FILES:
        content = path.read_bytes()
        try:
            expected = read_instance(content)
        except NotReadableError:
            continue
        if expected.problems:
            continue
        found = read_with_pydicom(content, "ValueError")
        assert plain(found.elements) == plain(expected.elements), path.name
        assert (found.sop_class, found.transfer_syntax, found.preamble, found.little_endian) == (
            expected.sop_class,
            expected.transfer_syntax,
            expected.preamble,
            expected.little_endian,
        ), path.name
        compared += 1
    assert compared > 50


def test_a_fault_of_the_reader_is_a_finding_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    content = (FOLDER / "CT_small.dcm").read_bytes()
    expected = Counting(Profile())
    expected.count(content, "0")

    def fails(reader: ElementReader, start: int, end: int | None = None) -> list[RawElement]:
        raise IndexError("a fault")

    monkeypatch.setattr(ElementReader, "read", fails)
    counting = Counting(Profile())
    counting.add(read_any(content), "0")
    found = counting.finish()
    assert found.sop_classes == expected.finish().sop_classes
    (problem,) = found.problems
    assert problem[0] == "read-by-pydicom"
    assert "IndexError" in problem[3]
    assert "a fault" not in problem[3]


def test_what_neither_reader_takes_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(buffer: object) -> None:
        raise RecursionError

    monkeypatch.setattr(fallback, "read_instance", fails)
    with pytest.raises(NotReadableError, match=r"failed on it \(RecursionError\), and so did"):
        read_any((FOLDER / "image_dfl.dcm").read_bytes()[:2000])
