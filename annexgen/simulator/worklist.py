"""Modality Worklist responses of a product's scheduled studies, as files beside its instances (PS3.4 Annex K)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annexgen.simulator.data_sets import plan_data_set
from annexgen.simulator.encoding import build_item, file_meta, write_file
from annexgen.simulator.scope import InstanceScope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from annexgen.simulator.description import ProductDescription
    from annexgen.simulator.expressions import Facts
    from annexgen.simulator.identifiers import Identifiers
    from annexgen.simulator.plan import PlannedItem

FOLDER = "worklist"
_INFORMATION_MODEL = "1.2.840.10008.5.1.4.31"
_EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


def plan_worklist_item(
    description: ProductDescription, facts: Mapping[str, Facts], identity: Mapping[str, str], identifiers: Identifiers
) -> PlannedItem | None:
    """The worklist item of one study; None when the product has no worklist, or the study was not scheduled.

    Args:
        description: its `[worklist]` has the rules, and in `when` which studies were scheduled.
        facts: those of product, device, patient and study.
        identity: what tells them from others.
        identifiers: where UIDs and random numbers come from.
    """
    if description.worklist is None:
        return None
    scope = InstanceScope(facts, {**identity, "series": "", "instance": identity["study"]}, identifiers)
    if description.scheduled is not None and not description.scheduled.holds(scope):
        return None
    return plan_data_set(description.worklist.root, description.blocks, scope)


def write_worklist(
    items: Mapping[str, PlannedItem], folder: Path, identifiers: Identifiers, implementation: tuple[str, str]
) -> int:
    """Write the worklist items, by study, into a folder of the corpus; returns how many there are."""
    for study, item in sorted(items.items()):
        data_set: Any = build_item(item)
        uid = identifiers.uid(f"worklist/{study}")
        data_set.file_meta = file_meta(_INFORMATION_MODEL, uid, _EXPLICIT_LITTLE_ENDIAN, implementation)
        write_file(data_set, folder / FOLDER / f"{study}.wl")
    return len(items)
