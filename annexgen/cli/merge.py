"""`annexgen merge`: joins profiles into one."""

from __future__ import annotations

from pathlib import Path

import click

from annexgen.cli.profile_output import profile_output
from annexgen.cli.sources import fail, sources_argument, why


@click.command("merge")
@sources_argument
@profile_output
def command(sources: tuple[str, ...], output: Path) -> None:
    """Join the profiles SOURCES, made with the same --salt-file, into one."""
    from annexgen.profile.model import MergeError, merge
    from annexgen.profile.storage import ProfileError, load, save

    try:
        save(merge(load(Path(source)) for source in sources), output)
    except (ProfileError, MergeError) as error:
        fail(str(error))
    except IsADirectoryError as error:
        fail(f"{error.filename}: a folder; merge takes profiles, which annexgen scan writes")
    except OSError as error:
        fail(why(error))
