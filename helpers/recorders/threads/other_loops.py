"""Notice tasks on other event loops than the block's own: in other threads, or from `asyncio.run` in plain code.

They are counted and have no rows; the thread that runs such a loop is one.
"""

import asyncio
import functools
import gc
import sys
from asyncio.base_events import BaseEventLoop
from inspect import CO_COROUTINE
from itertools import chain
from types import FrameType, FunctionType, MethodType
from typing import Any

from helpers.code.origin import made_by_learner, maker_of
from helpers.recorders.display_names import is_one_of
from helpers.recorders.handed_on import awaited_by, code_run_by, learners_coroutine, learners_function
from helpers.recorders.own_frames import out_of_sight
from helpers.recorders.patches import Patches
from helpers.recorders.threads.ledger import Ledger

_AT_THE_END = (BaseEventLoop.shutdown_asyncgens.__code__, BaseEventLoop.shutdown_default_executor.__code__)
"""What `asyncio.run` runs in tasks of its own."""


def install(patches: Patches, ledger: Ledger) -> None:
    """Hook the making of tasks; ``patches.restore()`` takes the hook out again. To be called on the block's thread."""
    home, plain, guard = asyncio._get_running_loop(), BaseEventLoop.create_task, ledger.guard

    @functools.wraps(plain)
    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        with out_of_sight:
            task = plain(self, coro, **options)
        with guard:
            _forget_frame(task)
            if self is not home and ledger.place() is not None and is_learners_task(coro, sys._getframe()):
                ledger.note_task_elsewhere()
        return task

    patches.replace(BaseEventLoop, "create_task", create_task)


def is_learners_task(coroutine: Any, frame: FrameType) -> bool:
    """Whether the learner's code is what the coroutine runs, or has asked for the task, seen from a frame inside it."""
    if learners_coroutine(coroutine) is not None or _will_call_learners(coroutine):
        return True
    return made_by_learner(maker_of(frame)) and code_run_by(coroutine) not in _AT_THE_END


def _will_call_learners(coroutine: Any) -> bool:
    """Whether it has been given a coroutine function of the learner's, to call it: as anyio's portal is."""
    kept = chain.from_iterable(map(gc.get_referents, (coroutine, *awaited_by(coroutine))))
    given = (each for each in kept if is_one_of(type(each), (FunctionType, MethodType, functools.partial)))
    codes = (code_run_by(learners_function(each)) for each in given)
    return any(code is not None and code.co_flags & CO_COROUTINE for code in codes)


def _forget_frame(task: Any) -> None:
    """In asyncio's debug mode a task says where it was made, and that is not here."""
    if issubclass(type(task), asyncio.Task) and task._source_traceback:
        here = _forget_frame.__code__.co_filename
        task._source_traceback[:] = [frame for frame in task._source_traceback if frame.filename != here]
