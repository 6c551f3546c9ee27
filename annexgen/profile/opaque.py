"""What the bytes of an opaque value hold, told from how they begin: text, XML, a DICOM Sequence, a CSA header, an image."""

from __future__ import annotations

LOOKED_AT = 512
"""So many bytes from the start are looked at."""

_ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")
_SIGNATURES = (
    (b"PK\x03\x04", "ZIP archive"),
    (b"BZh", "bzip2 compressed"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"\xff\x4f\xff\x51", "JPEG 2000 image"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000 image"),
    (b"GIF8", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"%PDF-", "PDF document"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x93NUMPY", "NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
)
_GZIP = b"\x1f\x8b\x08"
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TEXT = bytes({*range(0x20, 0x7F), 9, 10, 12, 13})


def content_kind(start: bytes) -> str:
    """What an opaque value holds.

    Args:
        start: its bytes, or the first of them; not empty.

    Returns:
        A short name such as "XML" or "Siemens CSA header"; "binary data" when nothing known was recognised.
    """
    head = start[:LOOKED_AT]
    if head[:4] in _ITEMS:
        return "DICOM Sequence"
    if head[128:132] == b"DICM":
        return "DICOM file"
    if _is_csa(head):
        return "Siemens CSA header"
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    # Some writers put a length of two or four bytes before the compressed stream.
    if any(head[offset : offset + 3] == _GZIP for offset in (0, 2, 4)):
        return "gzip compressed"
    text = text_of(head)
    if text is not None:
        text = text.lstrip()
        if text.startswith("<?xml") or (text.startswith("<") and ">" in text):
            return "XML"
        return "JSON" if text.startswith(("{", "[{", '["')) else "text"
    return "binary data" if any(head) else "zeros"


def text_of(value: bytes) -> str | None:
    """The text that an opaque value is, padding removed; None when it is no text in ASCII, UTF-8 or marked UTF-16."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if value.startswith(mark):
            return value[len(mark) :].decode(encoding, "ignore").rstrip(" \0")
    stripped = value.rstrip(b" \0")
    if not stripped:
        return None
    if not stripped.translate(None, _TEXT):
        return stripped.decode("ascii")
    if min(stripped) < 0x20 and stripped.translate(None, _TEXT + bytes(range(0x80, 0x100))):
        return None
    try:
        # The last character may have been cut.
        return stripped[: len(stripped) - 3].decode("utf-8") + stripped[len(stripped) - 3 :].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return None


def _is_csa(head: bytes) -> bool:
    """CSA headers begin with SV10, or with the number of their tags (1 to 128) and the number 77."""
    if head[:4] == b"SV10":
        return True
    return len(head) >= 8 and 0 < int.from_bytes(head[:4], "little") <= 128 and head[4:8] == b"M\0\0\0"
