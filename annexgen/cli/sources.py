"""What commands share: reading sources with progress, naming what was skipped, and failing with exit code 2."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from annexgen.profile.model import Profile
    from annexgen.profile.reading import Skipped

sources_argument = click.argument("sources", nargs=-1, required=True)
quiet_option = click.option("--quiet", is_flag=True, help="No progress, no list of skipped files.")
NAMED_FILES = 20
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read: the options that scan, build and show share."""

    sources: tuple[str, ...]
    values: str
    jobs: int
    file_timeout: float
    quiet: bool


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """SOURCES and the options of reading them; the command gets them as one `reading`."""

    @sources_argument
    @click.option(
        "--values",
        type=click.Choice(["none", "safe", "all"]),
        default="safe",
        show_default=True,
        help="Which values to keep.",
    )
    @click.option(
        "--jobs",
        type=click.IntRange(min=0),
        default=lambda: os.cpu_count() or 1,
        show_default="all processors",
        help="Worker processes; 0: none, read in this process.",
    )
    @click.option(
        "--file-timeout",
        type=click.FloatRange(min=0.1),
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest time for one file; it is skipped after that.",
    )
    @quiet_option
    @functools.wraps(command)
    def wrapped(
        sources: tuple[str, ...], values: str, jobs: int, file_timeout: float, quiet: bool, **others: Any
    ) -> Any:
        return command(reading=Reading(_listed(sources), values, jobs, file_timeout, quiet), **others)

    return wrapped


def _listed(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The sources, with "-" replaced by the list on standard input."""
    from annexgen.corpus.sources.find import STANDARD_INPUT, read_list

    if STANDARD_INPUT not in sources:
        return sources
    listed = tuple(read_list(sys.stdin.read()))
    return tuple(name for source in sources for name in (listed if source == STANDARD_INPUT else (source,)))


def fail(message: str) -> NoReturn:
    """Say what went wrong on standard error and end with exit code 2."""
    click.echo(f"annexgen: {message}", err=True)
    sys.exit(2)


def read_sources(reading: Reading) -> Profile:
    """One profile of instances and profiles; ends the command when nothing is readable."""
    from annexgen.cli.progress import progress
    from annexgen.corpus.sources import SourceError
    from annexgen.profile.model import MergeError, merge
    from annexgen.profile.scan import scan
    from annexgen.profile.storage import ProfileError, is_profile, load
    from annexgen.profile.workers import WorkerError

    skipped: list[Skipped] = []
    profiles: list[Profile] = []
    try:
        profiles = [load(Path(source)) for source in reading.sources if is_profile(Path(source))]
        instances = [source for source in reading.sources if not is_profile(Path(source))]
        if instances and profiles:
            fail("instances and profiles cannot be mixed: scan the instances first, with the same --salt-file")
        if instances:
            if reading.values == "all" and not reading.quiet:
                click.echo(
                    "annexgen: --values all keeps identifying values; the output must not leave your hands",
                    err=True,
                )
            with progress(instances, quiet=reading.quiet) as shown:

                def skip(entry: Skipped) -> None:
                    skipped.append(entry)
                    shown.skip()

                profiles = [
                    scan(
                        instances,
                        reading.values,
                        jobs=reading.jobs,
                        file_timeout=reading.file_timeout,
                        on_progress=shown.advance,
                        on_skip=skip,
                    )
                ]
        profile = merge(profiles)
    except (SourceError, ProfileError, MergeError, WorkerError, OSError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        click.echo("annexgen: stopped; nothing was written", err=True)
        sys.exit(INTERRUPTED)
    if skipped and not reading.quiet:
        for entry in sorted(skipped, key=lambda e: (e.name, e.reason))[:NAMED_FILES]:
            click.echo(f"skipped {entry.name}: {entry.reason}", err=True)
        if len(skipped) > NAMED_FILES:
            click.echo(f"skipped {len(skipped) - NAMED_FILES} more files; all are listed in the output", err=True)
    if not profile.sop_classes:
        names = ", ".join(reading.sources)
        fail(f"no DICOM instance found in {names} ({len(skipped)} files looked at)")
    return profile
