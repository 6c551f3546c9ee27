"""Thresholds of the inferences, in one place; what was used is echoed into the annex."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class ThresholdsError(Exception):
    """A file of thresholds cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much evidence an inference needs.

    Evidence for a condition is counted in series: a series whose instances all have the attribute, or all lack it, counts
    once on that side; a series with both counts on either side once for each instance, up to
    `condition_within_series`, since nothing that is constant in the series can explain it. Where the attribute, or one that
    the condition names, describes the study or the patient (its Module is of that Information Entity), a study or patient all
    of whose series agree counts once.

    `condition_evidence`: how much of it a condition needs on either side; a conjunction also needs it for each of its parts
    failing alone.
    `condition_margin`: bits by which the evidence must exceed what it takes to write the condition down, so that one
    in 2^margin statements of chance would pass.
    `condition_lead`: bits by which a condition must be more plausible than the next one that holds as well and speaks of
    something else; where two are about as plausible, neither is claimed.
    `condition_values`: how many values a condition may name.
    `condition_runners_up`: how many other statements that hold as well are named in the evidence.
    `fixed_studies`, `fixed_series`: studies and series in which a value must be the same before it is proposed as FIXED.
    `source_instances`, `source_values`: instances and distinct values in which a value must equal that of the source instances,
    or of the worklist item, before SRC_INSTANCE or MWL is proposed for that.
    `configuration_installations`, `configuration_studies`: how many installations must each have one value of their own, and in
    how many studies each, before CONFIGURATION is proposed for that.
    `generated_series`: series in all instances of which a number must differ before it is proposed as GENERATED.
    `closed_units`, `closed_per_value`: in how many series a list of values must have been seen before it may be called closed, at
    least and for each value. `closed_unseen`: the largest share of series that may be alone in having a value.
    `sharing_rows`, `sharing_share`: in how many rows, or in which share of them, two IODs may differ and still share a table.
    `extension_attributes`, `extension_share`: how many attributes outside the IOD must stand together in an instance, and which
    share of the attributes of a Module they must be, before they are described as that Module.
    """

    condition_evidence: int = 2
    condition_within_series: int = 8
    condition_margin: float = 4.0
    condition_lead: float = 0.4
    condition_values: int = 4
    condition_runners_up: int = 3
    fixed_studies: int = 2
    fixed_series: int = 3
    source_instances: int = 3
    source_values: int = 2
    configuration_installations: int = 2
    configuration_studies: int = 3
    generated_series: int = 2
    closed_units: int = 8
    closed_per_value: int = 3
    closed_unseen: float = 0.05
    sharing_rows: int = 2
    sharing_share: float = 0.4
    extension_attributes: int = 3
    extension_share: float = 0.2

    def as_numbers(self) -> dict[str, float]:
        """Every threshold by its name."""
        return asdict(self)


def load(path: Path) -> Thresholds:
    """The thresholds that a TOML file sets in its table `[thresholds]`; those that it leaves out keep their values.

    Raises:
        ThresholdsError: the file is unreadable, no TOML, names an unknown threshold, or gives one that makes no sense.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ThresholdsError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ThresholdsError(f"{path}: not TOML ({error})") from error
    unknown = sorted(document.keys() - {"thresholds"})
    if unknown:
        raise ThresholdsError(f"{path}: unknown table [{unknown[0]}]; expected [thresholds]")
    chosen = document.get("thresholds", {})
    if not isinstance(chosen, dict):
        raise ThresholdsError(f"{path}: thresholds is no table; write [thresholds]")
    known = {field.name: int if field.type == "int" else float for field in fields(Thresholds)}
    for name, value in chosen.items():
        if name not in known:
            raise ThresholdsError(f"{path}: unknown threshold {name!r}; known: {', '.join(known)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise ThresholdsError(f"{path}: {name} is {value!r}, but must be a number that is not negative")
        if known[name] is int and value != int(value):
            raise ThresholdsError(f"{path}: {name} is {value!r}, but must be a whole number")
    values: dict[str, Any] = {name: known[name](value) for name, value in chosen.items()}
    return Thresholds(**values)
