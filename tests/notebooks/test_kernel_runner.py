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
LOST_CELLS = [
    "import asyncio, nest_asyncio\nnest_asyncio.apply()",
    "asyncio.run(asyncio.sleep(0.1))",
    "asyncio.run(asyncio.sleep(0.1))",
    "print('lost')",
]
DIED = ["import os\nos._exit(3)"]

# Faults that do not keep the cells below them from running. They share a notebook, each in one cell, with the kind of
# fault and words that are in the text of this one only.
SIDE_BY_SIDE = [
    ("import asyncio\nasyncio.sleep(0)", "never awaited", "sleep"),  # Out keeps it, so the page shows no warning
    ("import aiohttp\nsession = aiohttp.ClientSession()", "unclosed", "session"),
    (
        "async def fail():\n    raise LookupError('nobody asks')\ntask = asyncio.create_task(fail())",
        "never retrieved",
        "nobody asks",
    ),
    (
        "async def fail_later():\n    await asyncio.sleep(0.2)\n    raise LookupError('too late')\n"
        "asyncio.create_task(fail_later());",
        "never retrieved",
        "too late",
    ),
    (
        f"import subprocess\nchild = subprocess.Popen([{sys.executable!r}, '-c', 'input()'], stdin=-1)",
        "process left over",
        "input()",
    ),
    ("ticker = asyncio.create_task(asyncio.sleep(600), name='ticker')", "task left over", "ticker"),
    (
        "import threading\nthreading.Thread(target=threading.Event().wait, name='waits').start()",
        "thread left over",
        "waits",
    ),
    ("import requests\nrequests.Session.send = lambda *args, **kwargs: None", "hook left in place", "send"),
    ("aiohttp.ClientResponse.watched = lambda self: None", "hook left in place", "watched"),
    ("import warnings\nwarnings.warn('look here')", "stderr", "look here"),
    ("from helpers import expect\nwith expect(ValueError):\n    print('all is well')", "met nothing", "all is well"),
]

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
    ("sources", "faults"),
    [
        (ERROR, [("error", "cell-1"), ("not run", "cell-2")]),
        (REPR_FAILS, [("error", "cell-1")]),
        (ASYNC_HANG, [("hang", "cell-2")]),
        (BLOCKING_HANG, [("hang", "cell-2")]),
        (LOST_CELLS, [("lost", "cell-3")]),
        (DIED, [("kernel died", "cell-1")]),
    ],
)
def test_a_broken_notebook_is_caught(
    make_notebook: MakeNotebook, sources: Sequence[str], faults: Sequence[tuple[str, str]]
) -> None:
    patience = 4 if faults[0][0] in ("hang", "lost") else 30
    report = run_notebook(make_notebook(*sources), patience=patience, shutdown_seconds=2)
    for kind, cell in faults:
        assert [fault for fault in report.faults if fault.kind == kind and cell in fault.where], str(report)


def test_faults_side_by_side_are_each_caught(make_notebook: MakeNotebook) -> None:
    report = run_notebook(make_notebook(*(source for source, _, _ in SIDE_BY_SIDE)), shutdown_seconds=2)
    for _, kind, words in SIDE_BY_SIDE:
        assert [fault for fault in report.faults if fault.kind == kind and words in fault.text], str(report)
    also = {"kernel did not end", "process outlived the kernel", "warning"}  # of that thread and that process
    assert {fault.kind for fault in report.faults} - also == {kind for _, kind, _ in SIDE_BY_SIDE}, str(report)


def test_a_crash_is_told_with_its_place(make_notebook: MakeNotebook) -> None:
    report = run_notebook(make_notebook("import os\ndef gives_up():\n    os.abort()\ngives_up()"))
    [died] = [fault for fault in report.faults if fault.kind == "kernel died"]
    assert "gives_up" in died.text


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
    chart = "from helpers.charts.canvas.chart import Chart\nChart(60, 'what it shows')"
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
