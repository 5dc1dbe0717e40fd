"""Which task a callback of the event loop belongs to, told without a look into any object that is no task's."""

import asyncio
from types import BuiltinMethodType, MethodType
from typing import Any

from helpers.recorders.tasks import PYTHON_TASK, USUAL_TASK, is_task

_ATTRIBUTES = frozenset(dir(USUAL_TASK))
"""The method by which a task that is written in C goes on is none of these."""
_PYTHON_STEP, _PYTHON_WAKEUP = (getattr(PYTHON_TASK, f"_Task__{name}", None) for name in ("step", "wakeup"))


def task_of(callback: Any) -> "asyncio.Task[Any] | None":
    """The task that runs its next step, or wakes, when the loop calls this; None for any other callback.

    A callback may be any object, and its attributes code of the learner's. So only callbacks of the three types that
    asyncio makes are asked for theirs: methods, of Python's and of C's, and the first step of a task written in C. The
    loop may be told to call other methods of a task too, such as ``cancel``: that is no step of it.
    """
    kind = type(callback)
    if (
        kind is STEPS
        or (kind is BuiltinMethodType and callback.__name__ not in _ATTRIBUTES)
        or (kind is MethodType and (callback.__func__ is _PYTHON_STEP or callback.__func__ is _PYTHON_WAKEUP))
    ):
        task: asyncio.Task[Any] = callback.__self__
        return task if is_task(task) else None
    return None


def _type_of_steps() -> type | None:
    """The type of the callback by which a task takes its first step, which has no public name. None if unknown."""
    coroutine = _nothing()
    try:
        loop = _OneCall()
        task = USUAL_TASK(coroutine, loop=loop, name="waiting-measured")
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
