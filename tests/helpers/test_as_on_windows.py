"""Programs in processes that behave as on Windows, or macOS, as far as that can be had here: see tests/other_system."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.choosing import waiting_models
from helpers.recorders.loop import self_test

pytestmark = [
    pytest.mark.evidence,
    pytest.mark.not_on("win32", "darwin", reason="what is another system is simulated on Linux"),
]

OTHER_SYSTEM = Path(__file__).parents[1] / "other_system"
SYSTEMS = {"clocks spawn proactor windows": "ProactorEventLoop", "spawn macos": "_UnixSelectorEventLoop"}

BLOCKS = """
import asyncio, json, threading, time
import aiohttp, requests
from helpers import measure, practice_api

api = practice_api()


def burn(seconds):
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


async def fetch(session, number):
    async with session.get(api.url("/countries/FR", n=number)) as response:
        return await response.json()


async def answer_when_all_are_there():
    while api.stats()["total"]["in_flight"] < 300:
        api.pause(5)
        await asyncio.sleep(0.02)
    api.pause(0)


async def main():
    with measure("loop") as run:
        api.pause(5)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(answer_when_all_are_there(), *(fetch(session, number) for number in range(300)))
        for _ in range(20):
            burn(0.013)
            await asyncio.sleep(0.002)
    return type(asyncio.get_running_loop()).__name__, run


kind, loop = asyncio.run(main())
with measure("plain") as plain:
    requests.get(api.url("/countries/FR", delay=0.05))
with measure("threads") as threads:
    jobs = [threading.Thread(target=time.sleep, args=(0.05,)) for _ in range(5)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()

print(json.dumps({
    "kind": kind,
    "requests": [len(run.requests) for run in (loop, plain, threads)],
    "peak": loop.server.peak,
    "tasks": len(loop.tasks),
    "blocks": len(loop.panel().activity.blocks),
    "said": [str(run) + run.timeline().sentence + run.timeline().note for run in (loop, plain, threads)],
    "cost": loop.panel().activity.cost,
}))
"""


def run_as(simulated: str, program: str, **environment: str) -> Any:
    """What a program prints last, as JSON, in a process that is told to behave so."""
    told = {"PYTHONPATH": str(OTHER_SYSTEM), "SIMULATED": simulated, **environment}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=os.environ | told, capture_output=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("simulated", "loop"), SYSTEMS.items())
def test_what_a_block_sees_there(simulated: str, loop: str) -> None:
    told = run_as(simulated, BLOCKS)
    assert told["kind"] == loop
    # macOS lets a process have 256 files open, of which each connection is one.
    assert told["requests"] == [300, 1, 0] and told["peak"] == 300 and told["tasks"] == 302
    assert told["blocks"] >= 10, "most steps that computed all the time are said to have held the loop"
    assert told["cost"] > 0, "what recording costs is not lost between two ticks of the clock"
    for said in told["said"]:
        assert "Left out" not in said and "failed" not in said and "not recorded" not in said
        assert ("counted in ticks of 16 ms" in said) == ("windows" in simulated)


def test_the_self_test_tries_the_kind_of_loop_that_windows_has(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[asyncio.SelectorEventLoop] = []

    def proactor() -> asyncio.SelectorEventLoop:
        made.append(asyncio.SelectorEventLoop())
        return made[-1]

    monkeypatch.setattr(asyncio, "ProactorEventLoop", proactor, raising=False)
    assert self_test._try().works and len(made) == 1


def test_no_pool_has_more_processes_than_windows_can_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    with waiting_models._pool(waiting_models.Job([], 0, at_once=200)) as pool:
        assert pool._max_workers == 61


CHILDREN = """
import json, os
from helpers.choosing.model_process import ModelProcess
from helpers import practice_api
from helpers.servers.django_project import django_server
import requests

api, server = practice_api(), django_server("asgi")
page = requests.get(server.url("/waiting/awaited")).json()
with ModelProcess() as models:
    pooled = models.seconds("processes", [api.url("/countries/FR")] * 4, 0.0, 4)
print(json.dumps({"kernel": os.getpid(), "api": api.pid, "page": page["name"], "pooled": pooled}))
"""


def test_a_server_and_a_pool_start_where_no_process_can_be_copied(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    told = run_as("spawn windows", CHILDREN, SIMULATED_ASKED=str(asked))
    assert told["page"] == "France" and told["pooled"] > 0
    # Each process that a learner's times depend on has asked for timers of a millisecond: the kernel, the practice API,
    # Django's server and its worker, and the process of the models.
    lines = [line.split() for line in asked.read_text(encoding="utf-8").splitlines()]
    assert {milliseconds for _, milliseconds in lines} == {"1"}
    asking = {int(process) for process, _ in lines}
    assert len(asking) == 5 and {told["kernel"], told["api"]} <= asking
