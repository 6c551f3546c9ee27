"""Reads with pydicom an instance on which the element reader fails, and says so.

The element reader reports what is wrong in a file and goes on; that it fails is a fault of its own. Then the file shall not be
lost, and the fault shall be known.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from annexgen.corpus.elements import (
    FROM_FILE,
    MAXIMUM_VALUE_LENGTH,
    PIXEL_DATA_TAGS,
    START_LENGTH,
    UNDEFINED_LENGTH,
    Context,
    Problem,
    RawElement,
    creator_text,
    vr_from_dictionary,
    vr_of_un,
)
from annexgen.corpus.instance import Instance, NotReadableError, read_instance
from annexgen.corpus.values import unheard

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

    from annexgen.corpus.elements import Buffer

_PREAMBLE = slice(128, 132)


def read_any(buffer: Buffer) -> Instance:
    """Read the bytes of one file, by pydicom if the element reader fails on it.

    Raises:
        NotReadableError: the content is not DICOM, has no SOP Class, or neither reader can read it.
    """
    try:
        return read_instance(buffer)
    except (NotReadableError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a fault of the reader, whatever it is, becomes a finding
        return read_with_pydicom(buffer, type(error).__name__)


def read_with_pydicom(buffer: Buffer, failure: str) -> Instance:
    """Read the bytes of one file by pydicom; File Meta Information is taken for SOP Class and transfer syntax only.

    Args:
        buffer: the whole file.
        failure: how the element reader failed on it, for the finding.

    Raises:
        NotReadableError: pydicom cannot read it either, or it has no SOP Class.
    """
    import pydicom

    with unheard():
        try:
            data_set = pydicom.dcmread(io.BytesIO(bytes(buffer)), force=True)
            little_endian, implicit = data_set.original_encoding[1], data_set.original_encoding[0]
            elements = _elements(data_set, Context(), explicit=implicit is False)
        except MemoryError:
            raise
        except Exception as error:
            raise NotReadableError(
                f"the element reader failed on it ({failure}), and so did pydicom ({type(error).__name__})"
            ) from error
        sop_class = str(data_set.get("SOPClassUID") or data_set.file_meta.get("MediaStorageSOPClassUID") or "")
        transfer_syntax = str(data_set.file_meta.get("TransferSyntaxUID") or "")
    if not elements or not sop_class:
        raise NotReadableError(
            "no SOP Class UID (0008,0016)" if elements else "no elements after the File Meta Information"
        )
    problem = Problem("read-by-pydicom", f"the element reader failed on it ({failure}); pydicom has read it", 0, 0)
    preamble = bytes(buffer[_PREAMBLE]) == b"DICM"
    return Instance(sop_class, transfer_syntax, (), elements, (problem,), preamble, little_endian is not False)


def _elements(data_set: Dataset, outer: Context, *, explicit: bool) -> list[RawElement]:
    """The elements of a data set as the element reader gives them."""
    from pydicom.dataelem import RawDataElement

    context = Context(outer.pixel_representation)
    found: list[RawElement] = []
    for tag in sorted(data_set.keys()):
        raw = data_set.get_item(tag)
        offset = getattr(raw, "value_tell", 0) or 0
        number = int(tag)
        # Some files are implicit VR whatever their transfer syntax says, or switch inside Sequences.
        explicit = not raw.is_implicit_VR if isinstance(raw, RawDataElement) else explicit
        vr, origin = (str(raw.VR), FROM_FILE) if explicit and raw.VR else vr_from_dictionary(number, context)
        if vr == "UN" and origin == FROM_FILE:
            vr, origin = vr_of_un(number, context)
        if vr == "SQ" or raw.VR == "SQ":
            items = [
                _elements(item, context, explicit=item.original_encoding[0] is False) for item in data_set[tag].value
            ]
            found.append(RawElement(number, "SQ", origin, items, -1, offset))
            continue
        if isinstance(raw, RawDataElement):
            value, length = raw.value or b"", raw.length
        else:
            value = _encoded(raw, little_endian=data_set.original_encoding[1] is not False)
            length = len(value)
        if number in PIXEL_DATA_TAGS or len(value) > MAXIMUM_VALUE_LENGTH:
            start = value[:START_LENGTH] if number >> 16 & 1 else b""
            length = -1 if length == UNDEFINED_LENGTH else length
            found.append(RawElement(number, vr, origin, None, length, offset, start))
            continue
        if number >> 16 & 1 and 0x10 <= number & 0xFFFF <= 0xFF:
            context.creators[number >> 16 << 8 | number & 0xFFFF] = creator_text(value)
        elif number == 0x00280103 and len(value) == 2:
            context.pixel_representation = int.from_bytes(value, "little" if data_set.is_little_endian else "big")
        found.append(RawElement(number, vr, origin, value, length, offset))
    return found


def _encoded(element: DataElement, *, little_endian: bool) -> bytes:
    """The value field of an element that pydicom decodes as soon as it reads it, such as Specific Character Set."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_data_element

    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = little_endian, True
    write_data_element(stream, element)
    return bytes(stream.getvalue()[8:])
