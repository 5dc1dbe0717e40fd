"""Things that cannot be copied, and are made again: locks that nobody holds, queues, pools, caches, references."""

import ast
import asyncio
import contextvars
import gc
import inspect
import itertools
import queue
import random
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache, partialmethod
from multiprocessing import get_context
from typing import Any

from helpers.exercises.bench.serialising import bench_side
from helpers.exercises.bench.serialising.stand_in import reduce_to_stand_in
from helpers.servers.practice_api import PracticeAPI, practice_api

Cached = type(lru_cache(int))
_Lock, _RLock = type(threading.Lock()), type(threading.RLock())
_ASYNCIO = (asyncio.Lock, asyncio.Event, asyncio.Condition, asyncio.Semaphore, asyncio.Queue, asyncio.Barrier)
_WAITERS = ("_waiters", "_getters", "_putters")


def reduce_anew(thing: Any) -> tuple[Any, ...] | None:
    """What `pickle` is told about such a thing; None where it is none."""
    for name in ("stdout", "stderr"):
        if thing is getattr(sys, name):
            return StandardStream, (name,)
    kind = type(thing)
    if kind in _BY_KIND:
        return _BY_KIND[kind](thing)
    if issubclass(kind, threading.local):
        return _local(thing)
    if issubclass(kind, PracticeAPI):
        return practice_api, ()  # the bench has its own
    if issubclass(kind, _ASYNCIO):
        return _asyncio(thing)
    if f"{kind.__module__}.{kind.__qualname__}" == "helpers.servers.postgres.client.Postgres":
        return (kind, (thing.uri,)) if thing.available else reduce_to_stand_in(thing)  # the same one is asked
    return None


def reduce_cached(cached: Any) -> tuple[Any, ...]:
    """What `pickle` is told about a function with `cache` or `lru_cache` over it: it arrives with nothing in it."""
    return _new_cached, (cached.__wrapped__, cached.cache_parameters()), vars(cached)


def _lock(lock: Any) -> tuple[Any, ...]:
    return reduce_to_stand_in(lock) if lock.locked() else (_new_lock, ())


def _rlock(lock: Any) -> tuple[Any, ...]:
    # It has no `locked` before Python 3.14.
    return (_new_rlock, ()) if repr(lock).startswith("<unlocked") else reduce_to_stand_in(lock)


def _local(local: threading.local) -> tuple[Any, ...]:
    # It keeps what it was made with, for the `__init__` of each new thread, and tells it to the garbage collector only.
    held = gc.get_referents(local)
    given = next((part for part in held if type(part) is tuple), ())
    named = next((part for part in held if type(part) is dict and part and all(type(key) is str for key in part)), {})
    return _new_local, (type(local), given, named)


def _simple_queue(waiting: Any) -> tuple[Any, ...]:
    return (queue.SimpleQueue, ()) if waiting.empty() else reduce_to_stand_in(waiting)


def _asyncio(thing: Any) -> tuple[Any, ...]:
    """One that some task waits for, or a lock that some task holds, stays; another belongs to no loop yet."""
    waiting = [waiter for name in _WAITERS for waiter in getattr(thing, name, None) or ()]
    held = isinstance(thing, asyncio.Lock) and thing.locked()
    if held or any(not waiter.done() for waiter in waiting if isinstance(waiter, asyncio.Future)):
        return reduce_to_stand_in(thing)
    reduction: Any = thing.__reduce_ex__(5)
    state = reduction[2] if len(reduction) > 2 else None
    if not isinstance(state, dict):
        return tuple(reduction)
    empty = {name: type(state[name])() for name in _WAITERS if state.get(name)}
    return (*reduction[:2], {**state, **empty, "_loop": None}, *reduction[3:])


def _thread_pool(pool: Any) -> tuple[Any, ...]:
    arguments = (pool._max_workers, pool._thread_name_prefix, *_initializer(pool))
    return _new_pool, (ThreadPoolExecutor, arguments, pool._shutdown)


def _process_pool(pool: Any) -> tuple[Any, ...]:
    how = getattr(pool._mp_context, "_name", None) or pool._mp_context.get_start_method()
    arguments = (pool._max_workers, how, *_initializer(pool), pool._max_tasks_per_child)
    return _new_pool, (ProcessPoolExecutor, arguments, pool._shutdown_thread)


