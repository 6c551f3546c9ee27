"""An annex that has everything a renderer can meet: every kind, status, nesting and nasty value."""

from __future__ import annotations

from dataclasses import replace

from annexgen.annex import columns as c
from annexgen.annex.model import (
    Annex,
    Cell,
    Corpus,
    Device,
    Evidence,
    Finding,
    Product,
    Row,
    Section,
    Skipped,
    Status,
    Table,
    section_token,
    table_token,
)

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
SR = "1.2.840.10008.5.1.4.1.1.88.34"
PRIVATE_IOD = "1.2.826.0.1.3680043.9.9999.1"

SR_MEASUREMENTS = ("Label", "Measurement", "Modifier Concept", "Modifier Value", "Unit")
MAPPING = ("Attribute Name", "Tag", "Modality Worklist", "Instance", "MPPS")
CODE_SETS = ("Code Set", "Usage")

NASTY = {
    "pipe": "A|B \\| C",
    "html": "<script>alert('x')</script> &amp; <b>bold</b>",
    "close": "</script><!-- ]]> -->",
    "formula": '=HYPERLINK("http://example.org";"x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "tab": "\t=1",
    "return": "\r=1",
    "control": "a\x00b\x07c\x1bd\x0be",
    "non-character": "x\ufffey",
    "surrogate": "bad \udcff text",
    "lines": "first line\nsecond line\r\nthird",
    "markdown": "*not italic* _nor_ this_ `code` ~~gone~~ [text](http://example.org) $x$ ![i](j)",
    "backslash": "35\\27\\45 = VALUE1 \\",
    "braces": "{{ 7 * 7 }} {% raw %}",
    "right to left": "שלום עולם",
    "quotes": "\"double\" 'single' `back`",
    "long": "long value " * 900,
    "longest": "x" * 40_000,
}

_STATUS = {
    "o": Status.OBSERVED,
    "s": Status.STANDARD,
    "p": Status.PROPOSED,
    "c": Status.CONFIRMED,
    "u": Status.UNKNOWN,
}


def cell(text: str, status: str = "o", reason: str = "") -> Cell:
    return Cell(text, _STATUS[status], reason)


def seen(
    carriers: int, present: int | None = None, *, partial: int = 0, empty: int = 0, weak: bool = False
) -> Evidence:
    present = carriers if present is None else present
    return Evidence(
        carriers=carriers,
        present=present,
        partial=partial,
        with_value=present + partial - empty,
        empty=empty,
        series=1 if weak else 9,
        studies=1 if weak else 3,
        patients=1 if weak else 2,
        devices=1,
        weak=weak,
        example="f3a91c07be",
    )


def attribute(
    name: str,
    tag: str,
    source: str = "GENERATED",
    presence: tuple[str, str] = ("ALWAYS", "ALWAYS"),
    value: str | Cell = "",
    conditions: str | Cell = "",
    comments: str | Cell = "",
    *,
    evidence: Evidence | None = None,
    path: str = "",
    covers: tuple[str, ...] = (),
) -> Row:
    """A row of an attribute table; a Source in lower case is proposed, an empty one unknown."""
    level = len(name) - len(name.lstrip(">"))
    cells = {
        "Attribute Name": cell(name if level == 0 else f"{'>' * level} {name.lstrip('> ')}", "s"),
        "Tag": cell(tag, "s"),
        "Source": Cell(
            source.upper(),
            Status.UNKNOWN if not source else Status.PROPOSED if source.islower() else Status.OBSERVED,
            "Every value differs and follows no source instance of the corpus." if source.islower() else "",
        ),
        "Presence of Attribute": cell(presence[0]),
        "Presence of Value": cell(presence[1]),
        "Value": value if isinstance(value, Cell) else cell(value),
        "Conditions": conditions if isinstance(conditions, Cell) else cell(conditions),
        "Comments": comments if isinstance(comments, Cell) else cell(comments),
    }
    return Row(cells, path or tag, covers, level, evidence=evidence or seen(412))


