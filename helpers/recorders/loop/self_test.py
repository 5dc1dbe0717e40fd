"""Whether a loop can be recorded on this Python, and what that costs here: tried out once, on a loop of our own."""

import asyncio
import threading
from functools import cache
from typing import NamedTuple

from helpers.recorders import belonging
from helpers.recorders.display_names import in_class
from helpers.recorders.loop.ready_queue import has_usual_queue
from helpers.recorders.loop.recorder import LoopRecorder
from helpers.recorders.processor_time import cost_clock

STEPS, ROUNDS = 400, 10
NAME = "waiting-measured self-test"
"""Of tasks and threads: the learner's are numbered, and go on to begin with 1."""


class SelfTest(NamedTuple):
    """How the self-test went.

    Attributes:
        works: whether every step was seen.
        cost: seconds that recording takes per step, by `cost_clock`.
    """

    works: bool
    cost: float


def why_not(loop: asyncio.AbstractEventLoop) -> str:
    """Why the tasks of this loop cannot be recorded, as a sentence; an empty text where they can."""
    kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
    selector = getattr(loop, "_selector", None)  # that of some tests is a mock, which would not forget our hook
    selects = in_class(type(selector), "select") is not None
    if not (isinstance(loop, asyncio.BaseEventLoop) and selects and has_usual_queue(loop)):
        return (
            f"The event loop is a {kind}, whose ready queue or selector is none of asyncio's: requests were "
            "recorded, tasks were not."
        )
    if not self_test().works:
        return (
            "This version of Python runs its tasks in a way that the recorder does not know: tasks were not recorded."
        )
    return ""


@cache
def self_test() -> SelfTest:
    """Record a task of our own, in a thread with a loop of its own, and see whether all of its steps are there."""
    outcome: list[SelfTest] = []
    thread = threading.Thread(target=lambda: outcome.append(_try()), name=NAME)
    thread.start()
    thread.join()
    return outcome[0] if outcome else SelfTest(works=False, cost=0.0)


def _try() -> SelfTest:
    # The kind that `asyncio.run` makes: Windows has one of its own, and it is more different than most.
    loop = getattr(asyncio, "ProactorEventLoop", asyncio.SelectorEventLoop)()
    try:
        plain, recorded = [], []
        works = True
        for _ in range(ROUNDS):  # by turns: a moment in which the machine is slow must not be all of one kind's rounds
            plain.append(loop.run_until_complete(loop.create_task(_give_way(), name=NAME)))
            owner = object()
            recorder = LoopRecorder(loop, owner, threshold=60)
            recorded.append(loop.run_until_complete(loop.create_task(_watched(recorder, owner), name=NAME)))
            # The opening step, one step for each time it gave way, and the child's two.
            works = works and len(recorder.steps) == 4 * (STEPS + 2 + 2) and len(recorder.rows) == 2
        return SelfTest(works, max(min(recorded) - min(plain), 0.0) / STEPS)
    except Exception:  # private names may be gone in a version yet to come: then tasks are not recorded, and we say so
        return SelfTest(works=False, cost=0.0)
    finally:
        loop.close()


async def _give_way() -> float:
    began = cost_clock()
    for _ in range(STEPS):
        await asyncio.sleep(0)
    return cost_clock() - began


async def _watched(recorder: LoopRecorder, owner: object) -> float:
    recorder.start()
    mark = belonging.mark(owner)
    try:
        taken = await _give_way()
        await asyncio.get_running_loop().create_task(asyncio.sleep(0), name=NAME)
        return taken
    finally:
        recorder.stop()
        belonging.unmark(mark)
