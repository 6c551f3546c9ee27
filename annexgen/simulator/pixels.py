"""Pixel Data: small drawn frames that agree with the Image Pixel attributes (PS3.3 C.7.6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annexgen.simulator.errors import DescriptionError

if TYPE_CHECKING:
    from annexgen.simulator.scope import InstanceScope


def pixel_data(kind: Any, scope: InstanceScope) -> bytes:
    """The bytes of all frames, uncompressed and little endian.

    Args:
        kind: `noise` (drawn values over a gradient) or `flat` (one value).
        scope: gives Rows, Columns, Samples per Pixel, Number of Frames, Bits Allocated and Bits Stored.

    Raises:
        DescriptionError: the kind is unknown, or one of the attributes is not planned.
    """
    if kind not in ("noise", "flat"):
        raise DescriptionError(f"no kind of pixels is called {kind!r}")
    rows, columns, allocated, stored = (
        _number(scope, name) for name in ("Rows", "Columns", "BitsAllocated", "BitsStored")
    )
    samples = _number(scope, "SamplesPerPixel", 1)
    frames = _number(scope, "NumberOfFrames", 1)
    if allocated == 1:
        length = -(-rows * columns * samples * frames // 8)
        return bytes(length + length % 2)
    draw = scope.random("pixels", "instance")
    highest = (1 << stored) - 1
    width = allocated // 8
    raw = bytearray()
    for frame in range(frames):
        for position in range(rows * columns * samples):
            base = 0 if kind == "flat" else (position * 7 + frame * 13 + draw.randrange(9)) % (highest + 1)
            raw += base.to_bytes(width, "little")
    return bytes(raw) + b"\0" * (len(raw) % 2)


def _number(scope: InstanceScope, keyword: str, otherwise: int | None = None) -> int:
    value = scope.attribute(keyword)
    if value is None:
        if otherwise is None:
            raise DescriptionError(f"pixels need {keyword}, planned before them")
        return otherwise
    return int(value)
