"""What `client_tests_recorded.py` plugs into pytest: each test in a measured block, and a line of JSON about each."""

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Generator
from math import inf
from pathlib import Path
from typing import Any

import pytest

from helpers.recorders import belonging
from helpers.recorders.http.recorder import HttpRecorder
from helpers.runs.measured_block import measure
from helpers.runs.run import Run

RECORDERS = ("none", "requests", "all")
"""What is recorded: nothing, HTTP requests alone, or all that `measure` records."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options that the command gives."""
    parser.addoption("--recorders", choices=RECORDERS, default="none", help="what is recorded in each test")
    parser.addoption("--outcomes", default="outcomes.jsonl", help="the file that gets a line for each test")


def pytest_configure(config: pytest.Config) -> None:
    """Plug it in."""
    config.pluginmanager.register(EachTest(config.getoption("--recorders"), Path(config.getoption("--outcomes"))))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End the process, all having been said. A test may have left a thread that never ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


class EachTest:
    """Records each test, and writes down how it came out.

    What stands in a line: ``test`` is its name, ``failed`` what failed in it (empty where nothing did), ``requests``
    and ``steps`` are how many were recorded, ``faults`` says which recorders were switched off. The last line has the
    ``exit`` status.
    """

    def __init__(self, recorders: str, outcomes: Path) -> None:
        self._recorders = recorders
        self._outcomes = outcomes
        self._failed: list[str] = []
        self._seen = Seen()
        outcomes.write_text("", encoding="utf-8")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Put the test into a block. First of all, so that what runs coroutines finds the block in the coroutine."""
        if self._recorders == "none" or not isinstance(item, pytest.Function):
            yield
            return
        plain = item.obj
        item.obj = in_block(plain, self._recorders, self._seen)
        try:
            yield
        finally:
            item.obj = plain  # pytest keeps the item to the end, and with it would go all that was recorded

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what has failed, be it the test or a fixture of it."""
        if report.failed:
            self._failed.append(what_failed(report))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """The test is over, and its fixtures are."""
        self._write(test=nodeid, failed="; ".join(self._failed), **self._seen.told())
        self._failed, self._seen = [], Seen()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported, for want of a package it may be."""
        if report.failed:
            self._write(test=report.nodeid, failed=what_failed(report), **Seen().told())

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """All have been run."""
        self._write(exit=int(exitstatus))

    def _write(self, **line: object) -> None:
        # At once: a test may end the process.
        with self._outcomes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Seen:
    """What the recorders have seen in one test."""

    def __init__(self) -> None:
        self.by: Run | RequestsAlone | None = None

    def told(self) -> dict[str, Any]:
        """The numbers of it, as plain data. A run whose tables cannot be made is a fault too."""
        requests, steps, faults = 0, 0, []
        try:
            if isinstance(self.by, RequestsAlone):
                requests, faults = self.by.requests, self.by.faults
            elif self.by is not None:
                faults = [*self.by.faults, *filter(None, [self.by.trouble])]
                requests, steps = len(self.by.requests), len(self.by.steps)
        except Exception as error:
            faults.append(f"The run cannot be told ({type(error).__name__}: {error})")
        return {"requests": requests, "steps": steps, "faults": faults}


class RequestsAlone:
    """A block in which nothing but HTTP requests is recorded."""

    def __init__(self) -> None:
        self._recorder = HttpRecorder(owner=self)

    def __enter__(self) -> "RequestsAlone":
        self._recorder.start()
        self._mark = belonging.mark(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.stop()
        belonging.unmark(self._mark)

    @property
    def requests(self) -> int:
        """How many it has recorded."""
        return len(self._recorder.records)

    @property
    def faults(self) -> list[str]:
        """What was switched off."""
        return list(filter(None, (guard.note(inf) for guard in self._recorder.guards)))


def what_failed(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The first line of its error, and where; the last line of what pytest tells where it does not know the error."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return (report.longreprtext.strip().splitlines() or ["failed"])[-1]
    return f"{(crash.message.splitlines() or ['failed'])[0]} ({crash.path}:{crash.lineno})"


def in_block(function: Callable[..., Any], recorders: str, seen: Seen) -> Callable[..., Any]:
    """The same test function in a block that records, which is opened on the loop where the test runs on one."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            with _block(function, recorders) as seen.by:
                return await function(*args, **kwargs)

        return waiting

    @functools.wraps(function)
    def blocking(*args: Any, **kwargs: Any) -> Any:
        with _block(function, recorders) as seen.by:
            return function(*args, **kwargs)

    return blocking


def _block(function: Callable[..., Any], recorders: str) -> "measure | RequestsAlone":
    if recorders == "requests":
        return RequestsAlone()
    # As a learner measures; the history is the file that the command has named.
    return measure("a test").about(function)
