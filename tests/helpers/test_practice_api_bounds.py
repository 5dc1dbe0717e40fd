"""What clients can make the practice API remember: bounded, and said when it is full. No server, and no waiting."""

import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from jumping_loop import jump_through

from helpers.servers.practice_api.app import LONGEST_KEPT, LONGEST_LABEL, MOST_PLANS, PracticeServer
from helpers.servers.practice_api.calls import MOST_ATTEMPTS, MOST_LIMITS
from helpers.servers.practice_api.counters import LOG_ROWS, MOST_CLIENTS, OTHERS, Counters
from helpers.servers.practice_api.remembered import Remembered
from helpers.servers.practice_api.routes.control import ROWS_AT_ONCE
from helpers.servers.practice_api.stream import MOST_STREAMS, Streams


def answers(server: PracticeServer, *targets: str) -> list[web.StreamResponse]:
    """What a server answers to these, asked one after another."""

    async def main() -> list[web.StreamResponse]:
        host = {"Host": "127.0.0.1:80"}  # where make_mocked_request says that it was reached
        return [await server.handle(make_mocked_request("GET", target, host)) for target in targets]

    return jump_through(main())


def told(answer: web.StreamResponse) -> Any:
    """The JSON of an answer that is written in one piece."""
    return json.loads(answer._whole.partition(b"\r\n\r\n")[2])  # type: ignore[attr-defined]


def ask(counters: Counters, client: str) -> None:
    counters.ended(counters.arrived("GET", "/", client, counters.connection_opened(client)), 200)


# --- counts by client label -------------------------------------------------------------------------


def test_further_clients_are_counted_together_and_the_total_is_exact() -> None:
    counters = Counters()
    for n in range(MOST_CLIENTS):
        ask(counters, f"client {n}")
    before = counters.as_json()
    assert before["clients_cut"] is False and OTHERS not in before["clients"]

    for n in range(MOST_CLIENTS + 500):  # the first thousand are known
        ask(counters, f"client {n}")
    after = counters.as_json()
    assert after["clients_cut"] is True
    assert len(after["clients"]) == MOST_CLIENTS + 1
    assert after["clients"]["client 0"]["requests"] == 2
    together = after["clients"][OTHERS]
    assert together["requests"] == together["connections"] == together["completed"] == 500
    assert together["by_status"] == {"200": 500}
    for name in ("requests", "completed", "connections"):
        assert sum(tally[name] for tally in after["clients"].values()) == after["total"][name]
    assert after["total"]["requests"] == 2 * MOST_CLIENTS + 500


def test_nothing_is_said_of_one_that_is_counted_with_others() -> None:
    counters = Counters()
    for n in range(MOST_CLIENTS + 2):
        ask(counters, f"client {n}")
    one = counters.as_json(client="client 3", log=True)
    assert list(one["clients"]) == ["client 3"] and len(one["log"]) == 1
    unknown = counters.as_json(client=f"client {MOST_CLIENTS}", log=True)
    assert list(unknown["clients"]) == [OTHERS]
    assert unknown["clients"][OTHERS]["requests"] == len(unknown["log"]) == 2


def test_a_reset_counts_apart_again() -> None:
    counters = Counters()
    for n in range(MOST_CLIENTS + 1):
        ask(counters, f"client {n}")
    stays = counters.arrived("GET", "/", "another", 1)
    counters.reset()
    ask(counters, "another")
    during = counters.as_json()
    assert during["clients"]["another"]["requests"] == 1
    assert during["clients"][OTHERS]["in_flight"] == 1 and during["total"]["in_flight"] == 1
    counters.ended(stays, 200)
    assert counters.as_json()["clients"][OTHERS]["in_flight"] == 0
    counters.reset()
    assert counters.as_json()["clients_cut"] is False


def test_no_client_can_have_the_label_of_the_others() -> None:
    assert len(OTHERS) > LONGEST_LABEL and f"{MOST_CLIENTS:,}" in OTHERS


def test_a_client_cannot_make_the_server_keep_a_tally_for_each_request() -> None:
    server = PracticeServer()
    for n in range(MOST_CLIENTS):
        ask(server.state.counters, f"client {n}")
    answers(server, *(f"/countries/FR?client=by-query-{n}" for n in range(10)))
    (stats,) = answers(server, "/stats")
    assert len(told(stats)["clients"]) == MOST_CLIENTS + 1 and told(stats)["clients_cut"] is True
    assert told(stats)["clients"][OTHERS]["requests"] == 10


