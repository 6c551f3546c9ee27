"""Draws the patients, studies and series of a product from `[population]`, where a description does not list them.

    [population]
    patients = 12
    studies_per_patient = [1, 2]
    series_per_study = [2, 5]
    [population.patient]                            # facts of each, drawn (see `annexgen.simulator.drawing`)
    [population.study]
    [population.series]

Protocols come in turn from a shuffled deck, so that all of them occur. In a protocol, `weight` says how many cards it
has (0: none), `instances = [low, high]` how many a series has, and `after = ["NAME", ...]` that its instances refer to those
of an earlier series of the same study with such a protocol, `every` n-th; a series of it comes right after one of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annexgen.simulator.drawing import draw_facts

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from annexgen.simulator.identifiers import Identifiers

_OWN_KEYS = ("weight", "instances", "after", "every", "follows")


def populate(
    population: Mapping[str, Any],
    protocols: Mapping[str, Mapping[str, Any]],
    identifiers: Identifiers,
    patients: int | None = None,
) -> list[dict[str, Any]]:
    """The patients with their studies and series, as a description would list them.

    Args:
        population: the table `[population]`.
        protocols: the protocols of the description.
        identifiers: decide what is drawn.
        patients: how many, instead of the number in the table.
    """
    deck = _deal(protocols, identifiers.random("population", "protocols"))
    count = population["patients"] if patients is None else patients
    return [_patient(number, population, protocols, deck, identifiers) for number in range(1, count + 1)]


def _deal(protocols: Mapping[str, Mapping[str, Any]], chance: random.Random) -> Iterator[str]:
    cards = [
        name
        for name, protocol in protocols.items()
        for _ in range(int(protocol.get("weight", 0 if "after" in protocol else 1)))
    ]
    while True:
        chance.shuffle(cards)
        yield from cards


def _patient(
    number: int,
    population: Mapping[str, Any],
    protocols: Mapping[str, Mapping[str, Any]],
    deck: Iterator[str],
    identifiers: Identifiers,
) -> dict[str, Any]:
    chance = identifiers.random("population", "patient", number)
    years = chance.randint(1, 89)
    patient = {
        "id": f"SIM-{number:04d}",
        "name": f"PHANTOM^{number:04d}",
        "birth_date": f"{2020 - years}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}",
        "age": f"{years:03d}Y",
        "size": round(chance.uniform(1.1, 1.95), 2),
        "weight": round(chance.uniform(20, 110), 1),
        **draw_facts(population.get("patient", {}), chance),
    }
    studies = [
        _study(f"{number}-{index}", population, protocols, deck, identifiers)
        for index in range(1, chance.randint(*population["studies_per_patient"]) + 1)
    ]
    return {**patient, "studies": studies}


def _study(
    identifier: str,
    population: Mapping[str, Any],
    protocols: Mapping[str, Mapping[str, Any]],
    deck: Iterator[str],
    identifiers: Identifiers,
) -> dict[str, Any]:
    chance = identifiers.random("population", "study", identifier)
    facts = draw_facts(population.get("study", {}), chance)
    series: list[dict[str, Any]] = []

    def add(name: str, source: dict[str, Any] | None) -> None:
        key = f"{identifier}-{len(series) + 1}"
        own = identifiers.random("population", "series", key)
        protocol = protocols[name]
        drawn = {**population.get("series", {}), **{k: v for k, v in protocol.items() if k not in _OWN_KEYS}}
        one = {"id": key, "protocol": name, **draw_facts(drawn, own)}
        one["instances"] = own.randint(*protocol["instances"])
        if source is not None:
            one["references"] = [{"series": source["id"], "every": protocol.get("every", 1)}]
        series.append(one)
        for follower, other in protocols.items():
            if name in other.get("after", ()) and own.random() < other.get("follows", 0.5):
                add(follower, one)

    for _ in range(chance.randint(*population["series_per_study"])):
        add(next(deck), None)
    return {"id": identifier, "label": f"STUDY_{identifier.replace('-', '_')}", **facts, "series": series}
