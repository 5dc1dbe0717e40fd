"""Which of the requests that the server saw are none of those that a client here has recorded."""

from collections import defaultdict
from collections.abc import Iterable
from math import inf
from typing import Any
from urllib.parse import urlsplit

from helpers.recorders.http.request_record import RequestRecord

LogRow = list[Any]
"""Method, path with query, arrival, end, status, connection and the client's port: see `PracticeAPI.stats`."""


def unmatched(log: Iterable[LogRow], records: Iterable[RequestRecord]) -> list[LogRow]:
    """The rows of the server's log that belong to none of the records, in order of arrival.

    A request is known by the port of its client, and by the order on its connection, which carries one at a time. Where
    a client has not told its port, it is known by what it asked for while it was under way. Both read one clock.
    """
    by_port, by_target = defaultdict[int, list[RequestRecord]](list), defaultdict[Any, list[RequestRecord]](list)
    # By their ends: which of two that looked for a connection got it first is not told by their starts.
    for record in sorted(records, key=_ends, reverse=True):  # the first to end is the last in its list
        if record.port:
            by_port[record.port].append(record)
        elif record.connection or not record.error:  # otherwise it was given up before it had any
            by_target[record.method, target_of(record.url)].append(record)
    left = []
    for row in sorted(log, key=lambda row: row[2]):
        method, target, arrival, port = row[0], row[1], row[2], row[6]
        # What its client has given up may reach the server later.
        if not (_taken(by_port[port], arrival, late=True) or _taken(by_target[method, target], arrival, late=False)):
            left.append(row)
    return left


def _ends(record: RequestRecord) -> float:
    return inf if record.end is None else record.end


def _taken(records: list[RequestRecord], arrival: float, *, late: bool) -> bool:
    """Take the record that was under way as a request arrived off the list. False where there is none."""
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
