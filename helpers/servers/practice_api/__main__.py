"""`python -m helpers.servers.practice_api --port 8000`: the practice API alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import ipaddress
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from helpers.servers.fine_timers import ask_for_fine_timers
from helpers.servers.process import exit_with_parent, lift_descriptor_limit, say_ready

from .app import start_server
from .listening import HOST, TWIN

OPEN = "Everybody in this network can reach this server: it asks for no password. Ctrl-C ends it."


def port_number(given: str) -> int:
    if not given.isdecimal() or int(given) > 65_535:
        raise argparse.ArgumentTypeError(f"{given!r} is no port: a number from 0 (any free one) to 65535")
    return int(given)


def address(given: str) -> str:
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given!r} is no address such as 127.0.0.1, or 0.0.0.0 for all") from None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m helpers.servers.practice_api", description=__doc__)
    parser.add_argument(
        "--host",
        type=address,
        default=HOST,
        help=f"an address of this machine, or 0.0.0.0 for all, so that a class can meet here; else {HOST} and {TWIN}",
    )
    parser.add_argument("--port", type=port_number, default=8000, help="0 for any free one; 8000 by default")
    parser.add_argument(
        "--guarded", action="store_true", help="for helpers: report as JSON, end when standard input closes"
    )
    return parser.parse_args()


async def serve(host: str, port: int, guarded: bool) -> None:
    """Run the server until Ctrl-C or, where that signal exists, `kill`."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    # Requests are freed as they end; the collector finds nothing here, and each of its passes holds
    # up every request in flight. Left alone it takes a tenth of the server's time.
    gc.freeze()
    gc.set_threshold(50_000)
    descriptors = lift_descriptor_limit()
    runner, port = await start_server(port, host)
    if guarded:
        say_ready(port=port, descriptors=descriptors, loop=type(asyncio.get_running_loop()).__module__)
    else:
        where = ipaddress.ip_address(host)
        if not where.is_loopback:
            print(OPEN, file=sys.stderr, flush=True)
        name = f"[{host}]" if where.version == 6 else host
        print(f"Practice API on http://{name}:{port}/ as process {os.getpid()}. Ctrl-C ends it.", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def run(main: Coroutine[Any, Any, None]) -> None:
    """asyncio.run, on uvloop where it is installed: it takes less time for each request."""
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    with contextlib.suppress(ImportError):  # it has no wheel for Windows
        import uvloop

        loop_factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main)


def main() -> int:
    given = arguments()
    ask_for_fine_timers()
    if given.guarded:
        exit_with_parent()
    try:
        run(serve(given.host, given.port, given.guarded))
    except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C, or SIGTERM
        return 0
    except OSError as error:
        print(f"The practice API cannot listen on {given.host}:{given.port}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
