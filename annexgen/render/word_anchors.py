"""What must outlive replaced text: comments, and bookmarks that other text refers to; each moves to its like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annexgen.render import word_blocks
from annexgen.render.word_xml import WordError, w

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml import etree

    from annexgen.render.word_package import Package
    from annexgen.render.word_styles import Styles

_STORIES = ("header", "footer", "footnotes", "endnotes", "comments")
_REFERENCE = re.compile(r"\b(?:REF|PAGEREF|NOTEREF)\s+\"?([^\s\"\\]+)", re.IGNORECASE)
_PAIRS = {
    "bookmarkStart": "bookmarkEnd",
    "commentRangeStart": "commentRangeEnd",
    "permStart": "permEnd",
    "moveFromRangeStart": "moveFromRangeEnd",
    "moveToRangeStart": "moveToRangeEnd",
    "customXmlInsRangeStart": "customXmlInsRangeEnd",
    "customXmlDelRangeStart": "customXmlDelRangeEnd",
}
_OPPOSITE = {end: start for start, end in _PAIRS.items()}
_MARKS = tuple(map(w, (*_PAIRS, *_OPPOSITE, "commentReference", "fldChar")))
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange")
_LABEL_AND_NUMBER = re.compile(r"Table \S*\d")


@dataclass(slots=True)
class Anchor:
    """A comment or a bookmark: where it stood (the heading or caption at or above it) and its elements."""

    label: str
    start: list[etree._Element] = field(default_factory=list)
    end: list[etree._Element] = field(default_factory=list)
    label_only: bool = False
    comment: bool = False


@dataclass(slots=True)
class Kept:
    """What is kept of replaced text. `before` and `after` belong to pairs whose other half stands outside."""

    anchors: list[Anchor] = field(default_factory=list)
    before: list[etree._Element] = field(default_factory=list)
    after: list[etree._Element] = field(default_factory=list)
    changes: int = 0

    @property
    def comments(self) -> int:
        """How many comments are among the anchors."""
        return sum(anchor.comment for anchor in self.anchors)


class _Marks:
    """The marks in replaced text, each with the heading or caption that it stands in or below."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self.starts: dict[tuple[str, str], tuple[etree._Element, str]] = {}
        self.ends: dict[tuple[str, str], etree._Element] = {}
        self.references: dict[str, tuple[etree._Element, str]] = {}

    def add(self, element: etree._Element, label: str) -> None:
        kind = str(element.tag).rpartition("}")[2]
        number = str(element.get(w("id"), ""))
        if kind in _PAIRS:
            self.starts[kind, number] = element, label
        elif kind in _OPPOSITE:
            self.ends[_OPPOSITE[kind], number] = element
        elif kind == "commentReference":
            self.references[number] = element, label
        else:
            self._depth += {"begin": 1, "end": -1}.get(str(element.get(w("fldCharType"))), 0)
            if self._depth < 0:
                raise _open_field(self._name)

    def check(self) -> None:
        """Raise `WordError` when a field is still open."""
        if self._depth:
            raise _open_field(self._name)


def referenced_bookmarks(package: Package, removed: Iterable[etree._Element]) -> set[str]:
    """The names of all bookmarks that fields and links of the document refer to, except those in `removed`."""
    skipped = {id(block) for block in removed}
    found: set[str] = set()
    for root in [package.body, *(package.tree(member) for member in package.parts(_STORIES))]:
        instruction = ""
        for element in _outside(root, skipped):
            if element.tag == w("instrText"):
                instruction += element.text or ""
            elif element.tag == w("fldChar"):
                found.update(_REFERENCE.findall(instruction))
                instruction = ""
            elif element.tag == w("fldSimple"):
                found.update(_REFERENCE.findall(element.get(w("instr"), "")))
            elif element.tag == w("hyperlink") and element.get(w("anchor")):
                found.add(str(element.get(w("anchor"))))
    return found