# --- the log ----------------------------------------------------------------------------------------


def test_the_log_says_how_many_have_no_row() -> None:
    counters = Counters()
    for n in range(LOG_ROWS + 7):
        ask(counters, "first" if n < 100 else "second")
    ask(counters, "third")
    everything = counters.as_json(log=True)
    assert (len(everything["log"]), everything["log_left_out"], everything["log_cut"]) == (LOG_ROWS, 8, True)
    left_out = {name: counters.as_json(client=name, log=True)["log_left_out"] for name in ("first", "second", "third")}
    assert left_out == {"first": 0, "second": 7, "third": 1}
    assert counters.as_json(client="first", log=True)["log_cut"] is False
    counters.reset()
    assert counters.as_json(log=True)["log_left_out"] == 0


@pytest.mark.parametrize("many", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE])
def test_a_log_that_is_written_in_pieces_is_whole(many: int) -> None:
    server = PracticeServer()
    for n in range(many):
        server.state.counters.arrived("GET", f"/countries/FR?n={n}", "default", 1)
    (stats,) = answers(server, "/stats?log=true")
    assert [row[1] for row in told(stats)["log"]] == [f"/countries/FR?n={n}" for n in range(many)]
    assert told(stats)["log_left_out"] == 0 and "log" not in told(answers(server, "/stats")[0])


# --- attempts, buckets, outages, streams ------------------------------------------------------------


def test_the_one_that_was_put_in_longest_ago_is_forgotten_and_counted() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    remembered.put("a", 1)
    remembered.put("b", 2)
    remembered.put("a", 3)
    assert remembered.forgotten == 0
    remembered.put("c", 4)
    assert [remembered.get(key) for key in "abc"] == [3, None, 4] and remembered.forgotten == 1
    remembered.clear()
    assert remembered.get("a") is None and remembered.forgotten == 0


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("attempts", "/flaky?rate=0&n={n}"),
        ("attempts", "/cut?at=0&rate=0&bytes=1&n={n}"),
        ("buckets", "/limited?client={n}"),
        ("outages", "/outage?seconds=0.05&client={n}"),
    ],
)
def test_what_a_client_makes_up_is_bounded_and_said_when_full(name: str, target: str) -> None:
    server = PracticeServer()
    setattr(server.state, name, Remembered(3))
    answers(server, *(target.format(n=n) for n in range(3)))
    assert told(answers(server, "/stats")[0])["forgotten"] == dict.fromkeys(server.state.forgotten(), 0)
    answers(server, *(target.format(n=n) for n in range(5)))
    forgotten = told(answers(server, "/stats")[0])["forgotten"]
    # Each of the five takes the place of another: at first of those that were there, then of the first of themselves.
    assert forgotten.pop(name) > 0 and set(forgotten.values()) == {0}
    server.state.reset()
    assert set(server.state.forgotten().values()) == {0}


def test_attempts_of_a_request_are_numbered_as_before() -> None:
    server = PracticeServer()
    first = answers(server, *["/flaky?rate=0&n=1"] * 3, "/flaky?rate=0&n=2")
    assert [told(answer)["attempt"] for answer in first] == [1, 2, 3, 1]
    (other_seed,) = answers(server, "/flaky?rate=0&n=1&seed=1")
    assert told(other_seed)["attempt"] == 1


def test_streams_say_what_they_have_forgotten() -> None:
    streams = Streams()
    for seed in range(MOST_STREAMS + 2):
        streams.get(seed, 1.0, 1, after=0)
    assert streams.forgotten == 2
    streams.clear()
    assert streams.forgotten == 0


def test_the_bounds_leave_room_for_a_lesson() -> None:
    assert MOST_ATTEMPTS >= 100_000 and MOST_LIMITS >= 10_000 and MOST_CLIENTS >= 1_000


# --- plans ------------------------------------------------------------------------------------------


def test_plans_are_bounded_in_number_and_length() -> None:
    server = PracticeServer()
    kept = server._kept_plan
    answers(server, *["/countries/FR?n=1"] * 3)
    assert (kept.cache_info().misses, kept.cache_info().hits) == (1, 2)
    long = f"/countries/FR?client={'x' * LONGEST_KEPT}"
    assert [answer.status for answer in answers(server, long, long)] == [400, 400]
    assert kept.cache_info().currsize == 1 and kept.cache_info().maxsize == MOST_PLANS
