"""`annexgen audit` and `annexgen private characteristics`, as a user meets them."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pydicom
import pytest
from pydicom.dataset import Dataset

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from tests.command_line import run
from tests.oracles import DCIODVFY, NO_DCIODVFY
from tests.private_instances import CREATOR, instance, save

if TYPE_CHECKING:
    from tests.shared_samples import SharedSamples

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
Key = tuple[int, str, int]
WITH_INSTANCES = sorted({p.parent.name for p in CORPORA.glob("*/*")} - {"worklists", "corpora"})
"""The corpora of real instances; worklist items are none."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for index in range(3):
        data_set = instance(index)
        block = data_set.private_block(0x0029, CREATOR, create=True)
        block.add_new(1, "DS", "1.5")
        block.add_new(2, "LO", "Wilhelmina")
        block.add_new(3, "LO", ["A", "B"])
        save(data_set, folder / f"{index}.dcm")
    return folder


def disclosed(path: Path, *lines: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("creator", "group", "element", "vr", "vm", "name", "status"), *lines])
    return path


def findings(output: Path) -> set[tuple[str, str, str]]:
    document = json.loads((output / "audit.json").read_text(encoding="utf-8"))
    return {(f["severity"], f["kind"], f["attribute"]) for f in document["findings"]}


def test_audit_finds_what_is_wrong(corpus: Path, tmp_path: Path) -> None:
    listed = disclosed(
        tmp_path / "list.csv",
        (CREATOR, "0029", "01", "FD", "1", "", ""),
        (CREATOR, "0029", "xx02", "LO", "1", "", "SAFE"),
        (CREATOR, "0029", "04", "LO", "1", "", ""),
        ("OTHER", "0031", "", "", "", "", ""),
    )
    result = run("audit", corpus, "--disclosed", listed, "-o", tmp_path / "out")
    assert result.returncode == 1
    assert findings(tmp_path / "out") == {
        ("warning", "vr-differs", "(0029,xx01)"),
        ("error", "safe-looks-identifying", "(0029,xx02)"),
        ("error", "undisclosed-attribute", "(0029,xx03)"),
        ("note", "attribute-not-seen", "(0029,xx04)"),
        ("note", "creator-not-seen", "(0031,00xx)"),
    }
    everything = "".join(p.read_bytes().decode("latin-1") for p in (tmp_path / "out").glob("audit.[jh]*"))
    assert "Wilhelmina" not in everything + result.stdout


def dictionary(path: Path, *lines: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("creator", "group", "element", "vr", "vm", "name", "source"), *lines])
    return path


def test_audit_names_attributes_by_a_private_dictionary_and_tells_where_it_differs(
    corpus: Path, tmp_path: Path
) -> None:
    listed = disclosed(tmp_path / "list.csv", (CREATOR, "0029", "02", "LO", "1", "Reader", "UNSAFE"))
    ours = dictionary(
        tmp_path / "ours.csv",
        (CREATOR, "0029", "01", "FD", "1", "Filter Width", "service manual"),
        (CREATOR, "0029", "xx02", "LO", "1", "Physician", ""),
        (CREATOR, "0029", "03", "LO", "1", "Filter Names", ""),
        (CREATOR, "0029", "04", "LO", "1", "Not Written", ""),
    )
    out = tmp_path / "out"
    result = run("audit", corpus, "--disclosed", listed, "--private-dictionary", ours, "-o", out)
    assert result.returncode == 1
    document = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in document["attributes"]] == ["Filter Width", "Reader", "Filter Names"]
    assert [one["disclosed"] for one in document["attributes"]] == [False, True, False]
    said = {(f["kind"], f["attribute"]): (f["name"], f["message"]) for f in document["findings"]}
    assert said["undisclosed-attribute", "(0029,xx01)"] == (
        "Filter Width",
        "is written, but not disclosed; the private dictionary describes it (service manual)",
    )
    messages = {f["message"] for f in document["findings"] if f["kind"] == "dictionary-differs"}
    assert messages == {
        "VR DS is written, but the private dictionary says FD (service manual)",
        "is disclosed as Reader, but the private dictionary says Physician (ours.csv)",
        "VM 2 is written, but the private dictionary says 1 (ours.csv)",
    }
    assert f'(0029,xx03) {CREATOR} "Filter Names": is written, but not disclosed' in result.stdout
    assert "Filter Names" in (out / "audit.html").read_text(encoding="utf-8")
    heading = next(row for row in openpyxl.load_workbook(out / "audit.xlsx")["Audit"].values if row[0] == "Severity")
    assert heading[3:6] == ("Attribute", "Attribute Name", "Finding")