def private(name: str, tag: str, vr: str, value: str = "", safe: str = "", *, evidence: Evidence | None = None) -> Row:
    creator = name == "Private Creator"
    cells = {
        "Attribute Name": cell(name, "s" if creator else "u"),
        "Tag": cell(tag),
        "VR": cell(vr),
        "VM": cell("1"),
        "Identifiable Information": cell(safe, "c" if safe else "u"),
        "Source": cell("FIXED" if creator else "", "s" if creator else "u"),
        "Presence of Attribute": cell("ALWAYS"),
        "Presence of Value": cell("ALWAYS"),
        "Value": cell(value),
        "Conditions": cell(""),
        "Comments": cell(""),
    }
    return Row(cells, tag.replace(",00xx", ',00xx,"ACME CT"').replace("xx0", "xx0"), evidence=evidence or seen(412))


def plain(columns: tuple[str, ...], *texts: str, status: str = "o", **fields: object) -> Row:
    return Row(
        {column: cell(text, status) for column, text in zip(columns, texts, strict=True)},
        **fields,  # type: ignore[arg-type]
    )


def caption(columns: tuple[str, ...], text: str) -> Row:
    return Row({column: cell(text if n == 0 else "", "s") for n, column in enumerate(columns)}, heading=True)


def iod_rows(*modules: tuple[str, str, str, str, str]) -> tuple[Row, ...]:
    return tuple(
        Row(
            {
                "IE": cell(ie, "s"),
                "Module Name": cell(name, "s"),
                "Presence (Module)": cell(presence),
                "Condition": cell(condition, "p", "Holds for every one of 412 instances.") if condition else cell(""),
                "Reference": cell(table_token(key) if key else "", "s"),
            },
            path=name,
            evidence=seen(412),
            reference=key,
        )
        for ie, name, presence, condition, key in modules
    )


