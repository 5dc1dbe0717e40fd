"""Stored runs as rows of the tables, and back. Each function works within the transaction of its caller."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from json import dumps, loads

from helpers.archive.stored_run import Brief, Conditions, StoredRun

COLUMNS = (
    "number, label, opened, wall, cpu, predict, outcome, warm_up, configuration, conditions, session, series, "
    "chapter, who, server"
)


def insert(connection: sqlite3.Connection, run: StoredRun, packed: bytes) -> int:
    """Add a run with its packed requests; return its number."""
    connection.execute(
        "INSERT OR IGNORE INTO configurations VALUES (?, ?)", (run.configuration, dumps(dict(run.parts)))
    )
    server = None if run.server is None else dumps(dict(run.server))
    added = connection.execute(
        f"INSERT INTO runs ({COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run.label, run.when.isoformat(), run.wall, run.cpu, run.predict, run.outcome, run.warm_up,
            run.configuration, _id_of(connection, run.conditions), run.session, run.series, run.chapter, run.who,
            server,
        ),
    )  # fmt: skip
    assert added.lastrowid is not None
    connection.execute("INSERT INTO requests VALUES (?, ?)", (added.lastrowid, packed))
    return added.lastrowid


def those(label: str | None, who: str | None) -> tuple[str, list[str]]:
    """Return the SQL condition, with its values, for the runs under a label and of a person; None means any."""
    conditions = [f"{column} = ?" for column, value in (("label", label), ("who", who)) if value is not None]
    return " AND ".join(conditions) or "1", [value for value in (label, who) if value is not None]


def select(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> Iterator[StoredRun]:
    """Yield the runs for which the SQL condition `where` holds, oldest first."""
    all_conditions = _conditions(connection)
    parts = {}
    for row in connection.execute(f"SELECT {COLUMNS} FROM runs WHERE {where} ORDER BY number", values):
        number, label, opened, wall, cpu, predict, outcome, warm_up, hashed, conditions, *rest = row
        session, series, chapter, who, server = rest
        if hashed not in parts:
            found = connection.execute("SELECT parts FROM configurations WHERE hash = ?", (hashed,)).fetchone()
            parts[hashed] = loads(found[0])
        yield StoredRun(
            number, label, datetime.fromisoformat(opened), wall, cpu, predict, outcome, bool(warm_up), hashed,
            parts[hashed], all_conditions[conditions], session, series, chapter, who,
            None if server is None else loads(server),
        )  # fmt: skip


def count(connection: sqlite3.Connection, label: str, who: str, up_to: int) -> int:
    """Return how many runs a person has under a label, up to a number."""
    query = "SELECT count(*) FROM runs WHERE label = ? AND who = ? AND number <= ?"
    (found,) = connection.execute(query, (label, who, up_to)).fetchone()
    return int(found)


def select_briefly(connection: sqlite3.Connection, label: str, who: str, start: int) -> list[Brief]:
    """Return one person's runs under a label from number `start` on, oldest first."""
    conditions = _conditions(connection)
    found = connection.execute(
        "SELECT number, wall, outcome, warm_up, configuration, conditions FROM runs"
        " WHERE label = ? AND who = ? AND number >= ? ORDER BY number",
        (label, who, start),
    )
    return [
        Brief(number, wall, outcome, warm_up == 1, configuration, conditions[id_])
        for number, wall, outcome, warm_up, configuration, id_ in found
    ]


def brief(run: StoredRun) -> Brief:
    """Return the same little of a run that is not in the file."""
    return Brief(run.number, run.wall, run.outcome, run.warm_up, run.configuration, run.conditions)


def _id_of(connection: sqlite3.Connection, conditions: Conditions) -> int:
    values = (
        conditions.python,
        conditions.machine,
        dumps(dict(conditions.libraries), sort_keys=True),
        dumps(list(conditions.seeds)),
    )
    connection.execute(
        "INSERT OR IGNORE INTO conditions (python, machine, libraries, seeds) VALUES (?, ?, ?, ?)", values
    )
    found: tuple[int] = connection.execute(
        "SELECT id FROM conditions WHERE (python, machine, libraries, seeds) = (?, ?, ?, ?)", values
    ).fetchone()
    return found[0]


def _conditions(connection: sqlite3.Connection) -> dict[int, Conditions]:
    found = connection.execute("SELECT id, python, machine, libraries, seeds FROM conditions")
    return {row[0]: Conditions(row[1], row[2], loads(row[3]), tuple(loads(row[4]))) for row in found.fetchall()}
