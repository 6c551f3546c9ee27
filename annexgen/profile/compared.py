"""Values as they compare: one form for each value, however and wherever it is written."""

from __future__ import annotations

import re

from annexgen.corpus.values import NUMBER_VRS, number_of
from annexgen.profile.content import lasting

_FRACTION_ZEROS = re.compile(r"(\.\d*?)0+(?=$|[+-])")
_BARE_POINT = re.compile(r"\.(?=$|[+-])")
_AGE = re.compile(r"(\d{1,3})([DWMY])")
_AGE_UNITS = {"D": "d", "W": "wk", "M": "mo", "Y": "a"}
"""Units of VR AS (PS3.5 Table 6.2-1) as UCUM has them."""
UNITS_OF_AGE = frozenset(_AGE_UNITS.values())


def canonical(vr: str, text: str) -> str:
    """A value of an attribute as it compares: numbers by their value, times without zeros at the end, codes without their meaning.

    Args:
        vr: its VR, or "code" for what an item of a code Sequence says.
        text: the value, several separated by backslashes; of a code its value, scheme and meaning as profiles keep them.
    """
    if vr == "code":
        value, scheme, _ = text.split("\x1f")
        return code_form(value, scheme)
    if vr in NUMBER_VRS:
        numbers = [number_of(part) for part in text.split("\\")]
        if all(number is not None for number in numbers):
            return "\\".join(map(repr, numbers))
    if vr in ("TM", "DT"):
        return "\\".join(map(time_form, text.split("\\")))
    if vr == "PN":
        return name_form(text)
    if vr == "AS" and (age := _AGE.fullmatch(text.strip())):
        return age_form(float(age[1]), _AGE_UNITS[age[2]])
    return text.strip()


def code_form(value: str, scheme: str) -> str:
    """A code: in the form that lasts, and whatever its meaning is called."""
    return "\x1f".join(lasting(value, scheme))


def time_form(text: str) -> str:
    """A time, or date and time: a fraction of seconds without zeros at its end."""
    return _BARE_POINT.sub("", _FRACTION_ZEROS.sub(r"\1", text.strip()))


def name_form(text: str) -> str:
    """A name of a person: without empty components at the end."""
    return "=".join(group.strip().rstrip("^ ") for group in text.split("=")).rstrip("=")


def age_form(number: float, unit: str) -> str:
    """An age with its unit."""
    return f"{number!r}\x1f{unit}"
