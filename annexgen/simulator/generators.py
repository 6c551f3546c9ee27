"""Value generators: what each generator of a rule puts into an element.

| generator | argument | values |
|---|---|---|
| value | a value or a list | that value, always |
| one_of | list of values (or of lists) | one of them, drawn within `per` |
| from | expression | what the expression gives; nothing gives a zero-length element |
| range | [lowest, highest] | a number between them, with `decimals`; `count` of them |
| text | text with `{expression}` | the text, filled in |
| uid | text with `{expression}` | the UID that belongs to that text |
| date | [first, last] | a date so many days from the Study Date |
| bytes | number (or expression) | so many drawn bytes |
| hex | hexadecimal digits | those bytes |
| copy | element path | what that root element holds, if it stands |
| source | element path | what that element of the first referenced instance of the corpus holds, if it stands |
| worklist | element path | what that element of the study's worklist item holds, if there is one |
| pixels | noise or flat | see `annexgen.simulator.pixels` |
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import parse

if TYPE_CHECKING:
    import random

    from annexgen.simulator.plan import Value
    from annexgen.simulator.rules import Rule
    from annexgen.simulator.scope import InstanceScope

_FIELD = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_INTEGER_VRS = frozenset({"US", "SS", "UL", "SL", "UV", "SV"})
_FLOAT_VRS = frozenset({"FL", "FD"})
DECLARED = frozenset({"value", "one_of"})


def generate(rule: Rule, key: str, scope: InstanceScope) -> tuple[Any, ...]:
    """The values that the rule gives for this place, not yet formatted; none for a zero-length element.

    Raises:
        DescriptionError: the argument of the generator is not of its kind.
    """
    argument = rule.argument
    match rule.generator:
        case "":
            return ()
        case "value":
            return as_values(argument)
        case "one_of":
            return as_values(_drawn(rule, key, scope).choice(argument))
        case "from":
            return as_values(parse(str(argument)).evaluate(scope))
        case "range":
            count = int(rule.count.evaluate(scope)) if rule.count else 1
            draw = _drawn(rule, key, scope)
            return tuple(number_between(draw, argument[0], argument[1], rule.decimals) for _ in range(count))
        case "text":
            return (fill(str(argument), scope),)
        case "uid":
            return (scope.uid(fill(str(argument), scope)),)
        case "date":
            return (_shifted(scope, _drawn(rule, key, scope).randint(*argument)),)
        case "bytes":
            return (_drawn(rule, key, scope).randbytes(int(parse(str(argument)).evaluate(scope))),)
        case "hex":
            return (bytes.fromhex(argument),)
        case _:
            raise DescriptionError(f"{key}: no generator {rule.generator!r}")


def format_value(vr: str, value: Any, decimals: int | None) -> Value:
    """A value as the VR holds it: DS and IS as text, numbers as numbers, everything else as text or bytes."""
    if isinstance(value, bytes):
        return value
    if vr == "AT":
        return int(value)
    if vr in _INTEGER_VRS:
        return round(float(value))
    if vr in _FLOAT_VRS:
        return float(value)
    if vr == "IS":
        return str(round(float(value)))
    if vr == "DS" and not isinstance(value, str):
        return decimal_string(value, decimals)
    return str(value)


def decimal_string(value: float, decimals: int | None) -> str:
    """A number as a Decimal String: as many decimals as asked, else at most six without trailing zeros."""
    if decimals is not None:
        return f"{value:.{decimals}f}"
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def number_between(draw: random.Random, low: float, high: float, decimals: int | None) -> float:
    """A drawn number from low to high; whole when both are whole and no decimals are asked."""
    if decimals is None and isinstance(low, int) and isinstance(high, int):
        return draw.randint(low, high)
    places = decimals if decimals is not None else max(_places(low), _places(high))
    scale = 10**places
    number: float = draw.randint(round(low * scale), round(high * scale)) / scale
    return number


def fill(text: str, scope: InstanceScope) -> str:
    """The text with every `{expression}` or `{expression:format}` replaced by its value."""

    def filled(found: re.Match[str]) -> str:
        value = parse(found[1]).evaluate(scope)
        return "" if value is None else format(value, found[2] or "")

    return _FIELD.sub(filled, text)


def as_values(value: Any) -> tuple[Any, ...]:
    """One value, several or none as a tuple; None and the empty text are no value."""
    if value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _drawn(rule: Rule, key: str, scope: InstanceScope) -> random.Random:
    return scope.random(key, rule.per)


def _places(number: float) -> int:
    text = repr(number)
    return len(text.partition(".")[2]) if "." in text else 0


def _shifted(scope: InstanceScope, days: int) -> str:
    base = str(scope.fact("study", "date"))
    day = date(int(base[:4]), int(base[4:6]), int(base[6:])) + timedelta(days=days)
    return day.strftime("%Y%m%d")
