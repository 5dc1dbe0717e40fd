"""What a waiting thread costs is measured in new processes; no thread and no process is left, whatever happens."""

import mmap
import os
import subprocess
import threading
from typing import Any

import pytest
from child_processes import children

from helpers.costs import waiting_price, waiting_process
from helpers.costs.waiting_price import price_of_threads
from helpers.costs.waiting_process import resident_memory
from helpers.costs.waiting_process import threads as let_threads_wait

pytestmark = pytest.mark.evidence

MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def nothing_left() -> Any:
    """Every test leaves the threads and the processes that it found."""
    threads, processes = set(threading.enumerate()), set(children(os.getpid()))
    yield
    assert not set(threading.enumerate()) - threads
    assert not set(children(os.getpid())) - processes


def allow_threads(monkeypatch: pytest.MonkeyPatch, limit: int, error: BaseException) -> None:
    """Let so many threads start, and then fail as a system does that allows no more."""
    started: list[threading.Thread] = []
    plain_start = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if len(started) == limit:
            raise error
        started.append(thread)
        plain_start(thread)

    monkeypatch.setattr(threading.Thread, "start", start)


def test_a_row_per_count() -> None:
    table = price_of_threads([2, 200])
    assert list(table.columns) == ["started", "start", "memory", "memory_each", "note"]
    assert list(table.index) == [2, 200] and table.index.name == "asked"
    assert list(table["started"]) == [2, 200]
    assert list(table["note"]) == ["", ""]
    assert (table["start"] > 0).all()


def test_more_threads_hold_more_memory() -> None:
    few, many = price_of_threads([10, 300])["memory"]
    assert many > 5 * few > 0


def test_memory_each_is_of_those_that_started(monkeypatch: pytest.MonkeyPatch) -> None:
    told = '{"started": 4, "start": 0.1, "memory": 400, "note": "RuntimeError: no more"}'
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, told, ""))
    table = price_of_threads([1000])
    assert table.loc[1000].to_dict() == {
        "started": 4, "start": 0.1, "memory": 400, "memory_each": 100, "note": "RuntimeError: no more",
    }  # fmt: skip


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError("no room")])
def test_the_system_allows_no_more_threads(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    allow_threads(monkeypatch, 3, error)
    measured = let_threads_wait(10, wait=0)
    assert measured["started"] == 3
    assert measured["note"] == f"{type(error).__name__}: {error}"


def test_threads_that_are_slow_to_start_are_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_process, "START_SECONDS", 0)
    measured = let_threads_wait(10, wait=0)
    assert measured["started"] == 0
    assert measured["note"] == "TimeoutError: the 0 s for starting them were over"


def test_not_one_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    told = '{"started": 0, "start": 0.1, "memory": 0, "note": "RuntimeError: no more"}'
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, told, ""))
    assert price_of_threads([1])["memory_each"].isna().all()


def test_stop_ends_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_threads(monkeypatch, 3, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        let_threads_wait(10, wait=0)


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_below_one(count: int) -> None:
    with pytest.raises(ValueError, match=f"whole number from 1 on, not {count}"):
        price_of_threads([10, count])


def test_the_new_process_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1, "", "no such module\n"))
    with pytest.raises(RuntimeError, match="the process with 5 threads failed: no such module"):
        price_of_threads([5])


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_price, "SECONDS", 0.001)
    with pytest.raises(subprocess.TimeoutExpired):
        price_of_threads([5])


def test_resident_memory_grows_with_what_is_held() -> None:
    before = resident_memory()
    # Asked of the system: Python's own allocator may hand out memory that this process has had all the time.
    with mmap.mmap(-1, 64 * MEGABYTE) as held:
        for start in range(0, len(held), mmap.PAGESIZE):
            held[start] = 1  # a page is given when it is first used
        assert len(held) / 2 < resident_memory() - before < 2 * len(held)