@pytest.mark.parametrize("form", ["csv", "json", "semicolons"])
def test_a_private_dictionary_is_documentation_when_it_is_named_so(corpus: Path, tmp_path: Path, form: str) -> None:
    lines = [(CREATOR, "0029", element, "", "1-n", "Name", "manual") for element in ("01", "02", "03")]
    path = dictionary(tmp_path / "ours.csv", *lines)
    if form == "semicolons":
        path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    if form == "json":
        names = ("creator", "group", "element", "vr", "vm", "name", "source")
        path = tmp_path / "ours.json"
        path.write_text(json.dumps([dict(zip(names, line, strict=True)) for line in lines]), encoding="utf-8")
    run("audit", corpus, "--disclosed", path, "-o", tmp_path / "out", "--quiet")
    assert {kind for _, kind, _ in findings(tmp_path / "out")} == {"repeats-patient-data"}
    document = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert {(one["disclosed"], one["name"]) for one in document["attributes"]} == {(True, "Name")}


def test_a_dictionary_in_json_that_is_none_is_refused_with_its_place(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "ours.json").write_text('[{"creator": "A", "group": "0028", "element": "01"}]', encoding="utf-8")
    result = run("audit", corpus, "--disclosed", tmp_path / "ours.json")
    assert result.returncode == 2
    assert "ours.json, entry 1: '0028' is no private group" in result.stderr


def test_an_annex_has_its_names_already(corpus: Path, tmp_path: Path) -> None:
    assert run("build", corpus, "-o", tmp_path, "--format", "json", "--quiet").returncode == 0
    ours = dictionary(tmp_path / "ours.csv", (CREATOR, "0029", "01", "DS", "1", "Filter Width", ""))
    option = ("--private-dictionary", ours)
    for command in (
        ("private", "characteristics", tmp_path / "annex.json", "-o", tmp_path / "made.json"),
        ("annotate", "export", tmp_path / "annex.json", "-o", tmp_path / "questions.xlsx"),
        ("annotate", "status", tmp_path / "annex.json"),
    ):
        result = run(*command, *option)
        assert result.returncode == 2, command
        assert "an annex.json has its names already: leave --private-dictionary out" in result.stderr


def test_init_and_annotate_have_the_names_of_a_private_dictionary(corpus: Path, tmp_path: Path) -> None:
    ours = dictionary(
        tmp_path / "ours.csv",
        (CREATOR, "0029", "01", "DS", "1", "Filter Width", "service manual"),
        (CREATOR, "0029", "04", "LO", "1", "Not Written", ""),
    )
    option = ("--private-dictionary", ours)
    product = tmp_path / "product.toml"
    assert run("init", corpus, "-o", product, *option).returncode == 0
    text = product.read_text(encoding="utf-8")
    assert "Not Written" not in text
    head, _, stubs = text.partition("# Names of private attributes")
    assert tomllib.loads(text).get("annotation") is None, "a proposal until a person takes the # away"
    confirmed = head + "\n".join(line.removeprefix("# ") for line in stubs.splitlines()[1:] if len(line) > 1)
    assert tomllib.loads(confirmed)["annotation"] == [
        {
            "sop_class": "all",
            "path": f'(0029,xx01,"{CREATOR}")',
            "column": "Attribute Name",
            "text": "Filter Width",
        }
    ]
    asked = {}
    for name, given in (("without.xlsx", ()), ("with.xlsx", option)):
        assert run("annotate", "export", corpus, "-o", tmp_path / name, *given).returncode == 0
        book = openpyxl.load_workbook(tmp_path / name)
        asked[name] = {str(value) for sheet in book.worksheets for row in sheet.values for value in row if value}
    assert "Filter Width" not in asked["without.xlsx"]
    assert "Filter Width" in asked["with.xlsx"]
    counts = [run("annotate", "status", corpus, *given).stdout.splitlines()[0] for given in ((), option)]
    numbers = [[int(n) for n in re.findall(r"(\d+) (?:are|is)? ?(?:proposed|unknown)", line)] for line in counts]
    assert numbers[1] == [numbers[0][0] + 1, numbers[0][1] - 1], counts
    product.write_text(confirmed, encoding="utf-8")
    named = run("build", corpus, "-o", tmp_path / "named", "--format", "json", "--product", product)
    assert "may no longer hold" not in named.stderr


