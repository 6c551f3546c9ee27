"""The Word document that the annexes are written into: annexgen's own, or a person's, with its fields filled in."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from annexgen.render.texts import corpus_counts, printable, product_title
from annexgen.render.word_package import Package
from annexgen.render.word_xml import WordError

if TYPE_CHECKING:
    from pathlib import Path

    from annexgen.annex.model import Annex

_OWN = "the Word template of annexgen"
# In this order: some readers expect the content types first.
_MEMBERS = (
    "[Content_Types].xml",
    "_rels/.rels",
    "docProps/core.xml",
    "docProps/app.xml",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/styles.xml",
    "word/numbering.xml",
    "word/settings.xml",
    "word/fontTable.xml",
    "word/header1.xml",
    "word/footer1.xml",
)


def own_template() -> bytes:
    """annexgen's Word document, put together from the XML files of `annexgen/templates/word`."""
    from importlib.resources import files
    from zipfile import ZipFile

    folder = files("annexgen.templates").joinpath("word")
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for member in _MEMBERS:
            archive.writestr(member, folder.joinpath(*member.split("/")).read_bytes())
    return buffer.getvalue()


def own_part(member: str) -> Any:
    """The root of one XML file of annexgen's Word document."""
    from importlib.resources import files

    from lxml import etree

    content = files("annexgen.templates").joinpath("word", *member.split("/")).read_bytes()
    return etree.fromstring(content, etree.XMLParser(remove_blank_text=True))


def fields(annex: Annex, *, final: bool) -> dict[str, object]:
    """What a template may name in double braces, see docs/word.md.

    Source: PS3.2 Section N.0 (what a cover page holds).
    """
    # A final document has blank space there, as its unknown cells have.
    missing = "\u2003" * 6 if final else "to be completed"
    words = "Annexes of the DICOM Conformance Statement"
    return {
        "product": printable(annex.product.name) or (missing if final else f"Product name {missing}"),
        "product_known": bool(annex.product.name),
        "manufacturer": printable(annex.product.manufacturer),
        "versions": printable(", ".join(annex.product.versions)) or missing,
        "versions_known": bool(annex.product.versions),
        "date": missing,
        "unknown_style": "PlaceholderText" if final else "AnnexUnknown",
        "title": printable(f"{product_title(annex)}: {words if final else words.replace('Annexes', 'Draft annexes')}"),
        "document_name": words if final else words.replace("Annexes", "Draft annexes"),
        "subject": "Annexes of a DICOM Conformance Statement (PS3.2 Annex N)",
        "standard": printable(annex.edition).removeprefix("DICOM ") or "PS3.2 Annex N",
        "corpus": corpus_counts(annex),
        "generator": printable(annex.generator) or "annexgen",
        "draft": not final,
    }


def filled_template(annex: Annex, *, final: bool, template: Path | None = None) -> Package:
    """The template with its fields filled in: annexgen's own, or the person's file `template`.

    Errors: `WordError` when the person's file is no Word document or its fields cannot be filled in; OSError
    when it cannot be read.
    """
    content = own_template() if template is None else template.read_bytes()
    name = _OWN if template is None else template.name
    package = Package(content, name)
    if "macroEnabled" in package.content_type:
        raise WordError(f"{name} holds macros: save it in Word as a Word Document (.docx) or a Word Template (.dotx)")
    package.become_document()
    return Package(_rendered(package.to_bytes(), name, fields(annex, final=final)), name)


def _rendered(content: bytes, name: str, context: dict[str, object]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment
    from lxml.etree import XMLSyntaxError

    class Template(DocxTemplate):  # type: ignore[misc]
        """Fills in document properties as plain text: they are no XML when Jinja2 sees them."""

        def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
            super().render_properties(context, SandboxedEnvironment(undefined=StrictUndefined))

    template = Template(BytesIO(content))
    try:
        template.render(context, SandboxedEnvironment(autoescape=True, undefined=StrictUndefined))
    except (TemplateError, XMLSyntaxError, TypeError, ValueError) as error:
        raise WordError(
            f"{name} has a field that cannot be filled in ({error}); the fields are {', '.join(sorted(context))}"
        ) from error
    buffer = BytesIO()
    template.save(buffer)
    return buffer.getvalue()
