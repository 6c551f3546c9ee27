"""The table sets of the user's data folder: which there are, and the one of a name.

A set is a folder with `set.json`, which names the tables by their digest, and the tables in a folder called after it. So a set
is replaced in one step, by another `set.json`; whoever reads the tables before that reads on in their folder.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from annexgen.standard import tables

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTION = "set.json"
FORMAT = 2
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,38}[A-Za-z0-9_-])?")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
"""Names that Windows keeps for devices."""


class SetError(Exception):
    """A table set cannot be used; the message says which, why, and what to do."""


def root() -> Path:
    """The folder of all imported sets; it need not be there."""
    from platformdirs import user_data_path

    return user_data_path("annexgen", appauthor=False) / "standard"


def check_name(name: str) -> str:
    """The name of a set that may be imported.

    Raises:
        SetError: it cannot be the name of a folder everywhere, or stands for the bundled tables.
    """
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name) or name.casefold() == tables.BUNDLED.name:
        raise SetError(
            f"{name!r} cannot name a set of tables: use up to 40 letters, digits, points, hyphens and underscores, "
            f"not beginning with a sign or ending with a point, and another name than {tables.BUNDLED.name}"
        )
    return name


def installed() -> tuple[tables.TableSet, ...]:
    """All imported sets that can be used, by name."""
    folder = root()
    names = sorted(file.parent.name for file in folder.glob(f"*/{DESCRIPTION}")) if folder.is_dir() else []
    found = []
    for name in names:
        try:
            found.append(load(name))
        except SetError:
            continue  # named by `load` when someone asks for it
    return tuple(found)


def load(name: str) -> tables.TableSet:
    """The set of a name: "bundled", or an imported one.

    Raises:
        SetError: there is none, or it was damaged.
    """
    if name.casefold() == tables.BUNDLED.name:
        return tables.BUNDLED
    folder = root() / name
    if not _NAME.fullmatch(name) or not (folder / DESCRIPTION).is_file():
        known = ", ".join((tables.BUNDLED.name, *(found.name for found in installed())))
        advice = f"; annexgen standard import DIR --edition {name} makes one" if _NAME.fullmatch(name) else ""
        raise SetError(f"no table set {name!r} (there are: {known}){advice}")
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if description["format"] != FORMAT:
            raise SetError(f"the table set {name} was made by another version of annexgen; import it again")
        parts = tuple((str(part), str(edition)) for part, edition in description["parts"].items())
        digest = str(description["digest"])
        if not re.fullmatch(r"[0-9a-f]+", digest) or tables.digest_of(folder / digest) != digest:
            raise SetError(f"the table set {name} was changed or damaged since it was imported; import it again")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetError(f"the table set {name} is damaged ({type(error).__name__}); import it again") from error
    return tables.TableSet(name, folder / digest, digest, parts)
