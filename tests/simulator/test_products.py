"""The simulated products: valid for their IODs, several kinds, rules that the seed draws, worklists and copied values."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydicom
import pytest

from annexgen.profile.scan import scan
from annexgen.simulator import available_products, write_samples
from annexgen.simulator.description import load, parse_description
from annexgen.simulator.drawing import draw_facts, draw_rules, filled_in
from annexgen.simulator.errors import DescriptionError
from annexgen.simulator.identifiers import Identifiers
from annexgen.simulator.population import populate
from annexgen.simulator.samples import truth_beside, write_product
from tests.oracles import DCIODVFY, NO_DCIODVFY

if TYPE_CHECKING:
    from annexgen.profile.reading import Skipped
    from tests.shared_samples import SharedSamples

DRAWN = tuple(name for name in available_products() if name != "acme")
FILES_OF_A_SOP_CLASS = 8


def data_sets(folder: Path) -> list[tuple[Path, pydicom.Dataset]]:
    return [(path, pydicom.dcmread(path)) for path in sorted(folder.rglob("*.dcm"))]


@pytest.mark.skipif(not DCIODVFY, reason=NO_DCIODVFY)
@pytest.mark.parametrize("product", DRAWN)
def test_instances_are_valid_for_their_iod(product: str, tmp_path: Path) -> None:
    write_samples(tmp_path, seed=3, product=product)
    checked: dict[str, int] = {}
    for path, data_set in data_sets(tmp_path)[::3]:
        checked[data_set.SOPClassUID] = checked.get(data_set.SOPClassUID, 0) + 1
        if checked[data_set.SOPClassUID] <= FILES_OF_A_SOP_CLASS:
            done = subprocess.run([DCIODVFY, str(path)], capture_output=True, check=False)
            output = (done.stdout + done.stderr).decode("latin-1")
            assert [line for line in output.splitlines() if re.match(r"Error\b", line)] == [], path.name
    assert checked


def test_there_are_products_of_different_kinds() -> None:
    modalities = {load(name).product["modality"] for name in DRAWN}
    assert {"CT", "MR", "US", "MG", "PT"} <= modalities
    names = {sop_class for name in DRAWN for sop_class in load(name).sop_classes}
    assert {"seg", "map", "report", "enhanced_mr", "us_multi_frame"} <= names


def test_the_seed_draws_the_rules() -> None:
    chosen = [load("ct", seed).chosen for seed in range(1, 9)]
    assert load("ct", 1).chosen == chosen[0]
    assert all(len({str(one[name]) for one in chosen}) > 1 for name in ("spacing", "dose", "private_mode"))


def test_worklist_items_and_what_is_copied_from_them(tmp_path: Path) -> None:
    write_samples(tmp_path, seed=2, product="us")
    items = {item.StudyInstanceUID: item for item in (pydicom.dcmread(path) for path in sorted(tmp_path.rglob("*.wl")))}
    assert items
    scheduled = 0
    for _, data_set in data_sets(tmp_path):
        item = items.get(data_set.StudyInstanceUID)
        assert ("RequestAttributesSequence" in data_set) == (item is not None)
        if item is not None:
            scheduled += 1
            assert data_set.PatientName == item.PatientName
            assert data_set.AccessionNumber == item.AccessionNumber
            own = data_set.RequestAttributesSequence[0]
            assert own.ScheduledProcedureStepID == item.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID
    assert scheduled


def test_what_is_copied_from_referenced_instances(shared_samples: SharedSamples) -> None:
    folder = shared_samples.of("pet", seed=2).folder
    by_uid = {data_set.SOPInstanceUID: data_set for _, data_set in data_sets(folder)}
    captures = [data_set for data_set in by_uid.values() if "SourceImageSequence" in data_set]
    assert captures
    for capture in captures:
        source = by_uid[capture.SourceImageSequence[0].ReferencedSOPInstanceUID]
        for keyword in ("PatientID", "StudyDate", "BodyPartExamined", "PatientAge"):
            assert capture[keyword].value == source[keyword].value


def test_population_draws_every_protocol_and_references_of_the_same_study() -> None:
    description = load("ai")
    identifiers = Identifiers(1, "ai", "1.2.3")
    patients = populate(description.population, description.protocols, identifiers)
    assert patients == populate(description.population, description.protocols, identifiers)
    assert len(populate(description.population, description.protocols, identifiers, 3)) == 3
    series = [one for patient in patients for study in patient["studies"] for one in study["series"]]
    assert {one["protocol"] for one in series} == set(description.protocols)
    own = {one["id"]: one for one in series}
    for one in series:
        for reference in one.get("references", ()):
            assert own[reference["series"]]["protocol"] == "cleaned"
            assert reference["series"].rpartition("-")[0] == one["id"].rpartition("-")[0]


def test_drawn_facts_and_rules() -> None:
    chance = Identifiers(1, "x", "1.2").random("y")
    facts = draw_facts({"a": {"one_of": [1, 2]}, "b": {"range": [3, 4]}, "c": {"chance": 1.0}, "d": "as it is"}, chance)
    assert facts["a"] in (1, 2)
    assert facts["b"] in (3, 4)
    assert facts["c"] is True
    assert facts["d"] == "as it is"
    assert draw_rules({"one": ["x == 1"]}, chance) == {"one": "x == 1"}
    with pytest.raises(DescriptionError, match=r"rules\.one: not a list"):
        draw_rules({"one": "x == 1"}, chance)
    chosen: dict[str, Any] = {"one": "x == 1", "two": True}
    table = {"when": "y and $one", "shared": "$two", "list": ["$one"]}
    assert filled_in(table, chosen) == {"when": "y and (x == 1)", "shared": True, "list": ["x == 1"]}
    with pytest.raises(DescriptionError, match="no such name"):
        filled_in("$three", chosen)


def test_what_the_truth_says_of_modules_and_sources(tmp_path: Path) -> None:
    text = """
    format = 1
    product = { name = "S", manufacturer = "N", version = "1", uid_root = "1.2.3", implementation_class_uid = "1.2.3.1", implementation_version_name = "S" }
    layout = { folder = "{patient.id}", file = "{series.id}-{instance.index}" }
    devices = [{ id = "d", station = "D" }]
    [sop_classes.any]
    uid = "1.2.3.4"
    modules = ["patient", "extra"]
    [modules.patient]
    module = "Patient"
    SOPClassUID = { from = "sop_class.uid" }
    SOPInstanceUID = { from = "instance.uid" }
    PatientComments = "constant"
    StationName = { from = "device.station" }
    PatientID = { from = "patient.id" }
    [modules.extra]
    module = "Extra"
    borrowed = true
    when = "instance.index == 1"
    KVP = { range = [1, 9] }
    [[patients]]
    id = "P"
    studies = [{ id = "S", device = "d", series = [{ id = "A", sop_class = "any", instances = 3 }] }]
    """
    write_product(parse_description(text, "small"), tmp_path / "out", 1)
    import json

    truth = json.loads((tmp_path / "out.truth.json").read_text(encoding="utf-8"))
    assert truth["modules"]["1.2.3.4"] == {
        "Extra": {"instances": 1, "presence": "CONDITIONAL", "borrowed": True},
        "Patient": {"instances": 3, "presence": "ALWAYS", "borrowed": False},
    }
    attributes = truth["sop_classes"]["1.2.3.4"]["attributes"]
    assert attributes["(0010,4000)"]["sources"] == ["FIXED"]
    assert attributes["(0008,1010)"]["sources"] == ["CONFIGURATION"]
    assert attributes["(0010,0020)"]["sources"] == ["USER"]
    assert attributes["(0018,0060)"]["sources"] == ["GENERATED"]


def test_another_firmware_does_what_its_tables_say_and_nothing_else(shared_samples: SharedSamples) -> None:
    first, second = shared_samples.of("ct"), shared_samples.of("ct", firmware="F5.0")
    assert (first.patients, first.studies) == (second.patients, second.studies)
    told = [json.loads(one.truth.read_text(encoding="utf-8")) for one in (first, second)]
    before, after = (one["sop_classes"]["1.2.840.10008.5.1.4.1.1.2"]["attributes"] for one in told)
    assert before.keys() - after.keys() == {'(0029,xx15,"FJORDIA CT 01")'}
    assert after.keys() - before.keys() == {'(0029,xx18,"FJORDIA CT 01")', "(0018,9313)"}
    differ = {
        path
        for path in before.keys() & after.keys()
        if before[path]["presence_of_attribute"] != after[path]["presence_of_attribute"]
    }
    assert differ == {"(0018,1120)", "(0018,1140)"}


def test_a_firmware_that_a_product_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"ct: no firmware 'F9'; there is F5\.0"):
        write_samples(tmp_path, product="ct", firmware="F9")
    with pytest.raises(DescriptionError, match=r"us: no firmware 'F5\.0'; it has one version only"):
        write_samples(tmp_path, product="us", firmware="F5.0")


def test_a_corpus_holds_dicom_files_only_and_the_truth_stands_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skipped: list[Skipped] = []
    summary = write_samples(tmp_path / "corpus", product="ct")
    assert scan([tmp_path / "corpus"], on_skip=skipped.append).instances == summary.instances
    assert not skipped
    assert summary.truth == tmp_path / "corpus.truth.json"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "corpus.truth.json"]
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert truth_beside(Path()) == tmp_path / "here.truth.json"
    assert truth_beside(Path("a")) == Path("a.truth.json")
