"""A Word document as an Open Packaging package: its members, the parts that change as trees, written with fixed bytes.

Members that nobody asks for as a tree leave exactly as they came.
"""

from __future__ import annotations

import posixpath
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from annexgen.render.word_xml import WordError, w

if TYPE_CHECKING:
    from lxml import etree

_CONTENT_TYPES = "[Content_Types].xml"
_ROOT_RELATIONSHIPS = "_rels/.rels"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Package:
    """The members of a Word document. `name` is what messages call it."""

    def __init__(self, content: bytes, name: str) -> None:
        """Open the package.

        Errors: `WordError` when it is no Word document, is protected by a password, is an old .doc, or was
        saved as Strict Open XML.
        """
        self.name = name
        if content.startswith(_COMPOUND_FILE):
            raise WordError(
                f"{name} is an old .doc file or is protected by a password: save it in Word as a Word Document "
                "(.docx) without a password"
            )
        try:
            with ZipFile(BytesIO(content)) as archive:
                self._members = {member: archive.read(member) for member in archive.namelist()}
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise WordError(f"{name} is not a Word document (.docx): {error}") from error
        self._trees: dict[str, etree._Element] = {}
        self._edited: set[str] = set()
        self.main = self._main_part()
        if self.document.tag != w("document"):
            raise WordError(f"{name} is saved as Strict Open XML: save it in Word as a Word Document (.docx)")

    @property
    def document(self) -> etree._Element:
        """The root of the main part."""
        return self.tree(self.main)

    @property
    def body(self) -> etree._Element:
        """The body of the document, to be changed; `WordError` when it has none."""
        self._edited.add(self.main)
        body = self.document.find(w("body"))
        if body is None:
            raise WordError(f"{self.name} has no text body: open it in Word and save it again")
        return body

    def tree(self, member: str) -> etree._Element:
        """The root of an XML member, to be read; `WordError` when it cannot be."""
        from lxml import etree

        if member not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            try:
                self._trees[member] = etree.fromstring(self._members[member], parser)
            except (KeyError, etree.XMLSyntaxError) as error:
                raise WordError(
                    f"{self.name} is damaged at {member} ({error}): open it in Word and save it again"
                ) from error
        return self._trees[member]

    def editable(self, member: str) -> etree._Element:
        """The root of an XML member, which is written again from it."""
        self._edited.add(member)
        return self.tree(member)

    def part(self, kind: str) -> str:
        """The member that the main part relates to as `kind` (styles, numbering, comments, ...), or nothing."""
        for relationship in self._relationships(self._relationships_of_main()):
            if relationship.get("Type", "").rpartition("/")[2] == kind and relationship.get("TargetMode") != "External":
                member = _resolve(self.main, relationship.get("Target", ""))
                if member in self._members:
                    return member
        return ""

    def parts(self, kinds: tuple[str, ...]) -> list[str]:
        """The members of these kinds that the main part relates to, in the order of their names."""
        return sorted(
            {
                member
                for relationship in self._relationships(self._relationships_of_main())
                if relationship.get("Type", "").rpartition("/")[2] in kinds
                and (member := _resolve(self.main, relationship.get("Target", ""))) in self._members
            }
        )

    def add_part(self, kind: str, content: bytes) -> str:
        """Add a part that the main part relates to as `kind`, with the content type of that kind; its member."""
        from lxml import etree

        member = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        if member in self._members:
            raise WordError(f"{self.name} is damaged: {member} is in it, but its document does not relate to it")
        self._members[member] = content
        types = self.editable(_CONTENT_TYPES)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{member}", ContentType=f"{_WORD_TYPE}{kind}+xml")
        path = self._relationships_of_main()
        if path not in self._members:
            self._members[path] = _DECLARATION + f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
        relationships = self.editable(path)
        taken = {relationship.get("Id") for relationship in relationships}
        identifier = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        etree.SubElement(
            relationships,
            f"{{{_RELATIONSHIPS}}}Relationship",
            Id=identifier,
            Type=f"{_OFFICE}/{kind}",
            Target=posixpath.basename(member),
        )
        return member

    @property
    def content_type(self) -> str:
        """The content type of the main part: it says whether this is a document or a template, with macros or not."""
        return str(self._main_override().get("ContentType", ""))

    def become_document(self) -> None:
        """Let a template (.dotx) be a document."""
        self._edited.add(_CONTENT_TYPES)
        self._main_override().set("ContentType", f"{_WORD_TYPE}document.main+xml")

    def to_bytes(self) -> bytes:
        """The package; the same members give the same bytes."""
        from lxml import etree

        buffer = BytesIO()
        with ZipFile(buffer, "w") as archive:
            for name, content in self._members.items():
                tree = self._trees[name] if name in self._edited else None
                member = ZipInfo(name, _EARLIEST)
                member.compress_type = ZIP_DEFLATED
                member.create_system = 3
                member.external_attr = 0o644 << 16
                archive.writestr(member, content if tree is None else _DECLARATION + etree.tostring(tree))
        return buffer.getvalue()

    def _main_part(self) -> str:
        if _ROOT_RELATIONSHIPS not in self._members:
            raise WordError(f"{self.name} is not a Word document (.docx): it has no {_ROOT_RELATIONSHIPS}")
        for relationship in self._relationships(_ROOT_RELATIONSHIPS):
            if relationship.get("Type", "").endswith("/officeDocument"):
                member = _resolve("", relationship.get("Target", ""))
                root = self.tree(member)
                if root.tag.rpartition("}")[2] == "document":
                    return member
        raise WordError(f"{self.name} is not a Word document (.docx): it holds no text document")

    def _main_override(self) -> etree._Element:
        for override in self.tree(_CONTENT_TYPES):
            if override.get("PartName", "").casefold() == f"/{self.main}".casefold():
                return override
        raise WordError(f"{self.name} is damaged: it does not say what {self.main} is")

    def _relationships_of_main(self) -> str:
        folder, name = posixpath.split(self.main)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _relationships(self, member: str) -> list[etree._Element]:
        return list(self.tree(member)) if member in self._members else []


def _resolve(source: str, target: str) -> str:
    """The member that a relationship of `source` points to."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
