"""How many Content Items of real reports get a template, and how often PixelMed's DicomSRValidator names the same one.

    python -m benchmarks.report_templates FOLDER... [--jar /usr/share/java/pixelmed.jar] [--kept FOLDER] [--seconds 600]

Prints, for each folder, Content Items, those with a TID, how the TIDs are known, and with a jar those that both match and
agree on, then each kind of disagreement with its number. DicomSRValidator (Debian: libpixelmed-java) prints the row that each
Content Item matched; it may take minutes for one report, so its output can be kept.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom

from annexgen.profile.content import root_path, segment, template_suffix
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile
from annexgen.sr.matching import Assignment, match
from annexgen.sr.trees import content_trees

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom import Dataset

JAR = Path("/usr/share/java/pixelmed.jar")
_LIMITS = ("xpathExprOpLimit", "xpathTotalOpLimit", "xpathExprGrpLimit")
_ROW = re.compile(r"CheckContentItem: templateID = (\S+)")
_MATCHED = re.compile(r"CheckContentItem: Matched: .* with (\d+) content items")
_VARIANT = re.compile(r"(\d+)([a-cA-C]$)?")
"""The number of a template, with its letter where it has one, without the validator's names of variants (1400M, 4019Contains)."""
_PRIVATE = re.compile(r"(?:^|\.)99[^:/]*:")
"""A step of a path with a concept name of a private coding scheme (PS3.16 section 8.2)."""
_ITEM = re.compile(r"Iterating on match: ([\d.]+):")


def items_of(document: Dataset) -> Iterator[tuple[str, str, Dataset]]:
    """Every Content Item of a document: its position ("1.2.1"), the path of its place, and itself."""
    stack = [("1", root_path(_code(document), _template(document)), document)]
    while stack:
        position, path, item = stack.pop()
        yield position, path, item
        for number, child in enumerate(item.get("ContentSequence") or (), 1):
            relationship, shown = str(child.get("RelationshipType", "") or ""), child
            if "ReferencedContentItemIdentifier" in child:
                relationship, shown = f"R-{relationship}", document
                identifier = child["ReferencedContentItemIdentifier"].value
                for step in list(identifier)[1:]:
                    shown = shown.ContentSequence[step - 1]
            concept = _code(shown)
            step_text = f"{relationship}.{shown.get('ValueType', '')}"
            if concept:
                step_text += f".{segment(concept)}"
            step_text += template_suffix(_template(child))
            stack.append((f"{position}.{number}", f"{path}/{step_text}", child))


def _template(item: Dataset) -> str:
    for template in item.get("ContentTemplateSequence") or ():
        resource, number = str(template.get("MappingResource") or ""), str(template.get("TemplateIdentifier") or "")
        return f"{resource}:{number}" if number and resource not in ("", "DCMR") else number
    return ""


def _code(item: Dataset) -> tuple[str, str, str] | None:
    for code in item.get("ConceptNameCodeSequence") or ():
        value = code.get("CodeValue") or code.get("LongCodeValue") or code.get("URNCodeValue")
        if value:
            return str(value), str(code.get("CodingSchemeDesignator", "")), str(code.get("CodeMeaning", ""))
    return None


def assignments_of(files: Sequence[Path]) -> dict[tuple[str, str], Assignment]:
    """The assignment of every place in the reports of these files, by SOP Class and path."""
    counting = Counting(Profile())
    for number, file in enumerate(files):
        counting.count(file.read_bytes(), f"{number:06d}")
    found = {}
    for uid, sop_class in counting.finish().sop_classes.items():
        for tree in content_trees(sop_class):
            for path, assignment in match(tree, uid).assignments.items():
                found[uid, path] = assignment
    return found


