"""One transaction in the history's file, and what to do with a file that is not usable.

Each transaction opens the file and closes it again, which takes a fraction of a millisecond. So no connection is shared
between threads or inherited by a forked process, and between two runs a learner may move or delete the file, on Windows
too. SQLite's rollback journal, not its write-ahead log: the log does not work on the network folders of a class room.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from helpers.archive.schema import is_made, make

PATIENCE = 5.0
"""Seconds to wait for another kernel that writes."""

PRIMARY = 0xFF
"""The byte of an SQLite error code that tells its kind; the others tell details."""

COMPANIONS = ("-journal", "-wal", "-shm")
DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
Identity = tuple[int, int, int]
DAMAGE_TEXTS = ("no such table", "no such column", "Could not decode")


class Damaged(Exception):
    """What the file holds cannot be read."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a transaction that sees one state of the file; None where there is no history yet.

    Raises NotOurs, Damaged, and sqlite3.Error where the file cannot be had.
    """
    if not os.path.exists(path):
        yield None
        return
    with _damage_named(), closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection if is_made(connection) else None


@contextmanager
def writing(path: Path, patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
    """Open a transaction that is kept when the block ends well, and leaves no trace otherwise. Makes file and tables.

    Raises NotOurs, Damaged, and OSError or sqlite3.Error where the file cannot be had.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _damage_named(), closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        make(connection)
        yield connection
        connection.execute("COMMIT")


def identity(path: Path) -> Identity | None:
    """Return what tells the file at `path` from another one put in its place; None where there is none.

    The time of the last change is part of it: the number of a file that was removed is given to the next one made.
    """
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_ctime_ns


def set_aside(path: Path, seen: Identity | None, reason: str) -> Path | None:
    """Give the file that could not be used another name; return it, or None where another kernel was quicker.

    `seen` is the file's identity when it was found unusable. A second file, locked by SQLite's own means, lets one
    kernel at a time do this: else a slower one would set aside the good file that the quicker one has begun. It stays,
    empty: who deletes a lock lets two in. Raises OSError or sqlite3.Error where the file may not be moved.
    """
    with closing(sqlite3.connect(f"{path}-aside.lock", timeout=PATIENCE, isolation_level=None)) as turn:
        turn.execute("BEGIN EXCLUSIVE")
        if seen is None or identity(path) != seen:
            return None
        if os.name == "nt":  # it removes no open file, and so none in which another kernel still writes
            return _moved(path, reason)
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            with suppress(sqlite3.DatabaseError):  # locked while it is moved, if it is sound enough to be locked
                connection.execute("BEGIN EXCLUSIVE")
            return _moved(path, reason)


def _moved(path: Path, reason: str) -> Path:
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    name, count = f"{path}-{reason}-{stamp}", 1
    while os.path.exists(name):
        count += 1
        name = f"{path}-{reason}-{stamp}-{count}"
    for companion in COMPANIONS:  # first: beside a new file, an old journal would be played back into it
        with suppress(FileNotFoundError):
            os.rename(f"{path}{companion}", f"{name}{companion}")
    # Copied, not renamed: a kernel that has just opened the file, and comes to read it when another has begun the new
    # one, finds that one's journal at the old place and plays it back into what it holds open.
    try:
        shutil.copy2(path, name)
    except OSError:
        with suppress(FileNotFoundError):
            os.remove(name)
        raise
    os.remove(path)
    return Path(name)


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
        if code in DAMAGE_CODES or str(error).startswith(DAMAGE_TEXTS):
            raise Damaged(str(error)) from error
        raise
