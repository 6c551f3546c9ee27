"""The builder of the bundled tables: `python -m annexgen.standard.builder`.

It reads the tables of installed packages (highdicom, dicom-standard), puts attributes into the Standard's order, factors macros
out, and writes the generated tables. Tables that no package holds are kept by hand beside them and are read, never written.
"""
