"""The one adapter over highdicom's private tables of PS3.3 and PS3.4; reads its JSON files without importing it."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

VERSION = "0.28.2"


def _load(name: str) -> dict[str, Any]:
    spec = importlib.util.find_spec("highdicom")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("highdicom is not installed; its tables of the Standard are needed")
    text = (Path(spec.origin).parent / "_standard" / f"{name}.json").read_text(encoding="utf-8")
    tables: dict[str, Any] = json.loads(text)
    return tables


@functools.cache
def iod_of_sop_class() -> dict[str, str]:
    """IOD key by SOP Class UID (PS3.4 Annex B)."""
    return _load("sop_class_iod_map")


@functools.cache
def modules_of_iod() -> dict[str, list[dict[str, str]]]:
    """Modules of each IOD in order: key, usage, ie (PS3.3 Annex A)."""
    return _load("iod_module_map")


@functools.cache
def attributes_of_module() -> dict[str, list[dict[str, Any]]]:
    """Attributes of each Module: keyword, type, path of keywords (PS3.3 Annex C), macros expanded."""
    return _load("module_attribute_map")
