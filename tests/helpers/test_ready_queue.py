"""The hooks on a loop's ready queue: nothing that is given to the loop is lost, and what is noted stays with it."""

import asyncio
import copy
import itertools
import json
import subprocess
import sys
import threading
import traceback
import weakref
from collections import deque
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from test_loop_recorder import recording, steps, steps_of

from helpers import measure
from helpers.recorders.loop.ready_queue import UNKNOWN, align, stand_in
from helpers.recorders.loop.recorder import LoopRecorder

pytestmark = pytest.mark.evidence


# --- the queue and what is noted --------------------------------------------------------------------------------------


def test_what_stands_before_a_queue_does_all_that_a_deque_does_and_holds_nothing_itself() -> None:
    queue = deque([1, 2, 3])
    appended = []
    before = stand_in(queue, append=lambda _, thing: appended.append(thing))
    missing = set(dir(deque)) - set(dir(type(before)))
    assert missing == {"__class_getitem__", "__imul__", "pop", "popleft", "appendleft", "clear"}, "these are hooks"
    before.append(4)
    before.extend([5])
    before += [6]
    assert appended == [4] and list(queue) == [1, 2, 3, 5, 6] == list(before) and len(before) == 5 and 5 in before
    assert before == queue and before[0] == 1 and list(reversed(before)) == [6, 5, 3, 2, 1]
    assert repr(before) == repr(queue) and isinstance(before, deque)
    before.rotate(1)
    assert queue[0] == 6
    for copied in (before.copy(), copy.copy(before), before + deque()):
        assert type(copied) is deque and copied == queue and copied is not queue
    queue.clear()
    assert not before


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


def change_queue(change: str, loop: Any, older: Any, handle: asyncio.Handle) -> None:
    """Change the loop's queue as code may that knows of no hook; ``older`` is what it was before the block."""
    if change in ("rotate", "reverse"):
        getattr(loop._ready, change)()
    elif change == "appendleft":
        loop._ready.appendleft(handle)
    elif change == "extend":
        loop._ready.extend([handle])
    elif change == "add":
        loop._ready += [handle]
    elif change == "an older reference":
        older.append(handle)
    elif change == "taken and put back":
        loop._ready.append(loop._ready.popleft())


CHANGES = ["rotate", "reverse", "appendleft", "extend", "add", "an older reference", "taken and put back"]


@pytest.mark.parametrize("change", CHANGES)
def test_code_that_changes_the_queue_by_itself_leaves_the_record_true(change: str) -> None:
    async def main() -> tuple[LoopRecorder, list[str]]:
        loop: Any = asyncio.get_running_loop()
        older, ran = loop._ready, list[str]()
        with recording() as recorder:
            children = [asyncio.create_task(give_way(number), name=str(number)) for number in range(1, 6)]
            await asyncio.sleep(0)
            change_queue(change, loop, older, asyncio.Handle(ran.append, ("called",), loop))
            assert len(older) == len(loop._ready)
            await asyncio.gather(*children)
        assert loop._ready is older
        return recorder, ran

    recorder, ran = asyncio.run(main())
    assert ran == ([] if change in ("rotate", "reverse", "taken and put back") else ["called"])
    assert recorder.guard.on
    if change != "taken and put back":  # then a step more is seen to begin
        assert [len(steps_of(recorder, str(number))) for number in range(1, 6)] == [2, 3, 4, 5, 6]
    assert all(ready <= start <= end for _, ready, start, end in steps(recorder))


def test_a_loop_that_takes_the_last_first_is_recorded() -> None:
    class Loop(asyncio.SelectorEventLoop):
        def _run_once(self) -> None:
            self._ready: Any
            self._process_events(self._selector.select(0 if self._ready else 0.001))  # type: ignore[attr-defined]
            for _ in range(len(self._ready)):
                self._ready.pop()._run()

    async def main() -> LoopRecorder:
        with recording() as recorder:
            await asyncio.gather(*(asyncio.create_task(give_way(3), name=str(number)) for number in range(3)))
        return recorder

    with asyncio.Runner(loop_factory=Loop) as runner:
        recorder = runner.run(main())
    assert [len(steps_of(recorder, str(number))) for number in range(3)] == [4, 4, 4]
    assert {row.outcome for row in recorder.rows[1:]} == {"ok"}


def test_thousands_of_handles_that_are_put_first_take_no_long_time() -> None:
    """What is noted of each is where it belongs: nothing is looked for."""

    async def main() -> LoopRecorder:
        loop: Any = asyncio.get_running_loop()
        with recording() as recorder:
            for _ in range(1000):
                loop._ready.appendleft(asyncio.Handle(int, (), loop))
            await give_way(1)
        return recorder

    with pytest.MonkeyPatch.context() as patch:
        looks = []
        patch.setattr("helpers.recorders.loop.recorder.align", lambda *given: looks.append(given) or align(*given))
        assert asyncio.run(main()).handles > 1000
    assert len(looks) <= 2


def test_what_is_queued_as_the_loop_is_closed_is_let_go() -> None:
    class Thing:
        def call(self) -> None: ...

    loop = asyncio.new_event_loop()
    recorder = LoopRecorder(loop, object(), 0.05)
    recorder.start()
    thing = Thing()
    gone = weakref.ref(thing)
    loop.call_soon(thing.call)
    del thing
    assert gone() is not None
    loop.close()
    assert gone() is None
    recorder.stop()


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
    assert "whose ready queue or selector is none of asyncio's" in str(run) and "Loop" in str(run)


def test_a_loop_whose_selector_is_a_mock_has_it_afterwards_too() -> None:
    loop = asyncio.new_event_loop()
    own = loop._selector  # type: ignore[attr-defined]

    async def main() -> Any:
        loop._selector = Mock(wraps=own)  # type: ignore[attr-defined]
        with measure("a mock") as run:
            await give_way(3)
        await asyncio.sleep(0.001)
        return run

    try:
        run = loop.run_until_complete(main())
        assert "whose ready queue or selector" in str(run)
    finally:
        loop._selector = own  # type: ignore[attr-defined]
        loop.close()


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


def test_no_class_of_asyncio_s_is_changed() -> None:
    """A handle is asyncio's own. And a class that changes with each block is looked up ever more slowly: CPython 3.13
    remembers no more than a thousand of its versions."""
    handle, timer = asyncio.Handle, asyncio.TimerHandle
    kinds = {kind for each in (handle, timer, asyncio.Task, asyncio.SelectorEventLoop) for kind in each.__mro__}

    def state() -> dict[type, dict[str, Any]]:
        return {kind: dict(vars(kind)) for kind in kinds}

    async def main() -> None:
        loop, before = asyncio.get_running_loop(), state()
        loop._clock_resolution = 1e-9  # type: ignore[attr-defined]  # a coarse clock's timers are hooked
        own = set(vars(loop))
        with recording():
            loop.set_task_factory(None)
            assert state() == before and set(vars(loop)) > own
            assert (asyncio.Handle, asyncio.TimerHandle) == (handle, timer)
            assert type(loop.call_soon(int)) is handle and type(loop.call_later(0, int)) is timer
        assert set(vars(loop)) == own

    asyncio.run(main())


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
