"""The block harms nothing of the learner's: what they patch, how they stop it, and what a fork of it does."""

import asyncio
import contextvars
import copyreg
import ctypes
import functools
import gc
import http.client
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch
from weakref import ref

import aiohttp
import pytest
import requests
import urllib3
from urllib3.connectionpool import HTTPConnectionPool

from helpers import measure
from helpers.recorders import patches
from helpers.recorders.patches import Patches
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


class Owner:
    """Something with an attribute that several put their own in place of."""

    attribute: Any = "the original"


@pytest.fixture
def owner() -> Iterator[type[Owner]]:
    before = Owner.attribute
    yield Owner
    Owner.attribute = before
    patches._covered.clear()


def test_what_somebody_else_has_patched_meanwhile_stays(owner: type[Owner]) -> None:
    ours, theirs = object(), object()
    own = Patches()
    own.replace(owner, "attribute", ours)
    owner.attribute = theirs
    own.restore()
    assert owner.attribute is theirs


def test_a_hook_that_an_undoing_brings_to_light_goes_with_the_next_block(owner: type[Owner]) -> None:
    before, ours = owner.attribute, object()
    own = Patches()
    own.replace(owner, "attribute", ours)
    saved, owner.attribute = owner.attribute, object()  # as a mock does
    own.restore()
    owner.attribute = saved
    Patches().replace(Owner, "another", 1)
    assert owner.attribute is before
    assert patches._covered == []


def test_an_attribute_that_somebody_has_taken_out_stays_out(owner: type[Owner]) -> None:
    own = Patches()
    own.replace(owner, "new", object())
    del owner.new  # type: ignore[attr-defined]
    own.restore()
    assert not hasattr(owner, "new") and patches._covered == []


def test_a_mock_that_starts_in_the_block_and_ends_after_it_works(api: PracticeAPI) -> None:
    """As `responses` and pytest's monkeypatch do: what they undo later is what they found."""
    slept: list[float] = []
    with pytest.MonkeyPatch.context() as mocked:
        with measure("patched"):
            mocked.setattr(time, "sleep", slept.append)
            mocked.setattr(requests.adapters.HTTPAdapter, "send", lambda *_, **__: requests.Response())
        time.sleep(5)
        assert requests.get(api.base).status_code is None
    assert slept == [5]
    assert requests.get(api.base).status_code == 200
    with measure("the next") as run:
        requests.get(api.url("/countries/FR"))
        time.sleep(0)
    assert (len(run.requests), run.faults) == (1, ())
    assert requests.adapters.HTTPAdapter.send.__module__ == "requests.adapters"
    assert not hasattr(requests.adapters.HTTPAdapter.send, "__wrapped__")
    assert not hasattr(time.sleep, "__wrapped__")


def test_a_job_that_outlives_its_block_keeps_no_run() -> None:
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        try:
            with measure("over before its job") as run:
                pool.submit(go_on.wait)
            reference = ref(run)
            del run
            gc.collect()
            assert reference() is None
        finally:
            go_on.set()


sleep_by_a_name_of_its_own = time.sleep


def test_a_mock_of_the_learners_own_name_that_ends_after_the_block_brings_no_hook_to_stay() -> None:
    mocked = patch(f"{__name__}.sleep_by_a_name_of_its_own")
    with measure("patched"):
        mocked.start()
    mocked.stop()
    with measure("the next") as run:
        sleep_by_a_name_of_its_own(0.01)
    assert sleep_by_a_name_of_its_own is time.sleep
    assert run.tasks["waiting"][0] >= 0.01


def test_a_function_that_is_hooked_is_found_among_others() -> None:
    names = {time.sleep: "sleep", print: "print"}
    with measure("hooked"):
        assert names[time.sleep] == "sleep" and time.sleep in [print, time.sleep] and time.sleep != print
        assert time.sleep == sleep_by_a_name_of_its_own


