"""The samples' annexes in `samples/annexes` are what the program writes now; `make golden` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.render import markdown

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

GOLDEN = Path(__file__).parents[1] / "samples" / "annexes" / "acme.md"


def test_markdown_of_the_samples(samples_annex: Annex) -> None:
    text = markdown.document(samples_annex)
    if os.environ.get("ANNEXGEN_WRITE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text
