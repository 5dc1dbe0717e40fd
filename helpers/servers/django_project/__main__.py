"""`python -m helpers.servers.django_project asgi …`: one server of the project, for `helpers`, not for hands."""
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import sys
import threading
import time

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from helpers.servers.process import exit_with_parent, say_ready

from .database import set_up
from .options import Conditions, from_environment

HOST = "127.0.0.1"
IDLE = 600  # seconds until a thread that has nothing to do is given up; granian allows no more


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m helpers.servers.django_project", description=__doc__)
    parser.add_argument("kind", choices=["wsgi", "asgi", "runserver", "aiohttp"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    for name in ("upstream", "database", "middleware", "connections"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def free_port() -> int:
    """A port that nobody listens on. granian's workers bind it themselves, so they have to be told which."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def say_ready_when_it_answers(port: int, processes: int = 1) -> None:
    """Ask for a page until each worker has answered; then all have loaded Django and listen.

    Which of them gets a connection is the system's choice. After two seconds without a new one it has chosen.
    """
    seen: set[int] = set()
    patience = float("inf")
    while len(seen) < processes and time.monotonic() < patience:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/spent")
            answer = connection.getresponse()
            if answer.status == 200 and (pid := json.load(answer)["pid"]) not in seen:
                seen.add(pid)
                patience = time.monotonic() + 2
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    say_ready(port=port)


def serve_with_granian(given: argparse.Namespace) -> None:
    """Serve Django with granian's worker processes."""
    # The worker is a copy of this process where that is safe, and has nothing to load again: half the time to start.
    multiprocessing.set_start_method("fork" if sys.platform == "linux" else "spawn")
    port = free_port()
    server = Granian(
        f"helpers.servers.django_project.application:{given.kind}",
        factory=True,
        address=HOST,
        port=port,
        interface=Interfaces(given.kind),
        workers=given.processes,
        blocking_threads=given.threads,
        blocking_threads_idle_timeout=IDLE,
        loop=Loops.asyncio,  # the same on every system
        websockets=False,
        log_level=LogLevels.error,
    )
    asking = threading.Thread(target=say_ready_when_it_answers, args=(port, given.processes), daemon=True)
    if sys.platform == "linux":
        # Not before: in a copy of this process that was made while the thread had something locked, such as the look-up
        # of names, it would stay locked for ever.
        copies = itertools.count(1)
        os.register_at_fork(after_in_parent=lambda: asking.start() if next(copies) == given.processes else None)
    else:
        asking.start()
    server.serve()


def serve_with_runserver() -> None:
    """Serve Django with its own development server, as `manage.py runserver --noreload` does."""
    from django.core.management import call_command

    set_up(from_environment())
    port = free_port()
    threading.Thread(target=say_ready_when_it_answers, args=(port,), daemon=True).start()
    call_command("runserver", f"{HOST}:{port}", use_reloader=False)


def main() -> None:
    given = arguments()
    if given.kind == "aiohttp":
        from .plain import serve as serve_plain  # aiohttp takes its time to load, and only this kind needs it here

        serve_plain(given.upstream)
    else:
        exit_with_parent()
        Conditions(given.upstream, given.database, given.middleware, given.connections).to_environment()
        if given.kind == "runserver":
            serve_with_runserver()
        else:
            serve_with_granian(given)


if __name__ == "__main__":
    main()
