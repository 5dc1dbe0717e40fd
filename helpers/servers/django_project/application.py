"""The two ways into Django that a server asks for, in the server's worker process."""
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import Any

from helpers.servers.fine_timers import ask_for_fine_timers

from .database import set_up
from .options import from_environment


def wsgi() -> Any:
    """Django as a WSGI application: a function that is called for each request, in a thread of the server's."""
    _exit_with_server()
    ask_for_fine_timers()
    set_up(from_environment())
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def asgi() -> Any:
    """Django as an ASGI application: a coroutine function that is called for each request, in the event loop."""
    _exit_with_server()
    ask_for_fine_timers()
    set_up(from_environment())
    from django.core.handlers.asgi import ASGIHandler

    return ASGIHandler()


def _exit_with_server() -> None:
    """End this worker when the process that started it ends, even if that was killed.

    That one is guarded by its standard input; its worker has to notice that it has gone.
    """
    server = multiprocessing.parent_process()
    if server is None:
        raise RuntimeError("a worker is started by the server's own process")

    def wait_for_the_end() -> None:
        server.join()
        os._exit(0)

    threading.Thread(target=wait_for_the_end, name="exit-with-server", daemon=True).start()
