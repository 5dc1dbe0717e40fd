"""The sockets at which the practice API listens."""

from __future__ import annotations

import socket
import sys

HOST = "127.0.0.1"  # never "localhost": looking that name up waits for the default thread pool
TWIN = "::1"
"""What `localhost` means too, on Windows first; where nobody listens there, it takes two seconds to be refused."""
TRIES = 5  # ports that are looked at for one that is free at both
BACKLOG = 16_384  # connections that may wait to be accepted; the system may cap it lower


def listeners(host: str, port: int) -> list[socket.socket]:
    """Listen at an address; at the usual one, also at its twin, on the same port, where this machine has that.

    Args:
        host: an address of this machine.
        port: the port, or 0 for a free one.

    Returns:
        The sockets, that of ``host`` first.

    Raises:
        OSError: the port is taken, or the address is not one of this machine's.
    """
    for _ in range(TRIES):
        first = _listener(host, port)
        if host != HOST:
            return [first]
        try:
            return [first, _listener(TWIN, first.getsockname()[1])]
        except OSError:  # this machine has no such address, or somebody else listens there
            if port:
                return [first]
        first.close()
    return [_listener(host, port)]


def _listener(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    family, kind, _, _, address = found[0]
    listener = socket.socket(family, kind)
    try:
        # Without it the port of a server that has just ended is refused. On Windows it would let others share the port.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        _listen(listener)
    except OSError:
        listener.close()
        raise
    return listener


def _listen(listener: socket.socket) -> None:
    """Listen, with as many places for those who wait as the system gives.

    Windows gives two hundred, and refuses further connections, unless it is asked in a way of its own: for a negative
    number, which Python's `listen` makes 0 of. asyncio's later `listen` changes nothing there.
    """
    if sys.platform == "win32":
        import ctypes

        listen = ctypes.WinDLL("ws2_32").listen
        listen.argtypes = [ctypes.c_size_t, ctypes.c_int]
        if listen(listener.fileno(), -BACKLOG) == 0:
            return
    listener.listen(BACKLOG)
