"""UIDs of PS3.6 Annex A: names, and the transfer syntaxes with their media types."""

from __future__ import annotations

from dataclasses import dataclass

from annexgen.standard import tables

SOP_CLASS_TYPES = ("SOP Class", "Meta SOP Class")
"""Types of UID in PS3.6 Table A-1 that name a SOP Class."""


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """A transfer syntax: family ("uncompressed", "lossless", "lossy", "video", "real-time video", "other")."""

    uid: str
    name: str
    family: str
    media_type: str


@tables.per_table_set
def _dictionary() -> dict[str, tuple[str, str, bool]]:
    """Name, type and whether retired of each registered UID: pydicom's dictionary, and the table `uids` over it."""
    from pydicom._uid_dict import UID_dictionary

    known = {uid: (entry[0], entry[1], bool(entry[3])) for uid, entry in UID_dictionary.items()}
    return known | {uid: (name, type_, retired == "1") for uid, name, type_, retired in tables.overlaid("uids")}


def uid_name(uid: str) -> str | None:
    """The name that PS3.6 Annex A gives to a UID; None when it is not registered there."""
    entry = _dictionary().get(uid)
    return entry[0] if entry else None


def is_well_known(uid: str) -> bool:
    """Whether a UID is registered in PS3.6 Annex A, and so identifies no instance."""
    return uid in _dictionary()


def is_retired(uid: str) -> bool:
    """Whether PS3.6 marks the UID as retired."""
    entry = _dictionary().get(uid)
    return bool(entry and entry[2])


def uid_type(uid: str) -> str | None:
    """The type that PS3.6 Table A-1 gives to a UID ("SOP Class", "Transfer Syntax", ...); None when it is not registered."""
    entry = _dictionary().get(uid)
    return entry[1] if entry else None


def all_uids(type_: str) -> tuple[str, ...]:
    """All registered UIDs of a type of PS3.6 Table A-1 ("SOP Class", "Transfer Syntax", ...), sorted."""
    return tuple(sorted(uid for uid, entry in _dictionary().items() if entry[1] == type_))


def transfer_syntax(uid: str) -> TransferSyntax | None:
    """The transfer syntax of a UID; None when PS3.6 registers none (PS3.5 Annex A, PS3.18 8.7.3)."""
    entry = _dictionary().get(uid)
    if entry is None or entry[1] != "Transfer Syntax":
        return None
    family, media_type = _family(uid)
    return TransferSyntax(uid, entry[0], family, media_type)


_ROOT = "1.2.840.10008.1.2"
_FAMILIES = {
    f"{_ROOT}": ("uncompressed", "N/A"),
    f"{_ROOT}.1": ("uncompressed", "application/octet-stream"),
    f"{_ROOT}.1.99": ("uncompressed", "application/octet-stream"),
    f"{_ROOT}.2": ("uncompressed", "N/A"),
    f"{_ROOT}.4.50": ("lossy", "image/jpeg"),
    f"{_ROOT}.4.51": ("lossy", "image/jpeg"),
    f"{_ROOT}.4.57": ("lossless", "image/jpeg"),
    f"{_ROOT}.4.70": ("lossless", "image/jpeg"),
    f"{_ROOT}.4.80": ("lossless", "image/jls"),
    f"{_ROOT}.4.81": ("lossy", "image/jls"),
    f"{_ROOT}.4.90": ("lossless", "image/jp2"),
    f"{_ROOT}.4.91": ("lossy", "image/jp2"),
    f"{_ROOT}.4.92": ("lossless", "image/jpx"),
    f"{_ROOT}.4.93": ("lossy", "image/jpx"),
    f"{_ROOT}.4.110": ("lossless", "image/jxl"),
    f"{_ROOT}.4.111": ("lossy", "image/jxl"),
    f"{_ROOT}.4.112": ("lossy", "image/jxl"),
    f"{_ROOT}.4.201": ("lossless", "image/jphc"),
    f"{_ROOT}.4.202": ("lossless", "image/jphc"),
    f"{_ROOT}.4.203": ("lossy", "image/jphc"),
    f"{_ROOT}.5": ("lossless", "image/x-dicom-rle"),
    # Each frame is deflated: reversible, and PS3.18 registers no media type of its own for it.
    f"{_ROOT}.8.1": ("lossless", "application/octet-stream"),
}


def _family(uid: str) -> tuple[str, str]:
    if uid in _FAMILIES:
        return _FAMILIES[uid]
    base = uid.removeprefix(f"{_ROOT}.4.").removesuffix(".1")
    if base in ("100", "101"):
        return "video", "video/mpeg2"
    if base in ("102", "103", "104", "105", "106"):
        return "video", "video/mp4"
    if base in ("107", "108"):
        return "video", "video/H265"
    if uid.startswith(f"{_ROOT}.7."):
        return "real-time video", "N/A"
    return "other", "application/octet-stream"
