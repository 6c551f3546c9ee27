"""The document model of the annexes: sections, tables, rows, cells, numbering and annex.json."""
