"""The written corpus: its size, its shape, its validity, and that two runs give the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.pixels import pixel_array

from annexgen.simulator import DescriptionError, available_products, write_samples
from tests.oracles import DCIODVFY, NO_DCIODVFY

from . import walk

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Corpus

CT = "1.2.840.10008.5.1.4.1.1.2"
PRIVATE_CLASS = "1.2.826.0.1.3680043.10.95170.5.1"
MOST_BYTES = 3_000_000


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_bytes(acme: Corpus, tmp_path: Path) -> None:
    write_samples(tmp_path / "again")
    assert fingerprints(tmp_path / "again") == fingerprints(acme.folder)


def test_another_seed_gives_another_corpus_of_the_same_shape(acme: Corpus, tmp_path: Path) -> None:
    other = write_samples(tmp_path / "other", seed=2)
    first, second = fingerprints(acme.folder), fingerprints(tmp_path / "other")
    assert set(first) == set(second)
    assert not set(first.values()) & set(second.values())
    assert other.instances == acme.summary.instances


def test_counts_and_size(acme: Corpus) -> None:
    files = walk.instance_files(acme.folder)
    assert len(files) == acme.summary.files
    assert acme.summary.instances >= 150
    assert acme.summary.patients >= 3
    assert acme.summary.studies >= 6
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_every_file_is_read_and_its_frames_decode(acme: Corpus) -> None:
    for path in walk.instance_files(acme.folder):
        data_set = pydicom.dcmread(path)
        assert data_set.file_meta.ImplementationVersionName == "ACME_SUITE_20"
        if "PixelData" in data_set:
            frames = pixel_array(data_set)
            assert frames.shape[-2:] == (data_set.Rows, data_set.Columns)


def test_sop_instance_uids_are_unique_and_of_the_product(acme: Corpus) -> None:
    uids = [pydicom.dcmread(path).file_meta.MediaStorageSOPInstanceUID for path in walk.instance_files(acme.folder)]
    assert len(set(uids)) == len(uids)
    assert all(uid.startswith("1.2.826.0.1.3680043.10.95170.") and uid.is_valid for uid in uids)


def test_transfer_syntaxes_and_file_names_vary(acme: Corpus) -> None:
    assert set(acme.truth["sop_classes"][CT]["transfer_syntaxes"]) == {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.5",
    }
    suffixes = {path.suffix for path in walk.instance_files(acme.folder)}
    assert suffixes == {".dcm", ""}


def test_names_outside_of_ascii_are_read_back(acme: Corpus) -> None:
    names = {
        (data_set.get("SpecificCharacterSet", ""), str(data_set.PatientName))
        for data_set in map(pydicom.dcmread, walk.instance_files(acme.folder))
        if "PatientName" in data_set and not str(data_set.PatientName).isascii()
    }
    assert names == {("ISO_IR 100", "PHÄNTOM^DREI"), ("ISO_IR 192", "PHÄNTOM^DREI")}


def test_contrast_attributes_stand_with_contrast_only(acme: Corpus) -> None:
    with_agent, with_route, all_ct = set(), set(), set()
    for path in walk.instance_files(acme.folder):
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        if data_set.file_meta.MediaStorageSOPClassUID == CT:
            all_ct.add(path)
            with_agent |= {path} if "ContrastBolusAgent" in data_set else set()
            with_route |= {path} if "ContrastBolusRoute" in data_set else set()
    assert with_agent == with_route
    assert with_agent
    assert with_agent != all_ct


def test_private_blocks_stand_and_move_as_declared(acme: Corpus) -> None:
    blocks: dict[str, set[int]] = {}
    cardiac = total = 0
    for path in walk.instance_files(acme.folder):
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        if data_set.file_meta.MediaStorageSOPClassUID != CT:
            continue
        total += 1
        for element in data_set:
            if element.tag.is_private_creator:
                blocks.setdefault(element.value, set()).add(element.tag.element)
        cardiac += (0x0019, 0x0010) in data_set
    assert blocks == {"ACME CT PARAMETERS": {0x10, 0x11}, "ACME CARDIAC": {0x10}}
    assert 0 < cardiac < total
    told = acme.truth["private_blocks"][CT]
    assert told['(0029,00xx,"ACME CT PARAMETERS")'] == ["10", "11"]
    every = acme.truth["sop_classes"][CT]["attributes"]['(0029,00xx,"ACME CT PARAMETERS")']
    assert every["presence_of_attribute"] == "ALWAYS"


def test_directory_references_exist(acme: Corpus) -> None:
    directories = [path for path in walk.instance_files(acme.folder) if path.name == "DICOMDIR"]
    assert len(directories) == acme.truth["directories"] == 2
    for directory in directories:
        referenced = set()
        for record in pydicom.dcmread(directory).DirectoryRecordSequence:
            if "ReferencedFileID" in record:
                path = directory.parent.joinpath(*record["ReferencedFileID"].value)
                data_set = pydicom.dcmread(path)
                assert data_set.SOPInstanceUID == record.ReferencedSOPInstanceUIDInFile
                assert data_set.SOPClassUID == record.ReferencedSOPClassUIDInFile
                assert data_set.file_meta.TransferSyntaxUID == record.ReferencedTransferSyntaxUIDInFile
                referenced.add(path)
        assert referenced == set(walk.instance_files(directory.parent)) - {directory}


@pytest.mark.skipif(not DCIODVFY, reason=NO_DCIODVFY)
def test_instances_are_valid_for_their_iod(acme: Corpus) -> None:
    for path in walk.instance_files(acme.folder):
        done = subprocess.run([DCIODVFY, str(path)], capture_output=True, check=False)
        output = (done.stdout + done.stderr).decode("latin-1")
        errors = [line for line in output.splitlines() if re.search(r"\bError\b", line)]
        if pydicom.dcmread(path).file_meta.MediaStorageSOPClassUID == PRIVATE_CLASS:
            assert errors == ["Error - Information Object Not found"]
        else:
            assert errors == [], path.name


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        write_samples(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_progress_reaches_all_instances(acme: Corpus, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write_samples(tmp_path / "out", progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (acme.summary.instances, acme.summary.instances)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_products_are_listed_and_unknown_ones_refused(tmp_path: Path) -> None:
    assert "acme" in available_products()
    with pytest.raises(DescriptionError, match=r"no simulated product 'nobody'; there are .*acme"):
        write_samples(tmp_path, product="nobody")