def validator_output(file: Path, jar: Path, seconds: float, kept: Path | None) -> str | None:
    """What DicomSRValidator prints for a report, taken from the folder `kept` where it is there; None when it takes longer."""
    known = kept / f"{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}.txt" if kept is not None else None
    if known is not None and known.exists():
        return known.read_text(encoding="utf-8", errors="replace")
    java = shutil.which("java") or "java"
    options = [f"-Djdk.xml.{name}=0" for name in _LIMITS]
    command = [java, *options, "-cp", str(jar), "com.pixelmed.validate.DicomSRValidator", "-describe", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None
    text = (done.stdout + done.stderr).decode("utf-8", errors="replace")
    if known is not None:
        known.parent.mkdir(parents=True, exist_ok=True)
        known.write_text(text, encoding="utf-8")
    return text


def matched_rows(output: str) -> dict[str, set[str]]:
    """The templates that DicomSRValidator matches each Content Item with, by position; variants of one TID as that TID."""
    found: dict[str, set[str]] = {}
    template = ""
    waiting: list[list[str | int]] = []
    for line in output.splitlines():
        if row := _ROW.match(line):
            number = _VARIANT.match(row[1])
            template = number[1] + (number[2] or "").upper() if number else row[1]
        elif matched := _MATCHED.match(line):
            waiting.append([template, int(matched[1])])
        elif item := _ITEM.match(line):
            while waiting and not waiting[-1][1]:
                waiting.pop()
            if waiting:
                waiting[-1][1] = int(waiting[-1][1]) - 1
                found.setdefault(item[1], set()).add(str(waiting[-1][0]))
    return found


@dataclass(slots=True)
class Agreement:
    """What was counted, in Content Items."""

    items: int = 0
    by_row: int = 0
    extending: int = 0
    below_unknown: int = 0
    none: int = 0
    private: int = 0
    """Of those that no row explains: with a concept name of a private coding scheme, or below such a one."""
    validated: int = 0
    too_long: int = 0
    both: int = 0
    same: int = 0
    differing: Counter[str] = field(default_factory=Counter)


def compare(files: Sequence[Path], jar: Path | None, seconds: float, kept: Path | None) -> Agreement:
    """Count the Content Items of these reports that have a template, and compare with DicomSRValidator where there is a jar."""
    assignments = assignments_of(files)
    result = Agreement()
    for file in files:
        document = pydicom.dcmread(file, force=True)
        output = validator_output(file, jar, seconds, kept) if jar is not None else ""
        result.too_long += output is None
        result.validated += bool(output)
        theirs = matched_rows(output or "")
        for position, path, item in items_of(document):
            own = assignments[str(document.SOPClassUID), path]
            result.items += 1
            result.private += own.candidate is None and bool(_PRIVATE.search(path))
            if own.candidate is not None:
                result.by_row += 1
            elif own.kind == "extension":
                result.extending += 1
            elif own.template and own.kind != "outside":
                result.below_unknown += 1
            else:
                result.none += 1
            other = theirs.get(position, set())
            if not other or own.candidate is None or own.kind == "extension":
                continue
            result.both += 1
            if {own.template, *own.also} & other:
                result.same += 1
            else:
                name = (_code(item) or ("", "", str(item.get("ValueType", ""))))[2]
                result.differing[f"{own.shown} here, {', '.join(sorted(other))} there: {name}"] += 1
    return result


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--jar", type=Path, default=JAR if JAR.exists() else None)
    parser.add_argument(
        "--kept", type=Path, help="folder for what DicomSRValidator prints, to take it from there again"
    )
    parser.add_argument("--seconds", type=float, default=600, help="so long may DicomSRValidator take for one report")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found = compare(files, arguments.jar, arguments.seconds, arguments.kept)
        share = 1 - found.none / found.items if found.items else 0
        print(f"{folder.name}: {len(files)} reports, {found.items} Content Items, with a TID {share:.1%}")
        print(f"  {found.by_row} explained by a row of a template, {found.extending} extend a template (T*)")
        public = found.items - found.private
        print(
            f"  {found.private} of private coding schemes; of the others a row explains {found.by_row / max(public, 1):.1%}"
        )
        print(
            f"  {found.below_unknown} below a template that the writer names and the tables do not hold, {found.none} without"
        )
        if found.both:
            print(f"  {found.validated} reports validated, {found.too_long} took more than {arguments.seconds:.0f} s")
            print(f"  {found.both} matched by both, {found.same} with the same TID ({found.same / found.both:.1%})")
        for text, number in found.differing.most_common():
            print(f"  {number:6d}  {text}")


if __name__ == "__main__":
    main()
