"""DocBook of a Standard that does not exist, in the Standard's form: small enough to read, odd enough to matter."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from pathlib import Path

BOOK = (
    '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
    '<book xmlns="http://docbook.org/ns/docbook" label="PS3.{part}" version="5.0" xml:id="PS3.{part}">'
    "<title>PS3.{part}</title><subtitle>DICOM PS3.{part} {edition}</subtitle>{body}</book>"
)


def xref(target: str) -> str:
    """A reference within a part."""
    return f'<xref linkend="{target}" xrefstyle="select: label"/>'


def olink(part: str, target: str) -> str:
    """A reference to another part."""
    return f'<olink targetdoc="PS3.{part}" targetptr="{target}" xrefstyle="select: title"/>'


def cell(content: str, tag: str = "td", **spans: int) -> str:
    """A cell; `content` is text, or markup where it begins with <."""
    inside = content if "<" in content else escape(content)
    attributes = "".join(f' {name}="{value}"' for name, value in spans.items())
    return f'<{tag} align="left"{attributes}><para xml:id="para_repeated">{inside}</para></{tag}>'


def row(*cells: str) -> str:
    """A row of cells, given as text or as made by `cell`."""
    return "<tr>" + "".join(c if c.startswith("<td") else cell(c) for c in cells) + "</tr>"


def table(number: str, caption: str, heading: tuple[str, ...], *rows: str) -> str:
    """A table."""
    heads = "".join(cell(text, "th") for text in heading)
    return (
        f'<table frame="box" label="{number}" rules="all" xml:id="table_{number}"><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def section(number: str, title: str, *content: str) -> str:
    """A section."""
    return (
        f'<section label="{number}" xml:id="sect_{number}"><title>{escape(title)}</title>{"".join(content)}</section>'
    )


def book(part: str, *content: str, edition: str = "2031a") -> str:
    """A part of the Standard."""
    return BOOK.format(part=part, edition=edition, body="".join(content))


ATTRIBUTES = ("Attribute Name", "Tag", "Type", "Attribute Description")
MODULES = ("IE", "Module", "Reference", "Usage")
GROUPS = ("Functional Group Macro", "Section", "Usage")


def include(depth: int, target: str) -> str:
    """A row that includes a macro, over three columns as the Standard has it."""
    return row(cell(f"<emphasis>{'&gt;' * depth}Include {xref(target)}</emphasis>", colspan=3), "Defined CID 7.")


PART_03 = book(
    "3",
    section(
        "10.9",
        "Lens",
        table(
            "10-9",
            "Lens Macro Attributes Description",
            ATTRIBUTES,
            row("Manufacturer", "(0008,0070)", "1", "Who ground it."),
            row("Lens Parts Sequence", "(0040,0555)", "3", "Its parts."),
            include(1, "table_10-9"),
        ),
    ),
    section(
        "A.90",
        "Lantern Image",
        section(
            "A.90.3",
            "Lantern Image IOD Module Table",
            table(
                "A.90-1",
                "Lantern Image IOD Modules",
                MODULES,
                row(cell("Patient", rowspan=2), "Patient", xref("sect_C.7.1.1"), "M"),
                row("Clinical Trial Subject", xref("sect_C.7.1.3"), "U"),
                row("Image", "Lantern Image", xref("sect_C.90.1"), "M"),
                row("Lantern\u200bLens", xref("sect_C.90.2"), "C - Required if there is one"),
                row("Image", "Multi-frame Functional Groups", xref("sect_C.7.6.16"), "M"),
            ),
        ),
        section(
            "A.90.4",
            "Lantern Image Functional Group Macros",
            table(
                "A.90-2",
                "Lantern Image Functional Group Macros",
                GROUPS,
                row("Pixel Measures", xref("sect_C.7.6.16.2.1"), "M"),
                row("Lantern Focus", xref("sect_C.90.3"), "C - Required if it has one"),
                row("Lost", xref("sect_C.99.1"), "U"),
            ),
        ),
    ),
    section(
        "C.7.1.1",
        "Patient Module",
        table(
            "C.7-1",
            "Patient Module Attributes",
            ATTRIBUTES,
            row("Patient's Name", "(0010,0010)", "2", "Name."),
            row("Other Patient IDs Sequence", "(0010,1002)", "3", "Others."),
            row(">Patient ID", "(0010,0020)", "1", "Identifier."),
            row(">Issuer of Patient ID Qualifiers Sequence", "(0010,0024)", "3", "Issuer."),
            row(">>Universal Entity ID", "(0040,0032)", "1C", "Required if known."),
            row("Patient ID", "(0010,0020)", "2", "Identifier."),
        ),
    ),
    section(
        "C.90.1",
        "Lantern Image Module",
        table(
            "C.90-1",
            "Lantern Image Module Attributes",
            ATTRIBUTES,
            row(cell("<emphasis>OF THE LANTERN</emphasis>", colspan=4)),
            include(0, "table_10-9"),
            row("Acquisition Context Sequence", "(0040,0556)", "2", "Context."),
            include(1, "table_10-9"),
            include(1, "table_10-404"),
            row("Overlay Rows", "(60xx,0010)", "1", "Rows."),
            row("Any other attribute", "", "3", "No tag."),
            row("Image Comments", "(0020,4000)", "as needed", "No Type."),
        ),
        table(
            "C.90-1b",
            "Lantern Image Macro Attributes",
            ATTRIBUTES,
            row("Rows", "(0028,0010)", "1", "Not of the Module."),
        ),
    ),
    section(
        "C.90.2",
        "Lantern Lens",
        table("C.90-2", "Meanings", ("Term", "Meaning"), row("ROUND", "Round.")),
        table(
            "C.90-3",
            "Lantern Lens Module Table",
            ATTRIBUTES,
            row("Lens Sequence", "(0040,0555)", "1", "Lens."),
            row(">>Model", "(0008,1090)", "3", "Nested too deep."),
        ),
    ),
    section(
        "C.7.6.16",
        "Multi-frame Functional Groups Module",
        table(
            "C.7.6.16-1",
            "Multi-frame Functional Groups Module Attributes",
            ATTRIBUTES,
            row("Shared Functional Groups Sequence", "(5200,9229)", "1", "Shared."),
            row(cell(">Include one or more Functional Group Macros", colspan=3), "Those of the IOD."),
        ),
        section(
            "C.7.6.16.2.1",
            "Pixel Measures Macro",
            table(
                "C.7.6.16-2",
                "Pixel Measures Macro Attributes",
                ATTRIBUTES,
                row("Pixel Measures Sequence", "(0028,9110)", "1", "Measures."),
                row(">Pixel Spacing", "(0028,0030)", "1C", "Spacing."),
            ),
        ),
    ),
    section(
        "C.90.3",
        "Lantern Focus",
        table(
            "C.90-4",
            "Lantern Focus Functional Group Macro Attributes",
            ATTRIBUTES,
            row("Focus Sequence", "(0018,9117)", "1", "Focus."),
            include(1, "table_10-9"),
        ),
    ),
)

PART_04 = book(
    "4",
    section(
        "B.5",
        "Standard SOP Classes",
        table(
            "B.5-1",
            "Standard SOP Classes",
            ("SOP Class Name", "SOP Class UID", "IOD Specification"),
            row("Lantern Image Storage", "1.2.840.10008.5.1.4.1.\u200b1.9990", olink("3", "sect_A.90")),
            row("CT Image Storage", "1.2.840.10008.5.1.4.1.1.2", olink("3", "sect_A.3")),
        ),
    ),
    section(
        "B.6",
        "Retired",
        table(
            "B.6-1",
            "Retired Standard SOP Classes",
            ("SOP Class Name", "SOP Class UID"),
            row("Candle Image Storage", "1.2.840.10008.5.1.4.1.1.9991"),
        ),
    ),
)

PART_06 = book(
    "6",
    section(
        "6",
        "Registry",
        table(
            "6-1",
            "Registry of DICOM Data Elements",
            ("Tag", "Name", "Keyword", "VR", "VM", ""),
            row("(0018,9FF0)", "Lantern Wick Length", "Lantern\u200bWick\u200bLength", "FD", "1", ""),
            row("(0010,0020)", "Patient Number", "PatientID", "LO", "1", ""),
            row("(0018,9FF1)", "Candle Length", "CandleLength", "US or SS", "1-n", "RET (2031)"),
            row("(60xx,0010)", "Overlay Rows", "OverlayRows", "US", "1", ""),
            row("(FFFE,E000)", "Item", "Item", "See Note", "1", ""),
        ),
    ),
    section(
        "A",
        "UIDs",
        table(
            "A-1",
            "UID Values",
            ("UID Value", "UID Name", "UID Keyword", "UID Type", "Part"),
            row("1.2.840.10008.5.1.4.1.\u200b1.9990", "Lantern Image Storage", "LanternImage", "SOP Class", ""),
            row("1.2.840.10008.1.2.9.9", "Candle Light (Retired)", "Candle", "Transfer Syntax", ""),
        ),
    ),
)

PART_15 = book(
    "15",
    section(
        "E.1",
        "Profile",
        table(
            "E.1-1",
            "Application Level Confidentiality Profile Attributes",
            (
                "Attribute Name",
                "Tag",
                "Retd. (from PS3.6)",
                "In Std. Comp. IOD",
                "Basic Prof.",
                "Rtn. UIDs Opt.",
                "Clean Desc. Opt.",
            ),
            row("Lantern Wick Length", "(0018,9FF0)", "N", "Y", "X/Z", "", "C"),
            row("Overlay Data", "(60xx,3000)", "N", "Y", "X", "", ""),
            row("Private Attributes", "(gggg,eeee) where gggg is odd", "N", "N", "X", "", ""),
        ),
        table(
            "E.3.10-1",
            "Safe Private Attributes",
            ("Data Element", "Private Creator", "VR", "VM", "Meaning"),
            row("(0029,xx0A)", "LANTERN 1.0", "DS", "1", "Brightness"),
        ),
    ),
)


TEMPLATE = ("", "NL", "Rel with Parent", "VT", "Concept Name", "VM", "Req Type", "Condition", "Value Set Constraint")
CONTEXT_TEMPLATE = ("", "VT", "Concept Name", "VM", "Req Type")
CONTEXT_GROUP = ("Coding Scheme Designator", "Code Value", "Code Meaning")


def properties(**said: str) -> str:
    """The list of properties in front of a template or context group."""
    entries = (
        f"<varlistentry><term>{name}:</term><listitem><para>{text}</para></listitem></varlistentry>"
        for name, text in said.items()
    )
    return f"<variablelist>{''.join(entries)}</variablelist>"


def context_group(cid: str, name: str, said: str, *rows: str) -> str:
    """A context group."""
    body = table(f"CID {cid}", name, CONTEXT_GROUP, *rows).replace(f"table_CID {cid}", f"table_CID_{cid}")
    return section(f"CID_{cid}", name, said, body)


def template(tid: str, title: str, said: str, *rows: str) -> str:
    """A template."""
    body = table(f"TID {tid}", title, TEMPLATE, *rows).replace(f"table_TID {tid}", f"table_TID_{tid}")
    return section(f"TID_{tid}", title, said, body)


PART_16 = book(
    "16",
    template(
        "9900",
        "Lantern Report",
        properties(Type="Extensible", Order="Significant", Root="Yes"),
        row("1", "", "", "CONTAINER", 'EV (L1, 99LAN, "Lantern Report")', "1", "M", "", ""),
        row(
            *("2", ">", "HAS OBS CONTEXT", "CODE"),
            f"<emphasis>D{xref('sect_CID_9901')} or EV (L2, 99LAN, \u201cOther\u201d)</emphasis>",
            *("1-n", "UC", "IF it is known", f"<para>BCID {xref('sect_CID_9902')}</para>"),
        ),
        row(">>", "", "", "", "", "", "", "", ""),
        row(
            *("3", ">", "CONTAINS", "INCLUDE", f"<para>D{xref('sect_TID__9910')}</para>", "1", "M", ""),
            f'<para>$Colour = EV (L3, 99LAN, "Red")</para><para>$Units = DCID {xref("sect_CID_9902")}</para>',
        ),
        row(
            "4",
            ">",
            "R-INFERRED FROM",
            "SCOORD or SCOORD3D",
            "$Place",
            "1",
            "U",
            "",
            "GRAPHIC TYPE = {POINT, POLYLINE}",
        ),
        row("5", ">", "CONTAINS", "INCLUDE", "another", "1", "U", "", ""),
    ),
    template(
        "9910",
        "Lantern Brightness",
        properties(Type="Non-Extensible", Order="Non-Significant", Root="No"),
        row("1", "", "", "NUM", "$Colour", "1", "M", "", 'UNITS = EV (cd, UCUM, "candela")'),
        row("2", "", "", "INCLUDE", "DTID 9999", "1", "U", "", ""),
    ),
    section(
        "TID_9990",
        "Lantern Acquisition Context",
        table(
            "TID 9990",
            "Lantern Acquisition Context",
            CONTEXT_TEMPLATE,
            row("1", "NUMERIC", 'EV (L5, 99LAN, "Oil")', "1", "U"),
        ),
    ),
    context_group(
        "9901",
        "Lantern Parts",
        properties(Type="Extensible", Version="20310101", UID="1.2.840.\u200b10008.6.1.9901"),
        row("99LAN", "L10", "Wick"),
        row(cell(f"Include {xref('sect_CID_9902')}", colspan=3)),
    ),
    context_group(
        "9902",
        "Lantern Colours",
        properties(Type="Non-Extensible", Version="20310102"),
        row("99LAN", "L3", "Red"),
        row("99LAN", "L4 5", "Green"),
        row(cell(f"Include {xref('sect_CID_9901')}", colspan=3)),
        row(cell(f"Include {xref('sect_CID_9999')}", colspan=3)),
    ),
)


def write(folder: Path, **parts: str) -> Path:
    """The parts as files of a folder (part03=...); those of this module where none are named."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = parts or {"part03": PART_03, "part04": PART_04, "part06": PART_06, "part15": PART_15, "part16": PART_16}
    for name, text in texts.items():
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder
