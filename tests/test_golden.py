"""The samples' annexes in `samples/annexes` are what the program writes now; `make golden` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.render import markdown
from annexgen.simulator import write_samples

GOLDEN = Path(__file__).parents[1] / "samples" / "annexes" / "acme.md"


def test_markdown_of_the_samples(tmp_path: Path) -> None:
    write_samples(tmp_path)
    text = markdown.document(number(build_annex(scan([tmp_path]))))
    if os.environ.get("ANNEXGEN_WRITE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text
