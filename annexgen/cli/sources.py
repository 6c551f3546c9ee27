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

    from annexgen.profile.cache import Cache
    from annexgen.profile.model import Profile
    from annexgen.profile.reading import Skipped

sources_argument = click.argument("sources", nargs=-1, required=True)
salt_option = click.option(
    "--salt-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Secret for the hashes; what is made with the same one can be merged, and its file ids located.",
)
quiet_option = click.option("--quiet", is_flag=True, help="No progress, no list of skipped files.")
NAMED_FILES = 20
NAMED_OF_A_REASON = 5
SHORTEST_SALT = 16
"""Bytes; a shorter salt could be guessed, and with it the values behind the hashes."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells expect it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read: the options that scan, build and show share."""

    sources: tuple[str, ...]
    values: str
    jobs: int
    file_timeout: float
    cache: Path | None
    cache_content: bool
    dask: str | None
    device: str
    quiet: bool
    salt_file: Path | None = None


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
    @click.option(
        "--cache",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="FOLDER",
        help="Remember in FOLDER what files hold; unchanged files are not read again.",
    )
    @click.option("--cache-content", is_flag=True, help="With --cache: go by the content of files, not by their times.")
    @click.option("--dask", metavar="ADDRESS", help="Read on the Dask cluster whose scheduler is at ADDRESS.")
    @click.option(
        "--device",
        default="",
        metavar="TEXT",
        help="Count only what a device wrote whose manufacturer, model or version holds TEXT.",
    )
    @salt_option
    @quiet_option
    @functools.wraps(command)
    def wrapped(sources: tuple[str, ...], **options: Any) -> Any:
        own = {name: options.pop(name) for name in Reading.__dataclass_fields__ if name in options}
        return command(reading=Reading(_listed(sources), **own), **options)

    return wrapped


