"""The measured block: what it keeps, what it refuses, and that it never gets in the way."""

import asyncio
import gc
import re
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import requests

from helpers import archive, measure, practice_api
from helpers.recorders.http.cost import cost_per_request
from helpers.recorders.loop.self_test import SelfTest
from helpers.runs import Run, build_activity
from helpers.runs.card import card
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

CODES = ["FR", "JP", "BR", "KE", "CA"]


@pytest.fixture
def no_server() -> Iterator[None]:
    practice_api().stop()
    yield
    practice_api()


def test_a_blocking_loop_is_one_request_at_a_time(api: PracticeAPI) -> None:
    with measure("one after another", predict=0.5) as run:
        for code in CODES:
            requests.get(api.url(f"/countries/{code}", delay=0.1))
    assert (run.outcome, run.predict, run.seen_by) == ("ok", 0.5, "client")
    assert run.server is not None
    assert (run.server.requests, run.server.peak, run.server.connections) == (5, 1, 5)
    assert run.server.by_status == {200: 5}
    assert run.wall >= 0.5
    assert run.cpu > 0
    table = run.requests
    assert list(table["path"]) == [f"/countries/{code}" for code in CODES]
    assert list(table["connection"]) == ["new"] * 5
    assert table["ok"].all()
    assert (table["start"].iloc[1:].to_numpy() >= table["end"].iloc[:-1].to_numpy()).all()
    assert (table["waiting"] >= 0.09).all()
    phases = table[["queued", "connecting", "sending", "waiting", "reading"]].sum(axis=1)
    assert phases.to_numpy() == pytest.approx(table["latency"].to_numpy())


def test_gathered_requests_are_in_flight_together(api: PracticeAPI) -> None:
    async def main() -> Run:
        with measure("all at once") as run:
            async with aiohttp.ClientSession() as session:
                await asyncio.gather(*(fetch(session, api.url(f"/countries/{code}", delay=0.2)) for code in CODES))
        return run

    run = asyncio.run(main())
    assert run.server is not None
    assert run.server.peak == 5
    assert run.requests["start"].max() < run.requests["end"].min()


def test_the_counters_start_from_zero_in_each_block(api: PracticeAPI) -> None:
    for _ in range(2):
        with measure("twice") as run:
            requests.get(api.url("/countries/FR"))
        assert run.server is not None
        assert run.server.requests == 1


def test_an_exception_passes_through_and_the_run_says_so(api: PracticeAPI) -> None:
    with pytest.raises(ZeroDivisionError), measure("breaks") as run:
        requests.get(api.url("/countries/FR"))
        1 / 0  # noqa: B018
    assert run.outcome == "error: ZeroDivisionError"
    assert len(run.requests) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupt_passes_through_and_the_run_says_so(api: PracticeAPI, error: type[BaseException]) -> None:
    with pytest.raises(error), measure("interrupted") as run:
        raise error
    assert run.outcome == "interrupted"
    with measure("afterwards") as after:
        pass
    assert after.outcome == "ok"


@pytest.mark.parametrize("ends", ["by itself", "with its session", "with the block", "by nobody"])
def test_the_bytes_of_a_websocket_are_those_that_were_received(api: PracticeAPI, ends: str) -> None:
    async def main() -> tuple[Run, int]:
        session = aiohttp.ClientSession()
        with measure("a stream") as run:
            socket = await session.ws_connect(api.url("/socket", rate=1000))
            received = sum([len((await socket.receive()).data) for _ in range(3)])
            if ends == "by itself":
                await socket.close()
            elif ends == "with its session":
                await session.close()
            elif ends == "by nobody":
                del socket
        await session.close()
        return run, received

    run, received = asyncio.run(main())
    (row,) = run.requests.to_dict("records")
    # Who closes it reads what is on its way up to the goodbye; that is not counted, since nobody gets it.
    assert (row["status"], row["bytes"]) == (101, received) and received > 100


def test_nested_blocks_are_refused_and_the_outer_one_goes_on(api: PracticeAPI) -> None:
    with measure("outer") as outer:
        requests.get(api.url("/countries/FR"))
        with pytest.raises(RuntimeError, match=r"'outer' is still open, so 'inner' cannot start"), measure("inner"):
            pass
        requests.get(api.url("/countries/JP"))
    assert len(outer.requests) == 2
    assert outer.server is not None
    assert outer.server.requests == 2


