"""What the DICOM Standard says: dictionary, SOP Classes, IODs, Modules, macros, confidentiality profile."""
