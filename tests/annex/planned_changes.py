"""Changes of a product that are planned: what each does to an instance, and the differences that must be reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.sequence import Sequence
from two_versions import CR, CT, MR, SR, Place, code, compressed, item_of, number_item

if TYPE_CHECKING:
    from collections.abc import Callable

    import pydicom
    from pydicom.dataset import Dataset


Expected = tuple[str, str, str, str]
"""Kind, what, path and column of a difference."""


def one(data: Dataset) -> pydicom.dataset.PrivateBlock:
    return data.private_block(0x0029, "ACME ONE")


def _moved(data: Dataset) -> None:
    """The block of ACME TWO moves from (0031,10xx) to (0031,44xx)."""
    value = data.private_block(0x0031, "ACME TWO")[0x01].value
    del data[0x00310010], data[0x00311001]
    data.add_new(0x00310044, "LO", "ACME TWO")
    data.add_new(0x00314401, "CS", value)


def _new_creator(data: Dataset) -> None:
    data.private_block(0x0033, "ACME NEW", create=True).add_new(0x01, "CS", "Y")


def _shared_echo(data: Dataset) -> None:
    for frame in data.PerFrameFunctionalGroupsSequence:
        del frame.MREchoSequence
    data.SharedFunctionalGroupsSequence[0].MREchoSequence = Sequence([item_of(EffectiveEchoTime=10.0)])


def _private_macro(data: Dataset) -> None:
    for frame in data.PerFrameFunctionalGroupsSequence:
        block = frame.FrameContentSequence[0].private_block(0x0021, "ACME FRAME", create=True)
        block.add_new(0x01, "CS", "Z")


def set_items(items: Sequence, keyword: str, value: object) -> None:
    for item in items:
        setattr(item, keyword, value)


ONE, TWO, NEW, FRAME = '"ACME ONE")', '"ACME TWO")', '"ACME NEW")', '"ACME FRAME")'
PRESENCE, VALUE_PRESENCE = "Presence of Attribute", "Presence of Value"
REPORT = "DCM:126000[1500]"
FINDING = f"{REPORT}/CONTAINS.CODE.DCM:121071"

CHANGES: dict[str, tuple[str, Callable[[Dataset, Place], object], list[Expected]]] = {
    "private element added": (
        CT,
        lambda d, p: one(d).add_new(0x10, "SH", "new"),
        [("added", "private attribute", f"(0029,xx10,{ONE}", "")],
    ),
    "private element removed": (
        CT,
        lambda d, p: d.__delitem__(one(d).get_tag(0x04)),
        [("removed", "private attribute", f"(0029,xx04,{ONE}", "")],
    ),
    "VR of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x02, "SL", 7),
        [("changed", "private attribute", f"(0029,xx02,{ONE}", "VR")],
    ),
    "VM of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x03, "DS", [1.5, 2.5, 3.5]),
        [
            ("changed", "private attribute", f"(0029,xx03,{ONE}", "VM"),
            ("changed", "private attribute", f"(0029,xx03,{ONE}", "Value"),
        ],
    ),
    "a private element no longer always": (
        CT,
        lambda d, p: None if p.axial else d.__delitem__(one(d).get_tag(0x01)),
        [("changed", "private attribute", f"(0029,xx01,{ONE}", PRESENCE)],
    ),
    "an element inside a private Sequence": (
        CT,
        lambda d, p: set_items(one(d)[0x05].value, "ExposureTime", 3),
        [("added", "attribute", f"(0029,xx05,{ONE}/(0018,1150)", "")],
    ),
    "another fixed value of a private element": (
        CT,
        lambda d, p: one(d).add_new(0x06, "CS", "SECOND"),
        [("changed", "private attribute", f"(0029,xx06,{ONE}", "Value")],
    ),
    "a Private Creator added": (
        CT,
        lambda d, p: _new_creator(d),
        [
            ("added", "Private Creator", f"(0033,00xx,{NEW}", ""),
            ("added", "private attribute", f"(0033,xx01,{NEW}", ""),
        ],
    ),
    "a private block moved": (CT, lambda d, p: _moved(d), []),
    "attribute added": (
        CT,
        lambda d, p: setattr(d, "ReconstructionDiameter", 500),
        [("added", "attribute", "(0018,1100)", "")],
    ),
    "attribute removed": (CT, lambda d, p: d.__delattr__("FilterType"), [("removed", "attribute", "(0018,1160)", "")]),
    "always to conditional": (
        CT,
        lambda d, p: None if p.axial else d.__delattr__("PatientPosition"),
        [("changed", "attribute", "(0018,5100)", PRESENCE)],
    ),
    "conditional to always": (
        CT,
        lambda d, p: setattr(d, "GantryDetectorTilt", 0),
        [("changed", "attribute", "(0018,1120)", PRESENCE)],
    ),
    "value always to empty": (
        CT,
        lambda d, p: setattr(d, "BodyPartExamined", ""),
        [("changed", "attribute", "(0018,0015)", VALUE_PRESENCE), ("changed", "attribute", "(0018,0015)", "Value")],
    ),
    "value empty to always": (
        CT,
        lambda d, p: setattr(d, "ProtocolName", "Head routine"),
        [("changed", "attribute", "(0018,1030)", VALUE_PRESENCE)],
    ),
    "value always to conditional": (
        CT,
        lambda d, p: None if p.axial else setattr(d, "AcquisitionNumber", None),
        [("changed", "attribute", "(0020,0012)", VALUE_PRESENCE)],
    ),
    "new value": (
        CT,
        lambda d, p: setattr(d, "ConvolutionKernel", "SHARP") if p.axial else None,
        [("changed", "attribute", "(0018,1210)", "Value")],
    ),
    "value no longer used": (
        CT,
        lambda d, p: setattr(d, "ScanOptions", "HELIX"),
        [("changed", "attribute", "(0018,0022)", "Value")],
    ),
    "another constant number": (
        CT,
        lambda d, p: setattr(d, "KVP", 100),
        [("changed", "attribute", "(0018,0060)", "Value")],
    ),
    "another code": (
        CT,
        lambda d, p: setattr(d, "AnatomicRegionSequence", Sequence([code("51185008", "SCT", "Chest")])),
        [("changed", "attribute", "(0008,2218)", "Value")],
    ),
    "a Sequence added": (
        CT,
        lambda d, p: setattr(
            d, "ReferencedStudySequence", Sequence([item_of(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID="1.2")])
        ),
        [("added", "attribute", "(0008,1110)", "")],
    ),
    "a Sequence removed": (
        CT,
        lambda d, p: d.__delattr__("SourceImageSequence"),
        [("removed", "Module", "General Reference", "")],
    ),
    "an attribute in the items of a Sequence": (
        CT,
        lambda d, p: set_items(d.RequestAttributesSequence, "AccessionNumber", "A"),
        [("added", "attribute", "(0040,0275)/(0008,0050)", "")],
    ),
    "a Module added": (
        CT,
        lambda d, p: (setattr(d, "FrameOfReferenceUID", "1.2.3"), setattr(d, "PositionReferenceIndicator", "")),
        [("added", "Module", "Frame of Reference", "")],
    ),
    "a Module removed": (
        CT,
        lambda d, p: d.__delattr__("ContrastBolusAgent"),
        [("removed", "Module", "Contrast/Bolus", "")],
    ),
    "Usage of a macro": (
        MR,
        lambda d, p: _shared_echo(d),
        [("changed", "Functional Group Macro", "MR Echo", "Usage")],
    ),
    "a macro added": (
        MR,
        lambda d, p: set_items(
            d.PerFrameFunctionalGroupsSequence,
            "FrameVOILUTSequence",
            Sequence([item_of(WindowCenter=1, WindowWidth=2)]),
        ),
        [("added", "Functional Group Macro", "Frame VOI LUT", "")],
    ),
    "a macro removed": (
        MR,
        lambda d, p: d.SharedFunctionalGroupsSequence[0].__delattr__("MRModifierSequence"),
        [("removed", "Functional Group Macro", "MR Modifier", "")],
    ),
    "an attribute in a macro": (
        MR,
        lambda d, p: set_items(d.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence, "SpacingBetweenSlices", 3),
        [("added", "attribute", "functional groups/(0028,9110)/(0018,0088)", "")],
    ),
    "private elements in a macro": (
        MR,
        lambda d, p: _private_macro(d),
        [
            ("added", "Private Creator", f"functional groups/(0020,9111)/(0021,00xx,{FRAME}", ""),
            ("added", "private attribute", f"functional groups/(0020,9111)/(0021,xx01,{FRAME}", ""),
            ("changed", "SOP Class", "", "Create"),
        ],
    ),
    "a Transfer Syntax": (
        CR,
        lambda d, p: compressed(d) if p.axial else None,
        [
            ("added", "Transfer Syntax", "1.2.840.10008.1.2.5", ""),
            ("changed", "SOP Class", "", "Transfer Syntax Set"),
        ],
    ),
    "a Specific Character Set": (
        CR,
        lambda d, p: setattr(d, "SpecificCharacterSet", "ISO_IR 192"),
        [
            ("added", "Specific Character Set", "ISO_IR 192", ""),
            ("changed", "attribute", "(0008,0005)", "Value"),
        ],
    ),
    "a Content Item added": (
        SR,
        lambda d, p: d.ContentSequence.append(
            number_item(code("103339001", "SCT", "Long Axis"), "4", code("mm", "UCUM", "millimeter"))
        ),
        [("added", "Content Item", f"{REPORT}/CONTAINS.NUM.SCT:103339001", "")],
    ),
    "a Content Item removed": (
        SR,
        lambda d, p: d.ContentSequence.pop(4),
        [("removed", "Content Item", f"{REPORT}/CONTAINS.TEXT.DCM:121106", "")],
    ),
    "a Content Item no longer always": (
        SR,
        lambda d, p: None if p.axial else d.ContentSequence.pop(3),
        [("changed", "Content Item", f"{REPORT}/CONTAINS.NUM.SCT:410668003", "Presence of Content Item")],
    ),
    "another code in a report": (
        SR,
        lambda d, p: setattr(
            d.ContentSequence[2], "ConceptCodeSequence", Sequence([code("52988006", "SCT", "Lesion")])
        ),
        [("changed", "Content Item", FINDING, "Values")],
    ),
}
APART = ("a Content Item removed", "a Content Item no longer always")
"""Changes of the same kind of instance that cannot be told apart when they come together; each is tested alone."""


def doing(names: list[str]) -> Callable[[Dataset, Place], None]:
    def change(data: Dataset, place: Place) -> None:
        for name in names:
            sop_class, action, _ = CHANGES[name]
            if sop_class == place.sop_class:
                action(data, place)

    return change
