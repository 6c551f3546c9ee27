"""Guards the private tables of highdicom that the builder reads: version and sizes."""

from __future__ import annotations

from importlib.metadata import version

from annexgen.standard import highdicom_tables


def test_version_and_sizes() -> None:
    assert version("highdicom") == highdicom_tables.VERSION
    assert len(highdicom_tables.iod_of_sop_class()) == 180
    assert len(highdicom_tables.modules_of_iod()) == 175
    assert len(highdicom_tables.attributes_of_module()) == 436
