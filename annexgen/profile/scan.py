"""Scans sources into a profile: every file is counted, or skipped with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annexgen.corpus.files import file_id, find_files, open_buffer
from annexgen.corpus.instance import NotReadableError, read_instance
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile

Progress = Callable[[int, int], None]
Skip = Callable[[Path, str], None]


def scan(
    sources: list[Path], values: str = "safe", progress: Progress | None = None, on_skip: Skip | None = None
) -> Profile:
    """Read every file of the sources and count what is in it.

    Args:
        sources: files and folders.
        values: "none", "safe" or "all" (docs/architecture.md, privacy).
        progress: called with the number of files done and in all.
        on_skip: called with the path and reason of every file that is skipped.

    Returns:
        The profile, in memory and unsealed.

    Raises:
        SourceError: a source does not exist.
    """
    paths = list(find_files(sources))
    counting = Counting(Profile(values=values))
    for done, path in enumerate(paths, start=1):
        identifier = ""
        try:
            with open_buffer(path) as buffer:
                identifier = file_id(buffer)
                instance = read_instance(buffer)
            counting.add(instance, identifier)
        except (NotReadableError, OSError) as error:
            reason = str(error) if isinstance(error, NotReadableError) else f"cannot be read: {error.strerror}"
            counting.skip(identifier or "unreadable", reason)
            if on_skip is not None:
                on_skip(path, reason)
        if progress is not None:
            progress(done, len(paths))
    return counting.finish()
