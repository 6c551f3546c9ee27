"""Writes file-sets: instances in numbered folders and a DICOMDIR with declared records (PS3.3 Annex F)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annexgen.simulator.data_sets import plan_data_set
from annexgen.simulator.encoding import build_data_set, build_item, file_meta
from annexgen.simulator.plan import PlannedElement, PlannedInstance, PlannedItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydicom import Dataset
    from pydicom.fileset import RecordNode

    from annexgen.simulator.description import FileSetDescription, ProductDescription
    from annexgen.simulator.identifiers import Identifiers

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
_EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
_DOCUMENTS = "1.2.840.10008.5.1.4.1.1.88."
_KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
_ELEMENTS_OF_EVERY_RECORD = (
    (0x00041400, "UL"),
    (0x00041410, "US"),
    (0x00041420, "UL"),
    (0x00041430, "CS"),
)
_ELEMENTS_OF_LEAVES = ((0x00041500, "CS"), (0x00041510, "UI"), (0x00041511, "UI"), (0x00041512, "UI"))


def write_file_set(
    folder: Path,
    file_set: FileSetDescription,
    instances: Sequence[PlannedInstance],
    description: ProductDescription,
    identifiers: Identifiers,
    implementation: tuple[str, str],
) -> PlannedInstance:
    """Write the instances and their DICOMDIR into a folder of the corpus.

    Returns:
        The plan of the DICOMDIR, for the truth.

    Raises:
        DescriptionError: a rule of a directory record cannot be followed.
    """
    from pydicom.fileset import FileSet, RecordNode

    root = folder / file_set.folder
    root.mkdir(parents=True, exist_ok=True)
    uid = identifiers.uid(f"file-set/{file_set.folder}")
    _write_empty_directory(root, uid, file_set.file_set_id, implementation)
    writer = FileSet(root / "DICOMDIR")
    planned: dict[tuple[str, str], PlannedItem] = {}
    for instance in instances:
        parent: RecordNode | None = None
        for record_type, key in _hierarchy(instance):
            is_leaf = key == instance.sop_instance_uid
            if (record_type, key) not in planned:
                planned[record_type, key] = _plan_record(record_type, is_leaf, instance, file_set, description)
            own = planned[record_type, key].elements
            fixed = {tag for tag, _ in (*_ELEMENTS_OF_EVERY_RECORD, *_ELEMENTS_OF_LEAVES)}
            record: Dataset = build_item(PlannedItem({k: e for k, e in own.items() if e.tag not in fixed}))
            record.DirectoryRecordType = record_type
            if is_leaf:
                record.ReferencedSOPInstanceUIDInFile = key
            node = RecordNode(record)
            if parent is not None:
                node.parent = parent
            parent = node
        if parent is not None:
            writer.add_custom(build_data_set(instance, implementation), parent)
    writer.write()
    return _planned_directory(uid, file_set, tuple(planned.values()))


def _write_empty_directory(root: Path, uid: str, file_set_id: str, implementation: tuple[str, str]) -> None:
    """Write a DICOMDIR without records, with the product's File Meta Information, to be filled."""
    from pydicom import Dataset

    directory = Dataset()
    directory.FileSetID = file_set_id
    directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    directory.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    directory.FileSetConsistencyFlag = 0
    directory.DirectoryRecordSequence = []
    directory.file_meta = file_meta(MEDIA_STORAGE_DIRECTORY, uid, _EXPLICIT_LITTLE_ENDIAN, implementation)
    directory.save_as(root / "DICOMDIR", enforce_file_format=True)


def _hierarchy(instance: PlannedInstance) -> list[tuple[str, str]]:
    """The directory records above and for an instance, by type and identity (PS3.3 Section F.4)."""
    leaf = "IMAGE"
    if instance.sop_class_uid == _KEY_OBJECT_SELECTION:
        leaf = "KEY OBJECT DOC"
    elif instance.sop_class_uid.startswith(_DOCUMENTS):
        leaf = "SR DOCUMENT"
    return [
        ("PATIENT", instance.patient),
        ("STUDY", instance.study),
        ("SERIES", instance.series),
        (leaf, instance.sop_instance_uid),
    ]


def _plan_record(
    record_type: str,
    is_leaf: bool,
    instance: PlannedInstance,
    file_set: FileSetDescription,
    description: ProductDescription,
) -> PlannedItem:
    scope = instance.scope
    elements = {}
    if scope is not None:
        inside = scope.inside("", {}, 1, 1, {})
        elements = dict(plan_data_set(file_set.records[record_type].root, description.blocks, inside, {}).elements)
    for tag, vr in _ELEMENTS_OF_EVERY_RECORD + (_ELEMENTS_OF_LEAVES if is_leaf else ()):
        key = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        elements[key] = PlannedElement(key, tag, vr, (record_type if vr == "CS" and tag == 0x00041430 else 0,))
    return PlannedItem(elements, record_type)


def _planned_directory(uid: str, file_set: FileSetDescription, records: tuple[PlannedItem, ...]) -> PlannedInstance:
    elements = {
        "(0004,1130)": PlannedElement("(0004,1130)", 0x00041130, "CS", (file_set.file_set_id,), declared=True),
        "(0004,1200)": PlannedElement("(0004,1200)", 0x00041200, "UL", (0,)),
        "(0004,1202)": PlannedElement("(0004,1202)", 0x00041202, "UL", (0,)),
        "(0004,1212)": PlannedElement("(0004,1212)", 0x00041212, "US", (0,)),
        "(0004,1220)": PlannedElement("(0004,1220)", 0x00041220, "SQ", items=records),
    }
    return PlannedInstance(
        sop_class="directory",
        sop_class_uid=MEDIA_STORAGE_DIRECTORY,
        sop_instance_uid=uid,
        transfer_syntax=_EXPLICIT_LITTLE_ENDIAN,
        file_name=f"{file_set.folder}/DICOMDIR",
        file_set=file_set.folder,
        patient="",
        study="",
        series="",
        data_set=PlannedItem(elements),
    )
