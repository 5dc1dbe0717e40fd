"""Which rows of the server's log are whose."""

from typing import Any

import pytest

from helpers.recorders.http.request_record import RequestRecord
from helpers.runs.request_rows import from_server_log
from helpers.runs.unmatched import target_of, unmatched


def record(start: float, end: float | None, port: int, url: str = "http://x/a", error: str = "") -> RequestRecord:
    made = RequestRecord("requests", "GET", url, -1)
    made.start, made.port, made.end, made.error = start, port, end, error
    return made


def row(arrival: float, port: int, target: str = "/a") -> list[Any]:
    return ["GET", target, arrival, arrival + 0.1, 200, 1, port]


@pytest.mark.parametrize(
    "records, log, left",
    [
        ([record(0, 1, 5)], [row(0.5, 5)], []),
        ([record(0, 1, 5)], [row(0.5, 6)], [0]),  # another client's, for the same thing at the same time
        ([record(0, 1, 5)], [row(0.4, 6), row(0.5, 5)], [0]),
        ([record(0, 1, 5), record(1, 2, 5)], [row(0.5, 5), row(1.5, 5), row(1.7, 5)], [2]),
        # The one that started first may have been given its connection last.
        ([record(0, 4, 5), record(1, 2, 5)], [row(1.5, 5), row(3, 5)], []),
        ([record(0, 1, 5, error="ReadTimeout")], [row(1.2, 5)], []),  # it was on its way when its client gave up
        ([record(0, 1, 0, error="ReadTimeout")], [row(1.2, 5)], [0]),  # one without a connection is on no way
        ([record(0, 1, 0, error="PoolTimeout")], [row(0.5, 5)], [0]),  # nor one that was given up in the queue
        ([record(0, 1, 0)], [row(0.5, 5)], []),  # a client that does not tell its port
        ([record(0, 1, 0, "http://x/b")], [row(0.5, 5)], [0]),
        ([record(0, None, 5)], [row(9, 5)], []),
        ([record(1, 2, 5)], [row(0.5, 5)], [0]),  # before it began
        # Two connections with one port, the one to 127.0.0.1 and the other to ::1: of a client here, and of another.
        ([record(0, 2, 5)], [row(0.5, 5, "/b"), row(0.6, 5)], [0]),
        ([record(0, 3, 5), record(0, 2, 5, "http://x/b")], [row(0.5, 5), row(2.5, 5, "/b")], [1]),
        ([record(0, 2, 5, "http://x/%61")], [row(0.5, 5)], []),  # one that is written in another way
    ],
)
def test_each_row_is_one_records_or_nobodys(records: list[RequestRecord], log: list[Any], left: list[int]) -> None:
    assert unmatched(log, records) == [log[number] for number in left]


def test_what_arrived_before_or_after_the_block_is_none_of_it() -> None:
    """The server is asked a little later than the block ends, and was told to count a little before it began."""
    log = [row(9.99, 4), row(10.5, 5), row(11.5, 6), row(12.5, 7)]
    rows = from_server_log(log, older=[1], began=10.0, wall=1.55)
    assert [(one["start"], one["end"], one["error"]) for one in rows] == [
        (0.5, pytest.approx(0.6), ""),
        (1.5, 1.55, "unfinished"),
    ]


@pytest.mark.parametrize(
    "url, target",
    [
        ("http://127.0.0.1:80/a?b=c#d", "/a?b=c"),
        ("http://127.0.0.1:80", "/"),
        ("http://127.0.0.1:80?b=c", "/?b=c"),
    ],
)
def test_the_target_of_a_url(url: str, target: str) -> None:
    assert target_of(url) == target