def tables() -> tuple[Table, ...]:
    """One table of every kind and a few more."""
    return (
        Table(
            "nasty",
            "module",
            "Nasty Values Module for <CT> | Image IOD",
            c.ATTRIBUTE,
            tuple(
                attribute(f"Nasty {name}", f"(0099,{n:04X})", "p", value=cell(text), comments=cell(text, "p", text))
                for n, (name, text) in enumerate(NASTY.items())
            ),
            (CT,),
            ("A note with `code`, | and " + table_token("patient") + ".",),
        ),
        Table(
            "sop classes",
            "sop_classes",
            "Storage SOP Classes",
            c.SOP_CLASSES,
            (
                caption(c.SOP_CLASSES, "Images"),
                plain(c.SOP_CLASSES, "CT Image Storage", CT, "TS1", *"YNNNYNNYNNN", path=CT, evidence=seen(412)),
                plain(
                    c.SOP_CLASSES,
                    "Enhanced CT Image Storage",
                    ENHANCED_CT,
                    "TS1",
                    *"YNNNYNNYNNN",
                    path=ENHANCED_CT,
                    evidence=seen(36),
                ),
                caption(c.SOP_CLASSES, "Structured reports"),
                plain(
                    c.SOP_CLASSES,
                    "Comprehensive 3D SR Storage",
                    SR,
                    "TS2",
                    *"YNNNYNNYNNN",
                    path=SR,
                    evidence=seen(4, weak=True),
                ),
            ),
            (CT, ENHANCED_CT, SR),
        ),
        Table(
            "transfer syntaxes",
            "transfer_syntaxes",
            "Supported Transfer Syntaxes",
            c.TRANSFER_SYNTAXES,
            (
                plain(c.TRANSFER_SYNTAXES, "TS1", "Explicit VR Little Endian", "1.2.840.10008.1.2.1", ""),
                plain(c.TRANSFER_SYNTAXES, "TS1", "JPEG Lossless", "1.2.840.10008.1.2.4.70", "image/jpeg"),
            ),
        ),
        Table(
            "root templates",
            "root_templates",
            "Supported Root SR Template IDs (TIDs)",
            c.ROOT_TEMPLATES,
            (
                replace(
                    plain(
                        c.ROOT_TEMPLATES,
                        "Measurement Report",
                        "1500",
                        "Create",
                        "Comprehensive 3D SR Storage",
                        SR,
                        "",
                    ),
                    reference="tid 1500",
                ),
            ),
            (SR,),
        ),
        Table(
            "character sets",
            "character_sets",
            "Supported Specific Character Sets",
            c.CHARACTER_SETS,
            (plain(c.CHARACTER_SETS, "ISO_IR 192", "UTF-8", "Unicode in UTF-8"),),
        ),
        Table(
            "patient",
            "module",
            "Patient Module",
            c.ATTRIBUTE,
            (
                attribute(
                    "Patient's Name",
                    "(0010,0010)",
                    "mwl; user",
                    ("ALWAYS", "CONDITIONAL"),
                    "",
                    cell(
                        "Value empty if Patient ID (0010,0020) is empty.",
                        "p",
                        "Holds in 398 of 398 instances.",
                    ),
                    "See Section N.12",
                    evidence=seen(448, empty=14),
                ),
                attribute("Patient ID", "(0010,0020)", "mwl", evidence=seen(448)),
                attribute("Patient's Birth Date", "(0010,0030)", "mwl", ("ALWAYS", "CONDITIONAL")),
                attribute("Patient's Sex", "(0010,0040)", "mwl", value="F; M"),
                attribute(
                    "Patient's Age",
                    "(0010,1010)",
                    "",
                    ("CONDITIONAL", "ALWAYS"),
                    "[023Y ... 081Y]",
                    cell("Present if the worklist entry has it.", "c"),
                    evidence=seen(448, 400),
                ),
                attribute(
                    "Referenced Patient Sequence",
                    "(0008,1120)",
                    "",
                    ("CONDITIONAL", "EMPTY"),
                    "",
                    cell("", "u"),
                    evidence=seen(448, 3, empty=3, weak=True),
                ),
            ),
            (CT, ENHANCED_CT, SR),
        ),
        Table(
            "image pixel",
            "module",
            "Image Pixel Module",
            c.ATTRIBUTE,
            (
                attribute("Samples per Pixel", "(0028,0002)", "FIXED", value="1"),
                attribute("Photometric Interpretation", "(0028,0004)", value=table_token("shared codes")),
                attribute("Rows", "(0028,0010)", value="512; 1024"),
                attribute("Pixel Data", "(7FE0,0010)"),
            ),
            (CT, ENHANCED_CT),
        ),
        Table(
            "pixel measures",
            "macro",
            "Pixel Measures Functional Group Macro",
            c.ATTRIBUTE,
            (
                attribute("Pixel Measures Sequence", "(0028,9110)", path="(0028,9110)"),
                attribute(
                    ">Pixel Spacing",
                    "(0028,0030)",
                    value="[0.29 ... 0.98]",
                    path="(0028,9110)/(0028,0030)",
                    covers=(
                        "(5200,9229)/(0028,9110)/(0028,0030)",
                        "(5200,9230)/(0028,9110)/(0028,0030)",
                    ),
                ),
                attribute(
                    ">Slice Thickness",
                    "(0018,0050)",
                    value="0.625; 1.25; 2.5; 5",
                    path="(0028,9110)/(0018,0050)",
                    evidence=seen(36, 20, partial=16),
                ),
            ),
            (ENHANCED_CT,),
        ),
        Table(
            "common private",
            "private_module",
            "ACME CT PARAMETERS Private Module",
            c.PRIVATE,
            (
                private("Private Creator", "(0029,00xx)", "LO", "ACME CT PARAMETERS", "SAFE"),
                private("", "(0029,xx01)", "DS", "[0.5 ... 2]", "SAFE"),
                private("", "(0029,xx02)", "LT", "", ""),
                private("", "(0029,xx43)", "UN", "", "UNSAFE", evidence=seen(412, 12, weak=True)),
            ),
            (CT, ENHANCED_CT),
        ),
        Table(
            "shared codes",
            "coded_values",
            "Values and Code Sets shared across IODs",
            c.CODED_VALUES,
            (
                plain(c.CODED_VALUES, "Photometric Interpretation", "(0028,0004)", "MONOCHROME1", "", ""),
                plain(c.CODED_VALUES, "", "", "MONOCHROME2", "", ""),
                plain(c.CODED_VALUES, "", "", "RGB", "Secondary captures of the protocol page.", "", status="p"),
                plain(
                    c.CODED_VALUES,
                    "Requesting Service Code Sequence",
                    "(0032,1034)",
                    '(309915006, SCT, "Cardiology")',
                    "",
                    "",
                ),
            ),
            (CT, ENHANCED_CT),
        ),
        Table(
            "ct iod",
            "iod",
            "CT Image IOD",
            c.IOD,
            iod_rows(
                ("Patient", "Patient Module", "ALWAYS", "", "patient"),
                (
                    "Image",
                    "Image Plane Module",
                    "CONDITIONAL",
                    "Present if Image Type (0008,0008) Value 3 is AXIAL.",
                    "ct plane",
                ),
                ("", "CT Image Module", "ALWAYS", "", "ct image"),
                ("", "Image Pixel Module", "ALWAYS", "", "image pixel"),
                ("", "ACME CT PARAMETERS Private Module", "ALWAYS", "", "common private"),
                ("", "Nasty Values Module", "ALWAYS", "", "nasty"),
            ),
            (CT,),
        ),
        Table(
            "ct plane",
            "module",
            "Image Plane Module for CT Image IOD",
            c.ATTRIBUTE,
            (
                attribute("Pixel Spacing", "(0028,0030)", value="[0.29 ... 0.98]"),
                attribute("Image Orientation (Patient)", "(0020,0037)", "generated", value="1\\0\\0\\0\\1\\0"),
                attribute("Slice Location", "(0020,1041)", "", ("CONDITIONAL", "ALWAYS"), evidence=seen(412, 396)),
            ),
            (CT,),
        ),
        Table(
            "ct image",
            "module",
            "CT Image Module for CT Image IOD",
            c.ATTRIBUTE,
            (
                attribute("Image Type", "(0008,0008)", "generated", value=table_token("ct codes")),
                attribute("KVP", "(0018,0060)", "configuration", value="70; 80; 100; 120; 140"),
                attribute("Anatomic Region Sequence", "(0008,2218)", "", value='See CID 4 "Anatomic Region"'),
                attribute(">Code Value", "(0008,0100)", "", path="(0008,2218)/(0008,0100)"),
                attribute(">>Context Identifier", "(0008,010F)", "", path="(0008,2218)/(0008,0100)/(0008,010F)"),
                attribute(
                    ">>>>Deep Attribute",
                    "(0040,A160)",
                    "",
                    path="(0008,2218)/(0008,0100)/(0008,0100)/(0040,A160)",
                ),
            ),
            (CT,),
        ),
        Table(
            "ct codes",
            "coded_values",
            "Values and Code Sets for CT Image IOD",
            c.CODED_VALUES,
            (
                caption(c.CODED_VALUES, "Image Type (0008,0008)"),
                plain(c.CODED_VALUES, "Image Type", "(0008,0008)", "ORIGINAL", "", "Value 1"),
                plain(c.CODED_VALUES, "", "", "DERIVED", "", "Value 1"),
            ),
            (CT,),
        ),
        Table(
            "enhanced iod",
            "iod",
            "Enhanced CT Image IOD",
            c.IOD,
            iod_rows(
                ("Patient", "Patient Module", "ALWAYS", "", "patient"),
                ("Image", "Image Pixel Module", "ALWAYS", "", "image pixel"),
            ),
            (ENHANCED_CT,),
        ),
        Table(
            "enhanced groups",
            "functional_groups",
            "Functional Group Macros used in Enhanced CT Image IOD",
            c.FUNCTIONAL_GROUPS,
            (
                Row(
                    {
                        "Functional Group Macro": cell("Pixel Measures", "s"),
                        "Presence": cell("ALWAYS"),
                        "Condition": cell(""),
                        "Usage": cell("CONTEXT_DEPENDENT"),
                        "Reference": cell(table_token("pixel measures"), "s"),
                    },
                    path="(0028,9110)",
                    evidence=seen(36),
                    reference="pixel measures",
                ),
            ),
            (ENHANCED_CT,),
        ),
        Table(
            "sr iod",
            "iod",
            "Comprehensive 3D SR IOD",
            c.IOD,
            iod_rows(("Patient", "Patient Module", "ALWAYS", "", "patient")),
            (SR,),
        ),
        Table(
            "directory",
            "directory",
            "Basic Directory IOD",
            c.ATTRIBUTE,
            (
                caption(c.ATTRIBUTE, "PATIENT Directory Record"),
                attribute(">Patient ID", "(0010,0020)", path="(0004,1220)/(0010,0020)"),
            ),
        ),
        Table(
            "private iod",
            "iod",
            "ACME Raw IOD",
            c.IOD,
            iod_rows(("Patient", "Patient Module", "ALWAYS", "", "patient")),
            (PRIVATE_IOD,),
        ),
        Table(
            "tid 1500",
            "sr_content",
            "Measurement Report (TID 1500)",
            c.SR_CONTENT,
            tuple(
                Row(
                    {
                        "NL": cell(">" * level, "s"),
                        "Rel with Parent": cell(rel),
                        "VT": cell(vt),
                        "Concept Name": cell(concept),
                        "Source": cell("", "u"),
                        "Presence of Content Item": cell("ALWAYS"),
                        "Values": cell(values),
                        "TID": cell(tid, "p", "Row 3 of TID 300 has this concept."),
                        "Comments": cell(""),
                    },
                    path=path,
                    level=level,
                    evidence=seen(4, weak=True),
                )
                for level, rel, vt, concept, values, tid, path in (
                    (
                        0,
                        "",
                        "CONTAINER",
                        '(126000, DCM, "Imaging Measurement Report")',
                        "",
                        "1500",
                        "DCM:126000",
                    ),
                    (
                        1,
                        "HAS CONCEPT MOD",
                        "CODE",
                        '(121049, DCM, "Language of Content Item and Descendants")',
                        '(en-US, RFC5646, "English (United States)")',
                        "1204",
                        "DCM:126000/HAS CONCEPT MOD.CODE.DCM:121049",
                    ),
                    (
                        2,
                        "CONTAINS",
                        "NUM",
                        '(410668003, SCT, "Length")',
                        table_token("tid codes"),
                        "300",
                        "DCM:126000/CONTAINS.NUM.SCT:410668003",
                    ),
                )
            ),
            (SR,),
        ),
        Table(
            "tid codes",
            "sr_codes",
            "Measurement Report - Finding Sites",
            c.SR_CODES,
            (plain(c.SR_CODES, "SCT", "39607008", "Lung"), plain(c.SR_CODES, "SCT", "10200004", "Liver")),
            (SR,),
        ),
        Table(
            "tid measurements",
            "sr_measurements",
            "Lung Measurements",
            SR_MEASUREMENTS,
            (
                caption(SR_MEASUREMENTS, "Finding Site: Lung"),
                plain(SR_MEASUREMENTS, "Long axis", '(103339001, SCT, "Long Axis")', "", "", '(mm, UCUM, "mm")'),
            ),
            (SR,),
        ),
        Table("empty table", "sr_codes", "Measurement Report - Empty Code Set", c.SR_CODES, (), (SR,)),
        Table(
            "mapping",
            "mapping",
            "Mapping of Attributes from Modality Worklist to Instance and MPPS",
            MAPPING,
            (plain(MAPPING, "Accession Number", "(0008,0050)", "Y", "Copied", "Copied"),),
        ),
        Table("code sets", "code_sets", "Code Set Usage", CODE_SETS, (plain(CODE_SETS, "SCT", "Anatomy"),)),
    )


