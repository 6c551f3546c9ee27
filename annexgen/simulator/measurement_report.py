"""Builds the content of a Measurement Report (PS3.16 TID 1500) through highdicom, from declared measurements.

A description names, as expressions, the person who observes (`observer`, or nothing), the procedure reported
(`procedure`) and the measurement groups (`groups`). A group is a table of facts: `kind` ("planar" with a
region on an image, or "group"), `tracking`, `finding`, `site`, `laterality`, `algorithm`, `image` (which of
the images referenced), `measurements` (each with concept, range, unit, derivation, method) and `evaluations`
(each with concept and value).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annexgen.simulator.codes import parse_code
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.expressions import parse
from annexgen.simulator.generators import number_between
from annexgen.simulator.plan import PlannedContent, PlannedElement, PlannedItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from highdicom.sr import CodedConcept
    from pydicom import Dataset

    from annexgen.simulator.scope import InstanceScope

_REGION_SIZE = 12.0


def plan_measurement_report(
    stated: Mapping[str, str], scope: InstanceScope
) -> tuple[dict[str, PlannedElement], PlannedContent]:
    """Plan the content of one report.

    Returns:
        The elements of the root Content Item, for the root of the data set; the tree for the truth.

    Raises:
        DescriptionError: an expression fails, or a group has a kind that is not known.
    """
    from highdicom import sr

    values = {key: parse(text).evaluate(scope) for key, text in stated.items()}
    person = None
    if values.get("observer"):
        person = sr.ObserverContext(
            _code('(121006, DCM, "Person")'),
            sr.PersonObserverIdentifyingAttributes(values["observer"]),
        )
    device = sr.ObserverContext(
        _code('(121007, DCM, "Device")'),
        sr.DeviceObserverIdentifyingAttributes(
            uid=scope.uid(f"observer/{scope.identity['device']}"),
            manufacturer_name=scope.fact("product", "manufacturer"),
        ),
    )
    report = sr.MeasurementReport(
        observation_context=sr.ObservationContext(person, device),
        procedure_reported=_code(values["procedure"]),
        imaging_measurements=[_group(group, scope) for group in values["groups"]],
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            _code('(en-US, RFC5646, "English (United States)")')
        ),
    )
    root = report[0]
    return dict(planned_item(root).elements), _planned_content(root, "", root)


def _group(group: Mapping[str, Any], scope: InstanceScope) -> Any:
    from highdicom import sr

    image = (scope.fact("instance", "images") or [None])[group.get("image", 1) - 1]
    if image is None:
        raise DescriptionError(f"measurement group {group['tracking']!r}: no image is referenced")
    common: dict[str, Any] = {
        "tracking_identifier": sr.TrackingIdentifier(
            uid=scope.uid(f"tracking/{scope.identity['study']}/{group['tracking']}"),
            identifier=group["tracking"],
        ),
        "finding_type": _code(group["finding"]) if "finding" in group else None,
        "finding_sites": [_site(group)] if "site" in group else None,
        "algorithm_id": sr.AlgorithmIdentification(*group["algorithm"]) if "algorithm" in group else None,
        "measurements": [_measurement(one, group, scope) for one in group.get("measurements", ())],
        "qualitative_evaluations": [
            sr.QualitativeEvaluation(_code(one["concept"]), _code(one["value"])) for one in group.get("evaluations", ())
        ],
    }
    reference = (image["sop_class_uid"], image["uid"])
    match group["kind"]:
        case "planar":
            region = sr.ImageRegion("CIRCLE", _circle(group, scope), sr.SourceImageForRegion(*reference))
            return sr.PlanarROIMeasurementsAndQualitativeEvaluations(referenced_region=region, **common)
        case "group":
            sources = [sr.SourceImageForMeasurementGroup(*reference)]
            return sr.MeasurementsAndQualitativeEvaluations(source_images=sources, **common)
        case kind:
            raise DescriptionError(f"no kind of measurement group is called {kind!r}")


def _site(group: Mapping[str, Any]) -> Any:
    from highdicom import sr

    laterality = _code(group["laterality"]) if "laterality" in group else None
    return sr.FindingSite(_code(group["site"]), laterality=laterality)


def _measurement(stated: Mapping[str, Any], group: Mapping[str, Any], scope: InstanceScope) -> Any:
    from highdicom import sr

    low, high = stated["range"]
    draw = scope.random(f"measurement {group['tracking']} {stated['concept']}", "instance")
    return sr.Measurement(
        name=_code(stated["concept"]),
        value=number_between(draw, low, high, None),
        unit=_code(stated["unit"]),
        derivation=_code(stated["derivation"]) if "derivation" in stated else None,
        method=_code(stated["method"]) if "method" in stated else None,
    )


def _circle(group: Mapping[str, Any], scope: InstanceScope) -> Any:
    import numpy as np

    draw = scope.random(f"region {group['tracking']}", "instance")
    x, y = (number_between(draw, 0.5, _REGION_SIZE, None) for _ in range(2))
    return np.array([[x, y], [x + 1.5, y]])


def _code(text: str) -> CodedConcept:
    from highdicom.sr import CodedConcept

    code = parse_code(text)
    return CodedConcept(code.value, code.scheme, code.meaning)


def planned_item(data_set: Dataset) -> PlannedItem:
    """A plan of what a Dataset in memory holds; private elements are not expected in it."""
    elements = {}
    for element in data_set:
        key = f"({element.tag.group:04X},{element.tag.element:04X})"
        items = None
        values: tuple[Any, ...] = ()
        if element.VR == "SQ":
            items = tuple(planned_item(item) for item in element.value)
        elif not element.is_empty:
            several = element.VM > 1
            values = tuple(_plain(value) for value in (element.value if several else [element.value]))
        elements[key] = PlannedElement(key, int(element.tag), str(element.VR), values, items)
    return PlannedItem(elements)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bytes | int) and type(value) in (bytes, int) else _number_or_text(value)


def _number_or_text(value: Any) -> Any:
    return float(value) if type(value) is float else str(value)


def _planned_content(item: Dataset, relationship: str, root: Dataset) -> PlannedContent:
    shown = item
    if "ReferencedContentItemIdentifier" in item:
        relationship, shown = f"R-{relationship}", _target(root, item.ReferencedContentItemIdentifier)
    concept = shown.ConceptNameCodeSequence[0] if shown.get("ConceptNameCodeSequence") else None
    template = item.get("ContentTemplateSequence")
    return PlannedContent(
        relationship,
        str(shown.ValueType),
        f"{concept.CodingSchemeDesignator}:{concept.CodeValue}" if concept is not None else "",
        tuple(_planned_content(child, str(child.RelationshipType), root) for child in item.get("ContentSequence", [])),
        str(template[0].TemplateIdentifier) if template else "",
    )


def _target(root: Dataset, identifier: Sequence[int]) -> Dataset:
    target = root
    for position in list(identifier)[1:]:
        target = target.ContentSequence[position - 1]
    return target
