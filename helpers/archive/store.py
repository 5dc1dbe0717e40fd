"""The history of one file, as one process sees it."""

import errno
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from helpers.archive import sql_rows
from helpers.archive.file import PATIENCE, PRIMARY, Damaged, Identity, identity, reading, set_aside, writing
from helpers.archive.packed_requests import pack
from helpers.archive.schema import WHY, NotOurs
from helpers.archive.stored_run import Brief, StoredRun

Result = TypeVar("Result")
ATTEMPTS = 5
IMPATIENCE = 0.1
"""Seconds to wait for a lock once there was trouble."""

FIRST_UNSAVED = 1_000_000_000
"""Runs that could not be written are numbered from here: no other kernel gives such a number to a run of its own."""


class Store:
    """Writes runs to `path` and reads them. What cannot be written it keeps in memory, and tries again next time.

    Trouble with the disk is never raised by what a measured block calls: it goes into a notice, once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._notices: list[str] = []
        self._lock = threading.RLock()
        self._unsaved: list[tuple[StoredRun, bytes]] = []
        self._numbers: dict[int, int] = {}  # of runs that were unsaved at first -> in the file
        self._next_unsaved = FIRST_UNSAVED
        self._known: dict[tuple[str, str], list[Brief]] = {}  # what `briefly` has read, by label and person
        self._in_trouble = False

    def append(self, run: StoredRun, requests: Mapping[str, Sequence[Any]]) -> StoredRun:
        """Add a run as the newest; return it with its number."""
        packed = pack(requests)
        with self._lock:
            try:
                self._save_unsaved()
                (number,) = self._insert([(run, packed)])
            except (OSError, sqlite3.Error) as error:
                self._note_trouble(error)
                kept = replace(run, number=self._next_unsaved)
                self._next_unsaved += 1
                self._unsaved.append((kept, packed))
                return kept
            self._in_trouble = False
            return replace(run, number=number)

    def merge(self, runs: Sequence[tuple[StoredRun, bytes]]) -> None:
        """Add runs of another history, all or none. Raises OSError or sqlite3.Error when they cannot be written."""
        with self._lock:
            self._insert(runs)

    def runs(self, label: str | None, who: str | None) -> list[StoredRun]:
        """Return the runs under a label and of a person, oldest first; None means any."""
        found = self._read(lambda connection: list(sql_rows.select(connection, *sql_rows.those(label, who)))) or []
        return found + [run for run, _ in self._unsaved if label in (None, run.label) and who in (None, run.who)]

    def briefly(self, label: str, who: str) -> list[Brief]:
        """Return the little of each run that a card draws, oldest first.

        Only what is new since the last time is read, if what was read then is still all there.
        """
        with self._lock:
            known = self._known.get((label, who), [])

            def find(connection: sqlite3.Connection) -> list[Brief]:
                last = known[-1].number if known else 0
                new = sql_rows.select_briefly(connection, label, who, last)
                if known and new[:1] == known[-1:] and sql_rows.count(connection, label, who, last) == len(known):
                    return known + new[1:]
                return sql_rows.select_briefly(connection, label, who, 0) if known else new

            found = self._known[label, who] = self._read(find) or []
            mine = [run for run, _ in self._unsaved if (label, who) == (run.label, run.who)]
            return found + [sql_rows.brief(run) for run in mine]

    def run(self, number: int) -> StoredRun | None:
        """Return the run of that number, or None."""
        for run, _ in self._unsaved:
            if run.number == number:
                return run
        wanted = self._numbers.get(number, number)
        found = self._read(lambda connection: list(sql_rows.select(connection, "number = ?", [wanted])))
        return found[0] if found else None

    def packed(self, number: int) -> bytes | None:
        """Return the packed requests of a run, or None where there is no such run."""
        for run, packed in self._unsaved:
            if run.number == number:
                return packed

        def find(connection: sqlite3.Connection) -> bytes | None:
            query = "SELECT packed FROM requests WHERE number = ?"
            row = connection.execute(query, (self._numbers.get(number, number),)).fetchone()
            return bytes(row[0]) if row else None

        return self._read(find)

    def labels(self) -> list[str]:
        """Return every label, in the order of their first runs."""

        def find(connection: sqlite3.Connection) -> list[str]:
            found = connection.execute("SELECT label FROM runs GROUP BY label ORDER BY min(number)")
            return [label for (label,) in found]

        return list(dict.fromkeys((self._read(find) or []) + [run.label for run, _ in self._unsaved]))

    def forget(self, label: str | None, who: str) -> None:
        """Delete a person's runs, under one label or (None) under all.

        Raises OSError or sqlite3.Error when the file cannot be written.
        """

        def delete(connection: sqlite3.Connection) -> None:
            condition, values = sql_rows.those(label, who)
            connection.execute(
                f"DELETE FROM requests WHERE number IN (SELECT number FROM runs WHERE {condition})", values
            )
            connection.execute(f"DELETE FROM runs WHERE {condition}", values)
            connection.execute("DELETE FROM configurations WHERE hash NOT IN (SELECT configuration FROM runs)")

        with self._lock:
            self._write(delete)
            self._unsaved = [
                (run, packed) for run, packed in self._unsaved if not (label in (None, run.label) and who == run.who)
            ]

    def take_notice(self) -> str:
        """Return what has to be told and was not told yet, or ""."""
        with self._lock:
            notice, self._notices = " ".join(self._notices), []
        return notice

    def _insert(self, runs: Sequence[tuple[StoredRun, bytes]]) -> list[int]:
        return self._write(lambda connection: [sql_rows.insert(connection, run, packed) for run, packed in runs])

    def _save_unsaved(self) -> None:
        """Write the runs that could not be written. The first alone: while there is trouble, that is all it costs."""
        while self._unsaved:
            now = self._unsaved[:1] if self._in_trouble else self._unsaved
            numbers = self._insert(now)
            self._numbers.update(zip((run.number for run, _ in now), numbers, strict=True))
            self._unsaved = self._unsaved[len(now) :]
            if self._in_trouble:
                self._in_trouble = False
                self._notices.append(f"The history {self.path} can be written again. No run was lost.")

    def _write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        for _ in range(ATTEMPTS):
            seen = identity(self.path)
            try:
                # Who has once waited in vain for a lock does not wait so long after every run.
                with writing(self.path, IMPATIENCE if self._in_trouble else PATIENCE) as connection:
                    return work(connection)
            except (Damaged, NotOurs) as problem:
                self._set_aside(seen, problem)
        raise sqlite3.DatabaseError("it is damaged, and so is every new one")

    def _read(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """Return what `work` finds; None where there is no history, or none that can be read (see `_notices`)."""
        with self._lock:
            try:
                for _ in range(ATTEMPTS):
                    seen = identity(self.path)
                    try:
                        with reading(self.path) as connection:
                            return None if connection is None else _sound(work, connection)
                    except (Damaged, NotOurs) as problem:
                        self._set_aside(seen, problem)
            except (OSError, sqlite3.Error) as error:
                self._note_trouble(error)
            return None

    def _set_aside(self, seen: Identity | None, problem: Damaged | NotOurs) -> None:
        kind = str(problem) if isinstance(problem, NotOurs) else "damaged"
        why = WHY.get(kind, "it is damaged")
        try:
            name = set_aside(self.path, seen, kind)
        except (OSError, sqlite3.Error) as error:
            raise sqlite3.DatabaseError(f"{why}, and it cannot be given another name ({error})") from error
        if name is not None:
            self._notices.append(f"The history {self.path}: {why}. It is kept as {name.name}; a new one begins.")

    def _note_trouble(self, error: OSError | sqlite3.Error) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self._notices.append(
                f"The history {self.path} cannot be used: {_words_for(error)}. Your runs are kept in memory until this"
                " kernel ends, and written as soon as they can be. The course goes on."
            )


def _sound(work: Callable[[sqlite3.Connection], Result], connection: sqlite3.Connection) -> Result:
    """Return what `work` finds. Raises Damaged where a text in the file is not what was once written there."""
    try:
        return work(connection)
    except UnicodeEncodeError:  # of what is asked for, by code that has not checked it
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(str(error)) from error


def _words_for(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    return {sqlite3.SQLITE_FULL: "the disk is full", sqlite3.SQLITE_BUSY: "another program keeps it locked"}.get(
        code, str(error)
    )