def test_conditions_of_a_workbook_are_checked_by_the_names_that_it_has(tmp_path: Path) -> None:
    """What annexgen proposes with a private name is no contradiction when it is confirmed and checked with the same names."""
    for index in range(40):
        data_set = instance(index)
        data_set.SeriesInstanceUID = f"1.2.3.{index}"
        block = data_set.private_block(0x0029, CREATOR, create=True)
        block.add_new(1, "CS", "WIDE" if index % 2 else "NARROW")
        if index % 2:
            block.add_new(2, "DS", "2.5")
        save(data_set, tmp_path / "corpus" / f"{index}.dcm")
    ours = dictionary(tmp_path / "ours.csv", (CREATOR, "0029", "01", "CS", "1", "Width (of and is)", ""))
    option = ("--private-dictionary", ours)
    corpus = tmp_path / "corpus"
    assert run("annotate", "export", corpus, "-o", tmp_path / "questions.xlsx", *option).returncode == 0
    book = openpyxl.load_workbook(tmp_path / "questions.xlsx")
    confirmed = 0
    for sheet in book.worksheets:
        columns: dict[object, int] = {}
        for row in sheet.iter_rows():
            if any(cell.value == "Confirm" for cell in row):
                columns = {cell.value: cell.column for cell in row}
            elif columns and any(CREATOR in str(cell.value) and "WIDE" in str(cell.value) for cell in row):
                sheet.cell(row[0].row, columns["Confirm"]).value = "x"
                confirmed += 1
    assert confirmed == 1
    book.save(tmp_path / "questions.xlsx")
    command = ("annotate", "import", tmp_path / "questions.xlsx", "-o", tmp_path / "product.toml", "--corpus", corpus)
    result = run(*command, *option)
    assert result.returncode == 0, result.stderr
    assert "Width (of and is) (0029,xx01" in (tmp_path / "product.toml").read_text(encoding="utf-8")


def test_audit_passes_when_all_is_disclosed(corpus: Path, tmp_path: Path) -> None:
    listed = disclosed(
        tmp_path / "list.csv",
        (CREATOR, "0029", "01", "DS", "1", "", ""),
        (CREATOR, "0029", "02", "LO", "1", "", "UNSAFE"),
        (CREATOR, "0029", "03", "LO", "1-n", "", ""),
    )
    result = run("audit", corpus, "--disclosed", listed)
    assert result.returncode == 0, result.stdout
    assert "declared-unsafe" in result.stdout


def test_confidential_report_is_marked_and_holds_values(corpus: Path, tmp_path: Path) -> None:
    listed = disclosed(tmp_path / "list.csv")
    out = tmp_path / "out"
    assert run("audit", corpus, "--disclosed", listed, "--report", "confidential", "-o", out, "--quiet").returncode == 1
    document = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    assert "CONFIDENTIAL" in document["notice"]
    assert any("Wilhelmina" in f["values"] for f in document["findings"])
    assert "CONFIDENTIAL" in (out / "audit.html").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(out / "audit.xlsx").active
    assert sheet is not None
    assert "CONFIDENTIAL" in sheet.oddHeader.center.text


