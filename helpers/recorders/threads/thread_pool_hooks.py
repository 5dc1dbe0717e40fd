"""Watch the jobs of every `multiprocessing.pool.ThreadPool`; joblib's threads are such a pool.

A thread of it takes its work from a queue and tells nobody when it begins. So on its way there a function is put into
`Calls`, which stands for it. `map` hands out chunks; each item of one is a job, as the learner's function is called for
each. Pools of processes are left alone: what they are given is pickled.
"""

import functools
import sys
from collections.abc import Iterable, Iterator
from multiprocessing import pool
from typing import Any

from helpers.code.origin import asker_of
from helpers.recorders.own_frames import drop_own_frames
from helpers.recorders.patches import Patches
from helpers.recorders.threads.booked_calls import Calls
from helpers.recorders.threads.jobs import name_and_owner, new_job
from helpers.recorders.threads.ledger import Ledger

UNKNOWN = (
    "This version of Python runs the jobs of `ThreadPool` in a way that the recorder does not know: they were not "
    "recorded."
)
TASKS, CHUNK, STARRED_CHUNK = "_guarded_task_generation", "mapstar", "starmapstar"
NO_JOB = "_helper_reraises_exception"
"""Stands in the place of an item that could not be had."""


def install(patches: Patches, ledger: Ledger) -> None:
    """Hook the two ways into a pool; ``patches.restore()`` takes the hooks out again."""
    guard, plain_apply = ledger.guard, pool.ThreadPool.apply_async
    plain_tasks: Any = getattr(pool.ThreadPool, TASKS, None)
    chunk, starred, no_job = (getattr(pool, name, None) for name in (CHUNK, STARRED_CHUNK, NO_JOB))
    if plain_tasks is None or chunk is None or starred is None or no_job is None:
        ledger.notes.append(UNKNOWN)
        return

    @functools.wraps(plain_apply)
    def apply_async(self: Any, func: Any, *args: Any, **options: Any) -> Any:
        row, calls = None, func
        with guard:
            row = new_job(ledger, func, sys._getframe().f_back)
            if row is not None:
                calls = Calls(func, [row], ledger)
        try:
            return plain_apply(self, calls, *args, **options)
        except BaseException as error:
            drop_own_frames(error)
            with guard:
                if row is not None:
                    ledger.rows.remove(row)  # the pool has been closed: it never was a job
            raise

    @functools.wraps(plain_tasks)
    def tasks(self: Any, result_job: int, func: Any, iterable: Iterable[Any]) -> Iterator[Any]:
        plain: Iterator[Any] = plain_tasks(self, result_job, func, iterable)
        with guard:
            place, asker = ledger.place(), asker_of(sys._getframe().f_back)
            if place is not None:
                return watched(plain, place, lambda function: name_and_owner(function, asker))
        return plain

    def watched(tasks: Iterator[Any], place: int, told: Any) -> Iterator[Any]:
        """The tasks, as the pool's own thread takes them on to its workers."""
        for task in tasks:
            with guard:
                task = booked(task, place, told)
            yield task

    def booked(task: Any, place: int, told: Any) -> Any:
        job, number, function, args, options = task
        if function is no_job:
            return task
        if function is not chunk and function is not starred:
            return job, number, calls(function, 1, place, told), args, options
        ((inner, items),) = args
        return job, number, function, ((calls(inner, len(items), place, told), items),), options

    def calls(function: Any, count: int, place: int, told: Any) -> Calls:
        name, library = told(function)
        rows = [ledger.born("job", name, place, library) for _ in range(count)]
        return Calls(function, [row for row in rows if row is not None], ledger)

    patches.replace(pool.ThreadPool, "apply_async", apply_async)
    patches.replace(pool.ThreadPool, TASKS, tasks)
