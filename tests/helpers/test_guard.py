"""A recorder that fails harms nothing: the learner's code runs on as without it, and the run says what is missing."""

import asyncio
import gc
import http.client
import queue
import sys
import threading
import time
import urllib.request
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import escape
from multiprocessing.pool import ThreadPool
from typing import Any

import aiohttp
import anyio.to_thread
import httpx
import pytest
import requests
from a_library import library
from odd_server import OddServer

from helpers import latency, measure, practice_api, side_by_side
from helpers.page import words
from helpers.recorders.guard import Guard
from helpers.recorders.loop.self_test import self_test
from helpers.runs import Run
from helpers.runs.card import card
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


class Planted(Exception):
    """What the tests make a part of a recorder raise."""


def fail(*_: Any, **__: Any) -> Any:
    raise Planted("on purpose")


# --- the guard itself -------------------------------------------------------------------------------------------------


def test_the_first_error_switches_off_and_is_told() -> None:
    guard = Guard("requests")
    assert guard.on and guard.note(0.0) == ""
    with guard:
        raise KeyError("x")
    assert not guard.on
    since = guard.off_since
    with guard:
        raise ValueError("later")
    assert guard.off_since == since > 0
    assert guard.note(since - 1.5) == (
        "Left out from 1.5 s on: requests. The recorder has failed, not your code, which ran on as without it "
        "(KeyError: 'x')."
    )
    assert guard.note(since + 1).startswith("Left out: requests. ")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_is_the_learners_passes(error: type[BaseException]) -> None:
    guard = Guard("requests")
    with pytest.raises(error), guard:
        raise error
    assert guard.on


def test_an_error_that_cannot_be_told_is_told_by_its_name() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    for error, told in ((Mute(), "(Mute)"), (ValueError(), "(ValueError)"), (ValueError("x" * 1000), "x" * 200 + ").")):
        guard = Guard("requests")
        with guard:
            raise error
        assert told in guard.note(0.0)


def test_the_error_is_not_kept() -> None:
    class Value:
        pass

    def hook() -> "weakref.ref[Value]":
        value = Value()
        with guard:
            raise Planted(value)
        return weakref.ref(value)

    guard = Guard("requests")
    assert hook()() is None


# --- every part of every recorder, failing ----------------------------------------------------------------------------

TASKS, THREADS = "tasks and their steps", "threads, jobs of pools"
REQUESTS, AIOHTTP = "requests made with requests", "requests made with aiohttp"
HTTPX = "requests made with httpx"
LINES, WAITS = "the lines that long steps stand at", "waits for locks"
CHAINS = "whom tasks wait for"

