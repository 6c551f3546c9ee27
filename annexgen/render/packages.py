"""Office packages with the same bytes every time: fixed dates in the archive and in its properties."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CORE_PROPERTIES = "docProps/core.xml"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_DATE = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*(</dcterms:)")


def without_dates(package: bytes) -> bytes:
    """The package (xlsx, docx) with every date set to the earliest that an archive can hold.

    The order of the members is kept: some readers expect [Content_Types].xml first.
    """
    result = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == _CORE_PROPERTIES:
                content = _DATE.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", content)
            member = ZipInfo(name, _EARLIEST)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            target.writestr(member, content, compresslevel=9)
    return result.getvalue()
