"""`annexgen audit` and `annexgen private characteristics`, as a user meets them."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter
from pathlib import Path

import openpyxl
import pydicom
import pytest
from pydicom.dataset import Dataset

from annexgen.annex.build import build_annex
from annexgen.annex.numbering import number
from annexgen.profile.scan import scan
from annexgen.simulator import write_samples
from tests.cli.test_commands import run
from tests.oracles import DCIODVFY, NO_DCIODVFY
from tests.private_instances import CREATOR, instance, save

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


@pytest.mark.parametrize("form", ["json", "xlsx", "html", "docx"])
def test_a_products_own_annex_discloses_all(form: str, tmp_path: Path) -> None:
    write_samples(tmp_path / "corpus")
    assert run("build", tmp_path / "corpus", "-o", tmp_path / "annex", "--quiet").returncode == 0
    source = tmp_path / "annex" / f"annex.{form}"
    run("audit", tmp_path / "corpus", "--disclosed", source, "-o", tmp_path / "out", "--quiet")
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
