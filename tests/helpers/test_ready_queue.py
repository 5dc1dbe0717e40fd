"""The hooks on a loop's ready queue: nothing that is given to the loop is lost, and what is noted stays with it."""

import asyncio
import itertools
import json
import subprocess
import sys
import threading
import traceback
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from test_loop_recorder import recording, steps, steps_of

from helpers import measure
from helpers.recorders.loop.ready_queue import UNKNOWN, align, queue_of
from helpers.recorders.loop.recorder import LoopRecorder

pytestmark = pytest.mark.evidence


# --- the queue and what is noted --------------------------------------------------------------------------------------


def test_a_loop_gets_a_queue_of_its_own_once_with_all_that_waits_in_it() -> None:
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        before: Any = first._ready  # type: ignore[attr-defined]
        handles = [first.call_soon(print) for _ in range(3)]
        queue = queue_of(first)
        assert list(queue) == handles and list(before) == []
        assert first._ready is queue and queue_of(first) is queue  # type: ignore[attr-defined]
        assert isinstance(queue, deque) and type(queue) is not type(queue_of(second))
        queue.clear()
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize(
    ("put", "notes"),
    [
        ("abc", "abc"), ("abc", "bac"), ("", "ab"), ("ab", ""), ("bcd", "abcd"), ("abc", "b"), ("cab", "abc"),
    ],
    ids=["in order", "two in the other order", "cleared", "put past the hook", "one taken", "two unknown", "rotated"],
)  # fmt: skip
def test_notes_are_brought_into_the_order_of_the_queue(put: str, notes: str) -> None:
    number = {name: index for index, name in enumerate("abcdx")}
    noted = deque(entry for name in notes for entry in (name, number[name], float(number[name])))
    taken = "x"
    noted.extend((taken, 4, 4.0))
    assert align(noted, deque(put), taken) == (4, 4.0)
    expected = [(name, number[name], float(number[name])) if name in notes else (name, *UNKNOWN) for name in put]
    assert list(noted) == [entry for each in expected for entry in each]
    assert align(noted, deque(put), "never noted") == UNKNOWN


# --- what other code does with the queue ------------------------------------------------------------------------------


