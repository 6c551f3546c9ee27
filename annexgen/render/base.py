"""The renderers: what every output format can do, and where each one is found.

The modules are imported when a format is asked for, so that writing Markdown does not load what Excel needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex


class Renderer(Protocol):
    """One output format: writes the numbered annex to one file, or a folder of files."""

    @property
    def name(self) -> str:
        """The name by which `--format` asks for it."""

    @property
    def file_name(self) -> str:
        """The name of the file that it writes."""

    def render(self, annex: Annex, folder: Path) -> Path:
        """Write the numbered `annex` into `folder`, which exists, and return the file.

        The same annex gives the same bytes. Errors: OSError when the file cannot be written.
        """


FORMATS = {
    "json": "annexgen.render.json_file:JsonRenderer",
    "md": "annexgen.render.markdown:MarkdownRenderer",
    "html": "annexgen.render.html:HtmlRenderer",
    "xlsx": "annexgen.render.excel:ExcelRenderer",
    "docx": "annexgen.render.word:WordRenderer",
    "csv": "annexgen.render.csv_files:CsvRenderer",
}
"""Every output format and the class that writes it."""


MARKING = frozenset({"md", "html", "xlsx"})
"""Formats beside Word that mark what differs from the former version."""


def renderer(name: str, changes: ChangedRows | None = None) -> Renderer:
    """The renderer of the format `name`, which marks `changes` if it is one of MARKING; KeyError when there is none."""
    module, _, attribute = FORMATS[name].partition(":")
    made = getattr(import_module(module), attribute)
    return cast("Renderer", made(changes) if changes is not None and name in MARKING else made())
