"""Roles of attributes: what a worklist gives, what says where a device stands, what belongs to patient or examination."""

from __future__ import annotations

WORKLIST = frozenset(
    {
        0x00100010,  # Patient's Name
        0x00100020,  # Patient ID
        0x00100021,  # Issuer of Patient ID
        0x00100024,  # Issuer of Patient ID Qualifiers Sequence
        0x00100030,  # Patient's Birth Date
        0x00100032,  # Patient's Birth Time
        0x00100040,  # Patient's Sex
        0x00101000,  # Other Patient IDs
        0x00101020,  # Patient's Size
        0x00101030,  # Patient's Weight
        0x00102000,  # Medical Alerts
        0x00102110,  # Allergies
        0x001021C0,  # Pregnancy Status
        0x00080050,  # Accession Number
        0x00080051,  # Issuer of Accession Number Sequence
        0x00080090,  # Referring Physician's Name
        0x0020000D,  # Study Instance UID
        0x00321032,  # Requesting Physician
        0x00321033,  # Requesting Service
        0x00321060,  # Requested Procedure Description
        0x00321064,  # Requested Procedure Code Sequence
        0x00400007,  # Scheduled Procedure Step Description
        0x00400008,  # Scheduled Protocol Code Sequence
        0x00400009,  # Scheduled Procedure Step ID
        0x00401001,  # Requested Procedure ID
    }
)
"""Attributes that PS3.4 Table K.6-1 has a Modality Worklist return, and that images take over."""

INSTALLATION = frozenset(
    {
        0x00080080,  # Institution Name
        0x00080081,  # Institution Address
        0x00080082,  # Institution Code Sequence
        0x00081010,  # Station Name
        0x00081040,  # Institutional Department Name
        0x00181000,  # Device Serial Number
        0x00400241,  # Performed Station AE Title
        0x00400242,  # Performed Station Name
        0x00400243,  # Performed Location
    }
)
"""Attributes that say where a device stands: the same for all that it writes, and another for each installation."""

EXAMINATION = frozenset(
    {
        0x00081030,  # Study Description
        0x0008103E,  # Series Description
        0x00081048,  # Physician(s) of Record
        0x00081050,  # Performing Physician's Name
        0x00081070,  # Operators' Name
        0x00081080,  # Admitting Diagnoses Description
        0x00180010,  # Contrast/Bolus Agent
        0x00180015,  # Body Part Examined
        0x00181030,  # Protocol Name
        0x00185100,  # Patient Position
        0x00082218,  # Anatomic Region Sequence
        0x00200020,  # Patient Orientation
        0x00200060,  # Laterality
        0x00200062,  # Image Laterality
        0x00400254,  # Performed Procedure Step Description
    }
)
"""Attributes that are chosen for a patient or an examination: the same value everywhere is a matter of the corpus."""

OF_ITS_OWN = frozenset(
    {
        0x00080012,  # Instance Creation Date
        0x00080013,  # Instance Creation Time
        0x00080021,  # Series Date
        0x00080023,  # Content Date
        0x00080031,  # Series Time
        0x00080033,  # Content Time
        0x00200011,  # Series Number
        0x00200013,  # Instance Number
    }
)
"""Attributes that speak of the instance or its series itself: on the same day they equal those of others by chance."""

REFERENCE_SEQUENCES = frozenset(
    {
        0x00081115,  # Referenced Series Sequence
        0x00081140,  # Referenced Image Sequence
        0x00082112,  # Source Image Sequence
        0x00089092,  # Referenced Image Evidence Sequence
        0x00089154,  # Source Image Evidence Sequence
        0x0040A375,  # Current Requested Procedure Evidence Sequence
        0x0040A385,  # Pertinent Other Evidence Sequence
        0x00420013,  # Source Instance Sequence
    }
)
REFERENCE_UIDS = frozenset({0x00081150, 0x00081155, 0x0020000D, 0x0020000E})
"""Referenced SOP Class and Instance UID, Study and Series Instance UID: in those Sequences they repeat what other instances are
(PS3.3 Tables 10-3, 10-4 and 10-11)."""

WITH_TIME = {0x00400244: 0x00400245}
"""Performed Procedure Step Start Date and Time: the date alone is that of others on the same day by chance."""

PATIENT_GROUP = 0x0010
PRODUCT = frozenset({0x00080070, 0x00081090, 0x00181020})
"""Manufacturer, Manufacturer's Model Name, Software Versions: they say which product it is."""

DIRECTORY_GROUP = 0x0004
FILE_SET_ID = 0x00041130
FILE_REFERENCES = frozenset({0x00041510, 0x00041511, 0x00041512, 0x0004151A})
"""Attributes of group 0004 that say what a file holds: its SOP Class, instance and transfer syntax."""
DIRECTORY_OWN = frozenset({0x00080005, 0x00880200})
"""Specific Character Set and Icon Image Sequence of a Directory Record: of the record, not of what it lists."""
