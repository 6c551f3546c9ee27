"""Findings about the corpus: where more instances would say more, and what splits it into several products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.analyzers.presence import WEAK_STUDIES
from annexgen.analyzers.remark import Remark, counted_instances
from annexgen.corpus.instance import MEDIA_STORAGE_DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annexgen.analyzers.presence import Presence
    from annexgen.profile.model import Profile, SopClassProfile

_NO_NAME = frozenset({"", "n.a.", "n/a", "na", "none", "unknown", "not available", "-"})
"""What stands for a name that is not known, in small letters."""


def is_name(text: str) -> bool:
    """Whether a Manufacturer or Manufacturer's Model Name names something."""
    return text.strip().lower() not in _NO_NAME


def support_remarks(profile: SopClassProfile, presence: dict[str, Presence]) -> Iterator[Remark]:
    """How much one SOP Class is supported: one finding at most, with how many more studies would help."""
    origins = {origin for counts in profile.patterns.values() for origin in counts}
    series, studies = len({o[1:3] for o in origins}), len({o[1] for o in origins})
    instances = profile.instances
    example = min((s.example for s in profile.paths.values() if s.example), default="")
    wanted = WEAK_STUDIES - studies
    if series <= 1:
        what = "its only instance comes" if instances == 1 else f"all {instances} instances come"
        message = (
            f"{what} from one series: what is said to be always so, or constant, may be so by chance; "
            f"add series of at least {max(wanted, 1)} more {'studies' if wanted > 1 else 'study'}"
        )
        yield Remark("one-series", "warning", message, "", instances, example)
    elif wanted > 0:
        message = (
            f"all {instances} instances of {series} series come from one study; another study would show what varies"
        )
        yield Remark("weak-support", "note", message, "", instances, example)
    else:
        weak = [path for path, seen in presence.items() if seen.weak]
        if weak:
            message = (
                f"{len(weak)} of {len(presence)} elements were seen in one study only, of {studies}; "
                "one more study in which they occur would support them"
            )
            yield Remark("weak-support", "note", message, min(weak), len(weak), example)


def product_remarks(profile: Profile) -> Iterator[Remark]:
    """Whether Manufacturer and Manufacturer's Model Name say that the instances are not one product's."""
    models: dict[str, dict[str, int]] = {}
    nameless = 0
    described = (s for uid, s in profile.sop_classes.items() if uid != MEDIA_STORAGE_DIRECTORY)
    origins = (entry for s in described for counts in s.patterns.values() for entry in counts.items())
    for origin, number in origins:
        manufacturer, model, *_ = (*origin[3].split("\x1f"), "", "")
        if is_name(model):
            makers = models.setdefault(model, {})
            makers[manufacturer] = makers.get(manufacturer, 0) + number
        else:
            nameless += number
    if len(models) > 1:
        shown = "; ".join(
            f"{' or '.join(sorted(filter(is_name, makers)))} {model} ({counted_instances(sum(makers.values()))})".strip()
            for model, makers in sorted(models.items())
        )
        message = (
            f"the instances come from {len(models)} products ({shown}), and these annexes describe them as one; "
            "choose one with --device"
        )
        yield Remark("several-products", "warning", message, "", len(models))
    for model, makers in sorted(models.items()):
        names = sorted(makers)
        if len(names) > 1:
            message = f"{model} is written with several Manufacturers: {', '.join(name or '(none)' for name in names)}"
            yield Remark("several-manufacturers", "warning", message, "(0008,0070)", sum(makers.values()))
    if nameless and models:
        message = (
            f"no Manufacturer's Model Name in {counted_instances(nameless)}, which the annexes describe with the others"
        )
        yield Remark("no-model-name", "note", message, "(0008,1090)", nameless)
