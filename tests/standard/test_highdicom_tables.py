"""Guards the private tables of highdicom that the adapter reads: version, sizes and shape."""

from __future__ import annotations

from importlib.metadata import version

from annexgen.standard import highdicom_tables, iods


def test_version_and_sizes() -> None:
    assert version("highdicom") == highdicom_tables.VERSION
    assert len(highdicom_tables.iod_of_sop_class()) == 180
    assert len(highdicom_tables.modules_of_iod()) == 175
    assert len(highdicom_tables.attributes_of_module()) == 436


def test_shape_of_an_iod() -> None:
    ct = iods.iod("ct-image")
    assert ct.name == "CT Image"
    assert [(m.name, m.ie, m.usage) for m in ct.modules[:3]] == [
        ("Patient", "Patient", "M"),
        ("Clinical Trial Subject", "Patient", "U"),
        ("General Study", "Study", "M"),
    ]
    assert {a.path[0]: a.type for a in iods.module("ct-image").attributes}[0x00080008] == "1"


def test_every_module_can_be_read() -> None:
    for key in iods.all_modules():
        module = iods.module(key)
        for number, attribute in enumerate(module.attributes):
            if len(attribute.path) > 1:
                assert any(a.path == attribute.path[:-1] for a in module.attributes[:number]), (key, attribute)
                break


def test_functional_group_macros() -> None:
    names = {macro.name for macro in iods.functional_group_macros("enhanced-mr-image")}
    assert {"Pixel Measures", "Plane Position (Patient)", "MR Echo", "Frame Content"} <= names
