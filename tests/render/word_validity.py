"""What makes Word refuse or repair a document, looked for in all of its parts.

Sequences of children, and which marks refer to what, are facts of ISO/IEC 29500-1 (17.2 to 17.16); the package is
ISO/IEC 29500-2.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_SIDES = "top left start bottom right end insideH insideV tl2br tr2bl"
# ISO/IEC 29500-1, 17.3 to 17.15: the sequences of the complex types.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang "
    "eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tcBorders": _SIDES,
    "tblBorders": _SIDES,
    "tblCellMar": "top left start bottom right end",
    "pBdr": "top left bottom right between bar",
    "numPr": "ilvl numId numberingChange ins",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
    "docDefaults": "rPrDefault pPrDefault",
    "styles": "docDefaults latentStyles style",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "abstractNum": "nsid multiLevelType tmpl name styleLink numStyleLink lvl",
    "num": "abstractNumId lvlOverride",
    "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "tbl": "tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "sdt": "sdtPr sdtEndPr sdtContent",
    "compat": "compatSetting",
    "settings": "writeProtection view zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol "
    "listSeparator",
}
_MARKS = (
    "bookmarkStart bookmarkEnd commentRangeStart commentRangeEnd proofErr permStart permEnd ins del moveFrom moveTo "
)
_MARKS += "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd sdt customXml"
# 17.3.1.22, 17.3.2.25, 17.4.65: what may stand there at all.
CONTENT = {
    "p": f"{_MARKS} pPr r hyperlink fldSimple smartTag",
    "hyperlink": f"{_MARKS} r hyperlink fldSimple smartTag",
    "tc": f"{_MARKS} tcPr p tbl",
    "r": "rPr t tab br cr fldChar instrText delText delInstrText drawing pict object sym noBreakHyphen softHyphen "
    "footnoteReference endnoteReference commentReference footnoteRef endnoteRef annotationRef separator "
    "continuationSeparator pgNum lastRenderedPageBreak ptab ruby AlternateContent",
    "fldChar": "fldData ffData numberingChange",
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden ins "
    "del trPrChange",
}
_FIRST = {"p": "pPr", "r": "rPr", "tbl": "tblPr", "tc": "tcPr"}
_STYLES = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
_NUMBERS = {"sz", "szCs", "tcW", "gridCol", "gridSpan", "pgSz", "pgMar", "spacing", "ind", "tblW", "numId", "ilvl"}
_NUMBER = re.compile(r"-?\d+")
_BOOKMARK = re.compile(r"[^\W\d]\w{0,39}")
_MOST_COLUMNS = 63


def faults(content: bytes) -> list[str]:
    """Everything that is wrong, a line for each fault; nothing for a document that Word takes as it is."""
    with ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
        doubled = [name for name, count in Counter(archive.namelist()).items() if count > 1]
    found = [f"{name}: twice in the package" for name in doubled]
    trees = {n: etree.fromstring(c) for n, c in members.items() if n.endswith((".xml", ".rels"))}
    found += _package(members, trees)
    for name, tree in trees.items():
        if name.startswith("word/") and name.endswith(".xml"):
            found += [f"{name}: {fault}" for element in tree.iter() for fault in _element(element)]
    found += _references(trees)
    stories = [t for n, t in trees.items() if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", n)]
    found += _bookmarks(stories)
    for story in stories:
        found += _fields(story)
    return found


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _element(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or not element.tag.startswith(W):
        return
    kind = _local(element)
    children = [_local(child) for child in element]
    if kind in ORDER:
        order = ORDER[kind].split()
        unknown = [child for child in children if child not in order]
        places = [order.index(child) for child in children if child in order]
        if unknown or places != sorted(places):
            yield f"{kind} has {children}"
        several = {"tr", "tc", "style", "abstractNum", "num", "lvl", "tblStylePr", "compatSetting", "lvlOverride"}
        several |= {"headerReference", "footerReference"}
        if len(set(children) - several) != sum(child not in several for child in children):
            yield f"{kind} has a child twice: {children}"
    if kind in CONTENT:
        yield from (f"{kind} holds {child}" for child in set(children) - set(CONTENT[kind].split()))
    if _FIRST.get(kind) in children[1:]:
        yield f"{kind} has {_FIRST[kind]} behind other children"
    if kind == "tc" and children[-1:] != ["p"]:
        yield f"tc ends in {children[-1:]}"
    if kind == "body" and (children[-1] != "sectPr" or children[-2] == "tbl"):
        yield f"the body ends in {children[-2:]}"
    if kind in ("body", "sdtContent") and any(a == b == "tbl" for a, b in itertools.pairwise(children)):
        yield "two tables touch"
    if kind in ("hdr", "ftr") and "p" not in children:
        yield f"{kind} has no paragraph"
    if kind in ("t", "instrText"):
        text = element.text or ""
        if text != text.strip() and element.get(SPACE) != "preserve":
            yield f"white space of {text!r} would be lost"
    if kind in _NUMBERS:
        numbers = {_local_name(name): value for name, value in element.attrib.items() if name.startswith(W)}
        for name in numbers.keys() - {"type", "orient", "lineRule", "code"}:
            if not _NUMBER.fullmatch(numbers[name]):
                yield f"{kind} has {name} {numbers[name]!r}"
    if kind == "tbl":
        yield from _table(element)


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]


def _table(table: Any) -> Iterator[str]:
    grid = [int(column.get(f"{W}w")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    if not grid or len(grid) > _MOST_COLUMNS:
        yield f"a table has {len(grid)} columns"
    merged: set[int] = set()
    rows = table.findall(f"{W}tr")
    if not rows:
        yield "a table has no row"
    for row in rows:
        position, open_ = 0, set()
        for cell in row.iterfind(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = cell.find(f"{W}tcPr/{W}tcW[@{W}type='dxa']")
            columns = 1 if span is None else int(span.get(f"{W}val"))
            if width is not None and width.get(f"{W}w") != str(sum(grid[position : position + columns])):
                yield f"a cell's width is not that of its columns: {width.get(f'{W}w')}"
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                open_.add(position)
                if merge.get(f"{W}val") != "restart" and position not in merged:
                    yield "a merged cell goes on with none"
            position += columns
        merged = open_
        if position != len(grid):
            yield f"a row has {position} of {len(grid)} columns"


def _package(members: dict[str, bytes], trees: dict[str, Any]) -> Iterator[str]:
    types = trees["[Content_Types].xml"]
    extensions = [e.get("Extension").lower() for e in types if _local(e) == "Default"]
    parts = [e.get("PartName") for e in types if _local(e) == "Override"]
    for name, count in Counter([*extensions, *parts]).items():
        if count > 1:
            yield f"two content types for {name}"
    yield from (f"a content type for {part}, which is not there" for part in parts if part.lstrip("/") not in members)
    for name in members:
        if name != "[Content_Types].xml" and f"/{name}" not in parts and name.rpartition(".")[2] not in extensions:
            yield f"{name} has no content type"
    related = {"[Content_Types].xml"}
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        related.add(name)
        folder = posixpath.dirname(posixpath.dirname(name))
        identifiers = [relationship.get("Id") for relationship in tree]
        if len(set(identifiers)) != len(identifiers):
            yield f"{name}: two relationships with one id"
        for relationship in tree:
            if relationship.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/" + folder, relationship.get("Target"))).lstrip("/")
            related.add(target)
            if target not in members:
                yield f"{name}: {target} is not there"
        source = posixpath.join(folder, posixpath.basename(name).removesuffix(".rels"))
        if source in trees:
            used = {v for e in trees[source].iter() for k, v in e.attrib.items() if k.startswith(R)}
            yield from (f"{source}: relationship {one} is not there" for one in used - set(identifiers))
    yield from (f"{name} belongs to nothing" for name in members if name not in related)


def _references(trees: dict[str, Any]) -> Iterator[str]:
    styles = {s.get(f"{W}styleId"): s.get(f"{W}type") for s in trees["word/styles.xml"].iterfind(f"{W}style")}
    names = [n.get(f"{W}val").casefold() for n in trees["word/styles.xml"].iterfind(f"{W}style/{W}name")]
    yield from (f"two styles named {name}" for name, count in Counter(names).items() if count > 1)
    defaults = Counter(
        s.get(f"{W}type") for s in trees["word/styles.xml"].iterfind(f"{W}style") if s.get(f"{W}default") == "1"
    )
    yield from (f"{count} default styles for {kind}" for kind, count in defaults.items() if count > 1)
    numbering = trees.get("word/numbering.xml")
    lists = set() if numbering is None else {n.get(f"{W}numId") for n in numbering.iterfind(f"{W}num")}
    if numbering is not None:
        known = {n.get(f"{W}abstractNumId") for n in numbering.iterfind(f"{W}abstractNum")}
        used = {n.get(f"{W}val") for n in numbering.iterfind(f"{W}num/{W}abstractNumId")}
        yield from (f"a list of kind {one}, which is not there" for one in used - known)
    for name, tree in trees.items():
        if not name.startswith("word/") or not name.endswith(".xml"):
            continue
        for tag, kind in _STYLES.items():
            for element in tree.iter(f"{W}{tag}"):
                if styles.get(element.get(f"{W}val")) != kind:
                    yield f"{name}: no {kind} style {element.get(f'{W}val')}"
        for tag in ("basedOn", "next", "link"):
            for element in tree.iter(f"{W}{tag}"):
                if element.get(f"{W}val") not in styles:
                    yield f"{name}: no style {element.get(f'{W}val')}"
        for element in tree.iter(f"{W}numId"):
            if element.get(f"{W}val") not in lists | {"0"}:
                yield f"{name}: no list {element.get(f'{W}val')}"
        for kind in ("sdt", "docPr"):
            marks = tree.iter(f"{W}id") if kind == "sdt" else (e for e in tree.iter() if _local(e) == "docPr")
            values = [
                e.get(f"{W}val") or e.get("id") for e in marks if kind == "docPr" or _local(e.getparent()) == "sdtPr"
            ]
            yield from (f"{name}: two {kind} with id {v}" for v, count in Counter(values).items() if count > 1)
    for kind, member in (("comment", "comments"), ("footnote", "footnotes"), ("endnote", "endnotes")):
        part = trees.get(f"word/{member}.xml")
        known = set() if part is None else {e.get(f"{W}id") for e in part.iterfind(f"{W}{kind}")}
        for element in trees["word/document.xml"].iter(f"{W}{kind}Reference"):
            if element.get(f"{W}id") not in known:
                yield f"no {kind} {element.get(f'{W}id')}"


def _bookmarks(stories: list[Any]) -> Iterator[str]:
    starts = [mark for story in stories for mark in story.iter(f"{W}bookmarkStart")]
    ends = [mark.get(f"{W}id") for story in stories for mark in story.iter(f"{W}bookmarkEnd")]
    identifiers = [mark.get(f"{W}id") for mark in starts]
    yield from (f"two bookmarks with id {one}" for one, count in Counter(identifiers).items() if count > 1)
    if sorted(identifiers) != sorted(ends):
        yield f"bookmarks without beginning or end: {sorted(set(identifiers) ^ set(ends))}"
    names = [mark.get(f"{W}name") for mark in starts]
    yield from (
        f"the bookmark {name} is there twice" for name, count in Counter(map(str.lower, names)).items() if count > 1
    )
    yield from (f"no name for a bookmark: {name!r}" for name in names if not _BOOKMARK.fullmatch(name))
    for story in stories:
        for instruction in story.iter(f"{W}instrText"):
            words = (instruction.text or "").split()
            if words[:1] in (["REF"], ["PAGEREF"]) and words[1] not in names:
                yield f"a reference to {words[1]}, which is not there"
        for link in story.iter(f"{W}hyperlink"):
            if link.get(f"{W}anchor") is not None and link.get(f"{W}anchor") not in names:
                yield f"a link to {link.get(f'{W}anchor')}, which is not there"


def _fields(story: Any) -> Iterator[str]:
    """Fields begin, have an instruction, separate and end, and nest."""
    states: list[str] = []
    for mark in story.iter(f"{W}fldChar", f"{W}instrText"):
        kind = mark.get(f"{W}fldCharType") or "instruction"
        if kind == "begin":
            states.append(kind)
        elif not states:
            yield f"a field's {kind} without its beginning"
        elif kind == "instruction" and states[-1] != "begin":
            yield "an instruction behind the result of a field"
        elif kind == "separate":
            states[-1] = kind
        elif kind == "end":
            states.pop()
    if states:
        yield f"{len(states)} fields do not end"
