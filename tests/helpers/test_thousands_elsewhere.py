"""Chapter 09 where the system is another: a server's door with few places, as on macOS, and timers that are coarse."""

import ast
import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from helpers.servers.process import ServerProcess

pytestmark = pytest.mark.evidence

reads_queue = pytest.mark.not_on("win32", "darwin", reason="reads the system's queue from /proc")

PLACES = 128  # kern.ipc.somaxconn of macOS
LET_IN = 100  # by the chapter's own door
MANY = 300
ROOM = 30.0  # seconds after which a wait is a hang

SERVER = f"""
from helpers.servers.practice_api import listening
listening.BACKLOG = {PLACES}
from helpers.servers.practice_api.__main__ import main
main()
"""

Ask = Callable[[aiohttp.ClientSession, str], Awaitable[object]]


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """A practice API of the test's own, with as many places at its door as on macOS."""
    process = ServerProcess("practice API", [sys.executable, "-c", SERVER, "--guarded", "--port", "0"])
    process.start()
    yield process
    assert process.pid is not None
    os.kill(process.pid, signal.SIGCONT)  # or it would not notice
    process.stop()


def defined_in(cell: str, **names: Any) -> dict[str, Any]:
    """What a cell of the notebook defines: its functions, and those of its variables for which nothing is awaited."""
    notebook = Path(__file__).parents[2] / "notebooks" / "09_thousands_at_once.ipynb"
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tree = ast.parse("".join(next(each["source"] for each in cells if each["id"] == cell)))
    tree.body = [each for each in tree.body if isinstance(each, ast.AsyncFunctionDef | ast.Assign)]
    exec(compile(tree, cell, "exec"), names)
    return names


# --- the door ---------------------------------------------------------------------------------------


async def all_gathered(session: aiohttp.ClientSession, url: str) -> bytes:
    """What the chapter's other cells do: whoever is let in or not, all knock at once."""
    async with session.get(url) as response:
        return await response.read()


def at_the_door(port: int) -> Counter[str]:
    """How many connections the server has not taken yet, and how many have found its queue full and will try again."""
    found: Counter[str] = Counter()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, here, there, state, queues, *_ = line.split()
        if state == "0A" and int(here.partition(":")[2], 16) == port:
            found["waiting"] = int(queues.partition(":")[2], 16)
        elif state == "02" and int(there.partition(":")[2], 16) == port:
            found["not heard"] += 1
    return found


async def knock_at_a_sleeper(server: ServerProcess, ask: Ask) -> Counter[str]:
    """How many stand at the door of a server that stands still, when all have knocked who ever will."""
    assert server.pid is not None
    port = server.facts["port"]
    os.kill(server.pid, signal.SIGSTOP)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        url = f"http://127.0.0.1:{port}/drip?duration=0&chunks=1&bytes=10"
        asking = [asyncio.ensure_future(ask(session, url)) for _ in range(MANY)]
        async with asyncio.timeout(ROOM):
            seen, before = at_the_door(port), None
            while seen["waiting"] < LET_IN or seen != before:
                await asyncio.sleep(0.05)
                seen, before = at_the_door(port), seen
            os.kill(server.pid, signal.SIGCONT)
            assert await asyncio.gather(*asking) == [b"." * 10] * MANY
    return seen


@reads_queue
def test_a_hundred_knock_at_a_time_and_everyone_is_heard(server: ServerProcess) -> None:
    seen = asyncio.run(knock_at_a_sleeper(server, defined_in("knock", asyncio=asyncio)["knock"]))
    assert seen == {"waiting": LET_IN}


@reads_queue
def test_where_all_knock_at_once_most_are_not_heard(server: ServerProcess) -> None:
    """Without the door they would knock again after a second, and after two more: time that nobody computes."""
    seen = asyncio.run(knock_at_a_sleeper(server, all_gathered))
    assert seen["waiting"] > LET_IN and seen["not heard"] > 100


# --- the stall --------------------------------------------------------------------------------------


def test_the_closed_loop_asks_for_what_needs_no_timer() -> None:
    """Or its two callers get too few answers where a timer goes off every 16 ms: two of them stalled are then 1 %."""
    asked: list[dict[str, object]] = []

    class Session:
        @asynccontextmanager
        async def get(self, conditions: dict[str, object]) -> AsyncIterator[Any]:
            asked.append(conditions)
            yield SimpleNamespace(read=partial(asyncio.sleep, 0))

    api = SimpleNamespace(url=lambda path, **conditions: conditions)
    asyncio.run(defined_in("run-closed", api=api, session=Session())["ask_quick"](7))
    assert asked == [{"n": 7}]
