"""Tasks that run their first step while they are being made (Python 3.12 and later).

An eager task's first step passes through no handle: it is a plain call inside the step of the task that makes it. Such
tasks come from a task factory, so the loop is made to hand out its factory wrapped.
"""

import asyncio
from asyncio import base_events
from collections.abc import Callable
from time import perf_counter
from typing import Any

from helpers.recorders.patches import Patches

NoteTask = Callable[["asyncio.Task[Any]", Any, float, float], None]
"""Is told of a task that its factory has just made, of its coroutine (which a task that is done no longer tells), and
from when to when that took (``time.perf_counter()``)."""


def watch_factory(patches: Patches, home: asyncio.BaseEventLoop, note: NoteTask) -> None:
    """Tell ``note`` of every task that a task factory of ``home`` makes, until the patches are restored.

    `get_task_factory` goes on to tell the loop's own factory.
    """
    name = "_task_factory"

    def wrapped(loop: asyncio.BaseEventLoop) -> Any:
        factory = loop.__dict__.get(name)
        if factory is None or loop is not home:
            return factory

        def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
            began = perf_counter()
            task = factory(loop, coroutine, **options)
            note(task, coroutine, began, perf_counter())
            return task

        return make

    def keep(loop: asyncio.BaseEventLoop, factory: Any) -> None:
        loop.__dict__[name] = factory

    patches.replace(base_events.BaseEventLoop, name, property(wrapped, keep))
    patches.replace(base_events.BaseEventLoop, "get_task_factory", lambda loop: loop.__dict__.get(name))