PARTS = [
    ("helpers.recorders.loop.recorder.task_of", TASKS),
    ("helpers.recorders.loop.recorder.maker_of", TASKS),
    ("helpers.recorders.loop.recorder.made_by_learner", TASKS),
    ("helpers.recorders.task_row.name_in_code", TASKS),
    ("helpers.recorders.loop.recorder.TaskRow", TASKS),
    ("helpers.recorders.loop.recorder.stand_in", TASKS),
    ("helpers.recorders.loop.recorder.number_on", TASKS),
    ("helpers.recorders.loop.recorder.coroutine_of", TASKS),
    ("helpers.recorders.loop.recorder.learners_coroutine", TASKS),
    ("helpers.recorders.loop.recorder.LongStep", TASKS),
    ("helpers.recorders.loop.recorder.readers_of", TASKS),
    ("helpers.recorders.loop.recorder.callback_name", TASKS),
    ("helpers.recorders.loop.recorder.unserved", TASKS),
    ("helpers.recorders.loop.recorder.belonging", TASKS),
    ("helpers.recorders.loop.recorder.DueTimes.due", TASKS),
    ("helpers.recorders.loop.recorder.watch_factory", TASKS),
    ("helpers.recorders.loop.recorder.Watchdog", TASKS),
    ("helpers.recorders.task_row.TaskRow.finish", TASKS),
    ("helpers.runs.measured_block.why_not", TASKS),
    ("helpers.recorders.loop.recorder.describe", LINES),
    ("helpers.recorders.loop.watchdog.spot_in", LINES),
    ("helpers.recorders.loop.watchdog.Watchdog.look", LINES),
    ("helpers.recorders.loop.watchdog.Watchdog.report", LINES),
    ("helpers.recorders.loop.garbage_collections.perf_counter", "garbage collections"),
    ("helpers.recorders.loop.recorder.LongWaits", TASKS),
    ("helpers.recorders.loop.long_waits.waiter_of", CHAINS),
    ("helpers.recorders.loop.long_waits.number_on", CHAINS),
    ("helpers.recorders.loop.long_waits.chain_of", CHAINS),
    ("helpers.recorders.loop.long_waits.LongWaits._keep_longest", CHAINS),
    ("helpers.recorders.loop.await_chain.calls_of", CHAINS),
    ("helpers.recorders.loop.await_chain.gc", CHAINS),
    ("helpers.recorders.loop.await_chain.Link", CHAINS),
    ("helpers.recorders.threads.ledger.Ledger.here", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.place", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.born", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.begin", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.end", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.wait", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.open", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.close", THREADS),
    ("helpers.recorders.threads.ledger.Here", THREADS),
    ("helpers.recorders.threads.ledger.Ledger.note_task_elsewhere", THREADS),
    ("helpers.recorders.threads.ledger.runs_learners", THREADS),
    ("helpers.recorders.threads.thread_row.ThreadRow.show", THREADS),
    ("helpers.recorders.threads.jobs.name_of", THREADS),
    ("helpers.recorders.threads.jobs.asker_of", THREADS),
    ("helpers.recorders.threads.jobs.learners_function", THREADS),
    ("helpers.recorders.threads.pool_hooks.new_job", THREADS),
    ("helpers.recorders.threads.pool_hooks.thread_name", THREADS),
    ("helpers.recorders.threads.thread_pool_hooks.new_job", THREADS),
    ("helpers.recorders.threads.thread_pool_hooks.asker_of", THREADS),
    ("helpers.recorders.threads.thread_pool_hooks.name_and_owner", THREADS),
    ("helpers.recorders.threads.thread_pool_hooks.Calls", THREADS),
    ("helpers.recorders.threads.booked_calls.thread_name", THREADS),
    ("helpers.recorders.own_frames.traceback_of", ""),
    ("helpers.recorders.threads.anyio_hooks.new_job", THREADS),
    ("helpers.recorders.threads.anyio_hooks.Calls", THREADS),
    ("helpers.recorders.threads.other_loops.is_learners_task", THREADS),
    ("helpers.recorders.threads.other_loops._forget_frame", THREADS),
    ("helpers.recorders.threads.pool_hooks.inspect", THREADS),
    ("helpers.recorders.threads.thread_hooks.is_librarys", THREADS),
    ("helpers.recorders.threads.thread_hooks.ThreadHooks._let_go", THREADS),
    ("helpers.recorders.threads.thread_hooks.ThreadHooks.stop", THREADS),
    ("helpers.recorders.threads.waits._is_blocking", THREADS),
    ("helpers.recorders.threads.recorder.learners_modules", THREADS),
    ("helpers.recorders.threads.recorder.exchange", THREADS),
    ("helpers.recorders.threads.idle_sampler.IdleSampler.start", WAITS),
    ("helpers.recorders.threads.idle_sampler.IdleSampler._look", WAITS),
    ("helpers.recorders.threads.idle_sampler._kind", WAITS),
    ("helpers.recorders.processor_watch.process_time", "when the machine let this process wait"),
    ("helpers.recorders.processor_watch.ProcessorWatch.start", "when the machine let this process wait"),
    ("helpers.recorders.processor_watch.ProcessorWatch._note", "when the machine let this process wait"),
    ("helpers.recorders.processor_watch.ProcessorWatch.delay_since", TASKS),
    ("helpers.recorders.processor_watch.ProcessorWatch.note_turn", TASKS),
    ("helpers.recorders.patches.Patches.replace", TASKS),
    ("helpers.recorders.belonging.belongs", REQUESTS),
    ("helpers.recorders.http.recorder.RequestRecord", REQUESTS),
    ("helpers.recorders.http.request_record.RequestRecord.enter", REQUESTS),
    ("helpers.recorders.http.request_record.RequestRecord.finish", REQUESTS),
    ("helpers.recorders.http.request_record.RequestRecord.answer", REQUESTS),
    ("helpers.recorders.http.request_record.RequestRecord.fail", REQUESTS),
    ("helpers.recorders.http.request_record.usable_status", REQUESTS),
    ("helpers.recorders.http.http_client_hooks.failure_within", REQUESTS),
    ("helpers.recorders.http.http_client_hooks.current", REQUESTS),
    ("helpers.recorders.http.http_client_hooks._url_of", REQUESTS),
    ("helpers.recorders.http.http_client_hooks._library_of", REQUESTS),
    ("helpers.recorders.http.http_client_hooks._ports_of", REQUESTS),
    ("helpers.recorders.http.http_client_hooks._name_of", REQUESTS),
    ("helpers.recorders.http.http_client_hooks.HttpClientHooks._answered", REQUESTS),
    ("helpers.recorders.http.http_client_hooks.HttpClientHooks._carried_by", REQUESTS),
    ("helpers.recorders.http.http_client_hooks.HttpClientHooks.record_of", REQUESTS),
    ("helpers.recorders.http.urllib3_hooks.Urllib3Hooks._new_try", REQUESTS),
    ("helpers.recorders.http.urllib3_hooks.current", REQUESTS),
    ("helpers.recorders.by_identity.ByIdentity.put", REQUESTS),
    ("helpers.recorders.by_identity.ByIdentity.get", THREADS),
    ("helpers.recorders.http.aiohttp_hooks._name_of", AIOHTTP),
    ("helpers.recorders.http.aiohttp_hooks._ended", AIOHTTP),
    ("helpers.recorders.http.aiohttp_hooks._received", AIOHTTP),
    ("helpers.recorders.http.aiohttp_hooks._ports_of", AIOHTTP),
    ("helpers.recorders.http.http_client_hooks.with_subclasses", REQUESTS),
    ("helpers.recorders.http.http_client_hooks._current_for", REQUESTS),
    ("helpers.recorders.http.aiohttp_hooks.with_subclasses", AIOHTTP),
    ("helpers.recorders.http.aiohttp_hooks.failure_within", AIOHTTP),
    ("helpers.recorders.http.aiohttp_hooks._await_end", AIOHTTP),
    ("helpers.recorders.http.httpcore_hooks._record_of", HTTPX),
    ("helpers.recorders.http.httpcore_hooks.failure_within", HTTPX),
    ("helpers.recorders.http.httpcore_hooks._Trace", HTTPX),
    ("helpers.recorders.http.httpcore_hooks._Trace._note", HTTPX),
    ("helpers.recorders.http.httpcore_hooks._url_of", HTTPX),
    ("helpers.recorders.http.httpcore_hooks._ports_of", HTTPX),
    ("helpers.servers.practice_api.PracticeAPI.reset", "what the server saw"),
    ("helpers.servers.practice_api.PracticeAPI.stats", "what the server saw"),
    ("helpers.runs.measured_block.collect", "what the server saw"),
    ("helpers.runs.measured_block.running", "what the server saw"),
    ("helpers.runs.block_progress.perf_counter", "the line that tells how far"),
    ("helpers.runs.block_progress.StatusLine.show", ""),
]
"""What may fail, and what is then told to be missing, among other things; "" where nothing of the picture is."""
if sys.platform == "linux":  # which alone is asked that
    PARTS.append(("helpers.recorders.threads.idle_sampler.is_asleep", WAITS))

LONG_ENOUGH = 0.06 if sys.platform == "linux" else 0.3
"""Seconds for which a thread waits for a lock, and is seen to: elsewhere only by that it does not move."""


A_LIBRARY = library("""
import asyncio, threading, time

def start(function):
    thread = threading.Thread(target=run, args=(function,))
    thread.start()
    return thread

def run(function):
    time.sleep(0.001)
    function()

async def give_away(function, *args): return await hand_over(function, *args)
async def hand_over(function, *args): return await asyncio.to_thread(function, *args)
""")


def blocking(base: str) -> list[Any]:
    """All that the hooks on `requests` and on threads see."""
    seen: list[Any] = []
    with requests.Session() as session:
        seen.append(session.get(base + "/countries/FR").json())
        with session.get(base + "/bytes/100000", stream=True) as response:
            seen.append(sum(map(len, response.iter_content(10_000))))
        for path in ("/cut?after=10", "/countries/XX"):
            try:
                response = session.get(base + path)
                response.raise_for_status()
            except requests.RequestException as error:
                seen.append(type(error))
    try:
        requests.get("http://127.0.0.1:9/")
    except requests.RequestException as error:
        seen.append(type(error))
    with urllib.request.urlopen(base + "/countries/FR") as answer:
        seen.append(len(answer.read()))
    connection = http.client.HTTPConnection(*base.removeprefix("http://").split(":"))
    connection.request("GET", "/bytes/1000")
    seen.append(len(connection.getresponse().read()))
    connection.close()
    with httpx.Client(verify=False) as client:
        seen += [len(client.get(base + path).content) for path in ("/countries/FR", "/bytes/100000")]
        with client.stream("GET", base + "/bytes/100000") as parts:
            seen.append(len(next(parts.iter_raw(1000))))
        try:
            client.get(base + "/cut?after=10")
        except httpx.HTTPError as error:
            seen.append(type(error))
    lock, jobs = threading.Lock(), queue.Queue[int]()
    lock.acquire()
    worker = threading.Thread(target=lambda: (lock.acquire(), jobs.put(1)))
    worker.start()
    time.sleep(LONG_ENOUGH)
    lock.release()
    seen.append(jobs.get())
    worker.join()
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(divmod, 7, number) for number in (2, 0)]
        seen += [type(future.exception()) if future.exception() else future.result() for future in futures]
    with ThreadPool(2) as threads:
        seen += [threads.map(abs, [-1, 2]), threads.apply(divmod, (7, 2))]
        try:
            threads.apply(divmod, (7, 0))
        except ZeroDivisionError:
            seen.append("by zero")
    thread = A_LIBRARY["start"](lambda: (time.sleep(0.01), seen.append("in its thread")))
    thread.join()
    return seen


