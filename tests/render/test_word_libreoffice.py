"""annex.docx in LibreOffice: an independent program computes every field anew, and gets what the document says."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from word_reading import captioned_tables, opened
from word_statements import with_bookmarks, with_headings

from annexgen.render.texts import References, printable, section_label
from annexgen.render.word import document
from annexgen.render.word_into import insert

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

SCRIPT = Path(__file__).with_name("libreoffice_update.py")


@cache
def python_of_libreoffice() -> str:
    for python in ("/usr/bin/python3", shutil.which("python3") or "python3"):
        if Path(python).exists():
            found = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
            if found.returncode == 0:
                return python
    return ""


@pytest.fixture(autouse=True)
def _libreoffice() -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    if not python_of_libreoffice():
        pytest.skip("no Python has LibreOffice's module uno")


def spoilt(content: bytes) -> bytes:
    """The document with wrong results in all its captions and references to tables."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                text, references = re.subn(
                    r'(REF _RefT_\w+ \\h .*?separate"/></w:r><w:r>.*?<w:t xml:space="preserve">)[^<]*',
                    r"\1WRONG",
                    data.decode(),
                )
                text, captions = re.subn(
                    r'(SEQ Table .*?separate"/></w:r><w:r>.*?<w:t xml:space="preserve">)[^<]*', r"\g<1>77", text
                )
                assert references > 5
                assert captions > 5
                data = text.encode()
            target.writestr(name, data)
    return buffer.getvalue()


def computed(content: bytes, folder: Path) -> tuple[str, Path]:
    """The text of the document after LibreOffice has computed all fields, and its PDF."""
    source, text, pdf = (folder / name for name in ("spoilt.docx", "computed.txt", "computed.pdf"))
    source.write_bytes(spoilt(content))
    command = [python_of_libreoffice(), str(SCRIPT), str(source), str(text), str(pdf), str(folder / "profile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return text.read_text(encoding="utf-8-sig"), pdf


def test_all_fields_are_right(published: Annex, tmp_path: Path) -> None:
    text, pdf = computed(document(published), tmp_path)
    assert "WRONG" not in text
    assert "Error" not in text
    lines = text.split("\n")
    for table in published.tables:
        caption = f"Table {table.id}. {printable(table.title)}"
        assert caption in lines
        # In the list of tables with the number of its page.
        assert any(re.fullmatch(re.escape(caption) + r"\t\d+", line) for line in lines)
    for section in published.sections:
        assert any(re.fullmatch(re.escape(f"{section_label(section.id)} {section.title}") + r"\t\d+", n) for n in lines)
    references = References(published)
    for section in published.sections:
        for words in section.text:
            if any(piece.kind for piece in references.split(words)):
                assert any(line.strip(" •").endswith(words.removeprefix("- ")) for line in lines), words
    for table in published.tables:
        if table.kind == "iod":
            for row in table.rows:
                assert row.cells["Reference"].text in lines
    assert pdf.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("make", [with_bookmarks, with_headings])
def test_fields_of_a_statement_are_right(make: object, annex: Annex, tmp_path: Path) -> None:
    content = insert(annex, make(), "ours.docx").content  # type: ignore[operator]
    text, _ = computed(content, tmp_path)
    assert "WRONG" not in text
    assert "Error" not in text
    captions = [p.text for p in opened(content).paragraphs if p.style is not None and p.style.name == "Caption"]
    assert len(captions) > 15
    assert [line for line in text.split("\n") if re.match(r"Table \S+-\d+\. ", line)] == captions


def test_what_libreoffice_saved_is_a_statement(annex: Annex, tmp_path: Path) -> None:
    path = tmp_path / "annex.docx"
    path.write_bytes(document(annex))
    profile = (tmp_path / "profile").as_uri()
    folder = tmp_path / "saved"
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "docx", "--outdir"]
    subprocess.run([*command, str(folder), str(path)], capture_output=True, timeout=180, check=True)
    done = insert(annex, (folder / "annex.docx").read_bytes(), "annex.docx")
    assert list(captioned_tables(opened(done.content))) == [table.id for table in annex.tables]
    assert [place.partition(":")[2] for place in done.places] == [" found by its bookmark"] * len(done.places)
    assert len(done.remarks) == 1