def take(blocks: Sequence[etree._Element], names: set[str], styles: Styles, name: str) -> Kept:
    """What is to be kept of `blocks`, which will be removed; `names` are the bookmarks that are referred to.

    Errors: `WordError` when a field begins inside and ends outside, or the other way round.
    """
    kept = Kept(changes=sum(1 for block in blocks for _ in block.iter(*map(w, _CHANGES))))
    marks = _Marks(name)
    label = ""
    for block in blocks:
        if block.tag == w("p") and _is_named(block, styles):
            label = word_blocks.label(word_blocks.text(block))
        for element in block.iter(*_MARKS):
            marks.add(element, label)
    marks.check()
    for pair, (start, where) in marks.starts.items():
        end = marks.ends.pop(pair, None)
        if end is None:
            kept.after.append(start)
        elif pair[0] == "bookmarkStart" and start.get(w("name")) in names:
            only = _LABEL_AND_NUMBER.fullmatch(_between(start, end)) is not None
            kept.anchors.append(Anchor(where, [start], [end], only))
        elif pair[0] == "commentRangeStart" and pair[1] in marks.references:
            run = _run_of(marks.references.pop(pair[1])[0])
            kept.anchors.append(Anchor(where, [start], [end, run], comment=True))
    for pair, end in marks.ends.items():
        kept.before.append(end)
        if pair[0] == "commentRangeStart" and pair[1] in marks.references:
            kept.before.append(_run_of(marks.references.pop(pair[1])[0]))
    for reference, where in marks.references.values():
        kept.anchors.append(Anchor(where, [], [_run_of(reference)], comment=True))
    for element in [e for a in kept.anchors for e in (*a.start, *a.end)] + kept.before + kept.after:
        element.tail = None
    return kept


@dataclass(slots=True)
class Attached:
    """What comes before and after the new blocks, and how many anchors found no heading or caption of their own."""

    before: list[etree._Element] = field(default_factory=list)
    after: list[etree._Element] = field(default_factory=list)
    lost: int = 0

    def around(self, blocks: Sequence[etree._Element]) -> list[etree._Element]:
        """The blocks with what belongs around them."""
        return [*self.before, *blocks, *self.after]


def attach(
    kept: Kept, blocks: Sequence[etree._Element], styles: Styles, heading: etree._Element | None = None
) -> Attached:
    """Attach what was kept to the new blocks, each anchor to the heading or caption that reads like its own.

    An anchor without such goes to `heading`, below which the blocks stand, else to the first paragraph.
    """
    paragraphs: dict[str, etree._Element] = {}
    first = next((block for block in blocks if block.tag == w("p")), None)
    for block in blocks:
        if block.tag == w("p") and _is_named(block, styles):
            paragraphs.setdefault(word_blocks.label(word_blocks.text(block)), block)
    result = Attached(after=list(kept.after))
    loose: list[etree._Element] = []
    for anchor in kept.anchors:
        target = paragraphs.get(anchor.label)
        if target is None:
            result.lost += bool(anchor.label)
            target = first if heading is None else heading
        if target is None:
            loose += [*anchor.start, *anchor.end]
        else:
            _attach(anchor, target)
    for element in kept.before:
        (loose if element.tag == w("r") else result.before).append(element)
    if loose:
        result.before += _paragraph_around(loose)
    return result


def _attach(anchor: Anchor, target: etree._Element) -> None:
    own = next(iter(target.iterchildren(w("bookmarkStart"))), None)
    if anchor.label_only and own is not None:
        end = next(e for e in target.iterchildren(w("bookmarkEnd")) if e.get(w("id")) == own.get(w("id")))
        for element in anchor.start:
            own.addprevious(element)
        for element in reversed(anchor.end):
            end.addnext(element)
        return
    place = 1 if target.find(w("pPr")) is not None else 0
    target[place:place] = anchor.start
    target.extend(anchor.end)


def _is_named(block: etree._Element, styles: Styles) -> bool:
    return styles.outline_level(block) > 0 or styles.style_of(block) == styles.id("caption")


def _outside(root: etree._Element, skipped: set[int]) -> Iterable[etree._Element]:
    stack = [root]
    while stack:
        element = stack.pop()
        if id(element) not in skipped:
            yield element
            stack.extend(reversed(element))


def _between(start: etree._Element, end: etree._Element) -> str:
    """The text of the runs between two marks of one paragraph."""
    parts = []
    element = start.getnext()
    while element is not None and element is not end:
        parts.append(word_blocks.text(element) if element.tag != w("r") else _raw(element))
        element = element.getnext()
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _raw(run: etree._Element) -> str:
    return "".join(child.text or "" for child in run.iter(w("t")))


def _run_of(reference: etree._Element) -> etree._Element:
    return next(reference.iterancestors(w("r")))


def _paragraph_around(elements: list[etree._Element]) -> list[etree._Element]:
    from lxml import etree

    paragraph = etree.Element(w("p"))
    paragraph.extend(elements)
    return [paragraph]


def _open_field(name: str) -> WordError:
    return WordError(
        f"{name}: a field (a table of contents, for example) begins inside the place for the annexes and ends outside, "
        "or the other way round; mark whole paragraphs that hold the whole field"
    )
