"""The harness itself: each kind of broken notebook is caught by its own fault, and a sound one has none."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cells import Cell, code_cells, each_twice, once, then_shuffled
from kernel_runner import CELL_SECONDS, Report, faults_of, run_notebook, slow_cells
from kernel_session import Execution

MakeNotebook = Callable[..., Path]

ERROR = ["1 / 0", "print('never reached')"]
ASYNC_HANG = ["import asyncio", "await asyncio.Event().wait()"]
BLOCKING_HANG = ["import time", "time.sleep(600)"]
REPR_FAILS = ["class Odd:\n    def _repr_html_(self):\n        raise LookupError('not shown')\nOdd()"]
NEVER_AWAITED = ["import asyncio", "asyncio.sleep(0)"]  # Out keeps the object, so the page shows no warning
UNCLOSED_SESSION = ["import aiohttp", "session = aiohttp.ClientSession()"]
NEVER_RETRIEVED = [
    "import asyncio",
    "async def fail():\n    raise LookupError('nobody asks')",
    "task = asyncio.create_task(fail())",
]
LATE_ERROR = [
    "import asyncio",
    "async def fail_later():\n    await asyncio.sleep(0.2)\n    raise LookupError('too late')",
    "asyncio.create_task(fail_later());",
]
LOST_CELLS = [
    "import asyncio, nest_asyncio\nnest_asyncio.apply()",
    "asyncio.run(asyncio.sleep(0.1))",
    "asyncio.run(asyncio.sleep(0.1))",
    "print('lost')",
]
CHILD_LEFT = [f"import subprocess\nchild = subprocess.Popen([{sys.executable!r}, '-c', 'input()'], stdin=-1)"]

TASK_LEFT = ["import asyncio", "ticker = asyncio.create_task(asyncio.sleep(600))"]
THREAD_LEFT = ["import threading\nthreading.Thread(target=threading.Event().wait).start()"]
HOOK_LEFT = ["import requests\nrequests.Session.send = lambda *args, **kwargs: None"]
NEW_HOOK_LEFT = ["import aiohttp\naiohttp.ClientResponse.watched = lambda self: None"]
STDERR = ["import warnings\nwarnings.warn('look here')"]
MET_NOTHING = ["from helpers import expect", "with expect(ValueError):\n    print('all is well')"]
DIED = ["import os\nos._exit(3)"]

SOUND = [
    "import asyncio, subprocess, sys, aiohttp",
    "async def work():\n    await asyncio.sleep(0.01)\n    return 42",
    "await asyncio.gather(work(), work())",
    "async with aiohttp.ClientSession() as session:\n    pass",
    "await asyncio.to_thread(print, 'from a thread')",
    "subprocess.run([sys.executable, '-c', ''])",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
]


@pytest.mark.parametrize(
    ("sources", "kind", "cell"),
    [
        (ERROR, "error", "cell-1"),
        (ERROR, "not run", "cell-2"),
        (REPR_FAILS, "error", "cell-1"),
        (ASYNC_HANG, "hang", "cell-2"),
        (BLOCKING_HANG, "hang", "cell-2"),
        (NEVER_AWAITED, "never awaited", ""),
        (UNCLOSED_SESSION, "unclosed", ""),
        (NEVER_RETRIEVED, "never retrieved", ""),
        (LATE_ERROR, "never retrieved", ""),
        (LOST_CELLS, "lost", "cell-3"),
        (CHILD_LEFT, "process left over", ""),
        (TASK_LEFT, "task left over", ""),
        (THREAD_LEFT, "thread left over", ""),
        (HOOK_LEFT, "hook left in place", ""),
        (NEW_HOOK_LEFT, "hook left in place", ""),
        (STDERR, "stderr", "cell-1"),
        (MET_NOTHING, "met nothing", "cell-2"),
        (DIED, "kernel died", "cell-1"),
    ],
)
def test_a_broken_notebook_is_caught(make_notebook: MakeNotebook, sources: Sequence[str], kind: str, cell: str) -> None:
    patience = 4 if kind in ("hang", "lost") else 30
    report = run_notebook(make_notebook(*sources), patience=patience, shutdown_seconds=2)
    assert [fault for fault in report.faults if fault.kind == kind and cell in fault.where], str(report)


def test_a_crash_is_told_with_its_place(make_notebook: MakeNotebook) -> None:
    report = run_notebook(
        make_notebook("import ctypes\ndef reads_nothing():\n    ctypes.string_at(0)\nreads_nothing()")
    )
    [died] = [fault for fault in report.faults if fault.kind == "kernel died"]
    assert "reads_nothing" in died.text


@pytest.mark.parametrize("order", [once, each_twice, then_shuffled])
def test_a_sound_notebook_has_no_faults(
    make_notebook: MakeNotebook, order: Callable[[Sequence[Cell]], list[Cell]]
) -> None:
    notebook = make_notebook(*SOUND)
    if order is then_shuffled:  # everything but the imports, which the first full run has made
        assert order(code_cells(notebook))[len(SOUND) :] != list(code_cells(notebook))
    report = run_notebook(notebook, order)
    assert not report.faults, str(report)


def test_outputs_and_durations_are_reported(make_notebook: MakeNotebook) -> None:
    report: Report = run_notebook(make_notebook("print('hello')", "import time; time.sleep(0.5)"))
    first, second = report.executions
    assert [(kind, content["text"]) for kind, content in first.outputs] == [("stream", "hello\n")]
    assert first.seconds < second.seconds
    assert second.seconds >= 0.5


def test_the_charts_of_a_cell_are_drawn_when_it_first_runs(make_notebook: MakeNotebook) -> None:
    chart = "from helpers.charts.chart import Chart\nChart(60, 'what it shows')"
    report = run_notebook(make_notebook(chart, f"{chart}  # another cell"), each_twice)
    shown = [content["data"]["text/html"] for execution in report.executions for _, content in execution.outputs]
    assert ["base64,iVBOR" in page for page in shown] == [True, False, True, False]
    assert all('alt="what it shows"' in page for page in shown)


def test_a_cell_is_slow_if_its_quickest_run_is(make_notebook: MakeNotebook) -> None:
    slow, disturbed = code_cells(make_notebook("1", "2"))
    began = datetime.now(UTC)

    def took(cell: Cell, times: float) -> Execution:
        return Execution(cell, [], "ok", began, began + timedelta(seconds=times * CELL_SECONDS))

    runs = [took(slow, 1.2), took(disturbed, 0.5), took(slow, 1.1), took(disturbed, 3), Execution(slow)]
    assert [(fault.kind, "cell-1" in fault.where) for fault in slow_cells(runs)] == [("slow", True)]


def test_an_expect_that_is_to_meet_nothing_must_meet_nothing() -> None:
    cell = Cell("cell-1", 1, "with expect(ValueError): ...", meets_nothing=True)
    outputs = {"met something": "ValueError: no\n", "": "No ValueError this time.\n"}
    for kind, text in outputs.items():
        faults = faults_of(Execution(cell, [("stream", {"name": "stdout", "text": text})], "ok"))
        assert [fault.kind for fault in faults] == [kind] * bool(kind)


def test_each_twice_and_then_shuffled_keep_every_cell(make_notebook: MakeNotebook) -> None:
    cells = code_cells(make_notebook("1", "2", "3", "4"))
    assert [cell.source for cell in each_twice(cells)] == list("11223344")
    again = then_shuffled(cells)
    assert again[:4] == list(cells)
    assert sorted(cell.source for cell in again[4:]) == list("1234")


def test_an_empty_cell_is_not_run(make_notebook: MakeNotebook) -> None:
    assert [cell.id for cell in code_cells(make_notebook("1", " \n", "3"))] == ["cell-1", "cell-3"]