def _listed(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The sources, with "-" replaced by the list on standard input."""
    from annexgen.corpus.sources.find import STANDARD_INPUT, read_list

    if STANDARD_INPUT not in sources:
        return sources
    # As the system names files: not every name is text.
    listed = tuple(read_list(os.fsdecode(sys.stdin.buffer.read())))
    return tuple(name for source in sources for name in (listed if source == STANDARD_INPUT else (source,)))


def fail(message: str) -> NoReturn:
    """Say what went wrong on standard error and end with exit code 2."""
    click.echo(f"annexgen: {message}", err=True)
    sys.exit(2)


def why(error: OSError) -> str:
    """What could not be read or written, and why."""
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason


def fail_to_write(path: Path, error: OSError) -> NoReturn:
    """Say why a file could not be written, and end with exit code 2."""
    missing = isinstance(error, FileNotFoundError) and not path.parent.exists()
    fail(f"{path}: there is no folder {path.parent}; make it first" if missing else f"{path}: {error.strerror}")


def read_sources(reading: Reading) -> Profile:
    """One profile of instances and profiles; ends the command when nothing is readable."""
    from annexgen.cli.progress import progress
    from annexgen.corpus.sources import SourceError, batches_of
    from annexgen.profile.dask_scan import ClusterError
    from annexgen.profile.model import MergeError, merge
    from annexgen.profile.scan import scan
    from annexgen.profile.storage import ProfileError, is_profile, load
    from annexgen.profile.workers import WorkerError

    skipped: list[Skipped] = []
    profiles: list[Profile] = []
    try:
        profiles = [load(Path(source)) for source in reading.sources if is_profile(Path(source))]
        instances = [source for source in reading.sources if not is_profile(Path(source))]
        if profiles and reading.device:
            fail("a profile does not tell devices apart any more: scan the instances again with --device")
        if profiles and reading.salt_file:
            fail("a profile has its salt already: give --salt-file when the instances are scanned")
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

                salt = read_salt(reading.salt_file)
                if reading.dask:
                    from annexgen.profile.dask_scan import scan_on_cluster

                    batches = batches_of(instances)
                    profiles = [
                        scan_on_cluster(
                            reading.dask, batches, reading.values, reading.device, salt, shown.advance, skip
                        )
                    ]
                else:
                    profiles = [
                        scan(
                            instances,
                            reading.values,
                            jobs=reading.jobs,
                            file_timeout=reading.file_timeout,
                            cache=_cache(reading, salt),
                            device=reading.device,
                            salt=salt,
                            on_progress=shown.advance,
                            on_skip=skip,
                        )
                    ]
        profile = merge(profiles)
    except (SourceError, ProfileError, MergeError, WorkerError, ClusterError) as error:
        fail(str(error))
    except OSError as error:
        fail(why(error))
    except KeyboardInterrupt:
        kept = "; run it again with the same --cache to go on" if reading.cache else ""
        click.echo(f"annexgen: stopped; nothing was written{kept}", err=True)
        sys.exit(INTERRUPTED)
    if skipped and not reading.quiet:
        for line in skipped_lines(skipped):
            click.echo(line, err=True)
    for line in faults(skipped):
        click.echo(line, err=True)
    if not profile.sop_classes:
        names = ", ".join(reading.sources) or "an empty list"
        if profile.links.items:
            fail(f"only worklist items found in {names}; give the instances that were made from them as well")
        if reading.sources and all(name.endswith("annex.json") for name in reading.sources):
            fail(f"{names} is an annex, made from instances: give those, or their profile")
        files = "1 file" if len(skipped) == 1 else f"{len(skipped):,} files"
        fail(f"no DICOM instance found in {names} ({files} looked at)")
    # DICOMDIRs and others that name no device are counted with any; alone they are not what was asked for.
    if reading.device and not any(origin[3].strip("\x1f") for origin, _ in profile.origins()):
        fail(
            f"no instance found whose Manufacturer, Manufacturer's Model Name or Software Versions hold {reading.device!r}; "
            "annexgen show names the devices"
        )
    return profile


def skipped_lines(skipped: list[Skipped]) -> list[str]:
    """What was skipped, in lines: few files by name, of many the first of each reason, the rarest reasons first, and counts."""
    if len(skipped) <= NAMED_FILES:
        return [f"skipped {entry.name}: {entry.reason}" for entry in sorted(skipped, key=lambda e: (e.name, e.reason))]
    by_reason: dict[str, list[str]] = {}
    for entry in skipped:
        by_reason.setdefault(entry.reason, []).append(entry.name)
    lines: list[str] = []
    left = len(skipped)
    for reason, names in sorted(by_reason.items(), key=lambda one: (len(one[1]), one[0])):
        shown = sorted(names)[: min(NAMED_OF_A_REASON, NAMED_FILES - len(lines))]
        lines += [f"skipped {name}: {reason}" for name in shown]
        left -= len(shown)
        if shown and len(names) > len(shown):
            lines.append(f"skipped {len(names) - len(shown):,} more: {reason}")
            left -= len(names) - len(shown)
    if left:
        lines.append(f"skipped {left:,} more files for other reasons")
    return [*lines, f"{len(skipped):,} files skipped; all are listed in the output"]


def faults(skipped: list[Skipped]) -> list[str]:
    """What annexgen itself failed on, in lines; said even when quiet, since nobody else can mend it."""
    from annexgen.profile.reading import INTERNAL_ERROR

    failed = sorted((entry.name, entry.reason) for entry in skipped if entry.reason.startswith(INTERNAL_ERROR))
    if not failed:
        return []
    files = "1 file" if len(failed) == 1 else f"{len(failed):,} files"
    lines = [
        f"annexgen: {INTERNAL_ERROR} on {files}, not counted; everything else is. Please report it, with the version:"
    ]
    lines += [f"  {name}: {reason}" for name, reason in failed[:NAMED_OF_A_REASON]]
    return [*lines, *([f"  and {len(failed) - NAMED_OF_A_REASON:,} more"] if len(failed) > NAMED_OF_A_REASON else [])]


def read_salt(salt_file: Path | None) -> bytes:
    """The salt in a file; none without file. Ends the command when it cannot be read or is no secret."""
    if salt_file is None:
        return b""
    try:
        salt = salt_file.read_bytes()
    except OSError as error:
        fail(f"{salt_file}: {error.strerror}")
    if len(salt) < SHORTEST_SALT:
        fail(f"{salt_file}: a salt needs at least {SHORTEST_SALT} bytes; openssl rand -hex 32 makes a good one")
    return salt


def _cache(reading: Reading, salt: bytes) -> Cache | None:
    if reading.cache is None:
        return None
    from annexgen.profile.cache import Cache
    from annexgen.profile.model import Limits

    return Cache(
        reading.cache,
        reading.values,
        Limits(),
        content=reading.cache_content,
        device=reading.device,
        salt=salt,
        on_damage=lambda message: click.echo(f"annexgen: {message}", err=True),
    )
