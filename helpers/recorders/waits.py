"""Hooks on the calls that make a thread wait, as far as they are written in Python or looked up by name.

`threading.Lock.acquire`, `queue.SimpleQueue.get` and what libraries do in C cannot be hooked: the idle sampler sees
those.
"""

import functools
import queue
import select
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from time import perf_counter as clock
from typing import Any

from helpers.recorders.ledger import Ledger
from helpers.recorders.patches import Patches

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
        patches.replace(owner, name, waiting(owner.__dict__[name], kind, ledger))
    for name in SELECTORS:
        selector = getattr(selectors, name, None)  # each system has its own
        if selector is not None:
            patches.replace(selector, "select", waiting(selector.select, "other", ledger))
    pairs = []
    for module, name, kind in FUNCTIONS:
        original = getattr(module, name)
        hook = waiting(original, kind, ledger)
        patches.replace(module, name, hook)
        pairs.append((original, hook))
    return pairs


def waiting(original: Call, kind: str, ledger: Ledger, wanted: Callable[[Any], bool] | None = None) -> Call:
    """The call with its duration booked as a wait of this kind.

    Of calls inside calls only the outermost is booked. ``wanted`` looks at the first argument, a method's object.
    """

    @functools.wraps(original)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        here = ledger.here()
        if here is None or here.since:
            return original(*args, **kwargs)
        here.calls += 1
        if wanted is not None and not wanted(args[0]):
            return original(*args, **kwargs)
        try:
            here.kind = kind
            here.since = clock()
            return original(*args, **kwargs)
        finally:
            here.since, start = 0.0, here.since
            if start:  # the recording may have ended meanwhile, and with it this account
                ledger.wait(here.row, start, clock(), kind)

    return hooked


def _is_blocking(sock: socket.socket) -> bool:
    """asyncio's own sockets, for one, are not."""
    return sock.gettimeout() != 0.0
