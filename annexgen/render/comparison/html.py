"""The differences as one offline page, both sides beside each other."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from annexgen.annex.comparison.model import Weight
from annexgen.render.comparison.words import HEADINGS, NOTHING, counts, origin_counts, origin_title, said, seen, title
from annexgen.render.html import environment

if TYPE_CHECKING:
    from annexgen.annex.comparison import Comparison


def page(comparison: Comparison) -> str:
    """The whole page: its style sheet and script are inside."""
    from markupsafe import Markup

    folder = files("annexgen.templates")
    return (
        environment()
        .get_template("comparison.html.jinja")
        .render(
            comparison=comparison,
            weights=[(weight, HEADINGS[weight], comparison.of(weight)) for weight in Weight],
            title=title(comparison),
            counts=counts(comparison),
            nothing=NOTHING,
            said=said,
            seen=seen,
            origin_title=origin_title,
            origin_counts=origin_counts,
            style=Markup(folder.joinpath("comparison.css").read_text(encoding="utf-8")),
            script=Markup(folder.joinpath("comparison.js").read_text(encoding="utf-8")),
        )
    )
