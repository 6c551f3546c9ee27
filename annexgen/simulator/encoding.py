"""Encodes planned instances: builds pydicom data sets, compresses Pixel Data, writes PS3.10 files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset

    from annexgen.simulator.plan import PlannedElement, PlannedInstance, PlannedItem

_UNCOMPRESSED = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
_RLE_LOSSLESS = "1.2.840.10008.1.2.5"
_PIXEL_DATA = 0x7FE00010


def build_data_set(instance: PlannedInstance, implementation: tuple[str, str]) -> Dataset:
    """The data set of a planned instance, with its File Meta Information, ready to be written.

    Args:
        instance: the plan.
        implementation: the product's Implementation Class UID and Implementation Version Name.

    Raises:
        DescriptionError: the transfer syntax is not one of those that the simulator writes.
    """
    data_set = build_item(instance.data_set)
    if instance.transfer_syntax == _RLE_LOSSLESS:
        _encapsulate(data_set)
    elif instance.transfer_syntax not in _UNCOMPRESSED:
        raise DescriptionError(f"the simulator does not write transfer syntax {instance.transfer_syntax}")
    data_set.file_meta = file_meta(
        instance.sop_class_uid, instance.sop_instance_uid, instance.transfer_syntax, implementation
    )
    return data_set


def file_meta(
    sop_class: str, sop_instance: str, transfer_syntax: str, implementation: tuple[str, str]
) -> FileMetaDataset:
    """File Meta Information that names the product, not the library that writes (PS3.10 Section 7.1)."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(implementation[0])
    meta.ImplementationVersionName = implementation[1]
    return meta


def write_file(data_set: Dataset, path: Path) -> None:
    """Write a data set as a PS3.10 file; its folder is made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data_set.save_as(path, enforce_file_format=True)


def build_item(item: PlannedItem) -> Dataset:
    """The data set of a planned item; raises DescriptionError when two elements take one tag."""
    from pydicom import Dataset

    data_set = Dataset()
    for element in sorted(item.elements.values(), key=lambda one: one.tag):
        if element.tag in data_set:
            raise DescriptionError(f"{element.key}: two elements take the tag {element.tag:08X}")
        data_set.add_new(element.tag, element.vr, _element_value(element))
        # A private Sequence of undefined length is known for one in Implicit VR too (PS3.5 Section 7.5).
        if element.items is not None and element.tag >> 16 & 1:
            data_set[element.tag].is_undefined_length = True
    return data_set


def _element_value(element: PlannedElement) -> Any:
    if element.items is not None:
        from pydicom.sequence import Sequence

        return Sequence(build_item(item) for item in element.items)
    if not element.values:
        return None
    return element.values[0] if len(element.values) == 1 else list(element.values)


def _encapsulate(data_set: Dataset) -> None:
    """Replace native Pixel Data by RLE fragments, one per frame (PS3.5 Annex G and Section A.4)."""
    from pydicom.encaps import encapsulate
    from pydicom.pixels.encoders.base import get_encoder
    from pydicom.uid import RLELossless

    frames = int(data_set.get("NumberOfFrames", 1) or 1)
    native: bytes = data_set.PixelData
    length = data_set.Rows * data_set.Columns * data_set.SamplesPerPixel * data_set.BitsAllocated // 8
    encoder = get_encoder(RLELossless)
    fragments = [
        encoder.encode(
            native[index * length : (index + 1) * length],
            encoding_plugin="pydicom",
            rows=data_set.Rows,
            columns=data_set.Columns,
            samples_per_pixel=data_set.SamplesPerPixel,
            bits_allocated=data_set.BitsAllocated,
            bits_stored=data_set.BitsStored,
            pixel_representation=data_set.PixelRepresentation,
            photometric_interpretation=data_set.PhotometricInterpretation,
            number_of_frames=1,
            planar_configuration=0,
        )
        for index in range(frames)
    ]
    data_set[_PIXEL_DATA].VR = "OB"
    data_set[_PIXEL_DATA].value = encapsulate(fragments)
    data_set[_PIXEL_DATA].is_undefined_length = True
