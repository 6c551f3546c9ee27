"""The option of the commands that write a profile: where to, under a name by which it is known again."""

from __future__ import annotations

from pathlib import Path

import click


def _named_as_profile(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    from annexgen.profile.storage import SUFFIXES

    if not path.name.endswith(SUFFIXES):
        raise click.BadParameter(
            f"{path}: the name of a profile ends with {SUFFIXES[0]}, by which other commands know it; "
            f"use {path.with_name(path.name.removesuffix('.gz').removesuffix('.json') + SUFFIXES[0])}"
        )
    return path


profile_output = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    callback=_named_as_profile,
    help="FILE.profile.json.gz to write.",
)
