"""Where instances come from: files, folders, file-sets, archives and URLs, as batches that any process can read."""

from __future__ import annotations

from annexgen.corpus.sources.batches import Batch, Entry, Files
from annexgen.corpus.sources.find import SourceError, batches_of

__all__ = ["Batch", "Entry", "Files", "SourceError", "batches_of"]
