"""Tasks that run their first step while they are being made (Python 3.12 and later).

An eager task's first step passes through no handle: it is a plain call inside the step of the task that makes it. Such
tasks come from a task factory, so another stands before the loop's own.
"""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

from helpers.recorders.own_frames import drop_own_frames, out_of_sight
from helpers.recorders.patches import Patches

NoteTask = Callable[["asyncio.Task[Any]", Any, float, float], None]
"""Is told of a task that its factory has just made, of its coroutine (which a task that is done no longer tells), and
from when to when that took (``time.perf_counter()``)."""


def watch_factory(patches: Patches, home: Any, note: NoteTask) -> Callable[[], None]:
    """Tell ``note`` of every task that a task factory of ``home`` makes, also of one that is set later.

    `get_task_factory` goes on to tell the loop's own. All that is replaced are attributes of this loop: to change its
    class again and again would make every loop slow, as CPython then no longer remembers what it has looked up there.

    Returns what is to be called at the end, once the patches are restored.
    """
    own, before = None, None  # the loop's factory, and what stands before it

    def watched(factory: Any) -> Callable[..., Any]:
        def make(loop: Any, coroutine: Any, **options: Any) -> Any:
            began = perf_counter()
            try:
                task = factory(loop, coroutine, **options)
            except BaseException as error:
                drop_own_frames(error)
                raise
            note(task, coroutine, began, perf_counter())
            return task

        return make

    def stand_before() -> None:
        nonlocal own, before
        own = home._task_factory
        if own is not None:
            before = home._task_factory = watched(own)

    def set_task_factory(factory: Any) -> None:
        with out_of_sight:
            type(home).set_task_factory(home, factory)
        stand_before()

    def get_task_factory() -> Any:
        return own if home._task_factory is before else home._task_factory

    def unwatch() -> None:
        if home._task_factory is before:
            home._task_factory = own

    stand_before()
    patches.replace(home, "set_task_factory", set_task_factory)
    patches.replace(home, "get_task_factory", get_task_factory)
    return unwatch
