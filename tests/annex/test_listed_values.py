"""Values that the Standard lists for a Module or Functional Group Macro of its own are held against what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, MRSpectroscopyStorage

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan
from tests.private_instances import instance, save

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("sop_class", "frame_type", "value", "wrong"),
    [
        (MRSpectroscopyStorage, "MRSpectroscopyFrameTypeSequence", "COMPLEX", False),
        (MRSpectroscopyStorage, "MRSpectroscopyFrameTypeSequence", "FOO", True),
        (EnhancedMRImageStorage, "MRImageFrameTypeSequence", "COMPLEX", True),
        (EnhancedMRImageStorage, "MRImageFrameTypeSequence", "PHASE", False),
    ],
)
def test_complex_image_component(tmp_path: Path, sop_class: str, frame_type: str, value: str, wrong: bool) -> None:
    """COMPLEX is of MR Spectroscopy alone, in its Module and in its functional groups, shared and per frame."""
    data_set, item, group = instance(), Dataset(), Dataset()
    item.ComplexImageComponent = value
    setattr(group, frame_type, Sequence([item]))
    data_set.SOPClassUID, data_set.Modality, data_set.ComplexImageComponent = sop_class, "MR", value
    data_set.SharedFunctionalGroupsSequence = Sequence([group])
    data_set.PerFrameFunctionalGroupsSequence = Sequence([group])
    save(data_set, tmp_path / "one.dcm")
    found = {f.path for f in build_annex(scan([tmp_path])).findings if f.code == "outside-enumerated-values"}
    places = {path for path in found if path.endswith("(0008,9208)")}
    assert len(places) == (3 if wrong else 0), found