async def give_way(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("change", ["rotate", "reverse", "appendleft", "extend", "replaced"])
def test_code_that_changes_the_queue_by_itself_leaves_the_record_true(change: str) -> None:
    async def main() -> tuple[LoopRecorder, list[str]]:
        loop: Any = asyncio.get_running_loop()
        ran: list[str] = []
        with recording() as recorder:
            children = [asyncio.create_task(give_way(number), name=str(number)) for number in range(1, 6)]
            await asyncio.sleep(0)
            if change in ("rotate", "reverse"):
                getattr(loop._ready, change)()
            elif change == "replaced":  # the queue that is looked at then is not ours: what is in it has no notes
                loop._ready.append(asyncio.Handle(ran.append, ("called",), loop))
            else:
                handle = asyncio.Handle(ran.append, ("called",), loop)
                getattr(loop._ready, change)(handle if change == "appendleft" else [handle])
            await asyncio.gather(*children)
        return recorder, ran

    recorder, ran = asyncio.run(main())
    assert ran == ([] if change in ("rotate", "reverse") else ["called"])
    assert recorder.guard.on
    assert [len(steps_of(recorder, str(number))) for number in range(1, 6)] == [2, 3, 4, 5, 6]
    assert all(ready <= start <= end for _, ready, start, end in steps(recorder))


def test_what_another_thread_gives_to_the_loop_is_never_lost() -> None:
    """Blocks begin and end while a thread gives the loop something to do, nearly as often as it can."""
    given, done = 0, 0
    stop = threading.Event()

    async def main() -> None:
        nonlocal done
        loop = asyncio.get_running_loop()

        def count() -> None:
            nonlocal done
            done += 1

        def give() -> None:
            nonlocal given
            while not stop.is_set():
                if given - done < 1000:  # otherwise the loop's turns would become longer and longer
                    loop.call_soon_threadsafe(count)
                    given += 1

        thread = threading.Thread(target=give)
        thread.start()
        try:
            for _ in range(150):
                with recording() as recorder:
                    await give_way(3)
                assert recorder.guard.on
                await asyncio.sleep(0)
        finally:
            stop.set()
            await asyncio.to_thread(thread.join)
        await give_way(3)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        asyncio.run(main())
    finally:
        sys.setswitchinterval(interval)
    assert done == given > 0


def test_a_loop_that_keeps_its_queue_in_another_way_runs_as_before_and_the_run_says_so() -> None:
    class Queue(deque[Any]):
        """A learner's own, which tells how often it was used."""

        popped = 0

        def popleft(self) -> Any:
            self.popped += 1
            return super().popleft()

    class Loop(asyncio.SelectorEventLoop):
        def __init__(self) -> None:
            super().__init__()
            self._ready = Queue()

    async def main() -> Any:
        with measure("own queue") as run:
            await give_way(3)
        return run

    with asyncio.Runner(loop_factory=Loop) as runner:
        run = runner.run(main())
        queue = runner.get_loop()._ready  # type: ignore[attr-defined]
        assert type(queue) is Queue and queue.popped > 3
    assert "keeps its ready queue" in str(run) and "Loop" in str(run)


# --- what a task sees of the hooks ------------------------------------------------------------------------------------


def test_no_step_is_called_by_a_hook_nor_calls_one() -> None:
    async def main() -> list[traceback.FrameSummary]:
        with recording():
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            return list(traceback.extract_stack())

    stack = asyncio.run(main())
    names = [frame.name for frame in stack]
    ours = [position for position, frame in enumerate(stack) if "recorders" in frame.filename]
    assert names[-3:] == ["_run_once", "_run", "main"]
    assert [names[position] for position in ours] == ["run_once"]  # between the loop and a turn of it


def test_handles_are_asyncio_s_own() -> None:
    handle, timer = asyncio.Handle, asyncio.TimerHandle

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with recording():
            assert (asyncio.Handle, asyncio.TimerHandle) == (handle, timer)
            assert type(loop.call_soon(int)) is handle and type(loop.call_later(0, int)) is timer
            assert not [name for kind in (handle, timer) for name in vars(kind) if "recorders" in _file(kind, name)]

    asyncio.run(main())


def _file(kind: type, name: str) -> str:
    return str(getattr(getattr(vars(kind)[name], "__code__", None), "co_filename", ""))


# --- steps within steps -----------------------------------------------------------------------------------------------

NESTED = """
import asyncio, json, sys
sys.path[:0] = sys.argv[1:]
import nest_asyncio
nest_asyncio.apply()
from test_loop_recorder import burn, recording, steps, steps_of

async def inner():
    await asyncio.sleep(0.06)

async def outer():
    burn(0.01)
    asyncio.get_running_loop().run_until_complete(asyncio.ensure_future(inner()))
    burn(0.01)

async def main():
    with recording() as recorder:
        task = asyncio.create_task(outer(), name="outer")
        bystander = asyncio.create_task(asyncio.sleep(0.03), name="bystander")
        await task
        asyncio.run(inner())  # in the step that closes the block
        burn(0.01)
    return recorder

recorder = asyncio.run(main())
print(json.dumps({
    "note": recorder.guard.note(0.0),
    "long": [step.who for step in recorder.long_steps],
    "steps": sorted((start, end, recorder.rows[row].name) for row, _, start, end in steps(recorder)),
    "names": [row.name for row in recorder.rows],
    "outcomes": [row.outcome for row in recorder.rows],
}))
"""


def test_a_step_that_runs_the_loop_is_divided_and_holds_nothing_up_meanwhile() -> None:
    here = Path(__file__).parent
    root = here.parent.parent
    paths = [str(here), str(here.parent), str(root)]
    result = subprocess.run(
        [sys.executable, "-c", NESTED, *paths],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        cwd=root,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["note"] == "" and told["long"] == []
    every = told["steps"]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(every))
    burnt = [end - start for start, end, name in every if name == "outer"]
    assert sum(burnt) >= 0.02 and len(burnt) >= 2
    opener = told["names"][0]
    assert sum(end - start for start, end, name in every if name == opener) >= 0.01
    assert told["outcomes"][1:3] == ["ok", "ok"]