def sections() -> tuple[Section, ...]:
    def absent(identifier: str, title: str) -> Section:
        return Section(identifier, f"{title} - N/A", ("N/A",), applicable=False)

    return (
        Section("N.1", "Overview"),
        Section(
            "N.1.1",
            "Content and Transfer",
            (f"{table_token('sop classes')} lists all Storage SOP Classes.",),
            ("sop classes", "transfer syntaxes"),
        ),
        Section("N.1.1.1", "Structured Reporting Root Template IDs", (), ("root templates",)),
        Section("N.1.7", "Specific Character Sets", (), ("character sets",)),
        Section(
            "N.9",
            "Information Object Definitions (IODs)",
            (
                "This section describes all the SOP Instances natively created by ACME CT 5000; see "
                + table_token("sop classes")
                + ". Details are defined in Section "
                + section_token("N.5.2.5.2")
                + ".",
                'In the "Source" column, the following Values can be used:',
                "- FIXED: The Value is pre-defined and cannot be modified.",
                "- GENERATED: The Value is generated by the system.",
                'The "Presence" columns reflect the usage.',
            ),
        ),
        Section("N.9.1", "Information Shared Across Multiple IODs"),
        Section(
            "N.9.1.1",
            "Common Modules",
            (f"All SOP Instances use {table_token('patient')} to {table_token('image pixel')} or a few.",),
            ("patient", "image pixel"),
        ),
        Section("N.9.1.2", "Common Functional Group Macros", (), ("pixel measures",)),
        Section("N.9.1.3", "Common Private Modules", (), ("common private",)),
        Section("N.9.1.4", "Coded Values", (), ("shared codes",)),
        Section(
            "N.9.2",
            "CT Image IOD",
            (f"{table_token('ct iod')} defines the structure of CT Image IOD.",),
            ("ct iod",),
        ),
        Section(
            "N.9.2.1",
            "CT Image IOD Specific Modules",
            ("See Section " + section_token("N.9.1.4") + " <b>&</b>.",),
            ("ct plane", "ct image", "nasty"),
        ),
        absent("N.9.2.2", "CT Image IOD Functional Group Macros"),
        absent("N.9.2.3", "CT Image IOD Private Modules"),
        Section("N.9.2.4", "CT Image IOD Coded Values", (), ("ct codes",)),
        Section("N.9.3", "Enhanced CT Image IOD", (), ("enhanced iod", "enhanced groups")),
        Section("N.9.4", "Comprehensive 3D SR IOD", (), ("sr iod",)),
        Section("N.9.5", "Basic Directory IOD", (), ("directory",)),
        Section("N.9.6", "ACME Raw IOD", (), ("private iod",)),
        Section("N.10", "Structured Report Content Encoding"),
        Section("N.10.1", "Measurement Report (TID 1500)", (), ("tid 1500",)),
        Section("N.10.1.1", "Code Sets", (), ("tid codes", "empty table")),
        Section("N.10.1.2", "Measurement Encoding", (), ("tid measurements",)),
        Section("N.12", "Mapping of Attributes", (), ("mapping",)),
        Section("N.13", "Code Set Usage", (), ("code sets",)),
    )


