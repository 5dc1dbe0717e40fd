"""A scratch kernel runs cells queued at once, says what became of each, and leaves no process behind."""

import asyncio
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from child_processes import children, is_alive
from jupyter_client.blocking.client import BlockingKernelClient

from helpers.scratch_kernel import ScratchCell, ScratchRun, run_all, talk
from helpers.scratch_kernel.talk import ScratchKernelFailed

pytestmark = pytest.mark.evidence

JOB = """
import asyncio

async def job(number):
    await asyncio.sleep(0.05)
    print("job", number)
"""
AWAITS = [f"await job({number})" for number in range(4)]
RUNS = [f"asyncio.run(job({number}))" for number in range(4)]


def run(coroutine: Coroutine[Any, Any, ScratchRun]) -> ScratchRun:
    """Run to the end, and see that no kernel is left."""
    before = set(children(os.getpid()))
    result = asyncio.run(coroutine)
    assert not set(children(os.getpid())) - before
    return result


def states(result: ScratchRun) -> list[str]:
    """What became of each cell."""
    return [cell.state for cell in result.cells]


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(met)


# --- what became of the cells -----------------------------------------------------------------------


def test_awaiting_cells_all_run_in_order() -> None:
    result = run(run_all("await", AWAITS, first=JOB))
    assert states(result) == ["ran"] * 4
    assert [cell.number for cell in result.cells] == [1, 2, 3, 4]
    assert [cell.output for cell in result.cells] == [f"job {number}\n" for number in range(4)]
    assert all(cell.stderr == "" for cell in result.cells) and repr(result) == "await: All 4 cells ran."


def test_cells_behind_a_nested_run_are_lost() -> None:
    result = run(run_all("nest", RUNS, first=JOB + "import nest_asyncio\nnest_asyncio.apply()"))
    assert states(result) == ["ran", "lost", "lost", "lost"]
    assert result.ran == 1 and result.lost == [2, 3, 4]
    assert "Cells 2, 3 and 4 were lost" in result.sentence
    [(message, times)] = result.errors_on_stderr.items()
    assert message.startswith("RuntimeError: cannot enter context") and times == 3


def test_a_cell_that_takes_its_time_is_not_taken_for_lost() -> None:
    slow = "await asyncio.sleep(1.2)"  # four times as long as the silence after which the kernel is asked
    assert states(run(run_all("slow", [slow, "1 + 1"], first="import asyncio"))) == ["ran", "ran"]
    assert states(run(run_all("blocking", ["import time; time.sleep(1.2)", "1 + 1"]))) == ["ran", "ran"]


def test_the_cells_after_an_error_are_skipped_unless_told_to_go_on() -> None:
    cells = ["print('fine')", "1 / 0", "'after'"]
    skipping = run(run_all("as Run All does", cells))
    assert states(skipping) == ["ran", "failed", "skipped"]
    assert skipping.sentence == "2 of 3 cells ran. Cell 2 raised an error. Cell 3 was not run because of it."
    going_on = run(run_all("go on", cells, go_on=True))
    assert states(going_on) == ["ran", "failed", "ran"]
    assert going_on.cells[1].error == "ZeroDivisionError: division by zero"
    assert "ZeroDivisionError" in going_on.cells[1].output and "\x1b" not in going_on.cells[1].output
    assert going_on.cells[2].output == "'after'\n"


