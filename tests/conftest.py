"""What all tests share: nothing may be skipped in CI, no run lands in the learner's history, and there is a browser."""

import os
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from chromium import find_chromium

IN_CI = os.environ.get("CI") == "true"


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI, turn a skip into a failure: there everything that a test needs is installed."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} - but nothing may be skipped in CI"


OTHER_SYSTEMS = ("win32", "darwin")
"""Where there may be tests that cannot be run. On Linux there are none."""


def _not_here(item: pytest.Item) -> str:
    """Why a test cannot be run on this system; "" where it can. It is the one kind of skip that CI lets pass.

    `@pytest.mark.not_on("win32", reason="Windows has no fork")` says so, or with both systems what only Linux has.
    """
    found = ""
    for mark in item.iter_markers("not_on"):
        if not mark.args or not set(mark.args) <= set(OTHER_SYSTEMS) or not mark.kwargs.get("reason"):
            raise pytest.UsageError(f"{item.nodeid}: not_on names some of {', '.join(OTHER_SYSTEMS)}, and a reason")
        if sys.platform in mark.args:
            found = mark.kwargs["reason"]
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not _not_here(item):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


LANES = {
    "unit": "works without waiting, and starts no server",
    "evidence": "real servers, kernels and processes; pins counts, order, shapes and lower bounds",
    "timing": "compares times, as a measurement (canary.py); make.py runs it when nothing but one of its like runs",
}
"""docs/architecture.md says which test belongs where."""

EVIDENCE = ("notebooks", "exercises", "browser")
"""The folders whose tests are evidence, unless they say otherwise. All others are unit tests unless they do."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for lane, description in LANES.items():
        config.addinivalue_line("markers", f"{lane}: {description}")
    config.addinivalue_line("markers", "not_on(*systems, reason): cannot be run there, where `sys.platform` says so")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is not for this system. Give each test its lane, and its group: the tests of a file stay in one worker
    (`--dist=loadgroup`).

    What they share is started once. A test that says another group, such as its notebook, goes with that. In a file
    that says `evidence` a test with `timing` has both marks: it is of the timing lane.
    """
    for item in items:
        if reason := _not_here(item):
            item.add_marker(pytest.mark.skip(reason=reason))
        if not any(map(item.get_closest_marker, LANES)):
            item.add_marker("evidence" if item.path.parent.name in EVIDENCE else "unit")
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    items[:] = _dealt_out(items)


def _dealt_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Put one group of exercises, which wait, before every three of the groups below them, which compute.

    Workers take groups in this order; were all at exercises at once, the processors would be idle. Those with most
    tests come first: who begins a long one last is alone with it at the end.
    """
    first: dict[str, list[pytest.Item]] = {}
    waiting: dict[str, list[pytest.Item]] = {}
    computing: dict[str, list[pytest.Item]] = {}
    for item in items:
        folder = item.path.parent.name
        groups = first if folder in ("browser", "notebooks") else waiting if folder == "exercises" else computing
        groups.setdefault(_group(item), []).append(item)
    order = list(computing.values())
    for at, group in enumerate(sorted(waiting.values(), key=len, reverse=True)):
        order.insert(at * 4, group)
    return [item for group in [*first.values(), *order] for item in group]


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    assert marker is not None
    return str(marker.args[0])


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_interrupts() -> Iterator[None]:
    """Ctrl-C's signal does what it does in a terminal, also in a run that a script has put into the background.

    A shell has such a run ignore it, and with it every process that the run starts.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if ignored:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture(scope="session", autouse=True)
def _utf8() -> Iterator[None]:
    """Every Python that a test starts prints in UTF-8, as those of `make lab` do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONUTF8", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def _history_of_no_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever runs outside a test, such as a fixture of a module, keeps away from the learner's history too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path_factory.mktemp("history") / "history.sqlite"))
        yield


@pytest.fixture(autouse=True)
def history_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the runs of this test go, and those of the kernels that it starts: a history of its own, still empty."""
    path = tmp_path / "history.sqlite"
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(path))
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that Playwright is to start (`launch(executable_path=chromium)`)."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine: install one, or name it in the variable CHROMIUM")
    return path
