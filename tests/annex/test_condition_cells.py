"""Every Conditions cell of an annex, read as it stands there, holds in every instance and frame by pydicom's own reading."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from annexgen.annex.build import build_annex
from annexgen.profile.paths import parent, steps
from annexgen.profile.privacy import seal
from annexgen.profile.scan import scan
from annexgen.profile.storage import load, save
from annexgen.simulator import available_products

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annexgen.annex.model import Annex, Row, Table
    from annexgen.profile.model import Profile
    from tests.shared_samples import SharedSamples

LEAST_OF_PRODUCTS = 5
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
SHARED, PER_FRAME = "(5200,9229)", "(5200,9230)"
TAG = r"\([0-9A-F]{4},[0-9A-Fx]{4}(?:,[^()]*)?\)"
NAME = r"(?:(?!\([0-9A-F]{4},).)*?"
HEAD = rf"the [^()]+? Module|{NAME}{TAG}(?: of {NAME}{TAG})*(?: Value \d+)?"
CLAUSE = re.compile(rf"(?P<head>{HEAD}) (?:is (?P<state>present|absent)|(?P<relation>contains|is) (?P<value>.+))")
AND = re.compile(rf" and (?=(?:{HEAD}) (?:is|contains) )")
IN_SOURCES = "present in the source instances"
"""Not about the instance itself: checked where sources are compared."""
SENTENCE = re.compile(r"(?:^|(?<=\. ))(Present|Value present|Shared) if (.+?)\.(?=$| )")

NAME_OF = re.compile(r" Module(?: \(extension\))?(?: for .*)?$")

View = tuple[Dataset, ...]
"""The data sets that are seen as one: the root and what stands in functional groups."""


@dataclass(frozen=True)
class Literal:
    """One clause; `paths` are the ways in which it may be read: beside the attribute, or from the root."""

    paths: tuple[str, ...]
    module: str
    position: int
    relation: str
    values: tuple[str, ...]


def views(data_set: Dataset, *, by_frame: bool) -> list[View]:
    shared = tuple(data_set.get("SharedFunctionalGroupsSequence") or ())
    frames = list(data_set.get("PerFrameFunctionalGroupsSequence") or ())
    if by_frame:
        return [(data_set, *shared, frame) for frame in frames]
    return [(data_set, *shared, *frames)]


def found(view: View, path: str) -> tuple[int, list[pydicom.DataElement]]:
    """How many items could hold the element, and the elements."""
    level: list[Dataset] = list(view)
    parts = steps(path)
    for number, step in enumerate(parts):
        elements = []
        for item in level:
            if step.is_creator:
                group = item.group_dataset(step.group)
                elements += [e for e in group if e.tag.is_private_creator and str(e.value) == step.creator]
            elif step.private:
                try:
                    tag = item.private_block(step.group, step.creator).get_tag(int(step.element[-2:], 16))
                except KeyError:
                    continue
                elements += [item[tag]] if tag in item else []
            elif step.tag in item:
                elements.append(item[step.tag])
        if number == len(parts) - 1:
            return len(level), elements
        level = [item for element in elements if element.VR == "SQ" for item in element.value]
    return 0, []


def text_of(element: pydicom.DataElement) -> str:
    if element.VR == "SQ":
        item = element.value[0]
        code = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue")
        return f'({code}, {item.get("CodingSchemeDesignator", "")}, "{item.get("CodeMeaning", "")}")'
    values = element.value if isinstance(element.value, MultiValue | list) else [element.value]
    return "\\".join("" if v is None else str(getattr(v, "original_string", v)).strip() for v in values)


def same(one: str, other: str) -> bool:
    def number(text: str) -> float | None:
        try:
            return float(text)
        except ValueError:
            return None

    return one == other or number(one) == number(other) is not None


def holds(literal: Literal, path: str, view: View, modules: dict[str, list[str]]) -> bool:
    if literal.module:
        return any(found(view, root)[1] for root in modules[literal.module]) == (literal.relation == "present")
    elements = found(view, path)[1]
    if literal.relation in ("present", "absent"):
        return bool(elements) == (literal.relation == "present")
    texts = {text_of(e) for e in elements if not e.is_empty and not (e.VR == "SQ" and not e.value)}
    if literal.position:
        texts = {t.split("\\")[literal.position - 1] for t in texts if t.count("\\") >= literal.position - 1}
    if literal.relation == "contains":
        return any(literal.values[0] in t.split("\\") for t in texts)
    one = len(texts) == 1 and any(same(text, value) for text in texts for value in literal.values)
    return one == (literal.relation == "is")


def path_of(name: str) -> str:
    parts = []
    for step in reversed(re.findall(TAG, name)):
        group, element, *creator = step[1:-1].split(",", 2)
        parts.append(f'({group},{element},"{creator[0]}")' if creator else step)
    return "/".join(parts)


def literal_of(clause: str, beside: str) -> Literal:
    match = CLAUSE.fullmatch(clause)
    assert match is not None, f"not in the house style: {clause}"
    head, value = match["head"], match["value"] or ""
    relation = match["state"] or match["relation"]
    values: tuple[str, ...] = (value,) if value else ()
    if relation == "is":
        for start, joint in (("neither ", " nor "), ("not ", None)):
            if value.startswith(start):
                relation, value = "is not", value[len(start) :]
                values = tuple(value.split(joint)) if joint else (value,)
                break
        else:
            values = tuple(re.split(r", (?![^(]*\))| or (?![^(]*\))", value))
    if head.startswith("the ") and head.endswith(" Module"):
        return Literal((), head[4:-7], 0, relation, ())
    position = re.search(r" Value (\d+)$", head)
    path = path_of(head)
    readings = [f"{parent(beside)}/{path}", path] if parent(beside) else [path]
    return Literal(tuple(readings), "", int(position[1]) if position else 0, relation, values)


def sentences(text: str, name: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """The sentences about the IOD of that name: of a shared table, those after its name."""
    known = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    parts = re.split(rf"(?:^|(?<=\. ))((?:{known})(?:(?:, | and )(?:{known}))*): ", text)
    if len(parts) > 1:
        told = zip(parts[1::2], parts[2::2], strict=True)
        text = next((part for listed, part in told if name in re.findall(known, listed)), "")
    return SENTENCE.findall(text.strip())


def expected(verb: str, path: str, view: View, carriers: list[str], roots: list[str]) -> bool | None:
    """Whether the attribute (`roots`: one of the module or macro) stands, is shared, or has a value; None: it could not."""
    if verb == "Shared":
        there = [data_set for data_set in view if any(found((data_set,), root)[1] for root in roots)]
        return there == [view[1]] if there else None
    if roots:
        return any(found(view, root)[1] for root in roots)
    could, elements = found(view, path)
    if verb == "Value present":
        filled = {bool(e.value) if e.VR == "SQ" else not e.is_empty for e in elements}
        return filled == {True} if filled else None
    if carriers and not any(found(view, root)[1] for root in carriers):
        return None
    last = steps(path)[-1]
    if last.private and not last.is_creator:
        creator = f'{parent(path)}/({last.group:04X},00xx,"{last.creator}")'.lstrip("/")
        could = len(found(view, creator)[1])
    elif parent(path) == "":
        could = 1
    return len(elements) == could if could else None


def without_groups(path: str) -> str:
    first, _, rest = path.partition("/")
    return rest if first in (SHARED, PER_FRAME) and rest else path


def roots_of(rows: Iterable[Row]) -> list[str]:
    paths = [without_groups(row.path) for row in rows if row.path.startswith("(")]
    return [path for path in paths if parent(path) not in paths and path not in (SHARED, PER_FRAME)]


def cells(annex: Annex, uid: str) -> Iterator[tuple[str, str, Row, Table, list[str]]]:
    """The text of every cell with a condition, with the column, its row, table, and the roots of the table it refers to."""
    tables = {table.key: table for table in annex.tables}
    for table in annex.tables:
        if uid not in table.sop_classes:
            continue
        for row in table.rows:
            for column in ("Conditions", "Condition"):
                cell = row.cells.get(column)
                if cell is not None and " if " in cell.text:
                    to = tables.get(row.reference) if column == "Condition" else None
                    yield cell.text, column, row, table, roots_of(to.rows) if to else []


def instances_of(folder: Path) -> dict[str, list[Dataset]]:
    """The data sets of a folder by SOP Class."""
    data_sets: dict[str, list[Dataset]] = {}
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                data_set = pydicom.dcmread(file)
            except pydicom.errors.InvalidDicomError:
                continue
        data_sets.setdefault(str(data_set.get("SOPClassUID", "")), []).append(data_set)
    return data_sets


def check(folder: Path) -> int:
    """Checks every condition of the annex of a corpus; returns how many there are."""
    annex = build_annex(scan([folder]))
    count = 0
    for uid, instances in sorted(instances_of(folder).items()):
        modules = {
            NAME_OF.sub("", table.title): roots_of(table.rows)
            for table in annex.tables
            if uid in table.sop_classes and table.kind == "module"
        }
        for text, _, row, table, roots in cells(annex, uid):
            path = without_groups(row.path)
            carriers = modules.get(NAME_OF.sub("", table.title), []) if not parent(path) else []
            for verb, said in sentences(text, annex.sop_class_names[uid], annex.sop_class_names.values()):
                if said == IN_SOURCES:
                    continue
                literals = [literal_of(clause, path) for clause in AND.split(said)]
                assert agrees(verb, path, literals, instances, carriers, roots, modules), (uid, row.path, text)
                count += 1
    return count


def agrees(
    verb: str,
    path: str,
    literals: list[Literal],
    instances: list[Dataset],
    carriers: list[str],
    roots: list[str],
    modules: dict[str, list[str]],
) -> bool:
    """Whether one reading of the sentence, by instance or frame by frame, tells both sides apart in all instances."""
    for by_frame in (False, True):
        seen = [view for data_set in instances for view in views(data_set, by_frame=by_frame)]
        wanted = [(view, expected(verb, path, view, carriers, roots)) for view in seen]
        sides = {side for _, side in wanted if side is not None}
        for reading in range(max(len(literal.paths) for literal in literals) or 1):
            read = [(x, x.paths[min(reading, len(x.paths) - 1)] if x.paths else "") for x in literals]
            if sides == {True, False} and all(
                side is None or side == all(holds(x, named, view, modules) for x, named in read)
                for view, side in wanted
            ):
                return True
    return False


def identifying(folder: Path) -> set[str]:
    """Names, identifiers and UIDs that stand in the instances of a folder."""
    values: set[str] = set()
    for data_set in (one for several in instances_of(folder).values() for one in several):
        for element in data_set.iterall():
            if element.keyword.endswith("SOPClassUID"):
                continue  # a private one names its IOD
            if element.VR in ("PN", "UI") or element.keyword in ("PatientID", "AccessionNumber", "StudyID"):
                values |= {text for text in text_of(element).split("\\") if len(text) > 2}
    return values


def told(profile: Profile) -> list[str]:
    """Every condition with its evidence, as written."""
    annex = build_annex(profile)
    return [
        f"{cell.text} {cell.reason}"
        for table in annex.tables
        for row in table.rows
        for column in ("Conditions", "Condition")
        if (cell := row.cells.get(column)) is not None and (" if " in cell.text or cell.reason)
    ]


@pytest.mark.parametrize("product", available_products())
def test_every_cell_of_a_simulated_product_holds(shared_samples: SharedSamples, product: str) -> None:
    assert check(shared_samples.of(product).folder) >= LEAST_OF_PRODUCTS


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
@pytest.mark.parametrize(
    ("name", "at_least"),
    [
        ("siemens-prismafit-xa30", 20),
        ("siemens-terrax-xa60", 3),
        ("ge-signa-architect-dv28", 15),
        ("philips-ingenuity-ct-4.1", 15),
        ("philips-elitionx-5.7.1.1", 0),
        ("philips-elitionx-5.7.1.2", 0),
        ("acuson-us-5.07", 3),
        ("dose-sr-all", 3),
    ],
)
def test_every_cell_of_a_real_product_holds(name: str, at_least: int) -> None:
    assert check(CORPORA / name) >= at_least


@pytest.mark.parametrize("product", ["acme", "ct"])
@pytest.mark.parametrize("values", ["none", "safe"])
def test_no_condition_names_a_hash_or_a_person(
    shared_samples: SharedSamples, tmp_path: Path, product: str, values: str
) -> None:
    folder = shared_samples.of(product).folder
    profile = scan([folder], values)
    save(seal(profile, b"salt"), tmp_path / "sealed")
    forbidden = identifying(folder)
    assert forbidden
    for one in (profile, load(tmp_path / "sealed")):
        conditions = told(one)
        assert conditions
        for text in conditions:
            assert not re.search(r"#[0-9a-f]{6,}", text), text
            assert not {word.strip(".,;") for word in text.split()} & forbidden, text
