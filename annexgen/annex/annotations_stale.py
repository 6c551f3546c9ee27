"""Why what a person said may no longer hold: the corpus contradicts it, or has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.annex.annotations import fingerprint
from annexgen.annex.annotations_check import comparable, contradiction, observed_values
from annexgen.annex.annotations_conditions import counter_examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annexgen.analyzers.combinations import Combinations
    from annexgen.annex.annotations import Annotation
    from annexgen.annex.annotations_check import Facts
    from annexgen.annex.annotations_conditions import Places

_OF_CONDITION = ("Conditions", "Condition")
_OF_ATTRIBUTE = ("Presence of Attribute", "Presence of Content Item", "Presence (Module)", "Presence")
_OF_VALUE = ("Value", "Values")


def staleness(
    annotation: Annotation, facts: Facts, conditions: tuple[Places, Combinations, Mapping[str, int]] | None
) -> list[str]:
    """The reasons, in words; none when what was said still holds as far as the counts can tell.

    Arguments: `conditions` is what a condition can be checked against: where its attribute stands, the combinations of its SOP
    Class, and where each Module is present.
    """
    column, text, seen = annotation.column, annotation.text, annotation.seen
    found = [contradiction(column, text, facts)]
    checked = None
    if column in _OF_CONDITION and conditions is not None:
        checked = counter_examples(text, *conditions)
        found.append(checked or "")
    if seen is not None and column in (*_OF_CONDITION, *_OF_ATTRIBUTE):
        found.append(_changed("Presence of Attribute", _presence(seen.counts), _presence(_counts(facts))))
    if seen is not None and column in (*_OF_CONDITION, "Presence of Value"):
        found.append(_changed("Presence of Value", _value(seen.counts), _value(_counts(facts))))
    if seen is not None and column in _OF_VALUE:
        observed = observed_values(facts.said.get(column, ""), facts.values)
        if seen.values and not comparable(text, observed) and fingerprint("; ".join(observed)) != seen.values:
            found.append("its values are not those of the time when this was said")
    elif seen is not None and seen.said == fingerprint(text) and checked is None:
        now = facts.said.get(column, "")
        if now and fingerprint(now) != seen.said and not any(found):
            found.append(f"this was what the corpus suggested; now it suggests {now}")
    return [reason for reason in found if reason]


def _counts(facts: Facts) -> Mapping[str, int]:
    seen = facts.evidence
    if seen is None:
        return {}
    return {
        "carriers": seen.carriers,
        "present": seen.present,
        "partial": seen.partial,
        "with_value": seen.with_value,
        "empty": seen.empty,
    }


def _changed(what: str, then: str, now: str) -> str:
    return f"{what} was {then} and is {now}" if then and now and then != now else ""


def _presence(counts: Mapping[str, int]) -> str:
    if not counts.get("carriers"):
        return ""
    return "ALWAYS" if counts.get("present", 0) == counts["carriers"] else "CONDITIONAL"


def _value(counts: Mapping[str, int]) -> str:
    having = counts.get("present", 0) + counts.get("partial", 0)
    if not having or "with_value" not in counts or not counts["with_value"] + counts.get("empty", 0):
        return ""
    if counts["with_value"] == having:
        return "ALWAYS"
    return "EMPTY" if counts.get("empty", 0) == having else "CONDITIONAL"