@pytest.fixture(scope="module")
def of_samples(shared_samples: SharedSamples, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample corpus, and the folder of its annexes."""
    samples, annexes = shared_samples.of().folder, tmp_path_factory.mktemp("annexes")
    assert run("build", samples, "-o", annexes, "--quiet").returncode == 0
    return samples, annexes


@pytest.mark.parametrize("form", ["json", "xlsx", "html", "docx"])
def test_a_products_own_annex_discloses_all(form: str, of_samples: tuple[Path, Path], tmp_path: Path) -> None:
    samples, annexes = of_samples
    run("audit", samples, "--disclosed", annexes / f"annex.{form}", "-o", tmp_path / "out", "--quiet")
    kinds = {kind for _, kind, _ in findings(tmp_path / "out")}
    assert kinds <= {
        "missing-creator",
        "block-conflict",
        "declared-unsafe",
        "safe-looks-identifying",
        "unsafe-not-confirmed",
    }


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "creator,group,element\nACME,0028,01\n", ""])
def test_a_list_that_cannot_be_understood_is_refused(corpus: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    result = run("audit", corpus, "--disclosed", tmp_path / "list.csv")
    assert result.returncode == 2
    assert result.stderr.startswith("annexgen: ")


def test_characteristics_are_complete(corpus: Path, tmp_path: Path) -> None:
    result = run("private", "characteristics", corpus, "-o", tmp_path / "made.json")
    assert result.returncode == 0, result.stderr
    made = Dataset.from_json((tmp_path / "made.json").read_text(encoding="utf-8"))
    item = made.PrivateDataElementCharacteristicsSequence[0]
    assert (item.PrivateGroupReference, item.PrivateCreatorReference) == (0x0029, CREATOR)
    assert item.BlockIdentifyingInformationStatus == "UNSAFE"
    assert [d.PrivateDataElement for d in item.PrivateDataElementDefinitionSequence] == [1, 2, 3]
    codes_before = {f.code for f in number(build_annex(scan([corpus]))).findings}
    assert "private-characteristics-absent" in codes_before
    for path in sorted(corpus.glob("*.dcm")):
        data_set = pydicom.dcmread(path)
        data_set.update(made)
        save(data_set, tmp_path / "with" / path.name)
    annex = number(build_annex(scan([tmp_path / "with"])))
    assert not {f.code for f in annex.findings} & {
        "private-characteristics-absent",
        "private-characteristics-incomplete",
        "private-characteristics-disagree",
    }
    rows = [row for t in annex.tables if t.kind == "private_module" for row in t.rows]
    assert {row.cells["Identifiable Information"].text for row in rows} == {"UNSAFE"}


@pytest.mark.skipif(not DCIODVFY, reason=NO_DCIODVFY)
def test_characteristics_pass_dciodvfy(corpus: Path, tmp_path: Path) -> None:
    run("private", "characteristics", corpus, "-o", tmp_path / "made.json", "--quiet")
    source = sorted(corpus.glob("*.dcm"))[0]
    data_set = pydicom.dcmread(source)
    data_set.update(Dataset.from_json((tmp_path / "made.json").read_text(encoding="utf-8")))
    save(data_set, tmp_path / "with.dcm")
    said = [_verified(path) for path in (source, tmp_path / "with.dcm")]
    assert said[1] - said[0] == set()


def _verified(path: Path) -> set[str]:
    result = subprocess.run([DCIODVFY, path], capture_output=True, text=True, check=False)
    return {line for line in (result.stdout + result.stderr).splitlines() if line.startswith(("Error", "Warning"))}


def private_counts(folder: Path) -> tuple[Counter[Key], Counter[tuple[int, str]]]:
    """Instances with each private element (group, Private Creator, last byte) and creator, by pydicom's own walk of all items."""
    elements: Counter[Key] = Counter()
    owners: Counter[tuple[int, str]] = Counter()
    paths = (p for p in folder.rglob("*") if p.is_file())
    for path in paths:
        found: set[Key] = set()
        written: set[tuple[int, str]] = set()
        try:
            walk(pydicom.dcmread(path), found, written)
        except pydicom.errors.InvalidDicomError:
            continue
        elements.update(found)
        owners.update(written)
    return elements, owners


def walk(data_set: Dataset, found: set[Key], written: set[tuple[int, str]]) -> None:
    """Note the private elements and creators of a data set and of all items in it."""
    creators: dict[tuple[int, int], str] = {}
    for element in data_set:
        group, last = element.tag.group, element.tag.element
        if element.tag.is_private and last:
            if 0x10 <= last <= 0xFF:
                creators[group, last] = str(element.value)
                written.add((group, str(element.value)))
            else:
                creator = creators.get((group, last >> 8))
                found.add((group, creator or "", last & 0xFF if creator else last))
        if element.VR == "SQ":
            for item in element.value:
                walk(item, found, written)


def private_keys(folder: Path) -> set[Key]:
    """Every private element of a folder, by the same walk."""
    return set(private_counts(folder)[0])


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
@pytest.mark.parametrize("name", WITH_INSTANCES)
def test_real_products_agree_with_an_independent_walk(name: str, tmp_path: Path) -> None:
    """Every private attribute and creator, in functional groups, standard Sequences and UN too, with its number of instances."""
    listed = disclosed(tmp_path / "nothing.csv")
    run("audit", CORPORA / name, "--disclosed", listed, "-o", tmp_path, "--quiet")
    elements, owners = private_counts(CORPORA / name)
    assert reported_counts(tmp_path, "undisclosed-attribute") == elements
    assert {k[:2]: n for k, n in reported_counts(tmp_path, "undisclosed-creator").items()} == owners


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")
def test_audit_of_the_next_version(tmp_path: Path) -> None:
    earlier, later = (CORPORA / f"philips-elitionx-5.7.1.{n}" for n in (1, 2))
    assert run("build", earlier, "-o", tmp_path / "annex", "--format", "json", "--quiet").returncode == 0
    result = run("audit", later, "--disclosed", tmp_path / "annex" / "annex.json", "-o", tmp_path, "--quiet")
    assert result.returncode == 1
    before, after = private_keys(earlier), private_keys(later)
    assert reported(tmp_path, "undisclosed-attribute") == after - before
    assert reported(tmp_path, "attribute-not-seen") == before - after


def reported(folder: Path, kind: str) -> set[Key]:
    return set(reported_counts(folder, kind))


def reported_counts(folder: Path, kind: str) -> dict[Key, int]:
    document = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    return {
        (
            int(finding["attribute"][1:5], 16),
            finding["private_creator"],
            int(finding["attribute"][6:10].replace("xx", "00").replace("00x", "000"), 16),
        ): finding["instances"]
        for finding in document["findings"]
        if finding["kind"] == kind
    }
