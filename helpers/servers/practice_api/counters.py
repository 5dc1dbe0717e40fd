"""What the server saw: how many requests, how many at once, over how many connections.

Everything is counted since the last reset, for all clients together and for each client label. Labels are what clients
make up: beyond so many of them, further ones are counted together, as `OTHERS`.

A reset keeps what is in flight: those requests stay in `in_flight`, where `peak` starts again, and
leave it when they end. They are in no other number and not in the log, since they arrived before.
So, once they have ended:  completed + cancelled + in_flight == requests.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LOG_ROWS = 20_000
MOST_CLIENTS = 1_000  # labels that are counted apart
OTHERS = f"all further clients together (the first {MOST_CLIENTS:,} labels are counted apart)"
"""The label of the others. It is longer than any that a client may have."""
ENDED_ROWS = 64  # requests that the live view is told the end of, at most, each time that it looks


@dataclass(slots=True)
class Tally:
    """The counts of one client, or of all."""

    requests: int = 0
    in_flight: int = 0
    peak: int = 0
    connections: int = 0
    completed: int = 0
    cancelled: int = 0
    by_status: Counter[int] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        statuses = {str(status): self.by_status[status] for status in sorted(self.by_status)}
        return {
            "requests": self.requests,
            "in_flight": self.in_flight,
            "peak": self.peak,
            "connections": self.connections,
            "completed": self.completed,
            "cancelled": self.cancelled,
            "by_status": statuses,
        }


@dataclass(slots=True, eq=False)
class Entry:
    """One request, from its arrival on. Times are time.perf_counter(), one clock for all processes."""

    method: str
    target: str
    client: str  # under which it is counted
    connection: int
    port: int | None  # of the client's end of the connection; None where that has none
    reset: int  # how many resets there had been when it arrived
    arrival: float
    end: float | None = None
    status: int | None = None


@dataclass(slots=True)
class Lately:
    """What has happened since the live view last looked. A reset does not change it."""

    peak: int  # the most in flight
    connections: int  # the most that were open
    arrived: int = 0
    failed: int = 0  # ended with a status of 400 or above
    ended: list[Entry] = field(default_factory=list)  # the first few of them


class Counters:
    """Counts requests; the server calls `arrived` and `ended` for each."""

    def __init__(self) -> None:
        self._started_at = time.perf_counter()
        self._connections_ever = 0
        self.resets = 0
        self.open_connections = 0  # of those that have been counted
        self.in_flight: dict[Entry, None] = {}  # the oldest first; a dict because it keeps that order
        self.lately: Lately | None = None  # None as long as nobody watches
        self._begin_again({})

    def _begin_again(self, in_flight: dict[str, int]) -> None:
        now_in_flight = sum(in_flight.values())
        self.total = Tally(in_flight=now_in_flight, peak=now_in_flight)
        self.clients = {label: Tally(in_flight=count, peak=count) for label, count in in_flight.items()}
        self.log: list[Entry] = []
        self.reset_at = time.perf_counter()

    def reset(self) -> None:
        """Begin to count anew. What is in flight stays in flight."""
        self.resets += 1
        self._begin_again({label: tally.in_flight for label, tally in self.clients.items() if tally.in_flight})

    def connection_opened(self, client: str) -> int:
        """Count a connection, as its first counted request arrives, and return its number."""
        self._connections_ever += 1
        self.open_connections += 1
        self.total.connections += 1
        self._tally(client)[1].connections += 1
        if self.lately is not None:
            self.lately.connections = max(self.lately.connections, self.open_connections)
        return self._connections_ever

    def connection_closed(self) -> None:
        """Count that a connection which had been counted is no more."""
        self.open_connections -= 1

    def arrived(self, method: str, target: str, client: str, connection: int, port: int | None = None) -> Entry:
        """Count a request as it arrives.

        Args:
            method: such as "GET".
            target: its path and query.
            client: its label.
            connection: the number of its connection.
            port: that of the client's end of the connection, where it has one.
        """
        label, own = self._tally(client)
        entry = Entry(method, target, label, connection, port, self.resets, time.perf_counter())
        for tally in (self.total, own):
            tally.requests += 1
            tally.in_flight += 1
            if tally.in_flight > tally.peak:
                tally.peak = tally.in_flight
        if len(self.log) < LOG_ROWS:
            self.log.append(entry)
        self.in_flight[entry] = None
        lately = self.lately
        if lately is not None:
            lately.arrived += 1
            if self.total.in_flight > lately.peak:
                lately.peak = self.total.in_flight
        return entry

    def ended(self, entry: Entry, status: int | None) -> None:
        """Count a request's end: its status, or None when the client left first. Later calls do nothing."""
        if entry.end is not None:
            return
        entry.end = time.perf_counter()
        entry.status = status
        del self.in_flight[entry]
        lately = self.lately
        if lately is not None:
            if status is not None and status >= 400:
                lately.failed += 1
            if len(lately.ended) < ENDED_ROWS:
                lately.ended.append(entry)
        for tally in (self.total, self.clients[entry.client]):
            tally.in_flight -= 1
            if entry.reset != self.resets:
                continue
            if status is None:
                tally.cancelled += 1
            else:
                tally.completed += 1
                tally.by_status[status] += 1

    def as_json(self, client: str | None = None, log: bool = False) -> dict[str, Any]:
        """Everything that /stats tells. `uptime` is the server's age in seconds.

        `clients_cut` says whether further clients were counted together; `log_left_out`, how many of the requests that
        were asked for have no row in the log, and `log_cut`, whether any has none.

        Args:
            client: only this client under "clients" and in the log; zeros if it sent nothing. Where it may be one of
                those that are counted together, it is these.
            log: add the requests themselves, in order of arrival, at most 20,000 since the reset.
        """
        clients, label, asked = self.clients, "", self.total
        if client is not None:
            label = OTHERS if client not in self.clients and OTHERS in self.clients else client
            asked = self.clients.get(label, Tally())
            clients = {label: asked}
        told: dict[str, Any] = {
            "reset_at": self.reset_at,
            "uptime": time.perf_counter() - self._started_at,
            "total": self.total.as_json(),
            "clients": {name: tally.as_json() for name, tally in clients.items()},
            "clients_cut": OTHERS in self.clients,
        }
        if log:
            told["log"] = [
                (entry.method, entry.target, entry.arrival, entry.end, entry.status, entry.connection, entry.port)
                for entry in self.log
                if client is None or entry.client == label
            ]
            told["log_left_out"] = asked.requests - len(told["log"])
            told["log_cut"] = told["log_left_out"] > 0
        return told

    def _tally(self, client: str) -> tuple[str, Tally]:
        """The label under which a client is counted, and its counts."""
        tally = self.clients.get(client)
        if tally is not None:
            return client, tally
        label = client if len(self.clients) < MOST_CLIENTS else OTHERS
        return label, self.clients.setdefault(label, Tally())
