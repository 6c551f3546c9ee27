"""What a person may say: nothing that contradicts the vocabulary of PS3.2 or the corpus."""

from __future__ import annotations

import pytest
from firmware import CREATOR, path

from annexgen.annex.annotations_check import Facts, may_be_said
from annexgen.annex.model import Evidence, Status

SEEN = Evidence(10, 8, 1, 6, 2, 3, 2, 2, 1)
PRIVATE = '(0029,xx10,"X")'


@pytest.mark.parametrize(
    ("column", "text", "facts", "refused"),
    [
        ("Source", "MWL; GENERATED", Facts("module", evidence=SEEN), ""),
        ("Source", "FIXED", Facts("module", said={"Value": "[1 ... 2]"}), "not the same in all"),
        ("Source", "EMPTY", Facts("module", evidence=SEEN), "has a value in 6"),
        ("Presence of Attribute", "ALWAYS", Facts("module", evidence=SEEN), "absent or incomplete in 2 of 10"),
        ("Presence of Attribute", "SRC_COPY", Facts("module", evidence=SEEN), ""),
        ("Presence of Value", "ALWAYS", Facts("module", evidence=SEEN), "without value in 3 of 9"),
        ("Presence of Value", "EMPTY", Facts("module", evidence=SEEN), "has a value in 7"),
        ("Value", "[0 ... 5]", Facts("module", said={"Value": "[1 ... 2]"}), ""),
        ("Value", "[0 ... 1.5]", Facts("module", said={"Value": "[1 ... 2]"}), "the corpus has 2"),
        ("Value", "A; B", Facts("module", said={"Value": "See Table N.9-3"}, values=("A", "C", "B")), "corpus has C"),
        ("Value", "as the user chooses", Facts("module", said={"Value": "A; C"}), ""),
        ("Attribute Name", "Other", Facts("module", "(0008,0060)"), "the Standard's"),
        ("Attribute Name", "Mine", Facts("private_module", PRIVATE), ""),
        ("VR", "DS", Facts("private_module", PRIVATE, {"VR": "CS"}, {"VR": Status.OBSERVED}), "the files say CS"),
        ("VR", "DS", Facts("private_module", PRIVATE, {"VR": "UN"}, {"VR": Status.PROPOSED}), ""),
        ("VM", "1", Facts("private_module", PRIVATE, {"VM": "1-3"}), "the corpus has 1-3"),
        ("VM", "1-n", Facts("private_module", PRIVATE, {"VM": "1-3"}), ""),
        ("Identifiable Information", "SAFE", Facts("module", "(0008,0060)"), "the Standard's"),
        ("Identifiable Information", "maybe", Facts("private_module", PRIVATE), "not one of SAFE, UNSAFE"),
        ("Usage", "SHARED", Facts("functional_groups", said={"Usage": "PER_FRAME"}), "it is PER_FRAME"),
        ("MPPS Value Source", "SRC_INSTANCE; MWL (0040,1001)", Facts("mapping"), ""),
        ("MPPS Value Source", "ELSEWHERE", Facts("mapping"), "'ELSEWHERE' is not one of GENERATED"),
        ("MPPS Destination", "(0040,0270); TOP", Facts("mapping"), ""),
        ("MPPS Destination", "MPPS", Facts("mapping"), "neither TOP, N/A nor the tag"),
        ("Kind", "OURS", Facts("code_sets"), "not one of STANDARD, PRIVATE, RETIRED"),
        ("Coding Scheme", "Mine", Facts("code_sets", status={"Coding Scheme": Status.STANDARD}), "the Standard's"),
        ("Label", "Length", Facts("sr_measurements"), ""),
        ("Tag", "(0008,0061)", Facts("module", "(0008,0060)"), "cannot be changed"),
    ],
)
def test_what_contradicts_the_vocabulary_or_the_corpus(column: str, text: str, facts: Facts, refused: str) -> None:
    answer = may_be_said(column, text, facts)
    assert refused in answer
    assert bool(answer) == bool(refused)


def test_creators_and_public_names_are_not_private() -> None:
    assert CREATOR in path(0)
    assert may_be_said("Attribute Name", "x", Facts("private_module", f'(0029,00xx,"{CREATOR}")'))
