"""Annexes of thousands of rows in the browser: a page that answers while one types."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from annexgen.render.html import HtmlRenderer
from benchmarks.render_speed import CLICK, SEARCH, annex_of

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


def test_5000_rows_in_the_browser(tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    path = HtmlRenderer().render(annex_of(5000), tmp_path)
    assert path.stat().st_size < 10_000_000
    with (
        api.sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())

        def best(script: str, argument: str) -> float:
            times = []
            for _ in range(3):
                times.append(page.evaluate(script, argument))
                page.click("#clear")
            return min(times)

        assert best(SEARCH, "pixel spacing") < 1000
        assert best(CLICK, "[data-status=u]") < 1000
