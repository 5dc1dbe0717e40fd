"""The judge of the truth table finds what is wrong: each falsehood that is planted in a true run is told."""

import asyncio
import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from asked import read
from blocks import Room, run
from judge import judge
from own_server import OwnServer
from program import Program
from words import judge_words, sentences

from helpers.recorders.http.request_record import RequestRecord
from helpers.runs.card import card
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


async def three_and_one_elsewhere(api: PracticeAPI, own: OwnServer) -> None:
    """Four requests, of which one goes to another server, and one fails."""
    async with aiohttp.ClientSession() as session:
        urls = api.url("/bytes/1000"), api.url("/countries/FR", delay=0.01), api.url("/countries/XX"), own.url("/hello")
        await asyncio.gather(*(read(session, url) for url in urls))


PROGRAM = Program(three_and_one_elsewhere, "aiohttp", requests=4, tasks=4)


def set_to(name: str, value: Any) -> Callable[[list[RequestRecord]], None]:
    """Write something else into the first row."""
    return lambda records: setattr(records[0], name, value)


FALSEHOODS: dict[str, tuple[Callable[[list[RequestRecord]], Any], str]] = {
    "a row less": (lambda records: records.pop(), "has 3 rows, the servers' logs 4"),
    "a row more": (lambda records: records.append(copy.copy(records[0])), "has 5 rows, the servers' logs 4"),
    "another status": (set_to("status", 201), "without a row: 1"),
    "another method": (set_to("method", "PUT"), "without a row: 1"),
    "no answer": (set_to("status", None), "without a row: 1"),
    "another address": (set_to("url", "http://127.0.0.1:9/"), "without a row: 1"),
    "an error": (set_to("error", "OSError"), "the errors are"),
    "another size": (set_to("received", 999), "999 bytes instead of 1000"),
    "another connection": (set_to("connection", "reused"), "2 rows have a new connection, the server counts 3"),
    "no connection": (set_to("connection", ""), "without a connection"),
    "another library": (set_to("library", "requests"), "run.requests tells of"),
    "begun too late": (lambda records: setattr(records[1], "start", records[1].end), "without a row: 1"),
    "ended too early": (lambda records: setattr(records[1], "end", records[1].start), "without a row: 1"),
}


@pytest.mark.parametrize("falsehood", FALSEHOODS)
def test_a_false_row_is_found(falsehood: str, room: Room) -> None:
    done, truth = run(PROGRAM, room)
    plant, told = FALSEHOODS[falsehood]
    plant(done._recorded.requests)
    vars(done).pop("_table", None)  # it may have been asked for already: `asyncio.run` does, for the repr of its task
    assert told in "\n".join(judge(PROGRAM, done, truth, room.api.base))


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (replace(PROGRAM, requests=5), "the program makes 5 requests"),
        (replace(PROGRAM, tasks=3), "run.tasks has 4 tasks, the program 3"),
        (replace(PROGRAM, jobs=1), "run.tasks has 0 jobs, the program 1"),
        (replace(PROGRAM, errors=("OSError",)), "the program's are ('OSError',)"),
        (replace(PROGRAM, lost=1), "and 1 arrived nowhere"),
        (replace(PROGRAM, raises=ValueError), "said to have ended with 'ok'"),
    ],
    ids=lambda value: value if type(value) is str else "",
)
def test_another_program_is_not_what_was_seen(program: Program, told: str, room: Room) -> None:
    done, truth = run(PROGRAM, room)
    assert told in "\n".join(judge(program, done, truth, room.api.base))


def test_a_number_of_the_server_that_is_not_its_own_is_found(room: Room) -> None:
    for name in ("requests", "peak", "connections"):
        done, truth = run(PROGRAM, room)
        assert done.server is not None
        done.server = replace(done.server, **{name: 9})
        assert "the server says" in "\n".join(judge(PROGRAM, done, truth, room.api.base))


def test_every_number_in_words_is_looked_at(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    done, truth = run(PROGRAM, room)
    tasks, requests = sentences(done)
    assert judge(PROGRAM, done, truth, room.api.base) == []
    assert judge_words(done, tasks, requests) == []
    for wrong_tasks, wrong_requests in (
        (tasks.replace("4 tasks", "3 tasks"), requests),
        (tasks + " 1 was cancelled.", requests),
        (tasks, requests.replace("4 requests", "5 requests")),
        (tasks, requests.replace("1 of 4 failed", "2 of 4 failed")),
        (tasks, re.sub(r"[Uu]p to \d were in flight|at most \d at once", "up to 7 were in flight", requests)),
    ):
        assert len(judge_words(done, wrong_tasks, wrong_requests)) == 1, (wrong_tasks, wrong_requests)
    html = card(done)
    assert done.server is not None
    for right, wrong in ((">4<", ">6<"), ("(1 failed)", "(1 cancelled)"), (f">{done.server.peak}<", ">8<")):
        assert right in html
        monkeypatch.setattr("words.card", Mock(return_value=html.replace(right, wrong)))
        assert judge_words(done, tasks, requests), (right, wrong)
