"""Plans the corpus of a product: patients, studies, series and instances with their facts and data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from annexgen.simulator.content import plan_content
from annexgen.simulator.data_sets import plan_data_set
from annexgen.simulator.description import ProductDescription, resolve_uid
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import Facts
from annexgen.simulator.generators import fill
from annexgen.simulator.plan import PlannedInstance, PlannedItem
from annexgen.simulator.population import populate
from annexgen.simulator.scope import InstanceScope
from annexgen.simulator.worklist import plan_worklist_item

if TYPE_CHECKING:
    from annexgen.simulator.identifiers import Identifiers

_SECONDS_BETWEEN_SERIES = 300


@dataclass(frozen=True, slots=True)
class _Place:
    """One instance to be: the facts of every entity that it belongs to."""

    device: Mapping[str, Any]
    patient: Mapping[str, Any]
    study: Mapping[str, Any]
    series: Mapping[str, Any]
    instance: dict[str, Any]


def plan_corpus(
    description: ProductDescription, identifiers: Identifiers, patients: Sequence[Mapping[str, Any]] = ()
) -> tuple[list[PlannedInstance], dict[str, PlannedItem]]:
    """Plan every instance and every worklist item (by study) of some patients: those given, else those of the description.

    Raises:
        DescriptionError: the description cannot be followed; the message names series and element.
    """
    patients = patients or description.patients
    if not patients:
        patients = populate(description.population, description.protocols, identifiers)
    places = list(_places(description, patients, identifiers))
    known = {
        entity: frozenset(fact for place in places for fact in getattr(place, entity))
        for entity in ("device", "patient", "study", "series", "instance")
    } | {"product": frozenset(description.product), "sop_class": frozenset({"name", "uid"})}
    by_series: dict[str, list[_Place]] = {}
    for place in places:
        by_series.setdefault(place.series["id"], []).append(place)
    known["instance"] |= {"images", "evidence"}
    for place in places:
        images = list(_images(place, by_series, description, identifiers))
        place.instance["images"] = images
        place.instance["evidence"] = _evidence(images)
    vocabulary = frozenset(_vocabulary([[place.series, place.instance] for place in places]))
    worklist: dict[str, PlannedItem | None] = {}
    planned: dict[str, PlannedInstance] = {}
    for place in places:
        if place.study["id"] not in worklist:
            worklist[place.study["id"]] = _worklist_item(place, known, description, identifiers)
        source = next((planned[one["uid"]].data_set for one in place.instance["images"] if one["uid"] in planned), None)
        instance = _plan(place, known, vocabulary, description, identifiers, source, worklist[place.study["id"]])
        planned[instance.sop_instance_uid] = instance
    return list(planned.values()), {study: item for study, item in worklist.items() if item is not None}


def _vocabulary(value: Any) -> Iterator[str]:
    """Every fact of every list entry below a value."""
    if isinstance(value, Mapping):
        yield from value
        for inner in value.values():
            yield from _vocabulary(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _vocabulary(inner)


def _worklist_item(
    place: _Place,
    known: Mapping[str, frozenset[str]],
    description: ProductDescription,
    identifiers: Identifiers,
) -> PlannedItem | None:
    entities = {"device": place.device, "patient": place.patient, "study": place.study, "product": description.product}
    facts = {name: Facts(name, values, known[name]) for name, values in entities.items()}
    identity = {
        "product": description.identifier,
        **{name: entities[name]["id"] for name in entities if name != "product"},
    }
    return plan_worklist_item(description, facts, identity, identifiers)


def _places(
    description: ProductDescription, patients: Sequence[Mapping[str, Any]], identifiers: Identifiers
) -> Iterator[_Place]:
    series_ids: set[str] = set()
    for patient in patients:
        own = {key: value for key, value in patient.items() if key != "studies"}
        for study_index, stated in enumerate(patient["studies"], 1):
            study = _study(stated, study_index, identifiers)
            for series_index, one in enumerate(stated["series"], 1):
                series = _series(one, series_index, study, description, identifiers)
                if series["id"] in series_ids:
                    raise DescriptionError(f"two series have the id {series['id']!r}")
                series_ids.add(series["id"])
                device = description.devices[series["device"] if "device" in series else study["device"]]
                for instance in _instances(one, series, identifiers):
                    yield _Place(device, own, study, series, instance)


def _study(stated: Mapping[str, Any], index: int, identifiers: Identifiers) -> dict[str, Any]:
    draw = identifiers.random("study", stated["id"])
    study = {key: value for key, value in stated.items() if key != "series"}
    study.setdefault("date", f"20{draw.randint(22, 25)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}")
    study.setdefault("time", f"{draw.randint(7, 17):02d}{draw.randint(0, 59):02d}{draw.randint(0, 59):02d}")
    return {**study, "index": index, "uid": identifiers.uid(f"study/{stated['id']}")}


def _series(
    stated: Mapping[str, Any],
    index: int,
    study: Mapping[str, Any],
    description: ProductDescription,
    identifiers: Identifiers,
) -> dict[str, Any]:
    protocol = description.protocols[stated["protocol"]] if "protocol" in stated else {}
    series = {**protocol, **{key: value for key, value in stated.items() if key != "instances"}}
    moment = _moment(study["date"] + study["time"], _SECONDS_BETWEEN_SERIES * index)
    count = stated["instances"] if isinstance(stated["instances"], int) else len(stated["instances"])
    return {
        "number": index,
        **series,
        **_times(moment),
        "index": index,
        "count": count,
        "uid": identifiers.uid(f"series/{series['id']}"),
    }


def _instances(
    stated: Mapping[str, Any], series: Mapping[str, Any], identifiers: Identifiers
) -> Iterator[dict[str, Any]]:
    given = stated["instances"]
    for index, facts in enumerate([{}] * given if isinstance(given, int) else given, 1):
        moment = _moment(series["date"] + series["time"], 2 * index)
        uid = identifiers.uid(f"instance/{series['id']}/{index}")
        yield {"number": index, **_times(moment), **facts, "index": index, "uid": uid}


def _moment(text: str, seconds: int) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S") + timedelta(seconds=seconds)


def _times(moment: datetime) -> dict[str, str]:
    return {
        "date": moment.strftime("%Y%m%d"),
        "time": moment.strftime("%H%M%S"),
        "datetime": moment.strftime("%Y%m%d%H%M%S"),
    }


def _images(
    place: _Place,
    by_series: Mapping[str, Sequence[_Place]],
    description: ProductDescription,
    identifiers: Identifiers,
) -> Iterator[dict[str, Any]]:
    """What the instance refers to: instances of other series, and instances outside of the corpus."""
    stated = {**place.series, **place.instance}
    for reference in stated.get("references", ()):
        if reference["series"] not in by_series:
            raise DescriptionError(f"series {place.series['id']}: it refers to no series {reference['series']!r}")
        for other in by_series[reference["series"]][:: reference.get("every", 1)]:
            yield {
                **other.instance,
                "sop_class_uid": description.sop_classes[other.series["sop_class"]].uid,
                "series_uid": other.series["uid"],
                "study_uid": other.study["uid"],
                "modality": other.series.get("modality"),
            }
    for reference in stated.get("external", ()):
        key = f"{place.study['id']}/{reference['series']}"
        yield {
            **reference,
            "sop_class_uid": resolve_uid(reference["sop_class"]),
            "uid": identifiers.uid(f"external/{key}/{reference['key']}"),
            "series_uid": identifiers.uid(f"external/{key}"),
            "study_uid": place.study["uid"],
        }


def _evidence(images: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The references as PS3.3 C.17.2.1 nests them: by study, then by series."""
    studies: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for image in images:
        series = studies.setdefault(image["study_uid"], {}).setdefault(image["series_uid"], [])
        if image["uid"] not in [other["uid"] for other in series]:
            series.append(image)
    return [
        {
            "study_uid": study,
            "series": [{"series_uid": key, "images": list(one)} for key, one in series.items()],
        }
        for study, series in studies.items()
    ]


