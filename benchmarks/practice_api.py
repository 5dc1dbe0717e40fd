"""What the practice API can carry, next to httpbin on gunicorn with gevent workers doing the same.

    python benchmarks/practice_api.py

Three loads, each put on both servers in the same minute, from one client on plain sockets:

1. 10,000 requests in flight at the same time, for some seconds. How many fail?
2. 1,000 in flight, each asking for 1 s: how much later than asked is the answer?
3. 1,000 in flight, each asking for 0.1 s: the same, at ten times the requests a second.

In 2 and 3 each of 1,000 connections asks again as soon as it has its answer. The connections begin
spread over one delay: all starting in the same instant would measure the length of that one queue.
Quote the ratios, not the milliseconds, which belong to this machine and its other work.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import cast

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.process import lift_descriptor_limit

MANY = 10_000
SOME = 1_000
MEASURED = 4.0  # seconds of each steady load
HELD = 6.0  # seconds that each of the 10,000 requests asks for
GIVE_UP = 30.0  # seconds after which a request without an answer counts as failed


@dataclass
class Load:
    """What came of one load."""

    delay: float
    latencies: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)  # by status, or what went wrong

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome != "200")

    def added(self, share: float) -> float:
        """Milliseconds over the delay asked for, at this share of the sorted latencies."""
        if not self.latencies:
            return float("nan")
        ordered = sorted(self.latencies)
        return (ordered[min(int(share * len(ordered)), len(ordered) - 1)] - self.delay) * 1e3


class Connection(asyncio.Protocol):
    """One connection that asks, reads the answer to its end, and says so."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] | None = None
        self.transport: asyncio.Transport | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one without deriving from it

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length and self.answer is not None and not self.answer.done():
            self._got = b""
            self.answer.set_result(head[9:12].decode())

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_result("connection closed")

    def ask(self, request: bytes) -> asyncio.Future[str]:
        """Send a request. The future has its status as a text, or what went wrong."""
        assert self.transport is not None
        self.answer = asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            self.answer.set_result("connection closed")
        else:
            self.transport.write(request)
        return self.answer


async def connect(port: int, count: int) -> list[Connection]:
    """So many connections, made a few hundred at a time."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(200)

    async def one() -> Connection:
        async with gate:
            return (await loop.create_connection(Connection, "127.0.0.1", port))[1]

    return await asyncio.gather(*(one() for _ in range(count)))


def request_for(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


async def at_once(port: int, path: str, delay: float, count: int) -> Load:
    """Each of so many connections asks once, all in the same moment."""
    load = Load(delay)
    connections = await connect(port, count)
    request = request_for(path)
    began = time.perf_counter()
    answers = [connection.ask(request) for connection in connections]
    for answer in answers:
        answer.add_done_callback(lambda _: load.latencies.append(time.perf_counter() - began))
    await asyncio.wait(answers, timeout=delay + GIVE_UP)
    load.outcomes.update(answer.result() if answer.done() else "no answer" for answer in answers)
    close(connections)
    return load


async def steadily(port: int, path: str, delay: float, count: int) -> Load:
    """Each of so many connections asks again and again; their first requests are spread over one delay."""
    load = Load(delay)
    connections = await connect(port, count)
    request = request_for(path)
    warm = time.perf_counter() + 2 * delay
    end = warm + MEASURED

    async def keep_asking(connection: Connection, number: int) -> None:
        await asyncio.sleep(delay * number / count)
        while (asked := time.perf_counter()) < end:
            outcome = await connection.ask(request)
            if asked >= warm:
                load.latencies.append(time.perf_counter() - asked)
                load.outcomes[outcome] += 1
            if outcome == "connection closed":
                return

    tasks = [asyncio.create_task(keep_asking(connection, n)) for n, connection in enumerate(connections)]
    done, hung = await asyncio.wait(tasks, timeout=2 * delay + MEASURED + GIVE_UP)
    for task in done:
        task.result()  # an error in this client is no server's failure
    load.outcomes["no answer"] += len(hung)
    for task in hung:
        task.cancel()
    close(connections)
    return load


def close(connections: list[Connection]) -> None:
    for connection in connections:
        if connection.transport is not None:
            connection.transport.abort()


# --- the neighbour ----------------------------------------------------------------------------------


@contextlib.contextmanager
def httpbin() -> Iterator[int | None]:
    """The port of httpbin on gunicorn with a gevent worker for each core, or None where it cannot run."""
    missing = [name for name in ("httpbin", "gunicorn", "gevent") if find_spec(name) is None]
    if missing:
        print(f"Not installed here (see requirements-dev.txt): {', '.join(missing)}. No httpbin to compare with.")
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["-k", "gevent", "-w", str(os.cpu_count()), "--worker-connections", "12000", "--keep-alive", "60"]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        *options,
        "--no-control-socket",
        "--backlog",
        "16384",
        "-b",
        f"127.0.0.1:{port}",
    ]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen([*command, "httpbin:app"], stderr=log, start_new_session=True)
        try:
            if answers(port, process):
                yield port
            else:
                log.seek(0)
                errors = [text for text in log.read().splitlines() if "Error" in text]
                print(f"httpbin on gunicorn does not start here, so there is none to compare with: {errors[-1:]}")
                yield None
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether httpbin comes to answer requests."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/delay/0")
            return connection.getresponse().status == 200
        time.sleep(0.1)
    return False


# --- the report -------------------------------------------------------------------------------------


def run(load: str, port: int, path: str, delay: float, count: int) -> Load:
    main = at_once if load == "at once" else steadily
    loop_factory = None
    with contextlib.suppress(ImportError):  # a faster client, where it is installed
        import uvloop

        loop_factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(main(port, path, delay, count))


def line(what: str, ours: str, theirs: str = "", ratio: str = "") -> None:
    print(f"{what:<46}{ours:>14}{theirs:>14}{ratio:>12}", flush=True)


def compared(
    what: str, ours: Load, theirs: Load | None, number: Callable[[Load], float], unit: str = "", digits: int = 0
) -> None:
    """One row: a number of both loads, and how many times ours theirs is."""
    mine = number(ours)
    if theirs is None:
        line(what, f"{mine:,.{digits}f}{unit}", "-")
        return
    other = number(theirs)
    line(what, f"{mine:,.{digits}f}{unit}", f"{other:,.{digits}f}{unit}", f"{other / mine:.2f} x" if mine > 0 else "")


def how_long_starts_take() -> float:
    """The median seconds of three starts."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        api = PracticeAPI()
        took.append(time.perf_counter() - began)
        api.stop()
    return statistics.median(took)


