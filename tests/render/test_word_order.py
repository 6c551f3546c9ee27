"""The children of properties in the order that the schema of WordprocessingML asks for: Word refuses any other."""

from __future__ import annotations

import itertools
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from lxml import etree
from word_statements import under_revision, with_bookmarks, with_headings

from annexgen.render.word import WordOptions, document
from annexgen.render.word_into import insert

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

# ECMA-376 Part 1, 17.3 to 17.9: the sequences of the complex types.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "settings": "writeProtection view zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol "
    "listSeparator",
}
REQUIRED_LAST = {"tc": "p"}


def disorder(content: bytes) -> list[str]:
    found = []
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("word/") or not name.endswith(".xml"):
                continue
            for element in etree.fromstring(archive.read(name)).iter():
                if not isinstance(element.tag, str):
                    continue
                kind = element.tag.rpartition("}")[2]
                children = [str(child.tag).rpartition("}")[2] for child in element]
                if kind in ORDER:
                    order = ORDER[kind].split()
                    unknown = [child for child in children if child not in order]
                    places = [order.index(child) for child in children if child in order]
                    if unknown or places != sorted(places):
                        found.append(f"{name}: {kind} has {children}")
                if kind in REQUIRED_LAST and (not children or children[-1] != REQUIRED_LAST[kind]):
                    found.append(f"{name}: {kind} ends in {children[-1:]}")
                if kind == "body" and (children[-1] != "sectPr" or children[-2] == "tbl"):
                    found.append(f"{name}: the body ends in {children[-2:]}")
                if kind in ("body", "sdtContent"):
                    for one, other in itertools.pairwise(children):
                        if one == other == "tbl":
                            found.append(f"{name}: two tables touch")
    return found


@pytest.mark.parametrize("final", [False, True])
def test_a_document_is_in_order(final: bool, annex: Annex) -> None:
    assert disorder(document(annex, WordOptions(final=final))) == []


@pytest.mark.parametrize("statement", [with_bookmarks, with_headings, under_revision])
def test_a_statement_stays_in_order(statement: object, annex: Annex) -> None:
    content = statement()  # type: ignore[operator]
    known = set(disorder(content))
    assert set(disorder(insert(annex, content, "ours.docx").content)) <= known


def test_disorder_is_found(annex: Annex) -> None:
    buffer = BytesIO()
    with ZipFile(BytesIO(document(annex))) as source, ZipFile(buffer, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "word/document.xml":
                text = text.replace(b"<w:cantSplit/>", b"", 1).replace(b"<w:keepNext/>", b"<w:jc/><w:keepNext/>", 1)
            target.writestr(name, text)
    assert len(disorder(buffer.getvalue())) == 1
