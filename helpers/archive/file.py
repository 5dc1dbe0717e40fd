"""One transaction in the history's file, and what to do with a file that is not usable.

Each transaction opens the file and closes it again, which takes a fraction of a millisecond. So no connection is shared
between threads or inherited by a forked process, and between two runs a learner may move or delete the file, on Windows
too. SQLite's rollback journal, not its write-ahead log: the log does not work on the network folders of a class room.
"""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from sqlite3 import connect  # by its own name: a mock of the learner's is not for the history

from helpers.archive.schema import is_made, make

PATIENCE = 5.0
"""Seconds to wait for another kernel that writes."""

PRIMARY = 0xFF
"""The byte of an SQLite error code that tells its kind; the others tell details."""

COMPANIONS = ("-wal", "-shm")
DAMAGE_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
Identity = tuple[int, ...]
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
    with _damage_named(), closing(connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection if is_made(connection) else None


@contextmanager
def writing(path: Path, patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
    """Open a transaction that is kept when the block ends well, and leaves no trace otherwise. Makes file and tables.

    Raises NotOurs, Damaged, and OSError or sqlite3.Error where the file cannot be had.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _damage_named(), closing(connect(path, timeout=patience, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        make(connection)
        yield connection
        connection.execute("COMMIT")


def identity(path: Path) -> Identity | None:
    """Return what tells the file at `path`, as it is, from another one and from what it was; None where there is none.

    Its number alone does not: that of a file that was removed is given to the next one made, and a file that is set
    aside is emptied and used again. On Windows the one time is that of its making, so the other is there too.
    """
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def set_aside(path: Path, seen: Identity | None, reason: str) -> Path | None:
    """Copy the file that could not be used, and empty it; return the copy, or None where another kernel was quicker.

    `seen` is the file's identity when it was found unusable. A second file, locked by SQLite's own means, lets one
    kernel at a time do this: else a slower one would set aside the good file that the quicker one has begun. It stays,
    empty: who deletes a lock lets two in. Raises OSError or sqlite3.Error where it may not be done.
    """
    with closing(connect(f"{path}-aside.lock", timeout=PATIENCE, isolation_level=None)) as turn:
        turn.execute("BEGIN EXCLUSIVE")
        if seen is None or identity(path) != seen:
            return None
        name = _free_name(path, reason)
        _copy_and_empty(path, name)
        return Path(name)


def _free_name(path: Path, reason: str) -> str:
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    name, count = f"{path}-{reason}-{stamp}", 1
    while os.path.exists(name):
        count += 1
        name = f"{path}-{reason}-{stamp}-{count}"
    return name


def _copy_and_empty(path: Path, name: str) -> None:
    """Empty the file, and do not put a new one in its place.

    SQLite locks a file, but finds a journal by its name: a kernel that has just opened the old file sees no lock on the
    new one, takes that one's journal for one left behind, plays it back into what it holds open, and deletes it.
    """
    has_log = os.path.exists(f"{path}-wal")  # another program's: this course writes none
    # Opened before the connection and closed after it: to close the file lets go of SQLite's locks on it.
    with open(path, "r+b") as file, closing(connect(path, timeout=PATIENCE, isolation_level=None)) as lock:
        if not has_log:
            with suppress(Damaged), _damage_named():  # nobody can write to what is too unsound to be locked
                lock.execute("PRAGMA locking_mode = EXCLUSIVE")  # lets no one begin a log either
                lock.execute("BEGIN EXCLUSIVE")
        try:
            if has_log:
                _rename_log(str(path), name)
            with open(name, "xb") as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                os.fsync(copy.fileno())  # it is the only one in a moment
            shutil.copystat(path, name)
            if has_log and sys.platform != "win32":  # who has it open would write from the log into the new history
                os.remove(path)
            else:  # Windows renames no log that is open: so nobody has it open there
                file.truncate(0)
        except OSError:
            with suppress(FileNotFoundError):
                os.remove(name)
            if has_log:
                _rename_log(name, str(path))  # what is in the log is in no other file
            raise


def _rename_log(old: str, new: str) -> None:
    for companion in COMPANIONS:
        with suppress(FileNotFoundError):
            os.rename(f"{old}{companion}", f"{new}{companion}")


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
        if code in DAMAGE_CODES or str(error).startswith(DAMAGE_TEXTS):
            raise Damaged(str(error)) from error
        raise
