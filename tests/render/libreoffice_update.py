"""Run by the Python of LibreOffice: computes all fields and indexes of a document and writes it as text and PDF.

Arguments: the document, the text to write, the PDF to write, a folder for LibreOffice's profile.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def value(name: str, content: object) -> Any:
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

    result = PropertyValue()
    result.Name, result.Value = name, content
    return result


def connected(pipe: str) -> Any:
    import uno  # type: ignore[import-not-found]

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:  # noqa: BLE001 - LibreOffice's errors have no common class until it is reached
            time.sleep(0.25)
    raise SystemExit("LibreOffice does not answer")


def main() -> None:
    source, text, pdf, profile = (Path(argument).resolve() for argument in sys.argv[1:])
    pipe = f"annexgen{abs(hash(str(profile)))}"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation={profile.as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ]
    )
    context = connected(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.loadComponentFromURL(source.as_uri(), "_blank", 0, (value("Hidden", True),))
    document.getTextFields().refresh()
    indexes = document.getDocumentIndexes()
    for _ in range(2):
        for number in range(indexes.getCount()):
            indexes.getByIndex(number).update()
    document.storeToURL(text.as_uri(), (value("FilterName", "Text (encoded)"), value("FilterOptions", "UTF8")))
    document.storeToURL(pdf.as_uri(), (value("FilterName", "writer_pdf_Export"),))
    document.close(True)
    try:
        desktop.terminate()
    except Exception:  # noqa: BLE001 - it may be gone before it answers
        office.wait(30)
    office.wait(30)


if __name__ == "__main__":
    main()
