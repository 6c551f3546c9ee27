"""annex.json as a file: the stable interface, written like any other format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.serialization import dumps
from annexgen.whole_files import write_whole_text

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex


class JsonRenderer:
    """Writes annex.json."""

    name = "json"
    file_name = "annex.json"

    def render(self, annex: Annex, folder: Path) -> Path:
        """See `annexgen.render.base.Renderer.render`."""
        path = folder / self.file_name
        write_whole_text(path, dumps(annex))
        return path
