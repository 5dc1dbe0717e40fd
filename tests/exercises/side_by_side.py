"""Many checks side by side: a bench for each of several threads, since most of a check is waiting."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar
from unittest.mock import patch

import pytest

from helpers.exercises.bench import kernel_side
from helpers.servers.kernel_servers import KernelServers

Made = TypeVar("Made")


class _Benches(threading.local):
    """In the place of a kernel's one bench: one for each thread."""

    all_of_them: list[Any] = []  # noqa: RUF012 - of all threads

    def __init__(self) -> None:
        self.servers = KernelServers[kernel_side.Bench](lambda bench: bench.alive)
        self.all_of_them.append(self.servers)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.servers, name)


class SideBySide:
    """Runs checks in threads, each of which has a bench of its own."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads

    def submit(self, job: Callable[..., Made], *arguments: Any) -> "Future[Made]":
        """Have a job done, which may call `check` as a notebook does."""
        return self._threads.submit(job, *arguments)


def chosen(request: pytest.FixtureRequest, parameter: str) -> list[Any]:
    """What the tests that are to be run here are about: without those that `-k` has left out."""
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    return [item.callspec.params[parameter] for item in items if parameter in item.callspec.params]


def in_a_fresh_bench(job: Callable[[], Made]) -> Made:
    """Do a job whose first check is the first of its bench."""
    for bench in kernel_side._benches.take(lambda key: True):
        bench.stop()
    return job()


@contextmanager
def side_by_side(benches: int) -> Iterator[SideBySide]:
    """So many benches, until the end of the block."""
    mine = _Benches()
    threads = ThreadPoolExecutor(benches, thread_name_prefix="side by side")
    with patch.object(kernel_side, "_benches", mine), patch.object(kernel_side, "_one_at_a_time", nullcontext()):
        try:
            yield SideBySide(threads)
        finally:
            threads.shutdown(cancel_futures=True)
            for servers in mine.all_of_them:
                for bench in servers.take(lambda key: True):
                    bench.stop()
            mine.all_of_them.clear()
