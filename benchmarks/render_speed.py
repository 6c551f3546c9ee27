"""How fast annexes of many rows are written, and how quick the HTML page of them stays in a browser.

    python -m benchmarks.render_speed [--rows 5000]

Prints seconds of processor time, sizes and peak memory for each format; for the page in headless Chromium, when it and
Playwright are installed, milliseconds until it is shown, and from a key or click to the filtered rows on the screen.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.render.excel import ExcelRenderer
from annexgen.render.html import HtmlRenderer
from annexgen.render.json_file import JsonRenderer
from annexgen.render.markdown import MarkdownRenderer
from annexgen.render.word import WordRenderer
from annexgen.simulator.samples import write_samples

if TYPE_CHECKING:
    from annexgen.annex.model import Annex, Section, Table

RENDERERS = {one.name: one for one in (WordRenderer, ExcelRenderer, HtmlRenderer, MarkdownRenderer, JsonRenderer)}
_REPEATED = ("module", "macro", "private_module", "coded_values")
_SHOWN = "requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)))"
SEARCH = f"""words => new Promise(done => {{
    const box = document.getElementById("q"), from = performance.now();
    box.value = words;
    box.dispatchEvent(new Event("input"));
    const look = () => document.body.classList.contains("filtered") ? {_SHOWN} : setTimeout(look);
    look();
}})"""
CLICK = f"""selector => new Promise(done => {{
    const from = performance.now();
    document.querySelector(selector).click();
    const look = () => document.body.classList.contains("filtered") ? {_SHOWN} : setTimeout(look);
    look();
}})"""
"""Scripts for the page that answer after how many milliseconds the rows found are on the screen."""


def annex_of(rows: int) -> Annex:
    """The annexes of the sample product, its attribute tables repeated until there are at least so many rows."""
    with tempfile.TemporaryDirectory() as folder:
        write_samples(Path(folder) / "corpus")
        annex = build_annex(scan([Path(folder) / "corpus"]))
    by_key = {table.key: table for table in annex.tables}
    own = [section for section in annex.sections if section.id.startswith("N.9.") and section.tables]
    tables: list[Table] = list(annex.tables)
    more: list[Section] = []
    count, copy = sum(len(table.rows) for table in tables), 0
    while count < rows:
        copy += 1
        copies = []
        for section in own:
            for key in section.tables:
                if by_key[key].kind in _REPEATED and count < rows:
                    copies.append(replace(by_key[key], key=f"{copy}:{key}"))
                    count += len(by_key[key].rows)
        tables += copies
        more.append(replace(own[0], id=f"N.9.{900 + copy}", title=f"Copy {copy}", tables=tuple(t.key for t in copies)))
    end = max(n for n, section in enumerate(annex.sections) if section.id.startswith("N.9.")) + 1
    sections = (*annex.sections[:end], *more, *annex.sections[end:])
    return number(replace(annex, tables=tuple(tables), sections=sections))


def _rendered(rows: int, name: str, folder: str) -> None:
    """Run in a process of its own, so that the peak is that of one format."""
    annex = annex_of(rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    path = RENDERERS[name]().render(annex, Path(folder))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{name:5} {seconds:6.1f} s  {path.stat().st_size / 1e6:5.1f} MB  peak {before / 1024:.0f} -> {peak / 1024:.0f} MiB"
    )


def _browse(path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("page: not measured, Playwright or Chromium is not installed")
        return
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        loaded = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        print(f"page: first contents after {paint:.0f} ms, loaded after {loaded:.0f} ms")
        for words in ("pixel spacing", "0028", "e"):
            print(f"page: search {words!r} {page.evaluate(SEARCH, words):.0f} ms")
            page.click("#clear")
        for selector in ("[data-status=u]", "[data-flag=v]", "[data-flag=w]", "[data-flag=f]"):
            print(f"page: filter {selector} {page.evaluate(CLICK, selector):.0f} ms")
            page.click("#clear")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        _rendered(arguments.rows, *arguments.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in RENDERERS:
            command = [
                sys.executable,
                "-m",
                "benchmarks.render_speed",
                "--rows",
                str(arguments.rows),
                "--one",
                name,
                folder,
            ]
            subprocess.run(command, check=True)
        _browse(Path(folder) / HtmlRenderer.file_name)


if __name__ == "__main__":
    main()
