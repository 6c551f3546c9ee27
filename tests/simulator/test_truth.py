"""The truth, counted over the plan, agrees with an independent reading of the written files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pydicom
import pytest

from . import walk

if TYPE_CHECKING:
    from .conftest import Corpus

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
COUNTS = ("carriers", "present", "partial", "with_value", "empty")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_count_agrees_with_the_files(acme: Corpus) -> None:
    read = walk.count(acme.folder)
    told = {
        uid: {path: {name: entry[name] for name in COUNTS} for path, entry in one["attributes"].items()}
        for uid, one in acme.truth["sop_classes"].items()
    }
    assert set(read) == set(told)
    for uid, places in read.items():
        assert told[uid] == places, uid


def test_numbers_of_instances_agree_with_the_files(acme: Corpus) -> None:
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in walk.instance_files(acme.folder)]
    classes = Counter(str(one.file_meta.MediaStorageSOPClassUID) for one in headers)
    assert {uid: one["instances"] for uid, one in acme.truth["sop_classes"].items()} == classes
    stored = [one for one in headers if "DirectoryRecordSequence" not in one]
    assert acme.truth["instances"] == len(stored)
    assert acme.truth["series"] == len({one.SeriesInstanceUID for one in stored})
    assert acme.truth["studies"] == len({one.StudyInstanceUID for one in stored})
    assert acme.truth["patients"] == len({one.PatientID for one in stored})
    for uid, one in acme.truth["sop_classes"].items():
        own = [header for header in headers if header.file_meta.MediaStorageSOPClassUID == uid]
        assert one["transfer_syntaxes"] == Counter(str(h.file_meta.TransferSyntaxUID) for h in own)
        assert one["character_sets"] == Counter(h.get("SpecificCharacterSet", "") for h in own)


def test_presence_follows_from_the_counts(acme: Corpus) -> None:
    shown = set()
    for one in acme.truth["sop_classes"].values():
        for entry in one["attributes"].values():
            having = entry["present"] + entry["partial"]
            assert 0 < having <= entry["carriers"]
            assert (entry["presence_of_attribute"] == "ALWAYS") == (entry["present"] == entry["carriers"])
            expected = {entry["with_value"]: "ALWAYS", entry["empty"]: "EMPTY"}.get(having, "CONDITIONAL")
            assert entry["presence_of_value"] == expected
            shown.add((entry["presence_of_attribute"], entry["presence_of_value"]))
    assert len(shown) == 6, "the corpus shows every pair of presences"


def test_content_items_agree_with_the_files(acme: Corpus) -> None:
    places: dict[str, Counter[str]] = {}
    documents: dict[str, Counter[str]] = {}
    for path in walk.instance_files(acme.folder):
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        if "ContentTemplateSequence" in data_set:
            found = walk.content_places(data_set)
            places.setdefault(data_set.SOPClassUID, Counter()).update(found)
            documents.setdefault(data_set.SOPClassUID, Counter()).update(set(found))
    told = acme.truth["content_items"]
    assert set(told) == set(places)
    for uid, found in places.items():
        assert {place: entry["items"] for place, entry in told[uid]["places"].items()} == found
        assert {place: entry["documents"] for place, entry in told[uid]["places"].items()} == documents[uid]
        for place, entry in told[uid]["places"].items():
            assert entry["present"] <= entry["documents"] <= entry["carriers"] <= told[uid]["documents"], place


def test_content_presence_varies_in_every_kind_of_report(acme: Corpus) -> None:
    for uid, one in acme.truth["content_items"].items():
        assert one["documents"] >= 4, uid
        assert any(entry["present"] < entry["carriers"] for entry in one["places"].values()), uid


def test_functional_groups_agree_with_the_files(acme: Corpus) -> None:
    seen: dict[str, Counter[str]] = {}
    for path in walk.instance_files(acme.folder):
        data_set = pydicom.dcmread(path, stop_before_pixels=True)
        if data_set.file_meta.MediaStorageSOPClassUID != ENHANCED_CT:
            continue
        for name, keyword in (
            ("shared", "SharedFunctionalGroupsSequence"),
            ("per_frame", "PerFrameFunctionalGroupsSequence"),
        ):
            macros = {
                walk.element_key(item, element.tag)
                for item in data_set[keyword].value
                for element in item
                if element.VR == "SQ"
            }
            for macro in macros:
                seen.setdefault(macro, Counter())[name] += 1
    told = acme.truth["functional_groups"][ENHANCED_CT]
    assert {macro: (one["shared"], one["per_frame"]) for macro, one in told.items()} == {
        macro: (count["shared"], count["per_frame"]) for macro, count in seen.items()
    }
    assert told["(0028,9110)"]["usage"] == "CONTEXT_DEPENDENT"
    assert told["(0020,9116)"]["usage"] == "SHARED"
    assert told["(0020,9111)"]["usage"] == "PER_FRAME"
    assert told['(0021,xx10,"ACME FRAME DATA")']["usage"] == "PER_FRAME"
    assert told['(0021,xx20,"ACME FRAME DATA")']["usage"] == "SHARED"


def test_declared_conditions_and_values_are_told(acme: Corpus) -> None:
    attributes = acme.truth["sop_classes"][CT]["attributes"]
    assert attributes["(0018,0010)"]["when"] == "series.contrast"
    assert attributes["(0018,0010)"]["values"] == ["PHANTOMOL 300", "PHANTOMOL 350"]
    assert attributes["(0018,1046)"]["when"] == "(series.contrast) and (device.version == 'VA20B')"
    assert "when" not in attributes["(0008,0018)"]
    assert "values" not in attributes["(0008,0018)"]
    assert attributes["(0018,9345)"]["when"] == "series.kind == 'AXIAL'"
    phantom = attributes["(0018,9346)"]
    assert phantom["values"] == ['(113691, DCM, "IEC Body Dosimetry Phantom")']


def test_directory_records_are_told_by_type(acme: Corpus) -> None:
    attributes = acme.truth["sop_classes"]["1.2.840.10008.1.3.10"]["attributes"]
    assert attributes["(0004,1220)[PATIENT]/(0010,0010)"]["present"] == 2
    assert attributes["(0004,1220)[KEY OBJECT DOC]/(0040,A043)"]["carriers"] == 1
    assert attributes["(0004,1220)[IMAGE]/(0028,0008)"]["presence_of_attribute"] == "CONDITIONAL"
