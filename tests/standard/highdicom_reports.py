"""Measurement reports that highdicom writes with everything that its templates can hold, as Content Items to compare with ours."""

from __future__ import annotations

from typing import Any

import highdicom as hd
import numpy as np
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    SegmentationStorage,
    SurfaceSegmentationStorage,
    generate_uid,
)

SQUARE = np.array([[1.0, 1.0, 3.0], [5.0, 1.0, 3.0], [5.0, 5.0, 3.0], [1.0, 5.0, 3.0], [1.0, 1.0, 3.0]])
CIRCLE = np.array([[5.0, 5.0], [9.0, 5.0]])
DAYS = Code("d", "UCUM", "days")
SUBJECTS = ("fetus", "specimen", "device")


def report(subject: str) -> Dataset:
    """The root Content Item of a report on a subject of one of `SUBJECTS`: every group, every optional item."""
    content = hd.sr.MeasurementReport(
        observation_context=_observation_context(subject),
        procedure_reported=[codes.cid100.CTUnspecifiedBodyRegion, codes.cid100.MRIUnspecifiedBodyRegion],
        imaging_measurements=[*_planar(), *_volumetric(), _group()],
        title=codes.cid7021.OncologyMeasurementReport,
        language_of_content_item_and_descendants=hd.sr.LanguageOfContentItemAndDescendants(
            hd.sr.CodedConcept("en-US", "RFC5646", "English (United States)")
        ),
        referenced_images=[_ct_image(), _ct_image(), _projection()],
    )
    (root,) = content
    return root


def _observation_context(subject: str) -> hd.sr.ObservationContext:
    person = hd.sr.PersonObserverIdentifyingAttributes(
        name="Doe^Jane",
        login_name="doe",
        organization_name="Hospital",
        role_in_organization=codes.cid7452.MedicalPhysicist,
        role_in_procedure=codes.cid7453.Performing,
    )
    device = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=generate_uid(),
        name="workstation",
        manufacturer_name="Acme",
        model_name="M1",
        serial_number="1",
        physical_location="reading room",
        role_in_procedure=codes.cid7445.Recording,
    )
    of_device = hd.sr.SubjectContextDevice(
        name="phantom",
        uid=generate_uid(),
        manufacturer_name="Acme",
        model_name="P1",
        serial_number="2",
        physical_location="scanner",
    )
    of_specimen = hd.sr.SubjectContextSpecimen(
        uid=generate_uid(),
        identifier="S1",
        container_identifier="C1",
        specimen_type=codes.cid8103.Slide,
    )
    contexts = {
        "fetus": (codes.DCM.Fetus, hd.sr.SubjectContextFetus("A")),
        "specimen": (codes.DCM.Specimen, of_specimen),
        "device": (codes.DCM.Device, of_device),
    }
    return hd.sr.ObservationContext(
        hd.sr.ObserverContext(codes.DCM.Person, person),
        hd.sr.ObserverContext(codes.DCM.Device, device),
        hd.sr.SubjectContext(*contexts[subject]),
    )


def _planar() -> list[hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations]:
    polygon = hd.sr.ImageRegion3D(hd.sr.GraphicTypeValues3D.POLYGON, SQUARE, generate_uid())
    frame = hd.sr.ReferencedSegmentationFrame(SegmentationStorage, generate_uid(), 1, 1, _segmented())
    found = hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations
    return [
        found(referenced_region=_region(), **_common(), **_purpose()),
        found(referenced_region=polygon, **_common()),
        found(referenced_segment=frame, **_common()),
    ]


def _volumetric() -> list[hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations]:
    found = hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations
    series = hd.sr.SourceSeriesForSegmentation(generate_uid())
    surface = hd.sr.VolumeSurface(
        hd.sr.GraphicTypeValues3D.POLYGON, [SQUARE, SQUARE + 1], generate_uid(), source_images=[_segmented()]
    )
    segment = hd.sr.ReferencedSegment(SurfaceSegmentationStorage, generate_uid(), 1, source_series=series)
    return [
        found(referenced_regions=[_region(), _region()], **_common(), **_purpose()),
        found(referenced_volume_surface=surface, **_common()),
        found(referenced_segment=segment, **_common()),
    ]


def _group() -> hd.sr.MeasurementsAndQualitativeEvaluations:
    coordinates = [
        hd.sr.CoordinatesForMeasurement(hd.sr.GraphicTypeValues.CIRCLE, CIRCLE, _region_source()),
        hd.sr.CoordinatesForMeasurement3D(hd.sr.GraphicTypeValues3D.POINT, SQUARE[:1], generate_uid()),
    ]
    image = hd.sr.SourceImageForMeasurementGroup(CTImageStorage, generate_uid())
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        source_images=[image], **_common(referenced_coordinates=coordinates)
    )


