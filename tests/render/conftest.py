"""The numbered sample annex for the tests of the renderers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sample_annex import rich_annex

from annexgen.annex.numbering import number

if TYPE_CHECKING:
    from annexgen.annex.model import Annex


@pytest.fixture(scope="session")
def annex() -> Annex:
    return number(rich_annex())


@pytest.fixture(scope="session")
def published() -> Annex:
    return number(rich_annex(), "published")