@pytest.mark.parametrize(
    ("first", "cells", "became"),
    [
        ("", ["1 / 0", "2", "3"], ["failed", "skipped", "skipped"]),
        (JOB + "import nest_asyncio\nnest_asyncio.apply()", RUNS[:3], ["ran", "lost", "lost"]),
    ],
    ids=["an error", "a nested run"],
)
def test_what_becomes_of_a_cell_does_not_depend_on_how_soon_it_is_sent(
    first: str, cells: list[str], became: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    send = BlockingKernelClient.execute

    def send_late(client: BlockingKernelClient, code: str, *args: Any, **options: Any) -> str:
        if code in cells[1:]:
            time.sleep(0.3)  # in which the first cell would be over
        return send(client, code, *args, **options)

    monkeypatch.setattr(BlockingKernelClient, "execute", send_late)
    assert states(run(run_all("late", cells, first=first))) == became


def test_a_kernel_that_dies_before_it_has_the_cells_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    queue_cells = talk._Talk.queue_cells

    def kill_and_queue(conversation: talk._Talk, go_on: bool, go: Path) -> None:
        conversation._process.stop()
        queue_cells(conversation, go_on, go)

    monkeypatch.setattr(talk._Talk, "queue_cells", kill_and_queue)
    assert states(run(run_all("dies first", ["1", "2"]))) == ["gone", "gone"]


def test_standard_error_of_a_cell_and_of_none() -> None:
    fail = "async def fail():\n    raise ValueError('nobody asked')"
    cells = ["print('oh', file=sys.stderr)", "asyncio.create_task(fail());", "await asyncio.sleep(0.1)"]
    result = run(run_all("stderr", cells, first=f"import asyncio, sys\n{fail}"))
    assert [cell.shown for cell in result.cells] == ["oh\n", "", ""]
    assert result.cells[0].output == "" and not result.errors_on_stderr
    assert "never retrieved" in result.unseen and result.unseen_errors == {"ValueError: nobody asked": 1}


def test_a_kernel_that_dies_says_so() -> None:
    # What a kernel has not sent when it dies is lost: the first cell's word gets the time to leave it.
    result = run(run_all("dies", ["1", "import os, time; time.sleep(0.5); os._exit(3)", "2"]))
    assert states(result) == ["ran", "gone", "gone"]
    assert "The kernel died before cells 2 and 3 were over." in result.sentence


class Channel:
    """A channel on which these messages have come already."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)

    def get_msg(self, timeout: float) -> dict[str, Any]:
        if not self.messages:
            raise queue.Empty
        return self.messages.pop(0)


def test_what_a_kernel_said_before_it_died_counts() -> None:
    reply = {"parent_header": {"msg_id": "1"}, "content": {"status": "ok", "execution_count": 1}}
    client: Any = SimpleNamespace(iopub_channel=Channel(), shell_channel=Channel(reply), control_channel=Channel())
    dead: Any = SimpleNamespace(alive=False)
    result = ScratchRun("dies", [ScratchCell("1"), ScratchCell("os._exit(3)")], None, within=8)
    conversation = talk._Talk(result, dead, client, threading.Event())
    conversation._cells = dict(zip("12", result.cells, strict=True))
    conversation.listen_until_over()
    assert states(result) == ["ran", "gone"]


@pytest.mark.parametrize(("status", "became"), [("ok", "ran"), ("error", "failed"), ("aborted", "skipped")])
def test_a_reply_that_overtakes_what_is_published_counts(status: str, became: str) -> None:
    """They come on two connections, and only on each of them in order."""
    content = {"status": status, "execution_count": 1, "ename": "ValueError", "evalue": "too small"}
    cell = ScratchCell("1")
    nobody: Any = SimpleNamespace()
    conversation = talk._Talk(ScratchRun("late", [cell], None, within=8), nobody, nobody, threading.Event())
    conversation._cells["1"] = cell
    conversation._take_reply({"parent_header": {"msg_id": "1"}, "content": content})
    for state in ("busy", "idle"):
        conversation._take_published(
            {"parent_header": {"msg_id": "1"}, "msg_type": "status", "content": {"execution_state": state}}
        )
    assert cell.state == became and conversation._is_over("1")


def test_cells_that_do_not_end_are_given_up() -> None:
    result = run(run_all("hangs", ["while True: pass", "2"], within=0.5))
    assert states(result) == ["given up", "given up"]
    assert "Cells 1 and 2 were not over after 0.5 s." in result.sentence


@pytest.mark.not_on("win32", reason="A kernel there takes no request to interrupt it")
def test_each_cell_that_still_runs_is_interrupted_once() -> None:
    # The kernel cancels a cell that awaits, once its loop is awake; it says nothing to one that blocks.
    awaits = "for _ in range(400):\n    await asyncio.sleep(0.05)"
    cells = ["time.sleep(20)", awaits, "1 + 1", "await asyncio.sleep(0); time.sleep(1)"]
    result = run(run_all("Stop", cells, first="import asyncio, time", go_on=True, interrupt_after=0.4, within=60))
    assert states(result) == ["failed", "failed", "ran", "ran"]
    assert [cell.error.split(":")[0] for cell in result.cells] == ["KeyboardInterrupt", "CancelledError", "", ""]
    took = [cell.took or 0 for cell in result.cells]
    assert all(seconds > 0.3 for seconds in took[:2]) and took[3] > 0.9 and max(took) < 20


INTERRUPTS_AND_ENDS = """
import asyncio, faulthandler
from helpers.scratch_kernel import run_all

async def both():
    dies = ["import os, time\\ntry: time.sleep(30)\\nexcept KeyboardInterrupt: os._exit(1)", "2"]
    stands = ["import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"]
    for result in await asyncio.gather(
        run_all("dies", dies, interrupt_after=0.2, within=20), run_all("stands", stands, interrupt_after=0.2, within=1)
    ):
        print(*(cell.state for cell in result.cells), sep=", ", flush=True)

asyncio.run(both())
faulthandler.dump_traceback_later(15, exit=True)  # where it hangs, if it does not end by itself
"""


@pytest.mark.not_on("win32", reason="A kernel there takes no request to interrupt it")
def test_a_process_ends_although_a_kernel_that_it_interrupted_has_gone_or_takes_no_request(tmp_path: Path) -> None:
    script = tmp_path / "interrupts.py"
    script.write_text(INTERRUPTS_AND_ENDS, encoding="utf-8")
    process = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", timeout=120)
    assert (process.returncode, process.stdout) == (0, "gone, gone\ngiven up\n"), process.stderr


def test_a_cell_that_did_not_run_took_no_time() -> None:
    assert [cell.took is None for cell in run(run_all("skips", ["1 / 0", "2"])).cells] == [False, True]


def test_seconds_to_an_interrupt_are_above_0() -> None:
    with pytest.raises(ValueError, match="interrupt_after is a number of seconds above 0, not 0"):
        asyncio.run(run_all("bad", ["1"], interrupt_after=0))


def test_a_first_cell_that_fails_is_told() -> None:
    with pytest.raises(ScratchKernelFailed, match="The first cell failed: NameError: name 'nest' is not defined"):
        asyncio.run(run_all("first", ["1"], first="nest.apply()"))


def test_a_first_cell_that_ends_the_kernel_is_told() -> None:
    with pytest.raises(ScratchKernelFailed, match="The first cell ended the kernel"):
        asyncio.run(run_all("first", ["1"], first="import os; os._exit(3)"))


def test_it_knows_nothing_of_the_learner() -> None:
    result = run(run_all("where", ["import os; len(os.listdir('.')) <= 4, os.environ.get('JPY_PARENT_PID')"]))
    assert result.cells[0].output == "(True, None)\n"


@pytest.mark.parametrize(
    ("cells", "within", "problem", "message"),
    [
        ("1 + 1", 6, TypeError, "cells is one string"),
        ([1], 6, TypeError, "a cell is a string of source, not 1"),
        ([], 6, ValueError, "no cell to run"),
        (["1"], 0, ValueError, "within is a number of seconds above 0, not 0"),
    ],
)
def test_bad_input_is_refused(cells: Any, within: float, problem: type[Exception], message: str) -> None:
    with pytest.raises(problem, match=message):
        asyncio.run(run_all("bad", cells, within=within))


@pytest.mark.parametrize("guess", [2.5, "3", -1])
def test_a_guess_is_a_number_of_cells(guess: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="predict is a whole number of cells from 0 on"):
        asyncio.run(run_all("bad", ["1"], predict=guess))


def test_a_blank_guess_is_none() -> None:
    result = run(run_all("blank", ["1"], predict=...))
    assert result.predict is None and "guess" not in result._repr_html_()


def test_the_card_shows_each_cell_the_guess_and_the_error() -> None:
    result = run(run_all("<cells>", ["print('a<b')", "raise ValueError('too small')", "2"], predict=3))
    card = result._repr_html_()
    for text in ("&lt;cells&gt;", "your guess: 3, and 2 ran", "a&lt;b", "ValueError: too small", "[1]:", "[*]:"):
        assert text in card
    assert result.sentence in card


# --- nothing is left --------------------------------------------------------------------------------


def test_the_loop_goes_on_and_several_kernels_run_side_by_side() -> None:
    async def both() -> tuple[int, ScratchRun, ScratchRun]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticker = asyncio.create_task(tick())
        one, two = await asyncio.gather(run_all("one", ["1"]), run_all("two", ["2"]))
        ticker.cancel()
        return ticks, one, two

    ticks, one, two = asyncio.run(both())
    assert ticks > 10
    assert [one.cells[0].output, two.cells[0].output] == ["1\n", "2\n"]


@pytest.mark.parametrize("after", [0.0, 0.3, 2.5])
def test_a_cancelled_cell_leaves_no_kernel(after: float) -> None:
    async def begin_and_cancel() -> None:
        task = asyncio.create_task(run_all("cancelled", ["import time; time.sleep(60)"], within=60))
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    before = set(children(os.getpid()))
    asyncio.run(begin_and_cancel())
    assert not set(children(os.getpid())) - before


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    code = """
        import asyncio
        from helpers.scratch_kernel import run_all
        asyncio.run(run_all("orphan", ["import time; time.sleep(60)"], within=60))
    """
    script.write_text(textwrap.dedent(code), encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)])
    try:
        # On Windows there is another child before it: the process that was started is a launcher of Python.
        assert wait_until(lambda: any("helpers.scratch_kernel" in line for line in children(parent.pid).values()))
        orphans = list(children(parent.pid))
        parent.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        parent.wait()
        assert wait_until(lambda: not any(map(is_alive, orphans)))
    finally:
        parent.kill()
        parent.wait()