async def waiting(base: str, odd: str) -> list[Any]:
    """All that the hooks on tasks and on `aiohttp` see."""
    seen: list[Any] = []
    async with aiohttp.ClientSession() as session:

        async def get(url: str, **options: Any) -> Any:
            async with session.get(url, **options) as response:
                return len(await response.read())

        async with session.get(base + "/drip?chunks=3"):
            pass  # given up
        urls = (base + "/countries/FR", base + "/cut?after=10", base + "/bytes/100000", odd + "/redirect/1")
        results = await asyncio.gather(*map(get, urls), return_exceptions=True)
        seen += [type(result) if isinstance(result, Exception) else result for result in results]
        no_time = {"timeout": aiohttp.ClientTimeout(total=0.05)}
        for path, options in (("/countries/XX", {"raise_for_status": True}), ("/stall", no_time)):
            try:
                await get(base + path, **options)
            except (aiohttp.ClientError, TimeoutError) as error:
                seen.append(type(error))
        async with session.ws_connect(base + "/socket") as socket:
            seen.append((await socket.receive()).type)
    async with httpx.AsyncClient(verify=False, limits=httpx.Limits(max_connections=1)) as client:
        answers = await asyncio.gather(*(client.get(base + path) for path in ("/countries/FR", "/bytes/1000")))
        seen += [len(answer.content) for answer in answers]
    seen.append(await asyncio.wait_for(asyncio.to_thread(sum, [1, 2]), 5))
    seen.append(await anyio.to_thread.run_sync(sum, [3, 4]))

    async def elsewhere() -> str:
        return await A_LIBRARY["give_away"](len, "elsewhere")

    seen.append(await asyncio.to_thread(asyncio.run, elsewhere()))
    ready = asyncio.Event()
    asyncio.get_running_loop().call_later(0.12, ready.set)
    await asyncio.gather(ready.wait(), ready.wait())  # so long that it is looked at
    left = asyncio.create_task(asyncio.sleep(5))
    await asyncio.sleep(0)
    left.cancel()
    try:
        await left
    except asyncio.CancelledError:
        seen.append("cancelled")
    time.sleep(0.05)
    gc.collect()
    return seen


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What reached the places where Python reports an exception that nobody catches."""
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    yield heard


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """The address of a server that redirects."""
    server = OddServer()
    yield server.base
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def _tried() -> None:
    """Whether the loop can be recorded is tried once per process: not while a part is failing."""
    assert self_test().works


@pytest.fixture(scope="module")
def plain(odd: str) -> list[Any]:
    """What the work comes to when nobody watches it."""
    base = practice_api().base
    return blocking(base) + asyncio.run(waiting(base, odd))


def measured(base: str, odd: str, complaints: list[Any]) -> tuple[list[Any], Run]:
    async def main() -> tuple[list[Any], Run]:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        with measure("my own") as run:
            seen = blocking(base) + await waiting(base, odd)
        return seen, run

    return asyncio.run(main())


def test_nothing_is_left_out_where_nothing_fails(
    api: PracticeAPI, odd: str, plain: list[Any], complaints: list[Any]
) -> None:
    seen, run = measured(api.base, odd, complaints)
    assert (seen, run.outcome, run.faults, complaints) == (plain, "ok", (), [])


@pytest.mark.parametrize(
    "part, missing",
    [  # in four groups, since each waits for a second
        pytest.param(part, missing, id=part, marks=pytest.mark.xdist_group(f"guard {number % 4}"))
        for number, (part, missing) in enumerate(PARTS)
    ],
)
def test_a_part_that_fails_harms_nothing(
    part: str,
    missing: str,
    api: PracticeAPI,
    odd: str,
    plain: list[Any],
    complaints: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(part, fail)
        seen, run = measured(api.base, odd, complaints)
    assert (seen, run.outcome, complaints) == (plain, "ok", [])
    assert not missing or any(fault.startswith("Left out") and missing in fault for fault in run.faults)
    page = card(run) if run.faults else ""
    assert all(escape(fault) in page and fault in repr(run) for fault in run.faults)
    assert run.panel().faults == run.faults
    assert len(run.tasks) >= 1  # what there is can be shown
    with measure("the next") as run:  # has its recorders back
        requests.get(api.url("/countries/FR"))
    assert (run.outcome, len(run.requests), run.faults) == ("ok", 1, ())


def test_what_is_left_out_stands_under_every_chart(api: PracticeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.recorders.threads.ledger.Ledger.wait", fail)
    runs = []
    for label in ("one", "two"):
        with measure(label) as run:
            time.sleep(0.01)
            requests.get(api.url("/countries/FR"))
        runs.append(run)
    (fault,) = runs[0].faults
    for chart in (runs[0].timeline(), runs[0].timeline("requests"), runs[0].latency()):
        assert fault in chart.note
    for chart in (side_by_side(*runs), latency(*runs)):
        assert f"one: {fault}" in chart.note and f"two: {runs[1].faults[0]}" in chart.note


def test_a_recorder_that_has_failed_says_nothing_of_what_came_later(
    api: PracticeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither that a task was waiting, nor that the loop was held, nor that a thread was running."""

    async def main() -> Run:
        with measure("my own") as run:
            task = asyncio.create_task(asyncio.sleep(0.02), name="early")
            await task
            monkeypatch.setattr("helpers.recorders.loop.recorder.maker_of", fail)
            monkeypatch.setattr("helpers.recorders.threads.ledger.Ledger.here", fail)
            late = asyncio.create_task(asyncio.sleep(0.3), name="late")
            time.sleep(0.01)
            await late
        return run

    run = asyncio.run(main())
    assert len(run.faults) == 2
    assert list(run.tasks["name"]) == ["main", "early"]
    assert run.tasks["outcome"].tolist() == ["ok", "ok"]
    assert run.tasks["end"].max() < run.wall - 0.25
    activity = run.panel().activity
    assert activity is not None
    assert activity.spans["end"].max() < run.wall - 0.25
    assert activity.busy[:, 1].max() < run.wall - 0.25
    # No count, no share and no total of what was seen in part only.
    recorded = words.seconds(activity.recorded)
    assert (
        run.timeline().sentence
        == f"The block took {words.seconds(run.wall)}, recorded in full for the first {recorded} only."
    )
    assert f"it took {words.seconds(run.wall)}, recorded in full for the first" in side_by_side(run, run).sentence
    assert ">tasks<" not in card(run)
