"""The frames of the live view: what one holds at most, how often they come, and what is kept when nobody watches."""

import asyncio
import json
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from jumping_loop import clock, jump_through

from helpers.servers.practice_api.counters import ENDED_ROWS, Counters
from helpers.servers.practice_api.live_frames import MOST_AGES, MOST_BARS, PAUSE, STILL, LiveFrames

LARGEST_FRAME = 12_000  # characters, with as many bars as there may be


@pytest.fixture(autouse=True)
def _no_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames are made by the clock of the loop that they are made on, and that one jumps."""
    for module in ("live_frames", "counters"):
        monkeypatch.setattr(
            f"helpers.servers.practice_api.{module}.time", SimpleNamespace(perf_counter=clock, monotonic=clock)
        )


class Watcher:
    """Takes the frames that `LiveFrames` sends, as slowly as it is told to."""

    def __init__(self, pause: float = 0.0) -> None:
        self.texts: list[str] = []
        self._pause = pause

    async def take(self, text: str) -> None:
        self.texts.append(text)
        await asyncio.sleep(self._pause)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def gone(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_thousands_of_requests_make_a_frame_no_larger() -> None:
    async def main() -> list[str]:
        counters, watcher = Counters(), Watcher()
        watch = asyncio.create_task(LiveFrames(counters).watch(watcher.take))
        await until(lambda: watcher.texts)
        long = "/" + "x" * 1000
        waiting = [counters.arrived("GET", f"{long}?n={n}", "default", n) for n in range(5_000)]
        await until(lambda: len(watcher.texts) > 1)
        for entry in waiting:
            counters.ended(entry, 200)
        for n in range(MOST_BARS):
            counters.arrived("GET", f"{long}?n={n}", "default", n)
        await until(lambda: len(watcher.texts) > 2)
        await gone(watch)
        return watcher.texts

    texts = jump_through(main())
    assert max(len(text) for text in texts) < LARGEST_FRAME
    _, many, few = map(json.loads, texts)
    assert "bars" not in many and many["in_flight"] == many["most"] == 5_000
    assert len(many["ages"]) == MOST_AGES and many["ages"] == sorted(many["ages"], reverse=True)
    assert len(few["ended"]) == ENDED_ROWS and len(few["bars"]) == MOST_BARS
    assert "ages" not in few and few["arrived"] == 5_000 + MOST_BARS


def test_frames_are_few_and_a_rest_makes_them_fewer() -> None:
    async def main() -> tuple[list[float], list[float]]:
        counters, watcher = Counters(), Watcher()
        watch = asyncio.create_task(LiveFrames(counters).watch(watcher.take))
        for n in range(300):
            counters.ended(counters.arrived("GET", "/countries/FR", "default", n), 200)
            await asyncio.sleep(0.002)
        busy = [frame["at"] for frame in watcher.frames]
        seen = len(watcher.texts) + 1  # one may be due
        await until(lambda: len(watcher.texts) >= seen + 3)
        await gone(watch)
        return busy, [frame["at"] for frame in watcher.frames[seen:]]

    busy, still = jump_through(main())
    assert min(later - at for at, later in pairwise(busy)) > PAUSE * 0.9
    assert min(later - at for at, later in pairwise(still)) > STILL * 0.9


def test_a_slow_watcher_misses_frames_and_no_count() -> None:
    async def main() -> tuple[Watcher, Watcher]:
        counters, slow, quick = Counters(), Watcher(pause=0.5), Watcher()
        live = LiveFrames(counters)
        watches = [asyncio.create_task(live.watch(watcher.take)) for watcher in (slow, quick)]
        await until(lambda: slow.texts and quick.texts)
        for n in range(100):
            counters.ended(counters.arrived("GET", "/countries/FR", "default", n), 503)
            await asyncio.sleep(0.01)
        await until(lambda: all(watcher.frames[-1]["arrived"] == 100 for watcher in (slow, quick)))
        await gone(*watches)
        return slow, quick

    slow, quick = jump_through(main())
    assert len(slow.texts) < len(quick.texts) / 2
    assert slow.frames[-1]["failed"] == quick.frames[-1]["failed"] == 100


def test_while_nobody_watches_nothing_runs_and_nothing_is_kept() -> None:
    async def main() -> None:
        counters = Counters()
        live = LiveFrames(counters)
        assert counters.lately is None
        for _ in range(2):
            one, two = Watcher(), Watcher()
            watches = [asyncio.create_task(live.watch(watcher.take)) for watcher in (one, two)]
            await until(lambda one=one, two=two: one.texts and two.texts)
            assert counters.lately is not None
            await gone(watches[0])
            assert counters.lately is not None
            await gone(watches[1])
            assert counters.lately is None
            await until(lambda: len(asyncio.all_tasks()) == 1)
        counters.ended(counters.arrived("GET", "/", "default", 1), 200)
        assert not counters.in_flight

    jump_through(main())
