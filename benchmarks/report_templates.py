"""How many Content Items of real reports get a template, and how often PixelMed's DicomSRValidator names the same one.

    python -m benchmarks.report_templates FOLDER... [--jar /usr/share/java/pixelmed.jar]

Prints, for each folder, Content Items, those with a TID, and with a jar those that both match and agree on, then each kind of
disagreement with its number. DicomSRValidator (Debian: libpixelmed-java) prints the row that each Content Item matched.
"""

from __future__ import annotations

import argparse
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


def validated(file: Path, jar: Path) -> dict[str, set[str]]:
    """The templates that DicomSRValidator matches each Content Item with, by position; variants of one TID as that TID."""
    java = shutil.which("java") or "java"
    options = [f"-Djdk.xml.{name}=0" for name in _LIMITS]
    command = [java, *options, "-cp", str(jar), "com.pixelmed.validate.DicomSRValidator", "-describe", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found: dict[str, set[str]] = {}
    template = ""
    waiting: list[list[str | int]] = []
    for line in (done.stdout + done.stderr).splitlines():
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
    assigned: int = 0
    both: int = 0
    same: int = 0
    differing: Counter[str] = field(default_factory=Counter)


def compare(files: Sequence[Path], jar: Path | None) -> Agreement:
    """Count the Content Items of these reports that have a template, and compare with DicomSRValidator where there is a jar."""
    assignments = assignments_of(files)
    result = Agreement()
    for file in files:
        document = pydicom.dcmread(file, force=True)
        theirs = validated(file, jar) if jar is not None else {}
        for position, path, item in items_of(document):
            own = assignments[str(document.SOPClassUID), path]
            result.items += 1
            result.assigned += bool(own.shown)
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
    arguments = parser.parse_args()
    for folder in arguments.folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found = compare(files, arguments.jar)
        share = found.assigned / found.items if found.items else 0
        print(f"{folder.name}: {found.items} Content Items, {found.assigned} with a TID ({share:.1%})")
        if found.both:
            print(f"  {found.both} matched by both, {found.same} with the same TID ({found.same / found.both:.1%})")
        for text, number in found.differing.most_common():
            print(f"  {number:6d}  {text}")


if __name__ == "__main__":
    main()
