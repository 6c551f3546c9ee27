"""Thresholds: set by a file, echoed into the annex, and refused when they make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annexgen.analyzers.thresholds import Thresholds, ThresholdsError, load
from annexgen.annex.build import build_annex

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.profile.model import Profile


def test_a_file_sets_some(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text("[thresholds]\ncondition_margin = 40\ncondition_values = 2\n", encoding="utf-8")
    assert load(path) == Thresholds(condition_margin=40.0, condition_values=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[thresholds]\nmargin = 1\n", "unknown threshold 'margin'; known: condition_evidence"),
        ("[thresholds]\ncondition_margin = -1\n", "not negative"),
        ("[thresholds]\ncondition_margin = 'much'\n", "'much', but must be a number"),
        ("[thresholds]\ncondition_values = true\n", "must be a number"),
        ("[thresholds]\ncondition_values = 1.5\n", "whole number"),
        ("[other]\n", r"unknown table \[other\]"),
        ("thresholds = 1\n", "no table"),
        ("thresholds", "not TOML"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThresholdsError, match=message):
        load(path)


def test_they_decide_and_are_echoed(samples_profile: Profile) -> None:
    usual, strict = (
        build_annex(samples_profile),
        build_annex(samples_profile, thresholds=Thresholds(condition_margin=500.0)),
    )
    assert usual.thresholds["condition_margin"] == Thresholds().condition_margin
    assert strict.thresholds["condition_margin"] == 500.0

    def conditions(annex: object) -> int:
        return sum(
            "Present if" in row.cells["Conditions"].text
            for table in annex.tables  # type: ignore[attr-defined]
            for row in table.rows
            if "Conditions" in row.cells and table.kind != "directory"  # those follow from the types of records
        )

    assert conditions(usual) > 0
    assert conditions(strict) == 0


@pytest.mark.parametrize("value", ["inf", "nan", "-inf"])
def test_what_is_no_number_of_evidence_is_refused(tmp_path: Path, value: str) -> None:
    (tmp_path / "a.toml").write_text(f"[thresholds]\nclosed_units = {value}\n", encoding="utf-8")
    with pytest.raises(ThresholdsError, match="closed_units"):
        load(tmp_path / "a.toml")