@pytest.mark.parametrize(
    "part",
    [
        "helpers.runs.measured_block.of_block",
        "helpers.runs.measured_block.running",
        "helpers.runs.measured_block.why_not",
        "helpers.runs.measured_block.HttpRecorder.start",
        "helpers.runs.measured_block.ThreadRecorder.start",
        "helpers.runs.block_progress.BlockProgress.beat",
        "helpers.runs.measured_block.belonging.mark",
        "helpers.runs.block_progress.BlockProgress.show",
        "helpers.runs.measured_block.process_time",
    ],
)
def test_a_stop_while_a_block_opens_leaves_none_open(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    async def main() -> None:
        with measure("never"):
            pass

    with monkeypatch.context() as planted, pytest.raises(KeyboardInterrupt):
        planted.setattr(part, stop)
        asyncio.run(main())
    with measure("the next") as run:
        pass
    assert run.outcome == "ok"


def test_a_block_that_is_left_open_can_be_given_up() -> None:
    left = measure("left open")
    left.__enter__()
    with pytest.raises(RuntimeError, match=r"'left open' is still open.*measure\.give_up\(\)"), measure("the next"):
        pass
    measure.give_up()
    measure.give_up()
    with measure("the next") as run:
        pass
    assert run.outcome == "ok"
    left.__exit__(None, None, None)  # whoever held it leaves it after all
    with measure("another") as run:
        pass
    assert run.outcome == "ok"


FORKS = """
import os, sys
from helpers import history, measure

async def main():
    with measure("forked") as run:
        child = os.fork()
        if not child:
            sys.exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print(run.outcome, len(history("forked")))

if "loop" in sys.argv:
    import asyncio
    asyncio.run(main())
else:
    with measure("forked") as run:
        child = os.fork()
        if not child:
            sys.exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print(run.outcome, len(history("forked")))
"""


@pytest.mark.not_on("win32", reason="Windows has no fork")
@pytest.mark.parametrize("where", ["plain", "loop"])
def test_a_fork_that_leaves_the_block_keeps_no_run_and_ends(where: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKS, where]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert (ended.stdout.split(), ended.stderr) == (["7", "ok", "1"], "")


def test_a_mock_that_is_older_than_the_block_is_left_alone(api: PracticeAPI) -> None:
    """A mock in a class gets no ``self``; a hook in its place would hand it one."""
    targets = [
        (queue.Queue, "get", lambda: queue.Queue().get(timeout=1), {"timeout": 1}),
        (http.client.HTTPConnection, "getresponse", lambda: http.client.HTTPConnection("x").getresponse(), {}),
        (aiohttp.ClientResponse, "close", lambda: aiohttp.ClientResponse.close(), {}),
        (Future, "cancel", lambda: Future[None]().cancel(), {}),
    ]
    for owner, name, call, options in targets:
        with patch.object(owner, name) as mocked:
            with measure("mocked") as run:
                call()
            mocked.assert_called_once_with(**options)
            assert any(f"{owner.__qualname__}.{name}" in note for note in run.panel().activity.notes)  # type: ignore[union-attr]
        assert run.faults == ()
    with patch("time.sleep") as mocked, measure("mocked") as run:
        time.sleep(7)
        time.sleep.assert_called_once_with(7)  # type: ignore[attr-defined]
    assert mocked.call_count == 1 and run.wall < 5


def test_a_function_that_is_hooked_can_be_pickled() -> None:
    before = [(time.sleep, 0.1), len]
    assert copyreg.dispatch_table.get(type(len)) is None
    with measure("pickled"):
        from_before, within = pickle.dumps(before), pickle.dumps([(time.sleep, 0.1), len])
        made = functools.partial(time.sleep, 0.1)
        assert time.sleep.__self__ is time  # type: ignore[attr-defined]
    assert pickle.loads(from_before) == pickle.loads(within) == before
    assert pickle.loads(pickle.dumps(made)).func is time.sleep
    assert copyreg.dispatch_table.get(type(len)) is None
    with measure("pickled too"):
        assert pickle.loads(pickle.dumps(made)).args == (0.1,)
        with ProcessPoolExecutor(1) as pool:
            pool.submit(*before[0]).result()  # type: ignore[misc]


class Late(Exception):
    """What a time limit of the learner's raises."""


def work_in_hooks() -> None:
    """Enter and leave hooks until a time limit strikes."""
    jobs, until = queue.Queue[int](), time.monotonic() + 20
    while time.monotonic() < until:
        jobs.put(1)
        jobs.get()
    raise AssertionError("the time limit was lost")


@pytest.mark.not_on("win32", reason="Windows has no such timer")
@pytest.mark.parametrize("resets", [False, True], ids=["it stays", "it goes as it strikes"])
def test_a_time_limit_that_strikes_in_a_hook_is_kept(resets: bool) -> None:
    """A signal's handler raises its error at any line, also at one of a hook's."""

    def handler(*_: object) -> None:
        if resets:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        raise Late

    before = signal.getsignal(signal.SIGALRM)
    try:
        for _ in range(20):
            signal.signal(signal.SIGALRM, handler)
            with pytest.raises(Late), measure("limited") as run:
                signal.setitimer(signal.ITIMER_REAL, 0.01)
                work_in_hooks()
            assert run.faults == ()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_time_limit_that_another_thread_sets_is_kept() -> None:
    """As the library `stopit` does: CPython raises the error at any line."""
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    home = ctypes.c_ulong(threading.get_ident())
    for _ in range(20):
        timer = threading.Timer(0.01, raise_in, (home, ctypes.py_object(Late)))
        with pytest.raises(Late), measure("limited") as run:
            timer.start()
            work_in_hooks()
        timer.join()
        assert run.faults == ()


def test_a_server_is_known_by_whatever_name(api: PracticeAPI) -> None:
    with measure("by another name") as run:
        requests.get(f"http://127.1:{api.port}/countries/FR")
    assert list(run.requests["library"]) == ["requests"]
    assert run.server is not None and run.server.requests == 1


def test_an_answer_of_a_stand_in_is_one(api: PracticeAPI) -> None:
    class Answering(HTTPConnectionPool):
        def _make_request(self, *_: Any, **__: Any) -> Any:
            return urllib3.HTTPResponse(body=b"made up", status=203, preload_content=False)

    with measure("made up") as run:
        pool = Answering("127.0.0.1", api.port)
        assert pool.request("GET", "/countries/FR").data == b"made up"
    assert run.requests[["library", "status", "error"]].values.tolist() == [["urllib3", 203, ""]]


def test_what_is_asked_for_while_a_body_is_sent_is_a_request_of_its_own(api: PracticeAPI) -> None:
    def body() -> Iterator[bytes]:
        urllib3.PoolManager().request("GET", api.url("/countries/JP"))
        yield b"x"

    with measure("inside") as run:
        requests.post(api.url("/echo"), data=body())
    assert run.requests[["library", "path"]].values.tolist() == [
        ["requests", "/echo"], ["urllib3", "/countries/JP"],
    ]  # fmt: skip


def test_counters_that_were_reset_in_the_block_are_told_as_such(api: PracticeAPI) -> None:
    with measure("reset") as run:
        requests.get(api.url("/countries/FR"))
        api.reset()
    assert any("set to zero inside the block" in note for note in run.panel().activity.notes)  # type: ignore[union-attr]
    with measure("not reset") as run:
        requests.get(api.url("/countries/FR"))
    assert run.panel().activity.notes == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("later", [-7e4, float("nan")])
def test_a_clock_that_goes_back_spoils_no_history(later: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a library that freezes time has replaced it in every module."""
    with monkeypatch.context() as frozen, measure("frozen") as run:
        frozen.setattr("helpers.runs.measured_block.perf_counter", lambda: later)
    assert run.wall == 0 and run.stored is None and "the clock went back" in run._repr_html_()
    with measure("frozen") as run:
        pass
    assert run.stored is not None and "the clock" not in run._repr_html_()


class Wrapper:
    """An object that stands for a method and binds as one, as those of tracing libraries do."""

    def __init__(self, method: Any) -> None:
        self.method = method

    def __get__(self, this: Any, kind: type) -> Any:
        return functools.partial(self, this)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.method(*args, **options)


@pytest.mark.parametrize(
    "owner, name",
    [
        (HTTPConnectionPool, "urlopen"),
        (http.client.HTTPConnection, "putrequest"),
        (http.client.HTTPConnection, "getresponse"),
        (http.client.HTTPResponse, "read"),
        (requests.adapters.HTTPAdapter, "send"),
    ],
)
def test_what_a_tracing_library_has_wrapped_is_recorded_all_the_same(
    owner: type, name: str, api: PracticeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, Wrapper(owner.__dict__[name]))
    with measure("wrapped") as run:
        assert len(requests.get(api.url("/bytes/1000")).content) == 1000
    assert run.requests[["library", "status", "bytes", "error"]].values.tolist() == [["requests", 200, 1000, ""]]


def test_a_pool_that_is_mocked_hides_no_request(api: PracticeAPI) -> None:
    plain = HTTPConnectionPool.urlopen
    with (
        patch.object(HTTPConnectionPool, "urlopen"),
        measure("mocked") as run,
        patch.object(HTTPConnectionPool, "urlopen", plain),
    ):
        requests.get(api.url("/countries/FR"))
    assert run.requests[["library", "status"]].values.tolist() == [["requests", 200]]


def test_tasks_that_share_a_context_have_requests_of_their_own(api: PracticeAPI) -> None:
    async def main() -> Any:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:

            async def get() -> int:
                async with session.get(api.url("/bytes/1000", delay=0.02)) as response:
                    return len(await response.read())

            with measure("one context") as run:
                context = contextvars.copy_context()
                tasks = [asyncio.create_task(get(), context=context) for _ in range(6)]
                assert await asyncio.gather(*tasks) == [1000] * 6
        return run

    run = asyncio.run(main())
    assert run.requests["status"].tolist() == [200] * 6
    assert run.requests["bytes"].tolist() == [1000] * 6
    assert sorted(run.requests["connection"]) == ["new"] * 2 + ["reused"] * 4
    assert (run.requests["queued"] > 0).sum() == 4


def test_a_time_limit_that_strikes_as_a_block_opens_or_closes_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGTERM, functools.partial(handler, 1))
    try:
        for part in ("of_block", "keep", "collect"):
            with monkeypatch.context() as planted, pytest.raises(Late):
                planted.setattr(f"helpers.runs.measured_block.{part}", lambda *_, **__: handler())
                with measure("limited"):
                    pass
            with measure("the next") as run:
                pass
            assert run.trouble == "" and run.faults == ()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_mocks_that_are_older_than_the_block_count_no_call_of_ours(api: PracticeAPI) -> None:
    """The server is asked as a block opens and closes, and the run is stored."""
    names = ("json.loads", "json.dumps", "socket.socket", "socket.create_connection", "socket.getaddrinfo")
    names += ("http.client.HTTPConnection", "http.client.HTTPConnection.request", "urllib.request.urlopen")
    names += ("sqlite3.connect", "subprocess.Popen", "subprocess.run", "time.time", "time.monotonic", "time.sleep")
    with ExitStack() as stack:
        mocks = {name: stack.enter_context(patch(name)) for name in names}
        with measure("with mocks") as run:
            pass
        assert [name for name, mock in mocks.items() if mock.mock_calls] == []
    assert run.outcome == "ok" and run.faults == () and run.trouble == "" and run.server is not None
