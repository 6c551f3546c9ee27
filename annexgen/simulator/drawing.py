"""Facts and rules that a seed draws: `{ one_of = [...] }`, `{ range = [...] }`, `{ chance = 0.3 }`, and `$name` in rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.generators import number_between

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

_REFERENCE = re.compile(r"\$([a-z_]+)")


def draw_facts(facts: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """The facts with every drawn one decided; anything but the tables above is a fact as it stands."""
    return {name: _drawn(value, chance) for name, value in facts.items()}


def _drawn(value: Any, chance: random.Random) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, argument),) = value.items()
    match kind:
        case "one_of":
            return chance.choice(argument)
        case "range":
            return number_between(chance, argument[0], argument[1], None)
        case "chance":
            return chance.random() < argument
        case _:
            return value


def draw_rules(alternatives: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """Which of its alternatives each drawn rule of `[rules]` is.

    Raises:
        DescriptionError: one of them is no list of alternatives.
    """
    chosen = {}
    for name, listed in alternatives.items():
        if not isinstance(listed, list) or not listed:
            raise DescriptionError(f"rules.{name}: not a list of alternatives")
        chosen[name] = chance.choice(listed)
    return chosen


def filled_in(value: Any, chosen: Mapping[str, Any]) -> Any:
    """A part of a description with every `$name` replaced by what was drawn for it.

    A text that is nothing else becomes the value itself, one inside an expression stands in parentheses.

    Raises:
        DescriptionError: `[rules]` has no such name.
    """
    if isinstance(value, dict):
        return {key: filled_in(inner, chosen) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled_in(inner, chosen) for inner in value]
    if not isinstance(value, str) or "$" not in value:
        return value

    def known(name: str) -> Any:
        if name not in chosen:
            raise DescriptionError(f"${name}: [rules] has no such name")
        return chosen[name]

    whole = _REFERENCE.fullmatch(value)
    if whole:
        return known(whole[1])
    return _REFERENCE.sub(lambda found: f"({known(found[1])})", value)
