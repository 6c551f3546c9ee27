"""What commands share: reading sources with a progress bar, naming what was skipped, and failing with exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from annexgen.profile.model import Profile

sources_argument = click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
values_option = click.option(
    "--values",
    type=click.Choice(["none", "safe", "all"]),
    default="safe",
    show_default=True,
    help="Which values to keep.",
)
quiet_option = click.option("--quiet", is_flag=True, help="No progress, no list of skipped files.")
NAMED_FILES = 20


def fail(message: str) -> NoReturn:
    """Say what went wrong on standard error and end with exit code 2."""
    click.echo(f"annexgen: {message}", err=True)
    sys.exit(2)


def read_sources(sources: tuple[Path, ...], values: str, quiet: bool) -> Profile:
    """One profile of instances and profiles; ends the command when nothing is readable."""
    from annexgen.corpus.files import SourceError
    from annexgen.profile.model import MergeError, merge
    from annexgen.profile.scan import scan
    from annexgen.profile.storage import ProfileError, is_profile, load

    skipped: list[tuple[Path, str]] = []
    profiles: list[Profile] = []
    try:
        profiles = [load(source) for source in sources if is_profile(source)]
        instances = [source for source in sources if not is_profile(source)]
        if instances and profiles:
            fail("instances and profiles cannot be mixed: scan the instances first, with the same --salt-file")
        if instances:
            if values == "all" and not quiet:
                click.echo(
                    "annexgen: --values all keeps identifying values; the output must not leave your hands",
                    err=True,
                )
            with _progress(quiet) as advance:
                profiles = [scan(instances, values, advance, lambda path, reason: skipped.append((path, reason)))]
        profile = merge(profiles)
    except (SourceError, ProfileError, MergeError, OSError) as error:
        fail(str(error))
    if skipped and not quiet:
        for path, reason in skipped[:NAMED_FILES]:
            click.echo(f"skipped {path}: {reason}", err=True)
        if len(skipped) > NAMED_FILES:
            click.echo(f"skipped {len(skipped) - NAMED_FILES} more files; all are listed in the output", err=True)
    if not profile.sop_classes:
        names = ", ".join(str(source) for source in sources)
        fail(f"no DICOM instance found in {names} ({len(skipped)} files looked at)")
    return profile


class _progress:  # noqa: N801
    """A progress bar on standard error; nothing when quiet or not a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    def __enter__(self):  # type: ignore[no-untyped-def]
        if not self._shown:
            return None
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()
        task = self._bar.add_task("Reading", total=None)
        return lambda done, total: self._bar.update(task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.stop()