def _plan(
    place: _Place,
    known: Mapping[str, frozenset[str]],
    vocabulary: frozenset[str],
    description: ProductDescription,
    identifiers: Identifiers,
    source: PlannedItem | None,
    worklist: PlannedItem | None,
) -> PlannedInstance:
    entities: dict[str, Mapping[str, Any]] = {
        "product": description.product,
        "device": place.device,
        "patient": place.patient,
        "study": place.study,
        "series": place.series,
        "instance": place.instance,
        "sop_class": {
            "name": place.series["sop_class"],
            "uid": description.sop_classes[place.series["sop_class"]].uid,
        },
    }
    identity = {
        "product": description.identifier,
        "device": place.device["id"],
        "patient": place.patient["id"],
        "study": place.study["id"],
        "series": place.series["id"],
        "instance": place.instance["uid"],
    }
    facts = {name: Facts(name, values, known[name]) for name, values in entities.items()}
    scope = InstanceScope(facts, identity, identifiers, vocabulary, source=source, worklist=worklist)
    sop_class = description.sop_classes[place.series["sop_class"]]
    try:
        data_set = plan_data_set(sop_class.rules.root, description.blocks, scope)
        content = None
        if sop_class.content is not None:
            elements, content = plan_content(sop_class.content, scope)
            scope.root.update(elements)
        elif sop_class.measurement_report is not None:
            from annexgen.simulator.measurement_report import plan_measurement_report

            elements, content = plan_measurement_report(sop_class.measurement_report, scope)
            scope.root.update(elements)
        layout = {key: fill(text, scope) for key, text in description.layout.items()}
    except DescriptionError as error:
        raise DescriptionError(f"series {place.series['id']}, {sop_class.name}: {error}") from error
    return PlannedInstance(
        sop_class=sop_class.name,
        sop_class_uid=sop_class.uid,
        sop_instance_uid=place.instance["uid"],
        transfer_syntax=resolve_uid(place.series.get("transfer_syntax", "ExplicitVRLittleEndian")),
        file_name=f"{layout['folder']}/{layout['file']}",
        file_set=place.study.get("file_set", ""),
        patient=place.patient["id"],
        study=place.study["uid"],
        series=place.series["uid"],
        data_set=data_set,
        content=content,
        scope=scope,
    )
