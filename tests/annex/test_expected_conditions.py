"""Conditions of real products as somebody who knows the modality expects them, read in the finished cells."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annexgen.annex.build import build_annex
from annexgen.profile.scan import scan

if TYPE_CHECKING:
    from annexgen.annex.model import Annex

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
MR, ENHANCED_MR, SC = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.7"
PRISMA, TERRA, GE, PHILIPS = (
    "siemens-prismafit-xa30",
    "siemens-terrax-xa60",
    "ge-signa-architect-dv28",
    "philips-ingenuity-ct-4.1",
)
MODIFIER = "(0018,9115)"

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of real instances are not beside the project")


@cache
def annex_of(name: str) -> Annex:
    return build_annex(scan([CORPORA / name]))


def condition(name: str, uid: str, path: str) -> str:
    """What the annex says of an attribute of an IOD, also where several share the table."""
    annex = annex_of(name)
    found = []
    for table in annex.tables:
        for row in table.rows:
            if uid in table.sop_classes and row.path == path and "Conditions" in row.cells:
                found.append(row.apart[uid].cells["Conditions"] if uid in row.apart else row.cells["Conditions"].text)
    assert len(found) == 1, (path, found)
    return found[0]


@pytest.mark.parametrize(
    ("name", "uid", "path", "expected"),
    [
        (PRISMA, MR, "(0018,0088)", "MR Acquisition Type (0018,0023) is 2D"),
        (
            PRISMA,
            MR,
            '(0019,xx0E,"SIEMENS MR HEADER")',
            "Diffusion Directionality (0019,xx0D,SIEMENS MR HEADER) is BMATRIX",
        ),
        (PRISMA, ENHANCED_MR, f"{MODIFIER}/(0018,9079)", "Inversion Recovery (0018,9009) is YES"),
        (PRISMA, ENHANCED_MR, f"{MODIFIER}/(0018,9036)", "Partial Fourier (0018,9081) is YES"),
        (PRISMA, ENHANCED_MR, f"{MODIFIER}/(0018,9078)", "Parallel Acquisition (0018,9077) is YES"),
        (PRISMA, ENHANCED_MR, "(0018,9117)/(0018,9601)", "Diffusion Directionality (0018,9075) is BMATRIX"),
        (PRISMA, ENHANCED_MR, "(0018,9250)", "Image Type (0008,0008) Value 3 is ASL"),
        (PRISMA, ENHANCED_MR, "(0018,9094)", "MR Acquisition Type (0018,0023) is 3D"),
        (PRISMA, ENHANCED_MR, "(0028,1201)", "Pixel Presentation (0008,9205) is COLOR"),
        (PRISMA, ENHANCED_MR, "(0028,1203)", "Pixel Presentation (0008,9205) is COLOR"),
        (TERRA, ENHANCED_MR, f"{MODIFIER}/(0018,9036)", "Partial Fourier (0018,9081) is YES"),
        (GE, MR, "(0020,0100)", "Scan Options (0018,0022) contains MP_GEMS"),
        (PHILIPS, SC, "(0028,0006)", "Samples per Pixel (0028,0002) is 3"),
        (PHILIPS, SC, "(0018,0015)", "Image Type (0008,0008) Value 3 is REF_SURVIEW"),
    ],
)
def test_what_an_expert_expects(name: str, uid: str, path: str, expected: str) -> None:
    assert condition(name, uid, path) in (f"Present if {expected}.", f"Value present if {expected}.")


@pytest.mark.parametrize("name", [PRISMA, TERRA, GE, PHILIPS])
def test_nothing_depends_on_what_applies_to_no_other(name: str) -> None:
    """No condition says that a value is OTHER or UNKNOWN, or names Values of Scan Options one after the other."""
    for table in annex_of(name).tables:
        for row in table.rows:
            for column in ("Condition", "Conditions"):
                text = row.cells[column].text if column in row.cells else ""
                assert " is OTHER." not in text, text
                assert " is UNKNOWN." not in text, text
                assert "\\" not in text or " if " not in text, text