def test_a_second_thread_is_refused_too(api: PracticeAPI) -> None:
    refused: list[str] = []

    def other() -> None:
        try:
            with measure("other"):
                pass
        except RuntimeError as error:
            refused.append(str(error))

    with measure("first"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_one_block_is_one_run(api: PracticeAPI) -> None:
    block = measure("once")
    with block:
        pass
    with pytest.raises(RuntimeError, match="has been measured"), block:
        pass


@pytest.mark.parametrize(
    ("label", "predict", "error", "words"),
    [
        ("", None, ValueError, "must not be empty"),
        ("   ", None, ValueError, "must not be empty"),
        (5, None, TypeError, "is a text"),
        ("x", "0.5", TypeError, "predict is a number of seconds"),
        ("x", True, TypeError, "predict is a number of seconds"),
        ("x", 0, ValueError, "number of seconds above 0"),
        ("x", -1, ValueError, "number of seconds above 0"),
        ("x", float("nan"), ValueError, "number of seconds above 0"),
        ("x", float("inf"), ValueError, "number of seconds above 0"),
        ("x", 1e308, ValueError, "and up to 1e\\+09, not 1e\\+308"),
    ],
)
def test_bad_arguments_get_a_clear_error(label: Any, predict: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        measure(label, predict=predict)


def test_a_blank_guess_is_none() -> None:
    with measure("blank", predict=...) as run:
        pass
    assert run.predict is None
    assert "guess" not in run._repr_html_() + run.timeline().sentence
    assert archive.all_runs()[-1].predict is None


def test_an_open_run_says_that_it_is_open(api: PracticeAPI) -> None:
    with measure("open") as run:
        assert run.outcome == "open"
        assert "open" in repr(run)
        assert "still open" in run._repr_html_()
        with pytest.raises(RuntimeError, match="still open"):
            _ = run.requests
        with pytest.raises(RuntimeError, match="still open"):
            run.timeline()


def test_without_a_server_the_client_still_sees_its_requests(no_server: None) -> None:
    with measure("nobody there") as run, pytest.raises(requests.ConnectionError):
        requests.get("http://127.0.0.1:9/")
    assert run.server is None
    assert list(run.requests["error"]) == ["ConnectionError"]
    assert "1 (1 failed)" in run._repr_html_()


def test_a_server_that_ends_in_the_block_does_not_take_the_run_with_it(api: PracticeAPI) -> None:
    with measure("server ends") as run:
        requests.get(api.url("/countries/FR"))
        api.stop()
    assert run.outcome == "ok"
    assert run.server is None
    assert len(run.requests) == 1
    assert practice_api().alive


def ask(api: PracticeAPI, target: str) -> bytes:
    """Ask for something by means that no recorder knows."""
    with socket.create_connection((api.host, api.port)) as connection:
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {api.host}:{api.port}\r\nConnection: close\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_requests_made_without_a_library_are_shown_as_the_server_saw_them(api: PracticeAPI) -> None:
    with measure("by other means") as run:
        for code in ("FR", "JP"):
            ask(api, f"/countries/{code}?delay=0.1")
    assert run.seen_by == "server"
    table = run.requests
    assert list(table["path"]) == ["/countries/FR", "/countries/JP"]
    assert list(table["library"]) == ["server", "server"]
    # One clock for both processes: what the server saw lies inside the block.
    assert (table["start"] >= 0).all()
    assert (table["end"] <= run.wall).all()
    assert (table["latency"] >= 0.09).all()
    assert table["ok"].all()


def test_what_only_the_server_saw_stands_beside_the_rest(api: PracticeAPI) -> None:
    """Of several requests for one thing, which is whose is known by the port."""
    url = api.url("/countries/FR", delay=0.1)
    with measure("both") as run:
        threads = [threading.Thread(target=ask, args=(api, "/countries/FR?delay=0.1")) for _ in range(5)]
        for thread in threads:
            thread.start()
        with requests.Session() as session:
            session.get(url)
            session.get(url)
        for thread in threads:
            thread.join()
    assert run.seen_by == "client"
    assert sorted(run.requests["library"]) == ["requests"] * 2 + ["server"] * 5
    assert run.requests["start"].is_monotonic_increasing
    assert run.server is not None and run.server.requests == 7
    mine = run.requests[run.requests["library"] == "requests"]
    assert mine["connection"].tolist() == ["new", "reused"]
    assert "7 requests" in repr(run)
    assert ">7<" in card(run)


def test_nothing_is_said_of_a_server_that_was_not_asked(api: PracticeAPI) -> None:
    with measure("nothing asked") as run:
        pass
    assert run.server is not None and run.server.requests == 0
    assert "server" not in card(run) and "in flight" not in repr(run)
    assert run.panel().server_peak is None


def test_requests_beside_the_block_are_not_the_blocks(api: PracticeAPI) -> None:
    async def main() -> Run:
        answered = asyncio.Semaphore(0)
        async with aiohttp.ClientSession() as session:

            async def poll() -> None:
                while True:
                    async with session.get(api.url("/countries/FR")) as response:
                        await response.read()
                    answered.release()
                    await asyncio.sleep(0.001)

            beside = asyncio.create_task(poll())
            await answered.acquire()  # a first request that is under way as the block opens would be nobody's
            with measure("beside") as run:
                async with session.get(api.url("/countries/JP")) as response:
                    await response.read()
                for _ in range(6):
                    await answered.acquire()
            beside.cancel()
        return run

    run = asyncio.run(main())
    assert list(run.requests["path"]) == ["/countries/JP"]
    assert run.server is not None and run.server.requests > 5
    assert re.search(r"Beside the block \d+ requests were made", str(run.panel().activity))


def test_a_run_that_is_kept_keeps_no_loop(api: PracticeAPI) -> None:
    async def main() -> tuple[Run, "weakref.ref[Any]"]:
        with measure("kept") as run:
            async with aiohttp.ClientSession() as session, session.get(api.url("/countries/FR")) as response:
                await response.read()
            time.sleep(0.05)
        return run, weakref.ref(asyncio.get_running_loop())

    run, loop = asyncio.run(main())
    gc.collect()
    assert loop() is None
    assert len(run.requests) == 1 and len(run.tasks) == 1


def test_the_requests_table_is_a_copy(api: PracticeAPI) -> None:
    with measure("copy") as run:
        requests.get(api.url("/countries/FR"))
    table = run.requests
    table["latency"] = -1
    assert (run.requests["latency"] > 0).all()


def test_the_stop_button_is_noticed_within_the_heartbeat(api: PracticeAPI) -> None:
    """A cancellation that does not wake the loop, as ipykernel's signal handler makes it, is seen all the same."""

    async def main() -> float:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        cancelled_at = 0.0

        def press_stop() -> None:
            nonlocal cancelled_at
            cancelled_at = time.perf_counter()
            # Not call_soon_threadsafe: that would wake the loop.
            loop._ready.append(asyncio.Handle(task.cancel, (), loop))  # type: ignore[attr-defined]

        timer = threading.Timer(0.3, press_stop)
        timer.start()
        with pytest.raises(asyncio.CancelledError), measure("stopped") as run:
            await asyncio.sleep(90)
        task.uncancel()
        assert run.outcome == "interrupted"
        return time.perf_counter() - cancelled_at

    assert asyncio.run(main()) < 45  # as the `await` ends by itself, the cancellation is seen at last


def test_the_block_leaves_no_timer_behind(api: PracticeAPI) -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        with measure("tidy"):
            await asyncio.sleep(0)
        return sum(not handle.cancelled() for handle in loop._scheduled)  # type: ignore[attr-defined]

    assert asyncio.run(main()) == 0


def test_the_card_counts_what_was_given_up_apart_from_what_failed(api: PracticeAPI) -> None:
    async def ask(session: aiohttp.ClientSession, code: str, delay: float) -> None:
        async with session.get(api.url(f"/countries/{code}", delay=delay)):
            pass

    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            await ask(session, "XX", 0)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await asyncio.gather(*(ask(session, "FR", 5) for _ in range(2)))

    with measure("given up") as run:
        asyncio.run(main())
    assert "3 (1 failed, 2 cancelled)" in run._repr_html_()


def test_the_card_tells_what_happened(api: PracticeAPI) -> None:
    with measure("<b>half</b> of them", predict=100) as run:
        for n in range(10):
            requests.get(api.url("/flaky", rate=0.5, n=n))
    failed = int((~run.requests["ok"]).sum())
    assert 0 < failed < 10
    html = run._repr_html_()
    assert "&lt;b&gt;half&lt;/b&gt; of them" in html
    assert f"10 ({failed} failed)" in html
    assert "your guess" in html
    assert 'alt="' in html
    assert "10 requests" in repr(run)


def test_every_run_is_in_the_history(api: PracticeAPI) -> None:
    with measure("kept", predict=2) as run:
        requests.get(api.url("/countries/FR", seed=7))
        requests.get(api.url("/countries/XX"))
    assert run.stored is not None
    (stored,) = archive.runs_of("kept")
    assert stored == run.stored
    assert (stored.wall, stored.cpu, stored.predict, stored.outcome) == (run.wall, run.cpu, 2.0, "ok")
    assert stored.when.replace(tzinfo=None) == run.when
    assert stored.when.tzinfo is not None
    assert stored.conditions.seeds == (0, 7)
    assert stored.server is not None
    assert stored.server["by_status"] == {"200": 1, "404": 1}
    table = archive.requests_of(stored.number)
    assert list(table["path"]) == ["/countries/FR", "/countries/XX"]
    assert list(table["ok"]) == [True, False]
    assert list(table["latency"]) == list(run.requests["latency"])


def test_a_run_that_failed_is_in_the_history_too() -> None:
    for error in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises(error), measure("broken"):
            raise error
    assert [run.outcome for run in archive.runs_of("broken")] == ["error: ZeroDivisionError", "interrupted"]


def test_a_warm_up_run_says_so(api: PracticeAPI) -> None:
    with measure("warm", warm_up=True) as run:
        pass
    assert run.stored is not None
    assert run.stored.warm_up
    assert "warm-up" in run._repr_html_()
    with pytest.raises(TypeError, match="warm_up is True or False"):
        measure("warm", warm_up=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError])
def test_trouble_while_storing_keeps_the_blocks_own_error(
    monkeypatch: pytest.MonkeyPatch, trouble: type[BaseException]
) -> None:
    def fail(*_: object) -> None:
        raise trouble("while storing")

    monkeypatch.setattr("helpers.runs.measured_block.keep", fail)
    with pytest.raises(ZeroDivisionError), measure("broken") as run:
        raise ZeroDivisionError
    assert run.outcome == "error: ZeroDivisionError"
    assert run.stored is None
    assert archive.runs_of("broken") == []
    assert requests.Session.send.__module__ == "requests.sessions"
    with measure("afterwards") as after:
        monkeypatch.undo()
    assert after.outcome == "ok"


def test_stop_while_storing_stops_the_cell_and_leaves_no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("helpers.runs.measured_block.keep", stop)
        with pytest.raises(KeyboardInterrupt), measure("stopped") as run:
            pass
    assert run.outcome == "ok"
    assert requests.Session.send.__module__ == "requests.sessions"
    with measure("afterwards"):
        pass


def test_code_that_cannot_be_read_does_not_keep_a_block_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("helpers.runs.measured_block.of_block", fail)
    with measure("odd") as run:
        pass
    assert run.stored is not None
    assert run.stored.configuration == ""
    assert "too deep" in run._repr_html_()


def test_storing_is_not_in_the_blocks_time(monkeypatch: pytest.MonkeyPatch) -> None:
    real, began = archive.append, []

    def note(*given: Any) -> Any:
        began.append(time.perf_counter())
        return real(*given)

    monkeypatch.setattr(archive, "append", note)
    with measure("quick") as run:
        pass
    assert run.began + run.wall <= began[0]


async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url) as response:
        return await response.json()


