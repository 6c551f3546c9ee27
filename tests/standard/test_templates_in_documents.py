"""Templates that documents name: those of the simulated products and, where they are beside the project, of real ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest

from annexgen.standard.templates import all_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

PROJECT = Path(__file__).parents[2]
CORPORA = PROJECT.parent / "shared" / "corpora"
NOT_IN_THE_STANDARD = {"005", "014", "023", "122505"}
"""Identifiers that dose reports of some products give as if PS3.16 had such templates."""


def named(dataset: Dataset) -> Iterator[str]:
    """The template identifiers of the DICOM Content Mapping Resource that a data set names, at any level."""
    for item in dataset.get("ContentTemplateSequence", ()):
        if item.get("MappingResource") == "DCMR":
            yield str(item.TemplateIdentifier)
    for item in dataset.get("ContentSequence", ()):
        yield from named(item)


def test_templates_of_the_simulated_products() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (PROJECT / "samples" / "products").rglob("*.toml")]
    tids = {tid for text in texts for tid in re.findall(r"\btemplate (\d+[A-Z]?)\b", text)}
    assert {"10001", "4000"} <= tids
    assert tids <= set(all_templates())


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_templates_of_real_documents() -> None:
    found: set[str] = set()
    for folder in ("dose-sr-all", "tid1500-all", "siemens-terrax-xa60", "siemens-prismafit-xa30"):
        for file in sorted((CORPORA / folder).rglob("*")):
            if file.is_file() and file.stat().st_size < 2_000_000:
                tags = ["ContentTemplateSequence", "ContentSequence"]
                found.update(named(pydicom.dcmread(file, force=True, specific_tags=tags)))
    assert {"10001", "10011", "1500"} <= found
    assert found - set(all_templates()) == NOT_IN_THE_STANDARD
