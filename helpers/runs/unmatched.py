"""Which of the requests that the server saw are none of those that a client here has recorded."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from math import inf
from typing import Any
from urllib.parse import urlsplit

from helpers.recorders.http.request_record import RequestRecord

LogRow = list[Any]
"""Method, path with query, arrival, end, status, connection and the client's port: see `PracticeAPI.stats`."""


def unmatched(log: Iterable[LogRow], records: Iterable[RequestRecord]) -> list[LogRow]:
    """The rows of the server's log that belong to none of the records, in order of arrival.

    A request is known by the port of its client, and by the order on its connection, which carries one at a time. Two
    connections may have one port, the one to 127.0.0.1 and the other to ::1: what was asked for tells them apart. Where
    a client has not told its port, that alone tells, of what was under way. Both read one clock.
    """
    known, by_port = defaultdict[Any, list[RequestRecord]](list), defaultdict[int, list[RequestRecord]](list)
    # By their ends: which of two that looked for a connection got it first is not told by their starts.
    for record in sorted(records, key=_ends, reverse=True):  # the first to end is the last in its list
        if record.port or record.connection or not record.error:  # otherwise it was given up before it had any
            known[record.port, record.method, target_of(record.url)].append(record)
    # What its client has given up may reach the server later.
    others = [row for row in sorted(log, key=_arrival) if not _taken(known[row[6], row[0], row[1]], row, late=True)]
    # A client may write an address in another way than it sends it.
    for record in sorted(chain(*known.values()), key=_ends, reverse=True):
        by_port[record.port].append(record)
    return [
        row
        for row in others
        if not (_taken(by_port[row[6]], row, late=True) or _taken(known[0, row[0], row[1]], row, late=False))
    ]


def _arrival(row: LogRow) -> float:
    arrival: float = row[2]
    return arrival


def _ends(record: RequestRecord) -> float:
    return inf if record.end is None else record.end


def _taken(records: list[RequestRecord], row: LogRow, *, late: bool) -> bool:
    """Take the record that was under way as a request arrived off the list. False where there is none."""
    arrival = _arrival(row)
    for place in range(len(records) - 1, -1, -1):
        record = records[place]
        if record.start <= arrival and (record.end is None or arrival <= record.end or (late and record.error)):
            del records[place]
            return True
    return False


def target_of(url: str) -> str:
    """The path and query of a URL, as it goes to the server."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
