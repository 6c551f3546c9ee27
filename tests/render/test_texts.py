"""What all formats say alike: where a section's paragraphs stand, lists, references in texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_annex import rich_annex
from word_reading import opened

from annexgen.annex.model import Section
from annexgen.annex.numbering import number
from annexgen.render.html import page
from annexgen.render.markdown import document as markdown
from annexgen.render.texts import References, blocks, list_level
from annexgen.render.word import document

TABLES = ("N.9-28", "N.9-29", "N.9-30")


@given(
    st.lists(
        st.sampled_from(["Words.", "- item", "  - inner", *(f"Table {t} lists." for t in TABLES), "Table N.9-1 x"])
    )
)
def test_blocks_keep_every_paragraph_and_table_in_order(texts: list[str]) -> None:
    section = Section("N.9.3", "S", tuple(texts), TABLES)
    found = list(blocks(section))
    assert [text for block in found for text in block.texts] == texts
    assert [block.table for block in found if block.table] == list(TABLES)


def test_what_names_a_table_first_stands_right_before_it() -> None:
    texts = ("Table N.9-28 defines.", "More.", "Table N.9-29 lists:", "- PER_FRAME", "- SHARED", "Table N.9-30 too.")
    found = [(block.texts, block.table) for block in blocks(Section("N.9.3", "S", texts, TABLES))]
    assert found == [(texts[:2], "N.9-28"), (texts[2:5], "N.9-29"), (texts[5:], "N.9-30")]


@pytest.mark.parametrize(("text", "level"), [("- a", 1), ("  - a", 2), ("a - b", 0), ("-a", 0), (" - a", 0)])
def test_levels_of_lists(text: str, level: int) -> None:
    assert list_level(text) == level


def test_a_whole_annex_is_a_reference() -> None:
    references = References(number(rich_annex(), "published"))
    pieces = [
        (piece.text, piece.kind, piece.target) for piece in references.split("See Annex B, Section A.2, Annex Z.")
    ]
    assert pieces == [
        ("See ", "", ""),
        ("Annex B", "section", "B"),
        (", ", "", ""),
        ("Section A.2", "section", "A.2"),
        (", Annex Z.", "", ""),
    ]


def test_all_formats_introduce_a_table_where_it_stands() -> None:
    annex = number(rich_annex())
    section = next(section for section in annex.sections if len(section.tables) > 1 and section.id.startswith("N.9."))
    first, second = section.tables[:2]
    words = f"Table {second} lists what comes next."
    sections = tuple(
        Section(s.id, s.title, (f"Table {first} begins.", words), s.tables, s.applicable) if s is section else s
        for s in annex.sections
    )
    changed = replace(annex, sections=sections)
    captions = [f"Table {one}. {annex.table(one).title}" for one in (first, second)]
    body = opened(document(changed)).element.body
    texts = ["".join(t.text or "" for t in block.iter("{*}t")) for block in body]
    texts = texts[texts.index(f"Table {first} begins.") :]
    assert texts.index(captions[0]) < texts.index(words) < texts.index(captions[1])
    text = markdown(changed)
    places = [text.index(f"**Table {first}"), text.index("lists what comes next"), text.index(f"**Table {second}")]
    assert places == sorted(places)
    html = page(changed)
    places = [html.index(f'id="{first}"'), html.index("lists what comes next"), html.index(f'id="{second}"')]
    assert places == sorted(places)
