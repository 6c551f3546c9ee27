"""annex.docx: the annexes as a Word document with the look of PS3.2 Annex N."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annexgen.whole_files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.changed_rows import ChangedRows
    from annexgen.annex.model import Annex


@dataclass(frozen=True, slots=True)
class WordOptions:
    """How the document is written.

    `final` leaves out the marks of a draft, `template` is a person's own Word file, `changes` are what differs from the former
    version and is marked, in a final document as well.
    """

    final: bool = False
    template: Path | None = None
    changes: ChangedRows | None = None


class WordRenderer:
    """Writes annex.docx."""

    name = "docx"
    file_name = "annex.docx"

    def __init__(self, options: WordOptions | None = None) -> None:
        self._options = options or WordOptions()

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`.

        Errors: `word_xml.WordError` when the template cannot be used.
        """
        path = folder / self.file_name
        write_whole(path, document(annex, self._options))
        return path


def document(annex: Annex, options: WordOptions | None = None) -> bytes:
    """The bytes of the document: the template with its fields filled in and the annexes in their places.

    A template without a mark gets the annexes at its end. Errors: `word_xml.WordError` when it cannot be used;
    OSError when it cannot be read.
    """
    from annexgen.render.word_body import parts
    from annexgen.render.word_fill import Filling, fill
    from annexgen.render.word_places import WHOLE, Place, find_places
    from annexgen.render.word_styles import Styles
    from annexgen.render.word_template import filled_template
    from annexgen.render.word_xml import w

    options = options or WordOptions()
    package = filled_template(annex, final=options.final, template=options.template)
    body = package.body
    places = find_places(body, parts(annex), Styles(package), package.name)
    if not any(place.part or place.key == WHOLE for place in places):
        places.append(Place(WHOLE, WHOLE, "end", body, reference=body.find(w("sectPr"))))
    fill(package, annex, places, Filling(final=options.final, changes=options.changes))
    return package.to_bytes()
