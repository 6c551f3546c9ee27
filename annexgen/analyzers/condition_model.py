"""What a learned condition is, and how it reads: one sentence naming attribute, tag and value (PS3.2 Annex N preface)."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.analyzers.values import code_text
from annexgen.profile.paths import parent, steps
from annexgen.standard import dictionary, iods
from annexgen.standard.private_dictionary import EMPTY, PrivateDictionary


@dataclass(frozen=True, slots=True)
class Literal:
    """One part of a condition: what is said of a path, or of a Module (`path` empty, `module` its name).

    `relation` is "is", "is not", "contains", "present" or "absent"; `position` the number of the value spoken of in a
    multi-valued attribute, 0 for all of it.
    """

    path: str
    relation: str
    values: tuple[str, ...] = ()
    position: int = 0
    module: str = ""

    def text(self, beside: str = "", private_dictionary: PrivateDictionary = EMPTY) -> str:
        """The statement as part of a sentence about the attribute of the path `beside`."""
        name = (
            f"the {self.module} Module"
            if self.module
            else attribute_text(self.path, parent(beside), private_dictionary)
        )
        if self.position:
            name = f"{name} Value {self.position}"
        if self.relation in ("present", "absent"):
            return f"{name} is {self.relation}"
        shown = [code_text(v) if v.count("\x1f") == 2 else v for v in self.values]
        if self.relation == "contains":
            return f"{name} contains {shown[0]}"
        if self.relation == "is not":
            return f"{name} is {'neither ' + ' nor '.join(shown) if len(shown) > 1 else 'not ' + shown[0]}"
        if len(shown) > 1:
            return f"{name} is {', '.join(shown[:-1])} or {shown[-1]}"
        return f"{name} is {shown[0]}"


@dataclass(frozen=True, slots=True)
class Condition:
    """A statement that holds in every instance that has the attribute and in none that lacks it.

    `with_series` and `without_series` count the distinct series on either side, `bits` by how much the evidence exceeds
    what chance explains. `runners_up` hold as well, and were not chosen. `learned_from` names the IOD whose instances gave it,
    where these alone would not have.
    """

    literals: tuple[Literal, ...]
    with_instances: int
    without_instances: int
    with_series: int
    without_series: int
    bits: float
    runners_up: tuple[str, ...] = ()
    learned_from: str = ""

    def text(self, beside: str = "", private_dictionary: PrivateDictionary = EMPTY) -> str:
        """The statement without its beginning: "MR Acquisition Type (0018,0023) is 2D"."""
        return " and ".join(literal.text(beside, private_dictionary) for literal in self.literals)

    def reason(self) -> str:
        """The evidence in a sentence."""
        text = (
            f"holds in all {self.with_instances:,} instances with it ({self.with_series} series) and in none of "
            f"{self.without_instances:,} without it ({self.without_series} series)"
        )
        if self.learned_from:
            text += f", and holds in {self.learned_from} too"
        return f"{text}; as good in this corpus: {'; '.join(self.runners_up)}" if self.runners_up else text


@dataclass(frozen=True, slots=True)
class NotFound:
    """No condition: why not."""

    reason: str


FUNCTIONAL_GROUPS = frozenset({iods.SHARED_FUNCTIONAL_GROUPS, *iods.FUNCTIONAL_GROUPS_OF_FRAMES})


def attribute_text(path: str, within: str = "", private_dictionary: PrivateDictionary = EMPTY) -> str:
    """An attribute as a sentence names it: Image Type (0008,0008), nested ones with their Sequence.

    Sequences of the path `within` go without saying, as do those that hold functional groups.
    """
    if within and path.startswith(f"{within}/"):
        path = path[len(within) + 1 :]
    parts = []
    for step in steps(path):
        if step.tag in FUNCTIONAL_GROUPS and len(steps(path)) > 1:
            continue
        if step.is_creator:
            parts.append(f"Private Creator {step.creator} {step.shown_tag}")
        elif step.private:
            entry = private_dictionary.name(step.creator, step.group, int(step.element[-2:], 16))
            name = f"{entry.name} " if entry else ""
            parts.append(f"{name}({step.group:04X},{step.element},{step.creator})")
        else:
            name = dictionary.attribute_name(step.tag) or ""
            parts.append(f"{name} {step.shown_tag}".strip())
    return " of ".join(reversed(parts))
