"""annex.html: the annex as one page without a network: search, filters and the evidence of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.render.texts import printable
from annexgen.whole_files import write_whole_text

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex

_TEMPLATE = "annex.html.jinja"


class HtmlRenderer:
    """Writes annex.html."""

    name = "html"
    file_name = "annex.html"

    def __init__(self, changes: ChangedRows | None = None) -> None:
        self._changes = changes

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`."""
        path = folder / self.file_name
        write_whole_text(path, page(annex, self._changes))
        return path


def page(annex: Annex, changes: ChangedRows | None = None) -> str:
    """The whole page: style sheet, script and evidence are inside; `changes` are marked, where given."""
    from importlib.resources import files

    from markupsafe import Markup

    from annexgen.render.html_view import View

    folder = files("annexgen.templates")
    return (
        environment()
        .get_template(_TEMPLATE)
        .render(
            view=View(annex, changes),
            style=Markup(folder.joinpath("annex.css").read_text(encoding="utf-8")),
            script=Markup(folder.joinpath("annex.js").read_text(encoding="utf-8")),
        )
    )


def environment() -> Environment:
    """The templates of all pages: everything is escaped, and what is missing is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("annexgen", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
