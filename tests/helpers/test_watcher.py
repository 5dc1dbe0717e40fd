"""One thread looks for all, as long as there is one that looks."""

import itertools
import os
import subprocess
import sys
import threading
import time

import pytest

from helpers.recorders import unlisted_thread
from helpers.recorders.guard import Guard
from helpers.recorders.watcher import COUNTS_THREADS, LATEST, Watcher, go_on

pytestmark = pytest.mark.evidence
EVENTUALLY = 10.0


class Counts:
    """Looks so many times, then fails."""

    def __init__(self, pause: float = 0.001, most: int = 1_000_000) -> None:
        self.guard = Guard("what counts")
        self.seen: list[tuple[int, float, float]] = []
        self._pause, self._most = pause, most

    def look(self, now: float, late: float) -> float:
        if len(self.seen) == self._most:
            raise ValueError("enough")
        self.seen.append((threading.get_ident(), now, late))
        return self._pause

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + EVENTUALLY
        while len(self.seen) < count:
            assert time.monotonic() < until, f"{len(self.seen)} looks"
            time.sleep(0.001)


def refuse(*_: object) -> None:
    raise RuntimeError("can't start new thread")


def test_all_look_in_one_thread_that_ends_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    # On Windows it would move too seldom to be seen.
    monkeypatch.setattr("helpers.recorders.watcher.thread_time", map(float, itertools.count()).__next__)
    watcher, first, second = Watcher(), Counts(), Counts()
    before = len(sys._current_frames())
    watcher.add(first)
    watcher.add(second)
    first.wait_for(5)
    second.wait_for(5)
    assert {thread for thread, *_ in first.seen} == {thread for thread, *_ in second.seen} != {threading.get_ident()}
    watcher.remove(first)
    seen = len(first.seen)
    second.wait_for(len(second.seen) + 5)
    assert len(first.seen) == seen
    watcher.remove(second)
    watcher.remove(second)
    assert len(sys._current_frames()) == before
    assert watcher.used > 0.0
    watcher.add(first)  # and begins again
    first.wait_for(seen + 1)
    watcher.remove(first)


def test_none_waits_longer_than_it_asks_for_nor_does_one_that_fails_end_the_others() -> None:
    watcher, quick, slow, fails = Watcher(), Counts(0.001), Counts(60.0), Counts(most=3)
    for looks in (slow, fails, quick):
        watcher.add(looks)
    quick.wait_for(20)
    assert len(fails.seen) == 3 and not fails.guard.on
    assert slow.guard.on and quick.guard.on
    watcher.remove(quick)
    seen = len(slow.seen)
    slow.wait_for(seen + 3)  # every `LATEST` all the same
    pauses = [after[1] - one[1] for one, after in zip(slow.seen[seen:], slow.seen[seen + 1 :], strict=False)]
    assert min(pauses) > LATEST / 2
    watcher.remove(slow)
    watcher.remove(fails)


def test_where_there_is_no_thread_to_give_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, looks = Watcher(), Counts()
    with monkeypatch.context() as full:
        full.setattr(unlisted_thread._thread, "start_new_thread", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            watcher.add(looks)
    watcher.remove(looks)
    watcher.add(looks)
    looks.wait_for(1)
    watcher.remove(looks)


@pytest.mark.not_on("win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_finds_no_thread_and_its_parent_has_it_again() -> None:
    watcher, looks = Watcher(), Counts()
    watcher.add(looks)
    looks.wait_for(1)
    for _ in range(10):
        child = os.fork()
        if child == 0:
            still = len(sys._current_frames()) == 1 and watcher._thread is None
            watcher.remove(looks)
            os._exit(7 if still else 8)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert (watcher._thread is None) == COUNTS_THREADS
        go_on()  # as the next hook does
        looks.wait_for(len(looks.seen) + 2)
    watcher.remove(looks)


@pytest.mark.not_on("win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_where_there_is_no_thread_to_give_after_a_fork_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, looks = Watcher(), Counts()
    watcher.add(looks)
    with monkeypatch.context() as full:
        full.setattr(unlisted_thread._thread, "start_new_thread", refuse)
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        go_on()
    assert "can't start new thread" in looks.guard.note(0.0)
    watcher.remove(looks)


FORKS = """
import os, time, warnings
from helpers import measure

with warnings.catch_warnings(record=True) as told, measure("forks inside") as run:
    warnings.simplefilter("always")
    for _ in range(3):
        child = os.fork()
        if child == 0:
            time.sleep(0.2)
            os._exit(0)
        os.waitpid(child, 0)  # no hook sees that
        time.sleep(0.02)
print(len(told), run.outcome, len(run.panel().activity.stalls), *run.faults)
"""


@pytest.mark.not_on("win32", reason="Windows has no fork")
def test_python_does_not_warn_of_our_thread_when_a_block_forks() -> None:
    ended = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, encoding="utf-8", timeout=60)
    assert (ended.stdout, ended.stderr) == ("0 ok 0\n", "")
