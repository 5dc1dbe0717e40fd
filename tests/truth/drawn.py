"""Programs drawn at random: a client, how its requests are put side by side, what becomes of them, where the block is.

The same seed draws the same program.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import ThreadPool
from typing import Any

import anyio
from asked import MUCH, SIZE, by_socket
from clients import PLAIN, WAITING, PlainClient, WaitingClient
from logs import BESIDE
from own_server import OwnServer
from program import Program

from helpers.servers.practice_api import PracticeAPI

SOON = 0.05
"""Seconds after which a client gives up."""
TRIES = 3
AT_ONCE = 4
"""Threads of a pool."""

KINDS = {
    "ok": 6, "missing": 1, "busy": 1, "late": 1, "cut": 2, "redirected": 2, "streamed": 2, "left": 1, "retried": 2,
    "posted": 1, "head": 1, "by socket": 1,
}  # fmt: skip
"""What may become of a request, and how often. One is asked by a plain socket, of which no client is told."""
OF_TASKS = {"cancelled": 1}
PLAIN_WAYS = ("one by one", "threads", "pool", "thread pool", "to_thread")
WAYS = ("one by one", "gather", "task group", "anyio")
PLANNED_ERRORS = {"late": "*", "cut": "*", "cancelled": "CancelledError"}


@dataclass(frozen=True)
class Drawn:
    """A program. Shown, it is all that there is to know to write it down.

    Attributes:
        client: the class in `clients`.
        way: how its requests are put side by side.
        kinds: what becomes of each.
        alike: whether those that become the same ask for the same.
        older: whether the session is older than the block, and has a connection.
        after: how many further answers come in the block and are read after it.
        met: the errors that nobody has planned, to be shown: it may be the recorder that has made them.
    """

    seed: int
    client: Any
    way: str
    kinds: tuple[str, ...]
    alike: bool
    older: bool
    after: int
    met: list[Exception] = field(default_factory=list, compare=False, repr=False)

    def program(self) -> Program:
        """The program, and what it is to do."""
        many, way = len(self.kinds), self.way
        unseen = self.kinds.count("by socket")
        libraries = [self.client.library] * (unseen < many + self.after) + ["server"] * (unseen > 0)
        errors = [PLANNED_ERRORS[kind] for kind in self.kinds if kind in PLANNED_ERRORS]
        given_up = self.kinds.count("cancelled")
        is_plain = self.client in PLAIN
        return Program(
            self._plain() if is_plain and way != "to_thread" else self._in_a_loop(is_plain),
            " ".join(libraries),
            requests=None if given_up else self.after + sum(map(self._requests, self.kinds)),
            tasks=many if way in ("gather", "task group", "anyio", "to_thread") else 0,
            jobs=many if way in ("pool", "thread pool", "to_thread") else 0,
            threads=many if way == "threads" else 0,
            errors=(*errors, *["unfinished"] * self.after),
            perhaps_lost=given_up,
            unread="left" in self.kinds or self.after > 0,
        )

    def call(self, number: int) -> tuple[str, int]:
        """What becomes of this request, and the number that makes it another than its like."""
        return self.kinds[number], 0 if self.alike else number

    def _requests(self, kind: str) -> int:
        follows = getattr(self.client, "follows", True)
        return {"redirected": 1 + follows, "retried": TRIES}.get(kind, 1)

    def _plain(self) -> Callable[..., Any]:
        def function(api: PracticeAPI, own: OwnServer, block: Any) -> Any:
            client: PlainClient = self.client()
            with ExitStack() as stack:
                if self.older:
                    client.open(stack)
                    client.fetch("GET", api.url("/countries/FR", client=BESIDE))
                with block as run:
                    if not self.older:
                        client.open(stack)
                    side_by_side(
                        self.way, lambda n: perform(*self.call(n), client, api, own, self.met), len(self.kinds)
                    )
                    late = [client.pieces(api.url(f"/bytes/{MUCH}", n=n)) for n in range(self.after)]
                for pieces, _ in late:
                    assert sum(map(len, pieces)) == MUCH
            return run

        return self._named(function)

    def _in_a_loop(self, is_plain: bool) -> Callable[..., Any]:
        async def function(api: PracticeAPI, own: OwnServer, block: Any) -> Any:
            async with AsyncExitStack() as stack:
                if is_plain:
                    return await to_threads(self, stack.enter_context(ExitStack()), api, own, block)
                client: WaitingClient = self.client()
                if self.older:
                    await client.open(stack)
                    await client.fetch("GET", api.url("/countries/FR", client=BESIDE))
                with block as run:
                    if not self.older:
                        await client.open(stack)
                    await in_tasks(
                        self.way, lambda n: attempt(*self.call(n), client, api, own, self.met), len(self.kinds)
                    )
                    late = [await client.pieces(api.url(f"/bytes/{MUCH}", n=n)) for n in range(self.after)]
                for pieces, _ in late:
                    assert sum([len(piece) async for piece in pieces]) == MUCH
            return run

        return self._named(function)

    def _named(self, function: Callable[..., Any]) -> Callable[..., Any]:
        function.__name__ = f"drawn_{self.seed}"
        return function


def draw(seed: int) -> Drawn:
    """The program of this seed."""
    choice = random.Random(seed)
    client = choice.choice([*PLAIN, *WAITING, *WAITING])
    kinds = KINDS if client in PLAIN else KINDS | OF_TASKS
    after = choice.choice((0, 0, 0, 1, 2))
    way = choice.choice(PLAIN_WAYS if client in PLAIN else WAYS)
    return Drawn(
        seed, client, way, tuple(choice.choices(list(kinds), list(kinds.values()), k=choice.randint(3, 9))),
        choice.random() < 0.5, choice.random() < 0.5, 0 if way == "to_thread" else after,
    )  # fmt: skip


def address(kind: str, api: PracticeAPI, own: OwnServer, n: int) -> str:
    """What is asked for."""
    match kind:
        case "missing":
            return api.url("/countries/XX", n=n)
        case "busy" | "retried":
            return api.url("/flaky", rate=1, n=n)
        case "late" | "cancelled":
            return api.url("/stall", n=n)
        case "cut":
            return api.url("/cut", n=n)
        case "redirected":
            return own.to(api.url("/countries/FR", n=n))
        case "streamed":
            return api.url(f"/bytes/{SIZE}", n=n)
        case "left":
            return api.url(f"/bytes/{MUCH}", n=n)
        case "posted":
            return api.url("/echo", n=n)
    return api.url("/countries/FR", n=n, delay=0.003 * (n % 4))


@contextmanager
def noted(kind: str, met: list[Exception]) -> Iterator[None]:
    """Each library raises its own errors; the number of requests tells whether all went as planned."""
    try:
        yield
    except Exception as error:
        if kind not in PLANNED_ERRORS and kind != "cancelled":
            met.append(error)


def perform(kind: str, n: int, client: PlainClient, api: PracticeAPI, own: OwnServer, met: list[Exception]) -> None:
    """One request in plain code, or the few that it takes."""
    url = address(kind, api, own, n)
    with noted(kind, met):
        match kind:
            case "streamed":
                assert sum(map(len, client.pieces(url)[0])) == SIZE
            case "left":
                pieces, close = client.pieces(url)
                next(pieces)
                close()
            case "retried":
                for _ in range(TRIES):
                    client.fetch("GET", url)
            case "by socket":
                assert by_socket(api, url.removeprefix(api.base))
            case "late":
                client.fetch("GET", url, patience=SOON)
            case _:
                client.fetch(METHODS.get(kind, "GET"), url, BODIES.get(kind))


async def attempt(
    kind: str, n: int, client: WaitingClient, api: PracticeAPI, own: OwnServer, met: list[Exception]
) -> None:
    """One request in a task, or the few that it takes."""
    url = address(kind, api, own, n)
    with noted(kind, met):
        match kind:
            case "streamed":
                assert sum([len(piece) async for piece in (await client.pieces(url))[0]]) == SIZE
            case "left":
                pieces, close = await client.pieces(url)
                await anext(pieces)
                await close()
            case "retried":
                for _ in range(TRIES):
                    await client.fetch("GET", url)
            case "by socket":
                reader, writer = await asyncio.open_connection(api.host, api.port)
                target = url.removeprefix(api.base)
                writer.write(f"GET {target} HTTP/1.0\r\nHost: {api.host}:{api.port}\r\n\r\n".encode())
                assert await reader.read()
                writer.close()
            case "late":
                await client.fetch("GET", url, patience=SOON)
            case "cancelled":
                async with asyncio.timeout(2 * SOON):
                    await client.fetch("GET", url)
            case _:
                await client.fetch(METHODS.get(kind, "GET"), url, BODIES.get(kind))


METHODS = {"posted": "POST", "head": "HEAD"}
BODIES = {"posted": b"x" * 3000}


def side_by_side(way: str, call: Callable[[int], None], many: int) -> None:
    """Call for each number, in this way."""
    match way:
        case "one by one":
            for n in range(many):
                call(n)
        case "threads":
            threads = [threading.Thread(target=call, args=(n,)) for n in range(many)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        case "pool":
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(call, range(many)))
        case "thread pool":
            with ThreadPool(AT_ONCE) as threads_of_pool:
                threads_of_pool.map(call, range(many))


async def in_tasks(way: str, call: Callable[[int], Coroutine[Any, Any, None]], many: int) -> None:
    """The same for those who wait."""
    match way:
        case "one by one":
            for n in range(many):
                await call(n)
        case "gather":
            await asyncio.gather(*map(call, range(many)))
        case "task group":
            async with asyncio.TaskGroup() as group:
                for n in range(many):
                    group.create_task(call(n))
        case "anyio":
            async with anyio.create_task_group() as tasks:
                for n in range(many):
                    tasks.start_soon(call, n)


async def to_threads(drawn: Drawn, stack: ExitStack, api: PracticeAPI, own: OwnServer, block: Any) -> Any:
    """A client for plain code, in threads of an event loop."""
    client: PlainClient = drawn.client()
    if drawn.older:
        client.open(stack)
        client.fetch("GET", api.url("/countries/FR", client=BESIDE))
    with block as run:
        if not drawn.older:
            client.open(stack)
        calls = map(drawn.call, range(len(drawn.kinds)))
        await asyncio.gather(*(asyncio.to_thread(perform, *call, client, api, own, drawn.met) for call in calls))
    return run