def report_10_000(ours: PracticeAPI, theirs: int | None, many: int) -> None:
    ours.reset()
    mine = run("at once", ours.port, f"/countries/FR?delay={HELD:g}", HELD, many)
    total = ours.stats()["total"]
    other = run("at once", theirs, f"/delay/{HELD:g}", HELD, many) if theirs else None
    print(f"\n{many:,} requests at once, {HELD:g} s each")
    compared("  answered with 200", mine, other, lambda load: load.outcomes["200"])
    compared("  failed", mine, other, lambda load: load.failed)
    compared("  median over the delay asked for", mine, other, lambda load: load.added(0.5), " ms")
    compared("  slowest over the delay asked for", mine, other, lambda load: load.added(1.0), " ms")
    line("  most in flight, as the server counted", f"{total['peak']:,}")
    if other and other.failed:
        print(f"  httpbin's failures: {dict(other.outcomes)}")
    holds = mine.failed == 0 and total["peak"] == many
    print(f"  claim: holds {many:,} in flight without an error: {'yes' if holds else 'NO'}")


def report_added_latency(ours: PracticeAPI, theirs: int | None, delay: float) -> None:
    ours.reset()
    mine = run("steadily", ours.port, f"/countries/FR?delay={delay:g}", delay, SOME)
    peak = ours.stats()["total"]["peak"]
    other = run("steadily", theirs, f"/delay/{delay:g}", delay, SOME) if theirs else None
    print(f"\n{SOME:,} in flight for {MEASURED:g} s, {delay:g} s each")
    compared("  requests a second", mine, other, lambda load: len(load.latencies) / MEASURED)
    compared("  failed", mine, other, lambda load: load.failed)
    compared("  median over the delay asked for", mine, other, lambda load: load.added(0.5), " ms", 1)
    compared("  99th percentile over the delay", mine, other, lambda load: load.added(0.99), " ms", 1)
    line("  most in flight, as the server counted", f"{peak:,}")
    print(f"  claim: adds at most 10 ms at the median: {'yes' if mine.added(0.5) <= 10 else 'NO, here and now'}")


def main() -> None:
    limit = lift_descriptor_limit()
    many = MANY if limit is None or limit >= MANY + 500 else limit - 500
    if many < MANY:
        print(f"This system allows {limit:,} open files for a process: {many:,} in flight instead of {MANY:,}.")
    print(f"A start takes {how_long_starts_take():.2f} s (median of three).")
    api = PracticeAPI()
    with httpbin() as port:
        line("", "practice API", "httpbin", "ratio")
        report_added_latency(api, port, 1.0)
        report_added_latency(api, port, 0.1)
        report_10_000(api, port, many)
    api.stop()


if __name__ == "__main__":
    main()
