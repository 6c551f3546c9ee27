"""What the DICOM Standard says: dictionary, SOP Classes, IODs, modules, macros, confidentiality profile."""

EDITION = "PS3.3 2026b (IODs, Modules), PS3.6 2024c with the elements of 2026b (dictionary), PS3.15 2025e (confidentiality), PS3.2 2025b (layout)"
"""The editions that the tables come from."""
