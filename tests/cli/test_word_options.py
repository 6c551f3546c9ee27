"""`annexgen build` for Word: final documents, a person's template, an existing statement; messages and exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docx import Document

from tests.command_line import run, run_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def profile(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("profile") / "samples.profile.json.gz"
    assert run("scan", corpus, "-o", target, "--quiet").returncode == 0
    return target


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    word = Document()
    word.add_heading("Information Object Definitions (IODs)", 1)
    word.add_paragraph("Old text.")
    word.add_heading("The end", 1)
    path = tmp_path / "statement.docx"
    word.save(str(path))
    return path


def test_into_writes_a_copy_and_says_where(profile: Path, statement: Path, tmp_path: Path) -> None:
    before = statement.read_bytes()
    result = run("build", profile, "-o", tmp_path / "out", "--into", statement)
    assert result.returncode == 0, result.stderr
    assert statement.read_bytes() == before
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"annex.json", "statement.docx"}
    shown = [p.text for p in Document(str(tmp_path / "out" / "statement.docx")).paragraphs]
    assert "N.9.1 Information Shared Across Multiple IODs" in shown
    assert "Old text." not in shown
    assert "The end" in shown
    assert "N.9 Information Object Definitions (IODs): found by its heading" in result.stderr
    assert "no place was found for N.1.1 Content and Transfer" in result.stderr
    again = run_process(
        "build", profile, "-o", tmp_path / "again", "--into", tmp_path / "out" / "statement.docx", "--quiet"
    )
    assert again.returncode == 0
    assert again.stderr == ""
    second = tmp_path / "again" / "statement.docx"
    assert second.read_bytes() == (tmp_path / "out" / "statement.docx").read_bytes()


def test_into_never_overwrites_the_statement(profile: Path, statement: Path) -> None:
    before = statement.read_bytes()
    result = run("build", profile, "-o", statement.parent, "--into", statement)
    assert result.returncode == 2
    assert "would be overwritten" in result.stderr
    assert statement.read_bytes() == before


def _without_a_place(path: Path) -> None:
    Document().save(str(path))


def _no_document(path: Path) -> None:
    path.write_text("words", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_without_a_place, "has no place for the annexes. Mark the place in Word"),
        (_no_document, "is not a Word document"),
    ],
)
def test_what_cannot_be_filled_is_exit_code_2(
    make: Callable[[Path], None], message: str, profile: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.docx"
    make(path)
    result = run("build", profile, "-o", tmp_path / "out", "--into", path)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out" / "odd.docx").exists()


def test_a_final_document_is_refused_while_something_is_unknown(profile: Path, tmp_path: Path) -> None:
    arguments = ("build", profile, "-o", tmp_path / "out", "--format", "docx", "--final")
    refused = run(*arguments)
    assert refused.returncode == 1
    assert "no final document" in refused.stderr
    assert not (tmp_path / "out").exists()
    done = run(*arguments, "--leave-blank")
    assert done.returncode == 0, done.stderr
    assert "cells are proposed, not confirmed" in done.stderr
    texts = [p.text for p in Document(str(tmp_path / "out" / "annex.docx")).paragraphs]
    assert not any("draft" in text.casefold() for text in texts)
    assert run("build", profile, "-o", tmp_path / "out", "--leave-blank").returncode == 2


def test_a_template_of_ones_own(profile: Path, statement: Path, tmp_path: Path) -> None:
    word = Document()
    word.add_paragraph("{{ document_name }}")
    path = tmp_path / "mine.docx"
    word.save(str(path))
    arguments = ("build", profile, "-o", tmp_path / "out", "--format", "docx", "--word-template", path, "--quiet")
    result = run(*arguments)
    assert result.returncode == 0, result.stderr
    shown = [p.text for p in Document(str(tmp_path / "out" / "annex.docx")).paragraphs]
    assert shown[0] == "Draft annexes of the DICOM Conformance Statement"
    word.add_paragraph("{{ nonsense }}")
    word.save(str(path))
    result = run(*arguments)
    assert result.returncode == 2
    assert "mine.docx has a field that cannot be filled in" in result.stderr


def _marked(path: Path) -> bool:
    return any(p.text.startswith("Nothing in the tables differs") for p in Document(str(path)).paragraphs)


@pytest.mark.parametrize(
    ("options", "marked"),
    [
        ((), True),
        (("--no-mark-changes",), False),
        (("--final", "--leave-blank"), False),
        (("--final", "--leave-blank", "--mark-changes"), True),
    ],
)
def test_changes_are_marked_in_a_draft_and_in_a_final_document_when_asked(
    options: tuple[str, ...], marked: bool, profile: Path, tmp_path: Path
) -> None:
    result = run("build", profile, "-o", tmp_path, "--format", "docx", "--compare-to", profile, "--quiet", *options)
    assert result.returncode == 0, result.stderr
    assert _marked(tmp_path / "annex.docx") is marked


def test_marks_need_a_former_version(profile: Path, tmp_path: Path) -> None:
    result = run("build", profile, "-o", tmp_path / "out", "--mark-changes")
    assert result.returncode == 2
    assert "--mark-changes goes with --compare-to" in result.stderr
    assert not (tmp_path / "out").exists()