def _common(**of_measurement: Any) -> dict[str, Any]:
    """What all three kinds of groups hold."""
    offset = hd.sr.LongitudinalTemporalOffsetFromEvent(7, DAYS, codes.cid280.Baseline)
    return {
        "tracking_identifier": hd.sr.TrackingIdentifier(uid=generate_uid(), identifier="lesion"),
        "referenced_real_world_value_map": hd.sr.RealWorldValueMap(generate_uid()),
        "time_point_context": hd.sr.TimePointContext(
            time_point="T1",
            time_point_type=codes.cid6146.Posttreatment,
            time_point_order=1,
            subject_time_point_identifier="S-T1",
            protocol_time_point_identifier="P-T1",
            temporal_offset_from_event=offset,
        ),
        "finding_type": codes.SCT.Nodule,
        "finding_category": codes.SCT.MorphologicallyAbnormalStructure,
        "method": codes.cid6147.RECIST1Point1,
        "algorithm_id": _algorithm(),
        "finding_sites": [_site()],
        "session": "1",
        "measurements": [_measurement(**of_measurement)],
        "qualitative_evaluations": [
            hd.sr.QualitativeEvaluation(codes.DCM.LevelOfSignificance, codes.SCT.NotSignificant)
        ],
    }


def _measurement(**more: Any) -> hd.sr.Measurement:
    return hd.sr.Measurement(
        name=codes.SCT.Diameter,
        value=3.5,
        unit=codes.UCUM.Millimeter,
        tracking_identifier=hd.sr.TrackingIdentifier(uid=generate_uid(), identifier="diameter"),
        algorithm_id=_algorithm(),
        derivation=codes.cid7464.Mean,
        finding_sites=[_site()],
        method=codes.cid6147.RECIST1Point1,
        properties=_properties(),
        referenced_images=[hd.sr.SourceImageForMeasurement(CTImageStorage, generate_uid())],
        referenced_real_world_value_map=hd.sr.RealWorldValueMap(generate_uid()),
        **more,
    )


def _properties() -> hd.sr.MeasurementProperties:
    def value(name: Code) -> hd.sr.NumContentItem:
        return hd.sr.NumContentItem(
            name, 2.0, codes.UCUM.Millimeter, relationship_type=hd.sr.RelationshipTypeValues.HAS_PROPERTIES
        )

    return hd.sr.MeasurementProperties(
        normality=codes.cid222.Normal,
        level_of_significance=codes.cid220.NotSignificant,
        selection_status=codes.cid224.MeanValueChosen,
        measurement_statistical_properties=hd.sr.MeasurementStatisticalProperties(
            [value(codes.cid221.MeanValueOfPopulation)], description="adults", authority="an authority"
        ),
        normal_range_properties=hd.sr.NormalRangeProperties(
            [value(codes.cid223.NormalRangeUpperLimit)],
            description="adults",
            authority="an authority",
        ),
        upper_measurement_uncertainty=1,
        lower_measurement_uncertainty=1,
    )


def _algorithm() -> hd.sr.AlgorithmIdentification:
    family = codes.cid7162.ArtificialIntelligence
    return hd.sr.AlgorithmIdentification("finder", "1.0", ["a", "b"], family=family, manufacturer="Acme")


def _site() -> hd.sr.FindingSite:
    return hd.sr.FindingSite(codes.SCT.Lung, laterality=codes.SCT.Left, topographical_modifier=codes.SCT.Superior)


def _purpose() -> dict[str, Any]:
    return {"geometric_purpose": codes.cid219.Center}


def _region() -> hd.sr.ImageRegion:
    return hd.sr.ImageRegion(hd.sr.GraphicTypeValues.CIRCLE, CIRCLE, _region_source())


def _region_source() -> hd.sr.SourceImageForRegion:
    return hd.sr.SourceImageForRegion(CTImageStorage, generate_uid())


def _segmented() -> hd.sr.SourceImageForSegmentation:
    return hd.sr.SourceImageForSegmentation(CTImageStorage, generate_uid())


def _ct_image() -> Dataset:
    image = _image(CTImageStorage, "CT")
    image.FrameOfReferenceUID = "1.2.3"
    image.PixelSpacing, image.SliceThickness, image.SpacingBetweenSlices = [0.5, 0.5], 2.0, 2.0
    image.ImagePositionPatient, image.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
    return image


def _projection() -> Dataset:
    image = _image(DigitalXRayImageStorageForPresentation, "DX")
    image.ImagerPixelSpacing, image.PixelSpacing = [0.1, 0.1], [0.1, 0.1]
    image.PatientOrientation = ["L", "F"]
    image.PositionerPrimaryAngle, image.PositionerSecondaryAngle = 1.0, 2.0
    return image


def _image(sop_class: str, modality: str) -> Dataset:
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID, image.Modality = sop_class, generate_uid(), modality
    image.Rows = image.Columns = 16
    return image
