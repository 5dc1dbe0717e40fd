"""What the server saw while a block was open."""

from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

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
    """Method, path, arrival, end, status and connection of each request; kept only when the client saw none."""

    def as_json(self) -> dict[str, object]:
        """The counters, every key a text."""
        by_status = {str(status): count for status, count in self.by_status.items()}
        return {name: getattr(self, name) for name in COUNTS} | {"by_status": by_status}


def collect(server: PracticeAPI | None, with_log: bool) -> Evidence | None:
    """Ask the server what it has seen since its last reset. None without a server, or when it does not answer."""
    if server is None:
        return None
    try:
        stats = server.stats(log=with_log)
    except (OSError, HTTPException):
        # The run is worth keeping without it, and an error in the learner's block must not be covered by ours.
        return None
    total = stats["total"]
    counts = {name: total[name] for name in COUNTS}
    by_status = {int(status): count for status, count in total["by_status"].items()}
    return Evidence(**counts, by_status=by_status, log=stats["log"] if with_log else [])
