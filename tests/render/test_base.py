"""The registry of the output formats."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.serialization import loads
from annexgen.render.base import FORMATS, renderer

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_writes_its_file(name: str, annex: Annex, tmp_path: Path) -> None:
    one = renderer(name)
    assert one.name == name
    path = one.render(annex, tmp_path)
    assert path == tmp_path / one.file_name
    assert [entry.name for entry in tmp_path.iterdir()] == [one.file_name]
    files = path.iterdir() if path.is_dir() else (path,)
    assert sum(file.stat().st_size for file in files) > 10_000


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        renderer("pdf")


def test_json_is_read_back(annex: Annex, tmp_path: Path) -> None:
    assert loads(renderer("json").render(annex, tmp_path).read_text(encoding="utf-8")) == annex


def test_importing_the_renderers_is_cheap() -> None:
    modules = ("base", "json_file", "markdown", "html", "excel", "terminal")
    heavy = ("openpyxl", "jinja2", "pandas", "pydicom", "highdicom", "rich")
    code = f"import sys; {'; '.join(f'import annexgen.render.{m}' for m in modules)}; " + (
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
