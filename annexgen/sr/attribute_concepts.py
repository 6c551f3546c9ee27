"""Concepts of Content Items that repeat attributes, with these attributes (PS3.16 TID 1001 to 1010, 1204, 1602, 4020, 5201, 10001)."""

from __future__ import annotations

ATTRIBUTES: dict[tuple[str, str], tuple[str, ...]] = {
    ("110180", "DCM"): ("(0020,000D)",),  # Study Instance UID
    ("112002", "DCM"): ("(0020,000E)",),  # Series Instance UID
    ("112227", "DCM"): ("(0020,0052)",),  # Frame of Reference UID
    ("113769", "DCM"): ("(0008,3010)",),  # Irradiation Event UID
    ("121018", "DCM"): ("(0020,000D)",),  # Procedure Study Instance UID
    ("121020", "DCM"): ("(0040,2016)",),  # Placer Number
    ("121021", "DCM"): ("(0040,2017)",),  # Filler Number
    ("121022", "DCM"): ("(0008,0050)",),  # Accession Number
    ("121023", "DCM"): ("(0008,1032)",),  # Procedure Code
    ("121012", "DCM"): ("(0018,1002)",),  # Device Observer UID
    ("121013", "DCM"): ("(0008,1010)",),  # Device Observer Name
    ("121014", "DCM"): ("(0008,0070)",),  # Device Observer Manufacturer
    ("121015", "DCM"): ("(0008,1090)",),  # Device Observer Model Name
    ("121016", "DCM"): ("(0018,1000)",),  # Device Observer Serial Number
    ("121029", "DCM"): ("(0010,0010)",),  # Subject Name
    ("121030", "DCM"): ("(0010,0020)",),  # Subject ID
    ("121031", "DCM"): ("(0010,0030)",),  # Subject Birth Date
    ("121032", "DCM"): ("(0010,0040)",),  # Subject Sex
    ("121033", "DCM"): ("(0010,1010)",),  # Subject Age
    ("8302-2", "LN"): ("(0010,1020)",),  # Patient Height
    ("29463-7", "LN"): ("(0010,1030)",),  # Patient Weight
    ("121139", "DCM"): ("(0008,0060)",),  # Modality
    ("111060", "DCM"): ("(0008,0020)",),  # Study Date
    ("111061", "DCM"): ("(0008,0030)",),  # Study Time
    ("111018", "DCM"): ("(0008,0023)",),  # Content Date
    ("111019", "DCM"): ("(0008,0033)",),  # Content Time
    ("126201", "DCM"): ("(0008,0022)",),  # Acquisition Date
    ("126202", "DCM"): ("(0008,0032)",),  # Acquisition Time
    ("111526", "DCM"): ("(0008,002A)", "(0008,0022)\x1f(0008,0032)"),  # DateTime Started
    ("110910", "DCM"): ("(0028,0010)",),  # Pixel Data Rows
    ("110911", "DCM"): ("(0028,0011)",),  # Pixel Data Columns
    ("111026", "DCM"): ("(0028,0030)[2]", "(0018,1164)[2]"),  # Horizontal Pixel Spacing
    ("111066", "DCM"): ("(0028,0030)[1]", "(0018,1164)[1]"),  # Vertical Pixel Spacing
    ("111027", "DCM"): ("(0020,0062)", "(0020,0060)"),  # Image Laterality
    ("111031", "DCM"): ("(0054,0220)",),  # Image View
    ("111032", "DCM"): ("(0054,0220)/(0054,0222)",),  # Image View Modifier
    ("111044", "DCM"): ("(0020,0020)[1]",),  # Patient Orientation Row
    ("111043", "DCM"): ("(0020,0020)[2]",),  # Patient Orientation Column
    ("113733", "DCM"): ("(0018,0060)",),  # KVP
    ("125203", "DCM"): ("(0018,1030)",),  # Acquisition Protocol
}
"""By Code Value and Coding Scheme Designator: where an attribute with the same meaning stands at the root of an instance."""