def test_what_recording_cost_counts_each_of_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps, the looks at whom they wait for, the calls, the requests, and the thread that looks beside."""
    monkeypatch.setattr(build_activity, "cost_per_request", lambda: 1.0)
    monkeypatch.setattr(build_activity, "self_test", lambda: SelfTest(works=True, cost=0.5))
    threads = SimpleNamespace(calls=10, cost_per_call=0.01, watcher=SimpleNamespace(used=7.0))
    recording: Any = SimpleNamespace(threads=threads, loop=SimpleNamespace(handles=4, looked=0.2), requests=[None] * 3)
    assert build_activity._cost(recording) == pytest.approx(4 * 0.5 + 0.2 + 10 * 0.01 + 3 * 1.0 + 7.0)
    recording.loop = None
    assert build_activity._cost(recording) == pytest.approx(10 * 0.01 + 3 * 1.0 + 7.0)


def test_the_recorder_s_own_thread_is_not_in_the_processor_time() -> None:
    block = measure("watched")
    watcher = block._recording.threads.watcher
    with block as run:
        watcher.used -= 3.0  # as if it had taken three seconds less than it will have
    assert 3.0 <= run.cpu < 4.0
    block = measure("watched for long")
    with block as run:
        block._recording.threads.watcher.used += 3.0
    assert 0.0 <= run.cpu < 1.0  # what its own thread has used, of which it is never less


def test_what_a_request_cost_is_measured() -> None:
    assert 0.0 < cost_per_request() < 0.001
