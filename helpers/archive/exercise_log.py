"""What became of the exercises, in a table of its own in the history's file."""

import sqlite3
from datetime import datetime
from typing import Literal, NamedTuple

from helpers.archive.file import Damaged, reading, writing
from helpers.archive.location import place
from helpers.archive.schema import NotOurs

What = Literal["tried", "hint", "solution", "done"]

TABLE = "CREATE TABLE IF NOT EXISTS exercises (name TEXT NOT NULL, what TEXT NOT NULL, at TEXT NOT NULL)"
IS_THERE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'exercises'"
TROUBLE = (OSError, sqlite3.Error, Damaged, NotOurs)


class Event(NamedTuple):
    """Something that a learner did with an exercise. `at` is local time."""

    name: str
    what: What
    at: datetime


_unsaved: list[Event] = []


def note(name: str, what: What) -> None:
    """Write down what was done with an exercise. Trouble with the disk is not raised: it is then kept in memory."""
    _unsaved.append(Event(name, what, datetime.now()))
    rows = [(event.name, event.what, event.at.isoformat()) for event in _unsaved]
    try:
        with writing(place()) as connection:
            connection.execute(TABLE)
            connection.executemany("INSERT INTO exercises VALUES (?, ?, ?)", rows)
    except TROUBLE:
        return
    _unsaved.clear()


def events() -> list[Event]:
    """Return everything that was done with the exercises, oldest first."""
    try:
        with reading(place()) as connection:
            rows = []
            if connection is not None and connection.execute(IS_THERE).fetchone():
                rows = connection.execute("SELECT name, what, at FROM exercises ORDER BY rowid").fetchall()
    except TROUBLE:
        rows = []
    return [Event(name, what, datetime.fromisoformat(at)) for name, what, at in rows] + _unsaved
