"""The database: one room for everything that is kept.

``engine`` opens it, ``tables`` says what it looks like, ``migrations`` how it came to be so, ``vault`` seals what must
not be readable, and one file per subject holds the statements.  Jobs in ``work`` see methods and frozen values;
SQLAlchemy does not leave this room.  There is no in-memory twin: SQLite in a temporary folder is the fast one.
"""