def _initializer(pool: Any) -> tuple[Any, Any]:
    if hasattr(pool, "_initializer"):
        return pool._initializer, pool._initargs
    inside = inspect.getclosurevars(pool._create_worker_context).nonlocals  # where Python 3.14 keeps it
    return inside.get("initializer"), inside.get("initargs", ())


def _context_variable(variable: "contextvars.ContextVar[Any]") -> tuple[Any, ...]:
    try:
        default: tuple[Any, ...] = (contextvars.Context().run(variable.get),)
    except LookupError:
        default = ()
    here = contextvars.copy_context()
    value = (here[variable],) if variable in here else ()
    return _new_context_variable, (variable.name, default), value, None, None, _set


def _count(counter: Any) -> tuple[Any, ...]:
    # Its own way to be copied is gone in Python 3.14.
    return itertools.count, ast.literal_eval(f"({repr(counter).removeprefix('count(').removesuffix(')')},)")


def _partial_method(method: "partialmethod[Any]") -> tuple[Any, ...]:
    # From Python 3.14 on its __new__ wants the function, which pickle's own way does not give.
    return object.__new__, (partialmethod,), vars(method)


def _weak_mapping(mapping: Any) -> tuple[Any, ...]:
    return type(mapping), (), list(mapping.items()), None, None, _fill_mapping


def _weak_set(things: Any) -> tuple[Any, ...]:
    return weakref.WeakSet, (), list(things), None, None, _fill_set


_BY_KIND: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    _Lock: _lock,
    _RLock: _rlock,
    queue.SimpleQueue: _simple_queue,
    ThreadPoolExecutor: _thread_pool,
    ProcessPoolExecutor: _process_pool,
    contextvars.ContextVar: _context_variable,
    itertools.count: _count,
    random.SystemRandom: lambda _: (random.SystemRandom, ()),
    partialmethod: _partial_method,
    weakref.ref: lambda reference: (_new_reference, (reference(), reference.__callback__)),
    weakref.WeakMethod: lambda reference: (_new_method_reference, (reference(),)),
    weakref.WeakValueDictionary: _weak_mapping,
    weakref.WeakKeyDictionary: _weak_mapping,
    weakref.WeakSet: _weak_set,
}


# --- and on the other side --------------------------------------------------------------------------


class StandardStream:
    """`sys.stdout` or `sys.stderr`, whatever it is when something is written."""

    def __init__(self, name: str) -> None:
        self.__dict__["_stream"] = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(getattr(sys, self.__dict__["_stream"]), attribute)


def _new_lock() -> Any:
    return threading.Lock()


def _new_rlock() -> Any:
    return threading.RLock()


def _new_local(kind: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    # No thread of the bench has put anything into it yet.
    return kind(*given, **named)


def _new_cached(function: Any, parameters: dict[str, Any]) -> Any:
    return lru_cache(**parameters)(function)


def _new_pool(kind: type[Executor], arguments: tuple[Any, ...], over: bool) -> Executor:
    pool: Executor
    if kind is ThreadPoolExecutor:
        pool = ThreadPoolExecutor(*arguments)
    else:
        workers, how, initializer, given, tasks = arguments
        pool = ProcessPoolExecutor(workers, get_context(how), initializer, given, max_tasks_per_child=tasks)
    if over:
        pool.shutdown()
    bench_side.pools.append(pool)
    return pool


def _new_context_variable(name: str, default: tuple[Any, ...]) -> "contextvars.ContextVar[Any]":
    return contextvars.ContextVar(name, default=default[0]) if default else contextvars.ContextVar(name)


def _set(variable: "contextvars.ContextVar[Any]", value: tuple[Any, ...]) -> None:
    if value:
        variable.set(value[0])


def _new_reference(thing: Any, callback: Any) -> Any:
    if thing is None:
        return weakref.ref(_Gone())  # its callback has been called already
    bench_side.kept.append(thing)  # in the notebook something else holds it
    return weakref.ref(thing, callback)


def _new_method_reference(method: Any) -> Any:
    if method is None:
        return weakref.WeakMethod(_Gone().method)
    bench_side.kept.append(method)
    return weakref.WeakMethod(method)


class _Gone:
    """Stands for the object of a weak reference that has been collected."""

    def method(self) -> None:
        """Do nothing."""


def _fill_mapping(mapping: Any, items: list[tuple[Any, Any]]) -> None:
    bench_side.kept.append(items)
    mapping.update(items)


def _fill_set(things: Any, members: list[Any]) -> None:
    bench_side.kept.append(members)
    things.update(members)
