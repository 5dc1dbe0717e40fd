"""Hooks on the calls that make a thread wait, as far as they are written in Python or looked up by name.

`threading.Lock.acquire`, `queue.SimpleQueue.get` and what libraries do in C cannot be hooked: the idle sampler sees
those.
"""

import asyncio
import functools
import queue
import select
import selectors
import socket
import ssl
import threading
import time
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable
from pkgutil import resolve_name
from time import perf_counter as clock
from time import thread_time
from typing import Any

from helpers.recorders.own_frames import drop_own_frames, out_of_sight
from helpers.recorders.patches import Patches, as_function
from helpers.recorders.processor_time import STEP
from helpers.recorders.threads.ledger import Ledger
from helpers.recorders.watcher import go_on, interrupted

SOCKET_METHODS = (
    "accept", "connect", "connect_ex", "recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into",
    "send", "sendall", "sendmsg", "sendto",
)  # fmt: skip
SSL_METHODS = (
    "connect", "connect_ex", "do_handshake", "read", "recv", "recv_into", "send", "sendall", "unwrap", "write",
)  # fmt: skip
METHODS: tuple[tuple[type, str, str], ...] = (
    # `Event`, `Semaphore`, `Barrier` and `Future.result` wait for a Condition; `Queue` has its own name for it.
    (threading.Condition, "wait", "lock"),
    (threading.Thread, "join", "other"),
    (queue.Queue, "get", "queue"),
    (queue.Queue, "put", "queue"),
    (queue.Queue, "join", "queue"),
)
FUNCTIONS = ((time, "sleep", "sleep"), (select, "select", "other"), (socket, "getaddrinfo", "socket"))
SELECTORS = ("SelectSelector", "PollSelector", "EpollSelector", "DevpollSelector", "KqueueSelector")

SHORTEST_COMPUTED = max(0.001, 2 * STEP)
"""Seconds of processor time from which on a call has computed too."""

Call = Callable[..., Any]


def install(patches: Patches, ledger: Ledger) -> list[tuple[Call, Call]]:
    """Hook every call, until ``patches.restore()``.

    Returns the functions among them, each with what stands in for it: modules may hold them under names of their own.
    """
    for kind_of_socket, names in ((socket.socket, SOCKET_METHODS), (ssl.SSLSocket, SSL_METHODS)):
        for name in names:
            method = getattr(kind_of_socket, name, None)
            if method is not None:  # Windows has no `recvmsg`
                patches.replace(kind_of_socket, name, waiting(method, "socket", ledger, _is_blocking))
    for owner, name, kind in METHODS:
        method = owner.__dict__.get(name)
        if method is None:  # another class stands in its place
            patches.leave_alone(owner, name)
        else:
            patches.replace(owner, name, waiting(as_function(method) or method, kind, ledger))
    # The block's own loop does not wait where it has nothing to do. One in another thread is all that the thread does.
    home = asyncio._get_running_loop()
    idle = home._selector if isinstance(home, BaseSelectorEventLoop) else None  # type: ignore[attr-defined]
    for name in SELECTORS:
        selector = getattr(selectors, name, None)  # each system has its own
        if selector is not None:
            patches.replace(
                selector,
                "select",
                waiting(selector.select, "other", ledger, lambda args: not args or args[0] is not idle),
            )
    pairs = []
    for module, name, kind in FUNCTIONS:
        original = getattr(module, name)
        hook = waiting(original, kind, ledger)
        if not hasattr(original, "__get__"):
            hook = Unbound(hook, f"{module.__name__}:{name}")
        if patches.replace(module, name, hook):
            pairs.append((original, hook))
    return pairs


class Unbound:
    """Stands for a function written in C, which does not turn into a method where it is an attribute of a class.

    ``place`` is where that stands, such as ``"time:sleep"``.
    """

    def __init__(self, hook: Call, place: str) -> None:
        functools.update_wrapper(self, hook)
        self.place = place

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with out_of_sight:
            return self.__wrapped__(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["__wrapped__"].__wrapped__, name)

    def __eq__(self, other: object) -> bool:
        """As the original has it: a dictionary of functions, say, finds it in the block as well."""
        return other is self or other == self.__wrapped__.__wrapped__

    def __hash__(self) -> int:
        return hash(self.__wrapped__.__wrapped__)

    def __reduce__(self) -> str | tuple[Call, tuple[str]]:
        """As the original while it stands in its place; afterwards a pickle names that, where the original is again."""
        return self.__name__ if resolve_name(self.place) is self else (resolve_name, (self.place,))

    def __repr__(self) -> str:
        return repr(self.__wrapped__.__wrapped__)


def waiting(original: Call, kind: str, ledger: Ledger, wanted: Callable[[tuple[Any, ...]], bool] | None = None) -> Call:
    """The call with its duration booked as a wait of this kind.

    Of calls inside calls only the outermost is booked, and what the thread computed in it is taken off at its end.
    ``wanted`` looks at the arguments, of which a method's object is the first.
    """

    guard = ledger.guard

    @functools.wraps(original)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        here = None
        if guard.on:
            try:
                if interrupted:
                    go_on()
                here = ledger.here() if wanted is None or wanted(args) else None
                if here is not None and here.since:
                    here = None  # a call inside a call
                elif here is not None:
                    here.calls += 1
            except Exception as error:
                guard.switch_off(error)
                here = None
        used = 0.0
        try:
            if here is not None:
                here.kind = kind
                used = thread_time()
                here.since = clock()
            return original(*args, **kwargs)
        except BaseException as error:
            drop_own_frames(error)
            raise
        finally:
            if here is not None:
                try:
                    here.since, start = 0.0, here.since
                    if start:  # the recording may have ended meanwhile, and with it this account
                        end, used = clock(), thread_time() - used
                        # A queue may compare what is put into it, a sleep be interrupted by a handler that computes,
                        # and much that is sent be copied first. When it was is not known.
                        ledger.wait(here.row, start, end if used < SHORTEST_COMPUTED else max(end - used, start), kind)
                except Exception as error:
                    guard.switch_off(error)

    return hooked


def _is_blocking(args: tuple[Any, ...]) -> bool:
    """Whether the method's first argument is a socket that waits: asyncio's own, for one, do not."""
    # By the class's own method, which a learner's socket may have replaced. What is no socket is the method's matter.
    return bool(args) and isinstance(args[0], socket.socket) and socket.socket.gettimeout(args[0]) != 0.0
