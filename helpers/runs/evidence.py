"""What the server saw while a block was open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from helpers.recorders.guard import is_asynchronous
from helpers.recorders.http.request_record import RequestRecord
from helpers.runs.unmatched import unmatched
from helpers.servers.practice_api import PracticeAPI

COUNTS = ("requests", "peak", "connections", "completed", "cancelled")


@dataclass(frozen=True)
class Evidence:
    """The practice API's own counters for one measured block, over all its clients.

    A count of the server cannot be fooled by how the client measures: ``peak`` is the greatest number of requests it
    was working on at the same moment, ``connections`` how many connections brought their first request in the block.
    """

    requests: int
    peak: int
    connections: int
    completed: int
    cancelled: int
    by_status: dict[int, int]
    log: list[list[Any]] = field(repr=False)
    """Method, path, arrival, end, status, connection and port of each request that no client here has recorded."""
    older: frozenset[int] = frozenset()
    """The connections among these that are older than the block."""
    reset_at: float = 0.0
    """When it began to count (``time.perf_counter()``)."""
    without_row: int = 0
    """How many further requests there were that the server's log had no room for."""

    def as_json(self) -> dict[str, object]:
        """The counters, every key a text."""
        by_status = {str(status): count for status, count in self.by_status.items()}
        return {name: getattr(self, name) for name in COUNTS} | {"by_status": by_status}


def collect(server: PracticeAPI | None, records: Sequence[RequestRecord]) -> Evidence | None:
    """Ask the server what it has seen since its last reset. None without a server, or when it does not answer.

    ``records`` are the requests that clients of this process have made. The server's log is asked for only where it
    has seen others.
    """
    if server is None:
        return None
    named = [record for record in records if _goes_to(server, record.url)]
    # Those of another name may be its as well, or come by way of a proxy: that is told by their port.
    known = [record for record in records if record.peer in server.ports or _goes_to(server, record.url)]
    try:
        stats = server.stats()
        # Whether one without a status, or without a connection, has arrived is for the log to say.
        if stats["total"]["requests"] != sum(record.status is not None and record.port > 0 for record in named):
            stats = server.stats(log=True)
    except (OSError, HTTPException) as error:
        if is_asynchronous(error):
            raise
        # The run is worth keeping without it, and an error in the learner's block must not be covered by ours.
        return None
    total, log = stats["total"], stats.get("log", [])
    counts = {name: total[name] for name in COUNTS}
    by_status = {int(status): count for status, count in total["by_status"].items()}
    others = unmatched(log, known)
    connections = sorted({row[5] for row in log})  # they are numbered as they come
    older = frozenset(connections[: len(connections) - total["connections"]])
    # What the log has no room for may be what is known here.
    without_row = total["requests"] - len(others) - len(named) if total["requests"] > len(log) > 0 else 0
    told = {"log": others, "older": older, "reset_at": stats["reset_at"], "without_row": max(without_row, 0)}
    return Evidence(**counts, by_status=by_status, **told)


def _goes_to(server: PracticeAPI, url: str) -> bool:
    """Whether a URL is one of this server's."""
    host = url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return any(host in (f"{server.host}:{port}", f"localhost:{port}", f"[::1]:{port}") for port in server.ports)
