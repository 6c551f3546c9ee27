"""Frames: what a profile keeps of them, whichever reader read them, and the conditions that follow frame by frame."""

from __future__ import annotations

import random

from enhanced import ENHANCED_MR, encoded, enhanced, frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from annexgen.annex.build import build_annex
from annexgen.corpus.instance import read_instance
from annexgen.profile import storage
from annexgen.profile.counting import Counting
from annexgen.profile.model import Profile, merge
from annexgen.profile.privacy import seal

KINDS = ("NONE", "ISOTROPIC", "DIRECTIONAL")
DIFFUSION = "(5200,9230)/(0018,9117)"


def corpus(series: int) -> list[bytes]:
    """Every instance has frames of each kind, in its own numbers."""
    return [
        encoded(enhanced(n, [frame(kind, float(place)) for kind in KINDS for place in range(n + 2)]))
        for n in range(series)
    ]


def counted(files: list[bytes]) -> Profile:
    counting = Counting(Profile())
    for number, data in enumerate(files):
        counting.count(data, f"{number:012x}")
    return counting.finish()


def test_layouts_not_frames_are_kept() -> None:
    frames = counted(corpus(6)).sop_classes[ENHANCED_MR].frames
    layouts = {(shape, values) for _, _, shape, values in frames}
    assert len(layouts) == 3
    for shape, values in layouts:
        places, named = dict(shape), dict(values)
        directed = named[f"{DIFFUSION}/(0018,9075)"] == "DIRECTIONAL"
        assert (f"{DIFFUSION}/(0018,9076)/(0018,9089)" in places) is directed
    assert [len(origins) for origins in frames.values()] == [6, 6, 6]


def test_both_readers_agree() -> None:
    files = corpus(4)
    regular = counted(files)
    tolerant = Counting(Profile())
    for number, data in enumerate(files):
        tolerant.add(read_instance(data), f"{number:012x}")
    assert tolerant.finish().sop_classes[ENHANCED_MR].frames == regular.sop_classes[ENHANCED_MR].frames


@given(seed=st.integers(0, 1 << 16), cut=st.integers(0, 10), values=st.integers(1, 30))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_merged_in_any_order(seed: int, cut: int, values: int) -> None:
    chance = random.Random(seed)
    files = []
    for number in range(10):
        frames = [frame(chance.choice((*KINDS, f"KIND{chance.randrange(values)}")), 1.0) for _ in range(5)]
        files.append(encoded(enhanced(number, frames), implicit=number % 3 == 0))
    whole = counted(files)
    mixed = chance.sample(files, len(files))
    merged = merge([counted(mixed[:cut]), counted(mixed[cut:])])
    one, other = (profile.sop_classes[ENHANCED_MR] for profile in (whole, merged))
    assert one.frames == other.frames
    assert one.frame_values == other.frame_values
    sealed = seal(whole, b"salt")
    assert storage.profile_of(storage.document_of(sealed)) == sealed


def test_condition_learned_frame_by_frame() -> None:
    annex = build_annex(counted(corpus(12)))
    (macro,) = [t for t in annex.tables if t.kind == "macro" and t.title.startswith("MR Diffusion")]
    rows = {row.path: row for row in macro.rows}
    cell = rows["(0018,9117)/(0018,9076)"].cells["Conditions"]
    assert cell.text == "Present if Diffusion Directionality (0018,9075) is DIRECTIONAL."
    assert "frames" in cell.reason


def test_macro_in_some_frames_only() -> None:
    def one(number: int) -> bytes:
        frames = [frame(kind, 1.0) for kind in KINDS]
        del frames[0].MRDiffusionSequence
        for item, kind in zip(frames, ("ANATOMY", "DIFFUSION", "DIFFUSION"), strict=True):
            item.MRImageFrameTypeSequence = [Dataset()]
            item.MRImageFrameTypeSequence[0].FrameType = ["ORIGINAL", "PRIMARY", kind]
        return encoded(enhanced(number, frames))

    annex = build_annex(counted([one(number) for number in range(12)]))
    (groups,) = [t for t in annex.tables if t.kind == "functional_groups"]
    (row,) = [r for r in groups.rows if r.cells["Functional Group Macro"].text == "MR Diffusion"]
    assert row.cells["Presence"].text == "CONDITIONAL"
    assert row.cells["Condition"].text.startswith("Present if Frame Type (0008,9007)")
    assert "Value 3 is DIFFUSION" in row.cells["Condition"].text


def test_shared_or_per_frame_depends() -> None:
    def one(number: int) -> bytes:
        frames, shared = [frame("ISOTROPIC", 1.0) for _ in range(2)], []
        data_set = enhanced(number, frames)
        if number % 2:
            shared = [frame("ISOTROPIC", 1.0)]
            del shared[0].PlanePositionSequence
            for item in frames:
                del item.MRDiffusionSequence
            data_set = enhanced(number, frames, shared=shared)
        data_set.AcquisitionContrast = "DIFFUSION" if number % 2 else "T2"
        return encoded(data_set)

    annex = build_annex(counted([one(number) for number in range(16)]))
    (groups,) = [t for t in annex.tables if t.kind == "functional_groups"]
    (row,) = [r for r in groups.rows if r.cells["Functional Group Macro"].text == "MR Diffusion"]
    assert row.cells["Usage"].text == "CONTEXT_DEPENDENT"
    assert row.cells["Condition"].text == "Shared if Acquisition Contrast (0008,9209) is DIFFUSION."


def test_sequences_that_are_no_macro_of_the_iod_are_extensions() -> None:
    shared = Dataset()
    protocol = Dataset()
    protocol.CodeValue, protocol.CodingSchemeDesignator, protocol.CodeMeaning = "1", "99ACME", "One"
    shared.PerformedProtocolCodeSequence = [protocol]
    annex = build_annex(counted([encoded(enhanced(1, [frame("NONE", 1.0)], shared=[shared]))]))
    (groups,) = [t for t in annex.tables if t.kind == "functional_groups"]
    names = [row.cells["Functional Group Macro"].text for row in groups.rows]
    assert names == ["Plane Position (Patient)", "MR Diffusion", "Performed Protocol Code (extension)"]
