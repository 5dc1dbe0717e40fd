"""The tables of history.sqlite."""

import sqlite3

VERSION = 1
OURS = 0x57616974  # "Wait": written into the file's head, so that it is known from any other SQLite file

TABLES = """
CREATE TABLE configurations (hash TEXT PRIMARY KEY, parts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE conditions (
    id INTEGER PRIMARY KEY, python TEXT NOT NULL, machine TEXT NOT NULL, libraries TEXT NOT NULL, seeds TEXT NOT NULL,
    UNIQUE (python, machine, libraries, seeds)
);
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- a forgotten run's number is never given again
    label TEXT NOT NULL, opened TEXT NOT NULL, wall REAL NOT NULL, cpu REAL NOT NULL, predict REAL,
    outcome TEXT NOT NULL, warm_up INTEGER NOT NULL, configuration TEXT NOT NULL, conditions INTEGER NOT NULL,
    session TEXT NOT NULL, series TEXT NOT NULL, chapter TEXT NOT NULL, who TEXT NOT NULL, server TEXT
);
CREATE INDEX runs_by_label ON runs (label, who);
CREATE TABLE requests (number INTEGER PRIMARY KEY, packed BLOB NOT NULL);  -- apart: runs are read without them
"""


WHY = {
    "newer": "it was written by a newer version of this course",
    "unknown": "it is no history of this course",
}


class NotOurs(Exception):
    """The file is none that this version of the course can use; the text is a key of `WHY`."""


def is_made(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there; False for an empty file. Raises NotOurs for anything else."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner == OURS and version > VERSION:
        raise NotOurs("newer")
    if (owner, version) == (OURS, VERSION):
        return True
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
        raise NotOurs("unknown")
    return False


def make(connection: sqlite3.Connection) -> None:
    """Create the tables, within the transaction that is open. Another kernel may just have done it."""
    if is_made(connection):
        return
    for statement in TABLES.strip().split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {OURS}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
