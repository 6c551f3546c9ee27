"""One module per output format; each knows the annex and nothing below it."""
