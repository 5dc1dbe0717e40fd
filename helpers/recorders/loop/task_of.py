"""Which task a callback of the event loop belongs to, told without a look into any object that is no task's."""

import asyncio
import sys
from asyncio import tasks
from types import BuiltinMethodType, MethodType
from typing import Any

_PYTHON_TASK = tasks._PyTask  # type: ignore[attr-defined]
# Not as `asyncio.Task`: nest-asyncio puts the one written in Python there, maybe before this is imported.
_USUAL_TASK: Any = getattr(sys.modules.get("_asyncio"), "Task", _PYTHON_TASK)
TASKS = (asyncio.Task, _PYTHON_TASK, _USUAL_TASK)
"""The one written in C and the one written in Python."""


def is_task(thing: Any) -> bool:
    """Whether it is a task. Not by `isinstance`, which asks the thing: a mock says that it is one."""
    return issubclass(type(thing), TASKS)


def task_of(callback: Any) -> "asyncio.Task[Any] | None":
    """The task that runs its next step, or wakes, when the loop calls this; None for any other callback.

    A callback may be any object, and its attributes code of the learner's. So only callbacks of the three types that
    asyncio makes are asked for theirs: methods, of Python's and of C's, and the first step of a task written in C.
    """
    kind = type(callback)
    if kind is STEPS or kind is BuiltinMethodType or kind is MethodType:
        owner = callback.__self__
        if type(owner) is _USUAL_TASK or issubclass(type(owner), TASKS):  # in this order: it is asked at every step
            task: asyncio.Task[Any] = owner
            return task
    return None


def _type_of_steps() -> type | None:
    """The type of the callback by which a task takes its first step, which has no public name. None if unknown."""
    coroutine = _nothing()
    try:
        loop = _OneCall()
        task = _USUAL_TASK(coroutine, loop=loop, name="waiting-measured")
        task._log_destroy_pending = False
        callback, loop.callback = loop.callback, None  # which holds the task, which holds the loop
        return None if type(callback) is MethodType else type(callback)  # any object's methods are of that type
    except Exception:  # a Python yet to come asks a loop for more; `self_test` finds that steps are not seen then
        return None
    finally:
        coroutine.close()


async def _nothing() -> None:
    pass


class _OneCall:
    """As much of an event loop as a task asks for when it is made: it keeps the callback, and never calls it."""

    callback: object = None

    def call_soon(self, callback: object, *_: object, context: object = None) -> None:
        self.callback = callback

    def get_debug(self) -> bool:
        return False


STEPS: Any = _type_of_steps()
"""The type of the callback by which a task written in C takes a step; None where it is not known."""
