"""What the DICOM Standard says: dictionary, SOP Classes, IODs, modules, macros, confidentiality profile."""
