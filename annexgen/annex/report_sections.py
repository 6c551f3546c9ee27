"""Section N.10: one subsection for each kind of report (PS3.2 N.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex import boilerplate
from annexgen.annex.content_tables import content_tables
from annexgen.annex.drafts import (
    SopClassDraft,
    trees_of,
)
from annexgen.annex.model import (
    table_token,
)

if TYPE_CHECKING:
    from annexgen.annex.outline import Outline


def report_sections(outline: Outline, described: list[SopClassDraft]) -> None:
    """Section N.10: one subsection for each kind of report."""
    trees = [(one, tree) for one in described for tree in trees_of(one)]
    heading = "Structured Report Content Encoding"
    if not trees:
        outline.section("N.10", heading)
        return
    outline.section("N.10", heading, tuple(t.format(product=outline.product_name) for t in boilerplate.CONTENT))
    trees.sort(
        key=lambda t: (
            int(t[1].template) if t[1].template.isdigit() else 1 << 30,
            t[1].title,
            t[0].view.uid,
        )
    )
    for number, (one, tree) in enumerate(trees, start=1):
        meaning = tree.title.split("\x1f")[2] if tree.title else "Document"
        title = f"{meaning} (TID {tree.template})" if tree.template else meaning
        tables = content_tables(one.view, tree, title)
        text = f"{table_token(tables[0].key)} shows the encoding of content of a DICOM {title}."
        identifier = f"N.10.{number}"
        outline.section(identifier, title, (text,), (tables[0],))
        codes = tuple(tables[1:])
        words = (f"The following tables list specific code sets referenced from the {title}.",) if codes else ()
        outline.section(f"{identifier}.1", "Code Sets", words, codes)
