"""The columns of every kind of table, in the template's order and words (PS3.2 Annex N).

Where the template contradicts itself (Table N.9-26 lacks Source, N.9-52 says Condition), Table N.9-20 is followed.
"""

from __future__ import annotations

ATTRIBUTE = (
    "Attribute Name",
    "Tag",
    "Source",
    "Presence of Attribute",
    "Presence of Value",
    "Value",
    "Conditions",
    "Comments",
)
PRIVATE = (
    "Attribute Name",
    "Tag",
    "VR",
    "VM",
    "Identifiable Information",
    "Source",
    "Presence of Attribute",
    "Presence of Value",
    "Value",
    "Conditions",
    "Comments",
)
IOD = ("IE", "Module Name", "Presence (Module)", "Condition", "Reference")
FUNCTIONAL_GROUPS = ("Functional Group Macro", "Presence", "Condition", "Usage", "Reference")
MAPPING = (
    "Attribute Name",
    "Tag",
    "Scenario",
    "Image Value Source",
    "Image Destination",
    "MPPS Value Source",
    "MPPS Destination",
    "Comments",
)
CODED_VALUES = ("Attribute Name", "Tag", "Value/Code", "Condition", "Comments")
SR_CONTENT = (
    "NL",
    "Rel with Parent",
    "VT",
    "Concept Name",
    "Source",
    "Presence of Content Item",
    "Values",
    "TID",
    "Comments",
)
SR_MEASUREMENTS = ("Label", "Measurement", "Modifier Concept", "Modifier Value", "Unit")
SR_CODES = ("Coding Scheme Designator", "Code Value", "Code Meaning")
SOP_CLASSES = (
    "SOP Class Name",
    "SOP Class UID",
    "Transfer Syntax Set",
    "DIMSE SCU",
    "DIMSE SCP",
    "DICOM Web UA",
    "DICOM Web OS",
    "Media FSC",
    "Media FSU",
    "Media FSR",
    "Create",
    "Display",
    "Process",
    "Archive",
)
TRANSFER_SYNTAXES = (
    "Transfer Syntax Set",
    "Transfer Syntax Name",
    "Transfer Syntax UID",
    "DICOM Web Service Bulkdata Media Type",
)
ROOT_TEMPLATES = ("Name", "Root TID", "Function", "SOP Class Name", "SOP Class UID", "Condition")
CODE_SETS = ("Coding Scheme Designator", "Coding Scheme", "Kind", "Number of Codes", "Used in", "Comments")
"""PS3.2 N.13 prescribes no table; these columns answer what it asks for."""
CHARACTER_SETS = ("Defined Term", "IANA", "Description")
REVISIONS = ("Revision", "Date", "Product Version(s)", "Change")
"""PS3.2 N.3.1."""

COLUMNS_OF_KIND = {
    "sop_classes": SOP_CLASSES,
    "transfer_syntaxes": TRANSFER_SYNTAXES,
    "root_templates": ROOT_TEMPLATES,
    "character_sets": CHARACTER_SETS,
    "iod": IOD,
    "functional_groups": FUNCTIONAL_GROUPS,
    "module": ATTRIBUTE,
    "macro": ATTRIBUTE,
    "private_module": PRIVATE,
    "coded_values": CODED_VALUES,
    "directory": ATTRIBUTE,
    "sr_content": SR_CONTENT,
    "sr_codes": SR_CODES,
    "sr_measurements": SR_MEASUREMENTS,
    "mapping": MAPPING,
    "code_sets": CODE_SETS,
    "revisions": REVISIONS,
}

COLUMN_GROUPS = {
    "sop_classes": (
        ("SOP Classes", 2),
        ("Transfer Syntax Set", 1),
        ("DIMSE Services", 2),
        ("DICOM Web Services", 2),
        ("Media Services", 3),
        ("Function", 4),
    ),
    "root_templates": (("Name", 1), ("Root TID", 1), ("Function", 1), ("SOP Classes", 2), ("Condition", 1)),
    "sr_measurements": (("Label", 1), ("Measurement", 1), ("Modifier", 2), ("Unit", 1)),
}
"""Kinds whose header has two lines: the upper captions and the number of columns each spans."""

_PRESENCE = ("ALWAYS", "CONDITIONAL", "SRC_COPY")
VOCABULARY = {
    "Source": (
        "FIXED",
        "GENERATED",
        "CONFIGURATION",
        "MWL",
        "QUERY",
        "USER",
        "SCANNED",
        "EMPTY",
        "SRC_INSTANCE",
    ),
    "Presence": ("ALWAYS", "CONDITIONAL"),
    "Presence (Module)": ("ALWAYS", "CONDITIONAL"),
    "Presence of Attribute": _PRESENCE,
    "Presence of Value": ("ALWAYS", "CONDITIONAL", "EMPTY", "SRC_COPY"),
    "Presence of Content Item": ("ALWAYS", "CONDITIONAL", "EMPTY", "SRC_COPY"),
    "Identifiable Information": ("SAFE", "UNSAFE", "MIXED"),
    "Usage": ("PER_FRAME", "SHARED", "CONTEXT_DEPENDENT"),
    "Create": ("S", "SE", "SP", "P", "N"),
    "Kind": ("STANDARD", "PRIVATE", "RETIRED"),
    "Function": ("CREATE", "RENDERS", "EXTRACT_DATA", "OVERLAY", "ARCHIVE"),
    **dict.fromkeys((*SOP_CLASSES[3:10], *SOP_CLASSES[11:]), ("Y", "N")),
}
"""The words that a column may hold (PS3.2 N.1.1, N.9, N.10); a Source may name several, separated by "; "."""

MAPPING_SOURCES = ("GENERATED", "SRC_INSTANCE", "MWL", "USER", "SCANNED", "EMPTY", "CONFIGURATION", "FIXED", "N/A")
"""The words of the Value Source columns of the mapping (PS3.2 N.12.1)."""
