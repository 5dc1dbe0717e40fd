"""What a task is, and what it says of itself. No code of the learner's is run: a subclass may have any attributes."""

import asyncio
import sys
from asyncio import tasks
from typing import Any

PYTHON_TASK: Any = tasks._PyTask  # type: ignore[attr-defined]
# Not as `asyncio.Task`: nest-asyncio puts the one written in Python there, maybe before this is imported.
USUAL_TASK: Any = getattr(sys.modules.get("_asyncio"), "Task", PYTHON_TASK)
TASKS = (asyncio.Task, PYTHON_TASK, USUAL_TASK)
"""The one written in C and the one written in Python."""


def is_task(thing: Any) -> bool:
    """Whether it is a task. Not by `isinstance`, which asks the thing: a mock says that it is one."""
    return type(thing) is USUAL_TASK or issubclass(type(thing), TASKS)


def coroutine_of(task: "asyncio.Task[Any]") -> Any:
    """What it runs."""
    return _base_of(task).get_coro(task)


def name_of(task: "asyncio.Task[Any]") -> str:
    """Its name."""
    return str(_base_of(task).get_name(task))


def is_cancelled(task: "asyncio.Task[Any]") -> bool:
    """Whether it has ended so."""
    return bool(_base_of(task).cancelled(task))


def number_on(task: "asyncio.Task[Any]", attribute: str, otherwise: Any = None) -> Any:
    """The number that we have put on it under this name; ``otherwise`` where there is none."""
    if type(task) is USUAL_TASK:
        return getattr(task, attribute, otherwise)
    try:
        return object.__getattribute__(task, attribute)
    except AttributeError:
        return otherwise


def _base_of(task: "asyncio.Task[Any]") -> Any:
    """The class of asyncio's that it is one of."""
    return USUAL_TASK if type(task) is USUAL_TASK or issubclass(type(task), USUAL_TASK) else PYTHON_TASK
