"""Draft annexes of a DICOM Conformance Statement, from the instances that a product really writes."""

__version__ = "0.1.0.dev0"