def findings() -> tuple[Finding, ...]:
    return (
        Finding(
            "PRIVATE_WITHOUT_CREATOR",
            "error",
            "A private element has no Private Creator.",
            CT,
            '(0029,xx01,"?")',
            12,
            "f3a91c07be",
        ),
        Finding(
            "RETIRED_ATTRIBUTE",
            "warning",
            f"An attribute of {table_token('ct image')} is retired | <i>x</i>.",
            CT,
            "(0020,1041)",
            412,
        ),
        Finding(
            "EXTENDED_SOP_CLASS",
            "note",
            "Attributes beyond the IOD make a Standard Extended SOP Class.",
            ENHANCED_CT,
        ),
        Finding("NO_PLACE", "note", NASTY["html"]),
    )


def rich_annex(values: str = "safe") -> Annex:
    """The annex before numbering."""
    return Annex(
        product=Product("CT 5000", "ACME Imaging", ("VA20A", "VA20B")),
        corpus=Corpus(
            instances=452,
            series=11,
            studies=4,
            patients=2,
            devices=(
                Device("ACME Imaging", "CT 5000", "VA20A", 400),
                Device("ACME Imaging", "CT 5000", "VA20B | <b>", 52),
            ),
            skipped=(
                Skipped("0badc0ffee", "no DICOM file"),
                Skipped("1badc0ffee", "cut off | after 132 bytes"),
            ),
            values=values,
        ),
        sections=sections(),
        tables=tables(),
        findings=findings(),
        edition="2025b",
        generator="annexgen 0.1.0",
        sop_class_names={
            SR: "Comprehensive 3D SR Storage",
            CT: "CT Image Storage",
            ENHANCED_CT: "Enhanced CT Image Storage",
        },
        thresholds={"weak_instances": 5, "weak_share": 0.5},
    )
