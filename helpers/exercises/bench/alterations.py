"""What a function has altered in its process, beside its own things; and how that is put back.

A learner's function may set the recursion limit, put something in the place of `asyncio.sleep`, or go to another
folder. The judge must not stumble over it, and the next check must not find it.
"""

import asyncio
import builtins
import concurrent.futures
import gc
import json
import logging
import os
import random
import signal
import socket
import sys
import threading
import time
import warnings
from types import ModuleType, TracebackType
from typing import Any

import aiohttp
import requests

_OWNERS: tuple[Any, ...] = (
    time, threading, threading.Thread, socket, socket.socket, random, json, os, sys, gc, signal, warnings,
    asyncio, asyncio.tasks, asyncio.events, asyncio.locks, asyncio.queues, asyncio.runners, asyncio.base_events,
    asyncio.BaseEventLoop, asyncio.Semaphore, asyncio.Queue, concurrent.futures, concurrent.futures.ThreadPoolExecutor,
    aiohttp, aiohttp.ClientSession, aiohttp.client, requests, requests.api, requests.Session, requests.sessions,
)  # fmt: skip
"""Modules and classes whose functions and classes code that is to be judged may replace."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class put_back:
    """Put back what the block alters, as far as it is known here.

    It is no generator: at the end of the block even the functions that `contextlib` calls may be others.

    Args:
        altered: the names of what was altered are added to this list.
    """

    def __init__(self, altered: list[str]) -> None:
        self._altered = altered

    def __enter__(self) -> None:
        self._builtins = dict(vars(builtins))
        self._functions = [(owner, _functions(owner)) for owner in _OWNERS]
        self._folder, self._variables = os.getcwd(), dict(os.environ)
        self._limit, self._collects = sys.getrecursionlimit(), gc.isenabled()
        self._patience = socket.getdefaulttimeout()
        self._handlers = [(number, signal.getsignal(number)) for number in _SIGNALS]
        self._policy = _policy()
        self._streams = sys.stdin, sys.stdout, sys.stderr
        self._logs = logging.root.handlers[:], logging.root.level

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        names = builtins.__dict__  # no function of Python is called before they are themselves again
        if names != self._builtins:
            names.update(self._builtins)
            self._altered += ["Python's own functions"]
        if sys.getrecursionlimit() != self._limit:
            sys.setrecursionlimit(self._limit)
            self._altered += ["the recursion limit"]
        for owner, before in self._functions:
            for name, function in before.items():
                if vars(owner).get(name) is not function:
                    setattr(owner, name, function)
                    self._altered.append(f"{owner.__name__}.{name}")
        sys.stdin, sys.stdout, sys.stderr = self._streams
        socket.setdefaulttimeout(self._patience)
        logging.root.handlers[:], logging.root.level = self._logs  # one that is added writes to a stream that is gone
        if gc.isenabled() != self._collects:
            gc.enable() if self._collects else gc.disable()
        for number, handler in self._handlers:
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
                self._altered.append(f"the handler of {signal.Signals(number).name}")
        if self._policy is not None and _policy() is not self._policy:
            # Not by `set_event_loop_policy`, of which Python 3.14 warns: a warning may be an error by now.
            asyncio.events.__dict__["_event_loop_policy"] = self._policy
            self._altered.append("the event loop policy")
        if dict(os.environ) != self._variables:
            os.environ.clear()
            os.environ.update(self._variables)
        os.chdir(self._folder)


def _functions(owner: Any) -> dict[str, Any]:
    """The functions and classes of a module or class. What else is there, a library may change itself."""
    return {name: value for name, value in vars(owner).items() if callable(value) and not isinstance(value, ModuleType)}


def _policy() -> Any:
    """The event loop policy, without making one."""
    return asyncio.events.__dict__.get("_event_loop_policy")
