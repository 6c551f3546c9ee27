"""Reads the Standard's DocBook, as a person downloaded it, into a set of tables in the user's data folder."""
