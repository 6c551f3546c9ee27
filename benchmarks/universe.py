"""The universe of a simulated product: many more instances that it writes by the same rules, with other patients and devices.

A product whose description draws its population gets more of it. Where a description lists its patients, others are put together
from what it says: a patient has each of its facts from one of those listed, a study from one that begins with the same SOP Class, and
a series, of what its protocol leaves open, from one of the same SOP Class. So facts that only happen to come together in the list come
apart, and those that a protocol binds stay together.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from annexgen.simulator.corpus import plan_corpus
from annexgen.simulator.identifiers import Identifiers
from annexgen.simulator.population import populate
from benchmarks.planned import PlannedInstances

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping, Sequence

    from annexgen.simulator.description import ProductDescription
    from annexgen.simulator.plan import PlannedInstance

DRAWN_PATIENTS = 70
RECOMBINED_PATIENTS = 30
_OF_A_STUDY = frozenset({"id", "series", "label", "file_set"})
_OF_A_SERIES = frozenset({"id", "protocol", "sop_class", "instances", "references", "external", "device"})

Known = tuple[PlannedInstances, PlannedInstances]
"""A corpus and its universe, of one SOP Class."""


def corpus_and_universe(description: ProductDescription, seed: int) -> dict[str, Known]:
    """The corpus of a product and its universe, which includes the corpus, by SOP Class UID."""
    root = description.product["uid_root"]
    own = plan_corpus(description, Identifiers(seed, description.identifier, root))[0]
    others = Identifiers(seed, f"{description.identifier} universe", root)
    if description.population:
        patients = populate(description.population, description.protocols, others, DRAWN_PATIENTS)
    else:
        patients = recombined(description, others, RECOMBINED_PATIENTS)
    more = plan_corpus(description, others, patients)[0]
    uids = {instance.sop_class_uid for instance in own}
    return {uid: (PlannedInstances(_of(uid, own)), PlannedInstances([*_of(uid, own), *_of(uid, more)])) for uid in uids}


def recombined(description: ProductDescription, identifiers: Identifiers, count: int) -> list[dict[str, Any]]:
    """So many patients put together from those that a description lists."""
    studies = [study for patient in description.patients for study in patient["studies"]]
    series = [one for study in studies for one in study["series"]]
    classes = {id(one): _fact(one, "sop_class", description) for one in series}
    made = []
    for number, listed in enumerate(islice(cycle(description.patients), count), 1):
        chance = identifiers.random("universe", number)
        patient = _mixed(listed, description.patients, _of_a_patient(description), chance)
        patient |= {"id": f"SIM-{8000 + number}", "studies": []}
        for study in listed["studies"]:
            alike = [other for other in studies if classes[id(other["series"][0])] == classes[id(study["series"][0])]]
            mixed = {
                **_mixed(study, alike, _OF_A_STUDY, chance),
                "id": f"{number}-{study['id']}",
                "label": f"{study['label']}_{number}",
            }
            mixed["series"] = [_series(one, series, classes, number, description, chance) for one in study["series"]]
            patient["studies"].append(mixed)
        made.append(patient)
    return made


def _of_a_patient(description: ProductDescription) -> set[str]:
    """What stays with a patient: what some lack and is no flag (reports are computed from size and weight)."""
    patients = description.patients
    every = {key for patient in patients for key in patient}
    flags = {key for key in every if all(isinstance(patient.get(key, False), bool) for patient in patients)}
    return {"id", "studies"} | {key for key in every - flags if not all(key in patient for patient in patients)}


def _series(
    one: Mapping[str, Any],
    every: Sequence[Mapping[str, Any]],
    classes: Mapping[int, str],
    number: int,
    description: ProductDescription,
    chance: random.Random,
) -> dict[str, Any]:
    bound = description.protocols[one["protocol"]] if "protocol" in one else {}
    alike = [other for other in every if classes[id(other)] == classes[id(one)]]
    mixed = _mixed(one, alike, _OF_A_SERIES | bound.keys(), chance)
    mixed["id"] = f"{number}-{one['id']}"
    if "references" in one:
        mixed["references"] = [{**other, "series": f"{number}-{other['series']}"} for other in one["references"]]
    return mixed


def _mixed(
    one: Mapping[str, Any], others: Sequence[Mapping[str, Any]], kept: Iterable[str], chance: random.Random
) -> dict[str, Any]:
    """What is `kept` of one, and every other fact (or its absence) from any of the others."""
    mixed = {key: value for key, value in one.items() if key in kept}
    for key in sorted({key for other in others for key in other} - set(kept)):
        chosen = chance.choice(others)
        if key in chosen:
            mixed[key] = chosen[key]
    return mixed


def _fact(series: Mapping[str, Any], name: str, description: ProductDescription) -> Any:
    protocol = description.protocols[series["protocol"]] if "protocol" in series else {}
    return {**protocol, **series}[name]


def _of(uid: str, instances: Sequence[PlannedInstance]) -> list[PlannedInstance]:
    return [instance for instance in instances if instance.sop_class_uid == uid]
